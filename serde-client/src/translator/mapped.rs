//! A compiled mapping with its schemas: framed records in, framed records out.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::future::BoxFuture;
use schema::model::config::CompatibilityPolicy;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use sha2::{Digest, Sha256};

use super::mapping::compile::{Compiled, Sides, Tables, compile};
use super::mapping::file::{DirectionRules, MappingFile};
use super::mapping::json_form::to_json;
use super::mapping::language::{Pinned, RecordReader, RecordWriter};
use super::mapping::problem::Problem;
use super::mapping::program::{Env, Fault, Program};
use super::mapping::value::Value;
use super::migration::{Direction, PinnedSchema};
use super::schema_store::{SchemaStore, StoredSchema};
use super::translation::{
    FaultCode, Part, RecordFault, SchemaProblem, SourceRecord, TargetPart, TargetRecord, Translate,
    TranslateError, WriterSchema,
};
use crate::codec::Limits;
use crate::framing::{self, Body, Frame, KEY_HEADER, Prefix, SchemaIdentity, VALUE_HEADER};

/// Bytes that a table of `lookup` may have.
const TABLE_LENGTH_MAX: u64 = 64 << 20;

/// One side of a direction.
#[derive(Clone, Debug)]
pub struct Side {
    /// Where it is registered.
    pub place: PinnedSchema,
    /// Its ids.
    pub stored: StoredSchema,
    /// What its records look like.
    pub pinned: Pinned,
}

/// The schemas of a direction.
#[derive(Clone, Debug)]
pub struct DirectionSchemas {
    /// Source and target of the value.
    pub value: (Side, Side),
    /// Source and target of the key, where keys have schemas.
    pub key: Option<(Side, Side)>,
}

impl DirectionSchemas {
    /// Asks for the four pinned versions of a direction.
    ///
    /// # Errors
    /// [`SchemaProblem`] of the first that is not there, or cannot be mapped.
    pub async fn load(
        store: &SchemaStore,
        file: &MappingFile,
        direction: Direction,
    ) -> Result<Self, SchemaProblem> {
        let (source, target) = (file.migration.source(direction), file.migration.target(direction));
        let key = match (&source.key, &target.key) {
            (Some(source), Some(target)) => Some((side(store, source).await?, side(store, target).await?)),
            _ => None,
        };
        Ok(Self { value: (side(store, &source.value).await?, side(store, &target.value).await?), key })
    }

    /// What both sides look like.
    #[must_use]
    pub fn sides(&self) -> Sides<'_> {
        Sides {
            value: (&self.value.0.pinned.model, &self.value.1.pinned.model),
            key: self.key.as_ref().map(|(source, target)| (&source.pinned.model, &target.pinned.model)),
        }
    }
}

async fn side(store: &SchemaStore, place: &PinnedSchema) -> Result<Side, SchemaProblem> {
    let stored = store.pinned(place).await?;
    let pinned = Pinned::new(stored.schema.clone(), place.message.clone()).map_err(|error| {
        SchemaProblem::Unknown(format!("version {} of `{}`: {error}", place.version, place.subject))
    })?;
    Ok(Side { place: place.clone(), stored, pinned })
}

/// Tables of `lookup` in files beside the mapping: lines of `key,value`, with quotes where a comma belongs to a part.
#[derive(Debug)]
pub struct FileTables {
    folder: PathBuf,
    /// What was read, for the mapping's hash.
    read: RefCell<BTreeMap<String, String>>,
}

impl FileTables {
    /// Tables in the folder of a mapping.
    #[must_use]
    pub fn beside(mapping: &Path) -> Self {
        let folder = mapping.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, read: RefCell::default() }
    }
}

