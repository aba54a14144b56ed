//! Generic Avro values, seen as the struct.

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_client::codec::avro::{Avro, AvroValue, Reader, Value as AvroItem, Writer};
use serde_client::codec::{Decode, Encode, Limits};
use serde_client::framing::Body;
use serde_json::Value;

use crate::avro::AllTypes;

/// Writes generic values and reads them as the struct.
#[derive(Debug)]
pub(crate) struct Again {
    writer: Writer,
    reader: Reader,
}

impl Again {
    pub(crate) fn new(text: &str) -> Self {
        let none = ResolvedReferences::none();
        let schema = ParsedSchema::parse(SchemaType::Avro, text, &none, Strictness::New).expect("a schema");
        let reader = Reader::new(&schema, None, Limits::default()).expect("a reader");
        Self { writer: Writer::new(&schema).expect("a writer"), reader }
    }

    pub(crate) fn canonical(&self, value: &AvroItem<'_>) -> Value {
        let mut record = Vec::new();
        Encode::<AvroValue>::encode(value, &self.writer, &mut record).expect("what was read can be written");
        let read = <AllTypes as Decode<'_, Avro>>::decode(&self.reader, Body::bare(&record));
        read.expect("what was written can be read").to_canonical()
    }
}
