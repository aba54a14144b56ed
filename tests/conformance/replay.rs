//! Sends the steps of a case and collects what differs.

use std::collections::HashMap;

use registry_tests::{Answer, Client};
use serde_json::{Value, json};

use crate::case::{Body, Case, Step};
use crate::compare::{Normaliser, equal};

const ACCEPT: &str = "application/vnd.schemaregistry.v1+json, application/json";

/// Characters of a text that a report shows.
const TEXT_SHOWN: usize = 700;

/// Values that earlier answers of a case gave to later steps.
type Saved = HashMap<String, Value>;

/// Runs a case; the result tells every difference from the recording.
pub(crate) fn run(client: &Client, case: &Case) -> Vec<String> {
    let (mut saved, mut normaliser) = (Saved::new(), Normaliser::default());
    let mut differences = Vec::new();
    for (index, step) in case.steps.iter().enumerate() {
        let answer = send(client, step, &saved);
        let body = parsed(&answer);
        let got = seen(step, &answer, &body, &mut normaliser);
        for (name, path) in &step.save {
            saved.insert(name.clone(), lookup(&body, path));
        }
        let as_recorded = match &step.expect {
            Some(want) if want["body"] == "*" => got["status"] == want["status"],
            Some(want) => equal(&got, want),
            None => answer.status < 500,
        };
        if !as_recorded {
            differences.push(difference(index, step, &got));
        }
    }
    if case.changes_globals {
        put_globals_back(client);
    }
    differences
}

fn send(client: &Client, step: &Step, saved: &Saved) -> Answer {
    let body = step.body.as_ref().map(|body| match body {
        Body::Json(value) => filled(value.as_str().map_or_else(|| value.to_string(), str::to_owned), saved),
        Body::Raw(text) => text.clone(),
    });
    let mut headers = vec![("Accept", ACCEPT)];
    if body.is_some() {
        headers.push(("Content-Type", registry_tests::client::REGISTRY_JSON));
    }
    for (name, value) in &step.headers {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name, value));
    }
    client.send(&step.method, &filled(step.path.clone(), saved), &headers, body.as_deref().map(str::as_bytes))
}

/// Puts saved values in place of `{name}`. Only names that were saved are touched, so JSON's braces survive.
fn filled(mut text: String, saved: &Saved) -> String {
    for (name, value) in saved {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    text
}

/// The body as JSON where it is JSON, nothing where it is empty, and otherwise its text.
fn parsed(answer: &Answer) -> Body {
    if answer.body.is_empty() {
        return Body::Json(Value::Null);
    }
    match serde_json::from_slice(&answer.body) {
        Ok(value) => Body::Json(value),
        Err(_) => Body::Raw(answer.text()),
    }
}

fn seen(step: &Step, answer: &Answer, body: &Body, normaliser: &mut Normaliser) -> Value {
    let body = match body {
        Body::Json(Value::Array(items)) if step.answers_ids => normaliser.ids(items),
        Body::Json(value) => normaliser.body(value),
        Body::Raw(text) => Value::String(text.clone()),
    };
    let mut got = json!({ "status": answer.status, "body": body });
    if step.content_type_counts {
        got["content_type"] = answer.content_type().into();
    }
    got
}

fn lookup(body: &Body, path: &str) -> Value {
    let Body::Json(value) = body else { return Value::Null };
    let mut found = value;
    for part in path.split('.') {
        let next = match found {
            Value::Array(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
            other => other.get(part),
        };
        found = next.unwrap_or(&Value::Null);
    }
    found.clone()
}

fn difference(index: usize, step: &Step, got: &Value) -> String {
    let sent = match &step.body {
        Some(Body::Json(value)) => format!("    sent   {}\n", shortened(&value.to_string())),
        Some(Body::Raw(text)) => format!("    sent   {text:?}\n"),
        None => String::new(),
    };
    let want = step.expect.as_ref().map_or_else(|| "any status below 500".to_owned(), Value::to_string);
    let (want, got) = (shortened(&want), shortened(&got.to_string()));
    format!(
        "  step {} {} {}\n{sent}    wanted {want}\n    got    {got}",
        index + 1,
        step.method,
        shortened(&step.path)
    )
}

fn shortened(text: &str) -> String {
    text.chars().take(TEXT_SHOWN).collect()
}

/// Leaves the global level as the next case expects it, whatever this one did.
fn put_globals_back(client: &Client) {
    client.put("/mode?force=true", &json!({ "mode": "READWRITE" }));
    client.delete("/config");
    client.put("/config", &json!({ "compatibility": "BACKWARD" }));
}
