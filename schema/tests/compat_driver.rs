//! The shape of a verdict: which versions are asked, in which order the messages come, who is told to change what.

#![cfg(test)]

mod parsing;

use std::collections::BTreeSet;

use parsing::avro;
use schema::compat::{Earlier, FieldRules, Finding, Newer, Question, Verdict, check};
use schema::model::config::CompatibilityLevel::{
    self, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive,
};
use schema::parsed::ParsedSchema;

const A: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#;
const A_B: &str =
    r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#;
const B: &str = r#"{"type":"record","name":"R","fields":[{"name":"b","type":"int"}]}"#;

fn verdict(level: CompatibilityLevel, newer: &str, earlier_oldest_first: &[&str]) -> Verdict {
    verdict_with(level, FieldRules::Free, newer, earlier_oldest_first)
}

fn verdict_with(
    level: CompatibilityLevel,
    fields: FieldRules<'_>,
    newer: &str,
    earlier_oldest_first: &[&str],
) -> Verdict {
    let newer = avro(newer);
    let schemas: Vec<ParsedSchema> = earlier_oldest_first.iter().map(|text| avro(text)).collect();
    let mut earlier: Vec<Earlier<'_>> =
        (1..).zip(&schemas).map(|(version, schema)| Earlier { version, schema }).collect();
    earlier.reverse();
    let version = i32::try_from(schemas.len() + 1).unwrap();
    let question = Question { fields, ..Question::at(level) };
    check(question, Newer { version, schema: &newer }, &earlier)
}

/// Compares the messages, with the texts of differences shortened to their kind.
fn check_messages(verdict: &Verdict, expected: &[&str]) {
    let shortened = |message: &String| match message.strip_prefix("{errorType:'") {
        Some(rest) => rest.split('\'').next().unwrap().to_owned(),
        None => message.clone(),
    };
    assert_eq!(verdict.messages().iter().map(shortened).collect::<Vec<_>>(), expected);
    assert_eq!(verdict.is_compatible(), expected.is_empty());
}

#[test]
fn a_difference_is_printed_as_the_reference_prints_it() {
    assert_eq!(
        verdict(Backward, A_B, &[A]).messages(),
        [
            "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the \
             new schema has no default value and is missing in the old schema', additionalInfo:'b'}",
            "{oldSchemaVersion: 1}",
            r#"{oldSchema: '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'}"#,
            "{validateFields: 'false', compatibility: 'BACKWARD'}",
        ]
    );
    assert_eq!(
        verdict(Forward, A, &[A_B]).messages()[0],
        "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the old \
         schema has no default value and is missing in the new schema', additionalInfo:'b'}"
    );
}

#[test]
fn a_refusal_quotes_all_messages() {
    assert_eq!(
        verdict(Full, A, &[A_B]).message_409(":.c:s"),
        "Schema being registered is incompatible with an earlier schema for subject \":.c:s\", details: \
         [{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the old \
         schema has no default value and is missing in the new schema', additionalInfo:'b'}, {validateFields: 'false', \
         compatibility: 'FULL'}]"
    );
}

#[test]
fn full_quotes_the_schema_behind_backward_only() {
    let missing = "READER_FIELD_MISSING_DEFAULT_VALUE";
    let last = "{validateFields: 'false', compatibility: 'FULL'}";
    let version = "{oldSchemaVersion: 1}";
    let quoted = format!("{{oldSchema: '{A}'}}");
    check_messages(&verdict(Full, A, &[A_B]), &[missing, last]);
    check_messages(&verdict(Full, A_B, &[A]), &[missing, version, &quoted, last]);
    check_messages(&verdict(Full, B, &[A]), &[missing, missing, version, &quoted, last]);
    check_messages(&verdict(Full, A, &[A]), &[]);
}

