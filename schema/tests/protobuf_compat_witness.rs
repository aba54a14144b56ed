//! What proves a finding: a message of the writer that the reader refuses or misreads, or why there is none.

#![cfg(test)]

mod protobuf_parsing;

use protobuf_parsing::{findings, protobuf};
use schema::evidence::Evidence;
use schema::parsed::ParsedSchema;

/// The evidence of each finding: the document and what happens, or why there is none.
fn evidence(reader: &ParsedSchema, writer: &ParsedSchema) -> Vec<Result<(String, String), String>> {
    let shown = |evidence| match evidence {
        Evidence::Witness(witness) => {
            assert!(witness.encoded.is_some(), "{witness:?}");
            Ok((witness.document, witness.failure))
        }
        Evidence::Absent(reason) => Err(reason),
    };
    let findings = findings(reader, writer);
    let evidence = ParsedSchema::evidence(reader, writer, &findings).expect("both are Protobuf");
    assert_eq!(evidence.len(), findings.len());
    evidence.into_iter().map(shown).collect()
}

fn with_members(members: &str) -> ParsedSchema {
    let text = format!(
        "syntax = \"proto2\"; package p; message M {{ {members} }} message Sub {{ optional int32 q = 1; }} \
         message Same {{ optional int32 q = 1; }} message Other {{ optional sint32 q = 1; }} enum E {{ E0 = 0; E1 = 1; }}"
    );
    protobuf(&text, &[])
}

#[track_caller]
fn check_witness(writer: &str, reader: &str, document: &str, failure: &str) {
    let found = evidence(&with_members(reader), &with_members(writer));
    assert_eq!(found, [Ok((document.to_owned(), failure.to_owned()))], "{writer} → {reader}");
}

#[track_caller]
fn check_absent(writer: &str, reader: &str, reason: &str) {
    let found = evidence(&with_members(reader), &with_members(writer));
    assert!(
        matches!(found.as_slice(), [Err(said)] if said.contains(reason)),
        "{writer} → {reader}: {found:?}"
    );
}

#[test]
fn values_that_are_taken_for_others() {
    check_witness(
        "optional int32 x = 1;",
        "optional sint32 x = 1;",
        r#"{"x":1}"#,
        "the reader takes the value `1` of field `x` (1) of `p.M` for `-1`",
    );
    check_witness(
        "required string a = 2; optional float x = 1;",
        "required string a = 2; optional fixed32 x = 1;",
        r#"{"x":1.5,"a":"hello"}"#,
        "the reader takes the value `1.5` of field `x` (1) of `p.M` for `1069547520`",
    );
    check_witness(
        "map<string, E> x = 1;",
        "map<string, sint32> x = 1;",
        r#"{"x":{"hello":"E1"}}"#,
        "the reader takes the value `{\"hello\": 1}` of field `x` (1) of `p.M` for `{\"hello\": -1}`",
    );
}

