//! Whatever is generated is written and read back, for random schemas of all three languages.

use std::collections::BTreeSet;

use fastrand::Rng;
use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_json::json;

use super::*;
use crate::codec::Limits;
use crate::framing::Body;
use crate::translator::mapping::json_form::{from_json, to_json};
use crate::translator::mapping::language::{Pinned, RecordReader, RecordWriter};

const SCHEMAS: u64 = 60;
const VALUES: usize = 40;

fn pinned(language: SchemaType, text: &str) -> Pinned {
    let schema = ParsedSchema::parse(language, text, &ResolvedReferences::none(), Strictness::New);
    Pinned::new(schema.unwrap_or_else(|error| panic!("{text}: {error}")), None).unwrap()
}

/// Generates, writes and reads; as people's JSON, too.
fn check(language: SchemaType, text: &str, keys: Keys, seed: u64) {
    let pinned = pinned(language, text);
    let writer = RecordWriter::new(&pinned).unwrap();
    let reader = RecordReader::new(&pinned.schema, &pinned, Limits::default()).unwrap();
    let mut generator = Generator::new(&pinned.model, keys, seed);
    let fails = |value: &Value<'static>| {
        let mut bytes = Vec::new();
        if writer.write(value, &mut bytes).is_err() {
            return true;
        }
        let read = reader.read(Body::bare(&bytes));
        let document = to_json(&pinned.model, pinned.model.root, value);
        let again = from_json(&pinned.model, pinned.model.root, &document);
        read.as_ref() != Ok(value) || again.as_ref() != Ok(value)
    };
    for _ in 0..VALUES {
        let value = generator.value();
        if fails(&value) {
            let least = minimize(&pinned.model, value, fails);
            let mut bytes = Vec::new();
            let written = writer.write(&least, &mut bytes);
            let document = to_json(&pinned.model, pinned.model.root, &least);
            let again = from_json(&pinned.model, pinned.model.root, &document);
            panic!(
                "seed {seed}, {text}\n{least:?}\nwritten {written:?}\nread {:?}\nas JSON {document}\nread {again:?}",
                reader.read(Body::bare(&bytes))
            );
        }
    }
}

fn avro(random: &mut Rng, names: &mut usize, depth: usize) -> Json {
    *names += 1;
    let name = format!("N{names}");
    match random.u8(0..if depth == 0 { 16 } else { 21 }) {
        0 => json!("null"),
        1 => json!("boolean"),
        2 => json!("int"),
        3 => json!("long"),
        4 => json!("float"),
        5 => json!("double"),
        6 => json!("string"),
        7 => json!("bytes"),
        8 => json!({"type": "fixed", "name": name, "size": random.u8(0..20)}),
        9 => json!({"type": "enum", "name": name, "symbols": ["A", "B", "C"]}),
        10 => json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}),
        11 => {
            json!({"type": "fixed", "name": name, "size": 5, "logicalType": "decimal", "precision": 12, "scale": 12})
        }
        12 => json!({"type": "string", "logicalType": "uuid"}),
        13 => json!({"type": "int", "logicalType": "date"}),
        14 => json!({"type": "long", "logicalType": "timestamp-micros"}),
        15 => json!({"type": "int", "logicalType": "time-millis"}),
        16 => json!({"type": "array", "items": avro(random, names, depth - 1)}),
        17 => json!({"type": "map", "values": avro(random, names, depth - 1)}),
        18 => json!([avro_record(random, names, depth - 1), "null", "string"]),
        19 => json!(["null", {"type": "array", "items": avro(random, names, depth - 1)}]),
        _ => avro_record(random, names, depth - 1),
    }
}

