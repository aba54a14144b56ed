//! Beside another implementation, and beside the compatibility check, on random schemas.

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Apache;
use apache_avro::writer::datum::GenericDatumWriter;
use fastrand::Rng;
use schema::model::config::CompatibilityPolicy;

use super::super::output::Output;
use super::*;

/// Types nest this deep.
const DEPTH_MAX: usize = 3;
/// Random cases of each test.
const CASES: u64 = 500;

#[derive(Clone, Debug)]
enum Type {
    Primitive(&'static str),
    Fixed(String, usize),
    Enum(String, Vec<String>),
    Array(Box<Type>),
    Map(Box<Type>),
    Union(Vec<Type>),
    Record(String, Vec<Field>),
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    kind: Type,
    default: Option<&'static str>,
    alias: Option<String>,
}

struct Maker {
    rng: Rng,
    names: usize,
}

impl Maker {
    fn name(&mut self) -> String {
        self.names += 1;
        format!("N{}", self.names)
    }

    fn primitive(&mut self) -> Type {
        let words = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
        Type::Primitive(words[self.rng.usize(..words.len())])
    }

    fn make(&mut self, depth: usize) -> Type {
        match self.rng.usize(..if depth == 0 { 6 } else { 14 }) {
            0..=3 => self.primitive(),
            4 => Type::Fixed(self.name(), self.rng.usize(..20)),
            5 => {
                let symbols = self.rng.usize(1..5);
                Type::Enum(self.name(), (0..symbols).map(|symbol| format!("S{symbol}")).collect())
            }
            6 | 7 => Type::Array(Box::new(self.make(depth - 1))),
            8 => Type::Map(Box::new(self.make(depth - 1))),
            9 | 10 => self.union(depth),
            _ => self.record(depth),
        }
    }

    fn union(&mut self, depth: usize) -> Type {
        let mut branches = vec![self.primitive()];
        for _ in 0..self.rng.usize(..4) {
            let branch = self.make(depth - 1);
            let clashes = branches.iter().any(|other| other.word() == branch.word());
            if !matches!(branch, Type::Union(_)) && (!clashes || branch.is_named()) {
                branches.push(branch);
            }
        }
        Type::Union(branches)
    }

    fn record(&mut self, depth: usize) -> Type {
        let name = self.name();
        let count = self.rng.usize(..6);
        let field =
            |at| Field { name: format!("f{at}"), kind: self.make(depth - 1), default: None, alias: None };
        Type::Record(name, (0..count).map(field).collect())
    }

    /// Another version of a type.
    fn evolve(&mut self, kind: &Type) -> Type {
        if self.rng.u8(..8) == 0 && !matches!(kind, Type::Union(_)) {
            let null = Type::Primitive("null");
            return match kind {
                Type::Primitive("null") => kind.clone(),
                other if self.rng.bool() => Type::Union(vec![null, other.clone()]),
                other => Type::Union(vec![other.clone(), null]),
            };
        }
        match kind {
            Type::Primitive(word) => match (*word, self.rng.usize(..6)) {
                ("int", 0) => Type::Primitive("long"),
                ("int" | "long", 1) => Type::Primitive("double"),
                ("int" | "long", 2) => Type::Primitive("float"),
                ("float", 0) => Type::Primitive("double"),
                ("string", 0) => Type::Primitive("bytes"),
                ("bytes", 0) => Type::Primitive("string"),
                _ => kind.clone(),
            },
            Type::Fixed(..) => kind.clone(),
            Type::Enum(name, symbols) => {
                let mut symbols = symbols.clone();
                if self.rng.u8(..3) == 0 {
                    symbols.reverse();
                    symbols.push("More".to_owned());
                }
                Type::Enum(name.clone(), symbols)
            }
            Type::Array(item) => Type::Array(Box::new(self.evolve(item))),
            Type::Map(item) => Type::Map(Box::new(self.evolve(item))),
            Type::Union(branches) => {
                let mut branches = branches.clone();
                self.rng.shuffle(&mut branches);
                Type::Union(branches)
            }
            Type::Record(name, fields) => self.evolve_record(name, fields),
        }
    }

    fn evolve_record(&mut self, name: &str, fields: &[Field]) -> Type {
        let mut evolved: Vec<Field> = Vec::new();
        for field in fields {
            if self.rng.u8(..6) == 0 {
                continue;
            }
            let mut field = Field { kind: self.evolve(&field.kind), ..field.clone() };
            if self.rng.u8(..6) == 0 {
                let name = format!("{}_new", field.name);
                field.alias = Some(std::mem::replace(&mut field.name, name));
            }
            evolved.push(field);
        }
        if self.rng.bool() {
            let added = [("int", "7"), ("string", "\"text\""), ("bytes", "\"\\u00ff\""), ("double", "1.5")];
            let (word, default) = added[self.rng.usize(..added.len())];
            let kind = Type::Primitive(word);
            evolved.push(Field { name: "added".to_owned(), kind, default: Some(default), alias: None });
        }
        if self.rng.bool() {
            self.rng.shuffle(&mut evolved);
        }
        Type::Record(name.to_owned(), evolved)
    }