#[test]
fn bytes_that_are_refused() {
    check_witness(
        "optional int32 x = 1;",
        "optional string x = 1;",
        r#"{"x":1}"#,
        "the reader expects another encoding and refuses the value, or loses it: invalid wire type: Varint (expected \
         LengthDelimited)",
    );
    let found = evidence(&with_members("optional Sub x = 1;"), &with_members("optional string x = 1;"));
    let [Ok((document, failure))] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(document, r#"{"x":"hello"}"#);
    assert!(failure.starts_with("the reader cannot decode it: "), "{failure}");
}

#[test]
fn values_that_are_lost() {
    check_witness(
        "oneof o { int32 a = 1; int32 b = 2; }",
        "oneof o { int32 a = 1; }",
        r#"{"b":1}"#,
        "the reader does not know field `b` (2) of `p.M` and drops its value",
    );
    check_witness(
        "optional int32 a = 1; optional Sub b = 2;",
        "oneof o { int32 a = 1; Sub b = 2; }",
        r#"{"a":1,"b":{"q":1}}"#,
        "the reader finds field `a` (1) of `p.M` unset",
    );
    check_witness(
        "repeated int32 a = 1;",
        "optional int32 a = 1;",
        r#"{"a":[1,-1]}"#,
        "the reader takes the value `[1, -1]` of field `a` (1) of `p.M` for `-1`",
    );
}

#[test]
fn fields_that_must_be_there() {
    let missing = "field `x` (1) of `p.M` is missing from it, which the reader requires";
    check_witness("", "required int32 x = 1;", "{}", missing);
    check_witness("optional int32 x = 1;", "required int32 x = 1;", "{}", missing);
    check_absent("required int32 x = 1;", "", "skips it");
    check_absent("required int32 x = 1;", "optional int32 x = 1;", "read as it was written");
}

#[test]
fn types_of_fields() {
    check_absent("optional int32 x = 1;", "repeated int32 x = 1;", "read as it was written");
    check_absent("optional Sub x = 1;", "optional Same x = 1;", "read as it was written");
    check_witness(
        "optional Sub x = 1;",
        "optional Other x = 1;",
        r#"{"x":{"q":1}}"#,
        "the reader takes the value `1` of field `q` (1) of `p.Sub` for `-1`",
    );
}

#[test]
fn messages_that_are_gone() {
    let writer =
        protobuf("package p; message A { optional int32 x = 1; repeated string y = 2; } message B {}", &[]);
    let renamed = "package p; message Z { optional int64 u = 1; repeated string v = 2; } message B {}";
    let found = evidence(&protobuf(renamed, &[]), &writer);
    assert_eq!(
        found,
        [Err("the message was renamed: `p.Z` of the reader reads it as it was written".to_owned())]
    );
    let found = evidence(&protobuf("package p; message B {}", &[]), &writer);
    let failure = "the reader has no message `p.A` to decode it with".to_owned();
    assert_eq!(found, [Ok((r#"{"x":1,"y":["hello"]}"#.to_owned(), failure))]);
    let found = evidence(
        &protobuf("message A { optional int32 x = 1; repeated string y = 2; } message B {}", &[]),
        &writer,
    );
    assert!(matches!(found.as_slice(), [Err(reason)] if reason.contains("no part of the data")), "{found:?}");
}

#[test]
fn imported_types() {
    let text = "import \"a.proto\"; message M { optional a.T x = 1; }";
    let file = |kind: &str| {
        format!("package a; message T {{ repeated U u = 7; }} message U {{ optional {kind} q = 1; }}")
    };
    let (writer, reader) = (file("int32"), file("sint32"));
    let found = evidence(&protobuf(text, &[("a.proto", &reader)]), &protobuf(text, &[("a.proto", &writer)]));
    let documents: Vec<&str> = found.iter().flatten().map(|(document, _)| document.as_str()).collect();
    assert_eq!(documents, [r#"{"q":1}"#, r#"{"u":[{"q":1}]}"#, r#"{"x":{"u":[{"q":1}]}}"#]);
}

#[test]
fn what_does_not_compile_has_no_witness() {
    let (writer, reader) = ("message M { optional Nowhere x = 1; }", "message M { optional int32 x = 1; }");
    let found = evidence(&protobuf(reader, &[]), &protobuf(writer, &[]));
    assert!(
        matches!(found.as_slice(), [Err(reason)] if reason.contains("no message can be made with the writer's schema")),
        "{found:?}"
    );
}

#[test]
fn large_schemas_are_not_compiled() {
    let file = |kind: &str| {
        let fields: Vec<String> =
            (1..60_000).map(|tag| format!("optional {kind} field_{tag} = {tag};")).collect();
        protobuf(&format!("message M {{ {} }}", fields.join(" ")), &[])
    };
    let (reader, writer) = (file("int32"), file("sint32"));
    let found = findings(&reader, &writer);
    assert_eq!(found.len(), 1_000);
    let evidence = ParsedSchema::evidence(&reader, &writer, &found[..1]).expect("both are Protobuf");
    assert!(
        matches!(evidence.as_slice(), [Evidence::Absent(reason)] if reason.contains("1 MiB")),
        "{evidence:?}"
    );
}

#[test]
fn recursive_types_end() {
    let text = "import \"a.proto\"; message M { optional a.T x = 1; }";
    let file = |kind: &str| {
        format!(
            "package a; message T {{ repeated T t = 1; optional T u = 2; map<string, T> v = 3; optional {kind} q = 4; }}"
        )
    };
    let (writer, reader) = (file("int32"), file("sint32"));
    let found = evidence(&protobuf(text, &[("a.proto", &reader)]), &protobuf(text, &[("a.proto", &writer)]));
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(Result::is_ok), "{found:?}");
}
