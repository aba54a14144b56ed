//! How what a writer wrote is read as what a reader expects.
//!
//! The rules are those of the compatibility check, which are those of the Avro specification as the Java library reads
//! it: names match without their namespaces or by an alias of the reader. What only some records cannot pass is no
//! error here but a node that fails when it is met.

use std::collections::HashMap;
use std::sync::Arc;

use schema::avro::schema::{Enum, Field, Kind, Named, Primitive, Record, TypeId};

use super::compile::{Compiler, Meanings, record_of};
use super::names::{self, fragment};
use super::{Default, Node, Step, SymbolMap};
use crate::codec::avro::shape::FixedShape;

impl Compiler<'_> {
    /// How the writer's type `writer` is read as the reader's type `reader`.
    pub(super) fn pair(&mut self, writer: TypeId, reader: TypeId) -> Node {
        if let Some(node) = self.pairs.get(&(writer, reader)) {
            return *node;
        }
        let node = self.resolve(writer, reader);
        self.pairs.insert((writer, reader), node);
        node
    }

    fn resolve(&mut self, writer: TypeId, reader: TypeId) -> Node {
        let (writers, readers) = (self.writer, self.reader);
        if self.meanings == Meanings::Compared
            && names::differ_in_meaning((writers, writer), (readers, reader))
        {
            return self.mismatch(writer, reader);
        }
        match (&writers.get(writer).kind, &readers.get(reader).kind) {
            (Kind::Union(branches), Kind::Union(ours)) => {
                let branches = branches.iter().map(|branch| self.branch_for(*branch, reader, ours)).collect();
                self.union(branches, true)
            }
            (Kind::Union(branches), _) => {
                let branches = branches.iter().map(|branch| self.pair(*branch, reader)).collect();
                self.union(branches, true)
            }
            (_, Kind::Union(ours)) => {
                let branch = self.branch_for(writer, reader, ours);
                self.union(vec![branch], false)
            }
            (Kind::Primitive(theirs), Kind::Primitive(ours)) => match promoted(*theirs, *ours) {
                Some(node) => node,
                None => self.mismatch(writer, reader),
            },
            (Kind::Array(theirs), Kind::Array(ours)) => {
                let (node, skip) = (self.pair(*theirs, *ours), self.same(*theirs));
                self.array(node, skip)
            }
            (Kind::Map(theirs), Kind::Map(ours)) => {
                let (node, skip) = (self.pair(*theirs, *ours), self.same(*theirs));
                self.map(node, skip)
            }
            (Kind::Fixed(theirs), Kind::Fixed(ours))
                if theirs.size == ours.size && names_match(&ours.named, &theirs.named) =>
            {
                let logical = names::logical(readers, reader);
                let name = names::type_name(&ours.named.name);
                self.fixed(Arc::new(FixedShape { name, size: ours.size as usize, logical }))
            }
            (Kind::Enum(theirs), Kind::Enum(ours)) if names_match(&ours.named, &theirs.named) => {
                let shape = names::enum_shape(ours);
                self.enumeration(shape, theirs.symbols.len(), mapped_symbols(theirs, ours))
            }
            (Kind::Record(theirs), Kind::Record(ours)) if names_match(&ours.named, &theirs.named) => {
                let shape = names::record_shape(readers, ours);
                let first = (writers.first_definition(writer), readers.first_definition(reader));
                match self.pairs.get(&first) {
                    Some(node) => *node,
                    None => {
                        let node = self.record(shape, first.0, Some(first.1));
                        self.pairs.insert(first, node);
                        node
                    }
                }
            }
            _ => self.mismatch(writer, reader),
        }
    }

    fn mismatch(&mut self, writer: TypeId, reader: TypeId) -> Node {
        let (theirs, ours) = (fragment(self.writer, writer), fragment(self.reader, reader));
        self.fail(format!("the writer's {theirs} cannot be read as the reader's {ours}"))
    }

    /// The reader's branch for a type of the writer: one of the same name before one of the same kind before one that
    /// the type can be promoted to.
    fn branch_for(&mut self, writer: TypeId, union: TypeId, branches: &[TypeId]) -> Node {
        let kind = &self.writer.get(writer).kind;
        let mut ranked: Vec<(Match, TypeId)> = branches
            .iter()
            .filter_map(|branch| Some((closeness(kind, &self.reader.get(*branch).kind)?, *branch)))
            .collect();
        ranked.sort_by_key(|(closeness, _)| *closeness);
        let chosen = match &*ranked {
            [_, _, ..] => ranked.iter().find(|(_, branch)| self.reads(writer, *branch)).or(ranked.first()),
            few => few.first(),
        };
        match chosen {
            Some((_, branch)) => self.pair(writer, *branch),
            None => self.mismatch(writer, union),
        }
    }

    /// Whether all data of a type can be read as another; a pair that is still being looked at counts as a yes.
    fn reads(&mut self, writer: TypeId, reader: TypeId) -> bool {
        if let Some(known) = self.readable.get(&(writer, reader)) {
            return *known;
        }
        self.readable.insert((writer, reader), true);
        let (writers, readers) = (self.writer, self.reader);
        let reads = match (&writers.get(writer).kind, &readers.get(reader).kind) {
            (Kind::Union(branches), _) => branches.iter().all(|branch| self.reads(*branch, reader)),
            (kind, Kind::Union(branches)) => branches.iter().any(|branch| {
                closeness(kind, &readers.get(*branch).kind).is_some() && self.reads(writer, *branch)
            }),
            (Kind::Array(theirs), Kind::Array(ours)) | (Kind::Map(theirs), Kind::Map(ours)) => {
                self.reads(*theirs, *ours)
            }
            (Kind::Enum(theirs), Kind::Enum(ours)) => {
                names_match(&ours.named, &theirs.named)
                    && (ours.default.is_some()
                        || theirs.symbols.iter().all(|symbol| ours.symbols.contains(symbol)))
            }
            (Kind::Record(theirs), Kind::Record(ours)) => {
                let sources = sources(theirs, ours);
                names_match(&ours.named, &theirs.named)
                    && ours.fields.iter().zip(sources).all(|(field, source)| {
                        match source.and_then(|at| theirs.fields.get(at)) {
                            Some(source) => self.reads(source.field_type, field.field_type),
                            None => field.default.is_some(),
                        }
                    })
            }
            (theirs, ours) => closeness(theirs, ours).is_some(),
        };
        self.readable.insert((writer, reader), reads);
        reads
    }

    /// The steps through a record of the writer, and the fields of the reader that are not among them.
    pub(super) fn pair_steps(&mut self, writer: TypeId, reader: TypeId) -> (Vec<Step>, Vec<Default>) {
        let (Some(theirs), Some(ours)) = (record_of(self.writer, writer), record_of(self.reader, reader))
        else {
            return (Vec::new(), Vec::new());
        };
        let mut filled: Vec<Vec<(u32, &Field)>> = vec![Vec::new(); theirs.fields.len()];
        let (mut steps, mut defaults) = (Vec::new(), Vec::new());
        for ((field, source), number) in ours.fields.iter().zip(sources(theirs, ours)).zip(0..) {
            if let Some(filled) = source.and_then(|at| filled.get_mut(at)) {
                filled.push((number, field));
                continue;
            }
            match self.defaults.of(field) {
                Ok(value) => defaults.push(Default { field: number, value }),
                Err(reason) => {
                    let node = self.fail(reason);
                    steps.push(Step {
                        field: Some(number),
                        node,
                        skip: Node::Null,
                        again: false,
                        is_same: false,
                    });
                }
            }
        }
        for (source, filled) in theirs.fields.iter().zip(filled) {
            let skip = self.same(source.field_type);
            if filled.is_empty() {
                steps.push(Step { field: None, node: skip, skip, again: false, is_same: false });
            }
            for (at, (number, field)) in filled.into_iter().enumerate() {
                let node = self.pair(source.field_type, field.field_type);
                let is_same = self.comparison.is_same(source.field_type, field.field_type);
                steps.push(Step { field: Some(number), node, skip, again: at > 0, is_same });
            }
        }
        (steps, defaults)
    }
}

