//! The shapes of records, and the records of one shape that all peers read and write.

mod ad;
mod tiny;

use std::fmt::Debug;

pub(crate) use ad::{
    AdClick, AdClickReader, AdClickReaderRef, AdClickRef, AdShape, Device, DeviceRef, Os, with_fields,
};
use apache_avro::writer::datum::GenericDatumWriter;
use fastrand::Rng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_client::codec::avro::native::{AvroDecode, AvroEncode, AvroRecord};
pub(crate) use tiny::{Tiny, TinyReader, TinyRef, TinyShape};

use crate::failure::Failure;

/// Bytes of the prefix with the schema id.
pub(crate) const PREFIX_LENGTH: usize = 5;
/// The id that the records carry.
pub(crate) const SCHEMA_ID: u32 = 1;
/// The seed of the records.
const SEED: u64 = 20_260_811;

/// The Protobuf types made of `schemas/ad_click.proto`.
pub(crate) mod message {
    #![expect(unreachable_pub, reason = "generated")]
    include!(concat!(env!("OUT_DIR"), "/bench.rs"));
}

/// What all peers know of one kind of record.
pub(crate) trait Shape: Sized + 'static {
    /// As it is called on the command line and in tables.
    const NAME: &'static str;
    /// The schema that records are written with.
    const WRITER: &'static str;
    /// A schema that differs, to read them with.
    const READER: &'static str;
    /// The Protobuf message, and the one that a reader with the other schema uses.
    const MESSAGE: &'static str;

    /// Owns all that it holds.
    type Owned: Serialize
        + DeserializeOwned
        + AvroRecord
        + AvroEncode
        + for<'de> AvroDecode<'de>
        + PartialEq
        + Debug
        + Clone
        + Default
        + Sync;
    /// Borrows its texts and bytes from the record.
    type Borrowed<'de>: Serialize + Deserialize<'de> + AvroRecord + AvroDecode<'de> + PartialEq + Debug;
    /// As the reader schema has it.
    type Reader: Serialize + DeserializeOwned + AvroRecord + for<'de> AvroDecode<'de> + PartialEq + Debug;
    /// As the reader schema has it, borrowing.
    type ReaderBorrowed<'de>: Deserialize<'de> + AvroRecord + AvroDecode<'de> + PartialEq + Debug;
    /// The Protobuf message.
    type Message: prost::Message + Default + PartialEq;
    /// The Protobuf message of a reader with the other schema.
    type ReaderMessage: prost::Message + Default + PartialEq;

    /// A random record.
    fn generate(rng: &mut Rng) -> Self::Owned;
    /// The same, borrowing.
    fn borrowed(value: &Self::Owned) -> Self::Borrowed<'_>;
    /// What a reader with the other schema must see.
    fn reader(value: &Self::Owned) -> Self::Reader;
    /// The same, borrowing.
    fn reader_borrowed(value: &Self::Owned) -> Self::ReaderBorrowed<'_>;
    /// The same as a Protobuf message.
    fn message(value: &Self::Owned) -> Self::Message;
    /// What a Protobuf reader with the other schema must see.
    fn reader_message(value: &Self::Owned) -> Self::ReaderMessage;

    /// Appends the record, written as well as it can be by hand: the yardstick of all figures.
    fn write(value: &Self::Owned, out: &mut Vec<u8>);
    /// Reads a record by hand.
    fn read(bytes: &[u8]) -> Option<Self::Owned>;
    /// Reads a record by hand, borrowing.
    fn read_borrowed(bytes: &[u8]) -> Option<Self::Borrowed<'_>>;
    /// Reads a record by hand into an existing value.
    fn read_into(bytes: &[u8], value: &mut Self::Owned) -> Option<()>;
    /// Reads a record by hand as the other schema has it.
    fn read_reader(bytes: &[u8]) -> Option<Self::Reader>;
    /// Reads a record by hand as the other schema has it, borrowing.
    fn read_reader_borrowed(bytes: &[u8]) -> Option<Self::ReaderBorrowed<'_>>;
}

/// The records of one shape, with the bytes that every encoder must make of them.
pub(crate) struct Data<S: Shape> {
    /// The values.
    pub(crate) values: Vec<S::Owned>,
    /// The same, written with the prefix of the registry.
    framed: Vec<Vec<u8>>,
}

impl<S: Shape> Data<S> {
    /// Makes so many records, always the same ones; the bytes come from `apache-avro`, which no figure is a ratio to.
    pub(crate) fn generate(count: usize) -> Result<Self, Failure> {
        let mut rng = Rng::with_seed(SEED);
        let values: Vec<S::Owned> = (0..count).map(|_| S::generate(&mut rng)).collect();
        let schema = apache_avro::Schema::parse_str(S::WRITER).map_err(Failure::other)?;
        let framed = values.iter().map(|value| reference(&schema, value));
        let framed = framed.collect::<Result<_, _>>()?;
        Ok(Self { values, framed })
    }

    /// The records with their prefix.
    pub(crate) fn records(&self) -> impl Iterator<Item = &[u8]> {
        self.framed.iter().map(Vec::as_slice)
    }

    /// The records behind their prefix.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = &[u8]> {
        self.framed.iter().map(|record| record.get(PREFIX_LENGTH..).unwrap_or_default())
    }

    /// The records behind their prefix in one text of bytes, each behind its length as four bytes, the highest first.
    pub(crate) fn export(&self) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        for body in self.bodies() {
            out.extend(u32::try_from(body.len()).map_err(Failure::other)?.to_be_bytes());
            out.extend(body);
        }
        Ok(out)
    }

    /// Bytes of a record without its prefix, on average.
    pub(crate) fn mean_length(&self) -> usize {
        self.bodies().map(<[u8]>::len).sum::<usize>() / self.framed.len().max(1)
    }
}

fn reference<T: Serialize>(schema: &apache_avro::Schema, value: &T) -> Result<Vec<u8>, Failure> {
    let mut out = vec![0];
    out.extend(SCHEMA_ID.to_be_bytes());
    let writer = GenericDatumWriter::builder(schema).build().map_err(Failure::other)?;
    writer.write_ser(&mut out, value).map_err(Failure::other)?;
    Ok(out)
}
