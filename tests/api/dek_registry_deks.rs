//! `/dek-registry/v1/keks/{name}/deks/…`: data encryption keys.

use registry_tests::Registry;
use serde_json::{Value, json};

use crate::dek_registry::{KEKS, kek, shared_kek};

/// A registry with a key encryption key `k`, and the path below it.
fn with_kek() -> (Registry, String) {
    let registry = Registry::start();
    assert_eq!(registry.post(KEKS, &kek("k")).status, 200);
    (registry, format!("{KEKS}/k/deks"))
}

/// A body that is accepted.
fn wrapped(version: i32) -> Value {
    json!({ "version": version, "encryptedKeyMaterial": format!("AAA{version}") })
}

#[test]
fn a_key_is_named_by_subject_algorithm_and_version() {
    let (registry, deks) = with_kek();
    let made =
        registry.post(&format!("{deks}/s"), &json!({ "subject": "other", "encryptedKeyMaterial": "AAAA" }));
    let shown = json!({
        "kekName": "k", "subject": "s", "version": 1, "algorithm": "AES256_GCM", "encryptedKeyMaterial": "AAAA"
    });
    assert_eq!(made.seen(), (200, shown));
    let siv = json!({ "algorithm": "AES256_SIV", "version": 3, "encryptedKeyMaterial": "BBBB" });
    assert_eq!(registry.post(&format!("{deks}/s"), &siv).status, 200);
    registry.post(&format!("{deks}/s"), &wrapped(2));

    assert_eq!(registry.get(&format!("{deks}/s")).json(), made.json(), "the first, not the latest");
    registry.get(&format!("{deks}/s?algorithm=AES256_SIV")).assert_refused(404, 40470);
    let versions = |query: &str| registry.get(&format!("{deks}/s/versions?{query}")).seen().1;
    assert_eq!(versions(""), json!([1, 2]));
    assert_eq!(versions("algorithm=AES256_SIV"), json!([3]));
    assert_eq!(versions("algorithm=AES128_GCM"), json!([]));
    assert_eq!(versions("offset=1&limit=5"), json!([2]));
    for (version, found) in [("latest", 2), ("-1", 2), ("1", 1)] {
        assert_eq!(
            registry.get(&format!("{deks}/s/versions/{version}")).json()["version"],
            found,
            "{version}"
        );
    }
    let latest_siv = registry.get(&format!("{deks}/s/versions/latest?algorithm=AES256_SIV"));
    assert_eq!(latest_siv.json()["encryptedKeyMaterial"], "BBBB");
    assert_eq!(registry.get(&deks).seen(), (200, json!(["s"])));
}

#[test]
fn requests_are_checked_in_order() {
    let (registry, deks) = with_kek();
    registry.get(&format!("{KEKS}/1/deks/%20/versions/x?algorithm=NOPE")).assert_refused(404, 404);
    registry.get(&format!("{KEKS}/1/deks/s/versions/x")).assert_refused(422, 42271);
    registry.get(&format!("{KEKS}/none/deks/s/versions/x")).assert_refused(422, 42202);
    for version in ["0", "-2", "x", "2147483648"] {
        registry.get(&format!("{deks}/s/versions/{version}")).assert_refused(422, 42202);
    }
    let missing_kek = registry.get(&format!("{KEKS}/none/deks/s/versions/1"));
    missing_kek.assert_refused(404, 40470);
    assert!(missing_kek.text().contains("'none'"), "{}", missing_kek.text());
    let missing_dek = registry.get(&format!("{deks}/s/versions/1"));
    missing_dek.assert_refused(404, 40470);
    assert!(missing_dek.text().contains("'s'"), "{}", missing_dek.text());
    registry.get(&format!("{KEKS}/none/deks/s/versions")).assert_refused(404, 40470);
    assert_eq!(registry.get(&format!("{deks}/s/versions")).seen(), (200, json!([])));
    for query in ["algorithm=aes256_gcm", "offset=x"] {
        registry.get(&format!("{deks}/s/versions?{query}")).assert_refused(404, 404);
    }
}

