//! The smallest value of each type of a writer: what stands where nothing special is demanded, and proof that building
//! it ends.

use crate::avro::schema::{AvroSchema, Kind, Primitive, TypeId};

/// Schemas with more types are not searched for witnesses.
pub(super) const TYPES_MAX: usize = 50_000;
/// Passes over all types. Types stand behind those they use, but for uses of a type inside itself, so a few do.
const PASSES_MAX: usize = 64;

/// Characters, roughly, of the smallest value of each type; `None` for a type without finite values.
pub(super) struct Smallest(Vec<Option<u32>>);

impl Smallest {
    /// `None` when the schema is too large or too tangled.
    pub(super) fn of(schema: &AvroSchema) -> Option<Self> {
        if schema.types.len() > TYPES_MAX {
            return None;
        }
        let mut sizes = Self(vec![None; schema.types.len()]);
        for _ in 0..PASSES_MAX {
            let mut changed = false;
            for (at, found) in schema.types.iter().enumerate() {
                let size = sizes.size_of(schema, &found.kind);
                if let Some(known) = sizes.0.get_mut(at)
                    && size.is_some_and(|size| known.is_none_or(|known| size < known))
                {
                    *known = size;
                    changed = true;
                }
            }
            if !changed {
                return Some(sizes);
            }
        }
        None
    }

    /// The size of the smallest value of a type, if it has a finite one.
    pub(super) fn size(&self, id: TypeId) -> Option<u32> {
        self.0.get(id.0 as usize).copied().flatten()
    }

    /// The branch of a union with the smallest value, and its position.
    pub(super) fn branch(&self, branches: &[TypeId]) -> Option<(usize, TypeId)> {
        let sized = branches.iter().enumerate().filter_map(|(at, &id)| Some((self.size(id)?, (at, id))));
        sized.min_by_key(|(size, (at, _))| (*size, *at)).map(|(_, branch)| branch)
    }

    fn size_of(&self, schema: &AvroSchema, kind: &Kind) -> Option<u32> {
        match kind {
            // Strictly more than its smallest branch, or its smallest field: so building a value ends.
            Kind::Union(branches) => {
                let (_, branch) = self.branch(branches)?;
                let plain = matches!(schema.get(branch).kind, Kind::Primitive(Primitive::Null));
                Some(self.size(branch)?.saturating_add(if plain { 1 } else { 8 }))
            }
            Kind::Record(record) => record.fields.iter().try_fold(2_u32, |sum, field| {
                let name = u32::try_from(field.name.len()).unwrap_or(u32::MAX);
                Some(sum.saturating_add(self.size(field.field_type)?).saturating_add(name).saturating_add(4))
            }),
            Kind::Enum(symbols) => symbols.symbols.first().map(|_| 4),
            Kind::Fixed(fixed) => Some(fixed.size.saturating_add(2)),
            Kind::Primitive(_) => Some(4),
            Kind::Array(_) | Kind::Map(_) => Some(2),
        }
    }
}