pub(in crate::translator::mapping) fn avro_record(random: &mut Rng, names: &mut usize, depth: usize) -> Json {
    *names += 1;
    let name = format!("R{names}");
    let mut fields: Vec<Json> = (0..random.usize(0..5))
        .map(|at| json!({"name": format!("f{at}"), "type": avro(random, names, depth)}))
        .collect();
    fields.push(json!({"name": "next", "type": ["null", name], "default": null}));
    json!({"type": "record", "name": name, "fields": fields})
}

#[test]
fn avro_values_come_back() {
    for seed in 0..SCHEMAS {
        let mut random = Rng::with_seed(seed);
        let text = avro_record(&mut random, &mut 0, 3).to_string();
        check(SchemaType::Avro, &text, Keys::Texts, seed);
    }
}

pub(in crate::translator::mapping) fn protobuf(random: &mut Rng) -> String {
    const TYPES: [&str; 24] = [
        "bool",
        "int32",
        "int64",
        "uint32",
        "uint64",
        "sint32",
        "sint64",
        "fixed32",
        "fixed64",
        "sfixed32",
        "sfixed64",
        "float",
        "double",
        "string",
        "bytes",
        "M",
        "E",
        "Leaf",
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
        "google.protobuf.StringValue",
        "google.protobuf.UInt64Value",
        "google.protobuf.Struct",
        "google.protobuf.BytesValue",
    ];
    const KEYS: [&str; 4] = ["int32", "string", "uint64", "sint64"];
    let mut number = 0;
    let mut field = |before: &str, after: &str, random: &mut Rng| {
        number += random.u32(1..20);
        let ty = random.choice(TYPES).unwrap();
        format!("{before}{ty}{after} f{number} = {number};\n")
    };
    let mut fields = String::new();
    for _ in 0..random.usize(1..8) {
        let key = random.choice(KEYS).unwrap();
        fields += &match random.u8(0..5) {
            0 => field("optional ", "", random),
            1 => field("repeated ", "", random),
            2 => field(&format!("map<{key}, "), ">", random),
            _ => field("", "", random),
        };
    }
    fields += "oneof choice {\n";
    for _ in 0..random.usize(1..4) {
        fields += &field("", "", random);
    }
    let imports = ["timestamp", "duration", "wrappers", "struct"]
        .map(|name| format!("import \"google/protobuf/{name}.proto\";\n"))
        .concat();
    format!(
        "syntax = \"proto3\";\n{imports}message M {{\n{fields}}}\nmessage Leaf {{ repeated E e = 1; }}\n}}\n\
         enum E {{ A = 0; B = -1; C = 2147483647; }}\n"
    )
}

#[test]
fn protobuf_values_come_back() {
    for seed in 0..SCHEMAS {
        check(SchemaType::Protobuf, &protobuf(&mut Rng::with_seed(seed)), Keys::Numbers, seed);
    }
}

fn json_schema(random: &mut Rng, depth: usize) -> Json {
    match random.u8(0..if depth == 0 { 9 } else { 13 }) {
        0 => json!({"type": "string"}),
        1 => json!({"type": "integer"}),
        2 => json!({"type": "number"}),
        3 => json!({"type": ["boolean", "null"]}),
        4 => json!({"enum": ["A", "B", "ü"]}),
        5 => json!({"type": "string", "connect.type": "bytes"}),
        6 => json!({}),
        7 => json!({"type": "null"}),
        8 => json!({"oneOf": [{"type": "null"}, {"$ref": "#"}]}),
        9 => json!({"type": "array", "items": json_schema(random, depth - 1)}),
        10 => json!({"type": "object", "additionalProperties": json_schema(random, depth - 1)}),
        11 => json!({"oneOf": [
            {"type": "object", "title": "X", "required": ["is"],
             "properties": {"is": {"const": "x"}, "x": json_schema(random, depth - 1)}},
            {"type": "object", "title": "Y", "required": ["is"],
             "properties": {"is": {"const": "y"}, "y": json_schema(random, depth - 1)}},
            {"type": ["string", "null"]},
            {"type": "array", "items": json_schema(random, depth - 1)}]}),
        _ => json_record(random, depth - 1),
    }
}