#[test]
fn only_transitive_levels_look_beyond_the_last_version() {
    let missing = "READER_FIELD_MISSING_DEFAULT_VALUE";
    let last = |level: &str| format!("{{validateFields: 'false', compatibility: '{level}'}}");
    let quoted = format!("{{oldSchema: '{B}'}}");
    check_messages(&verdict(Backward, A, &[B, A_B]), &[]);
    check_messages(
        &verdict(BackwardTransitive, A, &[B, A_B]),
        &[missing, "{oldSchemaVersion: 1}", &quoted, &last("BACKWARD_TRANSITIVE")],
    );
    check_messages(&verdict(Forward, A_B, &[B, A]), &[]);
    check_messages(&verdict(ForwardTransitive, A_B, &[B, A]), &[]);
    check_messages(
        &verdict(ForwardTransitive, A, &[A_B, A]),
        &[missing, "{oldSchemaVersion: 1}", &format!("{{oldSchema: '{A_B}'}}"), &last("FORWARD_TRANSITIVE")],
    );
    check_messages(&verdict(FullTransitive, A, &[A, A]), &[]);
    check_messages(&verdict(FullTransitive, A, &[A_B, A]), &[missing, &last("FULL_TRANSITIVE")]);
}

#[test]
fn the_first_failing_version_ends_the_comparison() {
    let found = verdict(BackwardTransitive, A, &[B, B, A]);
    assert_eq!(found.findings().iter().map(|finding| finding.version).collect::<Vec<_>>(), [2]);
}

#[test]
fn level_none_and_an_empty_subject_accept_everything() {
    check_messages(&verdict(CompatibilityLevel::None, "\"int\"", &[A, B]), &[]);
    for level in [Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive] {
        check_messages(&verdict(level, "\"int\"", &[]), &[]);
    }
}

#[test]
fn a_field_that_means_two_fields_has_no_answer() {
    let reader = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["b"]}]}"#;
    let verdict = verdict(Backward, reader, &[A_B]);
    assert_eq!(
        verdict.messages()[0],
        "Unexpected exception during compatibility check: the reader's field `a` of record `R` means several fields of \
         the writer's record: `a` and `b`"
    );
    assert_eq!(verdict.messages().len(), 4);
    assert_eq!(verdict.findings()[0].kind, "CHECK_FAILED");
}

#[test]
fn reserved_names_count_even_without_a_level() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let (newer, last) = (set(&["a"]), set(&["a", "x"]));
    let fields = FieldRules::Reserved { newer: &newer, last: &last };
    let verdict = verdict_with(CompatibilityLevel::None, fields, A, &[A]);
    check_messages(
        &verdict,
        &[
            "The name `x` is reserved by the last version and must stay in the metadata property `confluent:reserved`",
            "The top-level field `a` has a name that the metadata property `confluent:reserved` reserves",
            "{validateFields: 'true', compatibility: 'NONE'}",
        ],
    );
    let kinds: Vec<&str> = verdict.findings().iter().map(|finding| finding.kind.as_str()).collect();
    assert_eq!(kinds, ["RESERVED_FIELD_REMOVED", "FIELD_CONFLICTS_WITH_RESERVED_FIELD"]);

    let fields = FieldRules::Reserved { newer: &set(&["z"]), last: &set(&[]) };
    check_messages(&verdict_with(Backward, fields, A, &[A]), &[]);
}

fn check_finding(finding: &Finding, explanation: &str, cure: &str) {
    assert_eq!((finding.explanation.as_str(), finding.cure.as_str()), (explanation, cure));
}

#[test]
fn a_finding_says_who_breaks_and_what_the_newer_schema_can_do() {
    let backward = verdict(Backward, A_B, &[A, A, A]);
    assert_eq!(backward.findings().len(), 1);
    check_finding(
        &backward.findings()[0],
        "a consumer on version 4 cannot read records written with version 3, because the reader's field `b` has no \
         default and the writer does not write it",
        "In the new schema, add `\"default\": 0` to field `b` of record `R`; where no value stands for an unknown one, \
         make its type `[\"null\",\"int\"]` with `\"default\": null`",
    );
    let forward = verdict(Forward, A, &[A, A_B]);
    check_finding(
        &forward.findings()[0],
        "a consumer still on version 2 cannot read records written with version 3, because the reader's field `b` has \
         no default and the writer does not write it",
        "In the new schema, keep field `b` (`\"int\"`) in record `R`",
    );
    assert_eq!(
        serde_json::to_value(&forward.findings()[0]).unwrap(),
        serde_json::json!({
            "type": "READER_FIELD_MISSING_DEFAULT_VALUE",
            "direction": "forward",
            "version": 2,
            "path": "/fields/1",
            "reader": r#"{"name":"b","type":"int"}"#,
            "writer": "",
            "explanation": forward.findings()[0].explanation,
            "cure": forward.findings()[0].cure,
        })
    );
}
