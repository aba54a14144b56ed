//! Pairs of JSON Schemas: what the precise policy calls compatible is tried with documents of the writer.
//!
//! `JSON_PAIRS=100000` scales it up, `JSON_PAIRS_SEED` moves it elsewhere.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "json_pairs/mod.rs"]
mod pairs;

use jsonschema::Validator;
use pairs::{Choices, changed, near, schema, value};
use schema::evidence::Evidence;
use schema::format::Strictness;
use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_json::Value;

/// Documents that are tried for one pair.
const DOCUMENTS: usize = 60;

fn parse(schema: &Value) -> ParsedSchema {
    let none = ResolvedReferences::none();
    ParsedSchema::parse(SchemaType::Json, &schema.to_string(), &none, Strictness::Stored).unwrap()
}

fn validator(schema: &Value) -> Option<Validator> {
    jsonschema::draft7::options().build(schema).ok()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A writer and a reader, both with the definition that their references lead to.
fn pair(choices: &mut Choices) -> (Value, Value) {
    let mut writer = schema(choices, 3);
    if !writer.is_object() {
        writer = serde_json::json!({"allOf": [writer]});
    }
    writer["definitions"] = serde_json::json!({"d": schema(choices, 1)});
    let mut reader = writer.clone();
    for _ in 0..=choices.below(2) {
        reader = changed(choices, &reader);
    }
    if !reader.is_object() {
        reader = serde_json::json!({"allOf": [reader]});
    }
    if reader["definitions"].get("d").is_none() {
        reader["definitions"] = writer["definitions"].clone();
    }
    (writer, reader)
}

fn findings(reader: &Value, writer: &Value, policy: CompatibilityPolicy) -> Vec<Incompatibility> {
    ParsedSchema::can_read(&parse(reader), &parse(writer), policy).unwrap()
}

/// A document that is valid for the writer and invalid for the reader.
fn counter_example(choices: &mut Choices, writer: &Value, reader: &Value) -> Option<Value> {
    let (writers, readers) = (validator(writer)?, validator(reader)?);
    (0..DOCUMENTS).find_map(|at| {
        let document = match at % 4 {
            0 | 1 => near(choices, writer, writer, 6),
            2 => near(choices, reader, reader, 6),
            _ => value(choices, 3),
        };
        (writers.is_valid(&document) && !readers.is_valid(&document)).then_some(document)
    })
}

#[test]
fn nothing_breaks_what_the_precise_policy_takes() {
    let (count, first) = (setting("JSON_PAIRS", 500), setting("JSON_PAIRS_SEED", 0));
    let (mut compatible, mut broken, mut shown) = (0_u64, 0_u64, 0_u64);
    for seed in first..first + count {
        let mut choices = Choices::new(seed + 1);
        let (writer, reader) = pair(&mut choices);
        let (parsed_writer, parsed_reader) = (parse(&writer), parse(&reader));
        let findings =
            ParsedSchema::can_read(&parsed_reader, &parsed_writer, CompatibilityPolicy::Precise).unwrap();
        let example = counter_example(&mut choices, &writer, &reader);
        match (findings.first(), example) {
            (None, Some(document)) => {
                panic!("seed {seed}\nwriter {writer}\nreader {reader}\ndocument {document}")
            }
            (None, None) => compatible += 1,
            (Some(_), None) => {}
            (Some(finding), Some(_)) => {
                broken += 1;
                let evidence =
                    ParsedSchema::evidence(&parsed_reader, &parsed_writer, std::slice::from_ref(finding));
                shown += u64::from(matches!(evidence.as_deref(), Some([Evidence::Witness(_)])));
            }
        }
    }
    println!("{count} pairs: {compatible} compatible, {broken} broken, {shown} of these with a witness");
    assert!(compatible * 10 > count, "{compatible} of {count} are compatible");
    assert!(shown * 10 >= broken * 6, "{shown} of {broken} broken pairs have a witness");
}

/// What the reference registry's rules do not look at: the reader without it. A document that breaks a pair which the
/// strict policy takes must be refused for one of these, or for several of them together.
const EXCEPTIONS: [(&str, &[&str]); 8] = [
    ("format is not compared", &["format"]),
    ("contains is not compared", &["contains"]),
    ("propertyNames is not compared", &["propertyNames"]),
    ("if, then and else are not compared", &["if", "then", "else"]),
    (
        "patternProperties only cover members that are added or removed",
        &["patternProperties", "additionalProperties"],
    ),
    ("required counts for members that both declare", &["required"]),
    ("a negation is compared with its sides swapped", &["not"]),
    ("several branches of oneOf may take one value", &["oneOf"]),
];

/// The schema without some keywords.
fn without(schema: &Value, keywords: &[&str]) -> Value {
    match schema {
        Value::Object(members) => {
            let mut kept = serde_json::Map::new();
            for (name, value) in members.iter().filter(|(name, _)| !keywords.contains(&name.as_str())) {
                kept.insert(name.clone(), without(value, keywords));
            }
            if let Some(branches) = members.get("oneOf").filter(|_| keywords.contains(&"oneOf")) {
                let any = serde_json::json!({"anyOf": without(branches, keywords)});
                kept.insert(
                    "allOf".to_owned(),
                    serde_json::json!([kept
                        .get("allOf")
                        .map_or(any.clone(), |all| { serde_json::json!({"allOf": [any, {"allOf": all}]}) })]),
                );
            }
            Value::Object(kept)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| without(item, keywords)).collect()),
        other => other.clone(),
    }
}

