//! The flat path beside the general one: the same bytes and the same faults, whatever the record holds.

use fastrand::Rng;
use serde_json::json;

use super::*;
use crate::codec::Limits;
use crate::framing::Body;
use crate::translator::mapping::flat::FlatProgram;
use crate::translator::mapping::generate::{Generator, Keys};
use crate::translator::mapping::language::{RecordReader, RecordWriter};
use crate::translator::mapping::program::Program;
use crate::translator::mapping::value::Value;

const VALUES: usize = 60;
const SCHEMAS: u64 = 150;

/// Both paths from one schema to another.
struct Paths<'m> {
    mapped: &'m Mapped,
    version: &'m Pinned,
    program: &'m Program,
    reader: RecordReader,
    writer: RecordWriter,
    flat: Option<FlatProgram>,
}

/// What became of the records of a mapping.
#[derive(Debug, Default)]
pub(super) struct Tally {
    flat: usize,
    /// Translated by the general path alone.
    general: usize,
    refused: usize,
}

impl Paths<'_> {
    fn general(&self, record: &[u8]) -> Option<Vec<u8>> {
        let value = self.reader.read(Body::bare(record)).ok()?;
        let made = self.program.run(Env { offset: 7, ..Env::of(&value) }).ok()?;
        let mut out = Vec::new();
        self.writer.write(&made, &mut out).ok()?;
        Some(out)
    }

    /// Whatever the flat path makes is what the general one makes.
    fn agree(&self, record: &[u8], tally: &mut Tally) {
        let general = self.general(record);
        let mut out = Vec::new();
        let around = Env { offset: 7, ..Env::of(&Value::Null) };
        let made = self.flat.as_ref().and_then(|flat| flat.run(record, around, &mut out));
        match (made, &general) {
            (Some(()), expected) => {
                assert_eq!(
                    Some(&out),
                    expected.as_ref(),
                    "{record:x?}\n{:?}\n{:?}",
                    self.version.schema,
                    self.mapped.source.schema
                );
                tally.flat += 1;
            }
            (None, Some(_)) => tally.general += 1,
            (None, None) => tally.refused += 1,
        }
    }
}

/// Random records that a version of the source has written, and the same records damaged.
pub(super) fn check(mapped: &Mapped, version: &Pinned, seed: u64) -> Tally {
    let program = mapped.compiled.value.as_ref().unwrap();
    let paths = Paths {
        mapped,
        version,
        program,
        reader: RecordReader::new(&version.schema, &mapped.source, Limits::default()).unwrap(),
        writer: RecordWriter::new(&mapped.target).unwrap(),
        flat: FlatProgram::new(&version.schema, &mapped.source, program, &mapped.target),
    };
    let writer = RecordWriter::new(version).unwrap();
    let mut generator = Generator::new(&version.model, Keys::Texts, seed);
    let mut random = Rng::with_seed(seed);
    let (mut whole, mut damaged) = (Tally::default(), Tally::default());
    for _ in 0..VALUES {
        let mut record = Vec::new();
        if writer.write(&generator.value(), &mut record).is_err() {
            continue;
        }
        paths.agree(&record, &mut whole);
        for _ in 0..8 {
            let mut other = record.clone();
            match random.u8(0..4) {
                0 => other.truncate(random.usize(0..=record.len())),
                1 => other.insert(random.usize(0..=record.len()), random.u8(..)),
                _ if record.is_empty() => {}
                2 => drop(other.remove(random.usize(0..record.len()))),
                _ => {
                    let byte = random.u8(..);
                    let byte = *random.choice(&[0, 1, 2, 0x80, 0xff, byte]).unwrap();
                    other[random.usize(0..record.len())] = byte;
                }
            }
            paths.agree(&other, &mut damaged);
        }
    }
    whole
}

