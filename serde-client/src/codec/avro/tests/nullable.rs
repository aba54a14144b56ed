//! Values of each kind where null may stand instead.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{encoded, record, round_trip};

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct R {
    a: i32,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Colour {
    Red,
    Green,
}

/// Bytes that say so.
#[derive(PartialEq, Debug, Clone)]
struct Blob(Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

/// Writes a value by itself, as an option and within others, with null as the first branch and as the second one.
fn everywhere<T: Serialize + DeserializeOwned + PartialEq + Debug + Clone>(kind: &str, value: &T) {
    // Within an array: bytes at the root have a form of their own.
    let array = encoded(&format!(r#"{{"type":"array","items":{kind}}}"#), &vec![value]).expect(kind);
    let bare = &array[1..array.len() - 1];
    for (first, schema) in [(true, format!(r#"["null",{kind}]"#)), (false, format!(r#"[{kind},"null"]"#))] {
        let branches = if first { (0, 2) } else { (2, 0) };
        let some = [&[branches.1], bare].concat();
        assert_eq!(encoded(&schema, value).as_deref(), Ok(&*some), "itself, {schema}");
        assert_eq!(round_trip(&schema, &Some(value.clone())), some, "{schema}");
        assert_eq!(round_trip(&schema, &None::<T>), [branches.0], "{schema}");
        let list = [Some(value.clone()), None, Some(value.clone())];
        let written = round_trip(&format!(r#"{{"type":"array","items":{schema}}}"#), &list.to_vec());
        assert_eq!(written, [&[6], &*some, &[branches.0], &*some, &[0]].concat(), "{schema}");
        let map: BTreeMap<String, Option<T>> = list.into_iter().take(2).enumerate().map(named).collect();
        round_trip(&format!(r#"{{"type":"map","values":{schema}}}"#), &map);
    }
}

fn named<T>((at, value): (usize, T)) -> (String, T) {
    (at.to_string(), value)
}

#[test]
fn every_kind_of_value() {
    everywhere(r#""boolean""#, &true);
    everywhere(r#""int""#, &-3);
    everywhere(r#""long""#, &i64::MAX);
    everywhere(r#""long""#, &300_u16);
    everywhere(r#""float""#, &1.5_f32);
    everywhere(r#""double""#, &-2.5);
    for length in [0, 1, 2, 3, 4, 7, 8, 15, 16, 32, 33, 5000] {
        everywhere(r#""string""#, &"x".repeat(length));
    }
    everywhere(r#""string""#, &'y');
    everywhere(r#""bytes""#, &Blob(vec![1, 2]));
    everywhere(r#""bytes""#, &vec![1_u8, 2]);
    everywhere(r#"{"type":"fixed","name":"F","size":2}"#, &Blob(vec![1, 2]));
    everywhere(r#"{"type":"enum","name":"Colour","symbols":["Red","Green"]}"#, &Colour::Green);
    everywhere(r#"{"type":"array","items":"int"}"#, &vec![1, 2]);
    everywhere(r#"{"type":"map","values":"int"}"#, &BTreeMap::from([("k".to_owned(), 1)]));
    everywhere(&record(r#"{"name":"a","type":"int"}"#), &R { a: 4 });
}

/// As in `serde_json`: what is there but holds nothing is null.
#[test]
fn options_in_options() {
    let schema = r#"["null","string"]"#;
    assert_eq!(encoded(schema, &Some(Some("a"))), Ok(vec![2, 2, b'a']));
    assert_eq!(encoded(schema, &Some(None::<&str>)), Ok(vec![0]));
    assert_eq!(encoded(schema, &None::<Option<&str>>), Ok(vec![0]));
    assert!(encoded(r#""string""#, &Some(None::<&str>)).is_err());
}