/// The limits of numbers and of texts.
const LIMITS: [(&[&str], &[&str]); 2] = [
    (&["number", "integer"], &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (&["string"], &["minLength", "maxLength", "pattern", "format"]),
];

/// The schema without limits at a type that they do not concern.
fn without_strays(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let is_stray = |keyword: &str| {
                members.get("type").and_then(Value::as_str).is_some_and(|declared| {
                    LIMITS
                        .iter()
                        .any(|(types, limits)| limits.contains(&keyword) && !types.contains(&declared))
                })
            };
            let kept = members.iter().filter(|(name, _)| !is_stray(name));
            Value::Object(kept.map(|(name, value)| (name.clone(), without_strays(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_strays).collect()),
        other => other.clone(),
    }
}

/// The exception that a broken pair falls under.
fn exception(writer: &Value, reader: &Value, document: &Value) -> Option<&'static str> {
    let takes = |keywords: &[&str]| {
        validator(&without(reader, keywords)).is_some_and(|reader| reader.is_valid(document))
    };
    let one = EXCEPTIONS.iter().find(|(_, keywords)| takes(keywords)).map(|(name, _)| *name);
    // A writer with patterns counts as closed, though it takes members that match none.
    let has_patterns = writer.to_string().contains("patternProperties");
    let one = one.or_else(|| {
        let members = ["properties", "required"];
        let all_members = ["properties", "required", "additionalProperties", "patternProperties"];
        (has_patterns && (takes(&members) || takes(&all_members)))
            .then_some("an object with patternProperties counts as closed")
    });
    let one = one.or_else(|| {
        let findings =
            findings(&without_strays(reader), &without_strays(writer), CompatibilityPolicy::Strict);
        (!findings.is_empty()).then_some("a limit of another type makes a type a combination")
    });
    let all: Vec<&str> = EXCEPTIONS.iter().flat_map(|(_, keywords)| keywords.iter().copied()).collect();
    one.or_else(|| takes(&all).then_some("several of these together"))
}

#[test]
fn what_breaks_under_the_strict_policy_is_documented() {
    let (count, first) = (setting("JSON_PAIRS", 500), setting("JSON_PAIRS_SEED", 0));
    let (mut compatible, mut excepted) = (0_u64, std::collections::BTreeMap::new());
    let mut unexplained = Vec::new();
    for seed in first..first + count {
        let mut choices = Choices::new(seed + 1);
        let (writer, reader) = pair(&mut choices);
        if !findings(&reader, &writer, CompatibilityPolicy::Strict).is_empty() {
            continue;
        }
        compatible += 1;
        if let Some(document) = counter_example(&mut choices, &writer, &reader) {
            match exception(&writer, &reader, &document) {
                Some(name) => *excepted.entry(name).or_insert(0) += 1,
                None => unexplained
                    .push(format!("seed {seed}\nwriter {writer}\nreader {reader}\ndocument {document}")),
            }
        }
    }
    println!("{count} pairs under STRICT: {compatible} compatible, broken all the same: {excepted:?}");
    println!(
        "unexplained: {}\n{}",
        unexplained.len(),
        unexplained.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(unexplained.is_empty(), "{} pairs", unexplained.len());
}

#[test]
fn every_schema_reads_itself() {
    for seed in 0..setting("JSON_PAIRS", 500) {
        let mut choices = Choices::new(seed + 7);
        let (writer, _) = pair(&mut choices);
        let mut titled = writer.clone();
        titled["title"] = "another title".into();
        for reader in [&writer, &titled] {
            let findings = findings(reader, &writer, CompatibilityPolicy::Precise);
            assert!(findings.is_empty(), "{writer}: {:?}", findings.first());
        }
    }
}