impl Tables for FileTables {
    fn rows(&self, file: &str) -> Result<HashMap<String, String>, String> {
        let path = self.folder.join(file);
        let length = std::fs::metadata(&path).map(|found| found.len());
        if length.is_ok_and(|length| length > TABLE_LENGTH_MAX) {
            return Err(format!("the table `{file}` is longer than {TABLE_LENGTH_MAX} bytes"));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("the table `{file}`: {error}"))?;
        let mut rows = HashMap::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let (key, value) =
                row(line).ok_or_else(|| format!("`{file}`, line {number}: `key,value` is needed"))?;
            if rows.insert(key.clone(), value).is_some() {
                return Err(format!("`{file}`, line {number}: `{key}` is there twice"));
            }
        }
        self.read.borrow_mut().insert(file.to_owned(), text);
        Ok(rows)
    }
}

fn row(line: &str) -> Option<(String, String)> {
    let (key, rest) = cell(line)?;
    let (value, rest) = cell(rest.strip_prefix(',')?)?;
    rest.is_empty().then_some((key, value))
}

/// A part up to a comma; in quotes, two of them stand for one.
fn cell(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        let (cell, rest) = text.split_at_checked(end)?;
        return Some((cell.trim().to_owned(), rest));
    };
    let mut cell = String::new();
    let mut rest = quoted;
    loop {
        let (before, behind) = rest.split_once('"')?;
        cell.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                cell.push('"');
                rest = more;
            }
            None => return Some((cell, behind)),
        }
    }
}

/// Why there is no mapping to run.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The mapping has mistakes, or leaves something open.
    #[error("the mapping is not complete:\n{}", .0.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
    /// The target's schema cannot be written.
    #[error(transparent)]
    Prepare(#[from] crate::codec::PrepareError),
}

/// A direction that translates records.
#[derive(Debug)]
pub struct MappedDirection {
    store: SchemaStore,
    value: Half,
    key: Option<Half>,
    hash: String,
}

/// The key or the value of a direction.
#[derive(Debug)]
struct Half {
    source: Side,
    target: Side,
    program: Program,
    writer: RecordWriter,
    /// By the identity that records name.
    readers: ArcSwap<HashMap<SchemaIdentity, Arc<RecordReader>>>,
}

impl MappedDirection {
    /// Compiles the rules of a direction.
    ///
    /// # Errors
    /// [`MappingError`] with everything that has to be mended first.
    pub fn new(
        store: SchemaStore,
        schemas: DirectionSchemas,
        rules: &DirectionRules,
        tables: &FileTables,
    ) -> Result<Self, MappingError> {
        let Compiled { key, value, mut problems, unmapped, .. } = compile(rules, schemas.sides(), tables);
        problems.extend(unmapped.sources.iter().map(|open| {
            let message = format!("`{}` ({}) gets lost: use it, or list it under `drop`", open.path, open.ty);
            Problem::new(rules.at, message)
        }));
        if !problems.is_empty() {
            return Err(MappingError::Problems(problems));
        }
        let hash = hash(rules, &schemas, &tables.read.borrow());
        let open = || MappingError::Problems(Vec::new());
        let value = Half::new(schemas.value, value.ok_or_else(open)?)?;
        let key = match schemas.key {
            Some(key_schemas) => Some(Half::new(key_schemas, key.ok_or_else(open)?)?),
            None => None,
        };
        Ok(Self { store, value, key, hash })
    }

    fn half(&self, part: Part) -> Option<&Half> {
        match part {
            Part::Key => self.key.as_ref(),
            Part::Value => Some(&self.value),
        }
    }

    /// Makes a reader for a writer schema, unless the pinned version cannot read it.
    async fn reader(&self, half: &Half, identity: SchemaIdentity) -> Result<(), SchemaProblem> {
        let pinned = &half.source.stored;
        let is_pinned = match identity {
            SchemaIdentity::Id(id) => id == pinned.id,
            SchemaIdentity::Guid(guid) => Some(guid) == pinned.guid,
        };
        let writer = if is_pinned {
            pinned.schema.clone()
        } else {
            self.store.written(identity, &half.source.place.subject).await?.schema
        };
        if !is_pinned {
            half.readable(&writer, identity)?;
        }
        let reader = RecordReader::new(&writer, &half.source.pinned, Limits::default())
            .map_err(|error| half.drift(identity, &error.to_string()))?;
        let reader = Arc::new(reader);
        half.readers.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.insert(identity, Arc::clone(&reader));
            known
        });
        Ok(())
    }
}

