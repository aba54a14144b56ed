//! What must hold for records, whatever bytes a topic holds.
//!
//! The first byte of an input chooses the schemas, what follows is the record; `framing` takes all of it as a record with
//! its prefix.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

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

/// What else may have written an [`Everything`]: another order, other types, fields that go.
const OTHER_WRITER: &str = r#"{"type":"record","name":"Everything","fields":[
    {"name":"gone","type":["null","string"]},{"name":"note","type":"string"},
    {"name":"counts","type":{"type":"map","values":"int"}},{"name":"hash","type":{"type":"fixed","name":"Hash","size":4}},
    {"name":"id","type":"int"},{"name":"text","type":"bytes"},
    {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["D","C","B","A"]}},
    {"name":"tags","type":{"type":"array","items":"string"}},{"name":"also","type":{"type":"array","items":"long"}},
    {"name":"ratio","type":"float"},{"name":"part","type":"float"},{"name":"flag","type":"boolean"},
    {"name":"bytes","type":"string"}]}"#;

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

/// What reads and writes generic values of a schema, as itself or as another one.
struct Generic {
    values: <AvroValue as Codec>::Reader,
    serde: <Avro as Codec>::Reader,
    /// The schema that the values have when they were read.
    schema: ParsedSchema,
    again: <AvroValue as Codec>::Reader,
}

impl Generic {
    fn of(writer: &ParsedSchema, read_as: Option<&ParsedSchema>) -> Self {
        let schema = read_as.unwrap_or(writer);
        Self {
            values: reader::<AvroValue>(writer, read_as),
            serde: reader::<Avro>(writer, read_as),
            schema: schema.clone(),
            again: reader::<AvroValue>(schema, None),
        }
    }

    fn both((writer, other): (&str, &str)) -> [Self; 2] {
        let writer = parsed(SchemaType::Avro, writer);
        let other = parsed(SchemaType::Avro, other);
        [Self::of(&writer, None), Self::of(&writer, Some(&other))]
    }

    fn check(&self, record: &[u8]) {
        let _ = <serde::de::IgnoredAny as Decode<Avro>>::decode(&self.serde, Body::bare(record));
        let _ = <serde_json::Value as Decode<Avro>>::decode(&self.serde, Body::bare(record));
        let Ok(value) = <Value as Decode<AvroValue>>::decode(&self.values, Body::bare(record)) else {
            return;
        };
        let bytes = written(&value, &self.schema);
        let again = <Value as Decode<AvroValue>>::decode(&self.again, Body::bare(&bytes));
        let again = again.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(written(&again, &self.schema), bytes);
    }
}

/// Generic values, by themselves and as another schema; what is a value is written and read again as the same.
pub fn avro_decode(data: &[u8]) {
    static CODECS: OnceLock<Vec<[Generic; 2]>> = OnceLock::new();
    let codecs = CODECS.get_or_init(|| AVRO.into_iter().zip(AVRO_READERS).map(Generic::both).collect());
    let Some((both, _, record)) = choice(codecs, data) else { return };
    both.iter().for_each(|generic| generic.check(record));
}

fn written(value: &Value<'_>, schema: &ParsedSchema) -> Vec<u8> {
    let writer = AvroValue::writer(schema, None).unwrap_or_else(|error| panic!("{error}"));
    let mut bytes = Vec::new();
    Encode::<AvroValue>::encode(value, &writer, &mut bytes)
        .unwrap_or_else(|error| panic!("{error}: {value:?}"));
    bytes
}

/// Three ways of reading an [`Everything`].
struct Readers {
    native: <AvroNative as Codec>::Reader,
    serde: <Avro as Codec>::Reader,
    value: <AvroValue as Codec>::Reader,
}

impl Readers {
    fn of(writer: &ParsedSchema, own: &ParsedSchema) -> Self {
        Self {
            native: reader::<AvroNative>(writer, None),
            serde: reader::<Avro>(writer, Some(own)),
            value: reader::<AvroValue>(writer, Some(own)),
        }
    }

    /// The same with what a `serde` type takes four records to teach.
    fn taught(writer: &ParsedSchema, own: &ParsedSchema) -> Self {
        let readers = Self::of(writer, own);
        // Zeroes: empty texts and lists, the first branches and symbols.
        let sample = [0; 64];
        let length = (0..sample.len()).find(|length| {
            <Value as Decode<AvroValue>>::decode(&readers.value, Body::bare(&sample[..*length])).is_ok()
        });
        let sample = &sample[..length.unwrap_or_else(|| panic!("zeroes are no record"))];
        for _ in 0..4 {
            let taught = <Everything<'_> as Decode<Avro>>::decode(&readers.serde, Body::bare(sample));
            assert!(taught.is_ok(), "{:?}", taught.err());
        }
        readers
    }

    /// A derived type, a `serde` type and a generic value agree on what is a record.
    fn agree(&self, data: &[u8], own: &ParsedSchema) {
        let native = <Everything<'_> as Decode<AvroNative>>::decode(&self.native, Body::bare(data));
        let serde = <Everything<'_> as Decode<Avro>>::decode(&self.serde, Body::bare(data));
        let value = <Value as Decode<AvroValue>>::decode(&self.value, Body::bare(data));
        assert_eq!(native.is_ok(), value.is_ok(), "{:?} {:?}", native.err(), value.err());
        assert_eq!(serde.is_ok(), value.is_ok(), "{:?} {:?}", serde.err(), value.err());
        if let (Ok(native), Ok(serde), Ok(value)) = (native, serde, value) {
            let length = native.length(own);
            assert_eq!(length, serde.length(own));
            // Maps have no order, and a key that is repeated is one key.
            assert!(length <= written(&value, own).len());
        }
    }
}

impl Everything<'_> {
    /// Bytes of the record, which the derived code and `serde` write alike.
    fn length(&self, own: &ParsedSchema) -> usize {
        let (mut native, mut serde) = (Vec::new(), Vec::new());
        let writer = AvroNative::writer(own, None).unwrap_or_else(|error| panic!("{error}"));
        Encode::<AvroNative>::encode(self, &writer, &mut native).unwrap_or_else(|error| panic!("{error}"));
        let writer = Avro::writer(own, None).unwrap_or_else(|error| panic!("{error}"));
        Encode::<Avro>::encode(self, &writer, &mut serde).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(native, serde);
        native.len()
    }
}

/// Three ways of reading agree, for records of the type's own schema and of another one, with and without what was learned.
pub fn native_decode(data: &[u8]) {
    static TAUGHT: OnceLock<[Readers; 2]> = OnceLock::new();
    let own = Everything::parsed_schema().unwrap_or_else(|error| panic!("{error}"));
    let writers = || [own.clone(), parsed(SchemaType::Avro, OTHER_WRITER)];
    let taught = TAUGHT.get_or_init(|| writers().map(|writer| Readers::taught(&writer, own)));
    for readers in taught {
        readers.agree(data, own);
    }
    // Parsing schemas takes longer than all the rest, so only some inputs meet readers that know nothing.
    if data.first().is_some_and(|first| first % 16 == 0) {
        for writer in writers() {
            Readers::of(&writer, own).agree(data, own);
        }
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
