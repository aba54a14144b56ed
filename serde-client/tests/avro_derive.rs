//! `#[derive(AvroRecord)]`: the schema that it makes, and the bytes that its code writes and reads.

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
    serde_json::from_str(T::own_schema().unwrap().canonical()).unwrap()
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
    let reader = AvroNative::reader(writer, None, Limits::default()).unwrap();
    <T as Decode<'de, AvroNative>>::decode(&reader, Body::bare(bytes))
}

/// Writes with both codecs by the type's own schema, compares the bytes, and reads them back.
#[track_caller]
fn check<T>(value: &T)
where
    T: AvroRecordTrait + AvroEncode + for<'de> AvroDecode<'de> + Serialize + PartialEq + Debug + Default,
{
    let schema = T::own_schema().unwrap();
    let bytes = written(value, schema);
    let mut by_serde = Vec::new();
    Encode::<Avro>::encode(value, &Avro::writer(schema, None).unwrap(), &mut by_serde).unwrap();
    assert_eq!(bytes, by_serde);
    assert_eq!(&read::<T>(schema, &bytes).unwrap(), value);
    let mut existing = T::default();
    let reader = AvroNative::reader(schema, None, Limits::default()).unwrap();
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