/// By field of the reader, the position of the writer's field that fills it.
pub(crate) fn sources(writer: &Record, reader: &Record) -> Vec<Option<usize>> {
    let positions: HashMap<&str, usize> =
        writer.fields.iter().enumerate().map(|(at, field)| (field.name.as_str(), at)).collect();
    let find = |field: &Field| {
        let mut names = std::iter::once(&field.name).chain(&field.aliases);
        names.find_map(|name| positions.get(name.as_str()).copied())
    };
    reader.fields.iter().map(find).collect()
}

/// How well a branch of the reader fits, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Same,
    Renamed,
    Promoted,
}

fn closeness(writer: &Kind, reader: &Kind) -> Option<Match> {
    let named = |theirs: &Named, ours: &Named| {
        if theirs.name == ours.name {
            return Some(Match::Same);
        }
        names_match(ours, theirs).then_some(Match::Renamed)
    };
    match (writer, reader) {
        (Kind::Primitive(theirs), Kind::Primitive(ours)) if theirs == ours => Some(Match::Same),
        (Kind::Primitive(theirs), Kind::Primitive(ours)) => promoted(*theirs, *ours).map(|_| Match::Promoted),
        (Kind::Array(_), Kind::Array(_)) | (Kind::Map(_), Kind::Map(_)) => Some(Match::Same),
        (Kind::Fixed(theirs), Kind::Fixed(ours)) if theirs.size == ours.size => {
            named(&theirs.named, &ours.named)
        }
        (Kind::Enum(theirs), Kind::Enum(ours)) => named(&theirs.named, &ours.named),
        (Kind::Record(theirs), Kind::Record(ours)) => named(&theirs.named, &ours.named),
        _ => None,
    }
}

