//! Following the path of a finding: what a value of the writer must be like to get there.

use super::search::{Search, TooMuchWork};
use super::smallest::Smallest;
use super::sources::Sources;
use super::{Demand, Toward};
use crate::avro::schema::{AvroSchema, Kind, TypeId};
use crate::evidence::DOCUMENT_LENGTH_MAX;

/// Why no value is known to get there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unlocated {
    /// The path, or the search below it, is too long.
    TooMuchWork,
    /// Each value is read.
    Readable,
}

impl From<TooMuchWork> for Unlocated {
    fn from(TooMuchWork: TooMuchWork) -> Self {
        Self::TooMuchWork
    }
}

/// What a value of `writer` must be like for a reader to meet the finding at `path`.
pub(super) fn demand(
    reader: &AvroSchema,
    writer: &AvroSchema,
    smallest: &Smallest,
    path: &str,
) -> Result<Demand, Unlocated> {
    let mut walk = Walk { reader, writer, pair: (reader.root, writer.root), steps: Vec::new() };
    let end = walk.follow(path)?;
    let last = match end {
        End::Type if matches!(reader.get(walk.pair.0).kind, Kind::Union(_)) => {
            let found = Search::new(reader, writer, smallest).fault(walk.pair.0, walk.pair.1)?;
            found.ok_or(Unlocated::Readable)?
        }
        End::Symbols => walk.unknown_symbol().ok_or(Unlocated::Readable)?,
        End::Type | End::Record => Demand::default(),
    };
    Ok(walk.steps.into_iter().rev().fold(last, |inner, step| Demand::toward(step, inner)))
}

/// What a path leads to.
enum End {
    /// Two types that differ.
    Type,
    /// Something about two named types as a whole: name, size, a field that is missing.
    Record,
    /// The symbols of two enums.
    Symbols,
}

struct Walk<'a> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    pair: (TypeId, TypeId),
    steps: Vec<Toward>,
}

impl Walk<'_> {
    fn follow(&mut self, path: &str) -> Result<End, Unlocated> {
        let mut tokens = path.split('/').filter(|token| !token.is_empty());
        while let Some(token) = tokens.next() {
            // Each step is at least a character of the document.
            if self.steps.len() > DOCUMENT_LENGTH_MAX {
                return Err(Unlocated::TooMuchWork);
            }
            let (reader, writer) = (&self.reader.get(self.pair.0).kind, &self.writer.get(self.pair.1).kind);
            let (toward, pair) = match (token, reader, writer) {
                ("name" | "size", _, _) => return Ok(End::Record),
                ("symbols", _, _) => return Ok(End::Symbols),
                ("items", Kind::Array(ours), Kind::Array(theirs)) => (Toward::Item, (*ours, *theirs)),
                ("values", Kind::Map(ours), Kind::Map(theirs)) => (Toward::Value, (*ours, *theirs)),
                ("fields", Kind::Record(ours), Kind::Record(theirs)) => {
                    let index: Option<usize> = tokens.next().and_then(|index| index.parse().ok());
                    let field = index.and_then(|index| ours.fields.get(index)).ok_or(Unlocated::Readable)?;
                    let position = Sources::of(theirs).position(field);
                    let source = position.and_then(|at| Some((at, theirs.fields.get(at)?)));
                    let (Some((at, source)), Some("type")) = (source, tokens.next()) else {
                        return Ok(End::Record);
                    };
                    (Toward::Field(at), (field.field_type, source.field_type))
                }
                (number, _, Kind::Union(branches)) => {
                    let at: usize = number.parse().map_err(|_| Unlocated::Readable)?;
                    let branch = branches.get(at).ok_or(Unlocated::Readable)?;
                    (Toward::Branch(at), (self.pair.0, *branch))
                }
                _ => return Err(Unlocated::Readable),
            };
            self.steps.push(toward);
            self.pair = pair;
        }
        Ok(End::Type)
    }

    fn unknown_symbol(&self) -> Option<Demand> {
        unknown_symbol(&self.reader.get(self.pair.0).kind, &self.writer.get(self.pair.1).kind)
    }
}

/// The first symbol of the writer's enum that the reader's does not know.
pub(super) fn unknown_symbol(reader: &Kind, writer: &Kind) -> Option<Demand> {
    let (Kind::Enum(ours), Kind::Enum(theirs)) = (reader, writer) else { return None };
    let known: foldhash::HashSet<&str> = ours.symbols.iter().map(String::as_str).collect();
    let at = theirs.symbols.iter().position(|symbol| !known.contains(symbol.as_str()))?;
    Some(Demand::toward(Toward::Symbol(at), Demand::default()))
}
