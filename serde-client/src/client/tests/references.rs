//! Schemas that refer to others.

use std::sync::Arc;

use schema::model::schema::SchemaReference;

use super::scripted::{Reply, Scripted};
use crate::client::{
    ErrorKind, Normalize, REFERENCE_DEPTH_MAX, RegisteredSchema, RegistryError, SchemaDefinition,
};
use crate::mock::{MockRegistry, Route};

fn reference(name: &str, subject: &str, version: i32) -> SchemaReference {
    SchemaReference { name: Some(name.to_owned()), subject: Some(subject.to_owned()), version: Some(version) }
}

/// A record with a field of each type that it refers to; subjects are named like the records.
fn record(name: &str, references: &[&str]) -> SchemaDefinition {
    let fields: Vec<String> =
        references.iter().map(|to| format!(r#"{{"name":"f{to}","type":"{to}"}}"#)).collect();
    let text = format!(r#"{{"type":"record","name":"{name}","fields":[{}]}}"#, fields.join(","));
    let references = references.iter().map(|to| reference(to, to, 1)).collect();
    SchemaDefinition { references, ..SchemaDefinition::avro(text) }
}

#[tokio::test]
async fn references_are_followed_once_and_the_schema_is_parsed_once() {
    let registry = MockRegistry::new();
    let client = registry.client();
    for definition in [record("A", &[]), record("B", &["A"]), record("C", &["A", "B"])] {
        let name = definition.text.split('"').nth(7).unwrap().to_owned();
        client.register(&name, &definition, Normalize::No).await.unwrap();
    }
    let reader = registry.client();
    let schema = reader.latest_version("C").await.unwrap();
    let before = registry.requests(Route::GetVersion);
    let all = futures_util::future::join_all((0..100).map(|_| reader.parsed(&schema))).await;
    let first = all[0].as_ref().unwrap();
    assert!(all.iter().all(|parsed| Arc::ptr_eq(parsed.as_ref().unwrap(), first)));
    assert_eq!(registry.requests(Route::GetVersion) - before, 2, "A and B");
    assert!(Arc::ptr_eq(&reader.parsed(&schema).await.unwrap(), first));
}

#[tokio::test]
async fn references_are_looked_for_in_the_context_of_who_refers() {
    let registry = MockRegistry::new();
    let client = registry.client_builder().context("eu").build().unwrap();
    client.register("A", &record("A", &[]), Normalize::No).await.unwrap();
    client.register("B", &record("B", &["A"]), Normalize::No).await.unwrap();
    let outside = registry.client();
    let schema = outside.latest_version(":.eu:B").await.unwrap();
    outside.parsed(&schema).await.unwrap();
    assert!(outside.latest_version("A").await.is_err());
}

#[tokio::test]
async fn a_latest_reference_is_not_kept() {
    let registry = MockRegistry::new();
    let client = registry.client();
    client.register("A", &record("A", &[]), Normalize::No).await.unwrap();
    let mut definition = record("B", &["A"]);
    definition.references = vec![reference("A", "A", -1)];
    let local = RegisteredSchema { subject: None, version: None, id: None, guid: None, definition };
    let local = Arc::new(local);
    let (one, other) = (client.parsed(&local).await.unwrap(), client.parsed(&local).await.unwrap());
    assert!(!Arc::ptr_eq(&one, &other));
}

async fn refused(script: Arc<Scripted>) -> RegistryError {
    let client = script.builder("http://a").build().unwrap();
    let schema = client.latest_version("S0").await.unwrap();
    client.parsed(&schema).await.unwrap_err()
}

#[tokio::test]
async fn circles_are_an_error() {
    let script = Scripted::new(|request, _| match request.target.contains("S0") {
        true => Reply::Body(
            200,
            r#"{"subject":"S0","version":1,"schema":"x","references":[{"name":"b","subject":"S1","version":1}]}"#,
        ),
        false => Reply::Body(
            200,
            r#"{"subject":"S1","version":1,"schema":"x","references":[{"name":"a","subject":"S0","version":1}]}"#,
        ),
    });
    let error = refused(script).await;
    assert!(
        error.to_string().contains("the reference `a` to version 1 of `S0` leads back to itself"),
        "{error}"
    );
    assert_eq!(error.kind(), ErrorKind::InvalidSchema);
}

#[tokio::test]
async fn depth_is_bounded() {
    let script = Scripted::new(|request, before| {
        let subject = request.target.split('/').nth(2).unwrap_or_default().to_owned();
        let next = before + 1;
        let body = format!(
            r#"{{"subject":"{subject}","version":1,"schema":"x","references":[{{"name":"n{next}","subject":"S{next}","version":1}}]}}"#
        );
        Reply::Body(200, Box::leak(body.into_boxed_str()))
    });
    let error = refused(script).await;
    assert!(error.to_string().contains(&format!("deeper than {REFERENCE_DEPTH_MAX}")), "{error}");
}

#[tokio::test]
async fn incomplete_references_and_texts_that_are_no_schema_are_errors() {
    let incomplete = Scripted::new(|_, _| {
        Reply::Body(
            200,
            r#"{"subject":"S0","version":1,"schema":"\"int\"","references":[{"name":"n","subject":"s"}]}"#,
        )
    });
    assert!(refused(incomplete).await.to_string().contains("lacks a name, a subject or a version"));
    let garbage = Scripted::new(|_, _| Reply::Body(200, r#"{"subject":"S0","version":1,"schema":"{"}"#));
    let error = refused(garbage).await;
    assert!(error.to_string().starts_with("version 1 of subject `S0` cannot be parsed"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}
