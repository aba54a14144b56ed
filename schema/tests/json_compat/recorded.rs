//! Replays what the reference registry answered to compatibility questions about JSON schemas, against the checker alone.

use std::collections::BTreeSet;

use schema::compat::Verdict;
use schema::model::config::{CompatibilityLevel, CompatibilityPolicy};
use schema::parsed::ParsedSchema;
use serde_json::Value;

use crate::schemas::{compare, json};

const CASES: &str = include_str!("../../../tests/conformance/cases/compat-json.json");

/// Replays one case and returns how many answers were compared.
fn replay(case: &Value) -> usize {
    let name = case["name"].as_str().unwrap();
    let mut level = CompatibilityLevel::Backward;
    let mut registered: Option<ParsedSchema> = None;
    let mut compared = 0;
    for step in case["steps"].as_array().unwrap() {
        let path = step["path"].as_str().unwrap();
        if path.starts_with("/config/") {
            level = CompatibilityLevel::parse(step["body"]["compatibility"].as_str().unwrap()).unwrap();
            continue;
        }
        let schema = json(step["body"]["schema"].as_str().unwrap());
        let Some(earlier) = registered.as_ref().filter(|_| path.starts_with("/compatibility/")) else {
            registered = Some(schema);
            continue;
        };
        let verdict = compare(level, CompatibilityPolicy::Strict, &schema, earlier);
        let answer = serde_json::json!({
            "is_compatible": verdict.is_compatible(),
            "messages": {"types": error_types(&verdict)},
        });
        assert_eq!(answer, step["expect"]["body"], "{name}: {:#?}", verdict.messages());
        compared += 1;
    }
    compared
}

/// The kinds of difference that a client finds in the messages.
fn error_types(verdict: &Verdict) -> BTreeSet<String> {
    let kind = |message: &String| message.strip_prefix("{errorType:\"")?.split('"').next().map(str::to_owned);
    verdict.messages().iter().filter_map(kind).collect()
}

#[test]
fn every_recorded_json_pair_has_the_recorded_answer() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let compared: usize = cases.iter().map(replay).sum();
    assert_eq!((cases.len(), compared), (790, 790));
}
