//! `serde-client`: plain serde types, its own generic value, and types that derive `AvroRecord`.

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_client::codec::avro::native::AvroNative;
use serde_client::codec::avro::{Avro, AvroValue, Value};
use serde_client::codec::{Codec, Decode, Encode, Limits};
use serde_client::framing::Body;

use crate::failure::Failure;
use crate::pass::{Pass, decoding, decoding_into, encoding, unless};
use crate::peer::{Operation, Peer, Ready};
use crate::shape::{Data, Shape};

/// Plain serde types and the generic value.
pub(crate) struct Plain;

/// Types that derive `AvroRecord`.
pub(crate) struct Derived;

fn parsed(text: &str) -> Result<ParsedSchema, Failure> {
    let references = ResolvedReferences::default();
    ParsedSchema::parse(SchemaType::Avro, text, &references, Strictness::New).map_err(Failure::other)
}

/// The records of one shape, to be read by a codec.
struct Records<'d, S: Shape> {
    data: &'d Data<S>,
    writer: ParsedSchema,
    reader: Option<ParsedSchema>,
}

impl<'d, S: Shape> Records<'d, S> {
    fn encode<C: Codec>(&self) -> Result<Ready<'d>, Failure>
    where
        S::Owned: Encode<C>,
    {
        let writer = C::writer(&self.writer, None).map_err(Failure::other)?;
        let encode = move |value: &&S::Owned, out: &mut Vec<u8>| (*value).encode(&writer, out);
        let values = self.data.values.iter();
        Ok((Operation::Encode, encoding(values, self.data.bodies(), encode, <[u8]>::ne)))
    }

    fn decode<C: Codec, T: Decode<'d, C> + 'd>(
        &self,
        reader: Option<&ParsedSchema>,
        same: impl Fn(&'d S::Owned, T) -> bool + 'd,
    ) -> Result<Box<dyn Pass + 'd>, Failure> {
        let reader = C::reader(&self.writer, reader, None, Limits::default()).map_err(Failure::other)?;
        let values = &self.data.values;
        Ok(decoding(
            self.data.bodies(),
            move |bytes| T::decode(&reader, Body::bare(bytes)),
            move |at, value| unless(same(&values[at], value)),
        ))
    }

    /// All that both ways of using the crate can do.
    fn typed<C: Codec>(&self) -> Result<Vec<Ready<'d>>, Failure>
    where
        S::Owned: Encode<C> + Decode<'d, C>,
        S::Borrowed<'d>: Decode<'d, C>,
        S::Reader: Decode<'d, C>,
        S::ReaderBorrowed<'d>: Decode<'d, C>,
    {
        let reader = self.reader.as_ref();
        let owned = self.decode::<C, S::Owned>(None, |value, read| read == *value)?;
        let borrowed = self.decode::<C, S::Borrowed<'d>>(None, |value, read| read == S::borrowed(value))?;
        let resolved = self.decode::<C, S::Reader>(reader, |value, read| read == S::reader(value))?;
        let both =
            self.decode::<C, S::ReaderBorrowed<'d>>(reader, |value, read| read == S::reader_borrowed(value))?;
        Ok(vec![
            self.encode::<C>()?,
            (Operation::Owned, owned),
            (Operation::Borrowed, borrowed),
            (Operation::Reader, resolved),
            (Operation::ReaderBorrowed, both),
        ])
    }
}

impl<S: Shape> Peer<S> for Plain {
    fn name(&self) -> &'static str {
        "serde-client, serde"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let records = Records { data, writer: parsed(S::WRITER)?, reader: Some(parsed(S::READER)?) };
        let reader = Avro::reader(&records.writer, None, None, Limits::default()).map_err(Failure::other)?;
        let into = decoding_into(
            data.bodies(),
            move |bytes, value: &mut S::Owned| reader.decode_into(Body::bare(bytes), value),
            |at, value| unless(*value == data.values[at]),
        );
        // What the generic value says is compared by writing it again.
        let writer = AvroValue::writer(&records.writer, None).map_err(Failure::other)?;
        let expected: Vec<&[u8]> = data.bodies().collect();
        let generic =
            AvroValue::reader(&records.writer, None, None, Limits::default()).map_err(Failure::other)?;
        let generic = decoding(
            data.bodies(),
            move |bytes| <Value<'_> as Decode<'_, AvroValue>>::decode(&generic, Body::bare(bytes)),
            move |at, value| {
                let mut out = Vec::new();
                let written = Encode::<AvroValue>::encode(&value, &writer, &mut out);
                unless(written.is_ok() && out == expected[at])
            },
        );
        let mut passes = records.typed::<Avro>()?;
        passes.extend([(Operation::Into, into), (Operation::Generic, generic)]);
        Ok(passes)
    }
}

impl<S: Shape> Peer<S> for Derived {
    fn name(&self) -> &'static str {
        "serde-client, derived"
    }

    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure> {
        let records = Records { data, writer: parsed(S::WRITER)?, reader: None };
        let reader =
            AvroNative::reader(&records.writer, None, None, Limits::default()).map_err(Failure::other)?;
        let into = decoding_into(
            data.bodies(),
            move |bytes, value: &mut S::Owned| reader.decode_into(value, Body::bare(bytes)),
            |at, value| unless(*value == data.values[at]),
        );
        let mut passes = records.typed::<AvroNative>()?;
        passes.push((Operation::Into, into));
        Ok(passes)
    }
}
