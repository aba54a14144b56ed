//! What the Java library that the reference registry uses answered, and what the reference registry itself stored.

#![cfg(test)]

use schema::avro::AvroSchema;
use schema::fingerprint::guid;
use schema::format::{SchemaFormat, Strictness};
use schema::model::metadata::Metadata;
use schema::model::ruleset::RuleSet;
use schema::model::schema::SchemaReference;
use schema::references::{ResolvedReference, ResolvedReferences};
use serde_json::Value;

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a list of cases")
}

fn references(case: &Value) -> ResolvedReferences {
    let texts = case["references"].as_array().into_iter().flatten();
    let reference = |text: &Value| ResolvedReference {
        name: "a reference".to_owned(),
        text: text.as_str().expect("a text").to_owned(),
    };
    ResolvedReferences { in_order: texts.map(reference).collect() }
}

#[test]
fn answers_are_those_of_the_java_library() {
    let cases = cases(include_str!("recorded/avro.json"));
    assert!(cases.len() > 700);
    for case in &cases {
        let text = case["schema"].as_str().expect("a text");
        let strictness = if case["read"] == "new" { Strictness::New } else { Strictness::Stored };
        let references = references(case);
        let parsed = AvroSchema::parse(text, &references, strictness);
        assert_eq!(parsed.is_err(), case["refused"] == true, "{case}: {parsed:?}");
        let Ok(parsed) = parsed else { continue };
        assert_eq!(Some(parsed.canonical()), case["canonical"].as_str(), "{case}");
        let resolved = case.get("resolved").unwrap_or(&case["canonical"]);
        assert_eq!(parsed.formatted("RESOLVED").ok().as_deref(), resolved.as_str(), "{case}");
        let normalized = parsed.normalized().ok();
        assert_eq!(normalized.as_ref().map(SchemaFormat::canonical), case["normalized"].as_str(), "{case}");
        if let Some(other) = case["other"].as_str() {
            let other = AvroSchema::parse(other, &references, strictness).expect("the other schema");
            assert_eq!(parsed.is_same_definition(&other), case["same"] == true, "{case}");
            assert_eq!(other.is_same_definition(&parsed), case["same"] == true, "{case}");
        }
        let again =
            AvroSchema::parse(parsed.canonical(), &references, strictness).expect("a canonical text parses");
        assert_eq!(again.canonical(), parsed.canonical(), "{case}");
    }
}

#[test]
fn registered_avro_schemas_get_the_recorded_text() {
    let mut seen = 0;
    for case in cases(include_str!("../../tests/conformance/cases/canonical-avro.json")) {
        for step in case["steps"].as_array().expect("steps") {
            let path = step["path"].as_str().expect("a path");
            if step["method"] != "POST" || !path.contains("/versions") {
                continue;
            }
            seen += 1;
            let text = step["body"]["schema"].as_str().expect("a schema");
            let parsed =
                AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New).and_then(|parsed| {
                    if path.ends_with("normalize=true") { parsed.normalized() } else { Ok(parsed) }
                });
            let expected = &step["expect"]["body"];
            assert_eq!(
                parsed.as_ref().ok().map(SchemaFormat::canonical),
                expected["schema"].as_str(),
                "{path}"
            );
            assert_eq!(parsed.is_err(), expected["error_code"] == 42201, "{path}");
        }
    }
    assert!(seen >= 36);
}

/// Walks an answer and compares the guid of everything that has one and the text it was made from.
fn check_guids(answer: &Value, where_from: &str, seen: &mut usize) {
    match answer {
        Value::Array(items) => items.iter().for_each(|item| check_guids(item, where_from, seen)),
        Value::Object(members) => {
            members.values().for_each(|member| check_guids(member, where_from, seen));
            let (Some(expected), Some(text)) = (answer["guid"].as_str(), answer["schema"].as_str()) else {
                return;
            };
            let references: Vec<SchemaReference> = read(&answer["references"]).unwrap_or_default();
            let metadata: Option<Metadata> = read(&answer["metadata"]);
            let rule_set: Option<RuleSet> = read(&answer["ruleSet"]);
            let actual = guid(text, &references, metadata.as_ref(), rule_set.as_ref()).to_string();
            assert_eq!(actual, expected, "{where_from}: {answer}");
            *seen += 1;
        }
        _ => {}
    }
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    (!value.is_null()).then(|| serde_json::from_value(value.clone()).expect("a readable value"))
}

#[test]
fn guids_are_the_recorded_ones() {
    let mut seen = 0;
    for text in [
        include_str!("../../tests/conformance/cases/canonical-avro.json"),
        include_str!("../../tests/conformance/cases/canonical-json.json"),
        include_str!("../../tests/conformance/cases/canonical-protobuf.json"),
        include_str!("../../tests/conformance/cases/compatibility.json"),
        include_str!("../../tests/conformance/cases/contracts.json"),
        include_str!("../../tests/conformance/cases/mode.json"),
        include_str!("../../tests/conformance/cases/references.json"),
        include_str!("../../tests/conformance/cases/schemas.json"),
        include_str!("../../tests/conformance/cases/subjects.json"),
    ] {
        for case in cases(text) {
            for step in case["steps"].as_array().expect("steps") {
                // Another output format keeps the guid of the stored text.
                if !step["path"].as_str().is_some_and(|path| path.contains("format=")) {
                    check_guids(&step["expect"]["body"], &case["name"].to_string(), &mut seen);
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
}
