//! An index of a large union of the reader: which branches a type of the writer could possibly meet.

use std::mem::{Discriminant, discriminant};

use foldhash::{HashMap, HashMapExt};

use super::rules::promotes;
use crate::avro::schema::{AvroSchema, Kind, Name, Primitive, TypeId};

/// The branches of one union by what they can read. Holds as many entries as the union has branches and aliases.
pub(super) struct BranchIndex<'a> {
    primitives: Vec<(Primitive, TypeId)>,
    arrays: Vec<TypeId>,
    maps: Vec<TypeId>,
    by_simple_name: HashMap<(Discriminant<Kind>, &'a str), Vec<TypeId>>,
    by_alias: HashMap<(Discriminant<Kind>, &'a Name), Vec<TypeId>>,
}

impl<'a> BranchIndex<'a> {
    pub(super) fn new(schema: &'a AvroSchema, branches: &[TypeId]) -> Self {
        let mut index = Self {
            primitives: Vec::new(),
            arrays: Vec::new(),
            maps: Vec::new(),
            by_simple_name: HashMap::new(),
            by_alias: HashMap::new(),
        };
        for &id in branches {
            index.add(id, &schema.get(id).kind);
        }
        index
    }

    fn add(&mut self, id: TypeId, kind: &'a Kind) {
        match kind {
            Kind::Primitive(primitive) => self.primitives.push((*primitive, id)),
            Kind::Array(_) => self.arrays.push(id),
            Kind::Map(_) => self.maps.push(id),
            // The parser refuses unions directly inside unions.
            Kind::Union(_) => {}
            Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => {
                let Some(named) = kind.named() else { return };
                let same_kind = discriminant(kind);
                self.by_simple_name.entry((same_kind, &named.name.simple)).or_default().push(id);
                for alias in &named.aliases {
                    self.by_alias.entry((same_kind, alias)).or_default().push(id);
                }
            }
        }
    }

    /// Whether `reads` holds for one of the branches that could read `writer`.
    pub(super) fn any(&self, writer: &Kind, mut reads: impl FnMut(TypeId) -> bool) -> bool {
        match writer {
            Kind::Primitive(writer) => {
                self.primitives.iter().any(|&(reader, id)| promotes(*writer, reader) && reads(id))
            }
            Kind::Array(_) => self.arrays.iter().any(|&id| reads(id)),
            Kind::Map(_) => self.maps.iter().any(|&id| reads(id)),
            Kind::Union(_) => false,
            Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => {
                let Some(named) = writer.named() else { return false };
                let same_kind = discriminant(writer);
                let same_name = self.by_simple_name.get(&(same_kind, named.name.simple.as_str()));
                let alias = self.by_alias.get(&(same_kind, &named.name));
                same_name.into_iter().chain(alias).flatten().any(|&id| reads(id))
            }
        }
    }
}
