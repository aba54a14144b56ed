//! The findings after a no: every place where the reader and the writer differ in a way that matters.

use foldhash::{HashSet, HashSetExt};

use super::decide::{Decider, Pair, Source};
use super::place::{Place, Step};
use super::rules::{missing_symbols, names_match};
use super::{FINDINGS_LENGTH_MAX, FINDINGS_MAX};
use crate::avro::explain::{self, Missing, Sides};
use crate::avro::schema::{Enum, Field, Fixed, Kind, Named, Record, TypeId};
use crate::avro::{STACK_PIECE, STACK_RESERVE};
use crate::incompatibility::Incompatibility;

/// Only the first findings about unions say what is wrong inside the branch that was meant to match.
const INNER_REASONS_MAX: usize = 50;
/// Records that lie between such a branch and the fault inside it.
const INNER_DEPTH_MAX: usize = 16;

/// Walks two schemas side by side. A pair of named types is reported where it is met first.
pub(super) struct Report<'r, 'a> {
    decider: &'r mut Decider<'a>,
    findings: &'r mut Vec<Incompatibility>,
    place: Place<'a>,
    seen: HashSet<Pair>,
    text_length: usize,
    findings_max: usize,
    depth_max: usize,
    inner_reasons_left: usize,
}

impl<'r, 'a> Report<'r, 'a> {
    pub(super) fn new(decider: &'r mut Decider<'a>, findings: &'r mut Vec<Incompatibility>) -> Self {
        Self {
            decider,
            findings,
            place: Place::default(),
            seen: HashSet::new(),
            text_length: 0,
            findings_max: FINDINGS_MAX,
            depth_max: usize::MAX,
            inner_reasons_left: INNER_REASONS_MAX,
        }
    }

