//! The text of a schema, put together from its parts. For the code that `AvroRecord` makes.

use std::collections::BTreeSet;

pub use serde_json::Value as Json;
use serde_json::{Map, json};

/// What a record, an enum or a fixed says of itself.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// Without the namespace.
    pub name: &'static str,
    /// `None` takes the one of the type around it.
    pub namespace: Option<&'static str>,
    /// The documentation.
    pub doc: Option<&'static str>,
    /// Other names.
    pub aliases: &'static [&'static str],
}

/// Full names that a schema text has defined so far, and the namespace at hand.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct KnownNames {
    names: BTreeSet<String>,
    namespace: Option<&'static str>,
}

impl KnownNames {
    /// The full name if it was defined before, and otherwise the definition that `define` makes.
    pub fn named(&mut self, named: &Named, define: impl FnOnce(&mut Self) -> Map<String, Json>) -> Json {
        let outer = self.namespace;
        let namespace = named.namespace.or(outer);
        let full = namespace.map_or_else(|| named.name.to_owned(), |space| format!("{space}.{}", named.name));
        if !self.names.insert(full.clone()) {
            return Json::String(full);
        }
        self.namespace = namespace;
        let mut definition = define(self);
        self.namespace = outer;
        let mut head = Map::new();
        head.extend(definition.remove("type").map(|kind| ("type".to_owned(), kind)));
        head.insert("name".into(), json!(named.name));
        head.extend(named.namespace.map(|space| ("namespace".to_owned(), json!(space))));
        head.extend(named.doc.map(|doc| ("doc".to_owned(), json!(doc))));
        if !named.aliases.is_empty() {
            head.insert("aliases".into(), json!(named.aliases));
        }
        head.extend(definition);
        Json::Object(head)
    }

    /// A fixed.
    pub fn fixed(&mut self, name: &'static str, size: usize, properties: &[(&str, Json)]) -> Json {
        let named = Named { name, namespace: None, doc: None, aliases: &[] };
        self.named(&named, |_| {
            let mut fixed = Map::from_iter([("type".into(), json!("fixed")), ("size".into(), json!(size))]);
            fixed.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            fixed
        })
    }
}

/// A field. A default that is no JSON stays a text, which the check of the whole schema then refuses.
#[must_use]
pub fn field(name: &str, schema: Json, doc: Option<&str>, aliases: &[&str], default: Option<&str>) -> Json {
    let mut field = Map::from_iter([("name".into(), json!(name)), ("type".into(), schema)]);
    field.extend(doc.map(|doc| ("doc".to_owned(), json!(doc))));
    if !aliases.is_empty() {
        field.insert("aliases".into(), json!(aliases));
    }
    if let Some(default) = default {
        field.insert("default".into(), serde_json::from_str(default).unwrap_or_else(|_| json!(default)));
    }
    Json::Object(field)
}

/// A record, without its name.
#[must_use]
pub fn record(fields: Vec<Json>) -> Map<String, Json> {
    Map::from_iter([("type".into(), json!("record")), ("fields".into(), Json::Array(fields))])
}

/// An enum, without its name.
#[must_use]
pub fn symbols(symbols: &[&str], default: Option<&str>) -> Map<String, Json> {
    let mut definition = Map::from_iter([("type".into(), json!("enum")), ("symbols".into(), json!(symbols))]);
    definition.extend(default.map(|symbol| ("default".to_owned(), json!(symbol))));
    definition
}

/// A union.
#[must_use]
pub fn union(branches: Vec<Json>) -> Json {
    Json::Array(branches)
}

/// A union of null and `schema`.
#[must_use]
pub fn optional(schema: Json) -> Json {
    json!(["null", schema])
}

/// An array.
#[must_use]
pub fn list(items: Json) -> Json {
    json!({"type": "array", "items": items})
}

/// A map.
#[must_use]
pub fn map(values: Json) -> Json {
    json!({"type": "map", "values": values})
}

/// A value of a property.
pub fn json(value: impl Into<Json>) -> Json {
    value.into()
}

/// Adds `logicalType` and its parameters to a schema.
#[must_use]
pub fn with_properties(schema: Json, properties: &[(&str, Json)]) -> Json {
    let mut object = match schema {
        Json::Object(object) => object,
        word => Map::from_iter([("type".to_owned(), word)]),
    };
    object.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Json::Object(object)
}
