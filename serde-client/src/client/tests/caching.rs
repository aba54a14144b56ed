//! What is remembered, for how long, and how often the registry is asked.

use std::collections::BTreeMap;
use std::time::Duration;

use schema::model::ids::VersionId;
use schema::model::metadata::Metadata;
use tokio::time::advance;

use super::scripted::{Reply, Scripted, retries};
use crate::client::{
    AssociationType, CacheSettings, Deletion, ErrorKind, Normalize, RegistryClient, SchemaDefinition,
};
use crate::mock::{Fault, MockRegistry, Route};

fn record(name: &str) -> SchemaDefinition {
    SchemaDefinition::avro(format!(r#"{{"type":"record","name":"{name}","fields":[]}}"#))
}

/// A registry with one schema, and a client that tries nothing twice.
async fn registered() -> (MockRegistry, RegistryClient) {
    let registry = MockRegistry::new();
    registry.client().register("s", &record("A"), Normalize::No).await.unwrap();
    let client = registry.client_builder().retries(retries(0)).build().unwrap();
    (registry, client)
}

#[tokio::test]
async fn a_thousand_misses_make_one_request() {
    let (registry, client) = registered().await;
    let tasks: Vec<_> = (0..1_000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.schema_by_id(1, None).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().id, Some(1));
    }
    assert_eq!(registry.requests(Route::GetSchemaById), 1);
}

#[tokio::test(start_paused = true)]
async fn a_transient_error_reaches_all_who_wait_and_is_not_kept() {
    let (registry, client) = registered().await;
    registry.fail_next(1, Fault::Status(500));
    let all = futures_util::future::join_all((0..10).map(|_| client.latest_version("s"))).await;
    assert!(all.iter().all(|result| result.as_ref().unwrap_err().is_retriable()));
    assert_eq!(registry.requests(Route::GetVersion), 1);
    client.latest_version("s").await.unwrap();
    for fault in [Fault::Status(429), Fault::Break, Fault::Refuse, Fault::Body("{".to_owned()), Fault::Hang] {
        registry.fail_next(1, fault);
        assert!(client.schema_by_id(1, None).await.is_err());
    }
    client.schema_by_id(1, None).await.unwrap();
    registry.fail_next(1, Fault::Status(404));
    assert!(client.schema_by_id(1, Some("t")).await.unwrap_err().is_not_found());
    client.schema_by_id(1, Some("t")).await.expect("a 404 of a server before the registry is not kept");
    registry.fail_next(1, Fault::Status(503));
    assert!(client.register("s", &record("A"), Normalize::No).await.is_err());
    client.register("s", &record("A"), Normalize::No).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_does_not_change_is_asked_once() {
    let (registry, client) = registered().await;
    for _ in 0..3 {
        let schema = client.register("s", &record("A"), Normalize::No).await.unwrap();
        client.lookup("s", &record("A"), Normalize::No).await.unwrap();
        client.schema_by_guid(schema.guid.unwrap()).await.unwrap();
        client.version("s", VersionId::Number(1)).await.unwrap();
        client.schema_by_id(1, Some("s")).await.unwrap();
        advance(Duration::from_secs(1_000_000)).await;
    }
    for route in [Route::LookUpSchema, Route::GetSchemaByGuid, Route::GetVersion, Route::GetSchemaById] {
        assert_eq!(registry.requests(route), 1, "{route:?}");
    }
    assert_eq!(registry.requests(Route::RegisterSchema), 2, "the first is that of another client");
}

#[tokio::test(start_paused = true)]
async fn the_latest_version_is_asked_for_again_after_its_time() {
    let (registry, client) = registered().await;
    for _ in 0..3 {
        client.latest_version("s").await.unwrap();
    }
    assert_eq!(registry.requests(Route::GetVersion), 1);
    registry.client().register("s", &named("second"), Normalize::No).await.unwrap();
    advance(Duration::from_secs(59)).await;
    assert_eq!(client.latest_version("s").await.unwrap().version, Some(1));
    advance(Duration::from_secs(1)).await;
    assert_eq!(client.latest_version("s").await.unwrap().version, Some(2));
    assert_eq!(registry.requests(Route::GetVersion), 2);
}

/// A compatible successor of the record `A`.
fn named(field: &str) -> SchemaDefinition {
    SchemaDefinition::avro(format!(
        r#"{{"type":"record","name":"A","fields":[{{"name":"{field}","type":"int","default":0}}]}}"#
    ))
}

#[tokio::test(start_paused = true)]
async fn a_client_sees_what_it_registers_itself_at_once() {
    let (registry, client) = registered().await;
    client.latest_version("s").await.unwrap();
    assert_eq!(client.latest_version("new").await.unwrap_err().kind(), ErrorKind::SubjectNotFound);
    client.register("s", &named("second"), Normalize::No).await.unwrap();
    client.register("new", &record("B"), Normalize::No).await.unwrap();
    assert_eq!(client.latest_version("s").await.unwrap().version, Some(2));
    assert_eq!(client.latest_version("new").await.unwrap().version, Some(1));
    registry.client().api().delete_subject("s", Deletion::Soft).await.unwrap();
    client.forget("s");
    assert_eq!(client.latest_version("s").await.unwrap_err().kind(), ErrorKind::SubjectNotFound);
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_remembered_briefly() {
    let (registry, client) = registered().await;
    for _ in 0..3 {
        assert_eq!(client.latest_version("none").await.unwrap_err().kind(), ErrorKind::SubjectNotFound);
        assert_eq!(client.schema_by_id(9, None).await.unwrap_err().kind(), ErrorKind::SchemaNotFound);
        let unknown = client.lookup("s", &record("B"), Normalize::No).await;
        assert_eq!(unknown.unwrap_err().kind(), ErrorKind::SchemaNotFound);
    }
    assert_eq!((registry.requests(Route::GetVersion), registry.requests(Route::LookUpSchema)), (1, 1));
    advance(Duration::from_secs(5)).await;
    client.latest_version("none").await.unwrap_err();
    assert_eq!(registry.requests(Route::GetVersion), 2);

    let off = CacheSettings { missing_ttl: Duration::ZERO, ..CacheSettings::default() };
    let client = registry.client_builder().cache(off).build().unwrap();
    for _ in 0..2 {
        client.latest_version("none").await.unwrap_err();
    }
    assert_eq!(registry.requests(Route::GetVersion), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refused_registration_is_tried_again() {
    let (registry, client) = registered().await;
    let before = registry.requests(Route::RegisterSchema);
    for _ in 0..2 {
        let refused =
            client.register("s", &SchemaDefinition::avro("\"int\""), Normalize::No).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Incompatible);
        let missing = Scripted::new(|_, _| Reply::Body(404, r#"{"error_code":40401,"message":"m"}"#));
        let other = missing.builder("http://a").build().unwrap();
        other.register("s", &record("A"), Normalize::No).await.unwrap_err();
        other.register("s", &record("A"), Normalize::No).await.unwrap_err();
        assert_eq!(missing.log().len(), 2);
    }
    assert_eq!(registry.requests(Route::RegisterSchema) - before, 2);
}

#[tokio::test(start_paused = true)]
async fn an_old_answer_stands_in_while_the_registry_is_away() {
    let (registry, client) = registered().await;
    client.latest_version("s").await.unwrap();
    registry.fail_next(usize::MAX, Fault::Status(503));
    advance(Duration::from_secs(61)).await;
    for _ in 0..3 {
        assert_eq!(client.latest_version("s").await.unwrap().version, Some(1));
    }
    assert_eq!(registry.requests(Route::GetVersion), 2, "the registry has a pause between two attempts");
    advance(Duration::from_secs(6)).await;
    client.latest_version("s").await.unwrap();
    assert_eq!(registry.requests(Route::GetVersion), 3);
    advance(Duration::from_secs(600)).await;
    assert!(client.latest_version("s").await.unwrap_err().is_retriable(), "not for ever");
    registry.recover();
    client.latest_version("s").await.unwrap();

    registry.client().api().delete_subject("s", Deletion::Soft).await.unwrap();
    advance(Duration::from_secs(61)).await;
    assert!(client.latest_version("s").await.unwrap_err().is_not_found(), "a deletion is an answer");
}

#[tokio::test]
async fn the_cache_is_bounded_in_bytes() {
    let registry = MockRegistry::new();
    let bytes_max = 40_000;
    let cache = CacheSettings { bytes_max, ..CacheSettings::default() };
    let client = registry.client_builder().cache(cache).build().unwrap();
    for number in 0..100 {
        let padding = "x".repeat(1_000);
        let definition = SchemaDefinition::avro(format!(
            r#"{{"type":"record","name":"R{number}","doc":"{padding}","fields":[]}}"#
        ));
        let schema = client.register(&format!("s{number}"), &definition, Normalize::No).await.unwrap();
        client.parsed(&schema).await.unwrap();
        assert!(client.cached_bytes() <= bytes_max, "{}", client.cached_bytes());
    }
    assert!(client.cached_bytes() > 2_000, "something is kept");
}

#[tokio::test]
async fn what_was_fetched_before_needs_no_request() {
    let (registry, _) = registered().await;
    let client = registry.client();
    client.prewarm(&[1], &["s"]).await.unwrap();
    let before = registry.requests_total();
    let by_id = client.schema_by_id(1, None).await.unwrap();
    let latest = client.latest_version("s").await.unwrap();
    client.schema_by_id(1, Some("s")).await.unwrap();
    client.version("s", VersionId::Number(1)).await.unwrap();
    client.parsed(&by_id).await.unwrap();
    client.parsed(&latest).await.unwrap();
    assert_eq!(registry.requests_total(), before);
    assert!(client.prewarm(&[1, 9], &[]).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_newest_version_with_metadata_is_found() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let properties = |value: &str| BTreeMap::from([("major".to_owned(), value.to_owned())]);
    for (definition, major) in [(record("A"), "1"), (named("a"), "1"), (named("b"), "2")] {
        let metadata = Metadata { properties: properties(major), ..Metadata::default() };
        let definition = SchemaDefinition { metadata: Some(metadata), ..definition };
        client.register("s", &definition, Normalize::No).await.unwrap();
    }
    for _ in 0..2 {
        let found = client.latest_with_metadata("s", &properties("1")).await.unwrap();
        assert_eq!((found.version, found.id), (Some(2), Some(2)));
    }
    assert_eq!(registry.requests(Route::GetLatestWithMetadata), 1);
    let missing = client.latest_with_metadata("s", &properties("3")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::SchemaNotFound);
}

#[tokio::test]
async fn a_schema_in_the_answer_replaces_the_one_that_was_given() {
    let registry = MockRegistry::new();
    let client = registry.client();
    let spaced = SchemaDefinition::avro(r#"{ "type" : "string" }"#);
    let registered = client.register("s", &spaced, Normalize::No).await.unwrap();
    assert_eq!(registered.definition.text, "\"string\"");
    assert_eq!(registered.subject.as_deref(), Some("s"));

    let script = Scripted::new(|_, _| Reply::Body(200, r#"{"id":7}"#));
    let old = script.builder("http://a").build().unwrap();
    let registered = old.register("s", &spaced, Normalize::Yes).await.unwrap();
    assert_eq!((registered.id, registered.version, registered.guid), (Some(7), None, None));
    assert_eq!(registered.definition, spaced);
    assert_eq!(script.targets(), ["/subjects/s/versions?normalize=true"]);
}

#[tokio::test]
async fn subjects_of_a_topic_come_from_associations() {
    let registry = MockRegistry::new();
    let client = registry.client();
    assert!(client.resource_subjects("", "t", false).await.unwrap().is_empty());
    registry.associate("t", AssociationType::Value, "elsewhere");
    assert_eq!(client.resource_subjects("lkc-1", "t", false).await.unwrap(), ["elsewhere"]);
    assert!(client.resource_subjects("lkc-1", "t", true).await.unwrap().is_empty());
    registry.fail_next(1, Fault::Status(404));
    assert!(client.resource_subjects("", "t", false).await.unwrap().is_empty());
    registry.fail_next(1, Fault::Status(405));
    assert!(client.resource_subjects("", "t", false).await.is_err());
}
