//! `/subjects/{subject}/versions` and what lies below a version.

use registry_tests::Registry;
use serde_json::json;

use crate::{A, B, C, record};

#[test]
fn versions_are_listed_by_their_state() {
    let registry = Registry::start();
    registry.put("/config/s", &json!({ "compatibility": "NONE" }));
    for schema in [record(&[A]), record(&[B]), record(&[C]), record(&[A, B])] {
        registry.register("s", &schema);
    }
    registry.delete("/subjects/s/versions/2");
    registry.delete("/subjects/s/versions/4");
    assert_eq!(registry.get("/subjects/s/versions").seen(), (200, json!([1, 3])));
    assert_eq!(registry.get("/subjects/s/versions?deleted=true").seen(), (200, json!([1, 2, 3, 4])));
    assert_eq!(registry.get("/subjects/s/versions?deletedOnly=true").seen(), (200, json!([2, 4])));
    assert_eq!(
        registry.get("/subjects/s/versions?deletedAsNegative=true").seen(),
        (200, json!([1, -2, 3, -4]))
    );
    assert_eq!(
        registry.get("/subjects/s/versions?deletedAsNegative=true&deletedOnly=true").seen(),
        (200, json!([1, -2, 3, -4]))
    );
    assert_eq!(
        registry.get("/subjects/s/versions?deleted=true&offset=1&limit=2").seen(),
        (200, json!([2, 3]))
    );
}

#[test]
fn a_subject_that_is_all_deleted_is_found_only_on_request() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    assert_eq!(registry.get("/subjects/s/versions?deletedOnly=true").seen(), (200, json!([])));
    registry.delete("/subjects/s");
    registry.get("/subjects/s/versions").assert_refused(404, 40401);
    registry.get("/subjects/s/versions?deletedAsNegative=true").assert_refused(404, 40401);
    assert_eq!(registry.get("/subjects/s/versions?deleted=true").seen(), (200, json!([1])));
    assert_eq!(
        registry.get("/subjects/s/versions?deletedAsNegative=true&deleted=true").seen(),
        (200, json!([-1]))
    );
}

#[test]
fn a_version_is_a_positive_number_or_latest() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    for version in ["1", "latest", "LATEST", "Latest", "-1", "%201%20"] {
        let answer = registry.get(&format!("/subjects/s/versions/{version}"));
        assert_eq!((answer.status, &answer.json()["version"]), (200, &json!(1)), "{version}");
    }
    for version in ["0", "-2", "one", "1.0", "2147483648", "99999999999999999999"] {
        registry.get(&format!("/subjects/s/versions/{version}")).assert_refused(422, 42202);
        registry.get(&format!("/subjects/none/versions/{version}")).assert_refused(422, 42202);
        registry.delete(&format!("/subjects/s/versions/{version}")).assert_refused(422, 42202);
    }
    registry.get("/subjects/s/versions/2147483647").assert_refused(404, 40402);
    registry.get("/subjects/none/versions/1").assert_refused(404, 40401);
}

#[test]
fn a_bare_subject_is_read_from_another_context() {
    let registry = Registry::start();
    registry.register("%3A.eu%3As", &record(&[A]));
    let answer = registry.get("/subjects/s/versions/latest");
    assert_eq!((answer.status, &answer.json()["subject"]), (200, &json!(":.eu:s")));
    registry.get("/subjects/%3A.us%3As/versions/latest").assert_refused(404, 40401);
}

