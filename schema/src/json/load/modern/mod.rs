//! Drafts 2019-09 and 2020-12, both with the keywords of the latter.
//!
//! Each keyword is a piece; the pieces of a schema object are joined one by one, in the order of the text, then its
//! properties, patterns and unevaluated parts ([`product`]).

mod product;

use super::{Loader, keywords};
use crate::document::Json;
use crate::json::model::pattern::Pattern;
use crate::json::model::properties::Properties;
use crate::json::model::{ArrayRules, Criterion, Kind, NodeId, NumberRules, ObjectRules, StringRules, value};
use crate::json::references::Place;
use product::{Piece, Product};

/// Reads a schema object into the node `id`.
pub(super) fn load<'a>(
    loader: &mut Loader<'a>,
    id: NodeId,
    place: &Place<'a>,
    members: &'a [(String, Json)],
) {
    let object = Object { place, members };
    let mut product = Product::default();
    let mut late = Late::default();
    for (name, value) in members {
        if let Some(piece) = piece(loader, &object, name, value, &mut late) {
            product.join(piece);
        }
    }
    if !late.properties.is_empty() {
        product.join(Piece::Object(ObjectRules {
            properties: Properties::new(late.properties, &[]),
            ..ObjectRules::default()
        }));
    }
    if !late.patterns.is_empty() {
        product.join(Piece::Object(ObjectRules { patterns: late.patterns, ..ObjectRules::default() }));
    }
    if let Some(schema) = late.unevaluated_items {
        product.join(Piece::Array(ArrayRules { unevaluated: Some(schema), ..ArrayRules::default() }));
    }
    if let Some(schema) = late.unevaluated_properties {
        product.join(Piece::Object(ObjectRules { unevaluated: Some(schema), ..ObjectRules::default() }));
    }
    let (mut kind, mut is_generated) = product.finish(loader, place);
    if late.has_unknown {
        forget(&mut kind);
    }
    if let Some(text) = late.dynamic {
        let reference = loader.reference(place, text);
        let reference = loader.part(place, Kind::Reference(reference));
        let rest = loader.part(place, kind);
        (kind, is_generated) = (Kind::Combined(Criterion::All, vec![reference, rest]), true);
    }
    let annotations = loader.annotations(members, |name, _| {
        matches!(name, "title" | "description" | "default") || !is_known(name)
    });
    let node = loader.node(id);
    // Known slips: a default of `null` is none, and one beside `$ref` does not count.
    node.has_default = late.has_default && !matches!(kind, Kind::Reference(_));
    node.is_connect_bytes = late.is_connect_bytes;
    node.is_generated = is_generated;
    node.annotations = annotations;
    node.kind = kind;
}

/// Kept from the reference registry: what has no place of its own in its model is lost beside unknown keywords.
fn forget(kind: &mut Kind) {
    match kind {
        Kind::Object(rules) => rules.unevaluated = None,
        Kind::Array(rules) => {
            rules.unevaluated = None;
            rules.min_contains = None;
            rules.max_contains = None;
        }
        _ => {}
    }
}

/// One schema object while it is read.
struct Object<'p, 'a> {
    place: &'p Place<'a>,
    members: &'a [(String, Json)],
}

impl<'a> Object<'_, 'a> {
    fn get(&self, keyword: &str) -> Option<&'a Json> {
        self.members.iter().find(|(name, _)| name == keyword).map(|(_, value)| value)
    }
}

/// What is joined after all other keywords, or not at all.
#[derive(Default)]
struct Late<'a> {
    properties: Vec<(Box<str>, NodeId)>,
    patterns: Vec<(Pattern, NodeId)>,
    unevaluated_items: Option<NodeId>,
    unevaluated_properties: Option<NodeId>,
    dynamic: Option<&'a str>,
    has_default: bool,
    has_unknown: bool,
    is_connect_bytes: bool,
}

