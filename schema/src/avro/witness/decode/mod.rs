//! Reading a writer's bytes with a reader's schema, as the Avro specification resolves the two.
//!
//! Reading goes on behind each place at which the reader stumbles: the writer's schema says where the next value
//! begins. So a record with several faults is refused at each of them. Kept from the specification: promotions, aliases
//! of fields and of named types, defaults of fields and of enums, names without their namespaces, sizes of fixeds. A
//! union of the reader takes a value if any of its branches does; the specification asks for the first branch that
//! matches, so what is refused here is refused there.

mod bytes;

use std::collections::BTreeMap;

use super::sources::Sources;
use super::words;
use crate::avro::compat::place::{Place, Step};
use crate::avro::compat::rules::promotes;
use crate::avro::schema::{AvroSchema, Enum, Kind, Named, Primitive, Record, TypeId};
use crate::avro::{STACK_PIECE, STACK_RESERVE};
use bytes::Bytes;

/// Values and fields that one reading looks at.
pub(super) const STEPS_MAX: usize = 200_000;
/// Places that one reading remembers.
const REFUSALS_MAX: usize = 1_000;

/// A place at which the reader cannot take what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The place, as in a finding of the checker: JSON pointer into the reader.
    pub path: String,
    /// What the reader meets there: a clause.
    pub failure: String,
}

/// Why reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The bytes are no value of the writer's schema.
    NotOfTheWriter,
    /// There is more to read than a reading may look at.
    TooMuchWork,
}

/// Reads `encoded`, a value of `writer` in Avro's binary encoding, with `reader`. Returns the places at which the reader
/// cannot take it; none when it can.
///
/// # Errors
/// [`Broken`] when `encoded` is no value of `writer`, or too large a one.
pub fn resolve(reader: &AvroSchema, writer: &AvroSchema, encoded: &[u8]) -> Result<Vec<Refusal>, Broken> {
    let mut decoder =
        Decoder { reader, writer, bytes: Bytes::new(encoded), place: Place::default(), refusals: Vec::new() };
    decoder.value(reader.root, writer.root)?;
    if decoder.bytes.is_at_end() { Ok(decoder.refusals) } else { Err(Broken::NotOfTheWriter) }
}

struct Decoder<'a, 'b> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    bytes: Bytes<'b>,
    place: Place<'a>,
    refusals: Vec<Refusal>,
}

