//! Types take fields by position only if they really can.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::*;

/// Reads the same record as often as it takes to learn, beside `expected`.
fn check<T: DeserializeOwned + PartialEq + Debug>(reader: &Reader, bytes: &[u8], expected: &T) {
    for turn in 0..6 {
        assert_eq!(decoded::<T>(reader, bytes).as_ref(), Ok(expected), "turn {turn}");
    }
}

const THREE: &str = r#"{"name":"a","type":"int"},{"name":"b","type":"int"},{"name":"c","type":"int"}"#;
const BYTES: [u8; 3] = [2, 4, 6];

fn three() -> Reader {
    reader(&record(THREE), None)
}

#[test]
fn aliases_in_the_list_of_names() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Aliased {
        #[serde(alias = "z", alias = "y")]
        a: i32,
        #[serde(default, alias = "x")]
        b: i32,
        #[serde(default)]
        c: i32,
    }
    check(&three(), &BYTES, &Aliased { a: 1, b: 2, c: 3 });
    #[derive(Debug, PartialEq, Deserialize)]
    struct Renamed {
        #[serde(alias = "a")]
        first: i32,
        #[serde(default, rename = "c", alias = "gamma")]
        last: i32,
        #[serde(default, alias = "b")]
        middle: i32,
    }
    check(&three(), &BYTES, &Renamed { first: 1, last: 3, middle: 2 });
}

#[test]
fn fields_that_are_skipped_or_have_defaults() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Sparse {
        #[serde(skip_deserializing)]
        gone: i32,
        c: i32,
        #[serde(default)]
        missing: i32,
        #[serde(default)]
        a: i32,
        #[serde(skip)]
        more: i32,
    }
    check(&three(), &BYTES, &Sparse { gone: 0, c: 3, missing: 0, a: 1, more: 0 });
    #[derive(Debug, PartialEq, Deserialize)]
    struct Skipped {
        #[serde(skip_deserializing)]
        gone: i32,
        b: i32,
        a: i32,
        c: i32,
    }
    check(&three(), &BYTES, &Skipped { gone: 0, b: 2, a: 1, c: 3 });
}

#[test]
fn unknown_fields_are_denied_in_every_turn() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        a: i32,
        c: i32,
    }
    let reader = three();
    for _ in 0..5 {
        let error = decoded::<Strict>(&reader, &BYTES).unwrap_err();
        assert!(error.reason().contains("unknown field `b`"), "{error}");
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Lenient {
        a: i32,
        c: i32,
    }
    check(&reader, &BYTES, &Lenient { a: 1, c: 3 });
}

#[test]
fn flattened_types() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        b: i32,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Flat {
        a: i32,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        rest: BTreeMap<String, i32>,
    }
    check(&three(), &BYTES, &Flat { a: 1, inner: Inner { b: 2 }, rest: [("c".to_owned(), 3)].into() });
}

/// Knows the names of its fields and nothing else.
#[derive(Debug, PartialEq)]
struct ByHand(BTreeMap<String, i32>);

impl<'de> Deserialize<'de> for ByHand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = ByHand;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByHand, A::Error> {
                let mut values = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    values.insert(name, map.next_value()?);
                }
                Ok(ByHand(values))
            }
        }
        deserializer.deserialize_struct("ByHand", &["a", "b", "c"], Names)
    }
}

#[test]
fn visitors_that_take_names_alone() {
    let values = [("a", 1), ("b", 2), ("c", 3)].map(|(name, value)| (name.to_owned(), value));
    check(&three(), &BYTES, &ByHand(values.into()));
    let records = vec![ByHand([("a".to_owned(), 1), ("b".to_owned(), 2), ("c".to_owned(), 3)].into())];
    let schema = format!(r#"{{"type":"array","items":{}}}"#, record(THREE));
    check(&reader(&schema, None), &[&[2], &BYTES[..], &[0]].concat(), &records);
}

/// Names its fields by an enum that knows no numbers, and takes sequences in an order of its own.
#[derive(Debug, PartialEq)]
struct Reversed {
    a: i32,
    c: i32,
}

impl<'de> Deserialize<'de> for Reversed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Name {
            C,
            A,
            #[serde(other)]
            Other,
        }
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Reversed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reversed, A::Error> {
                let (mut a, mut c) = (0, 0);
                while let Some(name) = map.next_key()? {
                    match name {
                        Name::A => a = map.next_value()?,
                        Name::C => c = map.next_value()?,
                        Name::Other => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(Reversed { a, c })
            }
        }
        deserializer.deserialize_struct("Reversed", &["a", "c"], Names)
    }
}

#[test]
fn identifiers_in_another_order_than_the_names() {
    check(&three(), &BYTES, &Reversed { a: 1, c: 3 });
}

#[test]
fn many_types_of_one_record() {
    macro_rules! types {
        ($($name:ident)*) => {$(
            #[derive(Debug, PartialEq, Deserialize)]
            struct $name { c: i32, a: i32 }
        )*};
    }
    types! { T1 T2 T3 T4 T5 T6 T7 T8 }
    let reader = three();
    macro_rules! check_types {
        ($($name:ident)*) => {$( check(&reader, &BYTES, &$name { c: 3, a: 1 }); )*};
    }
    check_types! { T1 T2 T3 T4 T5 T6 T7 T8 }
}

#[test]
fn a_bad_record_does_not_spoil_the_layout() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Three {
        c: i32,
        b: i32,
        a: i32,
    }
    let reader = three();
    for _ in 0..6 {
        assert_eq!(decoded::<Three>(&reader, &BYTES), Ok(Three { c: 3, b: 2, a: 1 }));
        let error = decoded::<Three>(&reader, &BYTES[..2]).unwrap_err();
        assert_eq!((error.path(), error.offset()), ("c", 2));
    }
}
