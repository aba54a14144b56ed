//! Which branch of a union a value is written to.

use super::Encoder;
use crate::codec::avro::fault::Misfit;
use crate::codec::avro::plan::{Node, Plan};

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

impl Encoder<'_, '_> {
    /// Writes the number of the branch that fits best and gives its node; the node itself if it is no union.
    #[inline]
    pub(super) fn pick(&mut self, node: Node, shape: Shape<'_>) -> Result<Node, Misfit> {
        match node {
            Node::Optional(index) => {
                let optional = self.plan.optional(index);
                let is_null = match shape {
                    Shape::Null => true,
                    Shape::Variant(name) => {
                        rank(self.plan, optional.node, shape).is_none_or(|rank| rank > 1)
                            && name.eq_ignore_ascii_case("null")
                    }
                    _ => false,
                };
                let branch = if is_null { optional.null } else { 1 - optional.null };
                self.out.byte(branch << 1);
                Ok(if is_null { Node::Null } else { optional.node })
            }
            Node::Union(_) => self.pick_of_many(node, |plan, node| rank(plan, node, shape), shape.word()),
            other => Ok(other),
        }
    }

    /// The same for a branch that a variant names.
    pub(super) fn pick_named(&mut self, node: Node, variant: &str) -> Result<Node, Misfit> {
        match node {
            Node::Optional(index) => {
                let optional = self.plan.optional(index);
                if self.plan.is_named(optional.node, variant) {
                    self.out.byte((1 - optional.null) << 1);
                    return Ok(optional.node);
                }
                if variant.eq_ignore_ascii_case("null") {
                    self.out.byte(optional.null << 1);
                    return Ok(Node::Null);
                }
                Err(self.unnamed(node, variant))
            }
            Node::Union(_) => {
                let plan = self.plan;
                let is_named = |_: &Plan, node| plan.is_named(node, variant).then_some(0);
                self.pick_of_many(node, is_named, "").map_err(|_| self.unnamed(node, variant))
            }
            other if self.plan.is_named(other, variant) => Ok(other),
            other => Err(self.unnamed(other, variant)),
        }
    }

    #[cold]
    #[inline(never)]
    fn unnamed(&self, node: Node, variant: &str) -> Misfit {
        Misfit::new(format!(
            "the variant `{variant}` is named after no type of the schema, which has {}; rename it, or make the enum \
             untagged",
            self.plan.expected(node)
        ))
    }

    fn pick_of_many(
        &mut self,
        node: Node,
        rank: impl Fn(&Plan, Node) -> Option<u8>,
        word: &str,
    ) -> Result<Node, Misfit> {
        let Node::Union(index) = node else { return Ok(node) };
        let plan = self.plan;
        let ranked = plan.union(index).branches.iter().zip(0..);
        let best =
            ranked.filter_map(|(node, at)| Some((rank(plan, *node)?, at, *node))).min_by_key(|best| best.0);
        let Some((_, branch, node)) = best else { return Err(self.misfit(word, node)) };
        self.out.long(branch);
        Ok(node)
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
