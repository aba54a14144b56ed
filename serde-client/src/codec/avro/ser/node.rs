//! The serializer of a value at one node.

use serde::ser::{Serialize, Serializer};

use super::branch::Shape;
use super::compound::{Entries, Sequence};
use super::place::NodeWriter;
use super::record::Fields;
use crate::codec::avro::fault::Misfit;
use crate::codec::avro::plan::{Brief, Node};

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

    #[inline(always)]
    fn serialize_i32(self, value: i32) -> Result<(), Misfit> {
        match self.node {
            Node::Int => self.encoder.out.int(value),
            _ => return self.whole(value.into(), Shape::Narrow(value.into())),
        }
        Ok(())
    }

    #[inline(always)]
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
        if self.node == Node::Double {
            self.encoder.out.double(value);
            return Ok(());
        }
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

    #[inline(always)]
    fn serialize_str(self, value: &str) -> Result<(), Misfit> {
        match self.node {
            Node::String => self.encoder.out.string(value),
            _ => return self.text(value, Shape::Text(value)),
        }
        Ok(())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Misfit> {
        if self.node == Node::Bytes {
            self.encoder.out.bytes(value);
            return Ok(());
        }
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

    #[inline(always)]
    fn serialize_none(self) -> Result<(), Misfit> {
        self.null()
    }

    #[inline(always)]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Misfit> {
        match (self.brief, self.node) {
            (Brief::Int(null), _) => self.some(null, Node::Int, value),
            (Brief::String(null), _) => self.some(null, Node::String, value),
            (Brief::Long(null), _) => self.some(null, Node::Long, value),
            (Brief::Double(null), _) => self.some(null, Node::Double, value),
            (Brief::Unknown, Node::Optional(index)) => {
                let optional = self.encoder.plan.optional(index);
                self.some(optional.null, optional.node, value)
            }
            (Brief::Unknown, _) => value.serialize(self),
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

    #[inline(always)]
    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Entries<'a, 'p, 'o>, Misfit> {
        if let Node::Record(index) = self.node {
            return Ok(Entries::Record(Fields::new(self.encoder, index)));
        }
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