/// The piece of one keyword.
fn piece<'a>(
    loader: &mut Loader<'a>,
    object: &Object<'_, 'a>,
    name: &'a str,
    value: &'a Json,
    late: &mut Late<'a>,
) -> Option<Piece> {
    let place = object.place;
    match name {
        "type" => types(value),
        "$ref" => {
            let reference = loader.reference(place, value.as_str()?);
            Some(Piece::Other(Kind::Reference(reference)))
        }
        "minLength" | "maxLength" | "pattern" => string(name, value),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => number(name, value),
        "minItems" | "maxItems" | "uniqueItems" | "items" | "prefixItems" | "contains" => {
            array(loader, object, name, value)
        }
        "minProperties"
        | "maxProperties"
        | "required"
        | "additionalProperties"
        | "propertyNames"
        | "dependentRequired"
        | "dependentSchemas" => object_piece(loader, place, name, value),
        "enum" => {
            let values = keywords::items(value).iter().map(value::key).collect();
            Some(Piece::Other(Kind::Enum(keywords::sorted_set(values))))
        }
        "const" => Some(Piece::Other(Kind::Const(value::key(value)))),
        "not" => Some(Piece::Other(Kind::Not(loader.child(place, value)))),
        "allOf" => Some(combined(loader, place, Criterion::All, value)),
        "anyOf" => Some(combined(loader, place, Criterion::Any, value)),
        "oneOf" => Some(combined(loader, place, Criterion::One, value)),
        "if" => {
            let mut branch = |keyword: &str| object.get(keyword).map(|value| loader.child(place, value));
            Some(Piece::Other(Kind::Conditional([branch("if"), branch("then"), branch("else")])))
        }
        "format" => Some(Piece::Nothing),
        "readOnly" | "writeOnly" => keywords::flag(value)?.then_some(Piece::Nothing),
        _ => {
            note(loader, place, name, value, late);
            None
        }
    }
}

/// Keywords that are no pieces.
fn note<'a>(loader: &mut Loader<'a>, place: &Place<'a>, name: &'a str, value: &'a Json, late: &mut Late<'a>) {
    match name {
        "properties" => late.properties = loader.named_schemas(place, value),
        "patternProperties" => {
            for (text, schema) in keywords::members(value) {
                late.patterns.push((Pattern::new(text), loader.child(place, schema)));
            }
        }
        "unevaluatedItems" => late.unevaluated_items = Some(loader.child(place, value)),
        "unevaluatedProperties" => late.unevaluated_properties = Some(loader.child(place, value)),
        "default" => late.has_default = *value != Json::Null,
        "$dynamicRef" => late.dynamic = value.as_str(),
        "$defs" => late.has_unknown |= !keywords::members(value).is_empty(),
        _ if is_known(name) => {}
        _ => {
            late.has_unknown = true;
            late.is_connect_bytes |= name == "connect.type" && value.as_str() == Some("bytes");
        }
    }
}

/// Whether the reference registry's library for these editions knows a keyword.
fn is_known(keyword: &str) -> bool {
    const KNOWN: &[&str] = &[
        "$id",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
        "$ref",
        "$defs",
        "$schema",
        "$vocabulary",
        "minLength",
        "maxLength",
        "allOf",
        "anyOf",
        "oneOf",
        "additionalProperties",
        "properties",
        "patternProperties",
        "title",
        "description",
        "readOnly",
        "writeOnly",
        "deprecated",
        "default",
        "enum",
        "const",
        "false",
        "true",
        "type",
        "not",
        "required",
        "maximum",
        "minimum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "multipleOf",
        "uniqueItems",
        "items",
        "prefixItems",
        "contains",
        "minContains",
        "maxContains",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "dependentRequired",
        "unevaluatedItems",
        "unevaluatedProperties",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "pattern",
        "format",
    ];
    KNOWN.contains(&keyword)
}

fn types(value: &Json) -> Option<Piece> {
    match value {
        Json::Array(names) => Some(Piece::Types(names.iter().filter_map(of_type).collect())),
        name => of_type(name),
    }
}

fn of_type(name: &Json) -> Option<Piece> {
    let number = |is_integer| NumberRules { is_required: true, is_integer, ..NumberRules::default() };
    Some(match name.as_str()? {
        "string" => Piece::String(StringRules { is_required: true, ..StringRules::default() }),
        "integer" => Piece::Number(number(true)),
        "number" => Piece::Number(number(false)),
        "boolean" => Piece::Other(Kind::Boolean),
        "null" => Piece::Other(Kind::Null),
        "array" => Piece::Array(ArrayRules { is_required: true, ..ArrayRules::default() }),
        "object" => Piece::Object(ObjectRules { is_required: true, ..ObjectRules::default() }),
        _ => return None,
    })
}

