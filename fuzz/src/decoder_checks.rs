//! What must hold for records, whatever bytes a topic holds.
//!
//! The first byte of an input chooses the schemas, what follows is the record; `framing` takes all of it as a record with
//! its prefix.

use std::borrow::Cow;
use std::collections::HashMap;

use prost::Message;
use prost_reflect::DynamicMessage;
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde::{Deserialize, Serialize};
use serde_client::codec::avro::Value;
use serde_client::codec::{Codec, Decode, Encode, Limits};
use serde_client::framing::{self as frames, Body, MessageIndexes, Prefix};
use serde_client::{Avro, AvroNative, AvroRecord, AvroValue, DynamicProtobuf, Json, Protobuf, ValidatedJson};

/// A check that all targets share a signature for.
pub type Check = fn(&[u8]);

/// Every target by its name.
pub const CHECKS: [(&str, Check); 5] = [
    ("framing", framing),
    ("avro_decode", avro_decode),
    ("native_decode", native_decode),
    ("protobuf_decode", protobuf_decode),
    ("json_decode", json_decode),
];

/// What a record may make a decoder allocate in these checks, in bytes.
const LIMITS: Limits = Limits { depth_max: 64, allocation_max: 1 << 20 };

/// Schemas of Avro records: every type, every kind of nesting, and lists of what takes no bytes.
const AVRO: [&str; 6] = [
    r#"{"type":"record","name":"Everything","fields":[
        {"name":"id","type":"long"},{"name":"text","type":"string"},{"name":"bytes","type":"bytes"},
        {"name":"flag","type":"boolean"},{"name":"ratio","type":"double"},{"name":"part","type":"float"},
        {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B","C"],"default":"A"}},
        {"name":"hash","type":{"type":"fixed","name":"Hash","size":4}},
        {"name":"tags","type":{"type":"array","items":"string"}},
        {"name":"counts","type":{"type":"map","values":"int"}},
        {"name":"note","type":["null","string"],"default":null}]}"#,
    r#"{"type":"record","name":"Tree","fields":[{"name":"left","type":["null","Tree"]},{"name":"right","type":["null","Tree"]}]}"#,
    r#"{"type":"array","items":"null"}"#,
    r#"{"type":"array","items":{"type":"array","items":{"type":"record","name":"Empty","fields":[]}}}"#,
    r#"["null","int","string",{"type":"map","values":["bytes","long"]}]"#,
    r#""bytes""#,
];

/// What a record of the same place in [`AVRO`] is read as, besides itself.
const AVRO_READERS: [&str; 6] = [
    r#"{"type":"record","name":"Everything","fields":[
        {"name":"note","type":["string","null"],"default":"none"},{"name":"added","type":"long","default":7},
        {"name":"label","type":"bytes","aliases":["text"]},{"name":"id","type":"double"},
        {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","C"],"default":"A"}},
        {"name":"counts","type":{"type":"map","values":"long"}}]}"#,
    r#"{"type":"record","name":"Tree","fields":[{"name":"right","type":["null","Tree"]}]}"#,
    r#"{"type":"array","items":["string","null"]}"#,
    r#"{"type":"array","items":{"type":"array","items":{"type":"record","name":"Empty","fields":[{"name":"a","type":"int","default":1}]}}}"#,
    r#"["double","string"]"#,
    r#""string""#,
];

#[derive(AvroRecord, Serialize, Deserialize)]
struct Everything<'a> {
    id: i64,
    #[serde(borrow)]
    text: &'a str,
    bytes: Cow<'a, [u8]>,
    flag: bool,
    ratio: f64,
    part: f32,
    kind: Kind,
    #[avro(fixed = "Hash")]
    hash: [u8; 4],
    tags: Vec<String>,
    counts: HashMap<String, i32>,
    note: Option<String>,
}

#[derive(Clone, Copy, AvroRecord, Serialize, Deserialize)]
enum Kind {
    #[avro(default)]
    A,
    B,
    C,
}

const PROTOBUF: &str = r#"syntax = "proto3"; package p;
message Outer { message Node { string name = 1; repeated Node nodes = 2; map<string, int64> counts = 3; } }
message Other { oneof choice { bytes data = 1; Outer.Node node = 2; sint32 number = 3; } repeated fixed64 packed = 4; }"#;

const JSON: [&str; 2] = [
    r#"{"type":"object","properties":{"name":{"type":"string","pattern":"^(a+)+$"},"sizes":{"type":"array","items":{"type":"integer"},"uniqueItems":true}},"required":["name"]}"#,
    r##"{"definitions":{"tree":{"type":"object","additionalProperties":{"$ref":"#/definitions/tree"}}},"$ref":"#/definitions/tree"}"##,
];

