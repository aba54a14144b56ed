//! Request bodies that are no JSON, or JSON of the wrong kind.

use registry_tests::raw;
use serde_json::{Value, json};

use crate::{MIB, Victim};

const VERSIONS: &str = "/subjects/s/versions";

/// The largest body that is read.
const BODY_BYTES_MAX: usize = 10 * MIB;

#[test]
fn a_missing_body_is_asked_for() {
    let victim = Victim::start();
    for body in ["", " ", "\r\n\t", "null"] {
        victim.post_bytes(VERSIONS, body.as_bytes()).assert_refused(422, 422);
        victim.post_bytes("/subjects/s", body.as_bytes()).assert_refused(422, 422);
        victim.post_bytes("/compatibility/subjects/s/versions", body.as_bytes()).assert_refused(422, 422);
    }
}

#[test]
fn a_body_that_ends_early_is_malformed() {
    let victim = Victim::start();
    let body = br#"{"schema":"\"int\"","schemaType":"AVRO","references":[],"version":0}"#;
    for end in 1..body.len() {
        victim.post_bytes(VERSIONS, &body[..end]).assert_refused(400, 400);
    }
    assert_eq!(victim.post_bytes(VERSIONS, body).status, 200);
}

#[test]
fn a_body_of_the_wrong_shape_is_malformed() {
    let victim = Victim::start();
    let wrong = [
        "[]",
        "\"text\"",
        "17",
        "{'schema':'x'}",
        r#"{"schema":{}}"#,
        r#"{"schema":[]}"#,
        r#"{"references":{}}"#,
        r#"{"references":["x"]}"#,
        r#"{"metadata":[]}"#,
        r#"{"metadata":{"tags":[]}}"#,
        r#"{"ruleSet":7}"#,
        r#"{"version":"one"}"#,
        r#"{"version":{}}"#,
    ];
    for body in wrong {
        let answer = victim.post_bytes(VERSIONS, body.as_bytes());
        assert_eq!((answer.status, answer.error_code()), (400, Some(400)), "{body}: {}", answer.text());
    }
}

#[test]
fn a_body_may_be_as_large_as_the_limit() {
    let victim = Victim::start();
    let mut body = br#"{"schema":"\"int\""}"#.to_vec();
    body.resize(BODY_BYTES_MAX, b' ');
    assert_eq!(victim.post_bytes(VERSIONS, &body).status, 200);
}

#[test]
fn a_body_past_the_limit_is_refused() {
    let victim = Victim::start();
    let mut body = br#"{"schema":"\"int\""}"#.to_vec();
    body.resize(BODY_BYTES_MAX + 1, b' ');
    let declared = raw::request(victim.address(), b"POST /subjects/s/versions", &[], &body);
    victim.checked(declared.expect("an answer")).assert_refused(413, 413);

    let mut chunked =
        b"POST /subjects/s/versions HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    chunked.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
    chunked.extend_from_slice(&body);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    let undeclared = raw::read_answer(raw::open(victim.address(), &chunked));
    victim.checked(undeclared.expect("an answer")).assert_refused(413, 413);

    let huge = b"POST /subjects/s/versions HTTP/1.1\r\nHost: h\r\nContent-Length: 1099511627776\r\nConnection: close\r\n\r\n{";
    let announced = raw::read_answer(raw::open(victim.address(), huge));
    victim.checked(announced.expect("an answer")).assert_refused(413, 413);
}

