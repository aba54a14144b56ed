//! Answers of the reference registry's own code to generated schemas, for Protobuf and JSON Schema.
//!
//! An entry with `deviates` is one where another answer is given on purpose; it must still be another one, so that a
//! reason that no longer holds is noticed.

#![cfg(test)]

use std::collections::BTreeSet;

use schema::format::{ParseError, Strictness};
use schema::incompatibility::Direction;
use schema::model::config::CompatibilityPolicy;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};
use serde_json::Value;

/// What a case asks of a language.
type Answer = fn(SchemaType, &Value) -> Result<BTreeSet<String>, ParseError>;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// `case` is a text, or an object with the text and the texts that it refers to.
fn parse(language: SchemaType, case: &Value, strictness: Strictness) -> Result<ParsedSchema, ParseError> {
    let schema = case.get("schema").unwrap_or(case);
    let references = case["references"].as_array().into_iter().flatten();
    let reference = |it: &Value| ResolvedReference { name: text(&it["name"]), text: text(&it["schema"]) };
    let references = ResolvedReferences { in_order: references.map(reference).collect() };
    ParsedSchema::parse(language, &text(schema), &references, strictness)
}

/// A JSON Schema counts as read once its references lead somewhere, a Protobuf schema before its types are looked for.
fn read(language: SchemaType, case: &Value) -> Result<ParsedSchema, ParseError> {
    let strictness = if language == SchemaType::Json { Strictness::New } else { Strictness::Stored };
    let schema = parse(language, case, strictness)?;
    if language == SchemaType::Json {
        schema.linked()?;
    }
    Ok(schema)
}

fn canonical(language: SchemaType, case: &Value) -> Result<BTreeSet<String>, ParseError> {
    let schema = read(language, case)?;
    let again = parse(language, &Value::String(schema.canonical().to_owned()), Strictness::Stored);
    if case.get("references").is_none() {
        assert_eq!(again.expect("a canonical text parses").canonical(), schema.canonical(), "{case}");
    }
    Ok(BTreeSet::from([schema.canonical().to_owned()]))
}

fn normalized(language: SchemaType, case: &Value) -> Result<BTreeSet<String>, ParseError> {
    let schema = parse(language, case, Strictness::New)?.normalized()?;
    Ok(BTreeSet::from([schema.canonical().to_owned()]))
}

fn incompatibilities(language: SchemaType, case: &Value) -> Result<BTreeSet<String>, ParseError> {
    let (reader, writer) = (read(language, &case["reader"])?, read(language, &case["writer"])?);
    let policy = match case["policy"].as_str() {
        Some("LENIENT") => CompatibilityPolicy::Lenient,
        _ => CompatibilityPolicy::Strict,
    };
    let findings = ParsedSchema::can_read(&reader, &writer, policy).expect("one language");
    Ok(findings.iter().map(|finding| reader.message(finding, Direction::Backward)).collect())
}

fn expected(case: &Value) -> Option<BTreeSet<String>> {
    if case["refused"] == true {
        return None;
    }
    case.get("text")
        .map(|it| BTreeSet::from([text(it)]))
        .or_else(|| Some(case["messages"].as_array().expect("messages").iter().map(text).collect()))
}

/// Replays a file and returns how many of its answers are the same.
fn replay(language: SchemaType, cases: &str, answer: Answer) -> usize {
    let cases: Vec<Value> = serde_json::from_str(cases).expect("a list of cases");
    let mut same = 0;
    for case in &cases {
        let answered = answer(language, case);
        let agrees = answered.as_ref().ok() == expected(case).as_ref();
        let deviates = case.get("deviates").is_some();
        assert_eq!(agrees, !deviates, "{case:#}\nwas answered with {answered:#?}");
        same += usize::from(agrees);
    }
    same
}

#[test]
fn canonical_protobuf() {
    let cases = include_str!("recorded/protobuf-canonical.json");
    assert!(replay(SchemaType::Protobuf, cases, canonical) > 200);
}

#[test]
fn compatible_protobuf() {
    let cases = include_str!("recorded/protobuf-compat.json");
    assert!(replay(SchemaType::Protobuf, cases, incompatibilities) > 100);
}

#[test]
fn canonical_json() {
    let cases = include_str!("recorded/json-canonical.json");
    assert!(replay(SchemaType::Json, cases, canonical) > 100);
}

#[test]
fn normalized_protobuf() {
    let cases = include_str!("recorded/protobuf-normalize.json");
    assert!(replay(SchemaType::Protobuf, cases, normalized) > 200);
}

#[test]
fn compatible_json() {
    let cases = include_str!("recorded/json-compat.json");
    assert!(replay(SchemaType::Json, cases, incompatibilities) > 200);
}
