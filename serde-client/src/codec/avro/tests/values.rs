//! Own values.

use super::*;
use crate::codec::avro::LogicalType;

const ALL: &str = r#"{"type":"record","name":"R","namespace":"n","fields":[
    {"name":"day","type":{"type":"int","logicalType":"date"}},
    {"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}]},
    {"name":"span","type":{"type":"fixed","name":"Span","size":12,"logicalType":"duration"}},
    {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]}},
    {"name":"odd","type":{"type":"string","logicalType":"date"}}]}"#;

fn all_bytes() -> Vec<u8> {
    [&[4, 2, 2, 7][..], &[1; 12], &[2, 2, b'x']].concat()
}

#[test]
fn names_and_logical_types_are_there() {
    let bytes = all_bytes();
    let reader = reader(ALL, None);
    let Ok(Value::Record(record)) = value_of(&reader, &bytes) else { panic!("a record") };
    assert_eq!(record.shape().name.full(), "n.R");
    assert_eq!(record.shape().name.simple(), "R");
    assert_eq!(record.get("day"), Some(&Value::Int(2)));
    let logical: Vec<_> = record.shape().fields.iter().map(|field| field.logical).collect();
    let decimal = LogicalType::Decimal { precision: 9, scale: 2 };
    let expected = [Some(LogicalType::Date), Some(decimal), Some(LogicalType::Duration), None, None];
    assert_eq!(logical, expected);
    let Some(Value::Enum(shape, number)) = record.get("kind") else { panic!("an enum") };
    assert_eq!(&*shape.symbols[*number as usize], "B");
    assert_eq!(record.iter().next(), Some(("day", &Value::Int(2))));
    assert_eq!(record.into_values().len(), 5);
}

#[test]
fn what_was_read_is_written_again() {
    let bytes = all_bytes();
    let owned = value_of(&reader(ALL, None), &bytes).unwrap().into_owned();
    let mut out = Vec::new();
    Encode::<AvroValue>::encode(&owned, &writer(ALL), &mut out).unwrap();
    assert_eq!(out, bytes);
    assert_eq!(encoded(ALL, &owned).unwrap(), bytes, "through serde");
}

#[test]
fn values_of_another_schema_are_fitted_or_refused() {
    let narrow = record(r#"{"name":"a","type":"int"}"#);
    let value = value_of(&reader(&narrow, None), &[4]).unwrap().into_owned();
    let mut out = Vec::new();
    let wide = record(r#"{"name":"b","type":"string","default":"x"},{"name":"a","type":["string","long"]}"#);
    Encode::<AvroValue>::encode(&value, &writer(&wide), &mut out).unwrap();
    assert_eq!(out, [2, b'x', 2, 4]);
    for (schema, path) in
        [(record(r#"{"name":"b","type":"int"}"#), ""), (record(r#"{"name":"a","type":"string"}"#), "a")]
    {
        let error = Encode::<AvroValue>::encode(&value, &writer(&schema), &mut out).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
    }
    let missing = record(r#"{"name":"a","type":"int"},{"name":"c","type":"int"}"#);
    let error = Encode::<AvroValue>::encode(&value, &writer(&missing), &mut out).unwrap_err();
    assert_eq!(error.path(), "c");
}

#[test]
fn branches_go_by_kind_and_name() {
    let schema = r#"[{"type":"fixed","name":"F","size":2},{"type":"fixed","name":"G","size":2},"int","long",
        {"type":"enum","name":"E","symbols":["A"]},{"type":"enum","name":"D","symbols":["A"]}]"#;
    let reader = reader(schema, None);
    for bytes in [&[0, 1, 1][..], &[2, 1, 1], &[4, 9], &[6, 9], &[8, 0], &[10, 0]] {
        let value = value_of(&reader, bytes).unwrap();
        let mut out = Vec::new();
        Encode::<AvroValue>::encode(&value, &writer(schema), &mut out).unwrap();
        assert_eq!(out, bytes, "{value:?}");
    }
    let error = Encode::<AvroValue>::encode(&Value::Null, &writer(schema), &mut Vec::new()).unwrap_err();
    assert!(
        error.reason().starts_with("null where the schema has a union of fixed F, fixed G, int"),
        "{error}"
    );
}

#[test]
fn values_are_small() {
    assert_eq!(size_of::<Value<'_>>(), 32);
}
