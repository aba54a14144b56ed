//! A place that one value is written to.

use serde::ser::Serialize;

use super::Encoder;
use super::branch::{Shape, is_exact_double, is_exact_float};
use super::compound::{Entries, Items, Sequence};
use super::record::Fields;
use crate::codec::avro::fault::Misfit;
use crate::codec::avro::plan::{Brief, Node};

/// A place that one value is written to.
#[derive(Debug)]
pub(super) struct NodeWriter<'a, 'p, 'o> {
    pub(super) encoder: &'a mut Encoder<'p, 'o>,
    pub(super) node: Node,
    pub(super) brief: Brief,
}

impl<'a, 'p, 'o> NodeWriter<'a, 'p, 'o> {
    /// A place of which no more than its node is known.
    #[inline(always)]
    pub(super) fn at(encoder: &'a mut Encoder<'p, 'o>, node: Node) -> Self {
        Self { encoder, node, brief: Brief::Unknown }
    }

    /// Writes what a union of null and something else holds, with the number of the branch in front.
    #[inline(always)]
    pub(super) fn some<T: Serialize + ?Sized>(self, null: u8, node: Node, value: &T) -> Result<(), Misfit> {
        self.encoder.out.byte((1 - null) << 1);
        value.serialize(NodeWriter::at(self.encoder, node))
    }

    #[inline]
    pub(super) fn picked(self, shape: Shape<'_>) -> Result<Self, Misfit> {
        let node = self.encoder.pick(self.node, shape)?;
        Ok(NodeWriter::at(self.encoder, node))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn misfit<T>(&self, what: &str) -> Result<T, Misfit> {
        Err(self.encoder.misfit(what, self.node))
    }

    /// A whole number at whatever takes one.
    #[inline(never)]
    pub(super) fn whole(self, value: i64, shape: Shape<'_>) -> Result<(), Misfit> {
        let writer = self.picked(shape)?;
        let out = &mut writer.encoder.out;
        match writer.node {
            Node::Long => out.long(value),
            Node::Int => match i32::try_from(value) {
                Ok(value) => out.int(value),
                Err(_) => return writer.misfit(&format!("the number {value}, which has more than 32 bits,")),
            },
            Node::Double if is_exact_double(value) => out.double(value as f64),
            Node::Float if is_exact_float(value) => out.float(value as f32),
            Node::Byte => match u8::try_from(value) {
                Ok(value) => out.byte(value),
                Err(_) => return writer.misfit(&format!("the number {value}, which is no byte,")),
            },
            _ => return writer.misfit(&format!("the whole number {value}")),
        }
        Ok(())
    }

    /// A number of a type that goes beyond 64 bits, signed.
    pub(super) fn large<T: TryInto<i64> + std::fmt::Display + Copy>(self, value: T) -> Result<(), Misfit> {
        match value.try_into() {
            Ok(value) => self.whole(value, Shape::Wide(value)),
            Err(_) => self.misfit(&format!("the number {value}, which has more than 64 bits,")),
        }
    }

    #[inline(never)]
    pub(super) fn text(self, value: &str, shape: Shape<'_>) -> Result<(), Misfit> {
        let writer = self.picked(shape)?;
        match writer.node {
            Node::String => writer.encoder.out.string(value),
            Node::RawText => writer.encoder.out.raw(value.as_bytes()),
            Node::Enum(index) => {
                let symbols = &writer.encoder.plan.enumeration(index).shape.symbols;
                match symbols.iter().zip(0..).find(|(symbol, _)| ***symbol == *value) {
                    Some((_, number)) => writer.encoder.out.long(number),
                    None => return writer.misfit(&format!("the text `{value}`, which is no symbol,")),
                }
            }
            _ => return writer.misfit(shape.word()),
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn null(self) -> Result<(), Misfit> {
        if let Brief::Int(null) | Brief::Long(null) | Brief::Double(null) | Brief::String(null) = self.brief {
            self.encoder.out.byte(null << 1);
            return Ok(());
        }
        match self.node {
            Node::Optional(index) => {
                let null = self.encoder.plan.optional(index).null;
                self.encoder.out.byte(null << 1);
                Ok(())
            }
            _ => self.null_elsewhere(),
        }
    }

    #[inline(never)]
    pub(super) fn null_elsewhere(self) -> Result<(), Misfit> {
        let writer = self.picked(Shape::Null)?;
        match writer.node {
            Node::Null => Ok(()),
            _ => writer.misfit("null"),
        }
    }

    #[inline]
    pub(super) fn sequence(
        self,
        length: Option<usize>,
        shape: Shape<'_>,
    ) -> Result<Sequence<'a, 'p, 'o>, Misfit> {
        let writer = self.picked(shape)?;
        let NodeWriter { encoder, node, .. } = writer;
        match node {
            Node::Array(index) => {
                let item = encoder.plan.array(index).node;
                Ok(Sequence::Array(Items::new(encoder, item, length)))
            }
            Node::Bytes => Ok(Sequence::Bytes(Items::new(encoder, Node::Byte, length))),
            Node::Fixed(index) => {
                let announced = Some(encoder.plan.fixed(index).size);
                let start = encoder.out.position();
                Ok(Sequence::Raw(Items {
                    encoder,
                    node: Node::Byte,
                    announced,
                    start,
                    written: 0,
                    key: start,
                }))
            }
            Node::RawBytes => {
                let start = encoder.out.position();
                Ok(Sequence::Raw(Items {
                    encoder,
                    node: Node::Byte,
                    announced: None,
                    start,
                    written: 0,
                    key: start,
                }))
            }
            Node::Record(index) if matches!(shape, Shape::Tuple(_)) => {
                Ok(Sequence::Record(Fields::new(encoder, index)))
            }
            _ => Err(encoder.misfit(shape.word(), node)),
        }
    }

    #[inline]
    pub(super) fn entries(
        self,
        length: Option<usize>,
        shape: Shape<'_>,
    ) -> Result<Entries<'a, 'p, 'o>, Misfit> {
        let NodeWriter { encoder, node, .. } = self.picked(shape)?;
        match node {
            Node::Record(index) => Ok(Entries::Record(Fields::new(encoder, index))),
            Node::Map(index) => {
                let value = encoder.plan.map(index).node;
                Ok(Entries::Map(Items::new(encoder, value, length)))
            }
            _ => Err(encoder.misfit(shape.word(), node)),
        }
    }

    pub(super) fn named(self, variant: &str) -> Result<Self, Misfit> {
        let node = self.encoder.pick_named(self.node, variant)?;
        Ok(NodeWriter::at(self.encoder, node))
    }

    pub(super) fn is_union(&self) -> bool {
        matches!(self.node, Node::Optional(_) | Node::Union(_))
    }
}
