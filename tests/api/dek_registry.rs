//! `/dek-registry/v1/keks`: key encryption keys.

use registry_tests::{Answer, Client, Registry};
use serde_json::{Value, json};

pub(crate) const KEKS: &str = "/dek-registry/v1/keks";

/// A body that is accepted.
pub(crate) fn kek(name: &str) -> Value {
    json!({ "name": name, "kmsType": "local", "kmsKeyId": "id" })
}

/// The same, of a key that the registry may use.
pub(crate) fn shared_kek(name: &str) -> Value {
    json!({ "name": name, "kmsType": "local", "kmsKeyId": "id", "shared": true })
}

#[track_caller]
fn refused_for(answer: &Answer, field: &str) {
    answer.assert_refused(422, 42271);
    let message = answer.json()["message"].to_string();
    assert!(message.contains(&format!("'{field}'")), "{field}: {message}");
}

fn put(registry: &Client, path: &str, body: &Value) -> (u16, Value) {
    registry.put(&format!("{KEKS}/{path}"), body).seen()
}

#[test]
fn a_key_shows_what_it_was_given() {
    let registry = Registry::start();
    let given = json!({
        "name": "k", "kmsType": "AWS", "kmsKeyId": "arn:aws:kms:x", "kmsProps": { "b": "2", "a": "1" },
        "doc": "d", "shared": true, "unknown": [1]
    });
    let shown = json!({
        "name": "k", "kmsType": "aws-kms", "kmsKeyId": "arn:aws:kms:x", "kmsProps": { "a": "1", "b": "2" },
        "doc": "d", "shared": true
    });
    let made = registry.post(KEKS, &given);
    assert_eq!(made.seen(), (200, shown));
    assert!(made.json()["ts"].as_i64().is_some_and(|ts| ts > 1_700_000_000_000));
    assert_eq!(registry.get(&format!("{KEKS}/k")).json(), made.json());
    assert_eq!(registry.get(KEKS).seen(), (200, json!(["k"])));
}

#[test]
fn the_fields_of_a_new_key_are_checked_in_order() {
    let registry = Registry::start();
    let longest = "a".repeat(256);
    let cases = [
        (json!({}), "name"),
        (json!({ "name": "1a", "kmsType": "t" }), "name"),
        (json!({ "name": "a.b", "kmsType": "t", "kmsKeyId": "k" }), "name"),
        (json!({ "name": format!("{longest}a"), "kmsType": "t", "kmsKeyId": "k" }), "name"),
        (json!({ "name": "k" }), "kmsKeyId"),
        (json!({ "name": "k", "kmsKeyId": "k" }), "kmsType"),
        (json!({ "name": "k", "kmsType": "aws-kms", "kmsKeyId": "k" }), "kmsKeyId"),
        (json!({ "name": "k", "kmsType": "azure-kms", "kmsKeyId": "http://k" }), "kmsKeyId"),
        (json!({ "name": "k", "kmsType": "gcp-kms", "kmsKeyId": "k" }), "kmsKeyId"),
        (json!({ "name": "k", "kmsType": "hcvault", "kmsKeyId": "k" }), "kmsKeyId"),
    ];
    for (body, field) in cases {
        refused_for(&registry.post(KEKS, &body), field);
    }
    for body in [json!([]), json!("k"), json!({ "name": "k", "kmsProps": 1 })] {
        registry.post(KEKS, &body).assert_refused(400, 400);
    }
    assert_eq!(registry.get(KEKS).seen(), (200, json!([])));
    assert_eq!(registry.post(KEKS, &kek(&longest)).status, 200);
    refused_for(&registry.get(&format!("{KEKS}/1a")), "name");
    refused_for(&registry.get(&format!("{KEKS}/1a/deks")), "name");
}

#[test]
fn a_change_keeps_clears_and_sets() {
    let registry = Registry::start();
    let mut body = kek("k");
    body["kmsProps"] = json!({ "p": "1" });
    body["doc"] = json!("d");
    let made = registry.post(KEKS, &body).json();

    let same = registry.put(&format!("{KEKS}/k"), &json!({ "doc": "d", "kmsType": "other" }));
    assert_eq!((same.status, same.json()), (200, made), "nothing has changed, the time neither");
    let cleared =
        json!({ "name": "k", "kmsType": "local", "kmsKeyId": "id", "kmsProps": {}, "shared": false });
    assert_eq!(put(&registry, "k", &json!({ "kmsProps": null, "doc": null })), (200, cleared.clone()));
    let mut set = cleared;
    set["shared"] = json!(true);
    set["doc"] = json!("new");
    assert_eq!(put(&registry, "k", &json!({ "shared": true, "doc": "new" })), (200, set.clone()));
    assert_eq!(registry.get(&format!("{KEKS}/k")).seen(), (200, set));

    registry.put(&format!("{KEKS}/none"), &json!({})).assert_refused(404, 40470);
    registry.delete(&format!("{KEKS}/k"));
    registry.put(&format!("{KEKS}/k"), &json!({ "doc": "late" })).assert_refused(404, 40470);
}

