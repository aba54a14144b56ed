//! Whether what was read is what was written.
//!
//! Fields are compared by number, whatever their names; numbers by value, whatever their types; text and bytes by their
//! bytes; an empty field that has no presence counts as unset.

use std::fmt::Write;

use prost_reflect::{Cardinality, DynamicMessage, FieldDescriptor, MapKey, ReflectMessage, Value};

/// Messages inside messages that are compared.
const DEPTH_MAX: usize = 32;
/// Values are shown with at most this many characters.
const SHOWN_LENGTH_MAX: usize = 80;

/// Which fields of the outermost message count.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// All.
    All,
    /// These.
    Fields(Vec<u32>),
}

impl Scope {
    fn has(&self, tag: u32) -> bool {
        match self {
            Self::All => true,
            Self::Fields(tags) => tags.contains(&tag),
        }
    }
}

/// The first thing that differs between a message and what the reader made of it, as a clause.
pub(super) fn misreading(written: &DynamicMessage, read: &DynamicMessage, scope: &Scope) -> Option<String> {
    compare_messages(written, read, scope, DEPTH_MAX)
}

fn compare_messages(
    written: &DynamicMessage,
    read: &DynamicMessage,
    scope: &Scope,
    depth: usize,
) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let (writer, reader) = (written.descriptor(), read.descriptor());
    for field in writer.fields().filter(|field| scope.has(field.number()) && written.has_field(field)) {
        let Some(known) = reader.get_field(field.number()) else {
            return Some(format!("the reader does not know {} and drops its value", named(&field)));
        };
        if !read.has_field(&known) && !written.get_field(&field).is_default_for_field(&field) {
            return Some(format!("the reader finds {} unset", named(&field)));
        }
        let (theirs, ours) = (written.get_field(&field), read.get_field(&known));
        let misread = compare_values(&theirs, &ours, depth);
        if let Some(misread) = misread {
            return Some(match misread {
                Misread::Value => format!(
                    "the reader takes the value {} of {} for {}",
                    shown(&theirs),
                    named(&field),
                    shown(&ours)
                ),
                Misread::Inside(clause) => clause,
            });
        }
    }
    let is_missing = |field: &FieldDescriptor| {
        scope.has(field.number()) && field.cardinality() == Cardinality::Required && !read.has_field(field)
    };
    reader
        .fields()
        .find(is_missing)
        .map(|field| format!("{} is missing from it, which the reader requires", named(&field)))
}

fn named(field: &FieldDescriptor) -> String {
    format!("field `{}` ({}) of `{}`", field.name(), field.number(), field.parent_message().full_name())
}

/// How a value was misread.
enum Misread {
    /// It has another value.
    Value,
    /// A message inside it is not what was written.
    Inside(String),
}

fn compare_values(written: &Value, read: &Value, depth: usize) -> Option<Misread> {
    match (written, read) {
        (Value::Message(written), Value::Message(read)) => {
            compare_messages(written, read, &Scope::All, depth).map(Misread::Inside)
        }
        (Value::List(written), Value::List(read)) => compare_lists(written, read, depth),
        (Value::List(written), read) => compare_lists(written, std::slice::from_ref(read), depth),
        (written, Value::List(read)) => compare_lists(std::slice::from_ref(written), read, depth),
        (Value::Map(written), Value::Map(read)) => {
            if written.len() != read.len() {
                return Some(Misread::Value);
            }
            let values = written.iter().map(|(key, value)| {
                let found = read.iter().find(|(other, _)| is_same_key(key, other));
                found.map_or(Some(Misread::Value), |(_, found)| compare_values(value, found, depth))
            });
            values.flatten().next()
        }
        (written, read) => {
            (scalar(written).is_none() || scalar(written) != scalar(read)).then_some(Misread::Value)
        }
    }
}

fn compare_lists(written: &[Value], read: &[Value], depth: usize) -> Option<Misread> {
    if written.len() != read.len() {
        return Some(Misread::Value);
    }
    written.iter().zip(read).find_map(|(written, read)| compare_values(written, read, depth))
}

fn is_same_key(one: &MapKey, other: &MapKey) -> bool {
    scalar(&one.clone().into()) == scalar(&other.clone().into())
}

/// A scalar without its type.
#[derive(Debug, PartialEq)]
enum Scalar<'a> {
    Integer(i128),
    Real(f64),
    Bytes(&'a [u8]),
}

fn scalar(value: &Value) -> Option<Scalar<'_>> {
    Some(match value {
        Value::Bool(value) => Scalar::Integer(i128::from(*value)),
        Value::I32(value) | Value::EnumNumber(value) => Scalar::Integer(i128::from(*value)),
        Value::I64(value) => Scalar::Integer(i128::from(*value)),
        Value::U32(value) => Scalar::Integer(i128::from(*value)),
        Value::U64(value) => Scalar::Integer(i128::from(*value)),
        Value::F32(value) => Scalar::Real(f64::from(*value)),
        Value::F64(value) => Scalar::Real(*value),
        Value::String(text) => Scalar::Bytes(text.as_bytes()),
        Value::Bytes(bytes) => Scalar::Bytes(bytes),
        Value::Message(_) | Value::List(_) | Value::Map(_) => return None,
    })
}

/// A value in a sentence.
fn shown(value: &Value) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = print(&mut text, value);
    match text.char_indices().nth(SHOWN_LENGTH_MAX) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

fn print(out: &mut String, value: &Value) -> std::fmt::Result {
    match value {
        Value::Bool(value) => write!(out, "{value}"),
        Value::I32(value) | Value::EnumNumber(value) => write!(out, "{value}"),
        Value::I64(value) => write!(out, "{value}"),
        Value::U32(value) => write!(out, "{value}"),
        Value::U64(value) => write!(out, "{value}"),
        Value::F32(value) => write!(out, "{value}"),
        Value::F64(value) => write!(out, "{value}"),
        Value::String(value) => write!(out, "{value:?}"),
        Value::Bytes(value) => write!(out, "{value:?}"),
        Value::Message(value) => write!(out, "{{{value}}}"),
        Value::List(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                print(out, value)?;
            }
            out.push(']');
            Ok(())
        }
        Value::Map(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                print(out, &key.clone().into())?;
                out.push_str(": ");
                print(out, value)?;
            }
            out.push('}');
            Ok(())
        }
    }
}