    fn text(&mut self) -> String {
        let length = self.rng.usize(..40);
        (0..length).map(|_| if self.rng.u8(..20) == 0 { 'ü' } else { self.rng.alphanumeric() }).collect()
    }

    /// Writes a random value of a type.
    fn write(&mut self, kind: &Type, out: &mut Output<'_>) {
        match kind {
            Type::Primitive("boolean") => out.boolean(self.rng.bool()),
            Type::Primitive("int") => out.int(self.rng.i32(..) >> self.rng.u32(..32)),
            Type::Primitive("long") => out.long(self.rng.i64(..) >> self.rng.u32(..64)),
            Type::Primitive("float") => out.float(self.rng.f32()),
            Type::Primitive("double") => out.double(self.rng.f64()),
            Type::Primitive("bytes" | "string") => out.string(&self.text()),
            Type::Primitive(_) => {}
            Type::Fixed(_, size) => (0..*size).for_each(|_| out.byte(self.rng.u8(..))),
            Type::Enum(_, symbols) => out.count(self.rng.usize(..symbols.len())),
            Type::Array(item) => {
                let count = self.rng.usize(..4);
                if count > 0 {
                    out.count(count);
                }
                (0..count).for_each(|_| self.write(item, out));
                out.byte(0);
            }
            Type::Map(item) => {
                // One entry at most: the other implementation has no order among them.
                if self.rng.bool() {
                    out.count(1);
                    out.string(&self.text());
                    self.write(item, out);
                }
                out.byte(0);
            }
            Type::Union(branches) => {
                let branch = self.rng.usize(..branches.len());
                out.count(branch);
                self.write(&branches[branch], out);
            }
            Type::Record(_, fields) => fields.iter().for_each(|field| self.write(&field.kind, out)),
        }
    }
}

impl Type {
    fn is_named(&self) -> bool {
        matches!(self, Self::Fixed(..) | Self::Enum(..) | Self::Record(..))
    }

    fn word(&self) -> &str {
        match self {
            Self::Primitive(word) => word,
            Self::Fixed(..) => "fixed",
            Self::Enum(..) => "enum",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
            Self::Record(..) => "record",
        }
    }

