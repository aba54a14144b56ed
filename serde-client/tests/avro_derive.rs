//! `#[derive(AvroRecord)]`: the schema that it makes, and the bytes that its code writes and reads.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde::{Deserialize, Serialize};
use serde_client::AvroRecord;
use serde_client::codec::avro::Avro;
use serde_client::codec::avro::native::{AvroDecode, AvroEncode, AvroNative, AvroRecord as AvroRecordTrait};
use serde_client::codec::{Codec, Decode, DecodeError, Encode, Limits};
use serde_client::framing::Body;
use serde_json::{Value as Json, json};

fn parsed(text: &str) -> ParsedSchema {
    ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::default(), Strictness::New).unwrap()
}

fn schema_of<T: AvroRecordTrait>() -> Json {
    serde_json::from_str(T::parsed_schema().unwrap().canonical()).unwrap()
}

fn written<T: AvroRecordTrait + AvroEncode>(value: &T, schema: &ParsedSchema) -> Vec<u8> {
    let writer = AvroNative::writer(schema, None).unwrap();
    let mut out = Vec::new();
    Encode::<AvroNative>::encode(value, &writer, &mut out).unwrap();
    out
}

fn read<'de, T: AvroRecordTrait + AvroDecode<'de>>(
    writer: &ParsedSchema,
    bytes: &'de [u8],
) -> Result<T, DecodeError> {
    let reader = AvroNative::reader(writer, None, None, Limits::default()).unwrap();
    <T as Decode<'de, AvroNative>>::decode(&reader, Body::bare(bytes))
}

/// Writes with both codecs by the type's own schema, compares the bytes, and reads them back.
#[track_caller]
fn check<T>(value: &T)
where
    T: AvroRecordTrait + AvroEncode + for<'de> AvroDecode<'de> + Serialize + PartialEq + Debug + Default,
{
    let schema = T::parsed_schema().unwrap();
    let bytes = written(value, schema);
    let mut by_serde = Vec::new();
    Encode::<Avro>::encode(value, &Avro::writer(schema, None).unwrap(), &mut by_serde).unwrap();
    assert_eq!(bytes, by_serde);
    assert_eq!(&read::<T>(schema, &bytes).unwrap(), value);
    let mut existing = T::default();
    let reader = AvroNative::reader(schema, None, None, Limits::default()).unwrap();
    reader.decode_into(&mut existing, Body::bare(&bytes)).unwrap();
    assert_eq!(&existing, value);
    for end in 0..bytes.len() {
        assert!(read::<T>(schema, &bytes[..end]).is_err(), "cut off after {end} bytes");
    }
}

/// Where it runs.
#[derive(AvroRecord, Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[avro(rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
enum Os {
    #[default]
    Android,
    #[avro(default)]
    Other,
}

#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default)]
struct Device {
    os: Os,
    #[avro(rename = "browserName", alias = "agent")]
    #[serde(rename = "browserName")]
    browser: String,
    #[serde(with = "bytes")]
    ip_hash: Vec<u8>,
}

/// A click.
///
/// On an advertisement.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default)]
#[avro(name = "AdClick", namespace = "shop.ads", alias = "shop.old.Click")]
struct Click {
    /// When.
    #[avro(logical = "timestamp-millis")]
    time: i64,
    #[avro(default = 7)]
    bid: i64,
    label: Option<i32>,
    device: Device,
    fallback: Option<Device>,
    tags: Vec<String>,
    scores: BTreeMap<String, f64>,
    counts: HashMap<String, Vec<u32>>,
    #[avro(default = true)]
    valid: bool,
    ratio: f32,
    small: i16,
    #[avro(default_json = r#"["a"]"#)]
    words: Vec<String>,
}

