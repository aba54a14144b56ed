//! A compiled mapping with its schemas: framed records in, framed records out.

mod half;

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};

use self::half::{Half, framed};
pub use super::lookup_tables::FileTables;
use super::mapping::compile::{Compiled, Sides, compile};
use super::mapping::field::{FieldProgram, unwrap_text};
use super::mapping::file::{DirectionRules, MappingFile};
use super::mapping::json_form::to_json;
use super::mapping::language::Pinned;
use super::mapping::problem::Problem;
use super::mapping::program::{Env, Fault};
use super::mapping::value::Value;
use super::migration::{Direction, PinnedSchema};
use super::schema_store::{SchemaStore, StoredSchema};
use super::translation::{
    FaultCode, Part, RecordFault, SchemaProblem, SourceRecord, TargetPart, TargetRecord, Translate,
    TranslateError, WriterSchema,
};
use crate::framing::{KEY_HEADER, VALUE_HEADER};

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
    field: Option<FieldProgram>,
    hash: String,
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
        problems.extend(unmapped.sources.iter().map(|open| Problem::new(rules.at, open.lost())));
        if !problems.is_empty() {
            return Err(MappingError::Problems(problems));
        }
        let field = rules.field.as_ref().map(|field| FieldProgram::new(field, schemas.sides())).transpose();
        let field = field.map_err(|problem| MappingError::Problems(vec![problem]))?;
        let hash = hash(rules, &schemas, &tables.read());
        let open = || MappingError::Problems(Vec::new());
        let value = Half::new(schemas.value, value.ok_or_else(open)?)?;
        let key = match schemas.key {
            Some(key_schemas) => Some(Half::new(key_schemas, key.ok_or_else(open)?)?),
            None => None,
        };
        Ok(Self { store, value, key, field, hash })
    }

    /// The full name of the type that values are pinned to.
    pub(super) fn type_name(&self) -> Option<String> {
        let pinned = &self.value.source.pinned;
        pinned.message.clone().or_else(|| pinned.schema.record_name())
    }

    /// The subject that values are pinned to.
    pub(super) fn source_subject(&self) -> &str {
        &self.value.source.place.subject
    }

    fn half(&self, part: Part) -> Option<&Half> {
        match part {
            Part::Key => self.key.as_ref(),
            Part::Value => Some(&self.value),
        }
    }
}

impl MappedDirection {
    /// The text that decides the partition.
    fn place(
        &self,
        field: &FieldProgram,
        source: &SourceRecord<'_>,
        out: &mut TargetPart,
    ) -> Result<(), TranslateError> {
        out.clear();
        let (part, bytes, header) = match field.in_key {
            true => (Part::Key, source.key, source.header(KEY_HEADER)),
            false => (Part::Value, source.value, source.header(VALUE_HEADER)),
        };
        let (Some(bytes), Some(half)) = (bytes, self.half(part)) else {
            // A key that is not there has no order; a tombstone that lands elsewhere deletes nothing.
            return if field.in_key { Ok(()) } else { Err(unplaced(field).into()) };
        };
        let framed = framed(part, bytes, header)?;
        let paths = half.paths(part, framed.frame.identity)?;
        let nothing = Value::Null;
        let quick = paths
            .field
            .as_ref()
            .and_then(|flat| flat.run(framed.frame.body.record(), at(&nothing, source), &mut out.bytes));
        if quick.is_none() {
            out.clear();
            let value = paths.read(&framed)?;
            field.run(at(&value, source), &mut out.bytes).map_err(unmapped)?;
        }
        out.present = unwrap_text(&mut out.bytes);
        Ok(())
    }
}

fn unmapped(fault: Fault) -> RecordFault {
    let (path, reason) = fault.into_parts();
    RecordFault { code: FaultCode::Unmapped, path, reason }
}

fn unplaced(field: &FieldProgram) -> RecordFault {
    RecordFault {
        code: FaultCode::Unmapped,
        path: field.path.clone(),
        reason: "a tombstone has no value that would say its partition".to_owned(),
    }
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
        let framed = framed(Part::Value, bytes, source.header(VALUE_HEADER))?;
        let value = self.value.paths(Part::Value, framed.frame.identity)?.read(&framed)?;
        let made = self.value.program.run(at(&value, source)).map_err(unmapped)?;
        let (from, to) = (&self.value.source.pinned.model, &self.value.target.pinned.model);
        Ok(Shown { source: to_json(from, from.root, &value), target: to_json(to, to.root, &made) })
    }
}

impl Translate for MappedDirection {
    fn translate(&self, source: &SourceRecord<'_>, target: &mut TargetRecord) -> Result<(), TranslateError> {
        target.key.clear();
        target.value.clear();
        if let Some(field) = &self.field {
            self.place(field, source, &mut target.field)?;
        }
        let nothing = Value::Null;
        let around = at(&nothing, source);
        let key = match (&self.key, source.key) {
            (Some(half), Some(bytes)) => {
                let key = framed(Part::Key, bytes, source.header(KEY_HEADER))?;
                let paths = half.paths(Part::Key, key.frame.identity)?;
                if !half.quickly(&paths, &key, around, &mut target.key) {
                    let value = paths.read(&key)?;
                    let made = half.program.run(at(&value, source)).map_err(unmapped)?;
                    half.write(&made, &key, &mut target.key)?;
                }
                Some((paths, key))
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
        let value = framed(Part::Value, bytes, source.header(VALUE_HEADER))?;
        let paths = self.value.paths(Part::Value, value.frame.identity)?;
        if self.value.quickly(&paths, &value, around, &mut target.value) {
            return Ok(());
        }
        let read = paths.read(&value)?;
        let key = key.map(|(paths, key)| paths.read(&key)).transpose()?;
        let env = Env { key: key.as_ref(), ..at(&read, source) };
        let made = self.value.program.run(env).map_err(unmapped)?;
        Ok(self.value.write(&made, &value, &mut target.value)?)
    }

    fn prepare(&self, schema: WriterSchema) -> BoxFuture<'_, Result<(), SchemaProblem>> {
        Box::pin(async move {
            match self.half(schema.part) {
                Some(half) => {
                    let in_key = schema.part == Part::Key;
                    let field = self.field.as_ref().filter(|field| field.in_key == in_key);
                    half.prepare(&self.store, schema.identity, field).await
                }
                None => Ok(()),
            }
        })
    }

    fn mapping_hash(&self) -> &str {
        &self.hash
    }
}

fn at<'v>(root: &'v Value<'v>, source: &SourceRecord<'v>) -> Env<'v> {
    Env {
        headers: source.headers,
        timestamp: source.timestamp,
        partition: source.partition,
        offset: source.offset,
        ..Env::of(root)
    }
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
mod tests;
