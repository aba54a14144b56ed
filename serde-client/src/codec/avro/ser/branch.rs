//! Which branch of a union a value is written to.

use super::Encoder;
use crate::codec::EncodeError;
use crate::codec::avro::plan::{Node, Place, Plan};

/// What is known of a value before it is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'v> {
    Null,
    Boolean,
    /// A whole number from a type of at most 32 bits.
    Narrow(i64),
    /// A whole number from a wider type.
    Wide(i64),
    Float,
    Double,
    Text(&'v str),
    /// A variant without a value.
    Variant(&'v str),
    Bytes(usize),
    Sequence(Option<usize>),
    Tuple(usize),
    Map,
    Struct(&'v str, usize),
}

impl<'p> Encoder<'p, '_> {
    /// Writes the number of the branch of a union that fits best and gives its node; that of the place if it is no union.
    #[inline]
    pub(super) fn pick(&mut self, place: &Place, shape: Shape<'_>) -> Result<Node, EncodeError> {
        if let Some(null) = place.null {
            if shape.is_null_beside(self.plan, place.node) {
                self.out.byte(null.branch.null_byte());
                return Ok(Node::Null);
            }
            self.out.byte(null.branch.other_byte());
            return Ok(place.node);
        }
        let Node::Union(index) = place.node else { return Ok(place.node) };
        let found = self.pick_of_many(index, |plan, node| rank(plan, node, shape));
        found.map(|place| place.node).ok_or_else(|| self.misfit(shape.word(), place.node))
    }

    /// The same for a branch that a variant names.
    pub(super) fn pick_named(&mut self, place: &'p Place, variant: &str) -> Result<&'p Place, EncodeError> {
        let plan = self.plan;
        if let Some(null) = place.null {
            if plan.is_named(place.node, variant) {
                self.out.byte(null.branch.other_byte());
                return Ok(plan.places.other(null));
            }
            if variant.eq_ignore_ascii_case("null") {
                self.out.byte(null.branch.null_byte());
                return Ok(&Place::NULL);
            }
            return Err(self.unnamed(place, variant));
        }
        let found = match place.node {
            Node::Union(index) => {
                self.pick_of_many(index, |plan, node| plan.is_named(node, variant).then_some(0))
            }
            node => plan.is_named(node, variant).then_some(place),
        };
        found.ok_or_else(|| self.unnamed(place, variant))
    }

    #[cold]
    #[inline(never)]
    fn unnamed(&self, place: &Place, variant: &str) -> EncodeError {
        EncodeError::new(format!(
            "the variant `{variant}` is named after no type of the schema, which has {}; rename it, or make the enum \
             untagged",
            self.plan.expected(self.plan.whole(place))
        ))
    }

    fn pick_of_many(&mut self, union: u32, rank: impl Fn(&Plan, Node) -> Option<u8>) -> Option<&'p Place> {
        let plan = self.plan;
        let ranked = plan.places.branches(union).iter().zip(0..);
        let best = ranked.filter_map(|(place, at)| Some((rank(plan, place.node)?, at, place)));
        let (_, branch, place) = best.min_by_key(|best| best.0)?;
        self.out.long(branch);
        Some(place)
    }
}

/// How well a branch fits, best first.
fn rank(plan: &Plan, node: Node, shape: Shape<'_>) -> Option<u8> {
    Some(match (shape, node) {
        (Shape::Null, Node::Null)
        | (Shape::Boolean, Node::Boolean)
        | (Shape::Narrow(_), Node::Int)
        | (Shape::Wide(_), Node::Long)
        | (Shape::Float, Node::Float)
        | (Shape::Double, Node::Double)
        | (Shape::Text(_), Node::String)
        | (Shape::Bytes(_), Node::Bytes)
        | (Shape::Sequence(_) | Shape::Tuple(_), Node::Array(_))
        | (Shape::Map, Node::Map(_)) => 0,
        (Shape::Narrow(_), Node::Long) | (Shape::Float, Node::Double) => 1,
        (Shape::Wide(value), Node::Int) if i32::try_from(value).is_ok() => 1,
        (Shape::Narrow(value) | Shape::Wide(value), Node::Double) if is_exact_double(value) => 2,
        (Shape::Narrow(value) | Shape::Wide(value), Node::Float) if is_exact_float(value) => 3,
        (Shape::Text(text) | Shape::Variant(text), Node::Enum(index)) => {
            let symbols = &plan.enumeration(index).shape.symbols;
            symbols.iter().position(|symbol| **symbol == *text).map(|_| 1)?
        }
        (Shape::Variant(name), Node::Null) if name.eq_ignore_ascii_case("null") => 2,
        (Shape::Variant(_), Node::String) => 3,
        (Shape::Bytes(length), Node::Fixed(index)) if plan.fixed(index).size == length => 1,
        (Shape::Tuple(length) | Shape::Sequence(Some(length)), Node::Fixed(index))
            if plan.fixed(index).size == length =>
        {
            1
        }
        (Shape::Sequence(_) | Shape::Tuple(_), Node::Bytes) => 2,
        (Shape::Tuple(length), Node::Record(index)) if plan.record(index).shape.fields.len() == length => 3,
        (Shape::Map, Node::Record(_)) => 1,
        (Shape::Struct(name, _), Node::Record(index)) if plan.record(index).shape.name.simple() == name => 0,
        (Shape::Struct(_, length), Node::Record(index)) => {
            if plan.record(index).shape.fields.len() == length { 1 } else { 2 }
        }
        (Shape::Struct(..), Node::Map(_)) => 3,
        _ => return None,
    })
}

/// Whole numbers up to this one are all `double`s.
const DOUBLE_EXACT_MAX: i64 = 1 << 53;
/// Whole numbers up to this one are all `float`s.
const FLOAT_EXACT_MAX: i64 = 1 << 24;

pub(super) fn is_exact_double(value: i64) -> bool {
    (-DOUBLE_EXACT_MAX..=DOUBLE_EXACT_MAX).contains(&value)
}

pub(super) fn is_exact_float(value: i64) -> bool {
    (-FLOAT_EXACT_MAX..=FLOAT_EXACT_MAX).contains(&value)
}

impl Shape<'_> {
    /// Whether it is the null of a union of null and `node`.
    #[inline]
    pub(super) fn is_null_beside(self, plan: &Plan, node: Node) -> bool {
        match self {
            Self::Null => true,
            Self::Variant(name) => {
                rank(plan, node, self).is_none_or(|rank| rank > 1) && name.eq_ignore_ascii_case("null")
            }
            _ => false,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Narrow(_) | Self::Wide(_) => "a whole number",
            Self::Float => "a float",
            Self::Double => "a double",
            Self::Text(_) => "a string",
            Self::Variant(_) => "a variant without a value",
            Self::Bytes(_) => "bytes",
            Self::Sequence(_) => "a sequence",
            Self::Tuple(_) => "a tuple",
            Self::Map => "a map",
            Self::Struct(..) => "a struct",
        }
    }
}
