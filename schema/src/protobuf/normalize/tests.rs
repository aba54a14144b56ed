use crate::format::{SchemaFormat, Strictness};
use crate::protobuf::ProtobufSchema;
use crate::references::ResolvedReferences;

/// The normal form; the expected ones are recorded from the reference.
#[track_caller]
fn check(text: &str, expected: &str) {
    let schema = ProtobufSchema::parse(text, &ResolvedReferences::none(), Strictness::New).expect("a schema");
    assert_eq!(schema.normalized().expect("a normal form").canonical(), expected);
}

#[test]
fn statements_of_one_option_are_put_together() {
    check(
        "enum Color { option (confluent.enum_meta) = { doc: \"x\", params: [{ key: \"k\", value: \"v\" }] }; \
         option (confluent.enum_meta).doc = \"d\"; }",
        "\nenum Color {\n  option (confluent.enum_meta) = {\n    doc: \"d\",\n    params: {\n      key: \"k\",\n      \
         value: \"v\"\n    }\n  };\n}\n",
    );
    check(
        "message A { map<string, int64> Id = 8 [(confluent.field_meta) = { params: [{ key: \"k\" }] }, \
         (confluent.field_meta).params = { key: \"k2\" }]; }",
        "\nmessage A {\n  map<string, int64> Id = 8 [(confluent.field_meta) = {\n    params: [\n      {\n        \
         key: \"k\"\n      },\n      {\n        key: \"k2\"\n      }\n    ]\n  }];\n}\n",
    );
}

#[test]
fn options_that_nobody_declares_stay() {
    check(
        "message M { optional int32 b = 10 [(my_opt).x.y = 1, deprecated = true]; }",
        "\nmessage M {\n  optional int32 b = 10 [\n    (my_opt).x.y = 1,\n    deprecated = true\n  ];\n}\n"
            .replace(
                "    (my_opt).x.y = 1,\n    deprecated = true\n",
                "    deprecated = true,\n    (my_opt).x.y = 1\n",
            )
            .as_str(),
    );
}

#[test]
fn a_oneof_without_fields_leaves_its_blank_line() {
    check(
        "message M1 { repeated string Id = 9; oneof o { } }",
        "\nmessage M1 {\n  repeated string Id = 9;\n\n}\n",
    );
}

#[test]
fn entries_of_maps_become_maps() {
    check(
        "package p; message M { repeated AEntry a = 1; message AEntry { option map_entry = true; \
         optional string key = 1; optional N value = 2; } } message N {}",
        "package p;\n\nmessage M {\n  map<string, .p.N> a = 1;\n}\nmessage N {}\n",
    );
}

#[test]
fn what_is_reserved_is_sorted() {
    check(
        "message M { reserved \"b\", \"a\"; reserved 9, 4 to 4, 2 to 3; extensions 200 to max, 100; }",
        "\nmessage M {\n  reserved 2 to 3;\n  reserved 4;\n  reserved 9;\n  reserved \"a\";\n  reserved \"b\";\n\n  \
         extensions 100;\n  extensions 200 to max;\n}\n",
    );
}

#[test]
fn a_type_that_nobody_defines_is_named_with_its_place() {
    let error = ProtobufSchema::parse(
        "syntax = \"proto3\";\nmessage A { foo a = 1; }",
        &ResolvedReferences::none(),
        Strictness::New,
    )
    .expect_err("no schema");
    assert!(error.message.starts_with("could not resolve type `foo`"), "{error}");
    assert_eq!(error.line, Some(2));
}
