//! The normalised schema: names of members sorted at every level. Arrays keep their order.

use std::cmp::Ordering;

use super::schema::JsonSchema;
use super::{parse, recursion};
use crate::document::Json;
use crate::format::ParseError;

/// The schema in its normal form. A schema that does not load has none, as in the reference registry.
pub(super) fn normalized(schema: &JsonSchema) -> Result<JsonSchema, ParseError> {
    if let Some(fault) = &schema.fault {
        return Err(fault.as_ref().clone());
    }
    parse::with_root(schema, sorted(schema.root()))
}

fn sorted(value: &Json) -> Json {
    recursion::level(|| match value {
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            members.sort_by(|(one, _), (other, _)| utf16_order(one, other));
            Json::Object(members)
        }
        other => other.clone(),
    })
}

/// How Java orders texts: by UTF-16 units, so that characters beyond U+FFFF come before U+E000.
pub(super) fn utf16_order(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        return one.cmp(other);
    }
    one.encode_utf16().cmp(other.encode_utf16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_by_utf_16_units() {
        let value = Json::parse(r#"{"b":[{"d":1,"c":2}],"\uffff":1,"😀":2,"B":3,"":4}"#).unwrap();
        let mut out = String::new();
        sorted(&value).write_compact(&mut out);
        assert_eq!(out, "{\"\":4,\"B\":3,\"b\":[{\"c\":2,\"d\":1}],\"😀\":2,\"\u{ffff}\":1}");
    }
}
