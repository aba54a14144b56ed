//! `/subjects` and `/subjects/{subject}`.

use registry_tests::Registry;
use serde_json::json;

use crate::{A, B, record};

#[test]
fn subjects_are_listed_by_prefix_and_context() {
    let registry = Registry::start();
    for subject in ["orders-value", "orders-key", "clicks-value", "%3A.eu%3Aorders-value", "%3A.us%3Abids"] {
        assert_eq!(registry.register(subject, &record(&[A])).status, 200);
    }
    let everything = json!([":.eu:orders-value", ":.us:bids", "clicks-value", "orders-key", "orders-value"]);
    assert_eq!(registry.get("/subjects").seen(), (200, everything.clone()));
    assert_eq!(registry.get("/subjects?subjectPrefix=:*:").seen(), (200, everything));
    assert_eq!(
        registry.get("/subjects?subjectPrefix=").seen(),
        (200, json!(["clicks-value", "orders-key", "orders-value"]))
    );
    assert_eq!(
        registry.get("/subjects?subjectPrefix=orders").seen(),
        (200, json!(["orders-key", "orders-value"]))
    );
    assert_eq!(registry.get("/subjects?subjectPrefix=:.eu:").seen(), (200, json!([":.eu:orders-value"])));
    assert_eq!(registry.get("/subjects?subjectPrefix=:.eu:bids").seen(), (200, json!([])));
    let (status, everywhere) = registry.get("/subjects?subjectPrefix=:*:orders-v").seen();
    let mut everywhere: Vec<String> = serde_json::from_value(everywhere).expect("a list of names");
    everywhere.sort();
    assert_eq!((status, everywhere), (200, vec![":.eu:orders-value".to_owned(), "orders-value".to_owned()]));
}

#[test]
fn subjects_are_paged() {
    let registry = Registry::start();
    for subject in ["a", "b", "c", "d"] {
        registry.register(subject, &record(&[A]));
    }
    assert_eq!(registry.get("/subjects?offset=1&limit=2").seen(), (200, json!(["b", "c"])));
    assert_eq!(registry.get("/subjects?offset=3").seen(), (200, json!(["d"])));
    assert_eq!(registry.get("/subjects?offset=9").seen(), (200, json!([])));
    assert_eq!(registry.get("/subjects?limit=0").seen(), (200, json!(["a", "b", "c", "d"])));
    assert_eq!(registry.get("/subjects?limit=-5").seen(), (200, json!(["a", "b", "c", "d"])));
    registry.get("/subjects?limit=two").assert_refused(404, 404);
    registry.get("/subjects?offset=1.5").assert_refused(404, 404);
}

#[test]
fn deleted_subjects_are_listed_on_request() {
    let registry = Registry::start();
    for subject in ["dead", "half", "live"] {
        registry.register(subject, &record(&[A]));
        registry.register(subject, &record(&[A, B]));
    }
    registry.delete("/subjects/dead");
    registry.delete("/subjects/half/versions/1");
    assert_eq!(registry.get("/subjects").seen(), (200, json!(["half", "live"])));
    assert_eq!(registry.get("/subjects?deleted=true").seen(), (200, json!(["dead", "half", "live"])));
    assert_eq!(registry.get("/subjects?deletedOnly=true").seen(), (200, json!(["dead"])));
    assert_eq!(registry.get("/subjects?deletedOnly=TRUE&deleted=true").seen(), (200, json!(["dead"])));
    assert_eq!(registry.get("/subjects?deleted=yes").seen(), (200, json!(["half", "live"])));
}

#[test]
fn names_may_hold_slashes_blanks_and_any_script() {
    let registry = Registry::start();
    for (encoded, name) in [
        ("a%2Fb", "a/b"),
        ("with%20blank", "with blank"),
        ("plus+sign", "plus+sign"),
        ("per%25cent", "per%cent"),
        ("%D0%BA%D0%BB%D0%B8%D0%BA", "клик"),
        ("%F0%9F%98%80", "😀"),
        ("foo%3Abar", "foo:bar"),
        ("a%3Fb%26c%3Dd", "a?b&c=d"),
    ] {
        let registered = registry.register(encoded, &record(&[A]));
        assert_eq!(registered.status, 200, "{name}: {}", registered.text());
        let answer = registry.get(&format!("/subjects/{encoded}/versions/1"));
        assert_eq!((answer.status, &answer.json()["subject"]), (200, &json!(name)));
        assert_eq!(registry.delete(&format!("/subjects/{encoded}")).seen(), (200, json!([1])));
    }
}

