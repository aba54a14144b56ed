//! Replays what the reference registry answered to compatibility questions about Protobuf, against the checker alone.

#![cfg(test)]

use std::collections::BTreeSet;

use schema::compat::{Earlier, Newer, Question, Verdict, check};
use schema::format::Strictness;
use schema::model::config::CompatibilityLevel;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_json::Value;

const PROTOBUF: &str = include_str!("../../tests/conformance/cases/compat-protobuf.json");

fn protobuf(text: &str) -> ParsedSchema {
    ParsedSchema::parse(SchemaType::Protobuf, text, &ResolvedReferences::none(), Strictness::New)
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Replays one case and returns how many answers were compared.
fn replay(case: &Value) -> usize {
    let name = case["name"].as_str().unwrap();
    let mut level = CompatibilityLevel::Backward;
    let mut earlier: Option<ParsedSchema> = None;
    let mut compared = 0;
    for step in case["steps"].as_array().unwrap() {
        let (path, body) = (step["path"].as_str().unwrap(), &step["body"]);
        if path.starts_with("/config/") {
            level = CompatibilityLevel::parse(body["compatibility"].as_str().unwrap()).unwrap();
            continue;
        }
        let newer = protobuf(body["schema"].as_str().unwrap());
        if path.starts_with("/compatibility/") {
            let earlier = [Earlier { version: 1, schema: earlier.as_ref().unwrap() }];
            let verdict = check(Question::at(level), Newer { version: 2, schema: &newer }, &earlier);
            let answer = serde_json::json!({
                "is_compatible": verdict.is_compatible(),
                "messages": {"types": error_types(&verdict)},
            });
            assert_eq!(answer, step["expect"]["body"], "{name}: {:#?}", verdict.messages());
            assert_eq!(verdict.is_compatible(), verdict.findings().is_empty(), "{name}");
            compared += 1;
        } else {
            earlier = Some(newer);
        }
    }
    compared
}

/// The kinds of difference that a client finds in the messages.
fn error_types(verdict: &Verdict) -> BTreeSet<String> {
    let kind = |message: &String| message.strip_prefix("{errorType:\"")?.split('"').next().map(str::to_owned);
    verdict.messages().iter().filter_map(kind).collect()
}

#[test]
fn every_recorded_protobuf_pair_has_the_recorded_answer() {
    let cases: Vec<Value> = serde_json::from_str(PROTOBUF).unwrap();
    let compared: usize = cases.iter().map(replay).sum();
    assert_eq!((cases.len(), compared), (288, 288));
}