impl Half {
    fn new((source, target): (Side, Side), program: Program) -> Result<Self, MappingError> {
        let writer = RecordWriter::new(&target.pinned)?;
        Ok(Self { source, target, program, writer, readers: ArcSwap::default() })
    }

    /// Whether the pinned version reads what another schema writes. Documents of JSON are read as they are.
    fn readable(&self, writer: &ParsedSchema, identity: SchemaIdentity) -> Result<(), SchemaProblem> {
        let reader = &self.source.stored.schema;
        if reader.schema_type() == SchemaType::Json && writer.schema_type() == SchemaType::Json {
            return Ok(());
        }
        match ParsedSchema::can_read(reader, writer, CompatibilityPolicy::Strict) {
            None => Err(self.drift(identity, &format!("it is of the language {}", writer.schema_type()))),
            Some(findings) if findings.is_empty() => Ok(()),
            Some(findings) => {
                let first = findings.first().map_or_else(String::new, |finding| {
                    reader.message(finding, schema::incompatibility::Direction::Backward)
                });
                Err(self.drift(identity, &first))
            }
        }
    }

    fn drift(&self, identity: SchemaIdentity, reason: &str) -> SchemaProblem {
        let name = match identity {
            SchemaIdentity::Id(id) => format!("the schema id {id}"),
            SchemaIdentity::Guid(guid) => format!("the schema {guid}"),
        };
        let PinnedSchema { subject, version, .. } = &self.source.place;
        SchemaProblem::Drift(format!(
            "version {version} of `{subject}`, which the mapping is pinned to, cannot read what {name} writes: {reason}"
        ))
    }

    /// The record behind a prefix, as a value of the pinned version.
    fn read<'a>(&self, part: Part, frame: Frame<'a>) -> Result<Value<'a>, TranslateError> {
        let readers = self.readers.load();
        let Some(reader) = readers.get(&frame.identity) else {
            return Err(TranslateError::Unprepared(WriterSchema { part, identity: frame.identity }));
        };
        let body: Body<'a> = frame.body;
        Ok(reader.read(body).map_err(|error| RecordFault {
            code: FaultCode::Undecodable,
            path: error.path,
            reason: format!("the {part} cannot be read: {} (byte {})", error.reason, error.offset),
        })?)
    }

    fn write(
        &self,
        value: &Value<'_>,
        source: SchemaIdentity,
        in_header: bool,
        out: &mut TargetPart,
    ) -> Result<(), TranslateError> {
        let target = &self.target.stored;
        // The form of the source is kept; a registry that says no guid leaves the id.
        let identity = match (source, target.guid) {
            (SchemaIdentity::Guid(_), Some(guid)) => SchemaIdentity::Guid(guid),
            _ => SchemaIdentity::Id(target.id),
        };
        let place = if in_header { &mut out.identity_header } else { &mut out.bytes };
        place.extend_from_slice(Prefix::of(identity).as_bytes());
        place.extend_from_slice(self.writer.message_indexes());
        self.writer.write(value, &mut out.bytes).map_err(|error| RecordFault {
            code: FaultCode::Unencodable,
            path: error.path,
            reason: error.reason,
        })?;
        out.present = true;
        Ok(())
    }
}

fn unmapped(fault: Fault) -> RecordFault {
    let (path, reason) = fault.into_parts();
    RecordFault { code: FaultCode::Unmapped, path, reason }
}

fn framed<'a>(part: Part, payload: &'a [u8], header: Option<&'a [u8]>) -> Result<Frame<'a>, RecordFault> {
    framing::read(payload, header).map_err(|error| RecordFault {
        code: FaultCode::Unframed,
        path: String::new(),
        reason: format!("the {part} is not framed: {error}"),
    })
}

