//! The rules of Protobuf compatibility, one minimal pair each: writer, reader, and the findings in order.

#![cfg(test)]

mod protobuf_parsing;

use protobuf_parsing::{findings, protobuf};
use schema::compat::{Earlier, Newer, Question, check};
use schema::model::config::CompatibilityLevel;
use schema::parsed::ParsedSchema;

fn listed(reader: &ParsedSchema, writer: &ParsedSchema) -> Vec<String> {
    findings(reader, writer).iter().map(|found| format!("{} {}", found.kind, found.path)).collect()
}

#[track_caller]
fn check_files(writer: &str, reader: &str, expected: &[&str]) {
    assert_eq!(listed(&protobuf(reader, &[]), &protobuf(writer, &[])), expected, "{writer} → {reader}");
}

/// Compares the members of a message `M` beside which the message `Sub`, the enum `E` and a map entry are declared.
#[track_caller]
fn check_members(writer: &str, reader: &str, expected: &[&str]) {
    let file = |members: &str| {
        format!(
            "syntax = \"proto2\"; package p; message M {{ {members} \
             message Entry {{ option map_entry = true; optional string key = 1; optional int32 value = 2; }} }} \
             message Sub {{ optional int32 q = 1; }} message Other {{ optional int32 q = 1; }} enum E {{ E0 = 0; }}"
        )
    };
    check_files(&file(writer), &file(reader), expected);
}

#[test]
fn packages_and_messages() {
    check_files("package a;", "package b;", &["PACKAGE_CHANGED #/"]);
    check_files("package a;", "", &["PACKAGE_CHANGED #/"]);
    check_files("message A {} message B {}", "message B {} message A {} message C {}", &[]);
    check_files("message A { message B {} }", "message A { enum B { Z = 0; } }", &["MESSAGE_REMOVED #/A/B"]);
    check_files(
        "message A { message B { optional int32 x = 1; } } message C {}",
        "message A { message B { optional string x = 1; } }",
        &["FIELD_SCALAR_KIND_CHANGED #/A/B/1", "MESSAGE_REMOVED #/C"],
    );
    check_files("enum A { Z = 0; Y = 1; }", "enum B { X = 0; }", &[]);
    check_files("enum A { Z = 0; Y = 1; }", "enum A { X = 0; }", &[]);
    let entry = "message M { message A { option map_entry = true; optional int32 key = 1; optional int32 value = 2; } }";
    check_files(entry, "message M {}", &[]);
}

#[test]
fn kinds_of_fields() {
    check_members("optional int32 x = 1;", "optional int32 y = 1;", &[]);
    check_members("optional int32 x = 1;", "optional E x = 1;", &[]);
    check_members("optional string x = 1;", "optional bytes x = 1;", &[]);
    check_members("optional fixed32 x = 1;", "optional sfixed32 x = 1;", &[]);
    check_members("optional int32 x = 1;", "optional sint32 x = 1;", &["FIELD_SCALAR_KIND_CHANGED #/M/1"]);
    check_members("optional float x = 1;", "optional fixed32 x = 1;", &["FIELD_SCALAR_KIND_CHANGED #/M/1"]);
    check_members("optional int32 x = 1;", "optional Sub x = 1;", &["FIELD_KIND_CHANGED #/M/1"]);
    check_members("optional bytes x = 1;", "optional Sub x = 1;", &["FIELD_KIND_CHANGED #/M/1"]);
    check_members("optional Sub x = 1;", "optional Other x = 1;", &["FIELD_NAMED_TYPE_CHANGED #/M/1"]);
    check_members("optional Sub x = 1;", "optional .p.Sub x = 1;", &[]);
    check_members("optional Nowhere x = 1;", "optional Nowhere x = 1;", &[]);
    check_members(
        "optional Nowhere x = 1;",
        "optional Elsewhere x = 1;",
        &["FIELD_NAMED_TYPE_CHANGED #/M/1"],
    );
    check_members("optional Nowhere x = 1;", "optional E x = 1;", &["FIELD_KIND_CHANGED #/M/1"]);
}

#[test]
fn maps() {
    check_members("map<string, int32> x = 1;", "map<string, E> x = 1;", &[]);
    check_members("map<string, int32> x = 1;", "repeated Entry x = 1;", &[]);
    check_members("repeated Entry x = 1;", "map<string, float> x = 1;", &["FIELD_SCALAR_KIND_CHANGED #/M/1"]);
    check_members(
        "map<string, Sub> x = 1;",
        "map<string, Other> x = 1;",
        &["FIELD_NAMED_TYPE_CHANGED #/M/1"],
    );
    check_members(
        "map<int32, int32> x = 1;",
        "map<fixed32, Sub> x = 1;",
        &["FIELD_SCALAR_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1"],
    );
    check_members("map<string, int32> x = 1;", "optional Sub x = 1;", &["FIELD_KIND_CHANGED #/M/1"]);
}