/// A type of the source, and one of the target that its values become.
fn types(random: &mut Rng, names: &mut usize, depth: usize) -> (Json, Json) {
    *names += 1;
    let name = format!("N{names}");
    let same = |ty: Json| (ty.clone(), ty);
    let symbols = |list: &[&str]| json!({"type": "enum", "name": name, "symbols": list});
    match random.u8(0..if depth == 0 { 14 } else { 21 }) {
        0 => same(json!("boolean")),
        1 => same(json!("int")),
        2 => (json!("int"), json!("long")),
        3 => (json!("int"), json!("double")),
        4 => same(json!("double")),
        5 => (json!("float"), json!(*random.choice(&["float", "double"]).unwrap())),
        6 => same(json!("string")),
        7 => same(json!("bytes")),
        8 => (
            json!({"type": "fixed", "name": name, "size": 3}),
            json!({"type": "fixed", "name": name, "size": 3}),
        ),
        9 => {
            (symbols(&["A", "B"]), symbols(random.choice(&[&["A", "B", "C"][..], &["B", "C", "A"]]).unwrap()))
        }
        10 => (symbols(&["A", "B"]), json!("string")),
        11 => (
            json!({"type": "long", "logicalType": "timestamp-millis"}),
            json!({"type": "long", "logicalType": "timestamp-micros"}),
        ),
        12 => (
            json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}),
            json!({"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 3}),
        ),
        13 => (json!("string"), json!(["null", "string"])),
        14 | 15 => {
            let (from, to) = types(random, names, depth - 1);
            match random.bool() {
                true => (json!({"type": "array", "items": from}), json!({"type": "array", "items": to})),
                false => (json!({"type": "map", "values": from}), json!({"type": "map", "values": to})),
            }
        }
        16 | 17 => {
            let (from, to) = records(random, names, depth - 1);
            match random.u8(0..3) {
                0 => (json!(["null", from]), json!(["null", to])),
                1 => (json!(["null", from]), json!([to, "null"])),
                _ => (from, json!([to, "null"])),
            }
        }
        18 => {
            let (from, to) = records(random, names, depth - 1);
            match random.bool() {
                true => (json!([from, "string", "null"]), json!(["null", "string", to, "int"])),
                false => (json!([from, "string"]), json!([to, "string"])),
            }
        }
        _ => records(random, names, depth - 1),
    }
}

/// Records of the same name, with fields in other orders, fields that get lost and fields with defaults.
fn records(random: &mut Rng, names: &mut usize, depth: usize) -> (Json, Json) {
    *names += 1;
    let name = format!("R{names}");
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for at in 0..random.usize(1..7) {
        let (source, target) = types(random, names, depth);
        from.push(json!({"name": format!("f{at}"), "type": source}));
        if random.u8(0..5) > 0 {
            to.push(json!({"name": format!("f{at}"), "type": target}));
        }
    }
    if random.bool() {
        to.push(json!({"name": "more", "type": "string", "default": "d"}));
    }
    if random.u8(0..3) == 0 {
        let next = json!({"name": "next", "type": ["null", name], "default": null});
        from.push(next.clone());
        to.push(next);
    }
    if random.bool() {
        random.shuffle(&mut to);
    }
    (
        json!({"type": "record", "name": name, "fields": from}),
        json!({"type": "record", "name": name, "fields": to}),
    )
}

/// What an earlier version of a type may have been; the type gets the defaults that make it readable.
fn earlier(random: &mut Rng, ty: &mut Json) -> Json {
    match ty {
        Json::String(name) => match (name.as_str(), random.u8(0..3)) {
            ("long", 0) => json!("int"),
            ("double", 0) => json!(*random.choice(&["int", "long", "float"]).unwrap()),
            _ => json!(name),
        },
        Json::Array(branches) => {
            let mut others = branches.iter_mut().filter(|branch| **branch != "null");
            match (others.next(), others.next()) {
                (Some(only), None) if random.u8(0..4) == 0 => earlier(random, only),
                _ => branches.iter_mut().map(|branch| earlier(random, branch)).collect(),
            }
        }
        other if other["type"] == "record" => {
            let mut record = other.clone();
            let fields = other["fields"].as_array_mut().unwrap();
            record["fields"] = earlier_fields(random, fields).into();
            record
        }
        other => {
            let mut earlier_type = other.clone();
            for inner in ["items", "values"] {
                if let Some(item) = other.get_mut(inner) {
                    earlier_type[inner] = earlier(random, item);
                }
            }
            if let Some(symbols) = earlier_type.get_mut("symbols").and_then(Json::as_array_mut)
                && random.bool()
            {
                symbols.pop();
            }
            earlier_type
        }
    }
}

