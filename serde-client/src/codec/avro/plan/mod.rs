//! What is to be done with each type of a schema, or of a writer's and a reader's schema, worked out in advance.
//!
//! A plan for one schema and a plan for two have the same kinds of [`Node`]: what a reader's schema changes is which
//! nodes stand where, so reading with one costs what reading without one costs.

mod choices;
mod compile;
mod defaults;
mod key;
mod names;
mod passing;
mod places;
mod resolve;
mod same;
mod sizes;

use std::sync::Arc;

pub(super) use key::Key;
pub(super) use passing::{Blocks, Pass};
pub(super) use places::{Place, Places};

use super::de::Layouts;
use super::shape::{EnumShape, FixedShape, RecordShape, TypeName};
use super::value::Value;
use crate::codec::DecodeError;

pub(super) use compile::{Meanings, for_reading, for_writing};
#[cfg(feature = "translator")]
pub(crate) use compile::{default_bytes, says_the_same};
#[cfg(feature = "translator")]
pub(super) use defaults::Defaults;
#[cfg(feature = "translator")]
pub(super) use names::logical;
#[cfg(feature = "translator")]
pub(crate) use resolve::sources;
#[cfg(feature = "translator")]
pub(crate) use same::Comparison;
pub(super) use same::is_same;

/// What stands at a place of a record. Numbers are positions in the lists of the [`Plan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    IntAsLong,
    IntAsFloat,
    IntAsDouble,
    LongAsFloat,
    LongAsDouble,
    FloatAsDouble,
    BytesAsString,
    StringAsBytes,
    Fixed(u32),
    Enum(u32),
    Array(u32),
    Map(u32),
    Record(u32),
    /// A union of null and one other type: the usual way of saying that a value may be absent.
    Optional(u32),
    Union(u32),
    /// What the reader cannot take, with the reason.
    Fail(u32),
    /// All that is left of the record: `bytes` at the root are written without a length, as in the reference client.
    RawBytes,
    RawString,
    /// One byte of `bytes` or a `fixed` that a type writes as a sequence.
    Byte,
    /// A text without a length: the key of a map that is written as a record.
    RawText,
}

/// All nodes of a schema, or of a pair of schemas.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) root: Node,
    pub(super) records: Vec<RecordPlan>,
    pub(super) enums: Vec<EnumPlan>,
    pub(super) fixeds: Vec<FixedPlan>,
    pub(super) arrays: Vec<ItemPlan>,
    pub(super) maps: Vec<ItemPlan>,
    pub(super) optionals: Vec<OptionalPlan>,
    pub(super) unions: Vec<UnionPlan>,
    pub(super) failures: Vec<Box<str>>,
    pub(super) places: Places,
}

/// A record.
#[derive(Debug)]
pub(super) struct RecordPlan {
    /// The reader's name and fields.
    pub(super) shape: Arc<RecordShape>,
    /// The writer's fields in the order of the record.
    pub(super) steps: Box<[Step]>,
    /// By step, for code that is a type's own.
    pub(super) turns: Box<[Turn]>,
    /// By step, how it is passed over.
    pub(super) passes: Box<[Pass]>,
    /// The reader's fields that the writer does not have.
    pub(super) defaults: Box<[Default]>,
    /// Set when every field of the reader is read once and in its order, and nothing else is.
    pub(super) is_plain: bool,
    /// By field: what is written when a type does not have it.
    pub(super) absent: Box<[Option<Box<[u8]>>]>,
    /// By field: how it is written.
    pub(super) writes: Box<[Write]>,
    /// How types that were read take their fields.
    pub(super) layouts: Layouts,
    /// Bytes of the smallest record.
    pub(super) size_min: usize,
}

impl RecordPlan {
    /// A fault with the name of the field that it was met in, where the reader has one.
    #[cold]
    pub(super) fn within(&self, step: &Step, fault: DecodeError) -> DecodeError {
        match step.field.and_then(|field| self.shape.fields.get(field as usize)) {
            Some(shape) => fault.within(&shape.name),
            None => fault,
        }
    }
}

