//! Between the bytes of the schema languages and the one model of values.

mod avro;
mod json;
mod protobuf;

use schema::parsed::ParsedSchema;

pub(in crate::translator::mapping) use self::avro::AvroWriter;
use super::shape::Model;
use super::value::Value;
use crate::codec::{DecodeError, EncodeError, Limits, PrepareError};
use crate::framing::Body;

/// A pinned schema, ready to be mapped from or to.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// The schema.
    pub schema: ParsedSchema,
    /// The message, where the schema may declare several.
    pub message: Option<String>,
    /// What its records look like.
    pub model: Model,
}

impl Pinned {
    /// Works out what records of a schema look like. `message` is the full name of a Protobuf message; `None` is the first
    /// one of the schema, as for the reference's clients.
    ///
    /// # Errors
    /// [`PrepareError`] when records of the schema have no shape that can be mapped.
    pub fn new(schema: ParsedSchema, message: Option<String>) -> Result<Self, PrepareError> {
        let message = message.or_else(|| match &schema {
            ParsedSchema::Protobuf(schema) => schema.top_level_messages().first().cloned(),
            _ => None,
        });
        let model = match &schema {
            ParsedSchema::Avro(schema) => avro::model(schema)?,
            ParsedSchema::Protobuf(schema) => protobuf::model(schema, message.as_deref())?,
            ParsedSchema::Json(schema) => json::model(schema)?,
        };
        Ok(Self { schema, message, model })
    }
}

/// Reads what was written with one schema as values of a pinned one.
#[derive(Debug)]
pub struct RecordReader(Reader);

#[derive(Debug)]
enum Reader {
    Avro(avro::AvroReader),
    Protobuf(protobuf::ProtobufReader),
    Json(json::JsonReader),
}

impl RecordReader {
    /// Compiles a pair of schemas.
    ///
    /// # Errors
    /// [`PrepareError`] when the pinned schema cannot read what `writer` wrote, or the languages differ.
    pub fn new(writer: &ParsedSchema, pinned: &Pinned, limits: Limits) -> Result<Self, PrepareError> {
        Ok(Self(match &pinned.schema {
            ParsedSchema::Avro(_) => Reader::Avro(avro::AvroReader::new(writer, pinned, limits)?),
            ParsedSchema::Protobuf(_) => {
                Reader::Protobuf(protobuf::ProtobufReader::new(writer, pinned, limits)?)
            }
            ParsedSchema::Json(_) => Reader::Json(json::JsonReader::new(writer, pinned, limits)?),
        }))
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`DecodeError`] for whatever the bytes hold.
    pub fn read<'a>(&self, body: Body<'a>) -> Result<Value<'a>, DecodeError> {
        match &self.0 {
            Reader::Avro(reader) => reader.read(body),
            Reader::Protobuf(reader) => reader.read(body),
            Reader::Json(reader) => reader.read(body),
        }
    }
}

/// Writes values of a pinned schema.
#[derive(Debug)]
pub struct RecordWriter(Writer);

#[derive(Debug)]
enum Writer {
    Avro(avro::AvroWriter),
    Protobuf(protobuf::ProtobufWriter),
    Json(json::JsonWriter),
}

impl RecordWriter {
    /// Compiles a schema.
    ///
    /// # Errors
    /// [`PrepareError`] when nothing can be written with it.
    pub fn new(pinned: &Pinned) -> Result<Self, PrepareError> {
        Ok(Self(match &pinned.schema {
            ParsedSchema::Avro(schema) => Writer::Avro(avro::AvroWriter::new(schema)),
            ParsedSchema::Protobuf(_) => Writer::Protobuf(protobuf::ProtobufWriter::new(pinned)?),
            ParsedSchema::Json(_) => Writer::Json(json::JsonWriter::new(pinned)?),
        }))
    }

    /// What stands between the prefix and the record: Protobuf's message indexes.
    #[must_use]
    pub fn message_indexes(&self) -> &[u8] {
        match &self.0 {
            Writer::Protobuf(writer) => writer.message_indexes(),
            Writer::Avro(_) | Writer::Json(_) => &[],
        }
    }

    /// Appends a record to `out`.
    ///
    /// # Errors
    /// [`EncodeError`] when the value is none of the schema; what was appended by then is undefined.
    pub fn write(&self, value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match &self.0 {
            Writer::Avro(writer) => writer.write(value, out),
            Writer::Protobuf(writer) => writer.write(value, out),
            Writer::Json(writer) => writer.write(value, out),
        }
    }
}
