//! The messages as clients of the reference registry know them, and the explanations.

use schema::compat::{Finding, Verdict};
use schema::model::config::CompatibilityLevel::{self, Backward, Forward};
use schema::model::config::CompatibilityPolicy::Strict;

use crate::schemas::{compare, json};

fn verdict(level: CompatibilityLevel, new: &str, old: &str) -> Verdict {
    compare(level, Strict, &json(new), &json(old))
}

fn message(new: &str, old: &str) -> String {
    verdict(Backward, new, old).messages().first().cloned().unwrap_or_default()
}

#[test]
fn messages_close_with_an_apostrophe() {
    assert_eq!(
        message(r#"{"type":"string"}"#, r#"{"type":"null"}"#),
        "{errorType:\"TYPE_CHANGED\", description:\"A type at path '#/' is different between the new schema and the \
         old schema'}"
    );
    assert_eq!(
        message(r#"{"type":"array","items":{}}"#, r#"{"type":"array"}"#),
        "{errorType:\"SCHEMA_ADDED\", description:\"'}"
    );
    assert_eq!(
        message(
            r#"{"type":"object","additionalProperties":false}"#,
            r#"{"type":"object","additionalProperties":false,"properties":{"a":{}}}"#
        ),
        "{errorType:\"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL\", description:\"The new has a closed content model \
         and is missing a property or item present at path '#/properties/a' in the old schema'}"
    );
}

#[test]
fn sides_are_named_by_the_direction() {
    let (one, other) = (r#"{"maxLength":4}"#, r#"{"maxLength":5}"#);
    let sentence = |new: &str, old: &str| {
        format!(
            "The value at path '#/maxLength' in the {new} schema is less than its value in the {old} schema"
        )
    };
    assert!(verdict(Backward, one, other).messages()[0].contains(&sentence("new", "old")));
    assert!(verdict(Forward, other, one).messages()[0].contains(&sentence("old", "new")));
}

fn finding(new: &str, old: &str) -> Finding {
    verdict(Backward, new, old).findings().first().cloned().unwrap()
}

#[test]
fn fragments_show_both_sides() {
    let finding = finding(
        r#"{"type":"object","properties":{"a":{"type":"string","maxLength":4}}}"#,
        r#"{"type":"object","properties":{"a":{"type":"string","maxLength":5}}}"#,
    );
    assert_eq!((finding.reader.as_str(), finding.writer.as_str()), ("4", "5"));
    assert_eq!(
        finding.explanation,
        "a consumer on version 2 cannot read records written with version 1, because the reader demands \
         `\"maxLength\": 4` of property `a`, and the writer only `\"maxLength\": 5`"
    );
    assert_eq!(finding.cure, "In the new schema, set `maxLength` of property `a` back to `5`");
}

#[test]
fn the_part_that_goes_with_none_is_named() {
    let finding = finding(
        r#"{"oneOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"integer"}}}]}"#,
        r#"{"oneOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"string"}}}]}"#,
    );
    assert_eq!(finding.kind, "COMBINED_TYPE_SUBSCHEMAS_CHANGED");
    assert!(
        finding.explanation.ends_with(
            "no part of the top-level schema in the reader takes the writer's \
             `{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}`: property `a` is a whole number in \
             the reader, which cannot take a text, as the writer has it"
        ),
        "{}",
        finding.explanation
    );
    assert_eq!(
        finding.cure,
        "In the new schema, keep property `a` `{\"type\":\"string\"}`, or let it take both with `\"anyOf\"`"
    );
}

/// Pairs that give every sentence, each checked for what all sentences have in common.
#[test]
fn every_finding_is_explained() {
    let object = |rest: &str| format!(r#"{{"type":"object"{rest}}}"#);
    let a = r#","properties":{"a":{"type":"string"}}"#;
    let pairs = [
        (object(""), object(a)),
        (object(""), object(&format!(r#"{a},"required":["a"]"#))),
        (object(a), object(&format!(r#"{a},"required":["a"]"#))),
        (
            object(r#","additionalProperties":false"#),
            object(&format!(r#"{a},"required":["a"],"additionalProperties":false"#)),
        ),
        (object(""), object(r#","additionalProperties":{"type":"string"}"#)),
        (object(""), object(r#","dependencies":{"a":["b"]}"#)),
        (object(""), object(r#","minProperties":1"#)),
        (r#"{"items":[{}]}"#.into(), r#"{"items":[{},{"type":"string"}]}"#.into()),
        (r#"{"items":[{}]}"#.into(), r#"{"items":[{}],"additionalItems":false}"#.into()),
        (r#"{"type":"array"}"#.into(), r#"{"type":"array","uniqueItems":true}"#.into()),
        (r#"{"enum":[1,2]}"#.into(), r#"{"enum":[1]}"#.into()),
        (r#"{"const":1}"#.into(), r#"{"const":2}"#.into()),
        (r#"{"not":{"type":"string"}}"#.into(), r#"{"not":{"type":"null"}}"#.into()),
        (r#"{"anyOf":[{},true]}"#.into(), r#"{"oneOf":[{},true]}"#.into()),
        (r#"{"multipleOf":2}"#.into(), r#"{"multipleOf":3}"#.into()),
    ];
    for (old, new) in &pairs {
        let verdict = verdict(Backward, new, old);
        assert!(!verdict.findings().is_empty(), "{old} {new}");
        for finding in verdict.findings() {
            for text in [&finding.explanation, &finding.cure] {
                assert!(!text.contains('{') || text.contains('`'), "{text}");
                assert!(
                    !text.contains("{reader}") && !text.contains("{writer}") && !text.contains("``"),
                    "{text}"
                );
            }
            assert!(finding.cure.starts_with("In the new schema, "), "{}", finding.cure);
        }
    }
}