#[test]
fn references_are_qualified_on_request() {
    let registry = Registry::start();
    registry.register("%3A.eu%3Aa", r#"{"type":"record","name":"A","fields":[]}"#);
    let body = json!({
        "schema": record(&[r#"{"name":"a","type":"A"}"#]),
        "references": [{ "name": "A", "subject": "a", "version": 1 }],
    });
    let registered = registry.post("/subjects/%3A.eu%3As/versions", &body);
    assert_eq!(registered.status, 200, "{}", registered.text());
    let references = |query: &str| {
        registry.get(&format!("/subjects/%3A.eu%3As/versions/1{query}")).json()["references"][0]["subject"]
            .clone()
    };
    assert_eq!(references(""), "a");
    assert_eq!(references("?referenceFormat=qualified"), ":.eu:a");
}

#[test]
fn referrers_are_listed_and_protect_what_they_need() {
    let registry = Registry::start();
    registry.register("a", r#"{"type":"record","name":"A","fields":[]}"#);
    let body = json!({
        "schema": record(&[r#"{"name":"a","type":"A"}"#]),
        "references": [{ "name": "A", "subject": "a", "version": -1 }],
    });
    let registered = registry.post("/subjects/s/versions", &body).json();
    assert_eq!((&registered["id"], &registered["references"][0]["version"]), (&json!(2), &json!(1)));
    assert_eq!(registry.get("/subjects/a/versions/1/referencedby").seen(), (200, json!([2])));
    assert_eq!(registry.get("/subjects/s/versions/1/referencedby").seen(), (200, json!([])));
    registry.get("/subjects/a/versions/2/referencedby").assert_refused(404, 40402);
    registry.get("/subjects/none/versions/1/referencedby").assert_refused(404, 40401);
    let refused = registry.delete("/subjects/a/versions/1");
    refused.assert_refused(422, 42206);
    assert_eq!(refused.json()["referencedBy"], json!([{ "subject": "s", "version": 1, "id": 2 }]));
    registry.delete("/subjects/a").assert_refused(422, 42206);

    registry.delete("/subjects/s");
    assert_eq!(registry.get("/subjects/a/versions/1/referencedby").seen(), (200, json!([])));
    assert_eq!(registry.get("/subjects/a/versions/1/referencedby?deleted=true").seen(), (200, json!([2])));
    assert_eq!(registry.delete("/subjects/a").seen(), (200, json!([1])));
    registry.delete("/subjects/a?permanent=true").assert_refused(422, 42206);
    assert_eq!(registry.delete("/subjects/s?permanent=true").seen(), (200, json!([1])));
    assert_eq!(registry.delete("/subjects/a?permanent=true").seen(), (200, json!([1])));
}

#[test]
fn a_registration_may_name_the_version_it_expects() {
    let registry = Registry::start();
    let register = |version: i32, schema: String| {
        registry.post("/subjects/s/versions", &json!({ "schema": schema, "version": version }))
    };
    assert_eq!(register(1, record(&[A])).json()["version"], 1);
    register(3, record(&[A, B])).assert_refused(422, 42201);
    let second = register(2, record(&[A, B]));
    assert_eq!((second.status, &second.json()["version"]), (200, &json!(2)));
    assert_eq!(second.json()["metadata"], json!({ "properties": { "confluent:version": "2" } }));
}

#[test]
fn a_schema_may_be_left_out_to_change_only_its_metadata() {
    let registry = Registry::start();
    let body = json!({ "metadata": { "properties": { "owner": "ads" } } });
    registry.post("/subjects/s/versions", &body).assert_refused(422, 42201);
    registry.register("s", &record(&[A]));
    let second = registry.post("/subjects/s/versions", &body).json();
    assert_eq!((&second["version"], &second["schema"]), (&json!(2), &json!(record(&[A]))));
    assert_eq!(second["metadata"], body["metadata"]);
}

#[test]
fn a_refusal_tells_every_incompatibility_and_its_cure() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let answer = registry.register("s", &record(&[A, C]));
    answer.assert_refused(409, 40901);
    let body = answer.json();
    let found = body["incompatibilities"].as_array().expect("the reasons stand beside the message");
    assert_eq!(found.len(), 1, "{body}");
    assert_eq!(found[0]["type"], "READER_FIELD_MISSING_DEFAULT_VALUE");
    assert_eq!((&found[0]["direction"], &found[0]["version"]), (&json!("backward"), &json!(1)));
    assert_eq!(found[0]["path"], "/fields/1");
    for text in ["explanation", "cure"] {
        assert!(found[0][text].as_str().is_some_and(|text| text.contains("`c`")), "{text}: {}", found[0]);
    }
    let message = body["message"].as_str().unwrap_or_default();
    assert!(message.contains("READER_FIELD_MISSING_DEFAULT_VALUE"), "{message}");
    assert_eq!(registry.get("/subjects/s/versions").seen(), (200, json!([1])));
}

#[test]
fn force_skips_the_compatibility_check() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let body = json!({ "schema": record(&[A, C]) });
    registry.post("/subjects/s/versions", &body).assert_refused(409, 40901);
    let forced = registry.post("/subjects/s/versions?force=true", &body);
    assert_eq!((forced.status, &forced.json()["version"]), (200, &json!(2)));
}

#[test]
fn a_version_is_deleted_in_two_steps() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.register("s", &record(&[A, B]));
    registry.delete("/subjects/s/versions/1?permanent=true").assert_refused(404, 40407);
    assert_eq!(registry.delete("/subjects/s/versions/latest").seen(), (200, json!(2)));
    registry.delete("/subjects/s/versions/2").assert_refused(404, 40406);
    assert_eq!(registry.get("/subjects/s/versions/2?deleted=true").json()["deleted"], true);
    assert_eq!(registry.get("/subjects/s/versions/2/schema?deleted=true").text(), record(&[A, B]));
    registry.get("/subjects/s/versions/2/schema").assert_refused(404, 40402);
    assert_eq!(registry.delete("/subjects/s/versions/2?permanent=true").seen(), (200, json!(2)));
    registry.delete("/subjects/s/versions/2?permanent=true").assert_refused(404, 40402);
}
