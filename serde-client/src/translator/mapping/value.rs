//! Values of a [`Model`](super::shape::Model). What a value means is said by its type alone.

use std::borrow::Cow;

/// A value; texts and bytes may be borrowed from the record.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A field that was left out.
    Absent,
    /// Null.
    Null,
    /// A boolean.
    Boolean(bool),
    /// Integers but for those that need all 64 bits without a sign; dates and times in the unit of their type.
    Int(i64),
    /// Integers of 64 bits without a sign.
    Unsigned(u64),
    /// Both precisions of binary floating point.
    Double(f64),
    /// Texts.
    String(Cow<'a, str>),
    /// Bytes; decimals as unscaled big-endian two's complement.
    Bytes(Cow<'a, [u8]>),
    /// The position of an enum's symbol.
    Symbol(u32),
    /// A list.
    List(Vec<Value<'a>>),
    /// A map, in the order of the record.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
    /// The fields of a record in the order of its type.
    Record(Vec<Value<'a>>),
    /// The position of a union's branch, and what stands in it.
    Branch(u32, Box<Value<'a>>),
    /// A document that no schema describes.
    Json(Cow<'a, serde_json::Value>),
}

impl Value<'_> {
    /// The same value, borrowed.
    #[must_use]
    pub fn borrow(&self) -> Value<'_> {
        match self {
            Self::Absent => Value::Absent,
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Unsigned(value) => Value::Unsigned(*value),
            Self::Double(value) => Value::Double(*value),
            Self::String(text) => Value::String(Cow::Borrowed(text)),
            Self::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
            Self::Symbol(position) => Value::Symbol(*position),
            Self::List(items) => Value::List(items.iter().map(Value::borrow).collect()),
            Self::Map(entries) => Value::Map(
                entries.iter().map(|(key, value)| (Cow::Borrowed(&**key), value.borrow())).collect(),
            ),
            Self::Record(fields) => Value::Record(fields.iter().map(Value::borrow).collect()),
            Self::Branch(position, value) => Value::Branch(*position, Box::new(value.borrow())),
            Self::Json(document) => Value::Json(Cow::Borrowed(document)),
        }
    }

    /// The same value, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Absent => Value::Absent,
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(value),
            Self::Int(value) => Value::Int(value),
            Self::Unsigned(value) => Value::Unsigned(value),
            Self::Double(value) => Value::Double(value),
            Self::String(text) => Value::String(Cow::Owned(text.into_owned())),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Self::Symbol(position) => Value::Symbol(position),
            Self::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Self::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            ),
            Self::Record(fields) => Value::Record(fields.into_iter().map(Value::into_owned).collect()),
            Self::Branch(position, value) => Value::Branch(position, Box::new(value.into_owned())),
            Self::Json(document) => Value::Json(Cow::Owned(document.into_owned())),
        }
    }

    /// Whether nothing is there: null, or left out.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Absent | Self::Null | Self::Json(Cow::Borrowed(serde_json::Value::Null)))
            || matches!(self, Self::Json(Cow::Owned(serde_json::Value::Null)))
    }

    /// What this is, for messages.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Absent => "nothing",
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Int(_) | Self::Unsigned(_) => "an integer",
            Self::Double(_) => "a number",
            Self::String(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Symbol(_) => "a symbol",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Record(_) => "a record",
            Self::Branch(..) => "a branch of a union",
            Self::Json(_) => "a document",
        }
    }
}
