//! `/subjects/{subject}/metadata`.

use registry_tests::Registry;
use serde_json::{Value, json};

use crate::{A, B, record};

fn registry_with_owners() -> Registry {
    let registry = Registry::start();
    let register = |schema: String, properties: Value| {
        let body = json!({ "schema": schema, "metadata": { "properties": properties } });
        assert_eq!(registry.post("/subjects/s/versions", &body).status, 200);
    };
    register(record(&[A]), json!({ "owner": "ads", "major": "1" }));
    register(record(&[A, B]), json!({ "owner": "ads", "major": "2" }));
    register(record(&[B]), json!({ "owner": "bids", "major": "2" }));
    registry
}

#[test]
fn the_newest_version_with_all_pairs_is_found() {
    let registry = registry_with_owners();
    let version = |query: &str| {
        let answer = registry.get(&format!("/subjects/s/metadata?{query}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()["version"].clone()
    };
    assert_eq!(version("key=owner&value=ads"), 2);
    assert_eq!(version("key=owner&value=ads&key=major&value=1"), 1);
    assert_eq!(version("key=owner&key=major&value=ads&value=2"), 2);
    assert_eq!(version("key=major&value=2"), 3);
    assert_eq!(version(""), 3);
    assert_eq!(version("key=owner&value=ads&key=unpaired"), 2);
    registry.get("/subjects/s/metadata?key=owner&value=none").assert_refused(404, 40403);
    registry.get("/subjects/none/metadata?key=owner&value=ads").assert_refused(404, 40401);
}

#[test]
fn deleted_versions_are_found_on_request() {
    let registry = registry_with_owners();
    registry.delete("/subjects/s/versions/3");
    registry.get("/subjects/s/metadata?key=owner&value=bids").assert_refused(404, 40403);
    let answer = registry.get("/subjects/s/metadata?key=owner&value=bids&deleted=true").json();
    assert_eq!((&answer["version"], &answer["deleted"]), (&json!(3), &json!(true)));
}