/// `Vec<u8>` as serde's bytes.
mod bytes {
    use serde::{Deserializer, Serializer, de::Visitor};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

fn click() -> Click {
    Click {
        time: 1_760_000_000_000,
        bid: -1,
        label: Some(300),
        device: Device { os: Os::Other, browser: "Firefox".into(), ip_hash: vec![0, 255, 7] },
        fallback: None,
        tags: vec!["a".into(), String::new(), "x".repeat(100)],
        scores: [("one".to_owned(), 1.0), ("two".to_owned(), -2.5)].into(),
        counts: [("n".to_owned(), vec![0, u32::MAX])].into(),
        valid: true,
        ratio: 0.5,
        small: -3,
        words: vec![],
    }
}

#[test]
fn a_record_says_all_that_its_attributes_say() {
    let device = json!({"type": "record", "name": "Device", "fields": [
        {"name": "os", "type": {
            "type": "enum", "name": "Os", "doc": "Where it runs.", "symbols": ["ANDROID", "OTHER"], "default": "OTHER"}},
        {"name": "browserName", "type": "string", "aliases": ["agent"]},
        {"name": "ip_hash", "type": "bytes"},
    ]});
    assert_eq!(
        schema_of::<Click>(),
        json!({
            "type": "record", "name": "AdClick", "namespace": "shop.ads",
            "doc": "A click.\n\nOn an advertisement.", "aliases": ["shop.old.Click"],
            "fields": [
                {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When."},
                {"name": "bid", "type": "long", "default": 7},
                {"name": "label", "type": ["null", "int"], "default": null},
                {"name": "device", "type": device},
                {"name": "fallback", "type": ["null", "Device"], "default": null},
                {"name": "tags", "type": {"type": "array", "items": "string"}},
                {"name": "scores", "type": {"type": "map", "values": "double"}},
                {"name": "counts", "type": {"type": "map", "values": {"type": "array", "items": "long"}}},
                {"name": "valid", "type": "boolean", "default": true},
                {"name": "ratio", "type": "float"},
                {"name": "small", "type": "int"},
                {"name": "words", "type": {"type": "array", "items": "string"}, "default": ["a"]},
            ],
        })
    );
}

#[test]
fn records_round_trip_with_the_bytes_of_the_serde_codec() {
    check(&click());
    check(&Click { fallback: Some(Device::default()), ..Click::default() });
}

/// What holds what: enough to have every type and logical type once.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default)]
#[avro(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
struct Logical {
    #[avro(logical = "date")]
    on_day: i32,
    #[avro(logical = "time-millis")]
    at_millis: i32,
    #[avro(logical = "time-micros")]
    at_micros: i64,
    #[avro(logical = "timestamp-nanos")]
    nanos: Option<i64>,
    #[avro(logical = "local-timestamp-micros")]
    locals: Vec<i64>,
    #[avro(logical = "uuid")]
    id: String,
    #[avro(logical = "uuid", fixed = "Guid")]
    guid: [u8; 16],
    #[avro(logical = "duration", fixed = "Span")]
    span: Option<[u8; 12]>,
    #[avro(decimal(precision = 9, scale = 2))]
    #[serde(with = "bytes")]
    price: Vec<u8>,
    #[avro(decimal(precision = 4), fixed = "Four")]
    four: [u8; 4],
    #[avro(fixed = "Four")]
    again: [u8; 4],
}

#[test]
fn logical_types_stand_at_the_innermost_type() {
    let schema = schema_of::<Logical>();
    let types: Vec<&Json> = schema["fields"].as_array().unwrap().iter().map(|field| &field["type"]).collect();
    let fixed =
        |name, size, logical| json!({"type": "fixed", "name": name, "size": size, "logicalType": logical});
    let expected = [
        json!({"type": "int", "logicalType": "date"}),
        json!({"type": "int", "logicalType": "time-millis"}),
        json!({"type": "long", "logicalType": "time-micros"}),
        json!(["null", {"type": "long", "logicalType": "timestamp-nanos"}]),
        json!({"type": "array", "items": {"type": "long", "logicalType": "local-timestamp-micros"}}),
        json!({"type": "string", "logicalType": "uuid"}),
        fixed("Guid", 16, "uuid"),
        json!(["null", fixed("Span", 12, "duration")]),
        json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}),
        json!({"type": "fixed", "name": "Four", "size": 4, "logicalType": "decimal", "precision": 4, "scale": 0}),
        json!("Four"),
    ];
    assert_eq!(types, expected.iter().collect::<Vec<_>>());
    let value = Logical { span: Some([9; 12]), guid: [3; 16], again: [1, 2, 3, 4], ..Logical::default() };
    let bytes = written(&value, Logical::parsed_schema().unwrap());
    assert_eq!(read::<Logical>(Logical::parsed_schema().unwrap(), &bytes).unwrap(), value);
}

#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default)]
struct Tree {
    value: i32,
    left: Option<Box<Tree>>,
    children: Vec<Tree>,
}

#[test]
fn a_type_may_hold_itself() {
    let leaf = |value| Tree { value, ..Tree::default() };
    check(&Tree { value: 1, left: Some(Box::new(leaf(2))), children: vec![leaf(3), leaf(4)] });
}

#[test]
fn nesting_has_a_limit() {
    let schema = Tree::parsed_schema().unwrap();
    // A value, and a left branch that holds the same again.
    let bomb = [0, 2].repeat(1000);
    let error = read::<Tree>(schema, &bomb).unwrap_err();
    assert!(error.reason().contains("depth_max"), "{error}");
}

