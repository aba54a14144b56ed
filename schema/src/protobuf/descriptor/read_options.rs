//! Options of a descriptor as options of a text.

use super::declared::{Declared, META};
use super::meta;
use super::values::{Constants, Encoding, Entry};
use super::wire::{Fields, Malformed};
use crate::protobuf::syntax::{OptionValue, ProtoOption};

/// The options in field `number` of `fields`, in the order in which they are written.
pub(super) fn options(
    fields: &Fields<'_>,
    number: u64,
    declared: Declared,
) -> Result<Vec<ProtoOption>, Malformed> {
    let Some(bytes) = fields.message(number) else { return Ok(Vec::new()) };
    let fields = Fields::parse(&bytes)?;
    let mut options = Vec::new();
    for (name, value) in entries(&fields, declared.entries)? {
        options.push(ProtoOption { name, is_custom: false, value });
    }
    if let (Some(name), Some(bytes)) = (declared.meta, fields.message(META)) {
        let value = meta::read(&bytes)?;
        options.extend(value.map(|value| ProtoOption { name: name.to_owned(), is_custom: true, value }));
    }
    Ok(options)
}

fn entries(fields: &Fields<'_>, entries: &'static [Entry]) -> Result<Vec<(String, OptionValue)>, Malformed> {
    let mut found = Vec::new();
    for (name, number, encoding) in entries {
        for value in values(fields, *number, *encoding)? {
            found.push(((*name).to_owned(), value));
        }
    }
    Ok(found)
}

/// The values of an option; more than one only where the option is repeated.
fn values(fields: &Fields<'_>, number: u64, encoding: Encoding) -> Result<Vec<OptionValue>, Malformed> {
    let one = match encoding {
        Encoding::Text => fields.text(number)?.map(OptionValue::String),
        Encoding::Flag => fields.flag(number).map(OptionValue::Boolean),
        Encoding::Int => fields.int(number).map(|value| OptionValue::Number(value.to_string())),
        Encoding::Constant(constants) => fields.number(number).and_then(|value| constant(constants, value)),
        Encoding::Map(inner) => match fields.message(number) {
            Some(bytes) => Some(OptionValue::Map(entries(&Fields::parse(&bytes)?, inner)?)),
            None => None,
        },
        Encoding::Constants(constants) => {
            let numbers = fields.numbers(number)?;
            return Ok(numbers.into_iter().filter_map(|value| constant(constants, value)).collect());
        }
        Encoding::Maps(inner) => {
            let maps = fields.all(number).map(|bytes| entries(&Fields::parse(bytes)?, inner));
            return maps.map(|entries| entries.map(OptionValue::Map)).collect();
        }
    };
    Ok(one.into_iter().collect())
}

/// A number without a name is as good as absent.
fn constant(constants: Constants, value: u64) -> Option<OptionValue> {
    let found = constants.iter().find(|(number, _)| u64::try_from(*number) == Ok(value));
    found.map(|(_, name)| OptionValue::Enum((*name).to_owned()))
}
