//! Texts and numbers.

use super::Object;
use crate::json::dialect::Draft;
use crate::json::load::keywords;
use crate::json::model::{Kind, NumberRules, StringRules};

pub(super) fn string(object: &Object<'_, '_>, is_required: bool) -> Kind {
    let mut rules = StringRules { is_required, ..StringRules::default() };
    for (name, value) in object.members {
        match name.as_str() {
            "minLength" => rules.min_length = keywords::integer(value),
            "maxLength" => rules.max_length = keywords::integer(value),
            "pattern" => rules.pattern = value.as_str().map(Into::into),
            "format" => {
                let format = value.as_str().filter(|format| is_known_format(format, object.draft));
                rules.format = format.map(Into::into);
            }
            _ => {}
        }
    }
    Kind::String(Box::new(rules))
}

/// Whether the reference registry has a check for a format.
fn is_known_format(format: &str, draft: Draft) -> bool {
    match format {
        "date-time" | "uri" | "email" | "ipv4" | "ipv6" | "hostname" => true,
        "json-pointer" | "uri-reference" | "uri-template" => draft >= Draft::Draft6,
        "date" | "time" | "regex" | "relative-json-pointer" => draft >= Draft::Draft7,
        _ => false,
    }
}

pub(super) fn number(object: &Object<'_, '_>, is_required: bool, is_integer: bool) -> Kind {
    let mut rules = NumberRules { is_required, is_integer, ..NumberRules::default() };
    let has_flags = object.draft == Draft::Draft4;
    for (name, value) in object.members {
        match name.as_str() {
            "minimum" => rules.minimum = keywords::double(value),
            "maximum" => rules.maximum = keywords::double(value),
            "exclusiveMinimum" if has_flags => {
                rules.exclusive_flags[0] = keywords::flag(value).unwrap_or_default();
            }
            "exclusiveMaximum" if has_flags => {
                rules.exclusive_flags[1] = keywords::flag(value).unwrap_or_default();
            }
            "exclusiveMinimum" => rules.exclusive_minimum = keywords::double(value),
            "exclusiveMaximum" => rules.exclusive_maximum = keywords::double(value),
            "multipleOf" => rules.multiple_of = keywords::number(value).map(Into::into),
            _ => {}
        }
    }
    Kind::Number(Box::new(rules))
}
