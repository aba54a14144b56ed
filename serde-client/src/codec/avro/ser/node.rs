//! The serializer of a value at one node.

use serde::ser::{Serialize, Serializer};

use super::Encoder;
use super::branch::{Shape, is_exact_double, is_exact_float};
use super::compound::{Entries, Items, Sequence};
use super::record::Fields;
use crate::codec::avro::fault::Misfit;
use crate::codec::avro::plan::Node;

/// A place that one value is written to.
#[derive(Debug)]
pub(super) struct NodeWriter<'a, 'p, 'o> {
    pub(super) encoder: &'a mut Encoder<'p, 'o>,
    pub(super) node: Node,
}

impl<'a, 'p, 'o> NodeWriter<'a, 'p, 'o> {
    #[inline]
    fn picked(self, shape: Shape<'_>) -> Result<Self, Misfit> {
        let node = self.encoder.pick(self.node, shape)?;
        Ok(NodeWriter { encoder: self.encoder, node })
    }

    #[cold]
    #[inline(never)]
    fn misfit<T>(&self, what: &str) -> Result<T, Misfit> {
        Err(self.encoder.misfit(what, self.node))
    }

    /// A whole number at whatever takes one.
    #[inline(never)]
    fn whole(self, value: i64, shape: Shape<'_>) -> Result<(), Misfit> {
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
    fn large<T: TryInto<i64> + std::fmt::Display + Copy>(self, value: T) -> Result<(), Misfit> {
        match value.try_into() {
            Ok(value) => self.whole(value, Shape::Wide(value)),
            Err(_) => self.misfit(&format!("the number {value}, which has more than 64 bits,")),
        }
    }

    #[inline(never)]
    fn text(self, value: &str, shape: Shape<'_>) -> Result<(), Misfit> {
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

    #[inline]
    fn null(self) -> Result<(), Misfit> {
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
    fn null_elsewhere(self) -> Result<(), Misfit> {
        let writer = self.picked(Shape::Null)?;
        match writer.node {
            Node::Null => Ok(()),
            _ => writer.misfit("null"),
        }
    }

    #[inline]
    fn sequence(self, length: Option<usize>, shape: Shape<'_>) -> Result<Sequence<'a, 'p, 'o>, Misfit> {
        let writer = self.picked(shape)?;
        let NodeWriter { encoder, node } = writer;
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
    fn entries(self, length: Option<usize>, shape: Shape<'_>) -> Result<Entries<'a, 'p, 'o>, Misfit> {
        let NodeWriter { encoder, node } = self.picked(shape)?;
        match node {
            Node::Record(index) => Ok(Entries::Record(Fields::new(encoder, index))),
            Node::Map(index) => {
                let value = encoder.plan.map(index).node;
                Ok(Entries::Map(Items::new(encoder, value, length)))
            }
            _ => Err(encoder.misfit(shape.word(), node)),
        }
    }

    fn named(self, variant: &str) -> Result<Self, Misfit> {
        let node = self.encoder.pick_named(self.node, variant)?;
        Ok(NodeWriter { encoder: self.encoder, node })
    }

    fn is_union(&self) -> bool {
        matches!(self.node, Node::Optional(_) | Node::Union(_))
    }
}

impl<'a, 'p, 'o> Serializer for NodeWriter<'a, 'p, 'o> {
    type Ok = ();
    type Error = Misfit;
    type SerializeSeq = Sequence<'a, 'p, 'o>;
    type SerializeTuple = Sequence<'a, 'p, 'o>;
    type SerializeTupleStruct = Sequence<'a, 'p, 'o>;
    type SerializeTupleVariant = Sequence<'a, 'p, 'o>;
    type SerializeMap = Entries<'a, 'p, 'o>;
    type SerializeStruct = Entries<'a, 'p, 'o>;
    type SerializeStructVariant = Entries<'a, 'p, 'o>;

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), Misfit> {
        let writer = self.picked(Shape::Boolean)?;
        match writer.node {
            Node::Boolean => writer.encoder.out.boolean(value),
            _ => return writer.misfit("a boolean"),
        }
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<(), Misfit> {
        self.serialize_i32(value.into())
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<(), Misfit> {
        self.serialize_i32(value.into())
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Result<(), Misfit> {
        match self.node {
            Node::Int => self.encoder.out.int(value),
            _ => return self.whole(value.into(), Shape::Narrow(value.into())),
        }
        Ok(())
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<(), Misfit> {
        match self.node {
            Node::Long => self.encoder.out.long(value),
            _ => return self.whole(value, Shape::Wide(value)),
        }
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Misfit> {
        self.large(value)
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<(), Misfit> {
        match self.node {
            Node::Byte => self.encoder.out.byte(value),
            _ => return self.serialize_i32(value.into()),
        }
        Ok(())
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<(), Misfit> {
        self.serialize_i32(value.into())
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Result<(), Misfit> {
        self.serialize_i64(value.into())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Misfit> {
        match i64::try_from(value) {
            Ok(value) => self.serialize_i64(value),
            Err(_) => self.large(value),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<(), Misfit> {
        self.large(value)
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<(), Misfit> {
        let writer = self.picked(Shape::Float)?;
        match writer.node {
            Node::Float => writer.encoder.out.float(value),
            Node::Double => writer.encoder.out.double(value.into()),
            _ => return writer.misfit("a float"),
        }
        Ok(())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Misfit> {
        let writer = self.picked(Shape::Double)?;
        match writer.node {
            Node::Double => writer.encoder.out.double(value),
            _ => return writer.misfit("a double"),
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Misfit> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Misfit> {
        match self.node {
            Node::String => self.encoder.out.string(value),
            _ => return self.text(value, Shape::Text(value)),
        }
        Ok(())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Misfit> {
        let writer = self.picked(Shape::Bytes(value.len()))?;
        match writer.node {
            Node::Bytes => writer.encoder.out.bytes(value),
            Node::RawBytes => writer.encoder.out.raw(value),
            Node::Fixed(index) if writer.encoder.plan.fixed(index).size == value.len() => {
                writer.encoder.out.raw(value);
            }
            Node::Fixed(index) => {
                let size = writer.encoder.plan.fixed(index).size;
                return writer.misfit(&format!("{} bytes instead of {size}", value.len()));
            }
            _ => return writer.misfit("bytes"),
        }
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Misfit> {
        self.null()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Misfit> {
        match self.node {
            Node::Optional(index) => {
                let optional = self.encoder.plan.optional(index);
                self.encoder.out.byte((1 - optional.null) << 1);
                value.serialize(NodeWriter { encoder: self.encoder, node: optional.node })
            }
            _ => value.serialize(self),
        }
    }

    fn serialize_unit(self) -> Result<(), Misfit> {
        self.null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Misfit> {
        self.null()
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        number: u32,
        variant: &'static str,
    ) -> Result<(), Misfit> {
        if let Node::Enum(index) = self.node {
            let symbols = &self.encoder.plan.enumeration(index).shape.symbols;
            if symbols.get(number as usize).is_some_and(|symbol| **symbol == *variant) {
                self.encoder.out.long(number.into());
                return Ok(());
            }
        }
        let writer = self.picked(Shape::Variant(variant))?;
        match writer.node {
            Node::Null => Ok(()),
            _ => writer.text(variant, Shape::Variant(variant)),
        }
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Misfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Misfit> {
        value.serialize(self.named(variant)?)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Sequence<'a, 'p, 'o>, Misfit> {
        self.sequence(length, Shape::Sequence(length))
    }

    fn serialize_tuple(self, length: usize) -> Result<Sequence<'a, 'p, 'o>, Misfit> {
        self.sequence(Some(length), Shape::Tuple(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Sequence<'a, 'p, 'o>, Misfit> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Sequence<'a, 'p, 'o>, Misfit> {
        self.named(variant)?.serialize_tuple(length)
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Entries<'a, 'p, 'o>, Misfit> {
        self.entries(length, Shape::Map)
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Entries<'a, 'p, 'o>, Misfit> {
        self.entries(Some(length), Shape::Struct(name, length))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Entries<'a, 'p, 'o>, Misfit> {
        let writer = if self.is_union() { self.named(variant)? } else { self };
        writer.serialize_struct(name, length)
    }
}
