use std::path::Path;

use super::*;
use crate::client::{Normalize, RegistryClient, SchemaDefinition};
use crate::mock::MockRegistry;
use crate::translator::lookup_tables::FileTables;
use crate::translator::mapped::DirectionSchemas;
use crate::translator::mapping::file::MappingFile;
use crate::translator::migration::Direction;

const PLACED: &str =
    r#"{"type":"record","name":"Placed","namespace":"shop","fields":[{"name":"id","type":"string"}]}"#;
const CANCELLED: &str =
    r#"{"type":"record","name":"Cancelled","namespace":"shop","fields":[{"name":"why","type":"string"}]}"#;
const NOTE: &str =
    r#"{"type":"record","name":"Note","namespace":"shop","fields":[{"name":"text","type":"string"}]}"#;

/// Both sides of a type: in the old topic its field has another name.
fn old(text: &str) -> String {
    text.replace(r#"{"name":"id""#, r#"{"name":"old_id""#).replace(r#"{"name":"why""#, r#"{"name":"old_why""#)
}

struct Place {
    client: RegistryClient,
    store: SchemaStore,
}

impl Place {
    fn new() -> Self {
        let client = MockRegistry::new().client();
        Self { store: SchemaStore::new(client.clone(), None), client }
    }

    async fn register(&self, subject: &str, schema: SchemaDefinition) -> i32 {
        self.client.register(subject, &schema, Normalize::No).await.unwrap().id.unwrap()
    }

    /// A type in both topics, with a rule for its one field.
    async fn mapping(&self, name: &str, rule: &str) -> Result<MappedDirection, String> {
        self.mapping_of(name, rule, ["", ""]).await
    }

    async fn mapping_of(&self, name: &str, rule: &str, more: [&str; 2]) -> Result<MappedDirection, String> {
        let [old, new] = more;
        let text = format!(
            "apiVersion: srt/v1\nkind: TopicMigration\nname: t\n\
             old: {{topic: a, value: {{subject: a-{name}, version: 1{old}}}}}\n\
             new: {{topic: b, value: {{subject: b-{name}, version: 1{new}}}}}\n\
             map:\n  new->old:\n    value: {{{rule}}}\n"
        );
        let file = MappingFile::parse(&text).map_err(|problem| problem.to_string())?;
        let schemas = DirectionSchemas::load(&self.store, &file, Direction::NewToOld).await;
        let schemas = schemas.map_err(|problem| problem.to_string())?;
        let tables = FileTables::beside(Path::new(""));
        MappedDirection::new(self.store.clone(), schemas, &file.maps[&Direction::NewToOld], &tables)
            .map_err(|error| error.to_string())
    }
}

fn record(value: &[u8]) -> SourceRecord<'_> {
    SourceRecord { key: None, value: Some(value), headers: &[], timestamp: None, partition: 0, offset: 0 }
}

fn framed(id: i32, body: &[u8]) -> Vec<u8> {
    [&[0][..], &id.to_be_bytes(), body].concat()
}

/// Prepares as a run does, and translates.
async fn translated(typed: &TypedDirection, value: &[u8]) -> Result<Vec<u8>, String> {
    let mut target = TargetRecord::default();
    for _attempt in 0..3 {
        match typed.translate(&record(value), &mut target) {
            Ok(()) => return Ok(target.value.bytes.clone()),
            Err(TranslateError::Record(fault)) => return Err(fault.to_string()),
            Err(TranslateError::Unprepared(schema)) => {
                typed.prepare(schema).await.map_err(|problem| problem.to_string())?;
            }
        }
    }
    Err("it is never prepared".to_owned())
}

/// Two types that are mapped, with the ids of their schemas in both topics, and the id of a third.
async fn shop(rest: OtherTypes) -> (TypedDirection, [i32; 5]) {
    let place = Place::new();
    let mut ids = Vec::new();
    for (name, text) in [("placed", PLACED), ("cancelled", CANCELLED)] {
        ids.push(place.register(&format!("b-{name}"), SchemaDefinition::avro(text)).await);
        ids.push(place.register(&format!("a-{name}"), SchemaDefinition::avro(old(text))).await);
    }
    ids.push(place.register("b-note", SchemaDefinition::avro(NOTE)).await);
    let main = place.mapping("placed", "old_id: $.id").await.unwrap();
    let other = place.mapping("cancelled", "old_why: $.why").await.unwrap();
    let others = BTreeMap::from([("shop.Cancelled".to_owned(), other)]);
    let typed = TypedDirection::new(place.store.clone(), main, others, rest).unwrap();
    (typed, ids.try_into().unwrap())
}

