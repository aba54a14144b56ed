//! What the reference registry answered when JSON Schemas were registered.

#![cfg(test)]

use schema::fingerprint::guid;
use schema::format::{SchemaFormat, Strictness};
use schema::json::JsonSchema;
use schema::references::ResolvedReferences;
use serde_json::Value;

const CASES: [&str; 5] = [
    include_str!("../../tests/conformance/cases/canonical-json.json"),
    include_str!("../../tests/conformance/cases/compat-json.json"),
    include_str!("../../tests/conformance/cases/contracts.json"),
    include_str!("../../tests/conformance/cases/formats.json"),
    include_str!("../../tests/conformance/cases/schemas.json"),
];

fn steps() -> impl Iterator<Item = Value> {
    let cases = CASES.iter().flat_map(|text| serde_json::from_str::<Vec<Value>>(text).expect("cases"));
    cases.flat_map(|mut case| match case["steps"].take() {
        Value::Array(steps) => steps,
        _ => Vec::new(),
    })
}

fn parse(text: &str, path: &str) -> Option<JsonSchema> {
    let schema = JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::New).ok()?;
    if path.contains("normalize=true") { schema.normalized().ok() } else { Some(schema) }
}

#[test]
fn registered_schemas_get_the_recorded_text() {
    let (mut taken, mut refused) = (0, 0);
    for step in steps() {
        let (body, expect) = (&step["body"], &step["expect"]);
        let path = step["path"].as_str().unwrap_or_default();
        if body["schemaType"] != "JSON" || body["references"].is_array() {
            continue;
        }
        let text = body["schema"].as_str().expect("a schema");
        let parsed = parse(text, path);
        if expect["status"] == 422 {
            assert!(parsed.is_none(), "{step}");
            refused += 1;
            continue;
        }
        let parsed = parsed.unwrap_or_else(|| panic!("{step}"));
        if let Some(canonical) = expect["body"]["schema"].as_str() {
            assert_eq!(parsed.canonical(), canonical, "{step}");
            let guid = guid(canonical, &[], None, None).to_string();
            assert_eq!(Some(guid.as_str()), expect["body"]["guid"].as_str(), "{step}");
        }
        taken += 1;
    }
    assert!(taken > 1600 && refused >= 9, "{taken} {refused}");
}

#[test]
fn recorded_tags_get_the_recorded_text() {
    let mut changed = 0;
    let mut texts: Vec<(String, String)> = Vec::new();
    for step in steps() {
        let path = step["path"].as_str().unwrap_or_default();
        let subject = path.split('/').nth(2).unwrap_or_default().to_owned();
        if step["body"]["schemaType"] == "JSON" {
            texts.push((subject, step["body"]["schema"].as_str().unwrap_or_default().to_owned()));
        } else if path.ends_with("/tags") {
            let Some((_, text)) = texts.iter().rev().find(|(known, _)| *known == subject) else { continue };
            let schema = parse(text, "").expect("a schema");
            let read = |name: &str| serde_json::from_value(step["body"][name].clone()).unwrap_or_default();
            let (add, remove): (Vec<_>, Vec<_>) = (read("tagsToAdd"), read("tagsToRemove"));
            let tagged = schema.retagged(&add, &remove).ok();
            let tagged = tagged.as_ref().map(|schema| schema.canonical().to_owned());
            assert_eq!(tagged.as_deref(), step["expect"]["body"]["schema"].as_str(), "{step}");
            changed += 1;
        }
    }
    assert!(changed >= 1);
}
