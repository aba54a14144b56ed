//! Trying a mapping without a topic: on the examples of its file, and on generated records.

use std::collections::BTreeMap;

use schema::model::schema::SchemaType;
use serde::Serialize;
use serde_json::Value as Json;

use super::file::Fixture;
use super::generate::{Generator, Keys, minimize};
use super::json_form::{from_json, to_json};
use super::language::{Pinned, RecordReader, RecordWriter};
use super::program::{Env, Program};
use super::value::Value;
use crate::codec::{EncodeError, Limits, PrepareError};
use crate::framing::{self, Prefix, SchemaIdentity};

/// Kinds of refusals that are told one by one.
const REFUSALS_MAX: usize = 50;
/// Counter-examples that are told.
const BROKEN_MAX: usize = 5;

/// One half of a direction, ready to be tried.
#[derive(Debug)]
pub struct Trial<'a> {
    source: &'a Pinned,
    target: &'a Pinned,
    program: &'a Program,
    source_writer: RecordWriter,
    source_reader: RecordReader,
    target_writer: RecordWriter,
    target_reader: RecordReader,
}

/// What generated records showed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Generated {
    /// Records that were generated.
    pub tried: usize,
    /// Records that came out as a value of the target.
    pub translated: usize,
    /// Records that the source's schema itself does not take: JSON Schema has rules that no generator knows.
    pub unwritable: usize,
    /// What the error policy would have to deal with, by target path and reason.
    pub refused: Vec<Refusal>,
    /// What must not happen: results that the target's schema does not take, or that come back as something else.
    pub broken: Vec<Counterexample>,
}

/// Records that a rule has no answer for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// Path of the target.
    pub path: String,
    /// Why, for the smallest such record.
    pub reason: String,
    /// How many of the generated records.
    pub count: usize,
    /// The smallest such record, as a fixture would give it.
    pub example: Json,
}

/// A record that shows a fault of the mapping.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counterexample {
    /// What went wrong.
    pub reason: String,
    /// The smallest such record, as a fixture would give it.
    pub example: Json,
}

/// An example of the mapping file that did not come out as written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FixtureFailure {
    /// Line of the fixture.
    pub line: u64,
    /// What happened.
    pub reason: String,
}

/// How one record fared.
enum Fate {
    Translated,
    Unwritable,
    Refused { path: String, reason: String },
    Broken(String),
}

impl<'a> Trial<'a> {
    /// Makes a half ready.
    ///
    /// # Errors
    /// [`PrepareError`] when one of the schemas cannot be written or read.
    pub fn new(source: &'a Pinned, target: &'a Pinned, program: &'a Program) -> Result<Self, PrepareError> {
        Ok(Self {
            source,
            target,
            program,
            source_writer: RecordWriter::new(source)?,
            source_reader: RecordReader::new(&source.schema, source, Limits::default())?,
            target_writer: RecordWriter::new(target)?,
            target_reader: RecordReader::new(&target.schema, target, Limits::default())?,
        })
    }

    /// Maps of Protobuf may have numbers for keys.
    fn keys(&self) -> Keys {
        match self.source.schema.schema_type() {
            SchemaType::Protobuf => Keys::Numbers,
            SchemaType::Avro | SchemaType::Json => Keys::Texts,
        }
    }

