//! Replays what the reference registry answered to compatibility questions, against the checker alone.

#![cfg(test)]

mod parsing;

use std::collections::BTreeSet;

use parsing::avro;
use schema::compat::{Earlier, Newer, Question, Verdict, check};
use schema::model::config::CompatibilityLevel;
use schema::parsed::ParsedSchema;
use serde_json::Value;

const AVRO: &str = include_str!("../../tests/conformance/cases/compat-avro.json");
const LEVELS: &str = include_str!("../../tests/conformance/cases/compatibility.json");

/// One subject of a registry, as far as compatibility goes.
struct Subject {
    level: CompatibilityLevel,
    versions: Vec<ParsedSchema>,
}

impl Subject {
    fn check(&self, newer: &ParsedSchema, versions: usize) -> Verdict {
        let number = |index: usize| i32::try_from(index + 1).unwrap();
        let earlier: Vec<Earlier<'_>> = self
            .versions
            .iter()
            .enumerate()
            .rev()
            .take(versions)
            .map(|(index, schema)| Earlier { version: number(index), schema })
            .collect();
        let newer = Newer { version: number(self.versions.len()), schema: newer };
        check(Question::at(self.level), newer, &earlier)
    }

    /// Registers the schema and returns the HTTP status.
    fn register(&mut self, newer: ParsedSchema) -> u64 {
        if self.versions.iter().any(|schema| schema.canonical() == newer.canonical()) {
            return 200;
        }
        if !self.check(&newer, usize::MAX).is_compatible() {
            return 409;
        }
        self.versions.push(newer);
        200
    }
}

/// Replays one case and returns how many answers were compared.
fn replay(case: &Value) -> usize {
    let name = case["name"].as_str().unwrap();
    let mut subject = Subject { level: CompatibilityLevel::Backward, versions: Vec::new() };
    let mut compared = 0;
    for (index, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        let (method, path) = (step["method"].as_str().unwrap(), step["path"].as_str().unwrap());
        let expected = &step["expect"];
        let newer = || avro(step["body"]["schema"].as_str().unwrap());
        if method == "PUT" && path.starts_with("/config/") {
            let level = step["body"]["compatibility"].as_str().unwrap();
            subject.level = CompatibilityLevel::parse(level).unwrap();
        } else if method == "POST" && path.starts_with("/subjects/") {
            assert_eq!(Some(subject.register(newer())), expected["status"].as_u64(), "{name}, step {index}");
            compared += 1;
        } else if method == "POST" && path.starts_with("/compatibility/") {
            let versions = if path.contains("/versions/latest") { 1 } else { usize::MAX };
            let verdict = subject.check(&newer(), versions);
            let answer = serde_json::json!({
                "is_compatible": verdict.is_compatible(),
                "messages": {"types": error_types(&verdict)},
            });
            assert_eq!(answer, expected["body"], "{name}, step {index}: {:#?}", verdict.messages());
            assert_eq!(verdict.is_compatible(), verdict.findings().is_empty(), "{name}");
            compared += 1;
        }
    }
    compared
}

/// The kinds of difference that a client finds in the messages.
fn error_types(verdict: &Verdict) -> BTreeSet<String> {
    let kind = |message: &String| message.strip_prefix("{errorType:'")?.split('\'').next().map(str::to_owned);
    verdict.messages().iter().filter_map(kind).collect()
}

#[test]
fn every_recorded_avro_pair_has_the_recorded_answer() {
    let cases: Vec<Value> = serde_json::from_str(AVRO).unwrap();
    let compared: usize = cases.iter().map(replay).sum();
    assert_eq!((cases.len(), compared), (664, 1328));
}

#[test]
fn every_recorded_level_has_the_recorded_answers() {
    let cases: Vec<Value> = serde_json::from_str(LEVELS).unwrap();
    // The case "endpoints" is about paths and faulty bodies.
    let levels: Vec<&Value> = cases.iter().filter(|case| case["name"] != "endpoints").collect();
    let compared: usize = levels.iter().map(|case| replay(case)).sum();
    assert_eq!((levels.len(), compared), (7, 113));
}
