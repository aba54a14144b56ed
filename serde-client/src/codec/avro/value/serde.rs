//! Values as `serde` types: written like what they hold, and turned into any type that can be read.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Value;
use crate::codec::DecodeError;
use crate::codec::avro::de::{ByteItems, Symbol};

impl Value<'_> {
    /// Turns the value into a type. Nothing is borrowed from it.
    ///
    /// # Errors
    /// [`DecodeError`], without an offset, when the type expects something else.
    pub fn to<'de, T: Deserialize<'de>>(&self) -> Result<T, DecodeError> {
        T::deserialize(ValueReader(self))
    }
}

/// Records are written as maps and enums as the text of their symbol.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i32(*value),
            Self::Long(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f32(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Bytes(value) | Self::Fixed(_, value) => serializer.serialize_bytes(value),
            Self::String(value) => serializer.serialize_str(value),
            Self::Enum(shape, number) => {
                serializer.serialize_str(shape.symbols.get(*number as usize).map_or("", |symbol| symbol))
            }
            Self::Array(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
            Self::Record(record) => {
                let mut map = serializer.serialize_map(Some(record.values().len()))?;
                for (name, value) in record.iter() {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// A value, to be read once.
#[derive(Clone, Copy, Debug)]
pub(in crate::codec::avro) struct ValueReader<'v, 'x>(pub(in crate::codec::avro) &'v Value<'x>);

impl<'de> IntoDeserializer<'de, DecodeError> for ValueReader<'_, '_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for ValueReader<'_, '_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i32(*value),
            Value::Long(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f32(*value),
            Value::Double(value) => visitor.visit_f64(*value),
            // The default of most texts, which types that borrow can have too.
            Value::String(value) if value.is_empty() => visitor.visit_borrowed_str(""),
            Value::String(value) => visitor.visit_str(value),
            Value::Bytes(value) | Value::Fixed(_, value) if value.is_empty() => {
                visitor.visit_borrowed_bytes(&[])
            }
            Value::Bytes(value) | Value::Fixed(_, value) => visitor.visit_bytes(value),
            Value::Enum(shape, number) => {
                visitor.visit_str(shape.symbols.get(*number as usize).map_or("", |symbol| symbol))
            }
            Value::Array(values) => items(values, visitor),
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (&**key, ValueReader(value)));
                let mut entries = MapDeserializer::new(entries);
                let value = visitor.visit_map(&mut entries)?;
                entries.end().map(|()| value)
            }
            Value::Record(record) => {
                let mut fields =
                    MapDeserializer::new(record.iter().map(|(name, value)| (name, ValueReader(value))));
                let value = visitor.visit_map(&mut fields)?;
                fields.end().map(|()| value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0 {
            Value::Bytes(value) | Value::Fixed(_, value) => ByteItems::read(value, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0 {
            Value::Record(record) => items(record.values(), visitor),
            _ => self.deserialize_seq(visitor),
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

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if let Value::Enum(shape, number) = self.0
            && shape.has_all_symbols_in(variants)
        {
            return visitor.visit_enum(Symbol(shape.symbol(*number)));
        }
        if let Some(variant) = variants.iter().find(|variant| self.0.is_named(variant)) {
            let entry = MapDeserializer::new(std::iter::once((*variant, self)));
            return visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(entry));
        }
        match self.0 {
            Value::Enum(shape, number) => visitor.visit_enum(Symbol(shape.symbol(*number))),
            Value::String(value) => visitor.visit_enum(Symbol(value)),
            other => Err(DecodeError::new(format!("no variant of the enum is named after {}", other.word()))),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        map struct identifier ignored_any
    }
}

fn items<'de, V: Visitor<'de>>(values: &[Value<'_>], visitor: V) -> Result<V::Value, DecodeError> {
    let mut items = SeqDeserializer::new(values.iter().map(ValueReader));
    let value = visitor.visit_seq(&mut items)?;
    items.end().map(|()| value)
}
