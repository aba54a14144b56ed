//! The piece of a schema that a finding is about, of bounded length.

use std::fmt::{self, Write};

use crate::clip::{Clip, clip};
use crate::incompatibility::FRAGMENT_LENGTH_MAX;
use crate::protobuf::syntax::{Field, Message, OneOf, Type};

/// A field as it is declared, without its options: `optional int32 count = 3;`.
pub(super) fn field(field: &Field) -> String {
    clip(FRAGMENT_LENGTH_MAX, |out| print_field(out, field))
}

/// A oneof with its fields.
pub(super) fn oneof(oneof: &OneOf) -> String {
    clip(FRAGMENT_LENGTH_MAX, |out| print_oneof(out, oneof))
}

/// A message with its fields; nested types by name.
pub(super) fn message(message: &Message) -> String {
    clip(FRAGMENT_LENGTH_MAX, |out| {
        write!(out, "message {} {{", message.name)?;
        for field in &message.fields {
            out.write_char(' ')?;
            print_field(out, field)?;
        }
        for oneof in &message.oneofs {
            out.write_char(' ')?;
            print_oneof(out, oneof)?;
        }
        for each in &message.types {
            let keyword = if matches!(each, Type::Message(_)) { "message" } else { "enum" };
            write!(out, " {keyword} {} {{…}}", each.name())?;
        }
        out.write_str(" }")
    })
}

/// The statement that names a package; empty without one.
pub(super) fn package(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| clip(FRAGMENT_LENGTH_MAX, |out| write!(out, "package {name};")))
}

fn print_oneof(out: &mut Clip, oneof: &OneOf) -> fmt::Result {
    write!(out, "oneof {} {{", oneof.name)?;
    for field in &oneof.fields {
        out.write_char(' ')?;
        print_field(out, field)?;
    }
    out.write_str(" }")
}

fn print_field(out: &mut Clip, field: &Field) -> fmt::Result {
    if let Some(label) = field.label {
        write!(out, "{} ", label.as_str())?;
    }
    write!(out, "{} {} = {};", field.type_name, field.name, field.tag)
}
