//! What the types of a writer are to those of the version that the rules are made for.

use std::collections::HashSet;

use schema::avro::AvroSchema;
use schema::avro::schema::{Kind, Primitive, Record, TypeId};

use crate::codec::avro::{Comparison, sources};
use crate::translator::mapping::flat::node::{Node, Nodes, Version, is_null};

/// Levels of types that are compared.
const DEPTH_MAX: usize = 128;

/// A type by which bytes are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) version: Version,
    pub(super) ty: TypeId,
}

/// Both schemas.
pub(super) struct Versions<'s> {
    writer: &'s AvroSchema,
    pinned: &'s AvroSchema,
    /// `None` when there is only one.
    comparison: Option<Comparison<'s>>,
}

impl<'s> Versions<'s> {
    /// `None` when the records of the writer are none that can be passed over as the pinned ones.
    pub(super) fn new(writer: &'s AvroSchema, pinned: &'s AvroSchema) -> Option<Self> {
        if std::ptr::eq(writer, pinned) {
            return Some(Self { writer, pinned, comparison: None });
        }
        let mut fit = Fit { writer, pinned, met: HashSet::new(), depth: 0 };
        match (&writer.get(writer.root()).kind, &pinned.get(pinned.root()).kind) {
            (Kind::Record(theirs), Kind::Record(ours)) => fit.fields(theirs, ours).then_some(())?,
            _ => return None,
        }
        Some(Self { writer, pinned, comparison: Some(Comparison::new(writer, pinned)) })
    }

    pub(super) fn root(&self) -> (Encoding, TypeId) {
        (Encoding { version: Version::Writer, ty: self.writer.root() }, self.pinned.root())
    }

    fn schema(&self, version: Version) -> &'s AvroSchema {
        match version {
            Version::Writer => self.writer,
            Version::Pinned => self.pinned,
        }
    }

    pub(super) fn kind(&self, encoding: Encoding) -> &'s Kind {
        &self.schema(encoding.version).get(encoding.ty).kind
    }

    pub(super) fn node(&self, nodes: &mut Nodes, encoding: Encoding) -> Node {
        nodes.of(encoding.version, self.schema(encoding.version), encoding.ty)
    }

    /// The pinned type that values of an encoding have: where only the pinned version has null beside it, its other branch.
    pub(super) fn seen(&self, encoding: Encoding, pinned: TypeId) -> TypeId {
        match (self.kind(encoding), &self.pinned.get(pinned).kind) {
            (Kind::Union(_), _) => pinned,
            (_, Kind::Union(branches)) => only_other(self.pinned, branches).unwrap_or(pinned),
            _ => pinned,
        }
    }

    /// Whether bytes of an encoding are those of the pinned type.
    pub(super) fn is_whole(&mut self, encoding: Encoding, pinned: TypeId) -> bool {
        let Some(comparison) = &mut self.comparison else { return true };
        match encoding.version {
            Version::Pinned => true,
            Version::Writer => {
                let is_longer = matches!(
                    (&self.writer.get(encoding.ty).kind, &self.pinned.get(pinned).kind),
                    (Kind::Primitive(Primitive::Int), Kind::Primitive(Primitive::Long))
                );
                is_longer || comparison.is_same(encoding.ty, pinned)
            }
        }
    }
}

/// The branch of a union that has no other but null.
fn only_other(schema: &AvroSchema, branches: &[TypeId]) -> Option<TypeId> {
    let mut others = branches.iter().filter(|branch| !is_null(schema, **branch));
    others.next().copied().filter(|_| others.next().is_none())
}

/// Whether every record of the writer that can be passed over is one that the pinned version reads.
struct Fit<'s> {
    writer: &'s AvroSchema,
    pinned: &'s AvroSchema,
    /// Pairs that are taken to fit, as types hold themselves at most through other types.
    met: HashSet<(TypeId, TypeId)>,
    depth: usize,
}

impl Fit<'_> {
    fn types(&mut self, writer: TypeId, pinned: TypeId) -> bool {
        if self.depth == DEPTH_MAX {
            return false;
        }
        if !self.met.insert((writer, pinned)) {
            return true;
        }
        self.depth += 1;
        let fits = self.kinds(writer, pinned);
        self.depth -= 1;
        fits
    }

    fn kinds(&mut self, writer: TypeId, pinned: TypeId) -> bool {
        match (&self.writer.get(writer).kind, &self.pinned.get(pinned).kind) {
            (Kind::Primitive(theirs), Kind::Primitive(ours)) => theirs == ours || is_wider(*theirs, *ours),
            (Kind::Fixed(theirs), Kind::Fixed(ours)) => {
                theirs.named.name == ours.named.name && theirs.size == ours.size
            }
            (Kind::Enum(theirs), Kind::Enum(ours)) => {
                theirs.named.name == ours.named.name && ours.symbols.starts_with(&theirs.symbols)
            }
            (Kind::Array(theirs), Kind::Array(ours)) | (Kind::Map(theirs), Kind::Map(ours)) => {
                self.types(*theirs, *ours)
            }
            (Kind::Record(theirs), Kind::Record(ours)) => {
                theirs.named.name == ours.named.name && self.fields(theirs, ours)
            }
            (Kind::Union(theirs), Kind::Union(ours)) => {
                theirs.len() == ours.len()
                    && theirs.iter().zip(ours).all(|(writer, pinned)| {
                        is_null(self.writer, *writer) == is_null(self.pinned, *pinned)
                            && self.types(*writer, *pinned)
                    })
            }
            (_, Kind::Union(ours)) => {
                !is_null(self.writer, writer)
                    && only_other(self.pinned, ours).is_some_and(|only| self.types(writer, only))
            }
            _ => false,
        }
    }

    /// A field of the writer may fill one field, or none.
    fn fields(&mut self, writer: &Record, pinned: &Record) -> bool {
        let mut filled = HashSet::new();
        pinned.fields.iter().zip(sources(writer, pinned)).all(|(field, source)| match source {
            Some(at) => writer
                .fields
                .get(at)
                .is_some_and(|source| filled.insert(at) && self.types(source.field_type, field.field_type)),
            None => field.default.is_some(),
        })
    }
}

/// Numbers that lose nothing. They can be passed over; values of them are made by the general path.
fn is_wider(writer: Primitive, pinned: Primitive) -> bool {
    use Primitive::{Double, Float, Int, Long};
    matches!((writer, pinned), (Int, Long | Float | Double) | (Long, Float | Double) | (Float, Double))
}
