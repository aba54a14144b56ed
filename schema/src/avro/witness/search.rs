//! What a value must be like for a reader to stumble somewhere inside it.
//!
//! A union of the reader stumbles only when each branch that could take the value does, so the demands of its branches
//! are joined. They may contradict each other; whether the value that comes out does its work is tried afterwards.

use super::decode::{is_candidate, same_name};
use super::locate::unknown_symbol;
use super::smallest::Smallest;
use super::sources::Sources;
use super::{Demand, Toward};
use crate::avro::compat::decide::{Decider, Doubt, Pair};
use crate::avro::schema::{AvroSchema, Kind, Record, TypeId};
use crate::avro::{STACK_PIECE, STACK_RESERVE};

/// Comparisons that one search makes.
pub(super) const STEPS_MAX: usize = 100_000;
/// The same for deciding where it is worth to look.
const DECISIONS_MAX: u64 = 100_000;
/// Records that lie inside each other on the way to a fault.
const RECORDS_MAX: usize = 200;

/// There is more to look at than a search may look at.
#[derive(Debug)]
pub(super) struct TooMuchWork;

/// Looks for a fault inside two types.
pub(super) struct Search<'a> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    smallest: &'a Smallest,
    decider: Decider<'a>,
    /// The records around the current place.
    around: Vec<Pair>,
    steps_left: usize,
}

impl<'a> Search<'a> {
    pub(super) fn new(reader: &'a AvroSchema, writer: &'a AvroSchema, smallest: &'a Smallest) -> Self {
        let decider = Decider::new(reader, writer, Doubt::Withdraw, DECISIONS_MAX);
        Self { reader, writer, smallest, decider, around: Vec::new(), steps_left: STEPS_MAX }
    }

    /// What makes the reader's type stumble over a value of the writer's type, if anything does.
    pub(super) fn fault(&mut self, reader: TypeId, writer: TypeId) -> Result<Option<Demand>, TooMuchWork> {
        self.spend(1)?;
        if self.smallest.size(writer).is_none() || self.decider.reads(reader, writer) {
            return Ok(None);
        }
        if self.decider.fault().is_some() {
            return Err(TooMuchWork);
        }
        stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.inside(reader, writer))
    }

    fn spend(&mut self, steps: usize) -> Result<(), TooMuchWork> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(TooMuchWork)?;
        Ok(())
    }

    fn inside(&mut self, reader: TypeId, writer: TypeId) -> Result<Option<Demand>, TooMuchWork> {
        let (reader_schema, writer_schema) = (self.reader, self.writer);
        let (ours, theirs) = (&reader_schema.get(reader).kind, &writer_schema.get(writer).kind);
        match (ours, theirs) {
            (_, Kind::Union(branches)) => {
                for (at, &branch) in branches.iter().enumerate() {
                    if let Some(inner) = self.fault(reader, branch)? {
                        return Ok(Some(Demand::toward(Toward::Branch(at), inner)));
                    }
                }
                Ok(None)
            }
            (Kind::Union(branches), _) => self.every_branch(branches, writer),
            (Kind::Array(ours), Kind::Array(theirs)) => self.step(Toward::Item, *ours, *theirs),
            (Kind::Map(ours), Kind::Map(theirs)) => self.step(Toward::Value, *ours, *theirs),
            (Kind::Enum(_), Kind::Enum(_)) if same_name(ours.named(), theirs.named()) => {
                Ok(unknown_symbol(ours, theirs))
            }
            (Kind::Record(ours), Kind::Record(theirs)) => self.record((reader, writer), ours, theirs),
            _ => Ok(Some(Demand::default())),
        }
    }

    fn step(
        &mut self,
        toward: Toward,
        reader: TypeId,
        writer: TypeId,
    ) -> Result<Option<Demand>, TooMuchWork> {
        Ok(self.fault(reader, writer)?.map(|inner| Demand::toward(toward, inner)))
    }

    fn every_branch(
        &mut self,
        branches: &'a [TypeId],
        writer: TypeId,
    ) -> Result<Option<Demand>, TooMuchWork> {
        self.spend(branches.len())?;
        let (reader_schema, theirs) = (self.reader, &self.writer.get(writer).kind);
        let mut joined = Demand::default();
        for &branch in
            branches.iter().filter(|&&branch| is_candidate(&reader_schema.get(branch).kind, theirs))
        {
            let Some(demand) = self.fault(branch, writer)? else { return Ok(None) };
            joined.join(demand);
        }
        Ok(Some(joined))
    }

    fn record(
        &mut self,
        pair: Pair,
        reader: &'a Record,
        writer: &'a Record,
    ) -> Result<Option<Demand>, TooMuchWork> {
        if !same_name(Some(&reader.named), Some(&writer.named)) {
            return Ok(Some(Demand::default()));
        }
        if self.around.contains(&pair) || self.around.len() == RECORDS_MAX {
            return Ok(None);
        }
        self.spend(reader.fields.len() + writer.fields.len())?;
        let sources = Sources::of(writer);
        let is_missing = |field| sources.position(field).is_none() && field.default.is_none();
        if reader.fields.iter().any(is_missing) {
            return Ok(Some(Demand::default()));
        }
        self.around.push(pair);
        let mut found = None;
        for field in &reader.fields {
            let Some(at) = sources.position(field) else { continue };
            let Some(source) = writer.fields.get(at) else { continue };
            found = self.step(Toward::Field(at), field.field_type, source.field_type)?;
            if found.is_some() {
                break;
            }
        }
        self.around.pop();
        Ok(found)
    }
}
