//! Content types, headers that every answer carries, and slashes at the end of a path.

use registry_tests::Registry;
use serde_json::json;

use crate::{A, record};

const V1: &str = "application/vnd.schemaregistry.v1+json";
const REGISTRY: &str = "application/vnd.schemaregistry+json";
const JSON: &str = "application/json";

#[test]
fn the_best_accepted_type_is_sent() {
    let registry = Registry::start();
    let cases = [
        (None, V1),
        (Some("*/*"), V1),
        (Some("application/*"), V1),
        (Some(V1), V1),
        (Some(REGISTRY), REGISTRY),
        (Some(JSON), JSON),
        (Some("application/json; charset=utf-8"), JSON),
        (
            Some(
                "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
            ),
            V1,
        ),
        (Some("application/json, application/vnd.schemaregistry+json"), REGISTRY),
        (Some("application/json; q=0.9, application/vnd.schemaregistry+json; q=0.1"), JSON),
        (Some("text/html, */*; q=0.1"), V1),
        (Some("text/html, application/json; q=0.2"), JSON),
    ];
    for (accept, content_type) in cases {
        let headers: Vec<_> = accept.iter().map(|&accept| ("Accept", accept)).collect();
        let answer = registry.send("GET", "/subjects", &headers, None);
        assert_eq!((answer.status, answer.content_type()), (200, content_type), "Accept: {accept:?}");
    }
}

#[test]
fn what_cannot_be_sent_is_not_acceptable() {
    let registry = Registry::start();
    for accept in ["text/html", "application/xml", "application/json; q=0", "image/png, text/*"] {
        registry.send("GET", "/subjects", &[("Accept", accept)], None).assert_refused(406, 406);
    }
}

#[test]
fn errors_come_in_the_accepted_type() {
    let registry = Registry::start();
    for content_type in [V1, REGISTRY, JSON] {
        let answer = registry.send("GET", "/subjects/none/versions", &[("Accept", content_type)], None);
        answer.assert_refused(404, 40401);
        assert_eq!(answer.content_type(), content_type);
    }
}

#[test]
fn bodies_are_json_by_any_of_its_names() {
    let registry = Registry::start();
    let body = json!({ "schema": record(&[A]) }).to_string();
    let accepted = [V1, REGISTRY, JSON, "application/json; charset=utf-8", "application/octet-stream"];
    for content_type in accepted {
        let headers = [("Content-Type", content_type)];
        let answer = registry.send("POST", "/subjects/s/versions", &headers, Some(body.as_bytes()));
        assert_eq!((answer.status, answer.json()["id"].clone()), (200, json!(1)), "{content_type}");
    }
    let answer = registry.send("POST", "/subjects/s/versions", &[], Some(body.as_bytes()));
    assert_eq!(answer.status, 200, "without a content type: {}", answer.text());
    for content_type in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let headers = [("Content-Type", content_type)];
        let answer = registry.send("POST", "/subjects/s/versions", &headers, Some(body.as_bytes()));
        answer.assert_refused(415, 415);
    }
}

#[test]
fn answers_vary_by_encoding_only() {
    let registry = Registry::start();
    let answers = [
        registry.get("/subjects"),
        registry.get("/subjects/none/versions"),
        registry.register("s", &record(&[A])),
        registry.get("/schemas/ids/1/schema"),
    ];
    for answer in answers {
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"), "{}", answer.text());
    }
}

#[test]
fn a_request_id_is_kept_or_made() {
    let registry = Registry::start();
    let answer = registry.send("GET", "/subjects", &[("X-Request-ID", "abc-1")], None);
    assert_eq!(answer.header("x-request-id"), Some("abc-1"));

    let blank = registry.send("GET", "/subjects", &[("X-Request-ID", " ")], None);
    let twice = registry.send("GET", "/subjects", &[("X-Request-ID", "a"), ("X-Request-ID", "b")], None);
    let made = [registry.get("/subjects"), registry.get("/none"), blank, twice];
    for (index, answer) in made.iter().enumerate() {
        let id = answer.header("x-request-id").unwrap_or_default();
        assert!(is_random_uuid(id), "answer {index} has the request id {id:?}");
    }
    assert_ne!(made[0].header("x-request-id"), made[1].header("x-request-id"));
}

fn is_random_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts[2].starts_with('4')
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[test]
fn a_schema_alone_is_sent_as_its_text() {
    let registry = Registry::start();
    let text = record(&[A]);
    registry.register("s", &format!(" {text} "));
    for path in
        ["/subjects/s/versions/1/schema", "/subjects/s/versions/latest/schema", "/schemas/ids/1/schema"]
    {
        let answer = registry.get(path);
        assert_eq!((answer.status, answer.text()), (200, text.clone()), "{path}");
        assert_eq!(answer.content_type(), V1, "{path}");
        let answer = registry.send("GET", path, &[("Accept", JSON)], None);
        assert_eq!(answer.content_type(), JSON, "{path}");
    }
}

#[test]
fn a_slash_at_the_end_changes_nothing() {
    let registry = Registry::start();
    let body = json!({ "schema": record(&[A]) });
    assert_eq!(registry.post("/subjects/s/versions/", &body).status, 200);
    assert_eq!(registry.get("/subjects/s/versions/").seen(), (200, json!([1])));
    assert_eq!(registry.get("/subjects/s/versions/1/").json()["id"], 1);
    assert_eq!(registry.get("/config/").seen(), (200, json!({ "compatibilityLevel": "BACKWARD" })));
    assert_eq!(registry.get("/mode/").seen(), (200, json!({ "mode": "READWRITE" })));
    assert_eq!(registry.get("/contexts/").seen(), (200, json!(["."])));
    assert_eq!(
        registry.post("/compatibility/subjects/s/versions/", &body).seen(),
        (200, json!({ "is_compatible": true }))
    );
}
