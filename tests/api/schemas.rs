//! `/schemas`.

use registry_tests::{Answer, Registry};
use serde_json::{Value, json};

use crate::{A, B, record};

/// What a list of schemas names, as `subject/version`.
#[track_caller]
fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let name = |row: &Value| format!("{}/{}", row["subject"].as_str().unwrap_or_default(), row["version"]);
    answer.json().as_array().expect("a list").iter().map(name).collect()
}

#[test]
fn schemas_are_searched_by_prefix_state_and_rank() {
    let registry = Registry::start();
    for subject in ["a1", "a2", "b1", "%3A.eu%3Aa1"] {
        registry.register(subject, &record(&[A]));
        registry.register(subject, &record(&[A, B]));
    }
    registry.delete("/subjects/a2/versions/2");
    let search = |query: &str| names(&registry.get(&format!("/schemas?{query}")));
    assert_eq!(search(""), ["a1/1", "a1/2", "a2/1", "b1/1", "b1/2"]);
    assert_eq!(search("subjectPrefix=a"), ["a1/1", "a1/2", "a2/1"]);
    assert_eq!(search("subjectPrefix=a&deleted=true"), ["a1/1", "a1/2", "a2/1", "a2/2"]);
    assert_eq!(search("subjectPrefix=a&latestOnly=true"), ["a1/2", "a2/1"]);
    assert_eq!(search("subjectPrefix=a&latestOnly=true&deleted=true"), ["a1/2", "a2/2"]);
    assert_eq!(search("subjectPrefix=:.eu:"), [":.eu:a1/1", ":.eu:a1/2"]);
    assert_eq!(search("subjectPrefix=:*:a1").len(), 4);
    assert_eq!(search("offset=1&limit=2"), ["a1/2", "a2/1"]);
    assert_eq!(search("offset=9"), Vec::<String>::new());
}

#[test]
fn schemas_are_searched_by_rule_type_after_rank() {
    let registry = Registry::start();
    let rules = json!({ "domainRules": [{ "name": "r", "kind": "CONDITION", "type": "CEL", "mode": "READ", "expr": "true" }] });
    registry.post("/subjects/s/versions", &json!({ "schema": record(&[A]), "ruleSet": rules }));
    registry.post("/subjects/s/versions", &json!({ "schema": record(&[A, B]), "ruleSet": {} }));
    let search = |query: &str| names(&registry.get(&format!("/schemas?{query}")));
    assert_eq!(search("ruleType=CEL"), ["s/1"]);
    assert_eq!(search("ruleType=ENCRYPT"), Vec::<String>::new());
    assert_eq!(search("ruleType=CEL&latestOnly=true"), Vec::<String>::new());
}

#[test]
fn a_search_may_show_the_aliases_of_a_subject() {
    let registry = Registry::start();
    registry.register("zs", &record(&[A]));
    registry.put("/config/al", &json!({ "alias": "zs" }));
    let (status, found) = registry.get("/schemas?subjectPrefix=al&aliases=true").seen();
    assert_eq!((status, &found[0]["subject"], &found[0]["aliases"]), (200, &json!("zs"), &json!(["al"])));
    let (_, found) = registry.get("/schemas?subjectPrefix=zs&aliases=true").seen();
    assert_eq!((&found[0]["subject"], found[0].get("aliases")), (&json!("zs"), None));
    assert_eq!(registry.get("/schemas?subjectPrefix=al").seen(), (200, json!([])));
}

#[test]
fn an_id_is_looked_up_in_the_context_of_a_subject() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.register("%3A.eu%3Aq", &record(&[B]));
    let get = |query: &str| registry.get(&format!("/schemas/ids/1{query}"));
    assert_eq!(get("").json()["subject"], "s");
    assert_eq!(get("?subject=none").json()["subject"], "s");
    assert_eq!(get("?subject=q").json()["subject"], ":.eu:q");
    assert_eq!(get("?subject=:.eu:").json()["schema"], record(&[B]));
    get("?subject=:.none:").assert_refused(404, 40403);
    assert_eq!(get("?fetchMaxId=true").json()["maxId"], 1);
    registry.get("/schemas/ids/2").assert_refused(404, 40403);
    registry.get("/schemas/ids/2/schema").assert_refused(404, 40403);
    registry.get("/schemas/ids/one").assert_refused(404, 404);
    registry.get("/schemas/ids/2147483648").assert_refused(404, 404);
}

#[test]
fn an_id_outlives_a_soft_delete() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.register("t", &record(&[A]));
    assert_eq!(registry.get("/schemas/ids/1/subjects").seen(), (200, json!(["s", "t"])));
    registry.delete("/subjects/s");
    assert_eq!(registry.get("/schemas/ids/1").status, 200);
    assert_eq!(registry.get("/schemas/ids/1/subjects").seen(), (200, json!(["t"])));
    assert_eq!(registry.get("/schemas/ids/1/subjects?deleted=true").seen(), (200, json!(["s", "t"])));
    assert_eq!(
        registry.get("/schemas/ids/1/versions").seen(),
        (200, json!([{ "subject": "t", "version": 1 }]))
    );
    assert_eq!(
        registry.get("/schemas/ids/1/versions?deleted=true&limit=1").json().as_array().map(Vec::len),
        Some(1)
    );
    registry.delete("/subjects/t");
    assert_eq!(registry.get("/schemas/ids/1/subjects").seen(), (200, json!([])));
    registry.get("/schemas/ids/9/subjects").assert_refused(404, 40403);
    registry.get("/schemas/ids/9/versions").assert_refused(404, 40403);
}

#[test]
fn a_guid_names_a_content_in_every_context() {
    let registry = Registry::start();
    registry.register("%3A.eu%3As", r#""int""#);
    registry.register("%3A.eu%3As2", r#""string""#);
    registry.register("s", r#""string""#);
    let guid = "095d71cf-1255-6b9d-5e33-0ad575b3df5d";
    for written in [guid.to_owned(), guid.replace('-', ""), guid.to_uppercase()] {
        assert_eq!(
            registry.get(&format!("/schemas/guids/{written}")).seen(),
            (200, json!({ "guid": guid, "schemaType": "AVRO", "schema": "\"string\"", "deleted": false }))
        );
        assert_eq!(
            registry.get(&format!("/schemas/guids/{written}/ids")).seen(),
            (200, json!([{ "context": ".", "id": 1 }, { "context": ".eu", "id": 2 }]))
        );
    }
    let unknown = "00000000-0000-0000-0000-000000000000";
    registry.get(&format!("/schemas/guids/{unknown}")).assert_refused(404, 40403);
    registry.get("/schemas/guids/none").assert_refused(404, 40403);
    assert_eq!(registry.get(&format!("/schemas/guids/{unknown}/ids")).seen(), (200, json!([])));
}

#[test]
fn the_types_are_listed() {
    let registry = Registry::start();
    let (status, types) = registry.get("/schemas/types").seen();
    assert_eq!(status, 200);
    assert!(types.as_array().is_some_and(|types| types.contains(&json!("AVRO"))), "{types}");
}
