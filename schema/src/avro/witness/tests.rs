//! Findings and their proofs.

use super::*;
use crate::avro::compat;
use crate::format::{SchemaFormat, Strictness};
use crate::references::ResolvedReferences;

fn parse(text: &str) -> AvroSchema {
    AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New).unwrap()
}

/// What proves each finding: path, document, failure; or path, "", reason.
fn proofs(reader: &str, writer: &str) -> Vec<(String, String, String)> {
    let (reader, writer) = (parse(reader), parse(writer));
    let proof = |finding: Incompatibility| match evidence(&reader, &writer, std::slice::from_ref(&finding))
        .remove(0)
    {
        Evidence::Witness(witness) => {
            let bytes = STANDARD.decode(witness.encoded.unwrap()).unwrap();
            let refusals = resolve(&reader, &writer, &bytes).unwrap();
            assert!(refusals.iter().any(|refusal| refusal.path == finding.path), "{refusals:?}");
            (finding.path, witness.document, witness.failure)
        }
        Evidence::Absent(reason) => (finding.path, String::new(), reason),
    };
    compat::can_read(&reader, &writer).into_iter().map(proof).collect()
}

#[track_caller]
fn check(reader: &str, writer: &str, expected: &[(&str, &str, &str)]) {
    let proofs = proofs(reader, writer);
    let proofs: Vec<(&str, &str, &str)> = proofs
        .iter()
        .map(|(path, document, failure)| (path.as_str(), document.as_str(), failure.as_str()))
        .collect();
    assert_eq!(proofs, expected);
}