    /// Tries the examples of the mapping file.
    #[must_use]
    pub fn fixtures<'f>(&self, fixtures: impl Iterator<Item = &'f Fixture>) -> Vec<FixtureFailure> {
        let failure = |fixture: &Fixture, reason: String| FixtureFailure { line: fixture.at.line, reason };
        let try_one = |fixture: &Fixture| self.fixture(fixture).err().map(|reason| failure(fixture, reason));
        fixtures.filter_map(try_one).collect()
    }

    fn fixture(&self, fixture: &Fixture) -> Result<(), String> {
        let (source, target) = (&self.source.model, &self.target.model);
        let input =
            from_json(source, source.root, &fixture.input).map_err(|misfit| format!("`in`: {misfit}"))?;
        let output =
            from_json(target, target.root, &fixture.output).map_err(|misfit| format!("`out`: {misfit}"))?;
        let made = self.program.run(Env::of(&input)).map_err(|fault| {
            let (path, reason) = fault.into_parts();
            format!("the record is not translated: {reason} at `{path}`")
        })?;
        let (made, wanted) = (to_json(target, target.root, &made), to_json(target, target.root, &output));
        if made == wanted { Ok(()) } else { Err(format!("came out as {made}, and `out` is {wanted}")) }
    }

    /// Tries `count` generated records; the same seed always gives the same records.
    #[must_use]
    pub fn generated(&self, count: usize, seed: u64) -> Generated {
        let source = &self.source.model;
        let mut generator = Generator::new(source, self.keys(), seed);
        let mut found = Generated { tried: count, ..Generated::default() };
        let mut refused: BTreeMap<(String, String), (usize, Value<'static>)> = BTreeMap::new();
        for _ in 0..count {
            let value = generator.value();
            match self.fate(&value) {
                Fate::Translated => found.translated += 1,
                Fate::Unwritable => found.unwritable += 1,
                Fate::Refused { path, reason } => {
                    let kind = (positionless(&path), valueless(&reason));
                    if refused.len() < REFUSALS_MAX || refused.contains_key(&kind) {
                        refused.entry(kind).or_insert((0, value)).0 += 1;
                    }
                }
                Fate::Broken(_) if found.broken.len() < BROKEN_MAX => {
                    let smallest =
                        minimize(source, value, |value| matches!(self.fate(value), Fate::Broken(_)));
                    let Fate::Broken(reason) = self.fate(&smallest) else { continue };
                    let example = to_json(source, source.root, &smallest);
                    if !found.broken.iter().any(|known| known.reason == reason) {
                        found.broken.push(Counterexample { reason, example });
                    }
                }
                Fate::Broken(_) => {}
            }
        }
        for ((path, kind), (count, value)) in refused {
            let is_same = |value: &Value<'static>| match self.fate(value) {
                Fate::Refused { path: other, reason } => {
                    positionless(&other) == path && valueless(&reason) == kind
                }
                _ => false,
            };
            let smallest = minimize(source, value, is_same);
            let reason = match self.fate(&smallest) {
                Fate::Refused { reason, .. } => reason,
                _ => kind,
            };
            found.refused.push(Refusal {
                path,
                reason,
                count,
                example: to_json(source, source.root, &smallest),
            });
        }
        found
    }

    fn fate(&self, value: &Value<'_>) -> Fate {
        let Ok(bytes) = framed(&self.source_writer, value) else { return Fate::Unwritable };
        let source = match read(&self.source_reader, &bytes) {
            Ok(source) => source,
            Err(reason) => return Fate::Broken(format!("the source's own record cannot be read: {reason}")),
        };
        let made = match self.program.run(Env::of(&source)) {
            Ok(made) => made,
            Err(fault) => {
                let (path, reason) = fault.into_parts();
                return Fate::Refused { path, reason };
            }
        };
        let written = match framed(&self.target_writer, &made) {
            Ok(written) => written,
            Err(error) => {
                return Fate::Broken(format!("the target's schema does not take the result: {error}"));
            }
        };
        let target = &self.target.model;
        match read(&self.target_reader, &written) {
            Ok(back) if to_json(target, target.root, &back) == to_json(target, target.root, &made) => {
                Fate::Translated
            }
            Ok(_) => Fate::Broken("the result is read back as another value".to_owned()),
            Err(error) => Fate::Broken(format!("the result cannot be read: {error}")),
        }
    }
}

/// A record as a topic would hold it. The schema id does not matter here.
fn framed(writer: &RecordWriter, value: &Value<'_>) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Prefix::of(SchemaIdentity::Id(0)).as_bytes().to_vec();
    bytes.extend_from_slice(writer.message_indexes());
    writer.write(value, &mut bytes)?;
    Ok(bytes)
}

fn read<'r>(reader: &RecordReader, record: &'r [u8]) -> Result<Value<'r>, String> {
    let frame = framing::read(record, None).map_err(|error| error.to_string())?;
    reader.read(frame.body).map_err(|error| error.to_string())
}

/// A path without positions in lists, so that the same rule counts once.
fn positionless(path: &str) -> String {
    let names = path.split('.').map(|name| if name.parse::<usize>().is_ok() { "[]" } else { name });
    names.collect::<Vec<_>>().join(".")
}

/// A reason without the values in it.
fn valueless(reason: &str) -> String {
    let mut plain = String::with_capacity(reason.len());
    let mut quoted = false;
    for character in reason.chars() {
        match character {
            '`' => {
                quoted = !quoted;
                plain.push('`');
            }
            _ if quoted => {}
            digit if digit.is_ascii_digit() => {
                if !plain.ends_with('#') {
                    plain.push('#');
                }
            }
            other => plain.push(other),
        }
    }
    plain
}

/// How a law fares: what a way to the other side and back must keep.
#[must_use]
pub fn roundtrip(
    there: &Trial<'_>,
    back: &Trial<'_>,
    path: &[String],
    count: usize,
    seed: u64,
) -> Option<Counterexample> {
    let model = &there.source.model;
    let mut generator = Generator::new(model, there.keys(), seed);
    let broken = |value: &Value<'_>| -> Option<String> {
        let made = there.program.run(Env::of(value)).ok()?;
        let again = back.program.run(Env::of(&made)).ok()?;
        let (before, after) = (to_json(model, model.root, value), to_json(model, model.root, &again));
        let (before, after) = (below(&before, path), below(&after, path));
        (before != after).then(|| format!("{} came back as {}", shown(before), shown(after)))
    };
    for _ in 0..count {
        let value = generator.value();
        if broken(&value).is_some() {
            let smallest = minimize(model, value, |value| broken(value).is_some());
            let reason = broken(&smallest).unwrap_or_default();
            return Some(Counterexample { reason, example: to_json(model, model.root, &smallest) });
        }
    }
    None
}

fn below<'j>(json: &'j Json, path: &[String]) -> Option<&'j Json> {
    path.iter().try_fold(json, |json, name| json.get(name)).filter(|json| !json.is_null())
}

fn shown(json: Option<&Json>) -> String {
    json.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}