fn string(name: &str, value: &Json) -> Option<Piece> {
    let mut rules = StringRules::default();
    match name {
        "minLength" => rules.min_length = Some(keywords::integer(value)?),
        "maxLength" => rules.max_length = Some(keywords::integer(value)?),
        _ => rules.pattern = Some(value.as_str()?.into()),
    }
    Some(Piece::String(rules))
}

fn number(name: &str, value: &Json) -> Option<Piece> {
    let mut rules = NumberRules::default();
    match name {
        "minimum" => rules.minimum = Some(keywords::double(value)?),
        "maximum" => rules.maximum = Some(keywords::double(value)?),
        "exclusiveMinimum" => rules.exclusive_minimum = Some(keywords::double(value)?),
        "exclusiveMaximum" => rules.exclusive_maximum = Some(keywords::double(value)?),
        _ => rules.multiple_of = Some(keywords::number(value)?.into()),
    }
    Some(Piece::Number(rules))
}

fn array<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, name: &str, value: &'a Json) -> Option<Piece> {
    let place = object.place;
    let mut rules = ArrayRules::default();
    match name {
        "minItems" => rules.min_items = Some(keywords::integer(value)?),
        "maxItems" => rules.max_items = Some(keywords::integer(value)?),
        "uniqueItems" => rules.is_unique = keywords::flag(value)?,
        "prefixItems" => rules.tuple = loader.schemas(place, value),
        "contains" => {
            rules.contains = Some(loader.child(place, value));
            let number = |keyword: &str| object.get(keyword).and_then(keywords::integer);
            rules.min_contains = number("minContains").or(Some(1));
            rules.max_contains = number("maxContains");
        }
        _ => {
            let schema = loader.child(place, value);
            let has_prefix =
                matches!(object.get("prefixItems"), Some(Json::Array(items)) if !items.is_empty());
            match loader.node(schema).kind {
                Kind::False => rules.permits_additional = false,
                Kind::True => {}
                _ if has_prefix => rules.additional = Some(schema),
                _ => rules.items = Some(schema),
            }
        }
    }
    Some(Piece::Array(rules))
}

fn object_piece<'a>(
    loader: &mut Loader<'a>,
    place: &Place<'a>,
    name: &str,
    value: &'a Json,
) -> Option<Piece> {
    let mut rules = ObjectRules::default();
    match name {
        "minProperties" => rules.min_properties = Some(keywords::integer(value)?),
        "maxProperties" => rules.max_properties = Some(keywords::integer(value)?),
        "required" => rules.required = keywords::texts(value),
        "propertyNames" => rules.names = Some(loader.child(place, value)),
        "dependentSchemas" => rules.schema_with = loader.named_schemas(place, value),
        "dependentRequired" => {
            for (key, names) in keywords::members(value) {
                let names = keywords::sorted_set(keywords::texts(names));
                if !names.is_empty() {
                    rules.required_with.push((key.as_str().into(), names));
                }
            }
        }
        _ => {
            let schema = loader.child(place, value);
            match loader.node(schema).kind {
                Kind::False => rules.permits_additional = false,
                Kind::True => {}
                _ => rules.additional = Some(schema),
            }
        }
    }
    Some(Piece::Object(rules))
}

/// The parts of a part that is itself an `allOf` made from keywords beside each other count as parts of the whole,
/// whatever the keyword is: so it is in the reference registry.
fn combined<'a>(loader: &mut Loader<'a>, place: &Place<'a>, criterion: Criterion, value: &'a Json) -> Piece {
    let mut parts = Vec::new();
    for schema in loader.schemas(place, value) {
        let node = loader.node(schema);
        match &node.kind {
            Kind::Combined(Criterion::All, inner) if node.is_generated => parts.extend_from_slice(inner),
            _ => parts.push(schema),
        }
    }
    Piece::Other(Kind::Combined(criterion, parts))
}
