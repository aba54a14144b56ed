//! Yes or no: can the reader read what the writer wrote?

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use super::branches::BranchIndex;
use super::rules::{names_match, promotes, symbols_match};
use crate::avro::schema::{AvroSchema, Enum, Field, Kind, Named, Record, TypeId};
use crate::avro::{STACK_PIECE, STACK_RESERVE};

/// Up to this many fields or branches a scan beats an index.
const SCAN_MAX: usize = 12;
/// Enums with fewer symbols are compared again each time they meet.
const ENUM_MEMO_MIN: usize = 8;

/// Why a question has no answer.
#[derive(Clone, Copy, Debug)]
pub(in crate::avro) enum Fault<'a> {
    /// By its name and aliases a field of the reader means two fields of the writer.
    Ambiguous {
        /// The reader's record.
        record: &'a Record,
        /// The reader's field.
        field: &'a Field,
        /// The writer's fields that it means.
        meant: [&'a str; 2],
    },
    /// The schemas are too large to compare.
    TooLarge,
}

/// What a field of the reader is filled from.
pub(super) enum Source<'a> {
    Field(&'a Field),
    Missing,
    Unknown,
}

/// A type of the reader and one of the writer.
pub(in crate::avro) type Pair = (TypeId, TypeId);

/// What becomes of a yes that may have assumed another one, when the other turns out to be a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::avro) enum Doubt {
    /// It is withdrawn and found out again where it is needed.
    Withdraw,
    /// It stays, as in the reference registry: right about the pairs in question taken together, but not always about
    /// one of them alone.
    Keep,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Being compared, and so far no inner comparison met it again.
    Open,
    /// Being compared, and an inner comparison has taken a yes for granted.
    Assumed,
    Yes,
    No,
}

/// Answers for pairs of types, each pair of records once.
///
/// Recursive types make the answers circular; the rule is that a pair is compatible unless proven otherwise, so a pair
/// that is still open counts as a yes. A no that was found on such an assumption stands (assumptions only help); see
/// [`Doubt`] for a yes.
pub(in crate::avro) struct Decider<'a> {
    pub(super) reader: &'a AvroSchema,
    pub(super) writer: &'a AvroSchema,
    answers: HashMap<Pair, Answer>,
    /// Pairs answered with yes, in order.
    trail: Vec<Pair>,
    field_positions: HashMap<TypeId, HashMap<&'a str, usize>>,
    branch_indexes: HashMap<TypeId, Rc<BranchIndex<'a>>>,
    work_left: u64,
    fault: Option<Fault<'a>>,
    doubt: Doubt,
}

impl<'a> Decider<'a> {
    pub(in crate::avro) fn new(
        reader: &'a AvroSchema,
        writer: &'a AvroSchema,
        doubt: Doubt,
        work_max: u64,
    ) -> Self {
        Self {
            reader,
            writer,
            doubt,
            answers: HashMap::new(),
            trail: Vec::new(),
            field_positions: HashMap::new(),
            branch_indexes: HashMap::new(),
            work_left: work_max,
            fault: None,
        }
    }