impl<'a> Decoder<'a, '_> {
    fn value(&mut self, reader: TypeId, writer: TypeId) -> Result<(), Broken> {
        self.bytes.spend(1)?;
        stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.resolve(reader, writer))
    }

    fn resolve(&mut self, reader: TypeId, writer: TypeId) -> Result<(), Broken> {
        let (reader_schema, writer_schema) = (self.reader, self.writer);
        match (&reader_schema.get(reader).kind, &writer_schema.get(writer).kind) {
            (_, Kind::Union(theirs)) => {
                let at = self.bytes.position(theirs.len())?;
                let branch = theirs.get(at).copied().ok_or(Broken::NotOfTheWriter)?;
                self.within(Step::Branch(at), |decoder| decoder.value(reader, branch))
            }
            (Kind::Union(ours), _) => self.some_branch(reader, ours, writer),
            (Kind::Primitive(ours), Kind::Primitive(theirs)) if promotes(*theirs, *ours) => {
                self.primitive(*ours, *theirs, writer)
            }
            (Kind::Array(ours), Kind::Array(theirs)) => self.blocks(Step::Items, *ours, *theirs),
            (Kind::Map(ours), Kind::Map(theirs)) => self.blocks(Step::Values, *ours, *theirs),
            (Kind::Fixed(ours), Kind::Fixed(theirs)) => {
                self.names(reader, writer);
                if ours.size != theirs.size {
                    self.refuse_in(Step::Size, || words::size(ours, theirs));
                }
                self.bytes.skip(writer_schema, writer)
            }
            (Kind::Enum(ours), Kind::Enum(theirs)) => {
                self.names(reader, writer);
                self.symbol(ours, theirs)
            }
            (Kind::Record(ours), Kind::Record(theirs)) => {
                self.names(reader, writer);
                self.fields(ours, theirs)
            }
            (_, met) => {
                self.refuse(|| words::mismatch(reader_schema, reader, met));
                self.bytes.skip(writer_schema, writer)
            }
        }
    }

    fn within(
        &mut self,
        step: Step<'a>,
        read: impl FnOnce(&mut Self) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        self.place.push(step);
        let result = read(self);
        self.place.pop();
        result
    }

    fn refuse(&mut self, failure: impl FnOnce() -> String) {
        if self.refusals.len() < REFUSALS_MAX {
            let failure = format!("{}, {}", words::place(&self.place), failure());
            self.refusals.push(Refusal { path: self.place.path(), failure });
        }
    }

    fn refuse_in(&mut self, step: Step<'a>, failure: impl FnOnce() -> String) {
        self.place.push(step);
        self.refuse(failure);
        self.place.pop();
    }

    fn names(&mut self, reader: TypeId, writer: TypeId) {
        let (ours, theirs) = (&self.reader.get(reader).kind, &self.writer.get(writer).kind);
        if !same_name(ours.named(), theirs.named()) {
            self.refuse_in(Step::Name, || words::name(ours, theirs));
        }
    }

    fn primitive(&mut self, ours: Primitive, theirs: Primitive, writer: TypeId) -> Result<(), Broken> {
        if (ours, theirs) == (Primitive::String, Primitive::Bytes) {
            if std::str::from_utf8(self.bytes.text()?).is_err() {
                self.refuse(|| "the reader expects a text and meets bytes that are none".to_owned());
            }
            return Ok(());
        }
        self.bytes.skip(self.writer, writer)
    }

    /// Tries one branch after the other on the same bytes.
    fn some_branch(&mut self, union: TypeId, branches: &'a [TypeId], writer: TypeId) -> Result<(), Broken> {
        let start = self.bytes.at();
        let outer = std::mem::take(&mut self.refusals);
        let mut inner = None;
        let theirs = &self.writer.get(writer).kind;
        self.bytes.spend(branches.len())?;
        for &branch in branches.iter().filter(|&&branch| is_candidate(&self.reader.get(branch).kind, theirs))
        {
            self.bytes.go_to(start);
            self.value(branch, writer)?;
            if self.refusals.is_empty() {
                self.refusals = outer;
                return Ok(());
            }
            let first = self.refusals.drain(..).next();
            inner = inner.or(first);
        }
        self.refusals = outer;
        let reader = self.reader;
        self.refuse(|| words::no_branch(reader, union, theirs, inner.as_ref()));
        self.bytes.go_to(start);
        self.bytes.skip(self.writer, writer)
    }

    fn blocks(&mut self, step: Step<'a>, ours: TypeId, theirs: TypeId) -> Result<(), Broken> {
        let has_keys = matches!(step, Step::Values);
        loop {
            let count = self.bytes.block()?;
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count {
                if has_keys {
                    self.bytes.text()?;
                }
                self.within(step, |decoder| decoder.value(ours, theirs))?;
            }
        }
    }

    fn symbol(&mut self, ours: &Enum, theirs: &Enum) -> Result<(), Broken> {
        let at = self.bytes.position(theirs.symbols.len())?;
        let symbol = theirs.symbols.get(at).ok_or(Broken::NotOfTheWriter)?;
        self.bytes.spend(ours.symbols.len())?;
        if ours.default.is_none() && !ours.symbols.contains(symbol) {
            self.refuse_in(Step::Symbols, || words::symbol(ours, symbol));
        }
        Ok(())
    }

    /// The writer's fields in the order in which they were written; each may fill several fields of the reader.
    fn fields(&mut self, ours: &'a Record, theirs: &'a Record) -> Result<(), Broken> {
        let takers = self.takers(ours, theirs)?;
        for (position, source) in theirs.fields.iter().enumerate() {
            let Some(indexes) = takers.get(&position) else {
                self.bytes.skip(self.writer, source.field_type)?;
                continue;
            };
            let start = self.bytes.at();
            for &index in indexes {
                let Some(field) = ours.fields.get(index) else { continue };
                self.bytes.go_to(start);
                self.place.push(Step::Field { record: ours, index });
                self.within(Step::Type, |decoder| decoder.value(field.field_type, source.field_type))?;
                self.place.pop();
            }
        }
        Ok(())
    }

    /// The reader's fields by the writer's field that fills them. Refuses those that nothing fills.
    fn takers(
        &mut self,
        ours: &'a Record,
        theirs: &'a Record,
    ) -> Result<BTreeMap<usize, Vec<usize>>, Broken> {
        let aliases: usize = ours.fields.iter().map(|field| field.aliases.len()).sum();
        self.bytes.spend(theirs.fields.len() + ours.fields.len() + aliases)?;
        let sources = Sources::of(theirs);
        let mut takers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, field) in ours.fields.iter().enumerate() {
            match sources.position(field) {
                Some(position) => takers.entry(position).or_default().push(index),
                None if field.default.is_some() => {}
                None => {
                    self.place.push(Step::Field { record: ours, index });
                    // The reference registry places an enum with a default symbol one step deeper.
                    match &self.reader.get(field.field_type).kind {
                        Kind::Enum(symbols) if symbols.default.is_some() => {
                            self.refuse_in(Step::Type, || words::missing(field));
                        }
                        _ => self.refuse(|| words::missing(field)),
                    }
                    self.place.pop();
                }
            }
        }
        Ok(takers)
    }
}

/// Whether two named types go by the same name for the reader.
pub(super) fn same_name(reader: Option<&Named>, writer: Option<&Named>) -> bool {
    match (reader, writer) {
        (Some(ours), Some(theirs)) => {
            ours.name.simple == theirs.name.simple || ours.aliases.contains(&theirs.name)
        }
        _ => false,
    }
}

/// Whether a branch could take data of the writer's type at all.
pub(super) fn is_candidate(branch: &Kind, writer: &Kind) -> bool {
    match (branch, writer) {
        (Kind::Primitive(ours), Kind::Primitive(theirs)) => promotes(*theirs, *ours),
        (Kind::Record(_), Kind::Record(_))
        | (Kind::Enum(_), Kind::Enum(_))
        | (Kind::Fixed(_), Kind::Fixed(_)) => same_name(branch.named(), writer.named()),
        (Kind::Array(_), Kind::Array(_)) | (Kind::Map(_), Kind::Map(_)) => true,
        _ => false,
    }
}
