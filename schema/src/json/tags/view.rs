//! What kind of schema the reference registry takes a schema object for.

use crate::document::Json;
use crate::json::dialect::Draft;
use crate::json::references::Place;
use crate::json::schema::JsonSchema;

/// How many parts of a combined schema must hold, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Criterion {
    All,
    Any,
    One,
}

impl Criterion {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::All => "allof",
            Self::Any => "anyof",
            Self::One => "oneof",
        }
    }

    pub(super) fn keyword(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
            Self::One => "oneOf",
        }
    }
}

/// A kind of schema with what stands inside.
#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    Array,
    Boolean,
    /// `allOf` and its like.
    Combined(Criterion, &'a [Json]),
    /// Several types in `type`.
    Types(&'a [Json]),
    /// Keywords that lie beside each other in one schema object.
    Parts(Vec<Kind<'a>>),
    Conditional,
    Const(&'a Json),
    Empty,
    Enum(&'a [Json]),
    False,
    Not,
    Null,
    Number,
    Object,
    Reference(&'a str),
    String,
    True,
}

/// A schema, or one of the parts into which a schema object falls.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) place: Place<'a>,
    pub(super) kind: Kind<'a>,
    /// Whether this is the whole schema object: title, description, default and tags belong to the whole.
    pub(super) is_whole: bool,
}

impl<'a> View<'a> {
    pub(super) fn of(place: Place<'a>) -> Self {
        let kind = match place.node {
            Json::Bool(true) => Kind::True,
            Json::Bool(false) => Kind::False,
            Json::Object(_) => {
                let mut parts = parts(&place);
                match (parts.pop(), parts.is_empty()) {
                    (None, _) => Kind::Empty,
                    (Some(only), true) => only,
                    (Some(last), false) => {
                        parts.push(last);
                        Kind::Parts(parts)
                    }
                }
            }
            _ => Kind::Empty,
        };
        Self { place, kind, is_whole: true }
    }

    /// The criterion and the number of parts, if this is a combined schema.
    pub(super) fn combined(&self) -> Option<(Criterion, usize)> {
        match &self.kind {
            Kind::Combined(criterion, items) => Some((*criterion, items.len())),
            Kind::Types(names) => Some((Criterion::Any, names.len())),
            Kind::Parts(parts) => Some((Criterion::All, parts.len())),
            _ => None,
        }
    }

    /// The parts of a combined schema in the order of the text.
    pub(super) fn children(&self) -> Vec<Self> {
        let part = |kind| Self { place: self.place.clone(), kind, is_whole: false };
        match &self.kind {
            Kind::Combined(_, items) => items.iter().map(|item| Self::of(self.place.child(item))).collect(),
            Kind::Types(names) => names.iter().filter_map(|name| of_type(name.as_str()?)).map(part).collect(),
            Kind::Parts(parts) => parts.iter().cloned().map(part).collect(),
            _ => Vec::new(),
        }
    }

    /// The schema of all items of an array, if there is one for all.
    pub(super) fn items(&self) -> Option<Self> {
        let items = self.place.node.get("items").filter(|items| !matches!(items, Json::Array(_)))?;
        self.place.node.get("prefixItems").is_none().then(|| Self::of(self.place.child(items)))
    }

    /// The schema at a keyword.
    pub(super) fn at(&self, keyword: &str) -> Option<Self> {
        self.place.node.get(keyword).map(|inner| Self::of(self.place.child(inner)))
    }
}

/// Whether the whole schema is one for objects, with nothing beside it.
pub(in crate::json) fn is_object(schema: &JsonSchema) -> bool {
    let root = crate::json::references::Resolver::new(schema).root();
    matches!(View::of(root).kind, Kind::Object)
}

fn of_type(name: &str) -> Option<Kind<'static>> {
    Some(match name {
        "string" => Kind::String,
        "integer" | "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "null" => Kind::Null,
        "array" => Kind::Array,
        "object" => Kind::Object,
        _ => return None,
    })
}

/// What the keywords of a schema object say, each kind once.
fn parts<'a>(place: &Place<'a>) -> Vec<Kind<'a>> {
    let (node, draft) = (place.node, place.scope.document.draft);
    let mut parts = Vec::new();
    if let Some(reference) = node.get("$ref").and_then(Json::as_str) {
        parts.push(Kind::Reference(reference));
        if !draft.is_modern() {
            return parts;
        }
    }
    if let Some(Json::Array(values)) = node.get("enum") {
        parts.push(Kind::Enum(values));
    }
    for criterion in [Criterion::All, Criterion::Any, Criterion::One] {
        if let Some(Json::Array(items)) = node.get(criterion.keyword()) {
            parts.push(Kind::Combined(criterion, items));
        }
    }
    parts.extend(node.get("not").map(|_| Kind::Not));
    parts.extend(node.get("const").filter(|_| draft != Draft::Draft4).map(Kind::Const));
    let types: Vec<&str> = match node.get("type") {
        Some(Json::String(name)) => {
            parts.extend(of_type(name));
            vec![name]
        }
        Some(Json::Array(names)) => {
            parts.push(Kind::Types(names));
            names.iter().filter_map(Json::as_str).collect()
        }
        _ => Vec::new(),
    };
    parts.extend(sniffed(node, draft, &types));
    parts
}

/// Keywords speak of their type even where `type` does not name it.
fn sniffed<'a>(node: &'a Json, draft: Draft, types: &[&str]) -> Vec<Kind<'a>> {
    let Json::Object(members) = node else { return Vec::new() };
    let says = |kind: Group, names: &[&str]| {
        !types.iter().any(|name| names.contains(name))
            && members.iter().any(|(keyword, _)| group(keyword, draft) == Some(kind))
    };
    let mut found = Vec::new();
    let groups = [
        (Group::Array, Kind::Array, &["array"][..]),
        (Group::Object, Kind::Object, &["object"]),
        (Group::Number, Kind::Number, &["integer", "number"]),
        (Group::String, Kind::String, &["string"]),
        (Group::Conditional, Kind::Conditional, &[]),
    ];
    for (kind, part, names) in groups {
        if says(kind, names) {
            found.push(part);
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Array,
    Object,
    Number,
    String,
    Conditional,
}

fn group(keyword: &str, draft: Draft) -> Option<Group> {
    Some(match keyword {
        "items" | "minItems" | "maxItems" | "uniqueItems" => Group::Array,
        "additionalItems" if !draft.is_modern() => Group::Array,
        "contains" if draft != Draft::Draft4 => Group::Array,
        "prefixItems" | "unevaluatedItems" if draft.is_modern() => Group::Array,
        "properties"
        | "required"
        | "minProperties"
        | "maxProperties"
        | "patternProperties"
        | "additionalProperties" => Group::Object,
        "dependencies" if !draft.is_modern() => Group::Object,
        "propertyNames" if draft != Draft::Draft4 => Group::Object,
        "dependentRequired" | "dependentSchemas" | "unevaluatedProperties" if draft.is_modern() => {
            Group::Object
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Group::Number,
        "minLength" | "maxLength" | "pattern" | "format" => Group::String,
        "if" if draft >= Draft::Draft7 => Group::Conditional,
        "then" | "else" if draft == Draft::Draft7 => Group::Conditional,
        _ => return None,
    })
}
