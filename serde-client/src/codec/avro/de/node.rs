//! The deserializer of what stands at one node.

use serde::de::{Deserializer, Visitor};

use super::Decoder;
use super::choice::{Branch, Symbol};
use super::entries::{ByteItems, Entries, Items};
use super::record;
use super::skip::skip;
use crate::codec::DecodeError;
use crate::codec::avro::plan::Node;

/// What stands at a node, to be read once. It has to fit into two registers.
#[derive(Debug)]
pub(super) struct NodeReader<'a, 'p, 'de> {
    pub(super) decoder: &'a mut Decoder<'p, 'de>,
    pub(super) node: &'a Node,
}

/// A method for a primitive: the node that it expects is read in place, any other goes the long way.
macro_rules! primitives {
    ($($method:ident: $($node:ident => $read:ident, $visit:ident);+)*) => {$(
        #[inline(always)]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match *self.node {
                $(Node::$node => visitor.$visit(self.decoder.input.$read()?.into()),)+
                _ => self.other(visitor),
            }
        }
    )*};
}

impl<'a, 'p, 'de> NodeReader<'a, 'p, 'de> {
    #[inline]
    fn settled(self) -> Result<Self, DecodeError> {
        let node = self.decoder.branch(self.node)?;
        Ok(NodeReader { decoder: self.decoder, node })
    }

    #[inline]
    fn is_union(&self) -> bool {
        matches!(*self.node, Node::Optional(_) | Node::Union(_))
    }

    /// Reads what is there, whatever the type expects.
    #[inline(never)]
    fn other<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let NodeReader { decoder, node } = if self.is_union() { self.settled()? } else { self };
        let plan = decoder.plan;
        let input = &mut decoder.input;
        match *node {
            Node::Null => visitor.visit_unit(),
            Node::Boolean => visitor.visit_bool(input.boolean()?),
            Node::Int => visitor.visit_i32(input.int()?),
            Node::Long => visitor.visit_i64(input.long()?),
            Node::Float => visitor.visit_f32(input.float()?),
            Node::Double => visitor.visit_f64(input.double()?),
            Node::IntAsLong => visitor.visit_i64(input.int()?.into()),
            Node::IntAsFloat => visitor.visit_f32(input.int()? as f32),
            Node::IntAsDouble => visitor.visit_f64(input.int()?.into()),
            Node::LongAsFloat => visitor.visit_f32(input.long()? as f32),
            Node::LongAsDouble => visitor.visit_f64(input.long()? as f64),
            Node::FloatAsDouble => visitor.visit_f64(input.float()?.into()),
            Node::String | Node::BytesAsString => visitor.visit_borrowed_str(input.string()?),
            Node::Bytes | Node::StringAsBytes => visitor.visit_borrowed_bytes(input.bytes()?),
            Node::Fixed(index) => visitor.visit_borrowed_bytes(input.raw(plan.fixed(index).size)?),
            Node::RawBytes => visitor.visit_borrowed_bytes(input.take_rest()),
            Node::RawString | Node::RawText => {
                let bytes = input.take_rest();
                visitor.visit_borrowed_str(input.text(bytes)?)
            }
            Node::Enum(index) => visitor.visit_str(decoder.symbol_name(index)?),
            Node::Array(index) => Items::read(decoder, plan.array(index), visitor),
            Node::Map(index) => Entries::read(decoder, plan.map(index), visitor),
            Node::Record(index) => record::by_name(decoder, index, visitor),
            Node::Fail(index) => Err(decoder.refused(index)),
            Node::Byte => visitor.visit_u8(input.raw(1)?.first().copied().unwrap_or_default()),
            Node::Optional(_) | Node::Union(_) => Err(decoder.input.fault("a union directly in a union")),
        }
    }

    /// The bytes of a type that a Rust type takes as a sequence of numbers.
    fn byte_items(&mut self) -> Result<Option<&'de [u8]>, DecodeError> {
        let input = &mut self.decoder.input;
        Ok(match *self.node {
            Node::Bytes | Node::StringAsBytes => Some(input.bytes()?),
            Node::Fixed(index) => Some(input.raw(self.decoder.plan.fixed(index).size)?),
            Node::RawBytes => Some(input.take_rest()),
            _ => None,
        })
    }
}

impl<'de> Deserializer<'de> for NodeReader<'_, '_, 'de> {
    type Error = DecodeError;

    primitives! {
        deserialize_bool: Boolean => boolean, visit_bool
        deserialize_i32: Int => int, visit_i32
        deserialize_i64: Long => long, visit_i64; Int => int, visit_i64; IntAsLong => int, visit_i64
        deserialize_f32: Float => float, visit_f32
        deserialize_f64: Double => double, visit_f64; FloatAsDouble => float, visit_f64
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.other(visitor)
    }

    #[inline(always)]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match *self.node {
            Node::String => visitor.visit_borrowed_str(self.decoder.input.string_by_call()?),
            _ => self.other(visitor),
        }
    }

    #[inline(always)]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    #[inline(always)]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match *self.node {
            Node::Bytes => visitor.visit_borrowed_bytes(self.decoder.input.bytes()?),
            _ => self.other(visitor),
        }
    }

    #[inline(always)]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_bytes(visitor)
    }

    #[inline(always)]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if let Node::Optional(index) = *self.node {
            let optional = self.decoder.plan.optional(index);
            if self.decoder.input.index(2)? == usize::from(optional.null) {
                return visitor.visit_none();
            }
            return visitor.visit_some(NodeReader { decoder: self.decoder, node: &optional.node });
        }
        let reader = self.settled()?;
        match *reader.node {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(reader),
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let mut reader = if self.is_union() { self.settled()? } else { self };
        if let Node::Array(index) = *reader.node {
            let items = reader.decoder.plan.array(index);
            return Items::read(reader.decoder, items, visitor);
        }
        match reader.byte_items()? {
            Some(bytes) => ByteItems::read(bytes, visitor),
            None => reader.other(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        let reader = if self.is_union() { self.settled()? } else { self };
        match *reader.node {
            Node::Record(index) => record::in_turn(reader.decoder, index, visitor),
            _ => reader.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_tuple(length, visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match *self.node {
            Node::Map(index) => {
                let entries = self.decoder.plan.map(index);
                Entries::read(self.decoder, entries, visitor)
            }
            _ => self.other(visitor),
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let reader = if self.is_union() { self.settled()? } else { self };
        match *reader.node {
            Node::Record(index) => record::read(reader.decoder, index, fields, visitor),
            _ => reader.other(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let reader = if self.is_union() { self.settled()? } else { self };
        let NodeReader { decoder, node } = reader;
        let plan = decoder.plan;
        match *node {
            Node::Fail(index) => return Err(decoder.refused(index)),
            Node::Enum(index) if plan.enumeration(index).is_of_symbols(variants) => {
                return visitor.visit_enum(Symbol(decoder.symbol_name(index)?));
            }
            _ => {}
        }
        if let Some(variant) = variants.iter().find(|variant| plan.is_named(*node, variant)) {
            return visitor.visit_enum(Branch { decoder, node, variant });
        }
        match *node {
            Node::Enum(index) => visitor.visit_enum(Symbol(decoder.symbol_name(index)?)),
            Node::String => visitor.visit_enum(Symbol(decoder.input.string()?)),
            _ => Err(decoder.input.fault(format!(
                "no variant of the enum is named after {}; rename one to the name of the type, or make the enum untagged",
                plan.describe(*node)
            ))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        skip(self.decoder.plan, &mut self.decoder.input, *self.node)?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 char unit unit_struct identifier
    }
}
