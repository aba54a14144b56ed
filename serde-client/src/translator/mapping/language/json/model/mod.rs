//! What documents of a schema look like.

mod keywords;
mod settle;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use schema::document::Json;
use schema::json::{JsonSchema, View, ViewNode};

use self::keywords::{document, fixed_values, is_null, label, types, word};
use self::settle::unique;
use super::read;
use crate::codec::PrepareError;
use crate::translator::mapping::shape::{
    Branch, EnumType, Field, Integer, Kind, Model, RecordType, Symbol, TypeId, UnionType,
};
use crate::translator::mapping::value::Value;

/// References that lead from one to the next.
const HOPS_MAX: usize = 64;
/// Levels of schemas in schemas, references followed.
const DEPTH_MAX: usize = 200;

pub(super) fn model(schema: &JsonSchema) -> Result<Model, PrepareError> {
    let view = View::of(schema);
    let mut shapes =
        Shapes { view: &view, model: Model::empty(), all: Vec::new(), known: HashMap::new(), depth: 0 };
    let root = view.root();
    shapes.model.root = shapes.shape(&root)?;
    shapes.settle()?;
    shapes.fill_defaults();
    Ok(shapes.model)
}

struct Shapes<'v, 's> {
    view: &'v View<'s>,
    model: Model,
    all: Vec<TypeId>,
    /// Types by the address of their schema.
    known: HashMap<usize, TypeId>,
    depth: usize,
}