#[test]
fn reserved_names_and_control_characters_are_no_subjects() {
    let registry = Registry::start();
    for encoded in ["__GLOBAL", "__EMPTY", "%3A.ctx%3A__GLOBAL", "%3A.__GLOBAL%3Ax", "%C2%85"] {
        registry.register(encoded, &record(&[A])).assert_refused(422, 42208);
    }
}

#[test]
fn the_default_context_may_be_named() {
    let registry = Registry::start();
    assert_eq!(registry.register("%3A.%3As", &record(&[A])).status, 200);
    assert_eq!(registry.get("/subjects").seen(), (200, json!(["s"])));
    assert_eq!(registry.get("/subjects/%3A.%3As/versions/1").json()["subject"], "s");
}

#[test]
fn a_lookup_reads_the_schema_before_it_looks_for_the_subject() {
    let registry = Registry::start();
    registry.post("/subjects/none", &json!({ "schema": "{" })).assert_refused(422, 42201);
    registry.post("/subjects/none", &json!({ "schema": record(&[A]) })).assert_refused(404, 40401);
    registry.post("/subjects/none", &json!({ "schema": "" })).assert_refused(404, 40401);
    registry.register("s", &record(&[A]));
    registry.post("/subjects/s", &json!({ "schema": "" })).assert_refused(404, 40403);
    registry.post("/subjects/s", &json!({ "schema": record(&[B]) })).assert_refused(404, 40403);
    let found = registry.post("/subjects/s", &json!({ "schema": record(&[A]) }));
    assert_eq!((found.status, &found.json()["version"]), (200, &json!(1)));
}

#[test]
fn a_lookup_of_a_bare_subject_finds_it_in_another_context() {
    let registry = Registry::start();
    registry.register("%3A.eu%3As", &record(&[A]));
    let found = registry.post("/subjects/s", &json!({ "schema": record(&[A]) }));
    assert_eq!((found.status, &found.json()["subject"]), (200, &json!(":.eu:s")));
    registry.post("/subjects/%3A.us%3As", &json!({ "schema": record(&[A]) })).assert_refused(404, 40401);
}

#[test]
fn a_subject_is_deleted_in_two_steps() {
    let registry = Registry::start();
    registry.delete("/subjects/s").assert_refused(404, 40401);
    registry.register("s", &record(&[A]));
    registry.register("s", &record(&[A, B]));
    registry.put("/config/s", &json!({ "compatibility": "NONE" }));
    registry.put("/mode/s", &json!({ "mode": "READWRITE" }));
    registry.delete("/subjects/s?permanent=true").assert_refused(404, 40405);
    assert_eq!(registry.delete("/subjects/s").seen(), (200, json!([1, 2])));
    registry.delete("/subjects/s").assert_refused(404, 40404);
    assert_eq!(registry.get("/config/s").seen(), (200, json!({ "compatibilityLevel": "NONE" })));
    assert_eq!(registry.delete("/subjects/s?permanent=true").seen(), (200, json!([1, 2])));
    registry.delete("/subjects/s?permanent=true").assert_refused(404, 40401);
    registry.get("/config/s").assert_refused(404, 40408);
    registry.get("/mode/s").assert_refused(404, 40409);
}

#[test]
fn ids_are_not_reused_after_a_permanent_delete_and_a_restart() {
    let mut registry = Registry::start();
    registry.register("s", &record(&[A]));
    assert_eq!(registry.register("s", &record(&[A, B])).json()["id"], 2);
    registry.delete("/subjects/s");
    registry.delete("/subjects/s?permanent=true");
    registry.get("/schemas/ids/2").assert_refused(404, 40403);
    registry.restart();
    let again = registry.register("s", &record(&[A, B])).json();
    assert_eq!((&again["id"], &again["version"]), (&json!(3), &json!(1)));
}
