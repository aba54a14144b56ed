//! Objects.

use super::Object;
use crate::document::Json;
use crate::json::dialect::Draft;
use crate::json::load::{Loader, keywords};
use crate::json::model::pattern::Pattern;
use crate::json::model::properties::Properties;
use crate::json::model::{Kind, NodeId, ObjectRules};

pub(super) fn object<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, is_required: bool) -> Kind {
    let mut rules = ObjectRules { is_required, ..ObjectRules::default() };
    let mut properties = Vec::new();
    let place = object.place;
    for (name, value) in object.members {
        match name.as_str() {
            "minProperties" => rules.min_properties = keywords::integer(value),
            "maxProperties" => rules.max_properties = keywords::integer(value),
            "properties" => properties = named(loader, object, value),
            "additionalProperties" => match value {
                Json::Bool(flag) => rules.permits_additional = *flag,
                Json::Object(_) => rules.additional = Some(loader.child(place, value)),
                _ => {}
            },
            "required" => rules.required = keywords::texts(value),
            "patternProperties" => patterns(loader, object, value, &mut rules),
            "dependencies" => dependencies(loader, object, value, &mut rules),
            "propertyNames" if object.draft > Draft::Draft4 => {
                rules.names = Some(loader.child(place, value));
            }
            _ => {}
        }
    }
    rules.properties = Properties::new(properties, &rules.required);
    Kind::Object(Box::new(rules))
}

/// The entries of `properties`; one that is named like the keyword for ids and is no object counts as an id.
fn named<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, value: &'a Json) -> Vec<(Box<str>, NodeId)> {
    let members = keywords::members(value);
    let is_property =
        |name: &str, value: &Json| name != object.draft.id_keyword() || matches!(value, Json::Object(_));
    members
        .iter()
        .filter(|(name, value)| is_property(name, value))
        .map(|(name, schema)| (name.as_str().into(), loader.child(object.place, schema)))
        .collect()
}

fn patterns<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, value: &'a Json, rules: &mut ObjectRules) {
    for (text, schema) in keywords::members(value) {
        let schema = loader.child(object.place, schema);
        rules.patterns.push((Pattern::new(text), schema));
    }
}

fn dependencies<'a>(
    loader: &mut Loader<'a>,
    object: &Object<'_, 'a>,
    value: &'a Json,
    rules: &mut ObjectRules,
) {
    for (name, dependency) in keywords::members(value) {
        match dependency {
            Json::Array(_) => {
                let names = keywords::sorted_set(keywords::texts(dependency));
                // An empty list is as good as none.
                if !names.is_empty() {
                    rules.required_with.push((name.as_str().into(), names));
                }
            }
            schema => {
                let schema = loader.child(object.place, schema);
                rules.schema_with.push((name.as_str().into(), schema));
            }
        }
    }
}
