//! The text that decides a record's partition, from framed records.

use std::path::Path;

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

use super::*;
use crate::client::RegistryClient;
use crate::framing::SchemaIdentity;

const KEY: &str = r#"{"type": "record", "name": "Key", "fields": [{"name": "id", "type": "long"}]}"#;
const VALUE: &str =
    r#"{"type": "record", "name": "Order", "fields": [{"name": "customer", "type": ["null", "string"]}]}"#;

fn side(text: &str, id: i32) -> Side {
    let (references, strictness) = (ResolvedReferences::default(), Strictness::New);
    let schema = ParsedSchema::parse(SchemaType::Avro, text, &references, strictness).unwrap();
    let pinned = Pinned::new(schema.clone(), None).unwrap();
    let place = PinnedSchema { subject: format!("s{id}"), version: 1, message: None };
    Side { place, stored: StoredSchema { id, guid: None, schema }, pinned }
}

/// A direction between topics of equal schemas; its writers are prepared.
async fn direction(field: &str) -> Result<MappedDirection, MappingError> {
    let topic = |name: &str| {
        format!("{{topic: {name}, key: {{subject: k, version: 1}}, value: {{subject: v, version: 1}}}}")
    };
    let (old, new) = (topic("a"), topic("b"));
    let text = format!(
        "apiVersion: srt/v1\nkind: TopicMigration\nname: t\nold: {old}\nnew: {new}\n\
         partitioning: {{field: \"{field}\"}}\nmap: {{new->old: {{}}}}"
    );
    let file = MappingFile::parse(&text).unwrap();
    let schemas =
        DirectionSchemas { key: Some((side(KEY, 1), side(KEY, 2))), value: (side(VALUE, 3), side(VALUE, 4)) };
    // Nobody is asked: records name the pinned schemas.
    let client = RegistryClient::builder("http://127.0.0.1:9").build().unwrap();
    let tables = FileTables::beside(Path::new(""));
    let rules = &file.maps[&Direction::NewToOld];
    let mapped = MappedDirection::new(SchemaStore::new(client, None), schemas, rules, &tables)?;
    for (part, id) in [(Part::Key, 1), (Part::Value, 3)] {
        mapped.prepare(WriterSchema { part, identity: SchemaIdentity::Id(id) }).await.unwrap();
    }
    Ok(mapped)
}

fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>) -> SourceRecord<'a> {
    SourceRecord { key, value, headers: &[], timestamp: None, partition: 0, offset: 0 }
}

/// The key 21, customers `ada` and null.
const KEY_21: &[u8] = &[0, 0, 0, 0, 1, 42];
const ADA: &[u8] = &[0, 0, 0, 0, 3, 2, 6, b'a', b'd', b'a'];
const NOBODY: &[u8] = &[0, 0, 0, 0, 3, 0];

#[tokio::test]
async fn a_value_decides_where_it_is_there() {
    let mapped = direction("$.customer").await.unwrap();
    let mut target = TargetRecord::default();
    for (value, text) in [(ADA, Some(&b"ada"[..])), (NOBODY, None), (ADA, Some(b"ada"))] {
        mapped.translate(&record(Some(KEY_21), Some(value)), &mut target).unwrap();
        assert_eq!(target.field.payload(), text);
        assert_eq!(target.value.bytes[4], 4, "the record is translated as ever");
    }
}

/// A compacted topic deletes a key in the partition where it finds the tombstone, so none may be guessed.
#[tokio::test]
async fn a_tombstone_is_placed_by_its_key_or_not_at_all() {
    let mut target = TargetRecord::default();
    let tombstone = record(Some(KEY_21), None);
    let refused = direction("$.customer").await.unwrap().translate(&tombstone, &mut target);
    let Err(TranslateError::Record(fault)) = refused else { panic!("{refused:?}") };
    assert_eq!((fault.code, fault.path.as_str()), (FaultCode::Unmapped, "$.customer"));
    let by_key = direction("@key.id").await.unwrap();
    by_key.translate(&tombstone, &mut target).unwrap();
    assert_eq!((target.field.payload(), target.value.payload()), (Some(&b"21"[..]), None));
    by_key.translate(&record(None, Some(ADA)), &mut target).unwrap();
    assert_eq!(target.field.payload(), None, "no key has no order");
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_told_with_its_place() {
    let MappingError::Problems(problems) = direction("$.custmer").await.unwrap_err() else { panic!() };
    assert_eq!((problems[0].at.line, problems[0].at.column), (6, 23), "{problems:?}");
}
