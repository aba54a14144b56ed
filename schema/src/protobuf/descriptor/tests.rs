use super::{BASE64, decoded};
use crate::format::{SchemaFormat, Strictness};
use crate::protobuf::{ProtobufSchema, canonical};
use crate::references::ResolvedReferences;
use base64::Engine;

fn serialized(text: &str) -> String {
    let schema = ProtobufSchema::parse(text, &ResolvedReferences::none(), Strictness::New).expect("a schema");
    schema.formatted("serialized").expect("a descriptor")
}

fn text(descriptor: &str) -> String {
    canonical::text(&decoded(descriptor).expect("base64").expect("a file"))
}

#[test]
fn a_file_is_serialized_as_the_reference_does() {
    let proto = "syntax = \"proto3\";\npackage shopfmt;\n\nmessage Orderdfik {\n  int64 id = 1;\n}\n";
    let descriptor = "CgdkZWZhdWx0EgdzaG9wZm10IhUKCU9yZGVyZGZpaxIICgJpZBgBKANiBnByb3RvMw==";
    assert_eq!(serialized(proto), descriptor);
    assert_eq!(text(descriptor), proto);
}

#[test]
fn what_a_descriptor_keeps_comes_back() {
    let proto = "syntax = \"proto2\";\npackage p;\n\noption java_package = \"x\";\noption optimize_for = SPEED;\n\n\
                 message M {\n  reserved 5;\n  reserved 7 to 9;\n  reserved \"old\";\n\n  \
                 optional int32 a = 1 [\n    packed = false,\n    default = 5,\n    json_name = \"A\"\n  ];\n\n  \
                 oneof o {\n    string s = 2;\n  }\n\n  extensions 100 to max;\n}\n\
                 enum E {\n  option allow_alias = true;\n  X = 0;\n  Y = 0 [deprecated = true];\n}\n\n\
                 extend .p.M {\n  optional int32 e = 100;\n}\n\n\
                 service S {\n  rpc Do (M) returns (stream M) {\n    option idempotency_level = IDEMPOTENT;\n  };\n}\n";
    assert_eq!(text(&serialized(proto)), proto);
}

#[test]
fn documentation_and_tags_come_back() {
    let proto = "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1 [(confluent.field_meta) = {\n    doc: \"d\",\n    \
                 tags: [\n      \"PII\",\n      \"X\"\n    ]\n  }];\n}\n";
    assert_eq!(text(&serialized(proto)), proto);
}

#[test]
fn bytes_that_are_no_descriptor_are_refused() {
    for bytes in
        [&b"\x0a"[..], b"\x00\x01", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x", b"\x0b", b"\x0c"]
    {
        assert!(decoded(&BASE64.encode(bytes)).expect("base64").is_err(), "{bytes:?}");
    }
    assert!(decoded("message {").is_none());
}

#[test]
fn names_that_no_text_can_have_are_refused() {
    // A message with the name `A { } message B`.
    let message = b"\x22\x12\x0a\x10A { } message B ";
    let file = decoded(&BASE64.encode(message)).expect("base64");
    assert!(file.is_err(), "{file:?}");
}

#[test]
fn messages_that_nest_too_deeply_are_refused() {
    let mut message = b"\x0a\x01A".to_vec();
    for number in [0x1a_u8; 120].into_iter().chain([0x22]) {
        let mut outer = if number == 0x22 { Vec::new() } else { b"\x0a\x01A".to_vec() };
        outer.push(number);
        let mut length = message.len();
        while length >= 0x80 {
            outer.push(u8::try_from(length & 0x7f | 0x80).expect("a byte"));
            length >>= 7;
        }
        outer.push(u8::try_from(length).expect("a byte"));
        outer.extend(message);
        message = outer;
    }
    assert!(decoded(&BASE64.encode(&message)).expect("base64").is_err());
}
