//! A record of many fields is read whatever the order of its writer: by code of the type's own and through `serde`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use proptest::prelude::*;
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde::{Deserialize, Serialize};
use serde_client::AvroRecord;
use serde_client::codec::avro::Avro;
use serde_client::codec::avro::native::{AvroNative, AvroRecord as AvroRecordTrait};
use serde_client::codec::{Codec, Decode, Encode, Limits};
use serde_client::framing::Body;

/// Names end in a letter for the type: n is a number, o one that may be null, t a text, u one that may be null.
#[derive(AvroRecord, Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
struct Wide {
    a_n: i64,
    a_o: Option<i32>,
    a_t: String,
    a_u: Option<String>,
    b_o: Option<i32>,
    b_u: Option<String>,
    b_n: i64,
    b_t: String,
    c_u: Option<String>,
    d_u: Option<String>,
    e_u: Option<String>,
    f_u: Option<String>,
    c_o: Option<i32>,
    d_o: Option<i32>,
    c_n: i64,
    d_n: i64,
    c_t: String,
    d_t: String,
    e_o: Option<i32>,
    g_u: Option<String>,
}

const NAMES: [&str; 20] = [
    "a_n", "a_o", "a_t", "a_u", "b_o", "b_u", "b_n", "b_t", "c_u", "d_u", "e_u", "f_u", "c_o", "d_o", "c_n",
    "d_n", "c_t", "d_t", "e_o", "g_u",
];

fn field(name: &str) -> String {
    let (kind, default) = match name.as_bytes().last() {
        Some(b'n') => (r#""long""#, ""),
        Some(b'o') => (r#"["null","int"]"#, r#","default":null"#),
        Some(b't') => (r#""string""#, ""),
        _ => (r#"["null","string"]"#, r#","default":null"#),
    };
    format!(r#"{{"name":"{name}","type":{kind}{default}}}"#)
}

fn parsed(fields: &[String]) -> ParsedSchema {
    let text = format!(r#"{{"type":"record","name":"Wide","fields":[{}]}}"#, fields.join(","));
    ParsedSchema::parse(SchemaType::Avro, &text, &ResolvedReferences::default(), Strictness::New).unwrap()
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![-70_i64..70, -10_000_i64..10_000, any::<i64>()]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z0-9]{0,12}", 1 => "\\PC{0,8}", 1 => "[a-z]{60,70}"]
}

fn wide() -> impl Strategy<Value = Wide> {
    let numbers = prop::array::uniform4(number());
    let counts = prop::array::uniform5(prop::option::of(any::<i32>()));
    let texts = prop::array::uniform4(text());
    let labels = prop::array::uniform7(prop::option::of(text()));
    (numbers, counts, texts, labels).prop_map(|(numbers, counts, texts, labels)| {
        let [a_n, b_n, c_n, d_n] = numbers;
        let [a_o, b_o, c_o, d_o, e_o] = counts;
        let [a_t, b_t, c_t, d_t] = texts;
        let [a_u, b_u, c_u, d_u, e_u, f_u, g_u] = labels;
        Wide {
            a_n,
            a_o,
            a_t,
            a_u,
            b_o,
            b_u,
            b_n,
            b_t,
            c_u,
            d_u,
            e_u,
            f_u,
            c_o,
            d_o,
            c_n,
            d_n,
            c_t,
            d_t,
            e_o,
            g_u,
        }
    })
}

/// Some names in some order: all, a few of which change places, or any.
fn order() -> impl Strategy<Value = Vec<&'static str>> {
    let all = NAMES.to_vec();
    let turned = (0..NAMES.len()).prop_map(|by| {
        let mut names = NAMES.to_vec();
        names.rotate_left(by);
        names
    });
    let swapped = (0..NAMES.len(), 0..NAMES.len()).prop_map(|(one, other)| {
        let mut names = NAMES.to_vec();
        names.swap(one, other);
        names
    });
    prop_oneof![1 => Just(all.clone()), 3 => turned, 3 => swapped, 4 => Just(all).prop_shuffle()]
}

/// Fields that only the writer has, behind how many of the others each.
fn gone() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..=NAMES.len(), 0..4)
}

proptest! {
    #[test]
    fn every_order_is_read(value in wide(), order in order(), gone in gone(), cut in any::<prop::sample::Index>()) {
        let mut fields: Vec<String> = order.iter().map(|name| field(name)).collect();
        for (number, at) in gone.iter().enumerate() {
            let kind = [r#"["null","string"]"#, r#""string""#, r#"{"type":"array","items":"long"}"#][number % 3];
            let default = [r#"null"#, r#""gone""#, "[1,2]"][number % 3];
            let field = format!(r#"{{"name":"gone_{number}","type":{kind},"default":{default}}}"#);
            fields.insert((*at).min(fields.len()), field);
        }
        let writer = parsed(&fields);
        let mut record = Vec::new();
        Encode::<Avro>::encode(&value, &Avro::writer(&writer, None).unwrap(), &mut record).unwrap();

        let own = AvroNative::reader(&writer, None, None, Limits::default()).unwrap();
        let schema = <Wide as AvroRecordTrait>::parsed_schema().unwrap();
        let serde = Avro::reader(&writer, Some(schema), None, Limits::default()).unwrap();
        let (whole, cut) = (Body::bare(&record), Body::bare(&record[..cut.index(record.len())]));
        // Often enough for each way of telling fields.
        for _ in 0..4 {
            prop_assert_eq!(<Wide as Decode<'_, AvroNative>>::decode(&own, whole), Ok(value.clone()));
            prop_assert_eq!(<Wide as Decode<'_, Avro>>::decode(&serde, whole), Ok(value.clone()));
            prop_assert!(<Wide as Decode<'_, AvroNative>>::decode(&own, cut).is_err());
            prop_assert!(<Wide as Decode<'_, Avro>>::decode(&serde, cut).is_err());
        }
    }
}