#[test]
fn labels() {
    let changed = ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"];
    check_members("optional int32 x = 1;", "repeated int32 x = 1;", &changed);
    check_members("required E x = 1;", "optional E x = 1;", &changed);
    check_members("optional string x = 1;", "repeated bytes x = 1;", &[]);
    check_members("optional Sub x = 1;", "required Sub x = 1;", &[]);
    check_members("required int32 x = 1;", "", &["REQUIRED_FIELD_REMOVED #/M/1"]);
    check_members("", "required int32 x = 1;", &["REQUIRED_FIELD_ADDED #/M/1"]);
    check_members("optional int32 x = 1;", "optional int32 y = 2;", &[]);
    let proto3 = |members: &str| format!("syntax = \"proto3\"; message M {{ {members} }}");
    check_files(&proto3("int32 x = 1;"), &proto3("repeated int32 x = 1;"), &[]);
    check_files(&proto3("optional int32 x = 1;"), &proto3("repeated int32 x = 1;"), &changed);
}

#[test]
fn oneofs() {
    let both = "oneof o { int32 a = 1; int32 b = 2; }";
    check_members("optional int32 a = 1;", both, &[]);
    check_members(both, "optional int32 a = 1; optional int32 b = 2;", &[]);
    check_members(both, "oneof p { int32 a = 1; int32 b = 2; }", &[]);
    check_members(both, "", &[]);
    check_members(both, "optional int32 a = 1;", &["ONEOF_FIELD_REMOVED #/M/o/2"]);
    check_members(
        both,
        "oneof o { int32 c = 3; }",
        &["ONEOF_FIELD_REMOVED #/M/o/1", "ONEOF_FIELD_REMOVED #/M/o/2"],
    );
    check_members(
        "optional int32 a = 1; optional int32 b = 2;",
        both,
        &["MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o"],
    );
    check_members(
        "optional int32 a = 1; oneof o { int32 b = 2; }",
        both,
        &["FIELD_MOVED_TO_EXISTING_ONEOF #/M/o"],
    );
    check_members(
        "oneof p { int32 a = 1; } oneof o { int32 b = 2; }",
        both,
        &["FIELD_MOVED_TO_EXISTING_ONEOF #/M/o"],
    );
    check_members(
        "oneof p { int32 a = 1; }",
        "oneof o { float a = 1; }",
        &["FIELD_SCALAR_KIND_CHANGED #/M/o/1"],
    );
    check_members(
        "required int32 b = 2; optional float c = 3; oneof o { int32 a = 1; }",
        "oneof o { float c = 3; }",
        &["ONEOF_FIELD_REMOVED #/M/o/1", "REQUIRED_FIELD_REMOVED #/M/2"],
    );
}

#[test]
fn names_mean_what_the_innermost_scope_says() {
    let file = |outer: &str, inner: &str| {
        format!(
            "package p; message M {{ message Sub {{ optional {inner} q = 1; }} optional Sub x = 1; }} \
             message Sub {{ optional {outer} q = 1; }}"
        )
    };
    check_files(&file("int32", "int32"), &file("int32", "string"), &["FIELD_SCALAR_KIND_CHANGED #/M/Sub/1"]);
    check_files(
        "package p; message M { message Sub {} optional Sub x = 1; } message Sub {}",
        "package p; message M { message Sub {} optional .p.Sub x = 1; } message Sub {}",
        &["FIELD_NAMED_TYPE_CHANGED #/M/1"],
    );
}

const USER: &str =
    "import \"a.proto\"; message M { optional a.Outer.Inner x = 1; optional a.Outer.Inner y = 2; }";

#[track_caller]
fn check_imports(writer: &[(&str, &str)], reader: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(listed(&protobuf(USER, reader), &protobuf(USER, writer)), expected);
}

#[test]
fn types_of_imported_files_are_followed_from_the_fields_that_use_them() {
    let file = |inner: &str, other: &str| {
        format!("package a; message Outer {{ message Inner {{ {inner} }} }} message Other {{ {other} }}")
    };
    let same = file("optional int32 q = 1;", "");
    check_imports(&[("a.proto", &same)], &[("a.proto", &same)], &[]);
    let unused = file("optional int32 q = 1; optional int32 r = 2;", "required int32 z = 9;");
    check_imports(&[("a.proto", &same)], &[("a.proto", &unused)], &[]);
    let broken = file("optional string q = 1;", "");
    check_imports(
        &[("a.proto", &same)],
        &[("a.proto", &broken)],
        &[
            "FIELD_SCALAR_KIND_CHANGED #/Outer/Inner/1",
            "FIELD_NAMED_TYPE_CHANGED #/M/1",
            "FIELD_NAMED_TYPE_CHANGED #/M/2",
        ],
    );
}

#[test]
fn a_file_may_be_imported_by_an_imported_file() {
    let a = "package a; import \"b.proto\"; message Outer { message Inner { optional b.Deep d = 3; } }";
    let b = |kind: &str| format!("package b; message Deep {{ optional {kind} q = 1; }}");
    let (number, text) = (b("int32"), b("string"));
    let [writer, reader] = [&number, &text].map(|b| [("b.proto", b.as_str()), ("a.proto", a)]);
    check_imports(
        &writer,
        &reader,
        &[
            "FIELD_SCALAR_KIND_CHANGED #/Deep/1",
            "FIELD_NAMED_TYPE_CHANGED #/Outer/Inner/3",
            "FIELD_NAMED_TYPE_CHANGED #/M/1",
            "FIELD_NAMED_TYPE_CHANGED #/M/2",
        ],
    );
}

