//! Values of any schema, borrowed from the record where they can be.

#[cfg(any(test, feature = "apache-avro"))]
mod apache;
mod decode;
mod encode;
mod serde;

use std::borrow::Cow;
use std::sync::Arc;

use super::shape::{EnumShape, FixedShape, RecordShape, TypeName};

pub(super) use encode::encode;
pub(super) use serde::ValueReader;

/// A value. A union has no variant: what is written into one finds its branch by its kind and name.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::codec::avro::Value;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{AvroValue, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let schema = SchemaDefinition::avro(r#"["null", "long", "string"]"#);
/// let values = Serializer::<AvroValue, Value<'_>>::builder(MockRegistry::new().client()).schema(schema).build();
/// let values = values.prepare("values").await?;
/// assert_eq!(values.serialize(&Value::Long(7))?, [0, 0, 0, 0, 1, 2, 14]);
/// assert_eq!(values.serialize(&Value::String("/".into()))?, [0, 0, 0, 0, 1, 4, 2, b'/']);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'de> {
    /// `null`.
    Null,
    /// `boolean`.
    Boolean(bool),
    /// `int`.
    Int(i32),
    /// `long`.
    Long(i64),
    /// `float`.
    Float(f32),
    /// `double`.
    Double(f64),
    /// `bytes`.
    Bytes(Cow<'de, [u8]>),
    /// `string`.
    String(Cow<'de, str>),
    /// A `fixed`.
    Fixed(Arc<FixedShape>, Cow<'de, [u8]>),
    /// An `enum`: the number of its symbol.
    Enum(Arc<EnumShape>, u32),
    /// An `array`.
    Array(Vec<Value<'de>>),
    /// A `map`, in the order of the record.
    Map(Vec<(Cow<'de, str>, Value<'de>)>),
    /// A `record`.
    Record(Record<'de>),
}

/// The fields of a record.
///
/// ```
/// use serde_client::AvroRecord;
/// use serde_client::codec::avro::{Reader, Value};
/// use serde_client::codec::{Decode, Limits};
/// use serde_client::framing::Body;
///
/// #[derive(AvroRecord)]
/// struct Click {
///     id: i64,
///     url: String,
/// }
///
/// let reader = Reader::new(Click::parsed_schema()?, None, Limits::default())?;
/// let Value::Record(click) = Value::decode(&reader, Body::bare(b"\x0e\x02/"))? else { panic!("no record") };
/// assert_eq!(click.get("url"), Some(&Value::String("/".into())));
/// assert_eq!(click.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["id", "url"]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'de> {
    /// The names.
    shape: Arc<RecordShape>,
    /// As many as the shape has fields.
    values: Box<[Value<'de>]>,
}

impl<'de> Record<'de> {
    /// A record of `shape`; `None` when there are more or fewer values than fields.
    #[must_use]
    pub fn new(shape: Arc<RecordShape>, values: Vec<Value<'de>>) -> Option<Self> {
        (shape.fields.len() == values.len()).then(|| Self { shape, values: values.into_boxed_slice() })
    }

    /// Name and fields.
    #[must_use]
    pub fn shape(&self) -> &Arc<RecordShape> {
        &self.shape
    }

    /// The values in the order of the schema.
    #[must_use]
    pub fn values(&self) -> &[Value<'de>] {
        &self.values
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'de>> {
        self.values.get(self.shape.position(name)?)
    }

    /// Names and values in the order of the schema.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'de>)> {
        self.shape.fields.iter().zip(&self.values).map(|(field, value)| (&*field.name, value))
    }

    /// The values, taken out.
    #[must_use]
    pub fn into_values(self) -> Vec<Value<'de>> {
        self.values.into_vec()
    }
}

impl Value<'_> {
    /// A value that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(value),
            Self::Int(value) => Value::Int(value),
            Self::Long(value) => Value::Long(value),
            Self::Float(value) => Value::Float(value),
            Self::Double(value) => Value::Double(value),
            Self::Bytes(value) => Value::Bytes(Cow::Owned(value.into_owned())),
            Self::String(value) => Value::String(Cow::Owned(value.into_owned())),
            Self::Fixed(shape, value) => Value::Fixed(shape, Cow::Owned(value.into_owned())),
            Self::Enum(shape, symbol) => Value::Enum(shape, symbol),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            ),
            Self::Record(record) => Value::Record(Record {
                shape: record.shape,
                values: record.values.into_iter().map(Value::into_owned).collect(),
            }),
        }
    }

    /// What this is, for messages.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Int(_) => "an int",
            Self::Long(_) => "a long",
            Self::Float(_) => "a float",
            Self::Double(_) => "a double",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "a string",
            Self::Fixed(..) => "a fixed",
            Self::Enum(..) => "an enum",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
            Self::Record(_) => "a record",
        }
    }

    /// Whether a variant of this name means the type of the value.
    fn is_named(&self, variant: &str) -> bool {
        match (self.type_name(), self) {
            (Some(name), _) => variant == name.simple() || variant == name.full(),
            (None, Self::Null) => variant.eq_ignore_ascii_case("null"),
            (None, other) => {
                variant.eq_ignore_ascii_case(other.word().split(' ').next_back().unwrap_or_default())
            }
        }
    }

    fn type_name(&self) -> Option<&TypeName> {
        match self {
            Self::Record(record) => Some(&record.shape.name),
            Self::Enum(shape, _) => Some(&shape.name),
            Self::Fixed(shape, _) => Some(&shape.name),
            _ => None,
        }
    }
}