    /// Reports what keeps the reader's type `reader` from reading the writer's type `writer`; true if nothing does.
    pub(super) fn walk(&mut self, reader: TypeId, writer: TypeId) -> bool {
        if self.is_full() || !self.decider.spend(1) {
            return false;
        }
        stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.compare(reader, writer))
    }

    fn is_full(&self) -> bool {
        self.findings.len() >= self.findings_max || self.text_length >= FINDINGS_LENGTH_MAX
    }

    fn add(&mut self, finding: Incompatibility) {
        self.text_length += finding.text_length();
        if !self.is_full() || self.findings.is_empty() {
            self.findings.push(finding);
        }
    }

    fn sides(&self) -> Sides<'_, 'a> {
        Sides { reader: self.decider.reader, writer: self.decider.writer, place: &self.place }
    }

    fn compare(&mut self, reader: TypeId, writer: TypeId) -> bool {
        let (reader_schema, writer_schema) = (self.decider.reader, self.decider.writer);
        match (&reader_schema.get(reader).kind, &writer_schema.get(writer).kind) {
            (Kind::Union(ours), Kind::Union(theirs)) => self.union_reads_union((reader, ours), theirs),
            (_, Kind::Union(theirs)) => self.reads_union(reader, theirs),
            (Kind::Union(ours), _) => self.union_reads((reader, ours), writer),
            (Kind::Array(ours), Kind::Array(theirs)) => self.step(Step::Items, *ours, *theirs),
            (Kind::Map(ours), Kind::Map(theirs)) => self.step(Step::Values, *ours, *theirs),
            (Kind::Fixed(ours), Kind::Fixed(theirs)) => self.fixed_reads((reader, writer), ours, theirs),
            (Kind::Enum(ours), Kind::Enum(theirs)) => self.enum_reads((reader, writer), ours, theirs),
            (Kind::Record(ours), Kind::Record(theirs)) => self.record_reads((reader, writer), ours, theirs),
            _ => {
                let reads = self.decider.reads(reader, writer);
                if !reads {
                    self.add(explain::type_mismatch(&self.sides(), reader, writer));
                }
                reads
            }
        }
    }

    fn step(&mut self, step: Step<'a>, reader: TypeId, writer: TypeId) -> bool {
        self.place.push(step);
        let reads = self.walk(reader, writer);
        self.place.pop();
        reads
    }

    fn union_reads_union(&mut self, reader: (TypeId, &'a [TypeId]), writer: &'a [TypeId]) -> bool {
        let mut reads = true;
        for (index, &branch) in writer.iter().enumerate() {
            if self.is_full() {
                return false;
            }
            self.place.push(Step::Branch(index));
            reads &= self.union_reads(reader, branch);
            self.place.pop();
        }
        reads
    }

    fn reads_union(&mut self, reader: TypeId, writer: &'a [TypeId]) -> bool {
        let mut reads = true;
        for (index, &branch) in writer.iter().enumerate() {
            let outer = self.place.enter_branch(index);
            reads &= self.walk(reader, branch);
            self.place.leave_branch(outer);
        }
        reads
    }

    fn union_reads(&mut self, (reader, branches): (TypeId, &'a [TypeId]), writer: TypeId) -> bool {
        let reads = self.decider.reads(reader, writer);
        if !reads && self.decider.fault().is_none() {
            let inner = self.inner_finding(branches, writer);
            self.add(explain::missing_branch(&self.sides(), reader, writer, inner));
        }
        reads
    }

    /// The first thing wrong with the branch that has the same kind and name as the writer's type, if there is one.
    fn inner_finding(&mut self, branches: &'a [TypeId], writer: TypeId) -> Option<(TypeId, Incompatibility)> {
        self.inner_reasons_left = self.inner_reasons_left.checked_sub(1)?;
        let (reader_schema, writer_schema) = (self.decider.reader, self.decider.writer);
        let meant = branches.iter().copied().find(|&branch| {
            match (&reader_schema.get(branch).kind, &writer_schema.get(writer).kind) {
                (Kind::Record(Record { named: ours, .. }), Kind::Record(Record { named: theirs, .. }))
                | (Kind::Enum(Enum { named: ours, .. }), Kind::Enum(Enum { named: theirs, .. }))
                | (Kind::Fixed(Fixed { named: ours, .. }), Kind::Fixed(Fixed { named: theirs, .. })) => {
                    names_match(ours, theirs)
                }
                (Kind::Array(_), Kind::Array(_)) | (Kind::Map(_), Kind::Map(_)) => true,
                _ => false,
            }
        })?;
        let mut findings = Vec::new();
        let mut report = Report {
            findings_max: 1,
            depth_max: INNER_DEPTH_MAX,
            inner_reasons_left: self.inner_reasons_left.min(1),
            place: std::mem::take(&mut self.place),
            ..Report::new(self.decider, &mut findings)
        };
        report.walk(meant, writer);
        self.place = report.place;
        findings.pop().map(|finding| (meant, finding))
    }

    fn names(&mut self, reader: &Named, writer: &Named) -> bool {
        let same = names_match(reader, writer);
        if !same {
            self.place.push(Step::Name);
            self.add(explain::name_mismatch(&self.sides(), reader, writer));
            self.place.pop();
        }
        same
    }

    fn fixed_reads(&mut self, pair: Pair, reader: &'a Fixed, writer: &'a Fixed) -> bool {
        let same_size = reader.size == writer.size;
        if !self.seen.insert(pair) {
            return same_size && names_match(&reader.named, &writer.named);
        }
        let same_name = self.names(&reader.named, &writer.named);
        if !same_size {
            self.place.push(Step::Size);
            self.add(explain::size_mismatch(&self.sides(), reader, writer));
            self.place.pop();
        }
        same_name && same_size
    }

    fn enum_reads(&mut self, pair: Pair, reader: &'a Enum, writer: &'a Enum) -> bool {
        if !self.seen.insert(pair) {
            return self.decider.reads(pair.0, pair.1);
        }
        let same_name = self.names(&reader.named, &writer.named);
        if reader.default.is_some() || !self.decider.spend(reader.symbols.len() + writer.symbols.len()) {
            return same_name;
        }
        let missing = missing_symbols(reader, writer);
        if !missing.is_empty() {
            self.place.push(Step::Symbols);
            self.add(explain::missing_symbols(&self.sides(), reader, writer, &missing));
            self.place.pop();
        }
        same_name && missing.is_empty()
    }

    fn record_reads(&mut self, pair: Pair, reader: &'a Record, writer: &'a Record) -> bool {
        let known = self.decider.known(pair);
        // A no from inside a union has not been reported yet.
        if known == Some(true) || !self.seen.insert(pair) {
            return known == Some(true);
        }
        let same_name = self.names(&reader.named, &writer.named);
        let Some(depth_left) = self.depth_max.checked_sub(1) else {
            return self.decider.reads(pair.0, pair.1);
        };
        let depth_max = std::mem::replace(&mut self.depth_max, depth_left);
        let opened = self.decider.open(pair);
        let reads = self.fields_read(reader, (pair.1, writer)) && same_name;
        self.decider.close(pair, opened, reads);
        self.depth_max = depth_max;
        reads
    }

    fn fields_read(&mut self, reader: &'a Record, writer: (TypeId, &'a Record)) -> bool {
        let mut reads = true;
        let mut expected = 0;
        for (index, field) in reader.fields.iter().enumerate() {
            if self.is_full() {
                return false;
            }
            self.place.push(Step::Field { record: reader, index });
            match self.decider.source(reader, field, writer, &mut expected) {
                Source::Field(source) => reads &= self.step(Step::Type, field.field_type, source.field_type),
                Source::Missing if field.default.is_some() => {}
                Source::Missing => {
                    reads = false;
                    self.missing_field(field, writer);
                }
                Source::Unknown => reads = false,
            }
            self.place.pop();
        }
        reads
    }

    fn missing_field(&mut self, field: &'a Field, (writer, writer_record): (TypeId, &'a Record)) {
        // Kept from the reference registry: an enum with a default symbol is held against the writer's record.
        let is_enum_with_default = matches!(
            &self.decider.reader.get(field.field_type).kind,
            Kind::Enum(symbols) if symbols.default.is_some()
        );
        if is_enum_with_default {
            self.place.push(Step::Type);
            let compared = Missing::ComparedAsType { reader: field.field_type, writer };
            self.add(explain::missing_field(&self.sides(), field, writer_record, &compared));
            self.place.pop();
        } else {
            self.add(explain::missing_field(&self.sides(), field, writer_record, &Missing::Field));
        }
    }
}
