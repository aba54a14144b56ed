//! `/compatibility`.

use registry_tests::Registry;
use serde_json::json;

use crate::{A, B, C, record};

#[test]
fn a_probe_stores_nothing() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let body = json!({ "schema": record(&[A, B]) });
    let path = "/compatibility/subjects/s/versions/latest";
    assert_eq!(registry.post(path, &body).seen(), (200, json!({ "is_compatible": true })));
    assert_eq!(
        registry.post(&format!("{path}?verbose=true"), &body).seen(),
        (200, json!({ "is_compatible": true, "messages": [] }))
    );
    assert_eq!(registry.get("/subjects/s/versions").seen(), (200, json!([1])));
}

#[test]
fn unknown_subjects_are_compatible_but_unknown_versions_are_not_found() {
    let registry = Registry::start();
    let body = json!({ "schema": record(&[A]) });
    let compatible = (200, json!({ "is_compatible": true }));
    assert_eq!(registry.post("/compatibility/subjects/none/versions", &body).seen(), compatible);
    assert_eq!(registry.post("/compatibility/subjects/none/versions/latest", &body).seen(), compatible);
    registry.post("/compatibility/subjects/none/versions/1", &body).assert_refused(404, 40402);
    registry.post("/compatibility/subjects/none/versions/0", &body).assert_refused(422, 42202);
    registry
        .post("/compatibility/subjects/none/versions", &json!({ "schema": " " }))
        .assert_refused(422, 42201);
}

#[test]
fn a_verbose_probe_answers_for_a_broken_schema() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let body = json!({ "schema": "{" });
    registry.post("/compatibility/subjects/s/versions/latest", &body).assert_refused(422, 42201);
    let (status, answer) =
        registry.post("/compatibility/subjects/s/versions/latest?verbose=true", &body).seen();
    assert_eq!((status, &answer["is_compatible"]), (200, &json!(false)));
    assert_eq!(answer["messages"].as_array().map(Vec::len), Some(1), "{answer}");
}

#[test]
fn an_explained_probe_says_where_why_and_what_to_do() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let body = json!({ "schema": record(&[C]) });
    let path = "/compatibility/subjects/s/versions/latest";
    let plain = registry.post(&format!("{path}?verbose=true"), &body).json();
    assert_eq!(plain.get("incompatibilities"), None, "only on request: the reference has no such field");
    let answer = registry.post(&format!("{path}?verbose=true&explain=true"), &body).json();
    assert_eq!(answer["is_compatible"], false);
    assert_eq!(answer["messages"], plain["messages"]);
    let found = &answer["incompatibilities"][0];
    assert_eq!(found["type"], "READER_FIELD_MISSING_DEFAULT_VALUE");
    assert_eq!((&found["direction"], &found["version"]), (&json!("backward"), &json!(1)));
    assert_eq!(found["path"], "/fields/0");
    for text in ["reader", "explanation", "cure"] {
        assert!(found[text].as_str().is_some_and(|text| !text.is_empty()), "{text}: {found}");
    }
    assert!(found["cure"].as_str().is_some_and(|cure| cure.contains("default")), "{found}");
}

#[test]
fn both_directions_are_explained() {
    let registry = Registry::start();
    registry.put("/config/s", &json!({ "compatibility": "FULL" }));
    registry.register("s", &record(&[A]));
    let path = "/compatibility/subjects/s/versions/latest?verbose=true&explain=true";
    let answer = registry.post(path, &json!({ "schema": record(&[C]) })).json();
    let found = answer["incompatibilities"].as_array().expect("a list");
    let directions: Vec<_> = found.iter().map(|one| one["direction"].as_str().unwrap_or_default()).collect();
    assert_eq!(directions, ["forward", "backward"], "{answer}");
}

#[test]
fn transitive_levels_look_at_every_version() {
    let registry = Registry::start();
    registry.put("/config/s", &json!({ "compatibility": "NONE" }));
    registry.register("s", &record(&[C]));
    registry.register("s", &record(&[A]));
    let body = json!({ "schema": record(&[A, C]) });
    let probe = || registry.post("/compatibility/subjects/s/versions?verbose=true", &body).json();
    assert_eq!(probe()["is_compatible"], true);
    registry.put("/config/s", &json!({ "compatibility": "FORWARD" }));
    assert_eq!(probe()["is_compatible"], true);
    registry.put("/config/s", &json!({ "compatibility": "BACKWARD" }));
    assert_eq!(probe()["is_compatible"], false);
    registry.put("/config/s", &json!({ "compatibility": "BACKWARD_TRANSITIVE" }));
    let answer = probe();
    assert!(answer["messages"].to_string().contains("{oldSchemaVersion: 2}"), "newest first: {answer}");
}

#[test]
fn versions_are_compared_within_their_group() {
    let registry = Registry::start();
    registry.put("/config/s", &json!({ "compatibilityGroup": "major" }));
    let register = |schema: String, major: &str| {
        let metadata = json!({ "properties": { "major": major } });
        registry.post("/subjects/s/versions", &json!({ "schema": schema, "metadata": metadata }))
    };
    assert_eq!(register(record(&[A]), "1").status, 200);
    register(record(&[A, C]), "1").assert_refused(409, 40901);
    assert_eq!(register(record(&[C]), "2").status, 200);
    assert_eq!(register(record(&[A, B]), "1").status, 200);
    register(record(&[A, C]), "2").assert_refused(409, 40901);

    let probe = |body| registry.post("/compatibility/subjects/s/versions/latest", &body).seen();
    let ungrouped = json!({ "schema": record(&[C, A]) });
    assert_eq!(probe(ungrouped), (200, json!({ "is_compatible": true })), "no version lacks the property");
    let grouped = json!({ "schema": record(&[C, A]), "metadata": { "properties": { "major": "1" } } });
    assert_eq!(probe(grouped), (200, json!({ "is_compatible": false })));
}

#[test]
fn deleted_versions_do_not_count() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.delete("/subjects/s");
    let body = json!({ "schema": record(&[C]) });
    assert_eq!(
        registry.post("/compatibility/subjects/s/versions", &body).seen(),
        (200, json!({ "is_compatible": true }))
    );
    registry.post("/compatibility/subjects/s/versions/1", &body).assert_refused(404, 40402);
    assert_eq!(registry.register("s", &record(&[C])).json()["version"], 2);
}
