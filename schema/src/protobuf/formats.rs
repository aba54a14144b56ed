//! The output formats of a schema.

use super::syntax::{Enum, File, Group, Message, ProtoOption, Type};
use super::{ProtobufSchema, canonical, descriptor};
use crate::format::ParseError;

/// Custom options whose names begin like this are no extensions to those who ask for a schema without.
const KEPT_PREFIX: &str = "confluent.";

/// The schema in a format; the canonical text in formats that nobody knows.
///
/// # Errors
/// [`ParseError`] when the schema has no such form.
pub(super) fn formatted(schema: &ProtobufSchema, format: &str) -> Result<String, ParseError> {
    match format {
        "ignore_extensions" => Ok(canonical::text(&without_extensions(schema.file()))),
        "serialized" => descriptor::serialized(schema),
        _ => Ok(schema.text().to_owned()),
    }
}

/// The file without custom options, `extend` blocks and `extensions`.
fn without_extensions(file: &File) -> File {
    let mut file = file.clone();
    file.extends.clear();
    keep_plain(&mut file.options);
    file.types.iter_mut().for_each(strip_type);
    for service in &mut file.services {
        keep_plain(&mut service.options);
        service.rpcs.iter_mut().for_each(|rpc| keep_plain(&mut rpc.options));
    }
    file
}

fn keep_plain(options: &mut Vec<ProtoOption>) {
    options.retain(|option| !option.is_custom || option.name.starts_with(KEPT_PREFIX));
}

fn strip_type(each: &mut Type) {
    match each {
        Type::Message(message) => strip_message(message),
        Type::Enum(each) => strip_enum(each),
    }
}

fn strip_message(message: &mut Message) {
    message.extends.clear();
    message.extensions.clear();
    keep_plain(&mut message.options);
    message.fields.iter_mut().for_each(|field| keep_plain(&mut field.options));
    message.groups.iter_mut().for_each(strip_group);
    for oneof in &mut message.oneofs {
        keep_plain(&mut oneof.options);
        oneof.fields.iter_mut().for_each(|field| keep_plain(&mut field.options));
        oneof.groups.iter_mut().for_each(strip_group);
    }
    message.types.iter_mut().for_each(strip_type);
}

fn strip_group(group: &mut Group) {
    group.fields.iter_mut().for_each(|field| keep_plain(&mut field.options));
}

fn strip_enum(each: &mut Enum) {
    keep_plain(&mut each.options);
    each.constants.iter_mut().for_each(|constant| keep_plain(&mut constant.options));
}
