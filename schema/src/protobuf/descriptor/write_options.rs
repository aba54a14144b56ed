//! Options of a text as options of a descriptor.

use super::declared::{Declared, META};
use super::meta;
use super::values::{Encoding, Entry};
use super::wire::Writer;
use crate::format::ParseError;
use crate::protobuf::normalize::{as_map, joined_loosely};
use crate::protobuf::syntax::{OptionValue, ProtoOption};

/// The bytes of the options; empty if none of them is one that a descriptor keeps.
pub(super) fn options(options: &[ProtoOption], declared: Declared) -> Result<Writer, ParseError> {
    let merged = merged(options);
    let mut writer = Writer::default();
    let mut entries: Vec<&Entry> = declared.entries.iter().collect();
    entries.sort_by_key(|(_, number, _)| *number);
    for (name, number, encoding) in entries {
        match encoding {
            Encoding::Constants(_) | Encoding::Maps(_) => {
                for option in options.iter().filter(|option| option.name == *name) {
                    value(&mut writer, (name, *number, *encoding), &option.value)?;
                }
            }
            _ => {
                if let Some((_, found)) = merged.iter().find(|(known, _)| known == name) {
                    value(&mut writer, (name, *number, *encoding), found)?;
                }
            }
        }
    }
    if let Some((_, found)) = declared.meta.and_then(|meta| merged.iter().find(|(known, _)| *known == meta))
        && let Some(bytes) = meta::write(found)?
    {
        writer.message(META, &bytes);
    }
    Ok(writer)
}

/// Options by name, where a later one replaces an earlier one unless both are aggregates.
fn merged(options: &[ProtoOption]) -> Vec<(&str, OptionValue)> {
    let mut merged: Vec<(&str, OptionValue)> = Vec::new();
    for option in options {
        let name = option.name.strip_prefix('.').unwrap_or(&option.name);
        let value = as_map(option.value.clone());
        match merged.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => {
                let first = std::mem::replace(known, OptionValue::Boolean(false));
                *known = joined_loosely(first, value);
            }
            None => merged.push((name, value)),
        }
    }
    merged
}

fn value(writer: &mut Writer, entry: Entry, value: &OptionValue) -> Result<(), ParseError> {
    let (name, number, encoding) = entry;
    match encoding {
        Encoding::Text => writer.text(number, plain(name, value)?),
        Encoding::Flag => {
            let is_true = match value {
                OptionValue::Boolean(value) => *value,
                other => plain(name, other)?.eq_ignore_ascii_case("true"),
            };
            writer.number(number, u64::from(is_true));
        }
        Encoding::Int => {
            let text = plain(name, value)?;
            let int = text.parse().map_err(|_| unfit(name, text))?;
            writer.int(number, int);
        }
        Encoding::Constant(constants) | Encoding::Constants(constants) => {
            let text = plain(name, value)?;
            let found = constants.iter().find(|(_, constant)| *constant == text);
            let (constant, _) = found.ok_or_else(|| unfit(name, text))?;
            writer.int(number, *constant);
        }
        Encoding::Map(entries) | Encoding::Maps(entries) => {
            let OptionValue::Map(found) = value else {
                return Err(unfit(name, "a value that is no aggregate"));
            };
            let mut inner = Writer::default();
            let mut entries: Vec<&Entry> = entries.iter().collect();
            entries.sort_by_key(|(_, number, _)| *number);
            for entry in entries {
                if let Some((_, found)) = found.iter().find(|(key, _)| key == entry.0) {
                    self::value(&mut inner, *entry, found)?;
                }
            }
            writer.message(number, &inner);
        }
    }
    Ok(())
}

fn plain<'o>(name: &str, value: &'o OptionValue) -> Result<&'o str, ParseError> {
    match value {
        OptionValue::String(text) | OptionValue::Number(text) | OptionValue::Enum(text) => Ok(text),
        OptionValue::Boolean(true) => Ok("true"),
        OptionValue::Boolean(false) => Ok("false"),
        _ => Err(unfit(name, "an aggregate")),
    }
}

fn unfit(name: &str, value: &str) -> ParseError {
    ParseError::new(format!("the option `{name}` cannot be `{value}` in a descriptor; correct the option"))
}