/// A field to be written: all that is looked at for a usual one lies together.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) key: Key,
    pub(super) place: Place,
}

/// One field of the writer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// The field of the reader that it fills; `None` when it is passed over.
    pub(super) field: Option<u32>,
    /// How it is read.
    pub(super) node: Node,
    /// How it is passed over: what the writer's schema alone says.
    pub(super) skip: Node,
    /// Set when the step before has already filled another field of the reader from the same bytes.
    pub(super) again: bool,
    /// Set when writer and reader have the same type here, so that code for it needs no plan.
    pub(super) is_same: bool,
}

/// What code of a type's own does for a [`Step`], in one number, and for those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    field: u32,
    /// Behind the fields from this one on that follow each other both in the record and in the type, with the writer's types.
    pub(super) end: u32,
}

impl Turn {
    /// Behind the last field.
    pub(super) const END: u32 = u32::MAX;
    /// The step has to be looked at.
    const LOOK: u32 = u32::MAX - 1;
    /// Added to the number of a field whose type is not the writer's.
    pub(super) const OTHER: u32 = 1 << 31;

    fn of(step: &Step) -> Self {
        let field = match (step.again, step.field) {
            (false, Some(field)) if field < Self::OTHER - 2 => field | Self::kind(step),
            _ => Self::LOOK,
        };
        Self { field, end: if field < Self::OTHER { field + 1 } else { field } }
    }

    /// Zero where the type is the writer's.
    pub(super) fn kind(step: &Step) -> u32 {
        if step.is_same { 0 } else { Self::OTHER }
    }

    /// The number of a field, if it needs no look at the step.
    #[inline]
    pub(super) fn field(self) -> Option<u32> {
        (self.field != Self::LOOK).then_some(self.field)
    }
}

impl RecordPlan {
    /// Takes the steps through a record.
    pub(super) fn take(&mut self, steps: Vec<Step>) {
        self.turns = steps.iter().map(Turn::of).collect();
        let mut behind: Option<Turn> = None;
        for turn in self.turns.iter_mut().rev() {
            if let Some(behind) = behind
                && turn.end == behind.field
            {
                turn.end = behind.end;
            }
            behind = Some(*turn);
        }
        self.steps = steps.into_boxed_slice();
    }
}

/// A field that gets its default.
#[derive(Debug)]
pub(super) struct Default {
    pub(super) field: u32,
    pub(super) value: Value<'static>,
}

/// By symbol of the writer the number of the reader's, or the reason why there is none.
pub(super) type SymbolMap = Box<[Result<u32, Box<str>>]>;

/// An enum.
#[derive(Debug)]
pub(super) struct EnumPlan {
    /// The reader's name and symbols.
    pub(super) shape: Arc<EnumShape>,
    /// Symbols of the writer.
    pub(super) count: usize,
    /// Set where the numbers of the writer and the reader differ.
    pub(super) mapped: Option<SymbolMap>,
    /// The variants of a Rust type that has one for each symbol of the reader.
    pub(super) complete: Key,
    /// The variants of one that has not.
    pub(super) incomplete: Key,
}

impl EnumPlan {
    /// Whether a Rust type has a variant for each symbol of the reader: then its variants are symbols, even if one of them
    /// has the name of the enum.
    #[inline]
    pub(super) fn is_of_symbols(&self, variants: &'static [&'static str]) -> bool {
        self.complete.is_list(variants) || (!self.incomplete.is_list(variants) && self.find_symbols(variants))
    }

    #[inline(never)]
    fn find_symbols(&self, variants: &'static [&'static str]) -> bool {
        let all = self.shape.has_all_symbols_in(variants);
        let key = if all { &self.complete } else { &self.incomplete };
        key.learn_list(variants);
        all
    }
}

/// A fixed.
#[derive(Debug)]
pub(super) struct FixedPlan {
    pub(super) shape: Arc<FixedShape>,
}

