//! A place that one value is written to.

use super::Encoder;
use super::branch::{Shape, is_exact_double, is_exact_float};
use super::compound::{Entries, Items, Sequence};
use super::record::Fields;
use crate::codec::EncodeError;
use crate::codec::avro::plan::{Node, Place};

/// A place that one value is written to. It has to fit into two registers.
#[derive(Debug)]
pub(super) struct NodeWriter<'a, 'p, 'o> {
    pub(super) encoder: &'a mut Encoder<'p, 'o>,
    pub(super) place: &'p Place,
}

/// The usual values. A call for each costs less than their code in every field of every type; they give a result, which
/// is always [`Ok`], as a call whose result is handed on as it is costs least.
impl Encoder<'_, '_> {
    #[inline(never)]
    pub(super) fn long(&mut self, place: &Place, value: i64) -> Result<(), EncodeError> {
        match place.null {
            Some(null) => self.out.long_of_branch(null.branch.other_byte(), value),
            None => self.out.long(value),
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn double(&mut self, place: &Place, value: f64) -> Result<(), EncodeError> {
        match place.null {
            Some(null) => self.out.double_of_branch(null.branch.other_byte(), value),
            None => self.out.double(value),
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn string(&mut self, place: &Place, value: &str) -> Result<(), EncodeError> {
        match place.null {
            Some(null) => {
                if self.out.short_bytes_of_branch(null.branch.other_byte(), value.as_bytes()) {
                    return Ok(());
                }
            }
            None => {
                if self.out.short_bytes(value.as_bytes()) {
                    return Ok(());
                }
            }
        }
        self.any_string(place, value)
    }

    #[inline(never)]
    fn any_string(&mut self, place: &Place, value: &str) -> Result<(), EncodeError> {
        if let Some(null) = place.null {
            self.out.byte(null.branch.other_byte());
        }
        self.out.string(value);
        Ok(())
    }
}

impl<'a, 'p, 'o> NodeWriter<'a, 'p, 'o> {
    /// Writes the number of the branch, where the value is in a union of null and its type.
    #[inline(always)]
    pub(super) fn begin(&mut self) {
        if let Some(null) = self.place.null {
            self.encoder.out.byte(null.branch.other_byte());
        }
    }

    #[inline]
    pub(super) fn null(self) -> Result<(), EncodeError> {
        match self.place.null {
            Some(null) => {
                self.encoder.out.byte(null.branch.null_byte());
                Ok(())
            }
            None => self.null_elsewhere(),
        }
    }

    #[inline(never)]
    fn null_elsewhere(self) -> Result<(), EncodeError> {
        match self.encoder.pick(self.place, Shape::Null)? {
            Node::Null => Ok(()),
            node => Err(self.encoder.misfit("null", node)),
        }
    }

    /// A whole number at whatever takes one, from a type of at most 32 bits.
    #[inline(never)]
    pub(super) fn narrow(self, value: i32) -> Result<(), EncodeError> {
        self.whole(value.into(), Shape::Narrow(value.into()))
    }

    /// The same from a type of 64 bits.
    #[inline(never)]
    pub(super) fn wide(self, value: i64) -> Result<(), EncodeError> {
        self.whole(value, Shape::Wide(value))
    }

    fn whole(self, value: i64, shape: Shape<'_>) -> Result<(), EncodeError> {
        let node = self.encoder.pick(self.place, shape)?;
        let misfit = |what: String| Err(self.encoder.misfit(&what, node));
        match node {
            Node::Long => self.encoder.out.long(value),
            Node::Int => match i32::try_from(value) {
                Ok(value) => self.encoder.out.int(value),
                Err(_) => return misfit(format!("the number {value}, which has more than 32 bits,")),
            },
            Node::Double if is_exact_double(value) => self.encoder.out.double(value as f64),
            Node::Float if is_exact_float(value) => self.encoder.out.float(value as f32),
            Node::Byte => match u8::try_from(value) {
                Ok(value) => self.encoder.out.byte(value),
                Err(_) => return misfit(format!("the number {value}, which is no byte,")),
            },
            _ => return misfit(format!("the whole number {value}")),
        }
        Ok(())
    }

    /// A `double` in a union of many.
    #[inline(never)]
    pub(super) fn double(self, value: f64) -> Result<(), EncodeError> {
        match self.encoder.pick(self.place, Shape::Double)? {
            Node::Double => self.encoder.out.double(value),
            node => return Err(self.encoder.misfit("a double", node)),
        }
        Ok(())
    }

    /// A number of a type that goes beyond 64 bits, signed.
    pub(super) fn large<T: TryInto<i64> + std::fmt::Display + Copy>(
        self,
        value: T,
    ) -> Result<(), EncodeError> {
        match value.try_into() {
            Ok(value) => self.wide(value),
            Err(_) => {
                let what = format!("the number {value}, which has more than 64 bits,");
                Err(self.encoder.misfit(&what, self.encoder.plan.whole(self.place)))
            }
        }
    }

    /// A text at whatever takes one.
    #[inline(never)]
    pub(super) fn text(self, value: &str) -> Result<(), EncodeError> {
        self.symbol(value, Shape::Text(value))
    }

    /// A text, or a variant without a value, at whatever takes one.
    pub(super) fn symbol(self, value: &str, shape: Shape<'_>) -> Result<(), EncodeError> {
        let encoder = self.encoder;
        match encoder.pick(self.place, shape)? {
            Node::Null if matches!(shape, Shape::Variant(_)) => {}
            Node::String => encoder.out.string(value),
            Node::RawText => encoder.out.raw(value.as_bytes()),
            node @ Node::Enum(index) => {
                let symbols = &encoder.plan.enumeration(index).shape.symbols;
                match symbols.iter().zip(0..).find(|(symbol, _)| ***symbol == *value) {
                    Some((_, number)) => encoder.out.long(number),
                    None => {
                        return Err(encoder.misfit(&format!("the text `{value}`, which is no symbol,"), node));
                    }
                }
            }
            node => return Err(encoder.misfit(shape.word(), node)),
        }
        Ok(())
    }

    #[inline]
    pub(super) fn sequence(
        self,
        length: Option<usize>,
        shape: Shape<'_>,
    ) -> Result<Sequence<'a, 'p, 'o>, EncodeError> {
        let encoder = self.encoder;
        let raw = |encoder: &'a mut Encoder<'p, 'o>, announced| {
            let start = encoder.out.position();
            Items { encoder, place: &Place::BYTE, announced, start, written: 0, key: start }
        };
        match encoder.pick(self.place, shape)? {
            Node::Array(index) => {
                let place = encoder.plan.places.item(index);
                Ok(Sequence::Array(Items::new(encoder, place, length)))
            }
            Node::Bytes => Ok(Sequence::Bytes(Items::new(encoder, &Place::BYTE, length))),
            Node::Fixed(index) => {
                let size = encoder.plan.fixed(index).size;
                Ok(Sequence::Raw(raw(encoder, Some(size))))
            }
            Node::RawBytes => Ok(Sequence::Raw(raw(encoder, None))),
            Node::Record(index) if matches!(shape, Shape::Tuple(_)) => {
                Ok(Sequence::Record(Fields::new(encoder, index)))
            }
            node => Err(encoder.misfit(shape.word(), node)),
        }
    }

    #[inline]
    pub(super) fn entries(
        self,
        length: Option<usize>,
        shape: Shape<'_>,
    ) -> Result<Entries<'a, 'p, 'o>, EncodeError> {
        let encoder = self.encoder;
        match encoder.pick(self.place, shape)? {
            Node::Record(index) => Ok(Entries::Record(Fields::new(encoder, index))),
            Node::Map(index) => {
                let place = encoder.plan.places.value(index);
                Ok(Entries::Map(Items::new(encoder, place, length)))
            }
            node => Err(encoder.misfit(shape.word(), node)),
        }
    }

    /// The branch that a variant names.
    pub(super) fn named(self, variant: &str) -> Result<Self, EncodeError> {
        let place = self.encoder.pick_named(self.place, variant)?;
        Ok(Self { encoder: self.encoder, place })
    }

    pub(super) fn is_union(&self) -> bool {
        self.place.null.is_some() || matches!(self.place.node, Node::Union(_))
    }
}
