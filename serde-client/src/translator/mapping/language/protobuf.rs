//! To be written.
use super::Pinned;
use crate::codec::{DecodeError, EncodeError, Limits, PrepareError};
use crate::framing::Body;
use crate::translator::mapping::shape::Model;
use crate::translator::mapping::value::Value;
use schema::parsed::ParsedSchema;
use schema::protobuf::ProtobufSchema;

pub(super) fn model(_schema: &ProtobufSchema, _message: Option<&str>) -> Result<Model, PrepareError> {
    Err(PrepareError(String::new()))
}
#[derive(Debug)]
pub(super) struct ProtobufReader;
impl ProtobufReader {
    pub(super) fn new(
        _writer: &ParsedSchema,
        _pinned: &Pinned,
        _limits: Limits,
    ) -> Result<Self, PrepareError> {
        Ok(Self)
    }
    pub(super) fn read<'a>(&self, _body: Body<'a>) -> Result<Value<'a>, DecodeError> {
        Ok(Value::Null)
    }
}
#[derive(Debug)]
pub(super) struct ProtobufWriter;
impl ProtobufWriter {
    pub(super) fn new(_pinned: &Pinned) -> Result<Self, PrepareError> {
        Ok(Self)
    }
    pub(super) fn message_indexes(&self) -> &[u8] {
        &[]
    }
    pub(super) fn write(&self, _value: &Value<'_>, _out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Ok(())
    }
}