#[test]
fn bodies_are_checked_in_order() {
    let (registry, deks) = with_kek();
    let refusals = [
        ("1/deks/s", json!({ "algorithm": "NOPE" }), 400, 400),
        ("1/deks/s", json!({}), 422, 42271),
        ("k/deks", json!({}), 422, 42271),
        ("k/deks", json!({ "subject": "a\u{7}", "encryptedKeyMaterial": "AAAA" }), 422, 42271),
        ("none/deks/s", json!({}), 404, 40470),
        ("k/deks/s", json!({}), 422, 42271),
        ("k/deks/s", json!({ "version": "x" }), 400, 400),
    ];
    for (path, body, status, code) in refusals {
        registry.post(&format!("{KEKS}/{path}"), &body).assert_refused(status, code);
    }
    assert_eq!(registry.get(&deks).seen(), (200, json!([])));
}

#[test]
fn any_version_is_kept_but_only_those_from_one_are_seen() {
    let (registry, deks) = with_kek();
    for version in [7, 0, -1] {
        let made = registry.post(&format!("{deks}/s"), &wrapped(version));
        assert_eq!((made.status, &made.json()["version"]), (200, &json!(version)));
    }
    registry.post(&format!("{deks}/s"), &wrapped(0)).assert_refused(409, 40971);
    assert_eq!(registry.get(&format!("{deks}/s/versions")).seen(), (200, json!([7])));
    assert_eq!(registry.get(&format!("{deks}/s/versions/-1")).json()["version"], 7);
    registry.get(&format!("{deks}/s")).assert_refused(404, 40470);
}

#[test]
fn versions_go_softly_first() {
    let (registry, deks) = with_kek();
    let path = format!("{deks}/s");
    for version in 1..=3 {
        registry.post(&path, &wrapped(version));
    }
    registry.delete(&format!("{path}/versions/2?permanent=true")).assert_refused(404, 40471);
    assert_eq!(registry.delete(&format!("{path}/versions/latest")).status, 204);
    assert_eq!(registry.get(&format!("{path}/versions")).seen(), (200, json!([1, 2])));
    assert_eq!(registry.get(&format!("{path}/versions/latest")).json()["version"], 2);
    assert_eq!(registry.get(&format!("{path}/versions/latest?deleted=true")).json()["deleted"], true);
    registry.delete(&format!("{path}?permanent=true")).assert_refused(404, 40471);
    assert_eq!(registry.get(&format!("{path}/versions?deleted=true")).seen(), (200, json!([1, 2, 3])));
    assert_eq!(registry.delete(&format!("{path}/versions/3?permanent=true")).status, 204);
    assert_eq!(registry.get(&format!("{path}/versions?deleted=true")).seen(), (200, json!([1, 2])));

    assert_eq!(registry.delete(&path).status, 204);
    registry.get(&path).assert_refused(404, 40470);
    assert_eq!(registry.get(&deks).seen(), (200, json!([])));
    assert_eq!(registry.get(&format!("{deks}?deleted=true")).seen(), (200, json!(["s"])));
    assert_eq!(registry.post(&format!("{path}/versions/1/undelete"), &json!({})).status, 204);
    assert_eq!(registry.get(&format!("{path}/versions")).seen(), (200, json!([1])));
    assert_eq!(registry.post(&format!("{path}/undelete"), &json!({})).status, 204);
    assert_eq!(registry.get(&format!("{path}/versions")).seen(), (200, json!([1, 2])));

    registry.delete(&format!("{path}?algorithm=AES128_GCM")).assert_refused(404, 40470);
    registry.post(&format!("{path}/versions/9/undelete"), &json!({})).assert_refused(404, 40470);
    registry.delete(&format!("{path}/versions/9")).assert_refused(404, 40470);
}

#[test]
fn only_the_same_key_is_undeleted_by_making_it_again() {
    let (registry, deks) = with_kek();
    let path = format!("{deks}/s");
    registry.post(&path, &wrapped(1));
    registry.post(&path, &wrapped(1)).assert_refused(409, 40971);
    registry.delete(&path);
    registry.post(&path, &json!({ "encryptedKeyMaterial": "BBBB" })).assert_refused(409, 40971);
    assert_eq!(registry.post(&path, &wrapped(1)).status, 200);
    assert_eq!(registry.get(&format!("{path}/versions")).seen(), (200, json!([1])));
    let rewrapped = registry.post(&format!("{path}?rewrap=true"), &json!({ "encryptedKeyMaterial": "BBBB" }));
    assert_eq!((rewrapped.status, &rewrapped.json()["encryptedKeyMaterial"]), (200, &json!("BBBB")));
    assert_eq!(registry.get(&path).json(), rewrapped.json());
}

