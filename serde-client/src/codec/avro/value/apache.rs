//! From and to the values of the crate `apache-avro`.

use std::borrow::Cow;
use std::sync::Arc;

use apache_avro::types::Value as Apache;

use super::{Record, Value};
use crate::codec::EncodeError;
use crate::codec::avro::shape::{EnumShape, FieldShape, FixedShape, RecordShape, TypeName};

/// The base type of each value; `Apache::resolve` adds the logical types and the branches of unions of a schema.
impl From<Value<'_>> for Apache {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Boolean(value) => Self::Boolean(value),
            Value::Int(value) => Self::Int(value),
            Value::Long(value) => Self::Long(value),
            Value::Float(value) => Self::Float(value),
            Value::Double(value) => Self::Double(value),
            Value::Bytes(value) => Self::Bytes(value.into_owned()),
            Value::String(value) => Self::String(value.into_owned()),
            Value::Fixed(_, value) => Self::Fixed(value.len(), value.into_owned()),
            Value::Enum(shape, number) => Self::Enum(number, shape.symbol(number).to_owned()),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Map(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (key.into_owned(), value.into())).collect())
            }
            Value::Record(record) => {
                let names = record.shape.fields.iter().map(|field| field.name.to_string());
                Self::Record(names.zip(record.values.into_iter().map(Self::from)).collect())
            }
        }
    }
}

/// Logical types become their base type. Named types have no name, so in a union of several the one with the same
/// fields, symbols or size is written.
impl TryFrom<Apache> for Value<'static> {
    type Error = EncodeError;

    fn try_from(value: Apache) -> Result<Self, EncodeError> {
        Ok(match value {
            Apache::Null => Self::Null,
            Apache::Boolean(value) => Self::Boolean(value),
            Apache::Int(value) | Apache::Date(value) | Apache::TimeMillis(value) => Self::Int(value),
            Apache::Long(value)
            | Apache::TimeMicros(value)
            | Apache::TimestampMillis(value)
            | Apache::TimestampMicros(value)
            | Apache::TimestampNanos(value)
            | Apache::LocalTimestampMillis(value)
            | Apache::LocalTimestampMicros(value)
            | Apache::LocalTimestampNanos(value) => Self::Long(value),
            Apache::Float(value) => Self::Float(value),
            Apache::Double(value) => Self::Double(value),
            Apache::Bytes(value) => Self::Bytes(Cow::Owned(value)),
            Apache::Decimal(value) => Self::Bytes(Cow::Owned(Vec::try_from(&value).map_err(unusable)?)),
            Apache::String(value) => Self::String(Cow::Owned(value)),
            Apache::Uuid(value) => Self::String(Cow::Owned(value.to_string())),
            Apache::Fixed(_, value) => fixed(value),
            Apache::Duration(value) => fixed(<[u8; 12]>::from(value).to_vec()),
            Apache::Enum(_, symbol) => {
                Self::Enum(Arc::new(EnumShape { name: TypeName::none(), symbols: [symbol.into()].into() }), 0)
            }
            Apache::Union(_, value) => (*value).try_into()?,
            Apache::Array(items) => {
                Self::Array(items.into_iter().map(Self::try_from).collect::<Result<_, _>>()?)
            }
            Apache::Map(entries) => {
                let entries =
                    entries.into_iter().map(|(key, value)| Ok((Cow::Owned(key), value.try_into()?)));
                Self::Map(entries.collect::<Result<_, EncodeError>>()?)
            }
            Apache::Record(fields) => {
                let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
                let fields = names.into_iter().map(|name| FieldShape { name: name.into(), logical: None });
                let shape = RecordShape { name: TypeName::none(), fields: fields.collect() };
                let values: Result<Box<[Self]>, EncodeError> =
                    values.into_iter().map(Self::try_from).collect();
                Self::Record(Record { shape: Arc::new(shape), values: values? })
            }
            other @ Apache::BigDecimal(_) => {
                return Err(unusable(format!("{other:?} has no base type; write it as bytes")));
            }
        })
    }
}

fn fixed(bytes: Vec<u8>) -> Value<'static> {
    let shape = FixedShape { name: TypeName::none(), size: bytes.len(), logical: None };
    Value::Fixed(Arc::new(shape), Cow::Owned(bytes))
}

fn unusable(reason: impl ToString) -> EncodeError {
    EncodeError::new(reason.to_string())
}