impl<'s> Shapes<'_, 's> {
    fn push(&mut self, kind: Kind) -> TypeId {
        let id = self.model.push(kind, None);
        self.all.push(id);
        id
    }

    fn shape(&mut self, node: &ViewNode<'s>) -> Result<TypeId, PrepareError> {
        let node = self.followed(node)?;
        if let Some(known) = self.known.get(&node.address()) {
            return Ok(*known);
        }
        if self.depth == DEPTH_MAX {
            return Err(PrepareError(format!("the schema nests deeper than {DEPTH_MAX} levels")));
        }
        // A schema may contain itself, so it is known before what it consists of is.
        let place = self.push(Kind::Any);
        self.known.insert(node.address(), place);
        self.depth += 1;
        let kind = self.kind(&node);
        self.depth -= 1;
        self.model.replace(place, kind?, None);
        Ok(place)
    }

    /// The schema that a node stands for: where its `$ref` leads, or the only part that it is combined of.
    fn followed(&self, node: &ViewNode<'s>) -> Result<ViewNode<'s>, PrepareError> {
        let mut node = node.clone();
        for _ in 0..HOPS_MAX {
            let json = node.json();
            if let Some(reference) = json.get("$ref").and_then(Json::as_str) {
                let found = self.view.resolve(&node, reference);
                node = found
                    .ok_or_else(|| PrepareError(format!("the reference `{reference}` leads nowhere")))?;
                continue;
            }
            let says_more =
                ["type", "properties", "enum", "const"].iter().any(|name| json.get(name).is_some());
            let combined =
                ["allOf", "anyOf", "oneOf"].iter().filter_map(|name| json.get(name)).collect::<Vec<_>>();
            match combined.as_slice() {
                [Json::Array(parts)] if !says_more && parts.len() == 1 => {
                    let Some(only) = parts.first() else { break };
                    node = node.child(only);
                }
                _ => return Ok(node),
            }
        }
        Err(PrepareError(format!("more than {HOPS_MAX} references lead from one to the next")))
    }

    fn kind(&mut self, node: &ViewNode<'s>) -> Result<Kind, PrepareError> {
        let json = node.json();
        if let Some(values) = fixed_values(json) {
            return Ok(self.symbols(json, &values));
        }
        if json.get("allOf").is_some() {
            return self.object(node);
        }
        let types = types(json);
        let is_plain = types.iter().any(|word| !matches!(*word, "object" | "null"));
        if json.get("properties").is_none() && !is_plain {
            match (json.get("oneOf"), json.get("anyOf")) {
                (Some(Json::Array(parts)), None) | (None, Some(Json::Array(parts))) => {
                    return self.combined(node, parts, types.contains(&"null"));
                }
                _ => {}
            }
        }
        self.typed(node, &types)
    }

    /// The type of a schema with one or several words in `type`.
    fn typed(&mut self, node: &ViewNode<'s>, types: &[&'static str]) -> Result<Kind, PrepareError> {
        let others: Vec<&'static str> = types
            .iter()
            .copied()
            .filter(|word| *word != "null" && !(*word == "integer" && types.contains(&"number")))
            .collect();
        let is_nullable = types.contains(&"null");
        let kind = match others.as_slice() {
            [] if is_nullable => return Ok(Kind::Null),
            [] => return Ok(Kind::Any),
            [only] => self.one(node, only)?,
            several => {
                let mut branches = Vec::with_capacity(several.len());
                for (word, number) in several.iter().zip(0..) {
                    let kind = self.one(node, word)?;
                    branches.push(Branch { label: (*word).to_owned(), ty: self.push(kind), number });
                }
                Kind::Union(UnionType { branches })
            }
        };
        Ok(if is_nullable { Kind::Nullable(self.push(kind)) } else { kind })
    }

    fn one(&mut self, node: &ViewNode<'s>, word: &str) -> Result<Kind, PrepareError> {
        let json = node.json();
        Ok(match word {
            "object" => return self.object(node),
            "array" => match json.get("items") {
                Some(items @ (Json::Object(_) | Json::Bool(true))) if json.get("prefixItems").is_none() => {
                    Kind::List(self.shape(&node.child(items))?)
                }
                None if json.get("prefixItems").is_none() => Kind::List(self.push(Kind::Any)),
                // Items whose type depends on their position.
                _ => Kind::Any,
            },
            "string" if json.get("connect.type").and_then(Json::as_str) == Some("bytes") => Kind::Bytes,
            "string" => Kind::String,
            "integer" => Kind::Integer(Integer::I64),
            "number" => Kind::Double,
            "boolean" => Kind::Boolean,
            _ => Kind::Any,
        })
    }

    fn symbols(&mut self, json: &Json, values: &[&Json]) -> Kind {
        let texts: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
        let nulls = values.iter().filter(|value| matches!(value, Json::Null)).count();
        if texts.is_empty() || texts.len() + nulls != values.len() {
            // Other values than texts: what counts is their type.
            let words: HashSet<&str> = values.iter().map(|value| word(value)).collect();
            let declared = types(json);
            let kind = match (declared.as_slice(), words.iter().next()) {
                (["integer"], _) => Kind::Integer(Integer::I64),
                (["number"], _) => Kind::Double,
                ([], Some(&"integer")) if words.len() == 1 => Kind::Integer(Integer::I64),
                ([] | ["boolean"], Some(&"boolean")) if words.len() == 1 => Kind::Boolean,
                ([] | ["null"], Some(&"null")) if words.len() == 1 => Kind::Null,
                _ => Kind::Any,
            };
            return kind;
        }
        let mut seen = HashSet::new();
        let distinct = texts.into_iter().filter(|text| seen.insert(*text)).zip(0..);
        let symbols = distinct.map(|(name, number)| Symbol { name: name.to_owned(), number }).collect();
        let kind = Kind::Enum(EnumType { name: String::new(), symbols });
        if nulls > 0 { Kind::Nullable(self.push(kind)) } else { kind }
    }

    fn combined(
        &mut self,
        node: &ViewNode<'s>,
        parts: &'s [Json],
        mut is_nullable: bool,
    ) -> Result<Kind, PrepareError> {
        let mut branches: Vec<Branch> = Vec::new();
        for part in parts {
            let part = node.child(part);
            let followed = self.followed(&part)?;
            if matches!(followed.json(), Json::Object(_)) && is_null(followed.json()) {
                is_nullable = true;
                continue;
            }
            let label = unique(label(part.json(), followed.json()), &branches);
            let ty = self.shape(&part)?;
            branches.push(Branch { label, ty, number: u32::try_from(branches.len()).unwrap_or(u32::MAX) });
        }
        Ok(match (branches.as_slice(), is_nullable) {
            ([], true) => Kind::Null,
            ([], false) => Kind::Any,
            ([only], _) => Kind::Nullable(only.ty),
            (_, false) => Kind::Union(UnionType { branches }),
            (_, true) => Kind::Nullable(self.push(Kind::Union(UnionType { branches }))),
        })
    }

    fn object(&mut self, node: &ViewNode<'s>) -> Result<Kind, PrepareError> {
        let mut merged = Merged::default();
        if !self.merge(node, &mut merged, &mut HashSet::new())? {
            return Ok(Kind::Any);
        }
        if merged.members.is_empty() {
            return Ok(match merged.additional {
                Some(additional) if matches!(additional.json(), Json::Bool(false)) => {
                    Kind::Record(RecordType { name: String::new(), fields: Vec::new() })
                }
                Some(additional) if !merged.has_patterns => Kind::Map(self.shape(&additional)?),
                _ => Kind::Map(self.push(Kind::Any)),
            });
        }
        let mut fields = Vec::with_capacity(merged.members.len());
        for (name, member) in merged.members {
            let default = member.json().get("default").and_then(document);
            fields.push(Field {
                ty: self.shape(&member)?,
                aliases: Vec::new(),
                number: None,
                optional: !merged.required.contains(name),
                // Not yet of the field's type: see `fill_defaults`.
                default: default.map(|default| Value::Json(Cow::Owned(default))),
                name: name.to_owned(),
            });
        }
        Ok(Kind::Record(RecordType { name: String::new(), fields }))
    }

    /// Adds what a schema and the parts of its `allOf` say of an object; false where one is no object.
    fn merge(
        &self,
        node: &ViewNode<'s>,
        into: &mut Merged<'s>,
        seen: &mut HashSet<usize>,
    ) -> Result<bool, PrepareError> {
        let node = self.followed(node)?;
        if !seen.insert(node.address()) {
            return Ok(true);
        }
        let json = node.json();
        if types(json).iter().any(|word| *word != "object") || fixed_values(json).is_some() {
            return Ok(false);
        }
        if let Some(Json::Object(members)) = json.get("properties") {
            for (name, member) in members {
                if into.members.iter().all(|(known, _)| *known != name) {
                    into.members.push((name, node.child(member)));
                }
            }
        }
        if let Some(Json::Array(names)) = json.get("required") {
            into.required.extend(names.iter().filter_map(Json::as_str));
        }
        into.has_patterns |= json.get("patternProperties").is_some();
        let additional = json.get("additionalProperties").map(|additional| node.child(additional));
        into.additional = into.additional.take().or(additional);
        if let Some(Json::Array(parts)) = json.get("allOf") {
            for part in parts {
                if !self.merge(&node.child(part), into, seen)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Defaults that are no values of their field are as good as none.
    fn fill_defaults(&mut self) {
        for id in self.all.clone() {
            let Kind::Record(mut record) = self.model.kind(id).clone() else { continue };
            for field in &mut record.fields {
                if let Some(Value::Json(default)) = field.default.take() {
                    field.default = read::value(&self.model, field.ty, default.into_owned()).ok();
                }
            }
            self.model.replace(id, Kind::Record(record), None);
        }
    }
}

/// What several schemas say of one object.
#[derive(Default)]
struct Merged<'s> {
    members: Vec<(&'s str, ViewNode<'s>)>,
    required: HashSet<&'s str>,
    additional: Option<ViewNode<'s>>,
    has_patterns: bool,
}
