//! `partitioning: {field: $.path}`: the value of a record that decides its partition, as text.
//!
//! It is made as any other value is: the path is a rule for the only field of a record of its own, so types are checked,
//! and the flat path is taken, as they are for mappings.

use std::sync::Arc;

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

use super::compile::{NoTables, Sides, compile};
use super::file::{Auto, DirectionRules, Types};
use super::flat::FlatProgram;
use super::language::{Pinned, RecordWriter};
use super::problem::{Place, Problem};
use super::program::{Env, Fault, Program};
use super::rule::{Action, Origin, Path, Rule, TargetRule, Term};

/// The record that the text is made in.
const TEXT: &str =
    r#"{"type": "record", "name": "Text", "fields": [{"name": "text", "type": ["null", "string"]}]}"#;

/// A path as it is written in a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    /// Where it is written.
    pub at: Place,
    /// The path; of the value, or of the key.
    pub path: Path,
}

/// A path with types.
#[derive(Debug)]
pub struct FieldProgram {
    /// Whether it is a path of the key, which every record of a key has: tombstones too.
    pub in_key: bool,
    /// As it is written.
    pub path: String,
    program: Arc<Program>,
    text: Pinned,
    writer: RecordWriter,
}

impl FieldProgram {
    /// Compiles a path of the source.
    ///
    /// # Errors
    /// The source has nothing there, or nothing that can be written as a text.
    pub fn new(field: &FieldPath, sides: Sides<'_>) -> Result<Self, Problem> {
        let wrong = |message: &str| Problem::new(field.at, message);
        let in_key = field.path.from == Origin::Key;
        let source = match (&field.path.from, sides.key) {
            (Origin::This | Origin::Root, _) => sides.value.0,
            (Origin::Key, Some((key, _))) => key,
            (Origin::Key, None) => {
                return Err(wrong("the topics have no `key` schemas, so nothing is known about keys"));
            }
            _ => return Err(wrong("`field` is a path of the value (`$.…`) or of the key (`@key.…`)")),
        };
        let broken = |error: String| wrong(&format!("`field` cannot be compiled: {error}"));
        let text = text().map_err(broken)?;
        let rules = rules(field);
        let sides = Sides { value: (source, &text.model), key: None };
        let compiled = compile(&rules, sides, &NoTables);
        let program = compiled.value.ok_or_else(|| {
            let first = compiled.problems.into_iter().next();
            first.unwrap_or_else(|| broken("it has no value".to_owned())).or_at(field.at)
        })?;
        let writer = RecordWriter::new(&text).map_err(|error| broken(error.to_string()))?;
        Ok(Self { in_key, path: field.path.to_string(), program, text, writer })
    }

    /// The quick way to the text, for what a schema writes.
    #[must_use]
    pub fn flat(&self, writer: &ParsedSchema, pinned: &Pinned) -> Option<FlatProgram> {
        FlatProgram::new(writer, pinned, &self.program, &self.text)
    }

    /// Appends the record of the text to `out`, as [`Self::flat`] does.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn run(&self, around: Env<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let made = self.program.run(around)?;
        self.writer.write(&made, out).map_err(|error| Fault::new(error.reason()))
    }
}

/// Takes the text out of its record; whether it has one.
pub(crate) fn unwrap_text(record: &mut Vec<u8>) -> bool {
    // The branch of the union in one byte, and the length of the text in as many as it takes.
    let is_present = record.first().is_some_and(|branch| *branch != 0);
    let length = record.iter().skip(1).take_while(|byte| **byte & 0x80 != 0).count() + 1;
    record.drain(..record.len().min(1 + length));
    is_present
}

fn text() -> Result<Pinned, String> {
    let parsed = ParsedSchema::parse(SchemaType::Avro, TEXT, &ResolvedReferences::default(), Strictness::New);
    Pinned::new(parsed.map_err(|error| error.to_string())?, None).map_err(|error| error.to_string())
}

fn rules(field: &FieldPath) -> DirectionRules {
    let from = match field.path.from {
        Origin::Key => Origin::This,
        ref other => other.clone(),
    };
    let path = Path { from, steps: field.path.steps.clone() };
    let of = Box::new(Rule { at: field.at, action: Action::Term(Term::Path(path)) });
    let cast = Action::Cast { of, to: "string".to_owned(), scale: 0, overflow: None, value: None };
    DirectionRules {
        at: field.at,
        auto: Auto::None,
        key: Vec::new(),
        value: vec![TargetRule {
            target: vec!["text".to_owned()],
            at: field.at,
            rule: Rule { at: field.at, action: cast },
        }],
        drop: Vec::new(),
        types: Types::default(),
        field: None,
        canonical: String::new(),
    }
}
