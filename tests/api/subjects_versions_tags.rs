//! `/subjects/{subject}/versions/{version}/tags`, and tags in answers.

use registry_tests::Registry;
use serde_json::{Value, json};

use crate::{A, B, record};

fn tag(path: &str, kind: &str, tags: &[&str]) -> Value {
    json!({ "schemaEntity": { "entityPath": path, "entityType": kind }, "tags": tags })
}

#[test]
fn tags_make_a_new_version() {
    let registry = Registry::start();
    registry.register("s", &record(&[A, B]));
    let body = json!({
        "newVersion": 2,
        "tagsToAdd": [tag("R.a", "sr_field", &["PII", "KEY"]), tag("R", "sr_record", &["RAW"])],
        "tagsToRemove": [tag("R.a", "sr_field", &["KEY"])],
    });
    let tagged = registry.post("/subjects/s/versions/latest/tags", &body);
    assert_eq!(tagged.status, 200, "{}", tagged.text());
    let schema: Value =
        serde_json::from_str(tagged.json()["schema"].as_str().expect("a text")).expect("JSON");
    assert_eq!(tagged.json()["version"], 2);
    assert_eq!(schema["confluent:tags"], json!(["RAW"]));
    assert_eq!(schema["fields"][0]["confluent:tags"], json!(["PII"]));
    assert_eq!(schema["fields"][1].get("confluent:tags"), None);

    let found =
        |query: &str| registry.get(&format!("/subjects/s/versions/2?{query}")).json()["schemaTags"].clone();
    assert_eq!(found("findTags=PII"), json!([tag("R.a", "sr_field", &["PII"])]));
    assert_eq!(found("findTags=none"), Value::Null);
    assert_eq!(found("findTags=*").as_array().map(Vec::len), Some(2));
    assert_eq!(found("findTags=PII&findTags=RAW").as_array().map(Vec::len), Some(2));
    let by_id = registry.get("/schemas/ids/2?findTags=PII").json();
    assert_eq!(by_id["schemaTags"], json!([tag("R.a", "sr_field", &["PII"])]));
}

#[test]
fn tags_need_a_version_and_a_place() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let body = json!({ "newVersion": 2, "tagsToAdd": [tag("R.none", "sr_field", &["PII"])] });
    registry.post("/subjects/s/versions/1/tags", &body).assert_refused(422, 42201);
    registry.post("/subjects/s/versions/7/tags", &body).assert_refused(404, 40402);
    registry.post("/subjects/s/versions/zero/tags", &body).assert_refused(422, 42202);
    registry.post("/subjects/none/versions/1/tags", &body).assert_refused(404, 40401);
    registry.post("/subjects/__GLOBAL/versions/zero/tags", &body).assert_refused(422, 42208);
}

#[test]
fn rules_are_replaced_or_merged_but_not_both() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    let rules = |name: &str| json!({ "domainRules": [{ "name": name, "kind": "CONDITION", "type": "CEL", "mode": "WRITE", "expr": "true" }] });
    let both = json!({ "newVersion": 2, "ruleSet": rules("a"), "rulesToRemove": ["a"] });
    registry.post("/subjects/s/versions/1/tags", &both).assert_refused(422, 42210);
    let unnamed = json!({ "newVersion": 2, "rulesToMerge": rules("1 bad name") });
    registry.post("/subjects/s/versions/1/tags", &unnamed).assert_refused(422, 42210);

    let merge = json!({ "newVersion": 2, "rulesToMerge": rules("a") });
    assert_eq!(registry.post("/subjects/s/versions/1/tags", &merge).status, 200);
    let merge = json!({ "newVersion": 3, "rulesToMerge": rules("b"), "rulesToRemove": ["a"] });
    let merged = registry.post("/subjects/s/versions/latest/tags", &merge).json();
    assert_eq!(merged["ruleSet"]["domainRules"][0]["name"], "b", "{merged}");
    assert_eq!(merged["ruleSet"]["domainRules"].as_array().map(Vec::len), Some(1), "{merged}");
}