fn parsed(schema_type: SchemaType, text: &str) -> ParsedSchema {
    ParsedSchema::parse(schema_type, text, &ResolvedReferences::none(), Strictness::New)
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn reader<C: Codec>(writer: &ParsedSchema, reader: Option<&ParsedSchema>) -> C::Reader {
    C::reader(writer, reader, None, LIMITS).unwrap_or_else(|error| panic!("{error}"))
}

fn choice<'a, 'b, T>(choices: &'a [T], data: &'b [u8]) -> Option<(&'a T, usize, &'b [u8])> {
    let (first, record) = data.split_first()?;
    let at = usize::from(*first) % choices.len();
    Some((choices.get(at)?, at, record))
}

/// Any bytes are a frame or an error; what was read is written again as it was.
pub fn framing(data: &[u8]) {
    for header in [None, Some(data)] {
        let Ok(frame) = frames::read(data, header) else { continue };
        assert!(data.starts_with(Prefix::of(frame.identity).as_bytes()));
        if let Ok((indexes, rest)) = frame.body.indexed_record() {
            assert!(data.ends_with(rest));
            let mut written = Vec::new();
            indexes.write(&mut written);
            let again = MessageIndexes::read(&written).map(|(again, rest)| (again, rest.len()));
            assert_eq!(again, Ok((indexes, 0)));
        }
    }
}

/// Generic values, by themselves and as another schema; what is a value is written and read again as the same.
pub fn avro_decode(data: &[u8]) {
    let Some((text, at, record)) = choice(&AVRO, data) else { return };
    let writer = parsed(SchemaType::Avro, text);
    let resolved = parsed(SchemaType::Avro, AVRO_READERS[at]);
    for read_as in [None, Some(&resolved)] {
        let values = reader::<AvroValue>(&writer, read_as);
        let serde = reader::<Avro>(&writer, read_as);
        let _ = <serde::de::IgnoredAny as Decode<Avro>>::decode(&serde, Body::bare(record));
        let _ = <serde_json::Value as Decode<Avro>>::decode(&serde, Body::bare(record));
        let Ok(value) = <Value as Decode<AvroValue>>::decode(&values, Body::bare(record)) else { continue };
        let schema = read_as.unwrap_or(&writer);
        let bytes = written(&value, schema);
        let again = reader::<AvroValue>(schema, None);
        let again = <Value as Decode<AvroValue>>::decode(&again, Body::bare(&bytes));
        let again = again.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(written(&again, schema), bytes);
    }
}

fn written(value: &Value<'_>, schema: &ParsedSchema) -> Vec<u8> {
    let writer = AvroValue::writer(schema, None).unwrap_or_else(|error| panic!("{error}"));
    let mut bytes = Vec::new();
    Encode::<AvroValue>::encode(value, &writer, &mut bytes)
        .unwrap_or_else(|error| panic!("{error}: {value:?}"));
    bytes
}

/// A derived type, a `serde` type and a generic value agree on what is a record.
pub fn native_decode(data: &[u8]) {
    let writer = parsed(SchemaType::Avro, AVRO[0]);
    let native = <Everything<'_> as Decode<AvroNative>>::decode(
        &reader::<AvroNative>(&writer, None),
        Body::bare(data),
    );
    let serde = <Everything<'_> as Decode<Avro>>::decode(&reader::<Avro>(&writer, None), Body::bare(data));
    let value = <Value as Decode<AvroValue>>::decode(&reader::<AvroValue>(&writer, None), Body::bare(data));
    assert_eq!(native.is_ok(), value.is_ok(), "{:?} {:?}", native.err(), value.err());
    assert_eq!(serde.is_ok(), value.is_ok(), "{:?} {:?}", serde.err(), value.err());
    if let (Ok(native), Ok(value)) = (native, value) {
        let mut bytes = Vec::new();
        let schema = AvroNative::writer(&writer, None).unwrap_or_else(|error| panic!("{error}"));
        Encode::<AvroNative>::encode(&native, &schema, &mut bytes).unwrap_or_else(|error| panic!("{error}"));
        // Maps have no order, and a key that is repeated is one key.
        assert!(bytes.len() <= written(&value, &writer).len());
    }
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    nodes: Vec<Node>,
    #[prost(map = "string, int64", tag = "3")]
    counts: HashMap<String, i64>,
}

/// Messages with and without a type; the bytes hold the message indexes, too.
pub fn protobuf_decode(data: &[u8]) {
    let writer = parsed(SchemaType::Protobuf, PROTOBUF);
    let mut prefixed = vec![0, 0, 0, 0, 1];
    prefixed.extend_from_slice(data);
    let Ok(frame) = frames::read(&prefixed, None) else { return };
    let typed = Protobuf::reader(&writer, None, Some("p.Outer.Node"), LIMITS);
    let typed = typed.unwrap_or_else(|error| panic!("{error}"));
    let typed = <Node as Decode<Protobuf>>::decode(&typed, frame.body);
    let dynamic = reader::<DynamicProtobuf>(&writer, None);
    let dynamic = <DynamicMessage as Decode<DynamicProtobuf>>::decode(&dynamic, frame.body);
    if let Ok(node) = typed {
        let dynamic = dynamic.unwrap_or_else(|error| panic!("{error}"));
        let again = <Node as Message>::decode(dynamic.encode_to_vec().as_slice())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(again.nodes.len(), node.nodes.len());
    }
}

/// Documents, validated and not: what is valid is a document.
pub fn json_decode(data: &[u8]) {
    let Some((text, _, record)) = choice(&JSON, data) else { return };
    let writer = parsed(SchemaType::Json, text);
    let any = <serde_json::Value as Decode<Json>>::decode(&reader::<Json>(&writer, None), Body::bare(record));
    let valid = reader::<ValidatedJson>(&writer, None);
    let valid = <serde_json::Value as Decode<ValidatedJson>>::decode(&valid, Body::bare(record));
    assert!(any.is_ok() || valid.is_err());
}
