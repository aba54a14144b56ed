//! What the codec does as a whole.

mod evolution;
mod hostile;
mod layouts;
mod nullable;
mod oracle;
mod types;
mod values;

use std::fmt::Debug;

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::{Avro, AvroValue, Reader, Value, Writer};
use crate::codec::{Decode, DecodeError, Encode, EncodeError, Limits};
use crate::framing::Body;

fn parsed(text: &str) -> ParsedSchema {
    ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::none(), Strictness::Stored).expect(text)
}

fn writer(schema: &str) -> Writer {
    Writer::new(&parsed(schema)).expect(schema)
}

fn reader(writer: &str, reader: Option<&str>) -> Reader {
    Reader::new(&parsed(writer), reader.map(parsed).as_ref(), Limits::default()).expect(writer)
}

fn encoded<T: Serialize + ?Sized>(schema: &str, value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    Encode::<Avro>::encode(value, &writer(schema), &mut bytes).map(|()| bytes)
}

fn decoded<'de, T: Deserialize<'de>>(reader: &Reader, bytes: &'de [u8]) -> Result<T, DecodeError> {
    <T as Decode<'de, Avro>>::decode(reader, Body::bare(bytes))
}

fn value_of<'de>(reader: &Reader, bytes: &'de [u8]) -> Result<Value<'de>, DecodeError> {
    <Value<'de> as Decode<'de, AvroValue>>::decode(reader, Body::bare(bytes))
}

/// Writes a value, reads it back often enough for each way of telling fields, and compares.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(schema: &str, value: &T) -> Vec<u8> {
    let bytes = encoded(schema, value).expect(schema);
    let reader = reader(schema, None);
    for turn in 0..5 {
        assert_eq!(decoded::<T>(&reader, &bytes).as_ref(), Ok(value), "turn {turn} with {schema}");
    }
    let generic = value_of(&reader, &bytes).expect(schema);
    let mut again = Vec::new();
    Encode::<AvroValue>::encode(&generic, &writer(schema), &mut again).expect(schema);
    assert_eq!(again, bytes, "through a value with {schema}");
    assert_eq!(generic.to::<T>().as_ref(), Ok(value), "from a value with {schema}");
    bytes
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","namespace":"n","fields":[{fields}]}}"#)
}

/// Takes whatever is read, through `serde`.
#[derive(Debug)]
struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

macro_rules! visits {
    ($($method:ident: $kind:ty)*) => {$(
        fn $method<E>(self, _: $kind) -> Result<Self, E> {
            Ok(self)
        }
    )*};
}

impl<'de> Visitor<'de> for Anything {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    visits! { visit_bool: bool visit_i64: i64 visit_f64: f64 visit_str: &str visit_bytes: &[u8] }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<Self, Self>()?.is_some() {}
        Ok(self)
    }
}
