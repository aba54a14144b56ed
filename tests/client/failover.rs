//! Several URLs, of which some do not answer.

use registry_tests::Registry;
use registry_tests::ports::free_address;
use serde_client::client::{Normalize, RegistryClient, SchemaDefinition};

#[tokio::test]
async fn a_registry_that_is_gone_is_passed_over() {
    let registry = Registry::start();
    let closed = free_address();
    let urls = format!("http://{closed},{}", registry.base_url());
    let client = RegistryClient::builder(&urls).build().expect("a client");
    let definition = SchemaDefinition::avro(r#""string""#);
    let registered = client.register("names-value", &definition, Normalize::No).await.expect("registered");
    assert_eq!((registered.id, registered.version), (Some(1), Some(1)));
}

#[tokio::test]
async fn what_is_known_is_known_while_the_registry_is_down() {
    let mut registry = Registry::start();
    let client = super::client(&registry);
    let definition = SchemaDefinition::avro(r#""string""#);
    client.register("names-value", &definition, Normalize::No).await.expect("registered");
    client.schema_by_id(1, None).await.expect("found");
    registry.stop();
    client.schema_by_id(1, None).await.expect("found in the cache");
    client.register("names-value", &definition, Normalize::No).await.expect("registered before");
    let error = client.schema_by_id(2, None).await.expect_err("nobody can tell");
    assert!(error.is_retriable(), "{error}");
}