    fn json(&self) -> String {
        let list = |parts: Vec<String>| format!("[{}]", parts.join(","));
        match self {
            Self::Primitive(word) => format!(r#""{word}""#),
            Self::Fixed(name, size) => format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#),
            Self::Enum(name, symbols) => {
                let symbols = list(symbols.iter().map(|symbol| format!(r#""{symbol}""#)).collect());
                format!(r#"{{"type":"enum","name":"{name}","symbols":{symbols}}}"#)
            }
            Self::Array(item) => format!(r#"{{"type":"array","items":{}}}"#, item.json()),
            Self::Map(item) => format!(r#"{{"type":"map","values":{}}}"#, item.json()),
            Self::Union(branches) => list(branches.iter().map(Self::json).collect()),
            Self::Record(name, fields) => {
                let fields = fields.iter().map(|field| {
                    let default =
                        field.default.map(|json| format!(r#","default":{json}"#)).unwrap_or_default();
                    let alias = field.alias.as_ref().map(|name| format!(r#","aliases":["{name}"]"#));
                    let (name, kind) = (&field.name, field.kind.json());
                    format!(r#"{{"name":"{name}","type":{kind}{default}{}}}"#, alias.unwrap_or_default())
                });
                format!(r#"{{"type":"record","name":"{name}","fields":{}}}"#, list(fields.collect()))
            }
        }
    }
}

/// A random type with a value of it. At the root stands a record: bytes there have a form of their own.
fn random(case: u64) -> (Maker, Type, Vec<u8>) {
    let mut maker = Maker { rng: Rng::with_seed(case), names: 0 };
    let kind = maker.record(DEPTH_MAX);
    let mut bytes = Vec::new();
    maker.write(&kind, &mut Output::new(&mut bytes, 0));
    (maker, kind, bytes)
}

fn apache_value(writer: &Schema, reader: Option<&Schema>, bytes: &[u8]) -> Option<Apache> {
    let datum = GenericDatumReader::builder(writer).maybe_reader_schema(reader).build().ok()?;
    datum.read_value(&mut &*bytes).ok()
}

#[test]
fn both_read_and_write_the_same_bytes() {
    let mut compared = 0;
    for case in 0..CASES {
        let (_, kind, bytes) = random(case);
        let json = kind.json();
        let value = value_of(&reader(&json, None), &bytes).expect(&json);
        let mut again = Vec::new();
        Encode::<AvroValue>::encode(&value, &writer(&json), &mut again).expect(&json);
        assert_eq!(again, bytes, "{json}");
        let Ok(schema) = Schema::parse_str(&json) else { continue };
        let Some(theirs) = apache_value(&schema, None, &bytes) else { continue };
        let datum = GenericDatumWriter::builder(&schema).build().unwrap();
        assert_eq!(datum.write_value_to_vec(theirs.clone()).unwrap(), bytes, "{json}");
        let ours = Apache::from(value);
        assert_eq!(without_unions(ours.clone()), without_unions(theirs.clone()), "{json}");
        let mut written = Vec::new();
        let back = Value::try_from(ours).unwrap();
        if Encode::<AvroValue>::encode(&back, &writer(&json), &mut written).is_ok() && written == bytes {
            compared += 1;
        }
    }
    assert!(compared > CASES / 2, "{compared}");
}

/// The other implementation says which branch a value is of.
fn without_unions(value: Apache) -> Apache {
    match value {
        Apache::Union(_, value) => without_unions(*value),
        Apache::Array(items) => Apache::Array(items.into_iter().map(without_unions).collect()),
        Apache::Map(entries) => {
            Apache::Map(entries.into_iter().map(|(key, value)| (key, without_unions(value))).collect())
        }
        Apache::Record(fields) => {
            Apache::Record(fields.into_iter().map(|(name, value)| (name, without_unions(value))).collect())
        }
        other => other,
    }
}

#[test]
fn what_the_check_calls_readable_is_read() {
    let (mut readable, mut same) = (0, 0);
    for case in 0..CASES {
        let (mut maker, kind, bytes) = random(case);
        let evolved = maker.evolve(&kind);
        let (theirs, ours) = (kind.json(), evolved.json());
        let findings = ParsedSchema::can_read(&parsed(&ours), &parsed(&theirs), CompatibilityPolicy::Strict);
        let reader = reader(&theirs, Some(&ours));
        let value = value_of(&reader, &bytes);
        let typed = decoded::<Anything>(&reader, &bytes);
        if findings.is_some_and(|findings| findings.is_empty()) {
            let promoted = ours.contains("string") && theirs.contains("bytes");
            assert!(value.is_ok() || promoted, "case {case}: {value:?}\n{theirs}\n{ours}");
            readable += 1;
        }
        let Ok(value) = value else { continue };
        assert!(typed.is_ok(), "case {case}: {typed:?}\n{theirs}\n{ours}");
        let mut again = Vec::new();
        Encode::<AvroValue>::encode(&value, &writer(&ours), &mut again).expect(&ours);
        let schemas = (Schema::parse_str(&theirs), Schema::parse_str(&ours));
        let (Ok(theirs_schema), Ok(ours_schema)) = schemas else { continue };
        if let Some(expected) = apache_value(&theirs_schema, Some(&ours_schema), &bytes)
            && without_unions(Apache::from(value)) == without_unions(expected)
        {
            same += 1;
        }
    }
    assert!(readable > CASES / 4 && same > CASES / 4, "{readable} {same}");
}

#[test]
fn damaged_records_of_any_schema_are_read_or_refused() {
    let mut refused = 0;
    for case in 0..CASES {
        let (mut maker, kind, mut bytes) = random(case);
        let evolved = maker.evolve(&kind);
        let limits = Limits { depth_max: 16, allocation_max: 10_000 };
        let schemas = (parsed(&kind.json()), parsed(&evolved.json()));
        let reader = Reader::new(&schemas.0, Some(&schemas.1), limits).unwrap();
        for _ in 0..4 {
            if maker.rng.bool() && !bytes.is_empty() {
                bytes.truncate(maker.rng.usize(..bytes.len()));
            } else if !bytes.is_empty() {
                let at = maker.rng.usize(..bytes.len());
                bytes[at] = maker.rng.u8(..);
            }
            let value = value_of(&reader, &bytes);
            let typed = decoded::<Anything>(&reader, &bytes);
            refused += usize::from(value.is_err());
            assert_eq!(value.is_ok(), typed.is_ok(), "case {case}: {value:?} {typed:?}");
        }
    }
    assert!(refused > 100, "{refused}");
}
