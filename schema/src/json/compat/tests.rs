use super::*;
use crate::format::{SchemaFormat, Strictness};
use crate::incompatibility::CHECK_FAILED;
use crate::references::ResolvedReferences;

fn parse(text: &str) -> JsonSchema {
    JsonSchema::parse(text, &ResolvedReferences::none(), Strictness::New).unwrap()
}

fn union(count: usize, kind: &str) -> String {
    let part =
        |number: usize| format!(r#"{{"type":"object","properties":{{"p{number}":{{"type":"{kind}"}}}}}}"#);
    let parts: Vec<String> = (0..count).map(part).collect();
    format!(r#"{{"oneOf":[{}]}}"#, parts.join(","))
}

#[test]
fn work_is_bounded() {
    let (reader, writer) = (parse(&union(10, "string")), parse(&union(10, "string")));
    let within = |work| can_read_within(&reader, &writer, CompatibilityPolicy::Strict, work);
    let enough = (0..10_000).find(|&work| within(work).is_empty()).unwrap();
    assert!(enough < 1_000, "{enough}");
    for work in 0..enough {
        let kinds: Vec<&str> = within(work).iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [CHECK_FAILED], "{work} of {enough}");
    }
}

#[test]
fn what_cannot_be_loaded_is_not_compared() {
    let broken = r#"{"type":"strange"}"#;
    let broken = JsonSchema::parse(broken, &ResolvedReferences::none(), Strictness::Stored).unwrap();
    let findings = can_read(&parse("{}"), &broken, CompatibilityPolicy::Strict);
    assert_eq!(findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [CHECK_FAILED]);
    assert!(findings[0].reason.starts_with("the writer is no schema that can be compared: "));
}

#[test]
fn patterns_cost_work() {
    let patterns: Vec<String> = (0..50).map(|number| format!(r#""^x{number}$":{{"type":"null"}}"#)).collect();
    let writer = format!(r#"{{"type":"object","patternProperties":{{{}}}}}"#, patterns.join(","));
    let reader =
        writer.replace(r#""type":"object""#, r#""type":"object","properties":{"y":{"type":"null"}}"#);
    let (reader, writer) = (parse(&reader), parse(&writer));
    let findings = can_read_within(&reader, &writer, CompatibilityPolicy::Strict, 10_000);
    assert_eq!(findings[0].kind, CHECK_FAILED);
    assert!(can_read(&reader, &writer, CompatibilityPolicy::Strict).is_empty());
}