#[test]
fn a_type_may_move_to_another_package_but_not_get_another_name() {
    let moved = |package: &str| {
        let text = format!("import \"a.proto\"; message M {{ optional {package}.T x = 1; }}");
        let file = format!("package {package}; message T {{ optional int32 q = 1; }}");
        protobuf(&text, &[("a.proto", &file)])
    };
    assert_eq!(listed(&moved("b"), &moved("a")), Vec::<String>::new());
    let own = protobuf("message M { optional T x = 1; } message T { optional string q = 1; }", &[]);
    assert_eq!(
        listed(&own, &moved("a")),
        ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"]
    );
}

#[test]
fn imported_types_may_refer_to_each_other() {
    let file = |kind: &str| {
        format!(
            "package a; message Outer {{ message Inner {{ optional B b = 1; }} }} \
             message B {{ optional Outer.Inner back = 1; optional B next = 2; optional {kind} q = 3; }}"
        )
    };
    let (number, text) = (file("int32"), file("string"));
    check_imports(&[("a.proto", &number)], &[("a.proto", &number)], &[]);
    check_imports(
        &[("a.proto", &number)],
        &[("a.proto", &text)],
        &[
            "FIELD_SCALAR_KIND_CHANGED #/B/3",
            "FIELD_NAMED_TYPE_CHANGED #/Outer/Inner/1",
            "FIELD_NAMED_TYPE_CHANGED #/M/1",
            "FIELD_NAMED_TYPE_CHANGED #/M/2",
        ],
    );
}

#[test]
fn messages_are_the_reference_registrys() {
    let writer = protobuf(
        "package a; message Gone {} message M { optional int32 a = 1; optional int32 b = 2; optional int32 c = 3; \
         required int32 d = 4; oneof o { int32 e = 5; int32 f = 6; } optional int32 g = 7; optional T h = 8; optional \
         int32 i = 9; optional int32 j = 10; optional int32 m = 13; oneof old { int32 n = 14; } } message T {} message U {}",
        &[],
    );
    let reader = protobuf(
        "package b; message M { optional T a = 1; optional float b = 2; repeated int32 c = 3; oneof o { int32 e = 5; } \
         required int32 k = 11; optional int32 g = 7; optional U h = 8; oneof p { int32 i = 9; int32 j = 10; } \
         oneof q { int32 m = 13; int32 n = 14; } } message T {} message U {}",
        &[],
    );
    let earlier = [Earlier { version: 1, schema: &writer }];
    let newer = Newer { version: 2, schema: &reader };
    let verdict = check(Question::at(CompatibilityLevel::Backward), newer, &earlier);
    let messages: Vec<&str> =
        verdict.messages().iter().filter(|each| each.starts_with("{errorType")).map(String::as_str).collect();
    assert_eq!(
        messages,
        [
            r#"{errorType:"PACKAGE_CHANGED", description:"The package at '#/' in the new schema does not match the package in the old schema"}"#,
            r#"{errorType:"MESSAGE_REMOVED", description:"The new schema is missing a MESSAGE type at path '#/Gone' in the old schema"}"#,
            r#"{errorType:"MULTIPLE_FIELDS_MOVED_TO_ONEOF", description:"Multiple fields in the oneof at path '#/M/p' in the new schema are outside a oneof in the old schema"}"#,
            r#"{errorType:"FIELD_MOVED_TO_EXISTING_ONEOF", description:"A field in the oneof at path '#/M/q' in the new schema is outside an existing oneof in the old schema"}"#,
            r#"{errorType:"FIELD_KIND_CHANGED", description:"The type of a field at path '#/M/1' in the new schema does not match the old schema"}"#,
            r#"{errorType:"FIELD_SCALAR_KIND_CHANGED", description:"The kind of a SCALAR field at path '#/M/2' in the new schema does not match its kind in the old schema"}"#,
            r#"{errorType:"FIELD_NUMERIC_LABEL_CHANGED", description:"The label for a NUMERIC field at path '#/M/3' in the new schema does not match its label in the old schema"}"#,
            r#"{errorType:"REQUIRED_FIELD_REMOVED", description:"The new schema is missing a required field at path: '#/M/4' in the old schema"}"#,
            r#"{errorType:"ONEOF_FIELD_REMOVED", description:"The new schema is missing a oneof field at path '#/M/o/6' in the old schema"}"#,
            r#"{errorType:"FIELD_NAMED_TYPE_CHANGED", description:"The type of a MESSAGE field at path '#/M/8' in the new schema does not match its type in the old schema"}"#,
            r#"{errorType:"REQUIRED_FIELD_ADDED", description:"A required field  at path '#/M/11' in the new schema is missing in the old schema"}"#,
        ]
    );
}