#[test]
fn a_body_must_be_utf8() {
    let victim = Victim::start();
    for bytes in [&b"\xff"[..], b"\xc3\x28", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\x80", b"\xed\xa0\x80"] {
        for (before, after) in
            [(&br#"{"schema":""#[..], &br#""}"#[..]), (br#"{"unknown":""#, br#"","schema":"\"int\""}"#)]
        {
            let body = [before, bytes, after].concat();
            victim.post_bytes(VERSIONS, &body).assert_refused(400, 400);
        }
    }
    victim.post_bytes(VERSIONS, b"\xff\xfe{\x00}\x00").assert_refused(400, 400);
}

#[test]
fn a_body_nested_too_deep_is_malformed() {
    let victim = Victim::start();
    for levels in [1_001, 100_000, 1_000_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let nested = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let known = format!(r#"{{"schema":{nested}}}"#);
            victim.post_bytes(VERSIONS, known.as_bytes()).assert_refused(400, 400);
            let unknown = format!(r#"{{"schema":"\"int\"","unknown":{nested}}}"#);
            victim.post_bytes(VERSIONS, unknown.as_bytes()).assert_refused(400, 400);
            victim.post_bytes(VERSIONS, open.repeat(levels).as_bytes()).assert_refused(400, 400);
        }
    }
}

#[test]
fn the_last_of_repeated_names_counts() {
    let victim = Victim::start();
    let answer = victim.post_bytes(VERSIONS, br#"{"schema":"\"int\"","schema":"\"long\""}"#);
    assert_eq!((answer.status, &answer.json()["schema"]), (200, &json!("\"long\"")));
    victim.post_bytes(VERSIONS, br#"{"schema":"\"int\"","schema":"{"}"#).assert_refused(422, 42201);
}

#[test]
fn unknown_names_are_ignored() {
    let victim = Victim::start();
    let body = json!({ "schema": "\"int\"", "colour": "green", "nested": { "deep": [1, 2, { "x": null }] } });
    assert_eq!(victim.post(VERSIONS, &body).status, 200);
    let body =
        json!({ "schema": "\"int\"", "references": [], "metadata": { "properties": {}, "unknown": 1 } });
    assert_eq!(victim.post(VERSIONS, &body).status, 200);
}

#[test]
fn numbers_out_of_range_are_refused() {
    let victim = Victim::start();
    for number in ["2147483648", "-2147483649", "99999999999999999999999", "1e400"] {
        for name in ["version", "id"] {
            let body = format!(r#"{{"schema":"\"int\"","{name}":{number}}}"#);
            victim.post_bytes(VERSIONS, body.as_bytes()).assert_refused(400, 400);
        }
        let body = format!(
            r#"{{"schema":"\"int\"","references":[{{"name":"n","subject":"s","version":{number}}}]}}"#
        );
        victim.post_bytes(VERSIONS, body.as_bytes()).assert_refused(400, 400);
    }
    for query in ["limit=2147483648", "offset=-2147483649", "limit=1e3", "offset="] {
        let answer = victim.checked(victim.0.get(&format!("/subjects?{query}")));
        assert!(matches!(answer.status, 200 | 404), "{query}: {}", answer.text());
    }
    victim.checked(victim.0.get("/schemas/ids/99999999999999999999")).assert_refused(404, 404);
}

#[test]
fn texts_where_they_must_be_short_are_refused_shortly() {
    let victim = Victim::start();
    let long = "x".repeat(MIB);
    let schema = "\"int\"";
    let put = |path: &str, body: &Value| victim.checked(victim.0.put(path, body));
    victim.post(VERSIONS, &json!({ "schema": long })).assert_refused(422, 42201);
    victim.post(VERSIONS, &json!({ "schema": schema, "schemaType": long })).assert_refused(422, 42201);
    let reference = json!([{ "name": long, "subject": long, "version": 1 }]);
    victim.post(VERSIONS, &json!({ "schema": schema, "references": reference })).assert_refused(422, 42201);
    let rule =
        json!({ "domainRules": [{ "name": long, "type": "CEL", "kind": "CONDITION", "mode": "READ" }] });
    victim.post(VERSIONS, &json!({ "schema": schema, "ruleSet": rule })).assert_refused(422, 42210);
    put("/config", &json!({ "compatibility": long })).assert_refused(422, 42203);
    put("/mode", &json!({ "mode": long })).assert_refused(422, 42204);
}

#[test]
fn texts_that_may_be_long_are_kept() {
    let victim = Victim::start();
    let long = "x".repeat(MIB);
    let body = json!({ "schema": "\"int\"", "metadata": { "properties": { "key": long } } });
    assert_eq!(victim.post(VERSIONS, &body).status, 200);
    assert_eq!(victim.0.get("/subjects/s/versions/1").json()["metadata"], body["metadata"]);
    assert_eq!(victim.0.put("/config/s", &json!({ "compatibilityGroup": long })).status, 200);
    assert_eq!(victim.0.get("/config/s").json()["compatibilityGroup"], long);
    victim.is_well();
}