#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default)]
enum Payload {
    #[default]
    Nothing,
    Number(i64),
    Text(String),
    Device(Device),
    Many(Vec<i32>),
}

#[derive(AvroRecord, PartialEq, Debug, Default)]
struct Event {
    payload: Payload,
    more: Vec<Payload>,
}

#[test]
fn enums_with_values_are_unions() {
    let union = &schema_of::<Event>()["fields"][0]["type"];
    let words: Vec<String> = union
        .as_array()
        .unwrap()
        .iter()
        .map(|branch| {
            branch["name"].as_str().or(branch["type"].as_str()).or(branch.as_str()).unwrap().to_owned()
        })
        .collect();
    assert_eq!(words, ["null", "long", "string", "Device", "array"]);
    let value = Event {
        payload: Payload::Device(Device { browser: "b".into(), ..Device::default() }),
        more: vec![Payload::Number(-1), Payload::Nothing, Payload::Text("t".into()), Payload::Many(vec![1])],
    };
    let schema = Event::parsed_schema().unwrap();
    let bytes = written(&value, schema);
    assert_eq!(read::<Event>(schema, &bytes).unwrap(), value);

    // The same branches in another order, and one that is promoted.
    let text = schema.canonical().replace(r#"["null","long","string""#, r#"["string","int","null""#);
    let other = parsed(&text);
    let mut bytes = vec![4, 4, 2];
    bytes.push(20);
    bytes.extend([0, 2, b'x', 0]);
    let read = read::<Event>(&other, &bytes).unwrap();
    let more = vec![Payload::Number(10), Payload::Text("x".into())];
    assert_eq!(read, Event { payload: Payload::Nothing, more });
}

#[derive(AvroRecord, PartialEq, Debug)]
#[avro(name = "Device")]
struct DeviceRef<'a> {
    os: Os,
    #[avro(rename = "browserName")]
    browser: &'a str,
    ip_hash: &'a [u8],
}

#[derive(AvroRecord, PartialEq, Debug)]
struct Borrowing<'a> {
    device: DeviceRef<'a>,
    text: Cow<'a, str>,
    blob: Option<Cow<'a, [u8]>>,
    names: Vec<&'a str>,
    #[avro(default = "none")]
    late: &'a str,
}

