//! Inline tags: the property `confluent:tags` of records and fields.

use std::collections::VecDeque;

use foldhash::{HashSet, HashSetExt};

use super::schema::{AvroSchema, Kind, Properties, TypeId};
use super::{logical, parse};
use crate::document::Json;
use crate::format::UnknownEntity;
use crate::model::api::{SchemaEntity, SchemaTags};
use crate::tags::{FIELD, RECORD, TAGS, distinct, text_of};

/// All tags, records before their fields, those of referenced types too.
pub(super) fn collect(schema: &AvroSchema) -> Vec<SchemaTags> {
    let mut found = Vec::new();
    let mut met = HashSet::new();
    let mut waiting = vec![Visit::Type(schema.root)];
    while let Some(visit) = waiting.pop() {
        let id = match visit {
            Visit::Tags(tags) => {
                found.push(tags);
                continue;
            }
            Visit::Type(id) => id,
        };
        let visited = schema.get(id);
        match &visited.kind {
            Kind::Array(inner) | Kind::Map(inner) => waiting.push(Visit::Type(*inner)),
            Kind::Union(branches) => waiting.extend(branches.iter().rev().map(|branch| Visit::Type(*branch))),
            Kind::Record(record) if met.insert(&record.named.name) => {
                let full = record.named.name.full();
                found.extend(entity(&visited.properties, &full, RECORD));
                for field in record.fields.iter().rev() {
                    waiting.push(Visit::Type(field.field_type));
                    let path = format!("{full}.{}", field.name);
                    waiting.extend(entity(&field.properties, &path, FIELD).map(Visit::Tags));
                }
            }
            _ => {}
        }
    }
    found
}

enum Visit {
    Type(TypeId),
    Tags(SchemaTags),
}

fn entity(properties: &Properties, path: &str, entity_type: &str) -> Option<SchemaTags> {
    let Some(Json::Array(items)) = logical::property(properties, TAGS) else { return None };
    let tags = distinct(items.iter().map(text_of));
    let schema_entity = SchemaEntity { entity_path: path.to_owned(), entity_type: entity_type.to_owned() };
    (!tags.is_empty()).then_some(SchemaTags { schema_entity, tags })
}

/// Adds tags, then removes tags. Types of references cannot be changed.
pub(super) fn change(
    schema: &AvroSchema,
    add: &[SchemaTags],
    remove: &[SchemaTags],
) -> Result<AvroSchema, UnknownEntity> {
    let unknown = |tags: &SchemaTags| UnknownEntity(tags.schema_entity.entity_path.clone());
    let Some(first) = add.first().or(remove.first()) else { return Ok(schema.clone()) };
    // The text was printed by this crate and parses.
    let mut document = Json::parse(&schema.canonical).map_err(|_| unknown(first))?;
    for (changes, is_added) in [(add, true), (remove, false)] {
        for tags in changes {
            let members = find(&mut document, &tags.schema_entity).ok_or_else(|| unknown(tags))?;
            change_tags(members, &tags.tags, is_added);
        }
    }
    let mut text = String::with_capacity(schema.canonical.len() + 64);
    document.write_compact(&mut text);
    parse::reparse(schema, &text).map_err(|_| unknown(first))
}

fn change_tags(members: &mut Vec<(String, Json)>, tags: &[String], is_added: bool) {
    let at = members.iter().position(|(key, _)| key == TAGS);
    let present = match at.map(|at| &members[at].1) {
        Some(Json::Array(items)) => items.iter().map(text_of).collect(),
        _ => Vec::new(),
    };
    let changed: Vec<String> = if is_added {
        distinct(present.into_iter().chain(tags.iter().cloned()))
    } else {
        present.into_iter().filter(|tag| !tags.contains(tag)).collect()
    };
    let value = Json::Array(changed.into_iter().map(Json::String).collect());
    match (at, value) {
        (Some(at), Json::Array(items)) if items.is_empty() => {
            members.remove(at);
        }
        (None, Json::Array(items)) if items.is_empty() => {}
        (Some(at), value) => members[at].1 = value,
        (None, value) => members.push((TAGS.to_owned(), value)),
    }
}

/// What an entity path names.
struct Target<'p> {
    namespace: &'p str,
    record: &'p str,
    field: Option<&'p str>,
}

impl<'p> Target<'p> {
    fn of(entity: &'p SchemaEntity) -> Option<Self> {
        let path = entity.entity_path.strip_prefix('.').unwrap_or(&entity.entity_path);
        let (record, field) = match entity.entity_type.as_str() {
            RECORD => (path, None),
            FIELD => path.rsplit_once('.').map(|(record, field)| (record, Some(field)))?,
            _ => return None,
        };
        let (namespace, record) = match record.rsplit_once('.') {
            Some(("", _)) => return None,
            Some(parts) => parts,
            None => ("", record),
        };
        Some(Self { namespace, record, field })
    }
}

