//! `/` and `/v1/metadata`.

use registry_tests::Registry;
use serde_json::{Value, json};

#[test]
fn the_root_answers_with_an_empty_object() {
    let registry = Registry::start();
    assert_eq!(registry.get("/").seen(), (200, json!({})));
    assert_eq!(registry.post("/", &json!({ "any": "text" })).seen(), (200, json!({})));
}

#[test]
fn the_server_tells_which_cluster_it_is() {
    let registry = Registry::start();
    let (status, body) = registry.get("/v1/metadata/id").seen();
    assert_eq!(status, 200);
    assert_eq!(body["scope"]["path"], json!([]));
    let clusters = &body["scope"]["clusters"];
    assert!(clusters["kafka-cluster"].is_string(), "{body}");
    assert!(clusters["schema-registry-cluster"].is_string(), "{body}");
}

#[test]
fn the_server_tells_its_version() {
    let registry = Registry::start();
    let (status, body) = registry.get("/v1/metadata/version").seen();
    assert_eq!(status, 200);
    assert!(body["version"].as_str().is_some_and(|version| version.contains('.')), "{body}");
    assert!(matches!(body["commitId"], Value::String(_)), "{body}");
    assert_eq!(registry.get("/v1/metadata/deployment").seen(), (200, json!({ "attributes": [] })));
}

#[test]
fn what_was_stored_is_there_after_a_restart() {
    let mut registry = Registry::start();
    registry.register("s", r#""string""#);
    registry.put("/config/s", &json!({ "compatibility": "FULL" }));
    registry.put("/mode/s", &json!({ "mode": "READONLY" }));
    registry.restart();
    assert_eq!(
        registry.get("/subjects/s/versions/1").seen(),
        (
            200,
            json!({
                "subject": "s",
                "version": 1,
                "id": 1,
                "guid": "095d71cf-1255-6b9d-5e33-0ad575b3df5d",
                "schemaType": "AVRO",
                "schema": "\"string\"",
                "deleted": false,
            })
        )
    );
    assert_eq!(registry.get("/config/s").seen(), (200, json!({ "compatibilityLevel": "FULL" })));
    assert_eq!(registry.get("/mode/s").seen(), (200, json!({ "mode": "READONLY" })));
}
