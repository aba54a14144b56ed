//! `serde` types of all kinds.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Suit {
    Spades,
    Hearts,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: f64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    boolean: bool,
    int: i32,
    long: i64,
    float: f32,
    double: f64,
    bytes: Vec<u8>,
    string: String,
    fixed: [u8; 4],
    suit: Suit,
    array: Vec<i64>,
    map: BTreeMap<String, Point>,
    point: Option<Point>,
    none: Option<i32>,
    unit: (),
    small: u8,
    large: u64,
    huge: i128,
    letter: char,
}

const EVERYTHING: &str = r#"{"type":"record","name":"Other","fields":[
    {"name":"boolean","type":"boolean"}, {"name":"int","type":"int"}, {"name":"long","type":"long"},
    {"name":"float","type":"float"}, {"name":"double","type":"double"}, {"name":"bytes","type":"bytes"},
    {"name":"string","type":"string"}, {"name":"fixed","type":{"type":"fixed","name":"F","size":4}},
    {"name":"suit","type":{"type":"enum","name":"Suit","symbols":["Hearts","Spades"]}},
    {"name":"array","type":{"type":"array","items":"long"}},
    {"name":"map","type":{"type":"map","values":{"type":"record","name":"P","fields":[
        {"name":"x","type":"int"},{"name":"y","type":"double"}]}}},
    {"name":"point","type":["P","null"]}, {"name":"none","type":["null","int"]}, {"name":"unit","type":"null"},
    {"name":"small","type":"int"}, {"name":"large","type":"long"}, {"name":"huge","type":"long"},
    {"name":"letter","type":"string"}]}"#;

fn everything() -> Everything {
    Everything {
        boolean: true,
        int: -7,
        long: i64::MIN,
        float: 1.5,
        double: -0.0,
        bytes: vec![0, 255],
        string: "käse".to_owned(),
        fixed: [1, 2, 3, 4],
        suit: Suit::Spades,
        array: vec![1, -1, 1 << 40],
        map: [("a".to_owned(), Point { x: 1, y: 2.0 })].into(),
        point: Some(Point { x: 3, y: 4.0 }),
        none: None,
        unit: (),
        small: 255,
        large: 1 << 62,
        huge: -5,
        letter: 'ß',
    }
}

#[test]
fn every_kind_of_type() {
    round_trip(EVERYTHING, &everything());
}

#[test]
fn texts_and_bytes_are_borrowed() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        bytes: &'a [u8],
        #[serde(borrow)]
        cow: Cow<'a, str>,
        maybe: Option<&'a str>,
    }
    let schema = record(
        r#"{"name":"text","type":"string"},{"name":"bytes","type":"bytes"},{"name":"cow","type":"string"},
           {"name":"maybe","type":["null","string"]}"#,
    );
    let value = Borrowed { text: "a", bytes: b"b", cow: Cow::Borrowed("c"), maybe: Some("d") };
    let bytes = encoded(&schema, &value).unwrap();
    let reader = reader(&schema, None);
    for _ in 0..4 {
        let read: Borrowed<'_> = decoded(&reader, &bytes).unwrap();
        assert_eq!(read, value);
        assert!(matches!(read.cow, Cow::Borrowed(_)));
    }
}

#[test]
fn fields_may_stand_in_another_order() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Mixed {
        c: String,
        a: i32,
        d: Option<Point>,
        b: i64,
    }
    let schema = record(
        r#"{"name":"a","type":"int"},{"name":"b","type":"long"},{"name":"c","type":"string"},
           {"name":"d","type":["null",{"type":"record","name":"P","fields":[
             {"name":"y","type":"double"},{"name":"x","type":"int"}]}]}"#,
    );
    let value = Mixed { c: "c".to_owned(), a: 1, d: Some(Point { x: 5, y: 6.0 }), b: 2 };
    let bytes = round_trip(&schema, &value);
    assert_eq!(bytes[..4], [2, 4, 2, b'c']);
    assert_eq!(bytes[5..13], 6.0_f64.to_le_bytes());
}