/// The members of the object that an entity path names: the nearest to the root, in the order of a search by level.
/// A path without namespace matches in any namespace.
fn find<'d>(document: &'d mut Json, entity: &SchemaEntity) -> Option<&'d mut Vec<(String, Json)>> {
    let target = Target::of(entity)?;
    let mut waiting: VecDeque<(&'d mut Json, Option<String>)> = VecDeque::from([(document, None)]);
    while let Some((node, namespace)) = waiting.pop_front() {
        let members = match node {
            Json::Array(branches) => {
                waiting.extend(branches.iter_mut().map(|branch| (branch, namespace.clone())));
                continue;
            }
            Json::Object(members) => members,
            _ => continue,
        };
        let text =
            |key: &str| members.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.as_str());
        let namespace = text("namespace").map(str::to_owned).or(namespace);
        let inner = match text("type") {
            Some("record" | "error") => {
                let is_target = text("name") == Some(target.record)
                    && (target.namespace.is_empty() || namespace.as_deref() == Some(target.namespace));
                match (is_target, target.field) {
                    (true, None) => return Some(members),
                    (true, Some(field)) => {
                        // A record of another namespace further down may still have the field.
                        if has_field(members, field) {
                            return field_of(members, field);
                        }
                        "fields"
                    }
                    (false, _) => "fields",
                }
            }
            Some("array") => "items",
            Some("map") => "values",
            _ => "type",
        };
        let Some((_, value)) = members.iter_mut().find(|(key, _)| key == inner) else { continue };
        match (inner, value) {
            ("fields", Json::Array(fields)) => {
                waiting.extend(fields.iter_mut().map(|field| (field, namespace.clone())));
            }
            (_, value) => waiting.push_back((value, namespace)),
        }
    }
    None
}

fn has_field(members: &[(String, Json)], field: &str) -> bool {
    let Some((_, Json::Array(fields))) = members.iter().find(|(key, _)| key == "fields") else {
        return false;
    };
    fields.iter().any(|candidate| candidate.get("name").and_then(Json::as_str) == Some(field))
}

fn field_of<'d>(members: &'d mut [(String, Json)], field: &str) -> Option<&'d mut Vec<(String, Json)>> {
    let (_, fields) = members.iter_mut().find(|(key, _)| key == "fields")?;
    let Json::Array(fields) = fields else { return None };
    let found = fields.iter_mut().find(|found| found.get("name").and_then(Json::as_str) == Some(field))?;
    match found {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{SchemaFormat, Strictness};
    use crate::references::{ResolvedReference, ResolvedReferences};

    fn parse(text: &str) -> AvroSchema {
        AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New).expect(text)
    }

    fn tags(path: &str, tags: &[&str]) -> SchemaTags {
        let entity_type = if path.ends_with('R') { RECORD } else { FIELD };
        SchemaTags {
            schema_entity: SchemaEntity { entity_path: path.to_owned(), entity_type: entity_type.to_owned() },
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    const NESTED: &str = r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":["null",{"type":"record","name":"InnerR","fields":[{"name":"b","type":"int","confluent:tags":["X","Y","X"]}]}]},{"name":"c","type":{"type":"map","values":"InnerR"},"confluent:tags":["Z"]}],"confluent:tags":["T"],"aliases":["Q"]}"#;

    #[test]
    fn tags_are_found_record_by_record() {
        let expected = [tags("n.R", &["T"]), tags("n.InnerR.b", &["X", "Y"]), tags("n.R.c", &["Z"])];
        assert_eq!(parse(NESTED).tags(), expected);
    }

    #[test]
    fn tags_of_referenced_types_are_found_but_not_changed() {
        let reference = ResolvedReference {
            name: "n.R".to_owned(),
            text: r#"{"type":"record","name":"n.R","fields":[],"confluent:tags":["T"]}"#.to_owned(),
        };
        let references = ResolvedReferences { in_order: vec![reference] };
        let schema = AvroSchema::parse(r#"["null","n.R"]"#, &references, Strictness::New).expect("a schema");
        assert_eq!(schema.tags(), [tags("n.R", &["T"])]);
        assert!(schema.retagged(&[tags("n.R", &["U"])], &[]).is_err());
    }

    #[test]
    fn tags_are_added_before_they_are_removed() {
        let schema = parse(NESTED);
        for path in ["n.InnerR.b", ".n.InnerR.b", "InnerR.b", ".InnerR.b"] {
            let changed =
                schema.retagged(&[tags(path, &["Y", "W"])], &[tags(path, &["X", "W"])]).expect(path);
            assert!(changed.canonical().contains(r#""type":"int","confluent:tags":["Y"]"#), "{path}");
        }
        let changed =
            schema.retagged(&[], &[tags("n.R", &["T"]), tags("n.R.c", &["Z"])]).expect("known places");
        let expected =
            NESTED.replace(r#","confluent:tags":["Z"]"#, "").replace(r#","confluent:tags":["T"]"#, "");
        assert_eq!(changed.canonical(), expected);
    }

    #[test]
    fn unknown_places_are_refused() {
        let schema = parse(NESTED);
        for path in ["n.R.zzz", "m.R", "R.b", "R.", "", "n.InnerR.a", "..R"] {
            assert_eq!(
                schema.retagged(&[tags(path, &["T"])], &[]).err(),
                Some(UnknownEntity(path.to_owned()))
            );
        }
        let mut odd = tags("n.R", &["T"]);
        odd.schema_entity.entity_type = "sr_message".to_owned();
        assert!(schema.retagged(&[odd], &[]).is_err());
        assert_eq!(schema.retagged(&[], &[]).expect("nothing to do").canonical(), NESTED);
    }
}
