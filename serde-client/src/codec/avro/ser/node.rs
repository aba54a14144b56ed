//! The serializer of a value at one node.

use serde::ser::{Serialize, Serializer};

use super::branch::Shape;
use super::compound::{Entries, Sequence};
use super::place::NodeWriter;
use super::record::Fields;
use crate::codec::EncodeError;
use crate::codec::avro::plan::Node;

impl<'a, 'p, 'o> Serializer for NodeWriter<'a, 'p, 'o> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Sequence<'a, 'p, 'o>;
    type SerializeTuple = Sequence<'a, 'p, 'o>;
    type SerializeTupleStruct = Sequence<'a, 'p, 'o>;
    type SerializeTupleVariant = Sequence<'a, 'p, 'o>;
    type SerializeMap = Entries<'a, 'p, 'o>;
    type SerializeStruct = Entries<'a, 'p, 'o>;
    type SerializeStructVariant = Entries<'a, 'p, 'o>;

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), EncodeError> {
        match self.encoder.pick(self.place, Shape::Boolean)? {
            Node::Boolean => self.encoder.out.boolean(value),
            node => return Err(self.encoder.misfit("a boolean", node)),
        }
        Ok(())
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<(), EncodeError> {
        self.serialize_i32(value.into())
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<(), EncodeError> {
        self.serialize_i32(value.into())
    }

    #[inline(always)]
    fn serialize_i32(self, value: i32) -> Result<(), EncodeError> {
        match self.place.node {
            Node::Int => self.encoder.long(self.place, value.into()),
            _ => self.narrow(value),
        }
    }

    #[inline(always)]
    fn serialize_i64(self, value: i64) -> Result<(), EncodeError> {
        match self.place.node {
            Node::Long => self.encoder.long(self.place, value),
            _ => self.wide(value),
        }
    }

    fn serialize_i128(self, value: i128) -> Result<(), EncodeError> {
        self.large(value)
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<(), EncodeError> {
        match self.place.node {
            Node::Byte => self.encoder.out.byte(value),
            _ => return self.serialize_i32(value.into()),
        }
        Ok(())
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<(), EncodeError> {
        self.serialize_i32(value.into())
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Result<(), EncodeError> {
        self.serialize_i64(value.into())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), EncodeError> {
        match i64::try_from(value) {
            Ok(value) => self.serialize_i64(value),
            Err(_) => self.large(value),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<(), EncodeError> {
        self.large(value)
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<(), EncodeError> {
        match self.encoder.pick(self.place, Shape::Float)? {
            Node::Float => self.encoder.out.float(value),
            Node::Double => self.encoder.out.double(value.into()),
            node => return Err(self.encoder.misfit("a float", node)),
        }
        Ok(())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), EncodeError> {
        match self.place.node {
            Node::Double => self.encoder.double(self.place, value),
            _ => self.double(value),
        }
    }

    fn serialize_char(self, value: char) -> Result<(), EncodeError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline(always)]
    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        match self.place.node {
            Node::String => self.encoder.string(self.place, value),
            _ => self.text(value),
        }
    }

    #[inline]
    fn serialize_bytes(mut self, value: &[u8]) -> Result<(), EncodeError> {
        if self.place.node == Node::Bytes {
            self.begin();
            self.encoder.out.bytes(value);
            return Ok(());
        }
        let encoder = self.encoder;
        match encoder.pick(self.place, Shape::Bytes(value.len()))? {
            Node::Bytes => encoder.out.bytes(value),
            Node::RawBytes => encoder.out.raw(value),
            node @ Node::Fixed(index) => {
                let size = encoder.plan.fixed(index).size;
                if size != value.len() {
                    return Err(encoder.misfit(&format!("{} bytes instead of {size}", value.len()), node));
                }
                encoder.out.raw(value);
            }
            node => return Err(encoder.misfit("bytes", node)),
        }
        Ok(())
    }

    #[inline(always)]
    fn serialize_none(self) -> Result<(), EncodeError> {
        self.null()
    }

    #[inline(always)]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        self.null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), EncodeError> {
        self.null()
    }

    #[inline]
    fn serialize_unit_variant(
        mut self,
        _: &'static str,
        number: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        if let Node::Enum(index) = self.place.node {
            let symbols = &self.encoder.plan.enumeration(index).shape.symbols;
            if symbols.get(number as usize).is_some_and(|symbol| **symbol == *variant) {
                self.begin();
                self.encoder.out.long(number.into());
                return Ok(());
            }
        }
        self.symbol(variant, Shape::Variant(variant))
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self.named(variant)?)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Sequence<'a, 'p, 'o>, EncodeError> {
        self.sequence(length, Shape::Sequence(length))
    }

    fn serialize_tuple(self, length: usize) -> Result<Sequence<'a, 'p, 'o>, EncodeError> {
        self.sequence(Some(length), Shape::Tuple(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        length: usize,
    ) -> Result<Sequence<'a, 'p, 'o>, EncodeError> {
        self.serialize_tuple(length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Sequence<'a, 'p, 'o>, EncodeError> {
        self.named(variant)?.serialize_tuple(length)
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Entries<'a, 'p, 'o>, EncodeError> {
        self.entries(length, Shape::Map)
    }

    #[inline(always)]
    fn serialize_struct(
        mut self,
        name: &'static str,
        length: usize,
    ) -> Result<Entries<'a, 'p, 'o>, EncodeError> {
        if let Node::Record(index) = self.place.node {
            self.begin();
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
    ) -> Result<Entries<'a, 'p, 'o>, EncodeError> {
        let writer = if self.is_union() { self.named(variant)? } else { self };
        writer.serialize_struct(name, length)
    }
}