#[test]
fn fields_that_a_type_lacks() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Default)]
    struct Part {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        b: Option<i32>,
        c: i32,
    }
    let field = |name: &str, rest: &str| format!(r#"{{"name":"{name}","type":{rest}}}"#);
    let schema = record(
        &[
            field("a", r#""int","default":7"#),
            field("b", r#"["null","int"]"#),
            field("c", r#""int""#),
            field("d", r#"["null","string"]"#),
            field("e", r#""bytes","default":"\u00ff""#),
        ]
        .join(","),
    );
    let tail = [0, 2, 255];
    assert_eq!(encoded(&schema, &Part { b: None, c: 1 }).unwrap(), [&[14, 0, 2], &tail[..]].concat());
    assert_eq!(encoded(&schema, &Part { b: Some(3), c: 1 }).unwrap(), [&[14, 2, 6, 2], &tail[..]].concat());
    let required = record(&[field("c", r#""int""#), field("z", r#""int""#)].join(","));
    let error = encoded(&required, &Part::default()).unwrap_err();
    assert_eq!(error.path(), "z");
    let error = encoded(&record(&field("b", r#"["null","int"]"#)), &Part::default()).unwrap_err();
    assert!(error.reason().contains("no field `c`"), "{error}");
}

#[test]
fn enums_are_unions_whose_branches_they_name() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Tagged {
        Null,
        Long(i64),
        #[serde(rename = "n.P")]
        Point(Point),
        Strukt {
            z: i32,
        },
        #[serde(rename = "STRING")]
        Text(String),
    }
    let schema = r#"["null",{"type":"record","name":"P","namespace":"n","fields":[{"name":"x","type":"int"},
        {"name":"y","type":"double"}]},"long",{"type":"record","name":"Strukt","fields":[{"name":"z","type":"int"}]},
        "string"]"#;
    for (value, branch) in [
        (Tagged::Null, 0),
        (Tagged::Long(5), 4),
        (Tagged::Point(Point { x: 1, y: 2.0 }), 2),
        (Tagged::Strukt { z: 9 }, 6),
        (Tagged::Text("t".to_owned()), 8),
    ] {
        assert_eq!(round_trip(schema, &value)[0], branch);
    }
    let error = encoded(r#"["null","int"]"#, &Tagged::Long(1)).unwrap_err();
    assert!(error.reason().contains("the variant `Long` is named after no type"), "{error}");
}

#[test]
fn a_symbol_may_have_the_name_of_its_enum() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Color {
        Color,
        Red,
    }
    let color = r#"{"type":"enum","name":"Color","symbols":["Red","Color"]}"#;
    assert_eq!(round_trip(color, &Color::Color), [2]);
    assert_eq!(round_trip(color, &Color::Red), [0]);

    // Here the name means the type, as not all of its symbols are variants.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Either {
        Color(Color),
        String(String),
    }
    let either = format!(r#"[{color},"string"]"#);
    assert_eq!(round_trip(&either, &Either::Color(Color::Red)), [0, 0]);
    assert_eq!(round_trip(&either, &Either::String("a".to_owned())), [2, 2, b'a']);
}

#[test]
fn untagged_enums_find_their_branch() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Whole(i64),
        Fraction(f64),
        Text(String),
        List(Vec<i64>),
        Point(Point),
        Nothing(()),
    }
    let schema = r#"["double","string",{"type":"record","name":"Point","fields":[{"name":"x","type":"int"},
        {"name":"y","type":"double"}]},"long","null",{"type":"array","items":"long"}]"#;
    for (value, branch) in [
        (Untagged::Whole(1), 6),
        (Untagged::Fraction(1.5), 0),
        (Untagged::Text("x".to_owned()), 2),
        (Untagged::List(vec![1]), 10),
        (Untagged::Point(Point { x: 1, y: 2.0 }), 4),
        (Untagged::Nothing(()), 8),
    ] {
        assert_eq!(round_trip(schema, &value)[0], branch);
    }
}

#[test]
fn options_and_enums_with_null() {
    let schema = r#"["string","null","long"]"#;
    assert_eq!(round_trip(schema, &Some("x".to_owned())), [0, 2, b'x']);
    assert_eq!(round_trip::<Option<i64>>(schema, &None), [2]);
    let suit = r#"["null",{"type":"enum","name":"E","symbols":["Hearts","Spades"]}]"#;
    assert_eq!(round_trip(suit, &Some(Suit::Spades)), [2, 2]);
    assert_eq!(round_trip(r#""string""#, &Suit::Hearts), b"\x0cHearts");
}

#[test]
fn numbers_are_checked() {
    assert!(encoded(r#""int""#, &i64::MAX).unwrap_err().reason().contains("more than 32 bits"));
    assert!(encoded(r#""long""#, &u64::MAX).unwrap_err().reason().contains("more than 64 bits"));
    assert!(
        encoded(r#""float""#, &0.1_f64).unwrap_err().reason().contains("a double where the schema has float")
    );
    assert!(encoded(r#""double""#, &i64::MAX).is_err());
    assert_eq!(encoded(r#""int""#, &5_i64).unwrap(), [10]);
    assert_eq!(encoded(r#""double""#, &5_i32).unwrap(), 5.0_f64.to_le_bytes());
    let bytes = encoded(r#""long""#, &300_i64).unwrap();
    let reader = reader(r#""long""#, None);
    assert!(decoded::<u8>(&reader, &bytes).is_err());
    assert_eq!(decoded::<u16>(&reader, &bytes), Ok(300));
    assert_eq!(decoded::<f64>(&reader, &bytes), Ok(300.0));
}

#[test]
fn bytes_at_the_root_are_raw() {
    assert_eq!(round_trip(r#""bytes""#, &vec![1_u8, 2, 3]), [1, 2, 3]);
    let raw = reader(r#""bytes""#, None);
    assert_eq!(decoded::<&[u8]>(&raw, &[9]), Ok(&[9_u8][..]));
    assert_eq!(value_of(&raw, &[9]), Ok(Value::Bytes(Cow::Borrowed(&[9]))));
    assert_eq!(decoded::<String>(&reader(r#""bytes""#, Some(r#""string""#)), b"abc"), Ok("abc".to_owned()));
    assert_eq!(
        decoded::<Option<Vec<u8>>>(&reader(r#""bytes""#, Some(r#"["null","bytes"]"#)), &[2]),
        Ok(Some(vec![2]))
    );
}

#[test]
fn recursive_types() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct List {
        value: i32,
        next: Option<Box<List>>,
    }
    let schema = r#"{"type":"record","name":"L","fields":[{"name":"value","type":"int"},{"name":"next","type":["null","L"]}]}"#;
    let list = (0..100).fold(None, |next, value| Some(Box::new(List { value, next })));
    round_trip(schema, &*list.unwrap());
}

#[test]
fn sequences_of_unknown_length_and_tuples() {
    struct Lazy;
    impl Serialize for Lazy {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq((0..3).filter(|item| *item != 1))
        }
    }
    assert_eq!(encoded(r#"{"type":"array","items":"int"}"#, &Lazy).unwrap(), [4, 0, 4, 0]);
    round_trip(r#"{"type":"array","items":"string"}"#, &Vec::<String>::new());
    round_trip(EVERYTHING_PAIR, &(1_i32, "b".to_owned()));
    let error = encoded(EVERYTHING_PAIR, &(1_i32, "b", 3)).unwrap_err();
    assert!(error.reason().contains("more values"), "{error}");
}

const EVERYTHING_PAIR: &str =
    r#"{"type":"record","name":"T","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}"#;

#[test]
fn maps_for_records_and_records_for_maps() {
    let map: BTreeMap<String, i64> = [("a".to_owned(), 1), ("b".to_owned(), 2)].into();
    let schema = record(r#"{"name":"b","type":"long"},{"name":"a","type":"long"}"#);
    assert_eq!(round_trip(&schema, &map), [4, 2]);
    let json = serde_json::json!({"a": 1, "b": [true, null]});
    let schema = record(
        r#"{"name":"a","type":"long"},{"name":"b","type":{"type":"array","items":["null","boolean"]}}"#,
    );
    round_trip(&schema, &json);
}

#[test]
fn flattened_types_are_written_as_their_fields() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Flat {
        b: i64,
        #[serde(flatten)]
        point: Point,
    }
    let schema =
        record(r#"{"name":"x","type":"int"},{"name":"y","type":"double"},{"name":"b","type":"long"}"#);
    let flat = Flat { b: 1, point: Point { x: 2, y: 0.5 } };
    assert_eq!(round_trip(&schema, &flat)[0], 4);
    let map = r#"{"type":"map","values":["double","long","int"]}"#;
    let bytes = encoded(map, &flat).unwrap();
    assert_eq!(decoded::<Flat>(&reader(map, None), &bytes), Ok(flat));
}

#[test]
fn a_field_given_twice_is_refused() {
    struct Twice;
    impl Serialize for Twice {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map([("a", 1), ("a", 2)])
        }
    }
    let error = encoded(&record(r#"{"name":"a","type":"int"}"#), &Twice).unwrap_err();
    assert_eq!(error.reason(), "the field is given twice");
}

#[test]
fn more_runs_of_fields_than_fit_without_allocation() {
    let names: Vec<String> = (0..200).map(|at| format!("f{at}")).collect();
    let fields: Vec<_> = names.iter().map(|name| format!(r#"{{"name":"{name}","type":"int"}}"#)).collect();
    struct Backwards<'n>(&'n [String]);
    impl Serialize for Backwards<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().zip(0..200_i32).rev())
        }
    }
    let bytes = encoded(&record(&fields.join(",")), &Backwards(&names)).unwrap();
    let ordered: Vec<i32> = (0..200).collect();
    assert_eq!(bytes, encoded(r#"{"type":"array","items":"int"}"#, &ordered).unwrap()[2..bytes.len() + 2]);
}

#[test]
fn errors_say_where() {
    let schema = record(r#"{"name":"list","type":{"type":"array","items":{"type":"map","values":"int"}}}"#);
    #[derive(Serialize, Deserialize, Debug)]
    struct Nested {
        list: Vec<BTreeMap<String, i64>>,
    }
    let value = Nested { list: vec![BTreeMap::new(), [("key".to_owned(), i64::MAX)].into()] };
    let error = encoded(&schema, &value).unwrap_err();
    assert_eq!(error.path(), "list.1.key");
    let mut bytes = encoded(&schema, &Nested { list: vec![[("key".to_owned(), 1)].into()] }).unwrap();
    let end = bytes.len() - 3;
    bytes.truncate(end);
    let error = decoded::<Nested>(&reader(&schema, None), &bytes).unwrap_err();
    assert_eq!((error.path(), error.offset()), ("list.0.key", end));
}

#[test]
fn existing_values_are_filled_again() {
    let schema = r#"{"type":"array","items":"string"}"#;
    let reader = reader(schema, None);
    let mut place = vec![String::with_capacity(100)];
    let memory = place[0].as_ptr();
    let texts = ["long enough".to_owned(), "second".to_owned()];
    let bytes = encoded(schema, &texts[..]).unwrap();
    reader.decode_into(Body::bare(&bytes), &mut place).unwrap();
    assert_eq!(place, texts);
    assert_eq!(place[0].as_ptr(), memory, "the text keeps its memory");
    assert!(reader.decode_into(Body::bare(&bytes[1..]), &mut place).is_err());
}

#[test]
fn schemas_of_other_languages_are_refused() {
    let none = ResolvedReferences::none();
    let json = ParsedSchema::parse(SchemaType::Json, "{}", &none, Strictness::Stored).unwrap();
    let error = Writer::new(&json).unwrap_err();
    assert_eq!(error.to_string(), "the schema is of the type JSON; use the codec of that type");
    assert!(Reader::new(&parsed(r#""int""#), Some(&json), Limits::default()).is_err());
}
