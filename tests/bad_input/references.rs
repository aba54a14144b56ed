//! References that form cycles, diamonds and long chains.

use registry_tests::Answer;
use serde_json::{Value, json};

use crate::Victim;

/// The longest chain that is tried: far more than any server should follow.
const CHAIN: usize = 10_000;

/// Registers a record that has a field of each of some other records' types.
fn register(victim: &Victim, name: &str, needs: &[String]) -> Answer {
    victim.0.post(&format!("/subjects/{name}/versions"), &body(name, needs))
}

fn body(name: &str, needs: &[String]) -> Value {
    let fields: Vec<Value> = needs.iter().map(|need| json!({ "name": need, "type": need })).collect();
    let references: Vec<Value> =
        needs.iter().map(|need| json!({ "name": need, "subject": need, "version": 1 })).collect();
    let schema = json!({ "type": "record", "name": name, "fields": fields });
    json!({ "schema": schema.to_string(), "references": references })
}

#[test]
fn a_diamond_is_resolved_once() {
    let victim = Victim::start();
    let mut below: Vec<String> = Vec::new();
    for layer in 0..40 {
        let names = [format!("L{layer}a"), format!("L{layer}b")];
        for name in &names {
            let answer = victim.checked(register(&victim, name, &below));
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        }
        below = names.to_vec();
    }
    let answer = victim.post("/compatibility/subjects/L39a/versions", &body("L39a", &["L38a".to_owned()]));
    assert_eq!(answer.json(), json!({ "is_compatible": true }));
}

#[test]
fn a_chain_is_followed_up_to_a_limit() {
    let victim = Victim::start();
    let mut needs = Vec::new();
    for link in 0..CHAIN {
        let name = format!("C{link}");
        let answer = register(&victim, &name, &needs);
        if answer.status != 200 {
            victim.checked(answer).assert_refused(422, 42201);
            assert!(link >= 100, "a chain of {link} links is too short for people with many types");
            return;
        }
        needs = vec![name];
    }
    panic!("a chain of {CHAIN} links was followed to its end");
}

#[test]
fn a_cycle_is_refused_or_does_no_harm() {
    let victim = Victim::start();
    victim.post("/subjects/A/versions", &body("A", &["A".to_owned()])).assert_refused(422, 42201);

    let import = |name: &str, needs: &[&str], id: u32| {
        let needs: Vec<String> = needs.iter().map(|&need| need.to_owned()).collect();
        let mut body = body(name, &needs);
        body["id"] = id.into();
        body["version"] = 1.into();
        victim.post(&format!("/subjects/{name}/versions"), &body)
    };
    assert_eq!(victim.0.put("/mode", &json!({ "mode": "IMPORT" })).status, 200);
    assert_eq!(import("A", &[], 1).status, 200);
    assert_eq!(import("B", &["A"], 2).status, 200);
    let closing = import("A", &["B"], 3);
    assert!(matches!(closing.status, 200 | 422), "{}", closing.text());
    assert_eq!(victim.0.put("/mode", &json!({ "mode": "READWRITE" })).status, 200);

    let needs_a = body("C", &["A".to_owned()]);
    let user = victim.post("/subjects/C/versions", &needs_a);
    assert!(matches!((user.status, user.error_code()), (200, None) | (422, Some(42201))), "{}", user.text());
    for path in
        ["/compatibility/subjects/A/versions", "/compatibility/subjects/C/versions/latest", "/subjects/A"]
    {
        victim.post(path, &needs_a);
    }
    for path in
        ["/subjects/A/versions/1", "/subjects/A/versions/1/referencedby", "/schemas/ids/1", "/schemas"]
    {
        victim.checked(victim.0.get(path));
    }
    for path in ["/subjects/C", "/subjects/B", "/subjects/A"] {
        victim.checked(victim.0.delete(path));
    }
}

#[test]
fn broken_references_are_refused() {
    let victim = Victim::start();
    let long: Vec<Value> = (0..20_000)
        .map(|number| json!({ "name": format!("N{number}"), "subject": "none", "version": 1 }))
        .collect();
    for references in [
        json!([{ "name": "N", "subject": "none", "version": 1 }]),
        json!([{ "name": "N", "subject": "s" }]),
        json!([{ "subject": "s", "version": 1 }]),
        json!([{ "name": "N", "version": 1 }]),
        json!([{}]),
        json!([{ "name": "N", "subject": "s", "version": 0 }]),
        json!([{ "name": "N", "subject": "s", "version": -2 }]),
        json!([{ "name": "\u{0}", "subject": "\u{0}", "version": 1 }]),
        json!([{ "name": "N", "subject": ":.ctx", "version": 1 }]),
        Value::Array(long),
    ] {
        let body = json!({ "schema": "\"int\"", "references": references });
        victim.post("/subjects/s/versions", &body).assert_refused(422, 42201);
    }
}
