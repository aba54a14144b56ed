//! A hash that equal definitions share, for narrowing a search before comparing.
//!
//! Follows `equality`: what does not count there (the order of properties and aliases) must not change the hash. It is
//! stored, so it must stay the same from release to release.

use foldhash::{HashSet, HashSetExt};
use md5::{Digest, Md5};

use super::schema::{AvroSchema, Enum, Field, Kind, Name, Named, Order, Properties, Record, TypeId};
use crate::document::Json;
use crate::format::DefinitionHash;

pub(super) fn definition_hash(schema: &AvroSchema) -> DefinitionHash {
    let mut hash = Hash { digest: Md5::new(), waiting: vec![schema.root()], met: HashSet::new() };
    while let Some(id) = hash.waiting.pop() {
        hash.add_type(schema, id);
    }
    let digest = hash.digest.finalize();
    digest.iter().take(size_of::<DefinitionHash>()).fold(0, |sum, byte| (sum << 8) | DefinitionHash::from(*byte))
}

struct Hash {
    digest: Md5,
    waiting: Vec<TypeId>,
    met: HashSet<TypeId>,
}

impl Hash {
    fn add_type(&mut self, schema: &AvroSchema, id: TypeId) {
        let found = schema.get(id);
        self.add_properties(&found.properties);
        match &found.kind {
            Kind::Primitive(primitive) => self.add_text("primitive", &format!("{primitive:?}")),
            Kind::Array(items) => self.add_container("array", &[*items]),
            Kind::Map(values) => self.add_container("map", &[*values]),
            Kind::Union(branches) => self.add_container("union", branches),
            Kind::Fixed(fixed) => {
                self.add_named("fixed", &fixed.named);
                self.add_text("size", &fixed.size.to_string());
            }
            Kind::Enum(symbols) => self.add_enum(symbols),
            Kind::Record(record) => {
                let first = self.met.insert(id);
                self.add_text("record", &record.named.name.to_string());
                if first {
                    self.add_record(record);
                }
            }
        }
    }

    fn add_container(&mut self, kind: &str, parts: &[TypeId]) {
        self.add_text(kind, &parts.len().to_string());
        self.waiting.extend(parts.iter().rev());
    }

    fn add_enum(&mut self, symbols: &Enum) {
        self.add_named("enum", &symbols.named);
        for symbol in &symbols.symbols {
            self.add_text("symbol", symbol);
        }
        self.add_optional("default", symbols.default.as_deref());
    }

    fn add_record(&mut self, record: &Record) {
        self.add_named("definition", &record.named);
        for field in &record.fields {
            self.add_field(field);
        }
        self.waiting.extend(record.fields.iter().rev().map(|field| field.field_type));
    }

    fn add_field(&mut self, field: &Field) {
        self.add_text("field", &field.name);
        self.add_optional("doc", field.doc.as_deref());
        self.add_sorted("alias", field.aliases.clone());
        self.add_properties(&field.properties);
        if field.order != Order::Ascending {
            self.add_text("order", &format!("{:?}", field.order));
        }
        if let Some(default) = &field.default {
            self.add_text("default", &printed(default));
        }
    }

    fn add_named(&mut self, kind: &str, named: &Named) {
        self.add_text(kind, &named.name.to_string());
        self.add_optional("doc", named.doc.as_deref());
        self.add_sorted("alias", named.aliases.iter().map(Name::to_string).collect());
    }

    fn add_properties(&mut self, properties: &Properties) {
        let mut sorted: Vec<&(String, Json)> = properties.iter().collect();
        sorted.sort_by(|left, right| left.0.cmp(&right.0));
        for (key, value) in sorted {
            self.add_text(key, &printed(value));
        }
    }

    fn add_sorted(&mut self, kind: &str, mut texts: Vec<String>) {
        texts.sort_unstable();
        for text in &texts {
            self.add_text(kind, text);
        }
    }

    fn add_optional(&mut self, kind: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.add_text(kind, text);
        }
    }

    fn add_text(&mut self, kind: &str, text: &str) {
        for part in [kind, text] {
            self.digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            self.digest.update(part);
        }
    }
}

/// The value with the members of its objects sorted. Values are as deep as their text was, which is bounded.
fn printed(value: &Json) -> String {
    let mut text = String::new();
    sorted(value).write_compact(&mut text);
    text
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            Json::Object(members)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{SchemaFormat, Strictness};
    use crate::references::ResolvedReferences;

    fn hash(text: &str) -> DefinitionHash {
        let schema = AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New).unwrap();
        definition_hash(&schema)
    }

    #[test]
    fn order_of_properties_and_aliases_does_not_count() {
        let one = r#"{"type":"record","name":"A","aliases":["B","C"],"fields":[{"name":"a","type":"int","x":{"p":1,"q":2},"y":1}]}"#;
        let other = r#"{"type":"record","name":"A","aliases":["C","B"],"fields":[{"name":"a","type":"int","y":1,"x":{"q":2,"p":1}}]}"#;
        assert_eq!(hash(one), hash(other));
    }

    #[test]
    fn meaning_and_documentation_count() {
        let base = r#"{"type":"record","name":"A","fields":[{"name":"a","type":"int"}]}"#;
        for other in [
            r#"{"type":"record","name":"B","fields":[{"name":"a","type":"int"}]}"#,
            r#"{"type":"record","name":"A","fields":[{"name":"b","type":"int"}]}"#,
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"long"}]}"#,
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"int","default":1}]}"#,
            r#"{"type":"record","name":"A","doc":"d","fields":[{"name":"a","type":"int"}]}"#,
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":{"type":"array","items":"int"}}]}"#,
        ] {
            assert_ne!(hash(base), hash(other), "{other}");
        }
    }

    #[test]
    fn recursive_schemas_have_a_hash() {
        hash(r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}"#);
    }
}
