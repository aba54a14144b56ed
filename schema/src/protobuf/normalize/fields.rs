//! Fields: the type by its full name, the options with `default` and `json_name` among them.

use super::scope::Scope;
use super::{is_map_entry, options};
use crate::format::ParseError;
use crate::protobuf::names::{Declared, is_scalar};
use crate::protobuf::syntax::{Field, Message, OptionValue, Position, ProtoOption};

/// The fields by number.
pub(super) fn sorted(fields: &[Field], scope: Scope<'_, '_>) -> Result<Vec<Field>, ParseError> {
    let mut sorted = fields.iter().map(|each| field(each, scope)).collect::<Result<Vec<_>, _>>()?;
    sorted.sort_by_key(|field| field.tag);
    Ok(sorted)
}

/// One field.
pub(super) fn field(field: &Field, scope: Scope<'_, '_>) -> Result<Field, ParseError> {
    let (type_name, is_map) = type_name(field, scope)?;
    let mut all = field.options.clone();
    if let Some(default) = &field.default {
        all.push(plain("default", default_value(&type_name, default)));
    }
    if let Some(json_name) = &field.json_name {
        all.push(plain("json_name", OptionValue::String(json_name.clone())));
    }
    Ok(Field {
        label: field.label.filter(|_| !is_map),
        type_name,
        name: field.name.clone(),
        tag: field.tag,
        default: None,
        json_name: None,
        options: options::normalized(all, scope),
        position: field.position,
    })
}

fn plain(name: &str, value: OptionValue) -> ProtoOption {
    ProtoOption { name: name.to_owned(), is_custom: false, value }
}

/// The full name, with a leading dot, of the type that `name` means.
pub(super) fn resolved_name(
    name: &str,
    position: Position,
    scope: Scope<'_, '_>,
) -> Result<String, ParseError> {
    match scope.resolved(name) {
        Some((full, _)) => Ok(format!(".{full}")),
        None => Err(unknown(name, position)),
    }
}

fn unknown(name: &str, position: Position) -> ParseError {
    let cure = "define it, or import the file that defines it and add a reference to that file";
    let mut error = ParseError::new(format!("type `{name}` is not defined; {cure}"));
    if position.line > 0 {
        error.line = usize::try_from(position.line).ok();
        error.column = usize::try_from(position.column).ok();
    }
    error
}

/// The type as it is written in the normal form, and whether it is a map.
fn type_name(field: &Field, scope: Scope<'_, '_>) -> Result<(String, bool), ParseError> {
    if let Some((key, value)) = field.map_types() {
        return Ok((map(key, value, scope), true));
    }
    if is_scalar(&field.type_name) {
        return Ok((field.type_name.clone(), false));
    }
    match scope.resolved(&field.type_name) {
        Some((_, Declared::Message(message))) if is_map_entry(message) => {
            let (key, value) = entry_types(message).ok_or_else(|| broken_entry(field, message))?;
            Ok((map(key, value, scope), true))
        }
        Some((full, _)) => Ok((format!(".{full}"), false)),
        None => Err(unknown(&field.type_name, field.position)),
    }
}

/// A map; a value type that nobody defines stays as it is written.
fn map(key: &str, value: &str, scope: Scope<'_, '_>) -> String {
    match scope.resolved(value) {
        Some((full, _)) => format!("map<{key}, .{full}>"),
        None => format!("map<{key}, {value}>"),
    }
}

fn entry_types(entry: &Message) -> Option<(&str, &str)> {
    let named = |name: &str| entry.fields.iter().find(|field| field.name == name);
    let (key, value) = (named("key")?, named("value")?);
    let may_be_key = is_scalar(&key.type_name) && !["bytes", "double", "float"].contains(&&*key.type_name);
    may_be_key.then_some((key.type_name.as_str(), value.type_name.as_str()))
}

fn broken_entry(field: &Field, entry: &Message) -> ParseError {
    let mut error = ParseError::new(format!(
        "field `{}` is a map of `{}` entries, which lack a field `key` of a whole number, bool or string type or a \
         field `value`; write the field as `map<key, value>`",
        field.name, entry.name
    ));
    if field.position.line > 0 {
        error.line = usize::try_from(field.position.line).ok();
        error.column = usize::try_from(field.position.column).ok();
    }
    error
}

/// A default value in the spelling of its type. The reference goes by the last part of the type's name, and writes
/// `bytes` without quotes; what could not be read again without them has them here.
fn default_value(type_name: &str, default: &str) -> OptionValue {
    let simple = type_name.rsplit('.').next().unwrap_or(type_name);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if simple == "string" || default.is_empty() || !default.bytes().all(is_word) {
        return OptionValue::String(default.to_owned());
    }
    match simple {
        _ if simple != "bool" && is_scalar(simple) => OptionValue::Number(default.to_owned()),
        _ => OptionValue::Enum(default.to_owned()),
    }
}