pub(in crate::translator::mapping) fn json_record(random: &mut Rng, depth: usize) -> Json {
    let members = (0..random.usize(1..6)).map(|at| (format!("m{at}"), json_schema(random, depth)));
    let members: serde_json::Map<String, Json> = members.collect();
    let required: Vec<&String> = members.keys().filter(|_| random.bool()).collect();
    json!({"type": "object", "required": required, "properties": members})
}

#[test]
fn json_values_come_back() {
    for seed in 0..SCHEMAS {
        let text = json_record(&mut Rng::with_seed(seed), 3).to_string();
        check(SchemaType::Json, &text, Keys::Texts, seed);
    }
}

#[test]
fn seeds_are_repeatable_and_every_case_occurs() {
    let text = r#"{"type": "record", "name": "R", "fields": [
        {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B", "C", "D"]}},
        {"name": "u", "type": ["null", "string", "long", {"type": "array", "items": "R"}]}]}"#;
    let pinned = pinned(SchemaType::Avro, text);
    let values = |seed| {
        let mut generator = Generator::new(&pinned.model, Keys::Texts, seed);
        (0..200).map(|_| generator.value()).collect::<Vec<_>>()
    };
    assert_eq!(values(1), values(1));
    assert_ne!(values(1), values(2));
    let cases: BTreeSet<String> = values(3)
        .iter()
        .map(|value| match value {
            Value::Record(fields) => match (&fields[0], &fields[1]) {
                (Value::Symbol(symbol), Value::Branch(position, _)) => format!("{symbol} {position}"),
                (Value::Symbol(symbol), Value::Null) => format!("{symbol} null"),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(cases.len(), 16);
}

#[test]
fn types_without_an_end_end_somewhere() {
    let text = r#"{"type": "record", "name": "R", "fields": [{"name": "r", "type": "R"}]}"#;
    let pinned = pinned(SchemaType::Avro, text);
    let value = Generator::new(&pinned.model, Keys::Texts, 1).value();
    assert!(RecordWriter::new(&pinned).unwrap().write(&value, &mut Vec::new()).is_err());
}

#[test]
fn failing_values_become_small() {
    let text = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "string"}, {"name": "b", "type": {"type": "array", "items": "long"}},
        {"name": "c", "type": ["null", "double"]}, {"name": "d", "type": {"type": "map", "values": "R"}}]}"#;
    let pinned = pinned(SchemaType::Avro, text);
    let mut generator = Generator::new(&pinned.model, Keys::Texts, 9);
    let great = |value: &Value<'static>| {
        let Value::Record(fields) = value else { return false };
        matches!(&fields[1], Value::List(items) if items.iter().any(|item| matches!(item, Value::Int(1000..))))
    };
    let value = std::iter::repeat_with(|| generator.value()).find(great).unwrap();
    let expected = Value::Record(vec![
        Value::String("".into()),
        Value::List(vec![Value::Int(1000)]),
        Value::Null,
        Value::Map(Vec::new()),
    ]);
    assert_eq!(minimize(&pinned.model, value, great), expected);
}

#[test]
fn every_step_is_smaller_and_of_the_type() {
    let text = json_record(&mut Rng::with_seed(4), 3).to_string();
    let pinned = pinned(SchemaType::Json, &text);
    let mut generator = Generator::new(&pinned.model, Keys::Texts, 4);
    for _ in 0..20 {
        let mut value = generator.value();
        let mut steps = 0;
        while let Some(smaller) = shrink(&pinned.model, pinned.model.root, &value).last() {
            let document = to_json(&pinned.model, pinned.model.root, &smaller);
            assert_eq!(from_json(&pinned.model, pinned.model.root, &document), Ok(smaller.clone()));
            value = smaller;
            steps += 1;
            if steps > 300 {
                break;
            }
        }
    }
}
