//! The descriptor of the shared Protobuf message.

use prost_reflect::MessageDescriptor;
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

use crate::job::Format;

/// The second message of the second message of its file.
pub(crate) const MESSAGE: &str = "interop.proto.Outer.Event";

pub(crate) fn descriptor() -> MessageDescriptor {
    let none = ResolvedReferences::none();
    let text = Format::Protobuf.schema();
    let parsed = ParsedSchema::parse(SchemaType::Protobuf, &text, &none, Strictness::New);
    let ParsedSchema::Protobuf(parsed) = parsed.expect("a schema") else { panic!("another language") };
    parsed.descriptor_pool().expect("descriptors").get_message_by_name(MESSAGE).expect("the message")
}
