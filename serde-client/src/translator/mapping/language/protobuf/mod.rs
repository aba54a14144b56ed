//! Protobuf messages as values of the model, from the wire and onto it.
//!
//! Descriptors are looked at once; what is left of them is a [`plan::Plan`]. Records are read and written by field
//! number, in the order of the record: the same record always gives the same bytes.

mod plan;
mod read;
#[cfg(test)]
mod tests;
mod walk;
mod wire;
mod write;

use schema::parsed::ParsedSchema;
use schema::protobuf::ProtobufSchema;

use self::plan::Plan;
use super::Pinned;
use crate::codec::protobuf::{MessageReader, MessageWriter, Protobuf};
use crate::codec::{Codec, DecodeError, EncodeError, Limits, PrepareError};
use crate::framing::Body;
use crate::translator::mapping::shape::Model;
use crate::translator::mapping::value::Value;

/// What records of a message look like.
pub(super) fn model(schema: &ProtobufSchema, message: Option<&str>) -> Result<Model, PrepareError> {
    let schema = ParsedSchema::Protobuf(schema.clone());
    let writer = <Protobuf as Codec>::writer(&schema, message)?;
    Ok(plan(&schema, writer.message_name())?.model)
}

fn plan(schema: &ParsedSchema, message: &str) -> Result<Plan, PrepareError> {
    let ParsedSchema::Protobuf(schema) = schema else {
        return Err(PrepareError("the pinned schema is no Protobuf schema".to_owned()));
    };
    let pool = schema.descriptor_pool().map_err(|error| PrepareError(error.to_string()))?;
    let descriptor = pool.get_message_by_name(message);
    let descriptor =
        descriptor.ok_or_else(|| PrepareError(format!("the schema declares no message `{message}`")))?;
    Plan::of(&descriptor)
}

/// Reads records of a message by the numbers of the pinned one's fields. Fields that the pinned message lacks are lost.
#[derive(Debug)]
pub(super) struct ProtobufReader {
    messages: MessageReader,
    plan: Plan,
    limits: Limits,
}

impl ProtobufReader {
    pub(super) fn new(writer: &ParsedSchema, pinned: &Pinned, limits: Limits) -> Result<Self, PrepareError> {
        let pinned = <Protobuf as Codec>::writer(&pinned.schema, pinned.message.as_deref())
            .and_then(|message| plan(&pinned.schema, message.message_name()))?;
        let name = pinned.root().name.as_str();
        let messages = <Protobuf as Codec>::reader(writer, None, Some(name), limits)?;
        if !messages.has_expected() {
            return Err(PrepareError(format!("the writer's schema declares no message `{name}`")));
        }
        Ok(Self { messages, plan: pinned, limits })
    }

    pub(super) fn read<'a>(&self, body: Body<'a>) -> Result<Value<'a>, DecodeError> {
        let (_, record) = self.messages.record(body)?;
        read::record(&self.plan, self.limits, record)
    }
}

/// Writes records of the pinned message.
#[derive(Debug)]
pub(super) struct ProtobufWriter {
    message: MessageWriter,
    plan: Plan,
}

impl ProtobufWriter {
    pub(super) fn new(pinned: &Pinned) -> Result<Self, PrepareError> {
        let message = <Protobuf as Codec>::writer(&pinned.schema, pinned.message.as_deref())?;
        let plan = plan(&pinned.schema, message.message_name())?;
        Ok(Self { message, plan })
    }

    pub(super) fn message_indexes(&self) -> &[u8] {
        <Protobuf as Codec>::message_indexes(&self.message)
    }

    pub(super) fn write(&self, value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        write::record(&self.plan, value, out)
    }
}
