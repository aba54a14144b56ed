//! `/mode`, and what a mode allows elsewhere.

use registry_tests::{Answer, Registry};
use serde_json::json;

use crate::{A, B, C, record};

fn import(registry: &Registry, subject: &str, schema: &str, numbers: (i32, i32)) -> Answer {
    let body = json!({ "schema": schema, "id": numbers.0, "version": numbers.1 });
    registry.post(&format!("/subjects/{subject}/versions"), &body)
}

#[test]
fn import_keeps_ids_and_versions() {
    let registry = Registry::start();
    registry.put("/mode/s", &json!({ "mode": "IMPORT" }));
    registry.register("s", &record(&[A])).assert_refused(422, 42205);
    let first = import(&registry, "s", &record(&[A]), (100, 7)).json();
    assert_eq!((&first["id"], &first["version"]), (&json!(100), &json!(7)));
    let second = import(&registry, "s", &record(&[A]), (101, 8)).json();
    assert_eq!((&second["id"], &second["guid"]), (&json!(101), &first["guid"]), "two ids of one content");
    import(&registry, "s", &record(&[B]), (100, 9)).assert_refused(422, 42205);
    assert_eq!(import(&registry, "s", &record(&[C]), (50, 3)).status, 200, "incompatible, and out of order");
    assert_eq!(registry.get("/subjects/s/versions").seen(), (200, json!([3, 7, 8])));

    registry.put("/mode/s", &json!({ "mode": "READWRITE" }));
    registry.put("/config/s", &json!({ "compatibility": "NONE" }));
    let next = registry.register("s", &record(&[A, B])).json();
    assert_eq!((&next["id"], &next["version"]), (&json!(102), &json!(9)));
}

#[test]
fn import_needs_an_empty_place_or_force() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.put("/mode/s", &json!({ "mode": "IMPORT" })).assert_refused(422, 42205);
    registry.put("/mode", &json!({ "mode": "IMPORT" })).assert_refused(422, 42205);
    assert_eq!(registry.put("/mode/t", &json!({ "mode": "IMPORT" })).status, 200);
    assert_eq!(
        registry.put("/mode/s?force=true", &json!({ "mode": "import" })).seen(),
        (200, json!({ "mode": "import" }))
    );
    assert_eq!(registry.get("/mode/s").seen(), (200, json!({ "mode": "IMPORT" })));
}

#[test]
fn import_clears_what_was_soft_deleted() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    registry.delete("/subjects/s");
    assert_eq!(registry.put("/mode/s", &json!({ "mode": "IMPORT" })).status, 200);
    registry.get("/subjects/s/versions?deleted=true").assert_refused(404, 40401);
}

#[test]
fn an_id_is_given_only_while_importing() {
    let registry = Registry::start();
    import(&registry, "s", &record(&[A]), (5, 1)).assert_refused(422, 42205);
    registry.get("/subjects/s/versions").assert_refused(404, 40401);
}

#[test]
fn read_only_keeps_everything_as_it_is() {
    let registry = Registry::start();
    registry.register("s", &record(&[A]));
    for mode in ["READONLY", "READONLY_OVERRIDE"] {
        registry.put("/mode/s", &json!({ "mode": mode }));
        assert_eq!(registry.register("s", &record(&[A])).json()["id"], 1, "a known schema is not a change");
        registry.register("s", &record(&[A, B])).assert_refused(422, 42205);
        registry.delete("/subjects/s").assert_refused(422, 42205);
        registry.delete("/subjects/s/versions/1").assert_refused(422, 42205);
        registry.put("/config/s", &json!({ "compatibility": "NONE" })).assert_refused(422, 42205);
    }
    assert_eq!(registry.register("t", &record(&[B])).status, 200);
    assert_eq!(registry.delete("/mode/s").status, 200);
    assert_eq!(registry.register("s", &record(&[A, B])).json()["version"], 2);
}

#[test]
fn a_mode_is_inherited_and_cleared() {
    let registry = Registry::start();
    registry.put("/mode", &json!({ "mode": "READONLY" }));
    registry.register("s", &record(&[A])).assert_refused(422, 42205);
    registry.get("/mode/s").assert_refused(404, 40409);
    assert_eq!(registry.get("/mode/s?defaultToGlobal=true").seen(), (200, json!({ "mode": "READONLY" })));
    registry.put("/mode/s", &json!({ "mode": "READWRITE" }));
    assert_eq!(registry.register("s", &record(&[A])).status, 200);
    assert_eq!(registry.put("/mode/s", &json!({ "mode": null })).seen(), (200, json!({ "mode": null })));
    registry.get("/mode/s").assert_refused(404, 40409);
    registry.delete("/mode/s").assert_refused(404, 40401);
}

#[test]
fn a_bad_mode_is_refused() {
    let registry = Registry::start();
    registry.put("/mode", &json!({ "mode": "SOMETIMES" })).assert_refused(422, 42204);
    registry.put("/mode", &json!({ "mode": "FORWARD" })).assert_refused(422, 42204);
    registry.put("/mode/__GLOBAL", &json!({ "mode": "SOMETIMES" })).assert_refused(422, 42208);
    let empty = registry.put("/mode", &json!({}));
    assert!((400..500).contains(&empty.status), "{}", empty.text());
    assert_eq!(registry.get("/mode").seen(), (200, json!({ "mode": "READWRITE" })));
}
