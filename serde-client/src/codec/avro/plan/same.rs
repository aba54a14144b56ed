//! Whether what one schema writes is, byte for byte, what another would have written.

use std::collections::HashSet;

use schema::avro::schema::{AvroSchema, Kind, Named, TypeId};

use super::names::differ_in_meaning;

/// Two schemas being compared.
pub(crate) struct Comparison<'s> {
    writer: &'s AvroSchema,
    reader: &'s AvroSchema,
    /// Pairs that are taken to be the same: being looked at, or found to be so.
    same: HashSet<(TypeId, TypeId)>,
    /// These in the order in which they were met.
    met: Vec<(TypeId, TypeId)>,
    different: HashSet<(TypeId, TypeId)>,
    depth: usize,
}

/// Types that nest deeper are not compared; they then count as different, which costs time but is never wrong.
const DEPTH_MAX: usize = 128;

/// Whether code for `reader` alone reads what `writer` wrote. Fields and symbols go by their names: a renamed field may
/// mean something else, and so does a number in another unit.
pub(in crate::codec::avro) fn is_same(writer: &AvroSchema, reader: &AvroSchema) -> bool {
    Comparison::new(writer, reader).is_same(writer.root(), reader.root())
}

impl<'s> Comparison<'s> {
    pub(crate) fn new(writer: &'s AvroSchema, reader: &'s AvroSchema) -> Self {
        let (same, different) = (HashSet::new(), HashSet::new());
        Self { writer, reader, same, met: Vec::new(), different, depth: 0 }
    }

    /// Whether two types are written in the same way. Types hold themselves at most through other types, so a pair that
    /// is met again within itself counts as the same.
    pub(crate) fn is_same(&mut self, writer: TypeId, reader: TypeId) -> bool {
        let pair = (writer, reader);
        if self.different.contains(&pair) || self.depth == DEPTH_MAX {
            return false;
        }
        if !self.same.insert(pair) {
            return true;
        }
        let before = self.met.len();
        self.met.push(pair);
        self.depth += 1;
        let is_same = self.compare(writer, reader);
        self.depth -= 1;
        if !is_same {
            // What was found to be the same meanwhile may have relied on this pair.
            for met in self.met.drain(before..) {
                self.same.remove(&met);
            }
            self.different.insert(pair);
        }
        is_same
    }

    fn compare(&mut self, writer: TypeId, reader: TypeId) -> bool {
        match (&self.writer.get(writer).kind, &self.reader.get(reader).kind) {
            (Kind::Primitive(theirs), Kind::Primitive(ours)) => {
                theirs == ours && !differ_in_meaning((self.writer, writer), (self.reader, reader))
            }
            (Kind::Fixed(theirs), Kind::Fixed(ours)) => {
                theirs.size == ours.size
                    && has_same_name(&theirs.named, &ours.named)
                    && !differ_in_meaning((self.writer, writer), (self.reader, reader))
            }
            (Kind::Enum(theirs), Kind::Enum(ours)) => {
                ours.symbols.starts_with(&theirs.symbols) && has_same_name(&theirs.named, &ours.named)
            }
            (Kind::Array(theirs), Kind::Array(ours)) | (Kind::Map(theirs), Kind::Map(ours)) => {
                self.is_same(*theirs, *ours)
            }
            (Kind::Union(theirs), Kind::Union(ours)) => {
                theirs.len() == ours.len()
                    && theirs.iter().zip(ours).all(|(writer, reader)| self.is_same(*writer, *reader))
            }
            (Kind::Record(theirs), Kind::Record(ours)) => {
                has_same_name(&theirs.named, &ours.named)
                    && theirs.fields.len() == ours.fields.len()
                    && theirs.fields.iter().zip(&ours.fields).all(|(writer, reader)| {
                        writer.name == reader.name && self.is_same(writer.field_type, reader.field_type)
                    })
            }
            _ => false,
        }
    }
}

fn has_same_name(writer: &Named, reader: &Named) -> bool {
    writer.name.simple == reader.name.simple
}
