//! JSON documents as values of the model.

mod model;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;

use schema::json::{DocumentValidator, JsonSchema, Verdict};
use schema::parsed::ParsedSchema;

use super::Pinned;
use crate::codec::{DecodeError, EncodeError, Limits, PrepareError};
use crate::framing::Body;
use crate::translator::mapping::shape::Model;
use crate::translator::mapping::value::Value;

pub(super) fn model(schema: &JsonSchema) -> Result<Model, PrepareError> {
    model::model(schema)
}

/// Reads documents as the pinned schema has them, whatever they were written with. Members that it does not name are
/// lost.
#[derive(Debug)]
pub(super) struct JsonReader {
    model: Model,
}

impl JsonReader {
    pub(super) fn new(writer: &ParsedSchema, pinned: &Pinned, _: Limits) -> Result<Self, PrepareError> {
        match writer {
            ParsedSchema::Json(_) => Ok(Self { model: pinned.model.clone() }),
            other => Err(PrepareError(format!(
                "the schema is of type {}, where documents of JSON are read",
                other.schema_type()
            ))),
        }
    }

    /// The parser bounds the depth; documents take no more memory than a multiple of their bytes.
    pub(super) fn read<'a>(&self, body: Body<'a>) -> Result<Value<'a>, DecodeError> {
        let record = body.record();
        let document: serde_json::Value = serde_json::from_slice(record).map_err(|error| {
            DecodeError::new(format!("the record is no JSON: {error}")).at(offset(record, &error))
        })?;
        let value = read::value(&self.model, self.model.root, document);
        value.map_err(|misfit| DecodeError::new(misfit.reason).within(misfit.path))
    }
}

/// The parser counts lines and columns, from one.
fn offset(record: &[u8], error: &serde_json::Error) -> usize {
    let before = record.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    (before.map(<[u8]>::len).sum::<usize>() + error.column().saturating_sub(1)).min(record.len())
}

/// Writes documents that are valid for the pinned schema.
pub(super) struct JsonWriter {
    model: Model,
    validator: DocumentValidator,
}

impl fmt::Debug for JsonWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonWriter").field("model", &self.model).finish_non_exhaustive()
    }
}

impl JsonWriter {
    pub(super) fn new(pinned: &Pinned) -> Result<Self, PrepareError> {
        let ParsedSchema::Json(schema) = &pinned.schema else {
            return Err(PrepareError("the pinned schema is no JSON Schema".to_owned()));
        };
        let validator = DocumentValidator::of(schema).map_err(PrepareError)?;
        Ok(Self { model: pinned.model.clone(), validator })
    }

    pub(super) fn write(&self, value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let document = write::document(&self.model, self.model.root, value)?;
        match self.validator.judge(&document) {
            Verdict::Valid => {}
            Verdict::Invalid(reason) => {
                let place = place(&reason);
                return Err(EncodeError::new(format!("the document is not valid: {reason}")).within(place));
            }
            Verdict::Undecided => {
                let reason = "a pattern of the schema takes too long on this document";
                return Err(EncodeError::new(reason));
            }
        }
        serde_json::to_writer(out, &document).map_err(|error| EncodeError::new(error.to_string()))
    }
}

/// The path of the JSON pointer in a validator's clause.
fn place(reason: &str) -> String {
    let pointer = reason.rsplit_once(" at `").and_then(|(_, rest)| rest.split_once('`'));
    let pointer = pointer.map_or("", |(pointer, _)| pointer.trim_start_matches('/'));
    pointer.replace('/', ".").replace("~1", "/").replace("~0", "~")
}