#[test]
fn only_the_same_key_is_undeleted_by_making_it_again() {
    let registry = Registry::start();
    registry.post(KEKS, &kek("k"));
    registry.post(KEKS, &kek("k")).assert_refused(409, 40971);
    assert_eq!(registry.delete(&format!("{KEKS}/k")).status, 204);
    assert_eq!(registry.delete(&format!("{KEKS}/k")).status, 204, "softly deleted already");
    registry.post(KEKS, &shared_kek("k")).assert_refused(409, 40971);
    let mut deleted = kek("k");
    deleted["deleted"] = json!(true);
    registry.post(KEKS, &deleted).assert_refused(409, 40971);
    let back = registry.post(KEKS, &kek("k"));
    assert_eq!((back.status, &back.json()["deleted"]), (200, &Value::Null));
    assert_eq!(registry.get(KEKS).seen(), (200, json!(["k"])));

    deleted["name"] = json!("born-deleted");
    assert_eq!(registry.post(KEKS, &deleted).json()["deleted"], true);
    assert_eq!(registry.get(&format!("{KEKS}?deleted=true")).seen(), (200, json!(["born-deleted", "k"])));
}

#[test]
fn a_key_goes_softly_first_and_what_it_wraps_before_it() {
    let registry = Registry::start();
    let (path, dek) = (format!("{KEKS}/k"), format!("{KEKS}/k/deks/s"));
    registry.post(KEKS, &kek("k"));
    registry.post(&dek, &json!({ "encryptedKeyMaterial": "AAAA" }));
    registry.delete(&path).assert_refused(422, 42272);
    registry.delete(&format!("{path}?permanent=true")).assert_refused(422, 42272);
    assert_eq!(registry.delete(&dek).status, 204);
    assert_eq!(registry.delete(&path).status, 204);
    registry.delete(&format!("{path}?permanent=true")).assert_refused(422, 42272);

    registry.post(&format!("{dek}/undelete"), &json!({})).assert_refused(404, 40472);
    assert_eq!(registry.post(&format!("{path}/undelete"), &json!({})).status, 204);
    assert_eq!(registry.post(&format!("{path}/undelete"), &json!({})).status, 204, "live already");
    assert_eq!(registry.post(&format!("{dek}/undelete"), &json!({})).status, 204);

    registry.delete(&dek);
    assert_eq!(registry.delete(&format!("{dek}?permanent=true")).status, 204);
    registry.delete(&format!("{path}?permanent=true")).assert_refused(404, 40471);
    registry.delete(&path);
    assert_eq!(registry.delete(&format!("{path}?permanent=true")).status, 204);
    registry.post(&format!("{path}/undelete"), &json!({})).assert_refused(404, 40470);
    registry.delete(&path).assert_refused(404, 40470);
}

#[test]
fn keys_are_listed_by_page_and_by_the_subjects_they_wrap_for() {
    let registry = Registry::start();
    for name in ["c", "a", "B", "_"] {
        registry.post(KEKS, &kek(name));
    }
    registry.post(&format!("{KEKS}/a/deks/orders"), &json!({ "encryptedKeyMaterial": "AAAA" }));
    registry.post(&format!("{KEKS}/c/deks/clicks"), &json!({ "encryptedKeyMaterial": "AAAA" }));
    registry.delete(&format!("{KEKS}/c/deks/clicks"));
    let listed = |query: &str| registry.get(&format!("{KEKS}?{query}")).seen();
    assert_eq!(listed(""), (200, json!(["B", "_", "a", "c"])));
    assert_eq!(listed("offset=1&limit=2"), (200, json!(["_", "a"])));
    assert_eq!(listed("limit=0"), (200, json!(["B", "_", "a", "c"])));
    assert_eq!(listed("subjectPrefix=ord"), (200, json!(["a"])));
    assert_eq!(listed("subjectPrefix=click&subjectPrefix=order"), (200, json!(["a"])));
    assert_eq!(listed("subjectPrefix=click&subjectPrefix=order&deleted=true"), (200, json!(["a", "c"])));
    assert_eq!(listed("subjectPrefix="), (200, json!(["a"])));
    registry.get(&format!("{KEKS}?limit=x")).assert_refused(404, 404);
    registry.get(&format!("{KEKS}?offset=-1")).assert_refused(400, 400);
}

#[test]
fn what_takes_a_key_management_system_is_refused() {
    let registry = Registry::start();
    registry.post(&format!("{KEKS}?testSharing=true"), &shared_kek("k")).assert_refused(500, 50070);
    assert_eq!(registry.post(&format!("{KEKS}?testSharing=true"), &kek("k")).status, 200);
    registry.post(&format!("{KEKS}/none/test"), &json!({})).assert_refused(404, 40470);
    refused_for(&registry.post(&format!("{KEKS}/k/test"), &json!({})), "shared");
    registry
        .put(&format!("{KEKS}/k?testSharing=true"), &json!({ "shared": true }))
        .assert_refused(500, 50070);
    assert_eq!(put(&registry, "k", &json!({ "shared": true })).0, 200);
    registry.post(&format!("{KEKS}/k/test"), &json!({})).assert_refused(500, 50070);
    registry.put(&format!("{KEKS}/k?testSharing=true"), &json!({ "doc": "d" })).assert_refused(500, 50070);
}

#[test]
fn there_is_a_most_of_each_kind_of_key() {
    let registry = Registry::start_with(&["--dek-registry-keys-max", "1"]);
    for name in ["a", "b"] {
        assert_eq!(registry.post(KEKS, &kek(name)).status, 200, "{name}");
        let dek = registry.post(&format!("{KEKS}/{name}/deks/s"), &json!({ "encryptedKeyMaterial": "AAAA" }));
        assert_eq!(dek.status, 200, "{name}");
    }
    registry.post(KEKS, &kek("c")).assert_refused(409, 40972);
    registry.post(&format!("{KEKS}/a/deks/t"), &json!({})).assert_refused(409, 40972);
}
