//! Each resource of the registry through the client's methods.

use std::collections::BTreeMap;

use registry_tests::Registry;
use schema::model::api::RegisterSchemaRequest;
use schema::model::config::{CompatibilityLevel, ConfigUpdate};
use schema::model::ids::VersionId;
use schema::model::kek::CreateKekRequest;
use schema::model::mode::Mode;
use schema::model::schema::SchemaType;
use serde_client::client::{
    AssociationFilter, CheckOptions, Deleted, Deletion, ErrorKind, ListSubjects, Normalize, Page,
    RegisterOptions, RegistryClient, SchemaDefinition,
};

const V1: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#;
const V2: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}"#;
const V3: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}"#;

fn request(text: &str) -> RegisterSchemaRequest {
    RegisterSchemaRequest { schema: Some(text.to_owned()), ..RegisterSchemaRequest::default() }
}

#[tokio::test]
async fn subjects_versions_and_schemas() {
    let registry = Registry::start();
    let client = super::client(&registry);
    let api = client.api();
    for (text, id) in [(V1, 1), (V2, 2), (V1, 1)] {
        let answer = api.register_schema("a/b-value", &request(text), &RegisterOptions::default()).await;
        assert_eq!(answer.expect("registered").id, Some(id));
    }
    let all = Page::default();
    assert_eq!(api.list_subjects(&ListSubjects::default()).await.expect("subjects"), ["a/b-value"]);
    assert_eq!(api.list_versions("a/b-value", Deleted::Hidden, all).await.expect("versions"), [1, 2]);
    let latest = client.latest_version("a/b-value").await.expect("latest");
    assert_eq!((latest.version, latest.id, latest.definition.text.as_str()), (Some(2), Some(2), V2));
    let by_guid = client.schema_by_guid(latest.guid.expect("a guid")).await.expect("by guid");
    assert_eq!(by_guid.definition.text, V2);
    let types = api.list_schema_types().await.expect("types");
    assert_eq!(types, SchemaType::ALL);
    let holders = api.list_versions_of_id(2, None, Deleted::Hidden, all).await.expect("holders");
    assert_eq!(
        holders.iter().map(|one| (one.subject.as_str(), one.version)).collect::<Vec<_>>(),
        [("a/b-value", 2)]
    );

    let answer = api.check_against_version("a/b-value", VersionId::Latest, &request(V3), explained()).await;
    let answer = answer.expect("checked");
    assert!(!answer.is_compatible && !answer.messages.is_empty() && !answer.incompatibilities.is_empty());
    let refused = client.register("a/b-value", &SchemaDefinition::avro(V3), Normalize::No).await;
    let error = refused.expect_err("incompatible");
    assert_eq!((error.kind(), error.error_code()), (ErrorKind::Incompatible, Some(40901)));

    api.delete_version("a/b-value", VersionId::Number(2), Deletion::Soft).await.expect("deleted");
    assert_eq!(api.list_versions("a/b-value", Deleted::Included, all).await.expect("versions"), [1, 2]);
    assert_eq!(api.delete_subject("a/b-value", Deletion::Soft).await.expect("deleted"), [1]);
    let gone = api.get_version("a/b-value", VersionId::Latest, &Default::default()).await;
    assert_eq!(gone.expect_err("gone").kind(), ErrorKind::SubjectNotFound);
}

fn explained() -> CheckOptions {
    CheckOptions { verbose: true, explain: true, ..CheckOptions::default() }
}

#[tokio::test]
async fn config_and_mode() {
    let registry = Registry::start();
    let client = super::client(&registry);
    let api = client.api();
    let full = ConfigUpdate { compatibility: Some(Some("FULL".to_owned())), ..ConfigUpdate::default() };
    let config = api.update_config("s", &full).await.expect("updated");
    assert_eq!(config.compatibility_level, Some(CompatibilityLevel::Full));
    let config = api.get_config("other", true).await.expect("inherited");
    assert_eq!(config.compatibility_level, Some(CompatibilityLevel::Backward));
    assert_eq!(api.get_config("other", false).await.expect_err("not set").kind(), ErrorKind::SettingNotFound);
    api.delete_config("s").await.expect("deleted");
    assert_eq!(api.set_mode("s", Some(Mode::ReadOnly), false).await.expect("set"), Some(Mode::ReadOnly));
    let refused = client.register("s", &SchemaDefinition::avro(V1), Normalize::No).await;
    assert_eq!(refused.expect_err("read only").kind(), ErrorKind::NotPermitted);
    api.delete_mode("s", false).await.expect("deleted");
    assert_eq!(api.get_global_mode().await.expect("a mode"), Some(Mode::ReadWrite));
}

#[tokio::test]
async fn contexts_keep_apart() {
    let registry = Registry::start();
    let client = RegistryClient::builder(&registry.base_url()).context("eu").build().expect("a client");
    let registered =
        client.register("s", &SchemaDefinition::avro(V1), Normalize::No).await.expect("registered");
    assert_eq!(registered.subject.as_deref(), Some(":.eu:s"));
    client.schema_by_id(registered.id.expect("an id"), None).await.expect("found in its context");
    let elsewhere = super::client(&registry);
    let contexts = elsewhere.api().list_contexts(Page::default()).await.expect("contexts");
    assert_eq!(contexts, [".", ".eu"]);
}

#[tokio::test]
async fn metadata_finds_a_version() {
    let registry = Registry::start();
    let client = super::client(&registry);
    for (text, owner) in [(V1, "ads"), (V2, "search")] {
        let mut definition = SchemaDefinition::avro(text);
        let properties = BTreeMap::from([("owner".to_owned(), owner.to_owned())]);
        definition.metadata = serde_json::from_value(serde_json::json!({ "properties": properties })).ok();
        client.register("s", &definition, Normalize::No).await.expect("registered");
    }
    let wanted = BTreeMap::from([("owner".to_owned(), "ads".to_owned())]);
    let found = client.latest_with_metadata("s", &wanted).await.expect("found");
    assert_eq!((found.version, found.definition.text.as_str()), (Some(1), V1));
}

#[tokio::test]
async fn a_registry_that_keeps_no_associations_says_so() {
    let registry = Registry::start();
    let client = super::client(&registry);
    assert!(client.resource_subjects("-", "t", false).await.expect("an answer").is_empty());
    let listed = client.api().list_associations_of_resource("-", "t", &AssociationFilter::default()).await;
    assert!(listed.expect("listed").is_empty());
}

#[tokio::test]
async fn keys_of_field_encryption() {
    let registry = Registry::start();
    let client = super::client(&registry);
    let api = client.api();
    let kek: CreateKekRequest =
        serde_json::from_str(r#"{"name":"k","kmsType":"local-kms","kmsKeyId":"id"}"#).expect("a request");
    api.create_kek(&kek, false).await.expect("made");
    assert_eq!(api.list_keks(&[], Deleted::Hidden, Page::default()).await.expect("names"), ["k"]);
    assert_eq!(api.get_kek("none", Deleted::Hidden).await.expect_err("none").kind(), ErrorKind::KeyNotFound);
}
