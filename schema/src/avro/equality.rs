//! Whether two schemas are the same definition.

use foldhash::{HashMap, HashSet, HashSetExt};

use super::schema::{AvroSchema, Enum, Field, Kind, Name, Named, Properties, Record, Type, TypeId};
use crate::document::Json;

/// Up to this many entries are searched by scanning.
const SCANNED_MAX: usize = 16;

/// Whether two types of one arena are equal as the reference registry's library sees it: documentation, aliases and
/// enum defaults do not count.
pub(super) fn are_equal(types: &[Type], left: TypeId, right: TypeId) -> bool {
    Comparison { left: types, right: types, annotations: false }.run(left, right)
}

/// Whether two schemas are equal with their documentation, aliases and enum defaults.
pub(super) fn is_same_definition(left: &AvroSchema, right: &AvroSchema) -> bool {
    Comparison { left: &left.types, right: &right.types, annotations: true }.run(left.root, right.root)
}

struct Comparison<'a> {
    left: &'a [Type],
    right: &'a [Type],
    annotations: bool,
}

impl<'a> Comparison<'a> {
    /// Compares pair by pair; a pair of records that was met before counts as equal, so recursion ends.
    fn run(&self, left: TypeId, right: TypeId) -> bool {
        let mut met = HashSet::new();
        let mut waiting = vec![(left, right)];
        while let Some((left_id, right_id)) = waiting.pop() {
            let pair = (self.left.get(left_id.0 as usize), self.right.get(right_id.0 as usize));
            // A name that is not known yet is equal to nothing.
            let (Some(left), Some(right)) = pair else { return false };
            if !properties_equal(&left.properties, &right.properties) {
                return false;
            }
            let equal = match (&left.kind, &right.kind) {
                (Kind::Primitive(left), Kind::Primitive(right)) => left == right,
                (Kind::Array(left), Kind::Array(right)) | (Kind::Map(left), Kind::Map(right)) => {
                    waiting.push((*left, *right));
                    true
                }
                (Kind::Union(left), Kind::Union(right)) => {
                    waiting.extend(left.iter().copied().zip(right.iter().copied()));
                    left.len() == right.len()
                }
                (Kind::Fixed(left), Kind::Fixed(right)) => {
                    left.size == right.size && self.named_equal(&left.named, &right.named)
                }
                (Kind::Enum(left), Kind::Enum(right)) => self.enums_equal(left, right),
                (Kind::Record(left), Kind::Record(right)) => {
                    !met.insert((left_id, right_id)) || self.records_equal(left, right, &mut waiting)
                }
                _ => false,
            };
            if !equal {
                return false;
            }
        }
        true
    }

    fn named_equal(&self, left: &Named, right: &Named) -> bool {
        left.name == right.name
            && (!self.annotations || (left.doc == right.doc && aliases_equal(&left.aliases, &right.aliases)))
    }

    fn enums_equal(&self, left: &Enum, right: &Enum) -> bool {
        self.named_equal(&left.named, &right.named)
            && left.symbols == right.symbols
            && (!self.annotations || left.default == right.default)
    }

    fn records_equal(
        &self,
        left: &'a Record,
        right: &'a Record,
        waiting: &mut Vec<(TypeId, TypeId)>,
    ) -> bool {
        if !self.named_equal(&left.named, &right.named) || left.fields.len() != right.fields.len() {
            return false;
        }
        waiting.extend(
            left.fields.iter().zip(&right.fields).map(|(left, right)| (left.field_type, right.field_type)),
        );
        left.fields.iter().zip(&right.fields).all(|(left, right)| self.fields_equal(left, right))
    }

    fn fields_equal(&self, left: &Field, right: &Field) -> bool {
        let defaults_equal = match (&left.default, &right.default) {
            (Some(left), Some(right)) => values_equal(left, right),
            (None, None) => true,
            _ => false,
        };
        left.name == right.name
            && defaults_equal
            && left.order == right.order
            && properties_equal(&left.properties, &right.properties)
            && (!self.annotations || (left.doc == right.doc && texts_equal(&left.aliases, &right.aliases)))
    }
}

fn aliases_equal(left: &[Name], right: &[Name]) -> bool {
    left == right
        || (left.len() == right.len() && left.iter().collect::<HashSet<_>>() == right.iter().collect())
}

fn texts_equal(left: &[String], right: &[String]) -> bool {
    left == right
        || (left.len() == right.len() && left.iter().collect::<HashSet<_>>() == right.iter().collect())
}

/// The order of properties does not count.
fn properties_equal(left: &Properties, right: &Properties) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if left.len() <= SCANNED_MAX {
        return left.iter().all(|(key, value)| {
            right.iter().any(|(other_key, other)| other_key == key && values_equal(value, other))
        });
    }
    let index: HashMap<&str, &Json> = right.iter().map(|(key, value)| (key.as_str(), value)).collect();
    left.iter().all(|(key, value)| index.get(key.as_str()).is_some_and(|other| values_equal(value, other)))
}

/// Numbers have been re-spelled when they were read, so equal numbers of one kind have equal spellings.
fn values_equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| values_equal(left, right))
        }
        (Json::Object(left), Json::Object(right)) => properties_equal(left, right),
        _ => left == right,
    }
}