/// A value before and after, as JSON for people; null where there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Of the source.
    pub source: serde_json::Value,
    /// Of the target.
    pub target: serde_json::Value,
}

impl MappedDirection {
    /// The value of a record before and after.
    ///
    /// # Errors
    /// As [`Translate::translate`].
    pub fn shown(&self, source: &SourceRecord<'_>) -> Result<Shown, TranslateError> {
        let Some(bytes) = source.value else {
            return Ok(Shown { source: serde_json::Value::Null, target: serde_json::Value::Null });
        };
        let frame = framed(Part::Value, bytes, source.header(VALUE_HEADER))?;
        let value = self.value.read(Part::Value, frame)?;
        let env = Env { headers: source.headers, ..at(&value, source) };
        let made = self.value.program.run(env).map_err(unmapped)?;
        let (from, to) = (&self.value.source.pinned.model, &self.value.target.pinned.model);
        Ok(Shown { source: to_json(from, from.root, &value), target: to_json(to, to.root, &made) })
    }
}

impl Translate for MappedDirection {
    fn translate(&self, source: &SourceRecord<'_>, target: &mut TargetRecord) -> Result<(), TranslateError> {
        target.key.clear();
        target.value.clear();
        let key = match (&self.key, source.key) {
            (Some(half), Some(bytes)) => {
                let header = source.header(KEY_HEADER);
                let frame = framed(Part::Key, bytes, header)?;
                let value = half.read(Part::Key, frame)?;
                let env = Env { headers: source.headers, ..at(&value, source) };
                let made = half.program.run(env).map_err(unmapped)?;
                half.write(&made, frame.identity, header.is_some(), &mut target.key)?;
                Some(value)
            }
            (None, Some(bytes)) => {
                target.key.bytes.extend_from_slice(bytes);
                target.key.present = true;
                if let Some(header) = source.header(KEY_HEADER) {
                    target.key.identity_header.extend_from_slice(header);
                }
                None
            }
            (_, None) => None,
        };
        let Some(bytes) = source.value else { return Ok(()) };
        let header = source.header(VALUE_HEADER);
        let frame = framed(Part::Value, bytes, header)?;
        let value = self.value.read(Part::Value, frame)?;
        let env = Env { key: key.as_ref(), headers: source.headers, ..at(&value, source) };
        let made = self.value.program.run(env).map_err(unmapped)?;
        self.value.write(&made, frame.identity, header.is_some(), &mut target.value)
    }

    fn prepare(&self, schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>> {
        Box::pin(async move {
            match self.half(schema.part) {
                Some(half) => self.reader(half, schema.identity).await,
                None => Ok(()),
            }
        })
    }

    fn mapping_hash(&self) -> &str {
        &self.hash
    }
}

fn at<'v>(root: &'v Value<'v>, source: &SourceRecord<'v>) -> Env<'v> {
    Env { timestamp: source.timestamp, partition: source.partition, offset: source.offset, ..Env::of(root) }
}

/// Covers everything that decides what a record becomes.
fn hash(rules: &DirectionRules, schemas: &DirectionSchemas, tables: &BTreeMap<String, String>) -> String {
    let mut hasher = Sha256::new();
    let mut part = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    part(&rules.canonical);
    let (source, target) = &schemas.value;
    let key = schemas.key.iter().flat_map(|(source, target)| [source, target]);
    for side in [source, target].into_iter().chain(key) {
        part(&side.stored.id.to_string());
        part(side.stored.schema.canonical());
    }
    for (file, text) in tables {
        part(file);
        part(text);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_may_have_quotes() {
        assert_eq!(row("a,b"), Some(("a".to_owned(), "b".to_owned())));
        assert_eq!(row(r#""a,""b""",c"#), Some((r#"a,"b""#.to_owned(), "c".to_owned())));
        for wrong in ["a", "a,b,c", "\"a,b"] {
            assert_eq!(row(wrong), None, "{wrong}");
        }
    }
}
