//! What of an answer counts, and when two answers are the same.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

/// Fields whose values differ from run to run.
const VOLATILE: &[&str] = &["ts", "createTs", "timestamp", "maxId"];

/// Rewrites answers so that they compare: ids become `#1`, `#2`, … in the order in which a case meets them, errors keep
/// their code, and compatibility messages keep their kinds.
#[derive(Debug, Default)]
pub(crate) struct Normaliser {
    ids: HashMap<i64, String>,
}

impl Normaliser {
    pub(crate) fn body(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => self.object(fields),
            Value::Array(items) => items.iter().map(|item| self.body(item)).collect(),
            other => other.clone(),
        }
    }

    /// A list that holds ids and nothing else.
    pub(crate) fn ids(&mut self, items: &[Value]) -> Value {
        if items.iter().all(Value::is_i64) {
            items.iter().map(|item| self.id(item)).collect()
        } else {
            items.iter().map(|item| self.body(item)).collect()
        }
    }

    fn object(&mut self, fields: &Map<String, Value>) -> Value {
        if let Some(code) = fields.get("error_code") {
            return json!({ "error_code": code });
        }
        let mut kept = Map::new();
        for (name, value) in fields {
            let value = match (name.as_str(), value) {
                (name, _) if VOLATILE.contains(&name) => continue,
                ("id", Value::Number(number)) if number.is_i64() => self.id(value),
                ("messages", Value::Array(messages)) => json!({ "types": kinds(messages) }),
                _ => self.body(value),
            };
            kept.insert(name.clone(), value);
        }
        Value::Object(kept)
    }

    fn id(&mut self, value: &Value) -> Value {
        let next = format!("#{}", self.ids.len() + 1);
        let id = value.as_i64().expect("callers pass integers");
        Value::String(self.ids.entry(id).or_insert(next).clone())
    }
}

/// The kinds of difference that messages name: `errorType:'KIND'`.
fn kinds(messages: &[Value]) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for message in messages {
        let text = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
        for rest in text.split("errorType:").skip(1) {
            let rest = rest.trim_start();
            let rest = rest.strip_prefix('\'').unwrap_or(rest);
            let rest = rest.strip_prefix('"').unwrap_or(rest);
            let is_kind = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            let end = rest.find(|c| !is_kind(c)).unwrap_or(rest.len());
            if end > 0 {
                kinds.insert(rest[..end].to_owned());
            }
        }
    }
    kinds
}

/// Equality of JSON where `1` and `1.0` are the same number.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| equal(left, right)))
        }
        _ => left == right,
    }
}

#[test]
fn answers_are_compared_by_what_counts() {
    let mut normaliser = Normaliser::default();
    let got = normaliser.body(&json!([
        { "id": 7, "ts": 1, "messages": ["{errorType:'NAME_MISMATCH', x}", "errorType: \"TYPE_MISMATCH\"", "other"] },
        { "id": 3, "fields": [{ "id": 7 }], "size": 1.0 },
        { "error_code": 40401, "message": "whatever" },
    ]));
    let want = json!([
        { "id": "#1", "messages": { "types": ["NAME_MISMATCH", "TYPE_MISMATCH"] } },
        { "id": "#2", "fields": [{ "id": "#1" }], "size": 1 },
        { "error_code": 40401 },
    ]);
    assert!(equal(&got, &want), "{got}");
    assert!(!equal(&json!({ "a": 1 }), &json!({ "a": 1, "b": null })));
    assert!(!equal(&json!([1]), &json!([2])));
}