#[tokio::test]
async fn each_record_goes_to_the_mapping_of_its_type() {
    let (typed, [placed, old_placed, cancelled, old_cancelled, note]) = shop(OtherTypes::Fault).await;
    assert_eq!(translated(&typed, &framed(placed, b"\x04ab")).await, Ok(framed(old_placed, b"\x04ab")));
    assert_eq!(translated(&typed, &framed(cancelled, b"\x02x")).await, Ok(framed(old_cancelled, b"\x02x")));
    let refused = translated(&typed, &framed(note, b"\x02x")).await;
    assert_eq!(refused, Err("no mapping is for records of the type `shop.Note`".to_owned()));
}

#[tokio::test]
async fn an_unknown_type_waits_where_nobody_says_what_becomes_of_it() {
    let (typed, [.., note]) = shop(OtherTypes::Wait).await;
    let waiting = translated(&typed, &framed(note, b"\x02x")).await.unwrap_err();
    assert!(
        waiting.starts_with("schema drift: no mapping is for records of the type `shop.Note`"),
        "{waiting}"
    );
}

#[tokio::test]
async fn the_hash_covers_all_types() {
    let (with, _) = shop(OtherTypes::Wait).await;
    let place = Place::new();
    place.register("b-placed", SchemaDefinition::avro(PLACED)).await;
    place.register("a-placed", SchemaDefinition::avro(old(PLACED))).await;
    let main = place.mapping("placed", "old_id: $.id").await.unwrap();
    let alone = main.mapping_hash().to_owned();
    let without = TypedDirection::new(place.store.clone(), main, BTreeMap::new(), OtherTypes::Wait).unwrap();
    assert_eq!(without.mapping_hash(), alone, "a topic of one type is what it was");
    assert_ne!(with.mapping_hash(), alone);
}

#[tokio::test]
async fn a_mapping_under_another_name_is_refused() {
    let place = Place::new();
    place.register("b-placed", SchemaDefinition::avro(PLACED)).await;
    place.register("a-placed", SchemaDefinition::avro(old(PLACED))).await;
    let mapping = || place.mapping("placed", "old_id: $.id");
    for (name, refusal) in [
        (
            "shop.Cancelled",
            "`types` names `shop.Cancelled`, and its mapping is pinned to a schema of `shop.Placed`",
        ),
        ("shop.Placed", "`types` names `shop.Placed`, which the mapping itself is for"),
    ] {
        let others = BTreeMap::from([(name.to_owned(), mapping().await.unwrap())]);
        let main = mapping().await.unwrap();
        let refused = TypedDirection::new(place.store.clone(), main, others, OtherTypes::Wait).unwrap_err();
        assert_eq!(refused.to_string(), refusal);
    }
}

/// Messages of one Protobuf file share its schema id; the indexes in front of the record tell them apart.
#[tokio::test]
async fn messages_of_one_file_are_told_apart() {
    let new = "syntax = \"proto3\"; package shop; message Placed { string id = 1; } message Cancelled { string why = 1; } \
               message Note { string text = 1; }";
    let old = new.replace("string id", "string old_id").replace("string why", "string old_why");
    let place = Place::new();
    let id = place.register("b-all", SchemaDefinition::protobuf(new)).await;
    let target = place.register("a-all", SchemaDefinition::protobuf(old)).await;
    let main = place.mapping("all", "old_id: $.id").await.unwrap();
    let cancelled = ", message: shop.Cancelled";
    let other = place.mapping_of("all", "old_why: $.why", [cancelled, cancelled]).await.unwrap();
    let others = BTreeMap::from([("shop.Cancelled".to_owned(), other)]);
    let typed = TypedDirection::new(place.store.clone(), main, others, OtherTypes::Fault).unwrap();
    let placed = framed(id, b"\x00\x0a\x01x");
    assert_eq!(translated(&typed, &placed).await, Ok(framed(target, b"\x00\x0a\x01x")));
    let cancelled = framed(id, b"\x02\x02\x0a\x01y");
    assert_eq!(translated(&typed, &cancelled).await, Ok(framed(target, b"\x02\x02\x0a\x01y")));
    let note = translated(&typed, &framed(id, b"\x02\x04\x0a\x01z")).await;
    assert_eq!(note, Err("no mapping is for records of the type `message [2]`".to_owned()));
}
