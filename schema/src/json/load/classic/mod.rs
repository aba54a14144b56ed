//! Drafts 4, 6 and 7.
//!
//! A schema object falls into parts: one for `enum`, `const`, `not`, each of `allOf`, `anyOf` and `oneOf`, and `type`
//! with the keywords that belong to it; then one for each group of keywords that `type` left. No part is the empty
//! schema, one part is the schema, several are its `allOf`. `$ref` hides everything beside it.

mod arrays;
mod objects;
mod scalars;

use super::{Loader, keywords};
use crate::document::Json;
use crate::json::dialect::Draft;
use crate::json::model::{Criterion, Kind, NodeId, value};
use crate::json::references::Place;

/// Keywords that are read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Reference = 1,
    Enum = 2,
    Combined = 4,
    Not = 8,
    Const = 16,
    Type = 32,
    Array = 64,
    Object = 128,
    Number = 256,
    String = 512,
    Conditional = 1024,
    Common = 2048,
    Other = 0,
}

fn group(keyword: &str, draft: Draft) -> Group {
    match keyword {
        "$ref" => Group::Reference,
        "enum" => Group::Enum,
        "allOf" | "anyOf" | "oneOf" => Group::Combined,
        "not" => Group::Not,
        "const" if draft > Draft::Draft4 => Group::Const,
        "type" => Group::Type,
        "items" | "additionalItems" | "minItems" | "maxItems" | "uniqueItems" => Group::Array,
        "contains" if draft > Draft::Draft4 => Group::Array,
        "properties"
        | "required"
        | "minProperties"
        | "maxProperties"
        | "dependencies"
        | "patternProperties"
        | "additionalProperties" => Group::Object,
        "propertyNames" if draft > Draft::Draft4 => Group::Object,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Group::Number,
        "minLength" | "maxLength" | "pattern" | "format" => Group::String,
        "if" | "then" | "else" if draft > Draft::Draft6 => Group::Conditional,
        "id" | "$id" | "title" | "description" | "readOnly" | "writeOnly" | "default" | "connect.type" => {
            Group::Common
        }
        _ => Group::Other,
    }
}

/// A set of groups.
#[derive(Clone, Copy, Debug, Default)]
struct Groups(u16);

impl Groups {
    fn has(self, group: Group) -> bool {
        self.0 & group as u16 != 0
    }

    fn add(&mut self, group: Group) {
        self.0 |= group as u16;
    }

    fn remove(&mut self, group: Group) {
        self.0 &= !(group as u16);
    }
}

/// One schema object while it is read.
struct Object<'p, 'a> {
    place: &'p Place<'a>,
    members: &'a [(String, Json)],
    draft: Draft,
}

impl<'a> Object<'_, 'a> {
    fn get(&self, keyword: &str) -> Option<&'a Json> {
        self.members.iter().find(|(name, _)| name == keyword).map(|(_, value)| value)
    }
}

/// Reads a schema object into the node `id`.
pub(super) fn load<'a>(
    loader: &mut Loader<'a>,
    id: NodeId,
    place: &Place<'a>,
    members: &'a [(String, Json)],
) {
    let object = Object { place, members, draft: place.scope.document.draft };
    let mut groups = Groups::default();
    for (name, _) in members {
        groups.add(group(name, object.draft));
    }
    let is_reference = groups.has(Group::Reference);
    let mut has_default = groups.has(Group::Common) && object.get("default").is_some();
    let kind = if is_reference {
        let reference = object.get("$ref").and_then(Json::as_str);
        match reference.map(|text| loader.reference(place, text)) {
            Some(reference) => {
                // Known slip: a default beside `$ref` counts only inside of what the reference leads to.
                has_default &= reference.target.is_some_and(|target| loader.unfinished.contains(&target));
                Kind::Reference(reference)
            }
            None => Kind::Empty,
        }
    } else {
        let mut parts = parts(loader, &object, groups);
        match (parts.pop(), parts.is_empty()) {
            (None, _) => Kind::Empty,
            (Some(only), true) => only,
            (Some(last), false) => {
                parts.push(last);
                loader.node(id).is_generated = true;
                Kind::Combined(
                    Criterion::All,
                    parts.into_iter().map(|kind| loader.part(place, kind)).collect(),
                )
            }
        }
    };
    let kind = arrays::with_contains(&object, kind);
    let annotations = loader.annotations(members, |name, _| {
        let group = group(name, object.draft);
        matches!(group, Group::Common | Group::Other) || is_reference && group != Group::Reference
    });
    let node = loader.node(id);
    node.kind = kind;
    node.has_default = has_default;
    node.annotations = annotations;
    node.is_connect_bytes = groups.has(Group::Common)
        && object.get("connect.type").and_then(Json::as_str).is_some_and(|word| word == "bytes");
}

