//! `/contexts`, and contexts in front of other paths.

use registry_tests::Registry;
use serde_json::json;

use crate::{A, B, record};

#[test]
fn a_context_is_written_in_several_ways() {
    let registry = Registry::start();
    let body = json!({ "schema": record(&[A]) });
    for context in ["eu", ".eu", ":.eu:", "%3A.eu%3A"] {
        let answer = registry.post(&format!("/contexts/{context}/subjects/s/versions"), &body);
        assert_eq!(
            (answer.status, &answer.json()["version"]),
            (200, &json!(1)),
            "{context}: {}",
            answer.text()
        );
        assert_eq!(
            registry.get(&format!("/contexts/{context}/subjects")).seen(),
            (200, json!([":.eu:s"])),
            "{context}"
        );
    }
    assert_eq!(registry.get("/contexts").seen(), (200, json!([".", ".eu"])));
    registry.get("/contexts/a:b/subjects").assert_refused(400, 400);
}

#[test]
fn the_dot_is_the_default_context() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    assert_eq!(registry.get("/contexts/./subjects/s/versions").seen(), (200, json!([1])));
    assert_eq!(registry.get("/contexts/:.:/subjects/s/versions").seen(), (200, json!([1])));
}

#[test]
fn everything_has_its_place_in_a_context() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.post("/contexts/eu/subjects/s/versions", &json!({ "schema": record(&[B]) }));
    registry.put("/contexts/eu/config", &json!({ "compatibility": "NONE" }));
    registry.put("/contexts/eu/mode", &json!({ "mode": "READONLY" }));
    registry.put("/contexts/eu/config/s", &json!({ "compatibility": "FULL" })).assert_refused(422, 42205);
    registry.put("/contexts/eu/mode/s", &json!({ "mode": "READWRITE" }));

    assert_eq!(registry.get("/config/%3A.eu%3A").seen(), (200, json!({ "compatibilityLevel": "NONE" })));
    assert_eq!(registry.get("/mode/%3A.eu%3A").seen(), (200, json!({ "mode": "READONLY" })));
    assert_eq!(registry.get("/mode/%3A.eu%3As").seen(), (200, json!({ "mode": "READWRITE" })));
    assert_eq!(registry.get("/contexts/eu/schemas/ids/1").json()["schema"], record(&[B]));
    assert_eq!(registry.get("/schemas/ids/1").json()["schema"], record(&[A]));
    assert_eq!(registry.get("/contexts/eu/schemas/ids/1/schema").text(), record(&[B]));
    assert_eq!(registry.get("/contexts/eu/schemas/ids/1/subjects").seen(), (200, json!([":.eu:s"])));
    assert_eq!(registry.get("/contexts/eu/schemas").json()[0]["subject"], ":.eu:s");
    assert_eq!(registry.get("/contexts/eu/subjects?subjectPrefix=t").seen(), (200, json!([])));
    assert_eq!(registry.get("/contexts/eu/subjects?subjectPrefix=s").seen(), (200, json!([":.eu:s"])));
    assert_eq!(
        registry
            .post("/contexts/eu/compatibility/subjects/s/versions", &json!({ "schema": record(&[A]) }))
            .seen(),
        (200, json!({ "is_compatible": true }))
    );
}

#[test]
fn contexts_are_listed_by_prefix_and_page() {
    let registry = Registry::start();
    for context in ["eu", "europe", "us"] {
        registry
            .post(&format!("/contexts/{context}/subjects/s/versions"), &json!({ "schema": record(&[A]) }));
    }
    assert_eq!(registry.get("/contexts").seen(), (200, json!([".", ".eu", ".europe", ".us"])));
    assert_eq!(registry.get("/contexts?contextPrefix=.eu").seen(), (200, json!([".eu", ".europe"])));
    assert_eq!(registry.get("/contexts?offset=1&limit=2").seen(), (200, json!([".eu", ".europe"])));
}

#[test]
fn only_an_empty_context_is_deleted() {
    let registry = Registry::start();
    registry.post("/contexts/eu/subjects/s/versions", &json!({ "schema": record(&[A]) }));
    registry.delete("/contexts/eu").assert_refused(422, 42211);
    registry.delete("/contexts/eu/subjects/s");
    registry.delete("/contexts/.eu").assert_refused(422, 42211);
    registry.delete("/contexts/eu/subjects/s?permanent=true");
    assert_eq!(registry.get("/contexts").seen(), (200, json!([".", ".eu"])));
    assert_eq!(registry.delete("/contexts/eu").status, 204);
    assert_eq!(registry.get("/contexts").seen(), (200, json!(["."])));
    assert_eq!(registry.delete("/contexts/none").status, 204);
}
