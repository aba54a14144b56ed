//! Every read sees every write that was answered before it, whatever was asked and kept before.

use registry_tests::Registry;
use serde_json::{Value, json};

use crate::{A, record};

fn variant(number: usize) -> String {
    record(&[A, &format!(r#"{{"name":"f{number}","type":"int","default":0}}"#)])
}

#[test]
fn a_new_version_is_the_latest_at_once() {
    let registry = Registry::start();
    let reader = registry.connect();
    for number in 1..=50 {
        assert_eq!(registry.register("s", &variant(number)).json()["version"], number);
        assert_eq!(reader.get("/subjects/s/versions/latest").json()["version"], number);
        assert_eq!(reader.get("/subjects/s/versions/-1/schema").text(), variant(number));
        assert_eq!(reader.get("/subjects/s/versions").json().as_array().map(Vec::len), Some(number));
        assert_eq!(reader.get("/schemas?latestOnly=true").json()[0]["version"], number);
    }
}

#[test]
fn a_deleted_version_is_gone_at_once() {
    let registry = Registry::start();
    let reader = registry.connect();
    let seen = |path: &str| reader.get(path).seen();
    for round in 0..10 {
        registry.register("s", &variant(1));
        registry.register("s", &variant(2));
        let versions: Vec<i64> = serde_json::from_value(seen("/subjects/s/versions").1).expect("versions");
        let [first, second] = versions[..] else { panic!("round {round}: {versions:?}") };
        assert_eq!(seen("/schemas/types").0, 200);
        assert_eq!(seen(&format!("/subjects/s/versions/{second}")).0, 200);
        assert_eq!(registry.delete(&format!("/subjects/s/versions/{second}")).status, 200);
        assert_eq!(seen(&format!("/subjects/s/versions/{second}")).0, 404);
        assert_eq!(seen(&format!("/subjects/s/versions/{second}?deleted=true")).1["deleted"], true);
        assert_eq!(seen("/subjects/s/versions/latest").1["version"], first);
        let id = seen("/subjects/s/versions/latest").1["id"].clone();
        assert_eq!(seen(&format!("/schemas/ids/{id}")).1["deleted"], false);
        assert_eq!(registry.delete("/subjects/s").status, 200);
        assert_eq!(seen("/subjects/s/versions/latest").0, 404);
        assert_eq!(seen("/subjects").1, json!([]));
        assert_eq!(seen(&format!("/schemas/ids/{id}")).1["deleted"], true);
        assert_eq!(registry.delete("/subjects/s?permanent=true").status, 200);
        assert_eq!(seen(&format!("/schemas/ids/{id}")).0, 404);
        assert_eq!(seen("/subjects?deleted=true").1, json!([]));
    }
}

#[test]
fn a_setting_counts_at_once() {
    let registry = Registry::start();
    let writer = registry.connect();
    registry.register("s", &record(&[A]));
    registry.register("other", "\"string\"");
    let incompatible = json!({ "schema": "\"string\"" });
    let compatible = || {
        let answer = registry.post("/compatibility/subjects/s/versions/latest", &incompatible);
        answer.json()["is_compatible"].clone()
    };
    for _ in 0..10 {
        writer.put("/config/s", &json!({ "compatibility": "NONE" }));
        assert_eq!(compatible(), true);
        writer.put("/config/s", &json!({ "compatibility": "FULL" }));
        assert_eq!(compatible(), false);
        writer.delete("/config/s");
        writer.put("/config", &json!({ "compatibility": "NONE" }));
        assert_eq!(compatible(), true);
        writer.delete("/config");
        assert_eq!(compatible(), false);

        writer.put("/config/s", &json!({ "alias": "other" }));
        assert_eq!(registry.get("/subjects/s/versions/1").json()["subject"], "other");
        writer.delete("/config/s");
        assert_eq!(registry.get("/subjects/s/versions/1").json()["subject"], "s");

        writer.put("/mode/s", &json!({ "mode": "READONLY" }));
        registry.register("s", &variant(1)).assert_refused(422, 42205);
        writer.delete("/mode/s");
    }
}

#[test]
fn a_kept_answer_serves_only_its_own_question() {
    let registry = Registry::start();
    let body = json!({ "schema": record(&[A]), "metadata": { "properties": { "owner": "ads" } } });
    registry.post("/subjects/s/versions", &body);
    registry.post("/subjects/t/versions", &body);
    let path = "/schemas/ids/1";
    for _ in 0..2 {
        assert_eq!(registry.get(path).json()["subject"], "s");
        assert_eq!(registry.get("/schemas/ids/1?subject=t").json()["subject"], "t");
        assert_eq!(registry.get("/schemas/ids/1?fetchMaxId=true").json()["maxId"], 1);
        assert_eq!(registry.get(path).json().get("maxId"), None);
        assert_eq!(registry.get("/contexts/eu/schemas/ids/1").status, 404);
        for accept in ["application/json", "application/vnd.schemaregistry+json"] {
            let answer = registry.send("GET", path, &[("Accept", accept)], None);
            assert_eq!((answer.status, answer.content_type()), (200, accept));
        }
        registry.send("GET", path, &[("Accept", "text/html")], None).assert_refused(406, 406);
        let answer = registry.send("GET", path, &[("X-Request-ID", "mine")], None);
        assert_eq!(answer.header("x-request-id"), Some("mine"));
        registry.send("PUT", path, &[], None).assert_refused(405, 405);
    }
}

#[test]
fn a_packed_answer_is_the_same_answer() {
    let registry = Registry::start();
    let fields: Vec<String> =
        (0..500).map(|number| format!(r#"{{"name":"field_number_{number}","type":"int"}}"#)).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    registry.register("s", &record(&fields));
    let plain = registry.get("/schemas/ids/1");
    let packed = registry.send("GET", "/schemas/ids/1", &[("Accept-Encoding", "gzip")], None);
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), (None, Some("gzip")));
    assert!(packed.body.len() < plain.body.len() / 2, "{} of {} bytes", packed.body.len(), plain.body.len());
    assert_eq!(unpacked(&packed.body), plain.json());
    assert_eq!(registry.get("/schemas/ids/1").body, plain.body);
    let refused = registry.send("GET", "/schemas/ids/1", &[("Accept-Encoding", "gzip;q=0")], None);
    assert_eq!((refused.header("content-encoding"), &refused.body), (None, &plain.body));
}

/// Unpacks through a program, so that the crate needs no library for one test.
fn unpacked(packed: &[u8]) -> Value {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), packed).expect("a file");
    let gzip = std::fs::File::open(file.path()).expect("a file");
    let text = registry_tests::run(std::process::Command::new("gzip").arg("-dc").stdin(gzip));
    serde_json::from_str(&text).expect("JSON")
}