fn parts<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, groups: Groups) -> Vec<Kind> {
    let mut parts = Vec::new();
    let mut left = groups;
    if let Some(values) = object.get("enum").filter(|_| groups.has(Group::Enum)) {
        let values = keywords::items(values).iter().map(value::key).collect();
        parts.push(Kind::Enum(keywords::sorted_set(values)));
    }
    if groups.has(Group::Combined) {
        for criterion in [Criterion::All, Criterion::Any, Criterion::One] {
            if let Some(value) = object.get(criterion.keyword()) {
                let schemas = loader.schemas(object.place, value);
                parts.push(Kind::Combined(criterion, schemas));
            }
        }
    }
    if let Some(schema) = object.get("not").filter(|_| groups.has(Group::Not)) {
        parts.push(Kind::Not(loader.child(object.place, schema)));
    }
    if let Some(constant) = object.get("const").filter(|_| groups.has(Group::Const)) {
        parts.push(Kind::Const(value::key(constant)));
    }
    if let Some(types) = object.get("type").filter(|_| groups.has(Group::Type)) {
        parts.extend(typed(loader, object, types, &mut left));
    }
    sniffed(loader, object, left, &mut parts);
    parts
}

/// The part for `type`.
fn typed<'a>(
    loader: &mut Loader<'a>,
    object: &Object<'_, 'a>,
    types: &'a Json,
    left: &mut Groups,
) -> Option<Kind> {
    let Json::Array(names) = types else {
        return of_type(loader, object, types, left);
    };
    // Repeated names share a node: what they hold is read once.
    let mut known: Vec<(&str, NodeId)> = Vec::new();
    let mut alternatives = Vec::with_capacity(names.len());
    for name in names {
        let word = name.as_str().unwrap_or_default();
        if let Some(&(_, id)) = known.iter().find(|(other, _)| *other == word) {
            alternatives.push(id);
        } else if let Some(kind) = of_type(loader, object, name, left) {
            let id = loader.part(object.place, kind);
            known.push((word, id));
            alternatives.push(id);
        }
    }
    Some(Kind::Combined(Criterion::Any, alternatives))
}

fn of_type<'a>(
    loader: &mut Loader<'a>,
    object: &Object<'_, 'a>,
    name: &'a Json,
    left: &mut Groups,
) -> Option<Kind> {
    let (kind, group) = match name.as_str()? {
        "string" => (scalars::string(object, true), Group::String),
        "integer" => (scalars::number(object, true, true), Group::Number),
        "number" => (scalars::number(object, true, false), Group::Number),
        "boolean" => return Some(Kind::Boolean),
        "null" => return Some(Kind::Null),
        "array" => (arrays::array(loader, object, true), Group::Array),
        "object" => (objects::object(loader, object, true), Group::Object),
        _ => return None,
    };
    left.remove(group);
    Some(kind)
}

/// Parts for the groups that no type stands for.
fn sniffed<'a>(loader: &mut Loader<'a>, object: &Object<'_, 'a>, left: Groups, parts: &mut Vec<Kind>) {
    if left.has(Group::Array) {
        parts.push(arrays::array(loader, object, false));
    }
    if left.has(Group::Object) {
        parts.push(objects::object(loader, object, false));
    }
    if left.has(Group::Number) {
        parts.push(scalars::number(object, false, false));
    }
    if left.has(Group::String) {
        parts.push(scalars::string(object, false));
    }
    if left.has(Group::Conditional) {
        let branches = ["if", "then", "else"];
        let branches =
            branches.map(|keyword| object.get(keyword).map(|value| loader.child(object.place, value)));
        parts.push(Kind::Conditional(branches));
    }
}