fn names_match(reader: &Named, writer: &Named) -> bool {
    reader.name.simple == writer.name.simple || reader.aliases.contains(&writer.name)
}

fn promoted(writer: Primitive, reader: Primitive) -> Option<Node> {
    Some(match (writer, reader) {
        (Primitive::Int, Primitive::Long) => Node::IntAsLong,
        (Primitive::Int, Primitive::Float) => Node::IntAsFloat,
        (Primitive::Int, Primitive::Double) => Node::IntAsDouble,
        (Primitive::Long, Primitive::Float) => Node::LongAsFloat,
        (Primitive::Long, Primitive::Double) => Node::LongAsDouble,
        (Primitive::Float, Primitive::Double) => Node::FloatAsDouble,
        (Primitive::Bytes, Primitive::String) => Node::BytesAsString,
        (Primitive::String, Primitive::Bytes) => Node::StringAsBytes,
        (theirs, ours) if theirs == ours => Node::of(ours),
        _ => return None,
    })
}

/// By symbol of the writer the number of the reader's; `None` when the numbers are the same.
fn mapped_symbols(writer: &Enum, reader: &Enum) -> Option<SymbolMap> {
    if reader.symbols.starts_with(&writer.symbols) {
        return None;
    }
    let numbers: HashMap<&str, u32> = reader.symbols.iter().map(String::as_str).zip(0..).collect();
    let default = reader.default.as_deref().and_then(|symbol| numbers.get(symbol).copied());
    let number = |symbol: &String| {
        numbers.get(symbol.as_str()).copied().or(default).ok_or_else(|| {
            let (theirs, ours) = (&writer.named.name, &reader.named.name);
            format!(
                "the symbol `{symbol}` of the writer's enum {theirs} is not in the reader's enum {ours}, which has no \
                 default"
            )
            .into()
        })
    };
    Some(writer.symbols.iter().map(number).collect())
}