    /// Set when an answer was no only because the question has none.
    pub(in crate::avro) fn fault(&self) -> Option<Fault<'a>> {
        self.fault
    }

    /// Accounts for work; false when there was too much of it or no answer is possible any more.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.work_left.checked_sub(steps) {
            Some(left) => self.work_left = left,
            None if self.fault.is_none() => self.fault = Some(Fault::TooLarge),
            None => {}
        }
        self.fault.is_none()
    }

    /// Whether data of the writer's type `writer` can be read as the reader's type `reader`.
    pub(in crate::avro) fn reads(&mut self, reader: TypeId, writer: TypeId) -> bool {
        let (reader_schema, writer_schema) = (self.reader, self.writer);
        match (&reader_schema.get(reader).kind, &writer_schema.get(writer).kind) {
            (Kind::Primitive(ours), Kind::Primitive(theirs)) => promotes(*theirs, *ours),
            (_, Kind::Union(branches)) => {
                self.spend(branches.len()) && branches.iter().all(|&branch| self.reads(reader, branch))
            }
            (Kind::Union(branches), kind) => self.some_branch_reads((reader, branches), (writer, kind)),
            (Kind::Array(ours), Kind::Array(theirs)) | (Kind::Map(ours), Kind::Map(theirs)) => {
                let mut deeper = || self.spend(1) && self.reads(*ours, *theirs);
                stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, &mut deeper)
            }
            (Kind::Fixed(ours), Kind::Fixed(theirs)) => {
                ours.size == theirs.size && self.names_match(&ours.named, &theirs.named)
            }
            (Kind::Enum(ours), Kind::Enum(theirs)) => {
                self.names_match(&ours.named, &theirs.named)
                    && self.enum_reads((reader, writer), ours, theirs)
            }
            (Kind::Record(ours), Kind::Record(theirs)) => {
                self.names_match(&ours.named, &theirs.named)
                    && self.record_reads((reader, writer), ours, theirs)
            }
            _ => false,
        }
    }

    fn names_match(&mut self, reader: &Named, writer: &Named) -> bool {
        reader.name.simple == writer.name.simple
            || (self.spend(reader.aliases.len()) && names_match(reader, writer))
    }

    fn some_branch_reads(
        &mut self,
        (union, branches): (TypeId, &'a [TypeId]),
        (writer, kind): (TypeId, &'a Kind),
    ) -> bool {
        if branches.len() <= SCAN_MAX {
            return self.spend(branches.len()) && branches.iter().any(|&branch| self.reads(branch, writer));
        }
        if !self.spend(1) {
            return false;
        }
        let Some(index) = self.branch_index(union, branches) else { return false };
        index.any(kind, |branch| self.spend(1) && self.reads(branch, writer))
    }

    fn branch_index(&mut self, union: TypeId, branches: &'a [TypeId]) -> Option<Rc<BranchIndex<'a>>> {
        if let Some(index) = self.branch_indexes.get(&union) {
            return Some(Rc::clone(index));
        }
        if !self.spend(branches.len()) {
            return None;
        }
        let index = Rc::new(BranchIndex::new(self.reader, branches));
        self.branch_indexes.insert(union, Rc::clone(&index));
        Some(index)
    }

    fn enum_reads(&mut self, pair: Pair, reader: &'a Enum, writer: &'a Enum) -> bool {
        if reader.default.is_some() {
            return true;
        }
        let symbols = reader.symbols.len().max(writer.symbols.len());
        if symbols < ENUM_MEMO_MIN {
            return symbols_match(reader, writer);
        }
        match self.answers.get(&pair) {
            Some(answer) => *answer == Answer::Yes,
            None => {
                let yes = self.spend(symbols) && symbols_match(reader, writer);
                self.answers.insert(pair, if yes { Answer::Yes } else { Answer::No });
                yes
            }
        }
    }

    fn record_reads(&mut self, pair: Pair, reader: &'a Record, writer: &'a Record) -> bool {
        if let Some(known) = self.known(pair) {
            return known;
        }
        let opened = self.open(pair);
        let yes =
            stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.fields_read(reader, (pair.1, writer)));
        self.close(pair, opened, yes);
        yes
    }

    /// The answer for a pair of records or enums, if there is one; an open pair counts as a yes from here on.
    pub(super) fn known(&mut self, pair: Pair) -> Option<bool> {
        match self.answers.get_mut(&pair)? {
            Answer::Yes => Some(true),
            Answer::No => Some(false),
            open => {
                *open = Answer::Assumed;
                Some(true)
            }
        }
    }

    /// Begins the comparison of two records. Returns what [`Decider::close`] needs.
    pub(super) fn open(&mut self, pair: Pair) -> usize {
        self.answers.insert(pair, Answer::Open);
        self.trail.len()
    }

    /// Ends the comparison of two records.
    pub(super) fn close(&mut self, pair: Pair, opened: usize, yes: bool) {
        let before = self.answers.insert(pair, if yes { Answer::Yes } else { Answer::No });
        if yes {
            self.trail.push(pair);
        } else if before == Some(Answer::Assumed) && self.doubt == Doubt::Withdraw {
            for withdrawn in self.trail.drain(opened..) {
                self.answers.remove(&withdrawn);
            }
        }
    }

    fn fields_read(&mut self, reader: &'a Record, writer: (TypeId, &'a Record)) -> bool {
        let mut expected = 0;
        reader.fields.iter().all(|field| match self.source(reader, field, writer, &mut expected) {
            Source::Field(source) => self.reads(field.field_type, source.field_type),
            Source::Missing => field.default.is_some(),
            Source::Unknown => false,
        })
    }

    /// Finds the writer's field that fills `field`. `expected` is the position that is tried first: the one behind
    /// the last hit, since most versions keep the order of fields.
    pub(super) fn source(
        &mut self,
        record: &'a Record,
        field: &'a Field,
        writer: (TypeId, &'a Record),
        expected: &mut usize,
    ) -> Source<'a> {
        if !self.spend(1 + field.aliases.len()) {
            return Source::Unknown;
        }
        let mut found = self.position(&field.name, writer, *expected);
        for alias in &field.aliases {
            let Some(position) = self.position(alias, writer, *expected) else { continue };
            match found.replace(position) {
                Some(other) if other != position => {
                    let name = |at: usize| writer.1.fields.get(at).map_or("", |field| field.name.as_str());
                    let meant = [name(other), name(position)];
                    self.fault = Some(Fault::Ambiguous { record, field, meant });
                    return Source::Unknown;
                }
                _ => {}
            }
        }
        let Some((position, source)) = found.and_then(|at| Some((at, writer.1.fields.get(at)?))) else {
            return Source::Missing;
        };
        *expected = position + 1;
        Source::Field(source)
    }

    fn position(&mut self, name: &str, (id, writer): (TypeId, &'a Record), expected: usize) -> Option<usize> {
        if writer.fields.get(expected).is_some_and(|field| field.name == name) {
            return Some(expected);
        }
        if writer.fields.len() <= SCAN_MAX {
            return writer.fields.iter().position(|field| field.name == name);
        }
        if !self.field_positions.contains_key(&id) && !self.spend(writer.fields.len()) {
            return None;
        }
        let positions = self.field_positions.entry(id).or_insert_with(|| {
            writer
                .fields
                .iter()
                .enumerate()
                .map(|(position, field)| (field.name.as_str(), position))
                .collect()
        });
        positions.get(name).copied()
    }
}
