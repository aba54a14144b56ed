//! The key or the value of a direction: what its records are read and written by.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use schema::model::config::CompatibilityPolicy;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;

use super::super::mapping::field::FieldProgram;
use super::super::mapping::flat::FlatProgram;
use super::super::mapping::language::{RecordReader, RecordWriter};
use super::super::mapping::program::{Env, Program};
use super::super::mapping::value::Value;
use super::super::migration::PinnedSchema;
use super::super::schema_store::SchemaStore;
use super::super::translation::{
    FaultCode, Part, RecordFault, SchemaProblem, TargetPart, TranslateError, WriterSchema,
};
use super::{MappingError, Side};
use crate::codec::Limits;
use crate::framing::{self, Frame, Prefix, SchemaIdentity};

/// See the module.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) source: Side,
    pub(super) target: Side,
    pub(super) program: Arc<Program>,
    writer: RecordWriter,
    /// By the identity that records name.
    paths: ArcSwap<HashMap<SchemaIdentity, Arc<Paths>>>,
}

/// The ways from what one schema writes to the target.
#[derive(Debug)]
pub(super) struct Paths {
    /// The quick one, where there is one. What it leaves goes the general way.
    flat: Option<FlatProgram>,
    /// The quick one to the text that decides the partition.
    pub(super) field: Option<FlatProgram>,
    reader: RecordReader,
}

impl Half {
    pub(super) fn new((source, target): (Side, Side), program: Arc<Program>) -> Result<Self, MappingError> {
        let writer = RecordWriter::new(&target.pinned)?;
        Ok(Self { source, target, program, writer, paths: ArcSwap::default() })
    }

    /// Makes a reader for a writer schema, unless the pinned version cannot read it.
    pub(super) async fn prepare(
        &self,
        store: &SchemaStore,
        identity: SchemaIdentity,
        field: Option<&FieldProgram>,
    ) -> Result<(), SchemaProblem> {
        let pinned = &self.source.stored;
        let is_pinned = match identity {
            SchemaIdentity::Id(id) => id == pinned.id,
            SchemaIdentity::Guid(guid) => Some(guid) == pinned.guid,
        };
        let writer = if is_pinned {
            pinned.schema.clone()
        } else {
            store.written(identity, &self.source.place.subject).await?.schema
        };
        if !is_pinned {
            self.readable(&writer, identity)?;
        }
        let reader = RecordReader::new(&writer, &self.source.pinned, Limits::default())
            .map_err(|error| self.drift(identity, &error.to_string()))?;
        let flat = FlatProgram::new(&writer, &self.source.pinned, &self.program, &self.target.pinned);
        let field = field.and_then(|field| field.flat(&writer, &self.source.pinned));
        let paths = Arc::new(Paths { flat, field, reader });
        self.paths.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.insert(identity, Arc::clone(&paths));
            known
        });
        Ok(())
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

    pub(super) fn paths(&self, part: Part, identity: SchemaIdentity) -> Result<Arc<Paths>, TranslateError> {
        let paths = self.paths.load().get(&identity).cloned();
        paths.ok_or(TranslateError::Unprepared(WriterSchema { part, identity }))
    }

    /// Writes what stands in front of a record. The form of the source is kept; a registry that says no guid leaves the
    /// id.
    fn start(&self, source: &Framed<'_>, out: &mut TargetPart) {
        let target = &self.target.stored;
        let identity = match (source.frame.identity, target.guid) {
            (SchemaIdentity::Guid(_), Some(guid)) => SchemaIdentity::Guid(guid),
            _ => SchemaIdentity::Id(target.id),
        };
        let place = if source.in_header { &mut out.identity_header } else { &mut out.bytes };
        place.extend_from_slice(Prefix::of(identity).as_bytes());
        place.extend_from_slice(self.writer.message_indexes());
    }

    /// Makes the record by the quick way; whether there is one for it.
    pub(super) fn quickly(
        &self,
        paths: &Paths,
        source: &Framed<'_>,
        around: Env<'_>,
        out: &mut TargetPart,
    ) -> bool {
        let Some(flat) = &paths.flat else { return false };
        self.start(source, out);
        out.present = flat.run(source.frame.body.record(), around, &mut out.bytes).is_some();
        if !out.present {
            out.clear();
        }
        out.present
    }

    pub(super) fn write(
        &self,
        value: &Value<'_>,
        source: &Framed<'_>,
        out: &mut TargetPart,
    ) -> Result<(), RecordFault> {
        self.start(source, out);
        self.writer.write(value, &mut out.bytes).map_err(|error| RecordFault {
            code: FaultCode::Unencodable,
            path: error.path().to_owned(),
            reason: error.reason().to_owned(),
        })?;
        out.present = true;
        Ok(())
    }
}

impl Paths {
    /// The record behind a prefix, as a value of the pinned version.
    pub(super) fn read<'a>(&self, source: &Framed<'a>) -> Result<Value<'a>, RecordFault> {
        self.reader.read(source.frame.body).map_err(|error| RecordFault {
            code: FaultCode::Undecodable,
            path: error.path().to_owned(),
            reason: format!(
                "the {} cannot be read: {} (byte {})",
                source.part,
                error.reason(),
                error.offset()
            ),
        })
    }
}

/// A half of a record with its schema's identity.
#[derive(Clone, Copy)]
pub(super) struct Framed<'a> {
    part: Part,
    pub(super) frame: Frame<'a>,
    in_header: bool,
}

pub(super) fn framed<'a>(
    part: Part,
    payload: &'a [u8],
    header: Option<&'a [u8]>,
) -> Result<Framed<'a>, RecordFault> {
    match framing::read(payload, header) {
        Ok(frame) => Ok(Framed { part, frame, in_header: header.is_some() }),
        Err(error) => Err(RecordFault {
            code: FaultCode::Unframed,
            path: String::new(),
            reason: format!("the {part} is not framed: {error}"),
        }),
    }
}