#[test]
fn texts_and_bytes_are_borrowed_from_the_record() {
    let device = DeviceRef { os: Os::Other, browser: "b", ip_hash: &[1, 2] };
    let value = Borrowing {
        device,
        text: "text".into(),
        blob: Some(Cow::Owned(vec![7])),
        names: vec!["one", ""],
        late: "here",
    };
    let schema = Borrowing::parsed_schema().unwrap();
    let bytes = written(&value, schema);
    let back = read::<Borrowing<'_>>(schema, &bytes).unwrap();
    assert_eq!(back, value);
    assert!(matches!((&back.text, &back.blob), (Cow::Borrowed(_), Some(Cow::Borrowed(_)))));

    let text = schema.canonical().replace(r#",{"name":"late","type":"string","default":"none"}"#, "");
    let before = parsed(&text);
    let back = read::<Borrowing<'_>>(&before, &bytes[..bytes.len() - 5]).unwrap();
    assert_eq!(back.late, "none");
}

/// The reader of the evolution tests.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default, Clone)]
#[avro(name = "E")]
#[serde(rename = "E")]
struct Evolved {
    a: i64,
    #[avro(alias = "old_b")]
    b: String,
    #[avro(default = 5)]
    c: i32,
    d: Option<f64>,
    e: Vec<Part>,
}

#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Default, Clone)]
#[avro(name = "P")]
#[serde(rename = "P")]
struct Part {
    x: i64,
    os: Os,
}

/// Values written by another schema are read alike by derived code and by serde.
#[track_caller]
fn check_evolution(fields: &str, bytes: &[u8], expected: &Evolved) {
    let writer = parsed(&format!(r#"{{"type":"record","name":"E","fields":[{fields}]}}"#));
    assert_eq!(&read::<Evolved>(&writer, bytes).unwrap(), expected);
    let reader =
        Avro::reader(&writer, Some(Evolved::parsed_schema().unwrap()), None, Limits::default()).unwrap();
    assert_eq!(&<Evolved as Decode<'_, Avro>>::decode(&reader, Body::bare(bytes)).unwrap(), expected);
}

const OS: &str = r#"{"type":"enum","name":"Os","symbols":["BEOS","ANDROID"]}"#;

#[test]
fn evolution() {
    let part = format!(
        r#"{{"type":"record","name":"P","fields":[{{"name":"os","type":{OS}}},{{"name":"x","type":"int"}}]}}"#
    );
    let list = format!(r#"{{"name":"e","type":{{"type":"array","items":{part}}}}}"#);
    // Reordered, promoted, renamed, removed and defaulted at once; an unknown symbol becomes the enum's default.
    check_evolution(
        &format!(
            r#"{list},{{"name":"gone","type":{{"type":"map","values":["null","string"]}}}},{{"name":"d","type":"float"}},
               {{"name":"old_b","type":"bytes"}},{{"name":"a","type":"int"}}"#
        ),
        &[4, 0, 2, 2, 4, 0, 2, 2, b'k', 2, 2, b'v', 0, 0, 0, 0, 0x3f, 2, b'z', 9],
        &Evolved {
            a: -5,
            b: "z".into(),
            c: 5,
            d: Some(0.5),
            e: vec![Part { x: 1, os: Os::Other }, Part { x: 2, os: Os::Android }],
        },
    );
    // The other way round for the union, and a union where the reader has none.
    check_evolution(
        &format!(
            r#"{{"name":"d","type":["double","null"]}},{{"name":"b","type":["null","string"]}},{{"name":"a","type":"long"}},
               {{"name":"c","type":"int"}},{list}"#
        ),
        &[2, 2, 2, b'q', 2, 4, 0],
        &Evolved { a: 1, b: "q".into(), c: 2, d: None, e: vec![] },
    );
}

/// A field of the writer may be two of the reader, which stand between others.
#[test]
fn a_field_may_be_read_twice() {
    #[derive(AvroRecord, PartialEq, Debug)]
    #[avro(name = "T")]
    struct Twice {
        #[avro(alias = "n")]
        first: i64,
        text: String,
        #[avro(alias = "n")]
        second: Option<i64>,
        #[avro(default = 7)]
        absent: i32,
        none: Option<String>,
        end: bool,
    }
    let writer = parsed(
        r#"{"type":"record","name":"T","fields":[{"name":"gone","type":"string"},{"name":"text","type":"string"},
        {"name":"n","type":"long"},{"name":"end","type":"boolean"}]}"#,
    );
    let bytes = [2, b'g', 4, b'a', b'b', 6, 1];
    let wanted = Twice { first: 3, text: "ab".into(), second: Some(3), absent: 7, none: None, end: true };
    assert_eq!(read::<Twice>(&writer, &bytes).unwrap(), wanted);
    let error = read::<Twice>(&writer, &bytes[..5]).unwrap_err();
    assert_eq!((error.path(), error.offset()), ("first", 5));
}

#[test]
fn what_cannot_be_read_says_where() {
    let writer = parsed(
        r#"{"type":"record","name":"E","fields":[{"name":"a","type":["null","long"]},
        {"name":"b","type":"string"},{"name":"e","type":{"type":"array","items":
        {"type":"record","name":"P","fields":[{"name":"x","type":"long"},
        {"name":"os","type":{"type":"enum","name":"Os","symbols":["ANDROID"]}}]}}}]}"#,
    );
    let error = read::<Evolved>(&writer, &[0, 0, 0, 0]).unwrap_err();
    assert_eq!(error.path(), "a");
    let error = read::<Evolved>(&writer, &[2, 2, 2, b'b', 2, 2, 9, 0]).unwrap_err();
    assert_eq!((error.path(), error.offset()), ("e.0.os", 6));
    let error = read::<Click>(Click::parsed_schema().unwrap(), &[0]).unwrap_err();
    assert_eq!(error.path(), "bid");
}

#[test]
fn another_schema_is_written_by_way_of_a_value() {
    let target = parsed(
        r#"{"type":"record","name":"E","fields":[{"name":"b","type":"bytes"},{"name":"a","type":"double"},
            {"name":"new","type":"int","default":3}]}"#,
    );
    let value = Evolved { a: 2, b: "z".into(), ..Evolved::default() };
    let mut expected = vec![2, b'z'];
    expected.extend(2.0_f64.to_le_bytes());
    expected.push(6);
    assert_eq!(written(&value, &target), expected);
    let narrow = parsed(r#"{"type":"record","name":"E","fields":[{"name":"a","type":"int"}]}"#);
    let writer = AvroNative::writer(&narrow, None).unwrap();
    let error = Encode::<AvroNative>::encode(&value, &writer, &mut Vec::new()).unwrap_err();
    assert_eq!(error.path(), "a");
}

#[test]
fn a_default_of_another_type_is_an_error_of_the_schema() {
    #[derive(AvroRecord)]
    struct Wrong {
        #[avro(default = "text")]
        _number: i32,
    }
    let error = Wrong::parsed_schema().unwrap_err();
    assert!(error.0.contains("attributes make no schema"), "{error}");
}