/// The items of an array or the values of a map.
#[derive(Clone, Copy, Debug)]
pub(super) struct ItemPlan {
    pub(super) node: Node,
    /// How items are passed over.
    pub(super) skip: Node,
    /// Bytes of the smallest item, with its key.
    pub(super) size_min: usize,
}

/// A union of null and one other type.
#[derive(Debug)]
pub(super) struct OptionalPlan {
    /// 0 or 1.
    pub(super) null: u8,
    pub(super) node: Node,
}

/// A union.
#[derive(Debug)]
pub(super) struct UnionPlan {
    /// By the number on the wire.
    pub(super) branches: Box<[Node]>,
    /// Not set when only the reader has a union: then nothing stands on the wire and there is one branch.
    pub(super) is_written: bool,
}

impl Plan {
    pub(super) fn record(&self, index: u32) -> &RecordPlan {
        &self.records[index as usize]
    }

    pub(super) fn enumeration(&self, index: u32) -> &EnumPlan {
        &self.enums[index as usize]
    }

    pub(super) fn fixed(&self, index: u32) -> &Arc<FixedShape> {
        &self.fixeds[index as usize].shape
    }

    pub(super) fn array(&self, index: u32) -> &ItemPlan {
        &self.arrays[index as usize]
    }

    pub(super) fn map(&self, index: u32) -> &ItemPlan {
        &self.maps[index as usize]
    }

    pub(super) fn optional(&self, index: u32) -> &OptionalPlan {
        &self.optionals[index as usize]
    }

    pub(super) fn union(&self, index: u32) -> &UnionPlan {
        &self.unions[index as usize]
    }

    pub(super) fn failure(&self, index: u32) -> &str {
        &self.failures[index as usize]
    }
}

impl Plan {
    /// Whether a variant of this name means the type at `node`: by its full or simple name, or by the word for it.
    pub(super) fn is_named(&self, node: Node, variant: &str) -> bool {
        match self.type_name(node) {
            Some(name) => variant == name.simple() || variant == name.full(),
            None => variant.eq_ignore_ascii_case(node.word()),
        }
    }

    pub(super) fn type_name(&self, node: Node) -> Option<&TypeName> {
        match node {
            Node::Record(index) => Some(&self.record(index).shape.name),
            Node::Enum(index) => Some(&self.enumeration(index).shape.name),
            Node::Fixed(index) => Some(&self.fixed(index).name),
            _ => None,
        }
    }

    /// What a value at `node` may be, for messages.
    pub(super) fn expected(&self, node: Node) -> String {
        let branches: Vec<_> = match node {
            Node::Optional(index) => {
                let optional = self.optional(index);
                let null = usize::from(optional.null);
                let mut branches = vec![self.describe(optional.node)];
                branches.insert(null, "null".to_owned());
                branches
            }
            Node::Union(index) => {
                self.union(index).branches.iter().map(|node| self.describe(*node)).collect()
            }
            other => return self.describe(other),
        };
        format!("a union of {}", branches.join(", "))
    }

    /// What stands at `node`, for messages.
    pub(super) fn describe(&self, node: Node) -> String {
        match self.type_name(node) {
            Some(name) => format!("{} {name}", node.word()),
            None => node.word().to_owned(),
        }
    }
}

impl Node {
    /// The word for the reader's type.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long | Self::IntAsLong => "long",
            Self::Float | Self::IntAsFloat | Self::LongAsFloat => "float",
            Self::Double | Self::IntAsDouble | Self::LongAsDouble | Self::FloatAsDouble => "double",
            Self::Bytes | Self::StringAsBytes | Self::RawBytes => "bytes",
            Self::String | Self::BytesAsString | Self::RawString => "string",
            Self::Fixed(_) => "fixed",
            Self::Enum(_) => "enum",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Record(_) => "record",
            Self::Optional(_) | Self::Union(_) => "union",
            Self::Fail(_) => "a type that cannot be read",
            Self::Byte => "byte",
            Self::RawText => "name of a field",
        }
    }
}
