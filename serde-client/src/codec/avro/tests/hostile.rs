//! Bytes that are no records.

use std::collections::BTreeMap;

use super::*;

const LIMITS: Limits = Limits { depth_max: 16, allocation_max: 10_000 };

fn strict(schema: &str) -> Reader {
    Reader::new(&parsed(schema), None, LIMITS).unwrap()
}

/// Reads bytes in each way; all must refuse them.
fn refused(schema: &str, bytes: &[u8]) -> DecodeError {
    let reader = strict(schema);
    let error = value_of(&reader, bytes).expect_err(schema);
    assert!(decoded::<serde_json::Value>(&reader, bytes).is_err(), "{schema}");
    error
}

const TREE: &str =
    r#"{"type":"record","name":"T","fields":[{"name":"children","type":{"type":"array","items":"T"}}]}"#;
const CHAIN: &str = r#"{"type":"record","name":"T","fields":[{"name":"next","type":["null","T"]}]}"#;
const ENDLESS: &str = r#"{"type":"record","name":"T","fields":[{"name":"next","type":"T"}]}"#;

#[test]
fn claims_beyond_the_record() {
    let two_gib = [0x80, 0x80, 0x80, 0x80, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    for schema in [r#""string""#, r#"{"type":"array","items":"int"}"#, r#"{"type":"map","values":"null"}"#] {
        assert!(refused(schema, &two_gib).reason().contains("2147483648"), "{schema}");
    }
    let bytes = record(r#"{"name":"b","type":"bytes"}"#);
    assert_eq!(refused(&bytes, &two_gib).path(), "b");
    assert!(refused(&bytes, &[1]).reason().contains("a length is -1"));
    assert!(refused(r#"{"type":"fixed","name":"F","size":5}"#, &[1, 2]).reason().contains("5 bytes"));
}

#[test]
fn items_of_no_bytes_are_bounded() {
    let count = [0x80, 0x80, 0x80, 0x80, 0x10, 0];
    let nulls = r#"{"type":"array","items":"null"}"#;
    assert!(refused(nulls, &count).reason().contains("allocation_max"));
    let reader = strict(nulls);
    assert!(decoded::<Vec<()>>(&reader, &count).is_err());
    assert!(decoded::<serde::de::IgnoredAny>(&reader, &count).is_err());
    assert_eq!(decoded::<Vec<()>>(&reader, &[20, 0]), Ok(vec![(); 10]));
}

#[test]
fn recursion_ends() {
    assert!(refused(TREE, &[2; 100]).reason().contains("depth_max"));
    assert!(refused(CHAIN, &[2; 100]).reason().contains("depth_max"));
    assert!(refused(ENDLESS, &[]).reason().contains("depth_max"));
    let reader = strict(TREE);
    assert!(decoded::<serde::de::IgnoredAny>(&reader, &[2; 100]).unwrap_err().reason().contains("depth_max"));
    let mut deep = vec![2; 7];
    deep.extend([0; 8]);
    assert!(value_of(&reader, &deep).is_ok());
}

#[test]
fn numbers_that_choose_nothing() {
    assert!(refused(r#"["null","int"]"#, &[4]).reason().contains("an index is 2"));
    assert!(refused(r#"["null","int","string"]"#, &[1]).reason().contains("an index is -1"));
    assert!(
        refused(r#"{"type":"enum","name":"E","symbols":["A"]}"#, &[2]).reason().contains("an index is 1")
    );
    assert!(refused(r#""boolean""#, &[2]).reason().contains("0x02"));
    assert!(refused(r#""string""#, &[2, 0xff]).reason().contains("UTF-8"));
    assert!(refused("[]", &[0]).reason().contains("0 choices"));
    assert!(refused(r#""null""#, &[0]).reason().contains("1 bytes follow"));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    id: i64,
    name: String,
    tags: Vec<Option<String>>,
    scores: BTreeMap<String, f64>,
    parent: Option<Box<Sample>>,
}

const SAMPLE: &str = r#"{"type":"record","name":"S","fields":[{"name":"id","type":"long"},{"name":"name","type":"string"},
    {"name":"tags","type":{"type":"array","items":["null","string"]}},
    {"name":"scores","type":{"type":"map","values":"double"}},{"name":"parent","type":["null","S"]}]}"#;

fn sample(parent: Option<Box<Sample>>) -> Sample {
    Sample {
        id: -1_000_000,
        name: "a name that is longer than thirty-two bytes".to_owned(),
        tags: vec![None, Some("tag".to_owned())],
        scores: [("one".to_owned(), 1.0), ("two".to_owned(), f64::NAN)].into(),
        parent,
    }
}

#[test]
fn every_shorter_record_is_refused() {
    let bytes = encoded(SAMPLE, &sample(Some(Box::new(sample(None))))).unwrap();
    let reader = strict(SAMPLE);
    for _ in 0..3 {
        assert!(decoded::<Sample>(&reader, &bytes).is_ok());
    }
    for end in 0..bytes.len() {
        let cut = &bytes[..end];
        assert!(decoded::<Sample>(&reader, cut).is_err() && value_of(&reader, cut).is_err(), "{end}");
        assert!(decoded::<serde::de::IgnoredAny>(&reader, cut).is_err(), "{end}");
    }
}

#[test]
fn changed_bits_give_a_value_or_an_error() {
    let bytes = encoded(SAMPLE, &sample(Some(Box::new(sample(None))))).unwrap();
    let reader = strict(SAMPLE);
    let mut readable = 0;
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let typed = decoded::<Sample>(&reader, &changed);
        let generic = value_of(&reader, &changed);
        assert_eq!(typed.is_ok(), generic.is_ok(), "bit {bit}: {typed:?} {generic:?}");
        readable += usize::from(typed.is_ok());
    }
    assert!(readable > 100, "{readable}");
}

#[test]
fn schemas_that_nest_as_deep_as_they_may() {
    let mut schema = r#""null""#.to_owned();
    for _ in 0..900 {
        schema = format!(r#"{{"type":"array","items":{schema}}}"#);
    }
    let deep = Reader::new(&parsed(&schema), Some(&parsed(&schema.replace("null", "int"))), LIMITS).unwrap();
    assert!(value_of(&deep, &[2; 2000]).unwrap_err().reason().contains("depth_max"));
    assert!(Writer::new(&parsed(&schema)).is_ok());
}

/// A block that claims another size than its items have is read by its items, also where it is passed over first.
#[test]
fn sizes_of_blocks_may_be_wrong() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Late {
        after: String,
        list: Vec<i32>,
    }
    let writer =
        record(r#"{"name":"list","type":{"type":"array","items":"int"}},{"name":"after","type":"string"}"#);
    let own =
        record(r#"{"name":"after","type":"string"},{"name":"list","type":{"type":"array","items":"int"}}"#);
    let reader = reader(&writer, Some(&own));
    // A block of -2 items and no bytes; the size should be 2.
    let bytes = [3, 0, 2, 4, 0, 2, b'x'];
    let expected = Late { after: "x".to_owned(), list: vec![1, 2] };
    for turn in 0..5 {
        assert_eq!(decoded::<Late>(&reader, &bytes).as_ref(), Ok(&expected), "turn {turn}");
    }
    assert_eq!(value_of(&reader, &bytes).expect("a value").to::<Late>().as_ref(), Ok(&expected));
}
