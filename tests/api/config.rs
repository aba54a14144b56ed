//! `/config`, and what aliases change elsewhere.

use registry_tests::Registry;
use serde_json::{Value, json};

use crate::{A, B, record};

#[test]
fn a_config_is_updated_field_by_field() {
    let registry = Registry::start();
    let put = |body: Value| registry.put("/config/s", &body).seen();
    assert_eq!(put(json!({ "compatibility": "full" })), (200, json!({ "compatibility": "FULL" })));
    assert_eq!(
        put(json!({ "normalize": true, "compatibilityGroup": "major" })),
        (200, json!({ "normalize": true, "compatibility": "FULL", "compatibilityGroup": "major" }))
    );
    assert_eq!(
        put(json!({ "compatibilityGroup": null, "unknown": 1 })),
        (200, json!({ "normalize": true, "compatibility": "FULL" }))
    );
    assert_eq!(
        registry.get("/config/s").seen(),
        (200, json!({ "normalize": true, "compatibilityLevel": "FULL" }))
    );
    assert_eq!(
        registry.delete("/config/s").seen(),
        (200, json!({ "normalize": true, "compatibilityLevel": "FULL" }))
    );
    registry.delete("/config/s").assert_refused(404, 40401);
    registry.get("/config/s").assert_refused(404, 40408);
}

#[test]
fn a_bad_config_is_refused() {
    let registry = Registry::start();
    registry.put("/config", &json!({ "compatibility": "SOMEWHAT" })).assert_refused(422, 42203);
    registry.put("/config/__EMPTY", &json!({ "compatibility": "FULL" })).assert_refused(422, 42208);
    registry.put("/config/s", &json!([])).assert_refused(400, 400);
    let unnamed = json!({ "overrideRuleSet": { "domainRules": [{ "name": "", "type": "CEL" }] } });
    registry.put("/config/s", &unnamed).assert_refused(422, 42210);
}

#[test]
fn a_context_falls_back_to_the_global_context_only() {
    let registry = Registry::start();
    registry.put("/config", &json!({ "compatibility": "FULL" }));
    let level = |place: &str| {
        let answer = registry.get(&format!("/config/{place}?defaultToGlobal=true"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["compatibilityLevel"].clone()
    };
    assert_eq!(level("s"), "FULL");
    assert_eq!(level("%3A.eu%3As"), "BACKWARD");
    registry.put("/config/%3A.__GLOBAL%3A", &json!({ "compatibility": "FORWARD" }));
    assert_eq!(level("%3A.eu%3As"), "FORWARD");
    registry.put("/config/%3A.eu%3A", &json!({ "compatibility": "NONE" }));
    assert_eq!(level("%3A.eu%3As"), "NONE");
    assert_eq!(level("s"), "FULL");
}

#[test]
fn an_alias_leads_to_another_subject() {
    let registry = Registry::start();
    registry.put("/config/al", &json!({ "alias": "zs" }));
    assert_eq!(registry.register("al", &record(&[A])).json()["version"], 1);
    assert_eq!(registry.get("/subjects").seen(), (200, json!(["zs"])));
    assert_eq!(registry.get("/subjects/al/versions").seen(), (200, json!([1])));
    assert_eq!(registry.get("/subjects/al/versions/1").json()["subject"], "zs");
    assert_eq!(registry.post("/subjects/al", &json!({ "schema": record(&[A]) })).json()["subject"], "zs");
    let path = "/compatibility/subjects/al/versions/1";
    assert_eq!(registry.post(path, &json!({ "schema": record(&[A, B]) })).status, 200);
    registry.get("/config/zs").assert_refused(404, 40408);
    assert_eq!(registry.get("/config/al").json()["alias"], "zs");
    registry.get("/mode/al").assert_refused(404, 40409);
    assert_eq!(registry.delete("/subjects/al").seen(), (200, json!([1])));
}

#[test]
fn an_alias_is_followed_once() {
    let registry = Registry::start();
    registry.register("c", &record(&[A]));
    registry.put("/config/a", &json!({ "alias": "b" }));
    registry.put("/config/b", &json!({ "alias": "c" }));
    assert_eq!(registry.get("/subjects/b/versions").seen(), (200, json!([1])));
    registry.get("/subjects/a/versions").assert_refused(404, 40401);
}

#[test]
fn an_alias_stays_in_its_context() {
    let registry = Registry::start();
    registry.register("%3A.eu%3Azs", &record(&[A]));
    registry.put("/config/%3A.eu%3Aal", &json!({ "alias": "zs" }));
    assert_eq!(registry.get("/subjects/%3A.eu%3Aal/versions/1").json()["subject"], ":.eu:zs");
    assert_eq!(registry.get("/contexts/eu/subjects/al/versions").seen(), (200, json!([1])));
}
