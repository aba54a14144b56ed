//! Rust enums from symbols and from branches of unions.

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};

use super::Decoder;
use super::node::NodeReader;
use crate::codec::DecodeError;
use crate::codec::avro::plan::Node;

/// A variant without a value.
#[derive(Debug)]
pub(in crate::codec::avro) struct Symbol<'s>(pub(in crate::codec::avro) &'s str);

impl<'de> EnumAccess<'de> for Symbol<'_> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), DecodeError> {
        let name: StrDeserializer<'_, DecodeError> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Symbol<'_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, DecodeError> {
        Err(serde::de::Error::invalid_type(Unexpected::UnitVariant, &"a variant with a value"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        Err(serde::de::Error::invalid_type(Unexpected::UnitVariant, &visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        Err(serde::de::Error::invalid_type(Unexpected::UnitVariant, &visitor))
    }
}

/// A variant that is named after a type, with the value of that type.
#[derive(Debug)]
pub(super) struct Branch<'a, 'p, 'de> {
    pub(super) decoder: &'a mut Decoder<'p, 'de>,
    pub(super) node: &'a Node,
    pub(super) variant: &'static str,
}

impl<'a, 'p, 'de> Branch<'a, 'p, 'de> {
    fn reader(self) -> NodeReader<'a, 'p, 'de> {
        NodeReader { decoder: self.decoder, node: self.node }
    }
}

impl<'de> EnumAccess<'de> for Branch<'_, '_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), DecodeError> {
        let variant = seed.deserialize(BorrowedStrDeserializer::<DecodeError>::new(self.variant))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Branch<'_, '_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        serde::Deserialize::deserialize(self.reader())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DecodeError> {
        seed.deserialize(self.reader())
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.reader().deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let variant = self.variant;
        self.reader().deserialize_struct(variant, fields, visitor)
    }
}
