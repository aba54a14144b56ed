//! What the reference registry stored for Protobuf schemas, and what it refused.

#![cfg(test)]

use schema::fingerprint::guid;
use schema::format::{SchemaFormat, Strictness};
use schema::protobuf::ProtobufSchema;
use schema::references::ResolvedReferences;
use serde_json::Value;

const RECORDED: [&str; 3] = [
    include_str!("../../tests/conformance/cases/canonical-protobuf.json"),
    include_str!("../../tests/conformance/cases/formats.json"),
    include_str!("../../tests/conformance/cases/contracts.json"),
];

/// The schema as it would be stored, if it would be.
fn stored(text: &str, normalize: bool) -> Option<ProtobufSchema> {
    let parsed = ProtobufSchema::parse(text, &ResolvedReferences::none(), Strictness::New).ok()?;
    let stored = if normalize { parsed.normalized().ok()? } else { parsed };
    (stored.linked().is_ok() && stored.novelty().is_none()).then_some(stored)
}

#[test]
fn registered_schemas_get_the_recorded_text() {
    let mut seen = 0;
    for cases in RECORDED {
        let cases: Vec<Value> = serde_json::from_str(cases).expect("a list of cases");
        for step in cases.iter().flat_map(|case| case["steps"].as_array().expect("steps")) {
            let (path, body) = (step["path"].as_str().expect("a path"), &step["body"]);
            let is_registration = step["method"] == "POST" && path.contains("/versions");
            if !is_registration || body["schemaType"] != "PROTOBUF" || body.get("references").is_some() {
                continue;
            }
            let text = body["schema"].as_str().expect("a text");
            let stored = stored(text, path.contains("normalize=true"));
            let answer = &step["expect"];
            assert_eq!(stored.is_some(), answer["status"] == 200, "{text}");
            let Some(stored) = stored else { continue };
            assert_eq!(Some(stored.canonical()), answer["body"]["schema"].as_str(), "{text}");
            let hash = guid(stored.canonical(), &[], None, None).to_string();
            assert_eq!(Some(hash.as_str()), answer["body"]["guid"].as_str(), "{text}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}