/// A record `R` with one field of each type given, named `a`, `b`, ….
fn record(types: &[&str]) -> String {
    let fields: Vec<String> = ('a'..='z')
        .zip(types)
        .map(|(name, field_type)| format!(r#"{{"name":"{name}","type":{field_type}}}"#))
        .collect();
    format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
}

#[test]
fn a_wider_type_meets_a_narrower_one() {
    check(
        "\"int\"",
        "\"long\"",
        &[("/", "9223372036854775807", "at the top, the reader expects `\"int\"` and meets `long`")],
    );
    check(
        &record(&["\"string\"", "\"float\""]),
        &record(&["\"string\"", "\"double\""]),
        &[(
            "/fields/1/type",
            r#"{"a":"","b":0.1}"#,
            "at `/fields/1/type` (field `b` of record `R`), the reader expects `\"float\"` and meets `double`",
        )],
    );
}

#[test]
fn containers_hold_something_where_the_fault_is_inside() {
    let list = |inner: &str| record(&[&format!(r#"{{"type":"array","items":{inner}}}"#)]);
    check(
        &list("\"int\""),
        &list("\"string\""),
        &[(
            "/fields/0/type/items",
            r#"{"a":["text"]}"#,
            "at `/fields/0/type/items` (field `a` of record `R`), the reader expects `\"int\"` and meets `string`",
        )],
    );
    let map = |inner: &str| format!(r#"{{"type":"map","values":{inner}}}"#);
    check(
        &map("\"int\""),
        &map("[\"null\",\"boolean\"]"),
        &[
            (
                "/values/0",
                r#"{"key1":null}"#,
                "at `/values/0`, the reader expects `\"int\"` and meets `null`",
            ),
            (
                "/values/1",
                r#"{"key1":{"boolean":true}}"#,
                "at `/values/1`, the reader expects `\"int\"` and meets `boolean`",
            ),
        ],
    );
}

#[test]
fn each_of_several_faults_has_its_own_proof() {
    let colour = |symbols: &str| format!(r#"{{"type":"enum","name":"c.E","symbols":[{symbols}]}}"#);
    let fixed = |size: u8| format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#);
    let reader = record(&[&colour("\"A\""), &fixed(2), "\"int\""]);
    let writer = record(&[&colour("\"A\",\"B\""), &fixed(3)]);
    check(
        &reader,
        &writer,
        &[
            (
                "/fields/0/type/symbols",
                r#"{"a":"B","b":"xxx"}"#,
                "at `/fields/0/type/symbols` (field `a` of record `R`), the reader meets the symbol `B`, which its enum \
             `c.E` lacks, and has no default to put in its place",
            ),
            (
                "/fields/1/type/size",
                r#"{"a":"A","b":"xxx"}"#,
                "at `/fields/1/type/size` (field `b` of record `R`), the reader expects 2 bytes of fixed `F` and meets 3",
            ),
            (
                "/fields/2",
                r#"{"a":"A","b":"xxx"}"#,
                "at `/fields/2` (field `c` of record `R`), the reader finds no value for its field `c` and has no default \
             to put there",
            ),
        ],
    );
}

#[test]
fn names_are_refused_and_records_with_a_caveat() {
    let writer = record(&["\"int\""]);
    check(
        &writer.replace("\"R\"", "\"S\""),
        &writer,
        &[(
            "/name",
            r#"{"a":0}"#,
            "at `/name`, the reader expects record `S` and meets record `R`, which is none of its names (a library that \
         does not compare the names of records reads on)",
        )],
    );
    assert_eq!(proofs(&writer.replace("\"R\"", "\"S\",\"aliases\":[\"R\"]"), &writer), []);
}

#[test]
fn a_union_is_proved_by_the_value_that_no_branch_takes() {
    check(
        &record(&["[\"null\",\"int\"]"]),
        &record(&["[\"null\",\"string\"]"]),
        &[(
            "/fields/0/type/1",
            r#"{"a":{"string":"text"}}"#,
            "at `/fields/0/type/1` (field `a` of record `R`), the reader meets `string`, which no branch of its union \
         `[\"null\",\"int\"]` takes",
        )],
    );
    let inner = |items: &str| {
        format!(
            r#"["null",{{"type":"record","name":"n.I","fields":[{{"name":"x","type":{{"type":"array","items":{items}}}}}]}}]"#
        )
    };
    check(
        &record(&[&inner("\"int\"")]),
        &record(&[&inner("\"long\"")]),
        &[(
            "/fields/0/type/1",
            r#"{"a":{"n.I":{"x":[9223372036854775807]}}}"#,
            "at `/fields/0/type/1` (field `a` of record `R`), the reader meets record `n.I`, which no branch of its union \
         `[\"null\",\"n.I\"]` takes: at `/fields/0/type/1/fields/0/type/items` (field `x` of record `n.I`), the reader \
         expects `\"int\"` and meets `long`",
        )],
    );
}

#[test]
fn two_branches_of_one_name_must_both_refuse() {
    let branch = |namespace: &str, a: &str, b: &str| {
        format!(
            r#"{{"type":"record","name":"{namespace}.R","fields":[{{"name":"a","type":{{"type":"array","items":"{a}"}}}},
            {{"name":"b","type":{{"type":"array","items":"{b}"}}}}]}}"#
        )
    };
    let reader = format!("[{},{}]", branch("x", "int", "long"), branch("y", "long", "int"));
    check(
        &reader,
        &branch("z", "long", "long"),
        &[(
            "/",
            r#"{"a":[9223372036854775807],"b":[9223372036854775807]}"#,
            "at the top, the reader meets record `z.R`, which no branch of its union `[\"x.R\",\"y.R\"]` takes: at \
         `/fields/0/type/items` (field `a` of record `x.R`), the reader expects `\"int\"` and meets `long`",
        )],
    );
    let one = |namespace: &str, a: &str| {
        format!(r#"{{"type":"record","name":"{namespace}.R","fields":[{{"name":"a","type":{a}}}]}}"#)
    };
    let reader = format!("[{},{}]", one("x", "\"int\""), one("y", "\"string\""));
    check(&reader, &one("z", "[\"int\",\"string\"]"), &[("/", "", READABLE)]);
}

#[test]
fn recursive_schemas_give_finite_proofs() {
    let list = |value: &str| {
        format!(
            r#"{{"type":"record","name":"L","fields":[{{"name":"next","type":["null","L"]}},{{"name":"v","type":{value}}}]}}"#
        )
    };
    let (reader, writer) = (list("\"int\""), list("\"long\""));
    check(
        &reader,
        &writer,
        &[(
            "/fields/1/type",
            r#"{"next":null,"v":9223372036854775807}"#,
            "at `/fields/1/type` (field `v` of record `L`), the reader expects `\"int\"` and meets `long`",
        )],
    );
    let (reader, writer) = (format!("[\"null\",{reader}]"), format!("[\"null\",{writer}]"));
    check(
        &reader,
        &writer,
        &[(
            "/1",
            r#"{"L":{"next":null,"v":9223372036854775807}}"#,
            "at `/1`, the reader meets record `L`, which no branch of its union `[\"null\",\"L\"]` takes: at \
         `/1/fields/1/type` (field `v` of record `L`), the reader expects `\"int\"` and meets `long`",
        )],
    );
}

#[test]
fn where_no_value_exists_the_reason_is_given() {
    let endless = |extra: &str| {
        format!(r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":"R"}}{extra}]}}"#)
    };
    check(
        &endless(r#",{"name":"b","type":"int"}"#),
        &endless(""),
        &[(
            "/fields/1",
            "",
            "no record of the writer reaches this place: record `R` on the way has no finite value",
        )],
    );
    let fixed = |size: u32| format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#);
    check(
        &fixed(1),
        &fixed(1_000_000),
        &[("/size", "", "the smallest record that reaches this place is longer than 4000 characters")],
    );
    let ambiguous = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["b"]}]}"#;
    check(
        ambiguous,
        &record(&["\"int\"", "\"int\""]),
        &[("/", "", "the comparison came to no answer, so there is no rule for a record to break")],
    );
}

#[test]
fn what_is_compatible_is_read() {
    let read = |reader: &str, writer: &str, bytes: &[u8]| resolve(&parse(reader), &parse(writer), bytes);
    assert_eq!(read("\"double\"", "\"int\"", &[2]), Ok(Vec::new()));
    assert_eq!(read("\"string\"", "\"bytes\"", &[2, b'a']), Ok(Vec::new()));
    assert_eq!(read("\"string\"", "\"bytes\"", &[2, 0xff]).unwrap().len(), 1);
    assert_eq!(read("\"int\"", "\"int\"", &[2, 2]), Err(Broken::NotOfTheWriter));
    assert_eq!(read("\"int\"", "\"int\"", &[]), Err(Broken::NotOfTheWriter));
    assert_eq!(read("\"int\"", "\"int\"", &[0xff; 12]), Err(Broken::NotOfTheWriter));
    let list = r#"{"type":"array","items":"null"}"#;
    assert_eq!(read(list, list, &[4, 0]), Ok(Vec::new()));
    // A block that says how many bytes it has, and one of more items than a reading looks at.
    assert_eq!(read(list, list, &[3, 0, 0]), Ok(Vec::new()));
    assert_eq!(read(list, list, &[0xfe, 0xff, 0xff, 0xff, 0x0f, 0]), Err(Broken::TooMuchWork));
}
