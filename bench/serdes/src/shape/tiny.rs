//! The tiny record: a long, a string and a double.

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_client::AvroRecord;

use super::{Shape, message};
use crate::hand;

/// The shape.
pub(crate) struct TinyShape;

/// The record.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
#[avro(name = "Tiny", namespace = "bench")]
pub(crate) struct Tiny {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) price: f64,
}

/// The record, borrowing.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug)]
#[serde(rename = "Tiny")]
#[avro(name = "Tiny", namespace = "bench")]
pub(crate) struct TinyRef<'a> {
    pub(crate) id: i64,
    pub(crate) name: &'a str,
    pub(crate) price: f64,
}

/// The record of the reader schema. It borrows nothing, for it has no text.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Clone, Copy)]
#[serde(rename = "Tiny")]
#[avro(name = "Tiny", namespace = "bench")]
pub(crate) struct TinyReader {
    pub(crate) price: f64,
    pub(crate) id: i64,
    #[serde(default = "default_quantity")]
    #[avro(default = 1)]
    pub(crate) qty: i64,
}

fn default_quantity() -> i64 {
    1
}

impl Shape for TinyShape {
    const NAME: &'static str = "tiny";
    const WRITER: &'static str = include_str!("../../schemas/tiny_writer.avsc");
    const READER: &'static str = include_str!("../../schemas/tiny_reader.avsc");
    const MESSAGE: &'static str = "bench.Tiny";

    type Owned = Tiny;
    type Borrowed<'de> = TinyRef<'de>;
    type Reader = TinyReader;
    type ReaderBorrowed<'de> = TinyReader;
    type Message = message::Tiny;
    type ReaderMessage = message::TinyR;

    fn generate(rng: &mut Rng) -> Tiny {
        let length = rng.usize(8..20);
        let name = (0..length).map(|_| rng.alphanumeric()).collect();
        Tiny { id: rng.i64(1 << 26..1 << 33), name, price: rng.f64() * 1000.0 }
    }

    fn borrowed(value: &Tiny) -> TinyRef<'_> {
        TinyRef { id: value.id, name: &value.name, price: value.price }
    }

    fn reader(value: &Tiny) -> TinyReader {
        TinyReader { price: value.price, id: value.id, qty: default_quantity() }
    }

    fn reader_borrowed(value: &Tiny) -> TinyReader {
        Self::reader(value)
    }

    fn message(value: &Tiny) -> message::Tiny {
        message::Tiny { id: value.id, name: value.name.clone(), price: value.price }
    }

    fn reader_message(value: &Tiny) -> message::TinyR {
        message::TinyR { price: value.price, id: value.id, qty: 0 }
    }

    fn write(value: &Tiny, out: &mut Vec<u8>) {
        hand::tiny::write(value, out);
    }

    fn read(bytes: &[u8]) -> Option<Tiny> {
        hand::tiny::read(bytes)
    }

    fn read_borrowed(bytes: &[u8]) -> Option<TinyRef<'_>> {
        hand::tiny::read_borrowed(bytes)
    }

    fn read_into(bytes: &[u8], value: &mut Tiny) -> Option<()> {
        hand::tiny::read_into(bytes, value)
    }

    fn read_reader(bytes: &[u8]) -> Option<TinyReader> {
        hand::tiny::read_reader(bytes)
    }

    fn read_reader_borrowed(bytes: &[u8]) -> Option<TinyReader> {
        hand::tiny::read_reader(bytes)
    }
}
