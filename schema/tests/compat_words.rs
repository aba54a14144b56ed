//! The words of Avro compatibility that people read: why it breaks, and what would cure it.

#![cfg(test)]

mod parsing;

use parsing::avro;
use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::parsed::ParsedSchema;

fn findings(reader: &str, writer: &str) -> Vec<Incompatibility> {
    ParsedSchema::can_read(&avro(reader), &avro(writer), CompatibilityPolicy::Strict).expect("both are Avro")
}

/// Compares the words of the only finding.
fn check_words(reader: &str, writer: &str, [reason, cure, writer_cure]: [&str; 3]) {
    let found = findings(reader, writer);
    assert_eq!(found.len(), 1, "{found:#?}");
    let words = [&found[0].reason, &found[0].cure, &found[0].writer_cure];
    assert_eq!(words, [reason, cure, writer_cure], "reader {reader}, writer {writer}");
}

/// A record `R` with one field `x`.
fn field(field_type: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{{"name":"x","type":{field_type}}}]}}"#)
}

fn record(name: &str, fields: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{fields}]}}"#)
}

#[test]
fn missing_fields_come_with_the_text_to_add() {
    let empty = record("ns.R", "");
    let check = |field_type: &str, cure: &str| {
        let reader = record("ns.R", &format!(r#"{{"name":"x","type":{field_type}}}"#));
        assert_eq!(findings(&reader, &empty)[0].cure, format!("In the {{reader}} schema, {cure}"));
    };
    let or_null = |default: &str, nullable: &str| {
        format!(
            "add `\"default\": {default}` to field `x` of record `ns.R`; where no value stands for an unknown one, make \
             its type `{nullable}` with `\"default\": null`"
        )
    };
    check("\"long\"", &or_null("0", r#"["null","long"]"#));
    check("\"double\"", &or_null("0.0", r#"["null","double"]"#));
    check("\"string\"", &or_null("\"\"", r#"["null","string"]"#));
    check(r#"{"type":"array","items":"int"}"#, &or_null("[]", r#"["null",{"type":"array","items":"int"}]"#));
    check(r#"["string","int"]"#, &or_null("\"\"", r#"["null","string","int"]"#));
    check(r#"["null","int"]"#, "add `\"default\": null` to field `x` of record `ns.R`");
    check(r#"["int","null"]"#, "add `\"default\": 0` to field `x` of record `ns.R`");
    check(
        r#"{"type":"fixed","name":"F","size":2}"#,
        "make the type of field `x` of record `ns.R` `[\"null\",\"ns.F\"]` and add `\"default\": null`",
    );
}

#[test]
fn a_field_that_was_probably_renamed_is_recognised() {
    check_words(
        &record(
            "R",
            r#"{"name":"id","type":"int"},{"name":"amount","type":"long","default":0},{"name":"b","type":"string"}"#,
        ),
        &record(
            "R",
            r#"{"name":"id","type":"int"},{"name":"note","type":"string"},{"name":"c","type":"long"}"#,
        ),
        [
            "the reader's field `b` has no default and the writer does not write it",
            "In the {reader} schema, add `\"default\": \"\"` to field `b` of record `R`; where no value stands for an \
             unknown one, make its type `[\"null\",\"string\"]` with `\"default\": null`; if it is the {writer} field \
             `note` under another name, add `\"aliases\": [\"note\"]` instead",
            "In the {writer} schema, keep field `b` (`\"string\"`) in record `R`",
        ],
    );
}

#[test]
fn mismatched_types_come_with_a_type_that_takes_both() {
    check_words(
        &field("\"int\""),
        &field("\"long\""),
        [
            "field `x` of record `R` is `\"int\"` in the reader, which cannot take the writer's `\"long\"`",
            "In the {reader} schema, make field `x` of record `R` `\"long\"`, which also takes `\"int\"`",
            "In the {writer} schema, keep field `x` of record `R` `\"int\"`",
        ],
    );
    check_words(
        &field("\"int\""),
        &field("\"string\""),
        [
            "field `x` of record `R` is `\"int\"` in the reader, which cannot take the writer's `\"string\"`",
            "In the {reader} schema, keep field `x` of record `R` `\"string\"`, or make it a union of both: \
         `[\"int\",\"string\"]`",
            "In the {writer} schema, keep field `x` of record `R` `\"int\"`",
        ],
    );
    check_words(
        &field("\"long\""),
        &field(r#"["null","long"]"#),
        [
            "field `x` of record `R` is `\"long\"` in the reader, which cannot take the writer's `\"null\"`",
            "In the {reader} schema, make field `x` of record `R` a union that also has `\"null\"`: `[\"null\",\"long\"]`",
            "In the {writer} schema, leave `\"null\"` out of the union of field `x` of record `R`",
        ],
    );
    check_words(
        &field(r#"{"type":"array","items":{"type":"map","values":"int"}}"#),
        &field(r#"{"type":"array","items":{"type":"map","values":"boolean"}}"#),
        [
            "each value of each item of field `x` of record `R` is `\"int\"` in the reader, which cannot take the \
             writer's `\"boolean\"`",
            "In the {reader} schema, keep each value of each item of field `x` of record `R` `\"boolean\"`, or make it \
             a union of both: `[\"int\",\"boolean\"]`",
            "In the {writer} schema, keep each value of each item of field `x` of record `R` `\"int\"`",
        ],
    );
}

#[test]
fn missing_branches_come_with_the_whole_union() {
    check_words(
        &field(r#"["null","int"]"#),
        &field(r#"["null","string"]"#),
        [
            "field `x` of record `R` is the union `[\"null\",\"int\"]` in the reader, and no branch of it takes the writer's \
         `\"string\"`",
            "In the {reader} schema, add `\"string\"` to the union of field `x` of record `R`: `[\"null\",\"int\",\"string\"]`",
            "In the {writer} schema, leave `\"string\"` out of the union of field `x` of record `R`",
        ],
    );
}

#[test]
fn a_branch_that_fails_inside_says_what_is_wrong_there() {
    let union = |fields: &str| field(&format!(r#"["null",{}]"#, record("ns.K", fields)));
    let reader = union(r#"{"name":"z","type":"int"},{"name":"w","type":"int"}"#);
    check_words(
        &reader,
        &union(r#"{"name":"z","type":"int"}"#),
        [
            "the reader's branch `\"ns.K\"` cannot take the writer's: the reader's field `w` has no default and the writer \
         does not write it",
            "In the {reader} schema, add `\"default\": 0` to field `w` of record `ns.K`; where no value stands for an unknown \
         one, make its type `[\"null\",\"int\"]` with `\"default\": null`",
            "In the {writer} schema, keep field `w` (`\"int\"`) in record `ns.K`",
        ],
    );
}

#[test]
fn names_sizes_and_symbols_come_with_their_cures() {
    check_words(
        &record("n.S", ""),
        &record("n.R", ""),
        [
            "the reader's `n.S` goes neither by the writer's name `n.R` nor by an alias of it",
            "In the {reader} schema, keep the name `n.R`, or add `\"aliases\": [\"n.R\"]` to `n.S`",
            "In the {writer} schema, keep the name `n.S`: only aliases of a reader count, and the {reader} schema has none \
         for `n.R`",
        ],
    );
    check_words(
        r#"{"type":"enum","name":"E","symbols":["A"]}"#,
        r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
        [
            "the reader's enum `E` lacks the symbol `B` that the writer may write",
            "In the {reader} schema, add the symbol `B` to enum `E`, or give the enum a symbol that stands for unknown \
             ones, e.g. `\"default\": \"A\"`",
            "In the {writer} schema, leave the symbol `B` out of enum `E` until all readers know them",
        ],
    );
    check_words(
        r#"{"type":"fixed","name":"F","size":8}"#,
        r#"{"type":"fixed","name":"F","size":4}"#,
        [
            "fixed `F` has 8 bytes in the reader and 4 in the writer",
            "In the {reader} schema, keep `\"size\": 4` of fixed `F`, and give the other size a type and a field of its \
             own",
            "In the {writer} schema, keep `\"size\": 8` of fixed `F`, and give the other size a type and a field of its \
             own",
        ],
    );
}

#[test]
fn fragments_show_both_sides_and_are_cut() {
    let found = &findings(&field("\"int\""), &field(r#"{"type":"string","logicalType":"uuid"}"#))[0];
    assert_eq!(found.reader_fragment, "\"int\"");
    assert_eq!(found.writer_fragment, r#"{"type":"string","logicalType":"uuid"}"#);

    let symbols: Vec<String> = (0..200).map(|number| format!("\"S{number}\"")).collect();
    let writer = format!(r#"{{"type":"enum","name":"E","symbols":[{}]}}"#, symbols.join(","));
    let found = &findings("\"int\"", &writer)[0];
    assert_eq!(found.writer_fragment.chars().count(), schema::incompatibility::FRAGMENT_LENGTH_MAX + 1);
    assert!(found.writer_fragment.ends_with('…'), "{}", found.writer_fragment);
    assert!(found.writer_fragment.starts_with(r#"{"type":"enum","name":"E","symbols":["S0","S1""#));

    let list = record("L", r#"{"name":"next","type":["null","L"],"default":null,"aliases":["a\"b"]}"#);
    assert_eq!(
        findings("\"int\"", &list.replace("a\\\"b", "ab"))[0].writer_fragment,
        r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"],"default":null,"aliases":["ab"]}]}"#
    );
}

#[test]
fn an_enum_default_is_no_field_default_and_that_is_said() {
    let reader = field(r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#);
    check_words(
        &reader,
        &record("R", ""),
        [
            "the reader's field `x` has no default of its own (the default symbol of its enum is none) and the writer does \
         not write it",
            "In the {reader} schema, add `\"default\": \"A\"` to field `x` of record `R`; where no value stands for an \
         unknown one, make its type `[\"null\",\"E\"]` with `\"default\": null`",
            "In the {writer} schema, keep field `x` (`\"E\"`) in record `R`",
        ],
    );
}
