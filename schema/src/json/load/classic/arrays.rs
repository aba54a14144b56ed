//! Arrays.

use super::Object;
use crate::document::Json;
use crate::json::dialect::Draft;
use crate::json::load::{Loader, keywords};
use crate::json::model::{ArrayRules, Kind};

pub(super) fn array<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, is_required: bool) -> Kind {
    let mut rules = ArrayRules { is_required, ..ArrayRules::default() };
    let place = object.place;
    for (name, value) in object.members {
        match name.as_str() {
            "minItems" => rules.min_items = keywords::integer(value),
            "maxItems" => rules.max_items = keywords::integer(value),
            "uniqueItems" => rules.is_unique = keywords::flag(value).unwrap_or_default(),
            "additionalItems" => match value {
                Json::Bool(flag) => rules.permits_additional = *flag,
                Json::Object(_) => rules.additional = Some(loader.child(place, value)),
                _ => {}
            },
            "items" => match value {
                Json::Array(items) => {
                    rules.tuple = items.iter().map(|item| loader.child(place, item)).collect();
                }
                schema => rules.items = Some(loader.child(place, schema)),
            },
            "contains" if object.draft > Draft::Draft4 => rules.contains = Some(loader.child(place, value)),
            _ => {}
        }
    }
    // `additionalItems` means nothing beside one schema for all items.
    rules.permits_additional |= rules.items.is_some() || rules.additional.is_some();
    Kind::Array(Box::new(rules))
}

/// Limits that these drafts do not know but the rules look at, where a schema object is an array and nothing else.
pub(super) fn with_contains(object: &Object<'_, '_>, kind: Kind) -> Kind {
    let Kind::Array(mut rules) = kind else { return kind };
    let number = |keyword: &str| object.get(keyword).and_then(keywords::integer);
    rules.min_contains = number("minContains");
    rules.max_contains = number("maxContains");
    Kind::Array(rules)
}