#[test]
fn a_deleted_key_takes_only_deleted_ones() {
    let (registry, deks) = with_kek();
    registry.delete(&format!("{KEKS}/k"));
    registry.post(&format!("{deks}/s"), &wrapped(1)).assert_refused(404, 40470);
    let mut deleted = wrapped(1);
    deleted["deleted"] = json!(true);
    assert_eq!(registry.post(&format!("{deks}/s"), &deleted).json()["deleted"], true);
    registry.get(&deks).assert_refused(404, 40470);
    assert_eq!(registry.get(&format!("{deks}?deleted=true")).seen(), (200, json!(["s"])));
    assert_eq!(registry.get(&format!("{deks}/s?deleted=true")).json()["deleted"], true);
}

#[test]
fn a_shared_key_keeps_what_clients_have_wrapped() {
    let registry = Registry::start();
    registry.post(KEKS, &shared_kek("k"));
    let path = format!("{KEKS}/k/deks/s");
    registry.post(&path, &json!({})).assert_refused(500, 50070);
    let made = registry.post(&path, &wrapped(1));
    assert_eq!((made.status, &made.json()["keyMaterial"]), (200, &Value::Null));
    assert_eq!(registry.get(&path).json(), made.json());
    registry.post(&format!("{path}?rewrap=true"), &wrapped(1)).assert_refused(409, 40971);
    registry.post(&format!("{path}?rewrap=true"), &json!({})).assert_refused(500, 50070);
}

#[test]
fn subjects_are_those_of_the_context() {
    let (registry, deks) = with_kek();
    let in_eu = format!("/contexts/eu{deks}");
    registry.post(&format!("{deks}/s"), &wrapped(1));
    assert_eq!(registry.post(&format!("{in_eu}/s"), &wrapped(2)).json()["subject"], ":.eu:s");
    assert_eq!(registry.get(&deks).seen(), (200, json!([":.eu:s", "s"])));
    assert_eq!(registry.get(&in_eu).seen(), (200, json!([":.eu:s", "s"])));
    assert_eq!(registry.get(&format!("/contexts/eu{KEKS}")).seen(), (200, json!(["k"])));
    assert_eq!(registry.get(&format!("{in_eu}/s/versions")).seen(), (200, json!([2])));
    assert_eq!(registry.get(&format!("{deks}/%3A.eu%3As/versions/2")).json()["encryptedKeyMaterial"], "AAA2");
    assert_eq!(registry.get(&format!("{KEKS}?subjectPrefix=:.eu:")).seen(), (200, json!(["k"])));
}

#[test]
fn an_alias_for_keys_comes_before_an_alias() {
    let (registry, deks) = with_kek();
    registry.put("/config/a", &json!({ "alias": "schemas" }));
    registry.put("/config/b", &json!({ "alias": "schemas", "aliasForDeks": "keys" }));
    for (named, meant) in [("a", "schemas"), ("b", "keys"), ("c", "c")] {
        assert_eq!(
            registry.post(&format!("{deks}/{named}"), &wrapped(1)).json()["subject"],
            meant,
            "{named}"
        );
        assert_eq!(registry.get(&format!("{deks}/{named}/versions/1")).json()["subject"], meant, "{named}");
    }
    let plain = json!({ "subject": "b", "encryptedKeyMaterial": "AAAA" });
    assert_eq!(registry.post(&deks, &plain).json()["subject"], "b", "a body is taken by its word");
    assert_eq!(registry.get(&deks).seen(), (200, json!(["b", "c", "keys", "schemas"])));
    registry.put("/config/b", &json!({ "aliasForDeks": null }));
    assert_eq!(registry.get(&format!("{deks}/b")).json()["subject"], "schemas", "what was kept is stale");
}

#[test]
fn keys_outlive_the_process() {
    let (mut registry, deks) = with_kek();
    registry.post(&format!("{deks}/s"), &wrapped(1));
    let (kek, dek) = (registry.get(&format!("{KEKS}/k")).json(), registry.get(&format!("{deks}/s")).json());
    registry.restart();
    assert_eq!(registry.get(&format!("{KEKS}/k")).json(), kek);
    assert_eq!(registry.get(&format!("{deks}/s")).json(), dek);
    assert_eq!(registry.get("/subjects?deleted=true").seen(), (200, json!([])), "a key is no schema");
}