fn earlier_fields(random: &mut Rng, fields: &mut [Json]) -> Vec<Json> {
    let mut earlier_ones = Vec::new();
    for (at, field) in fields.iter_mut().enumerate() {
        let mut other = field.clone();
        other["type"] = earlier(random, &mut field["type"]);
        match (random.u8(0..6), default(&field["type"])) {
            (0, Some(default)) => {
                field["default"] = default;
                continue;
            }
            (1, _) => {
                let name = format!("was_{}", field["name"].as_str().unwrap());
                field["aliases"] = json!([name]);
                other["name"] = json!(name);
            }
            (2, _) => earlier_ones.push(json!({"name": format!("gone{at}"), "type": ["null", "string"]})),
            _ => {}
        }
        // What it was may not have the default.
        other.as_object_mut().unwrap().remove("default");
        earlier_ones.push(other);
    }
    if random.u8(0..3) == 0 {
        random.shuffle(&mut earlier_ones);
    }
    earlier_ones
}

fn default(ty: &Json) -> Option<Json> {
    Some(match ty {
        Json::Array(branches) => default(branches.first()?)?,
        Json::String(name) => match name.as_str() {
            "null" => Json::Null,
            "boolean" => json!(true),
            "int" | "long" => json!(300),
            "float" | "double" => json!(1.5),
            "string" | "bytes" => json!("text"),
            _ => return None,
        },
        other => match other["type"].as_str()? {
            "array" => json!([]),
            "map" => json!({}),
            "enum" => other["symbols"][0].clone(),
            "long" => json!(1_000),
            _ => return None,
        },
    })
}

/// Records of earlier versions of the source take the flat path too.
#[test]
fn both_paths_agree_on_what_other_versions_have_written() {
    let (mut all, mut mapped, mut flat) = (Tally::default(), 0, 0);
    for seed in 0..SCHEMAS * 2 {
        let mut random = Rng::with_seed(seed);
        let (mut source, target) = records(&mut random, &mut 0, 3);
        let version = earlier(&mut random, &mut source);
        let pair = avro(&source.to_string(), &target.to_string(), "    {}");
        let Some(program) = &pair.compiled.value else { continue };
        let version = pinned(SchemaType::Avro, &version.to_string());
        mapped += 1;
        let made = FlatProgram::new(&version.schema, &pair.source, program, &pair.target);
        flat += usize::from(made.is_some());
        let Tally { flat, general, refused } = check(&pair, &version, seed);
        all = Tally { flat: all.flat + flat, general: all.general + general, refused: all.refused + refused };
    }
    // Values of numbers that became others, and of records that contain themselves, are left to the general path.
    assert!(mapped > 200 && flat * 3 > mapped, "{flat} of {mapped} mappings are flat");
    assert!(all.flat > all.general, "{all:?}");
}

#[test]
fn both_paths_agree_on_random_schemas() {
    let (mut all, mut mapped, mut flat) = (Tally::default(), 0, 0);
    for seed in 0..SCHEMAS {
        let (source, target) = records(&mut Rng::with_seed(seed), &mut 0, 3);
        let pair = avro(&source.to_string(), &target.to_string(), "    {}");
        let Some(program) = &pair.compiled.value else { continue };
        mapped += 1;
        let made = FlatProgram::new(&pair.source.schema, &pair.source, program, &pair.target);
        flat += usize::from(made.is_some_and(|made| made.is_flat()));
        let Tally { flat, general, refused } = check(&pair, &pair.source, seed);
        all = Tally { flat: all.flat + flat, general: all.general + general, refused: all.refused + refused };
    }
    // Records that contain themselves are converted as values.
    assert!(mapped > 100 && flat * 3 > mapped, "{flat} of {mapped} mappings are flat");
    assert!(all.flat > 6_000 && all.general * 20 < all.flat, "{all:?}");
}
