//! The codecs: one for `serde` types and one for [`Value`].

use schema::avro::AvroSchema;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use serde::{Deserialize, Serialize};

use super::de::{self, Decoder};
use super::output::Output;
use super::plan::{self, Meanings, Plan};
use super::ser;
use super::usual_size::UsualSize;
use super::value::{self, Value};
use crate::codec::{Codec, Decode, DecodeError, Encode, EncodeError, Limits, PrepareError};
use crate::framing::Body;

/// Any `serde` type against any schema.
///
/// A schema that is `"bytes"` and nothing else is written as the bytes themselves, without their length, and read so, as
/// the reference's serializers do. Logical types are not compared with those of a reader schema, as in the Java library: a
/// number in one unit is read as that number. Derived records ([`AvroNative`](super::native::AvroNative)) compare them.
///
/// Fields are found by their names. A Rust enum without values is an Avro enum; one with values is a union whose branches
/// its variants name (`Long(i64)`, or `Device(Device)` for a record `Device`), or an untagged enum. A field that a type
/// does not have is written as its default, or as null; a field that the schema does not have is an error. `Some(None)` is
/// null, as in `serde_json`: a union of Avro has no second null.
///
/// ```
/// use serde::Serialize;
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Serializer};
///
/// #[derive(Serialize)]
/// enum Id {
///     #[serde(rename = "long")]
///     Number(i64),
///     #[serde(rename = "string")]
///     Name(String),
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let schema = SchemaDefinition::avro(r#"["long", "string"]"#);
/// let ids = Serializer::<Avro, Id>::builder(MockRegistry::new().client()).schema(schema).build();
/// let ids = ids.prepare("ids").await?;
/// assert_eq!(ids.serialize(&Id::Number(3))?, [0, 0, 0, 0, 1, 0, 6], "prefix, branch, value");
/// assert_eq!(ids.serialize(&Id::Name("a".to_owned()))?, [0, 0, 0, 0, 1, 2, 2, b'a']);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Avro;

/// [`Value`] against any schema.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::codec::avro::Value;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{AvroValue, Deserializer, Record};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("ids-value", &SchemaDefinition::avro(r#"["long", "string"]"#), Normalize::No).await?;
/// // No Rust type says what the topic holds.
/// let ids = Deserializer::<AvroValue>::builder(client).build().topic("ids");
/// assert_eq!(ids.deserialize::<Value<'_>>(Record::new(&[0, 0, 0, 0, 1, 0, 14])).await?, Value::Long(7));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AvroValue;

/// A schema to write with.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::codec::Encode;
/// use serde_client::codec::avro::{Avro, AvroValue, Value, Writer};
///
/// let text = r#"["null", "long"]"#;
/// let schema = ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::none(), Strictness::New)?;
/// let writer = Writer::new(&schema)?;
/// let (mut typed, mut dynamic) = (Vec::new(), Vec::new());
/// Encode::<Avro>::encode(&Some(7), &writer, &mut typed)?;
/// Encode::<AvroValue>::encode(&Value::Long(7), &writer, &mut dynamic)?;
/// assert_eq!(typed, dynamic, "one for both codecs");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer {
    plan: Plan,
    usual_size: UsualSize,
}

/// A writer schema, and a reader schema if there is one, to read with.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::codec::Limits;
/// use serde_client::codec::avro::Reader;
/// use serde_client::framing::Body;
///
/// let text = r#""string""#;
/// let schema = ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::none(), Strictness::New)?;
/// let reader = Reader::new(&schema, None, Limits::default())?;
/// let mut name = String::with_capacity(64);
/// for record in [b"\x06Ada", b"\x06Bob"] {
///     reader.decode_into(Body::bare(record), &mut name)?;
/// }
/// assert_eq!((name.as_str(), name.capacity()), ("Bob", 64), "the memory is used again");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    plan: Plan,
    limits: Limits,
}

impl Writer {
    /// Compiles a schema.
    ///
    /// # Errors
    /// [`PrepareError`] when the schema is of another language.
    pub fn new(schema: &ParsedSchema) -> Result<Self, PrepareError> {
        Ok(Self { plan: plan::for_writing(avro(schema)?)?, usual_size: UsualSize::default() })
    }
}

impl Reader {
    /// Compiles a pair of schemas.
    ///
    /// # Errors
    /// [`PrepareError`] when a schema is of another language.
    pub fn new(
        writer: &ParsedSchema,
        reader: Option<&ParsedSchema>,
        limits: Limits,
    ) -> Result<Self, PrepareError> {
        let (writer, reader) = (avro(writer)?, reader.map(avro).transpose()?);
        Ok(Self { plan: plan::for_reading(writer, reader, Meanings::Ignored)?, limits })
    }

    /// The same, if numbers in one unit are not to be read as numbers in another.
    pub(super) fn by_meaning(writer: &AvroSchema, reader: &AvroSchema) -> Result<Self, PrepareError> {
        let plan = plan::for_reading(writer, Some(reader), Meanings::Compared)?;
        Ok(Self { plan, limits: Limits::default() })
    }

    /// Reads a record into a value that exists, whose memory is used again as far as its type can.
    ///
    /// # Errors
    /// [`DecodeError`] for whatever the bytes hold; the value is then in between.
    pub fn decode_into<'de, T: Deserialize<'de>>(
        &self,
        body: Body<'de>,
        place: &mut T,
    ) -> Result<(), DecodeError> {
        de::decode_into(&self.plan, self.limits, body.record(), place)
    }
}

/// The schema of this language.
pub(super) fn avro(schema: &ParsedSchema) -> Result<&AvroSchema, PrepareError> {
    match schema {
        ParsedSchema::Avro(schema) => Ok(schema),
        other => Err(PrepareError(format!(
            "the schema is of the type {}; use the codec of that type",
            other.schema_type().as_str()
        ))),
    }
}

macro_rules! codecs {
    ($($marker:ident)*) => {$(
        impl Codec for $marker {
            const TYPE: SchemaType = SchemaType::Avro;
            type Writer = Writer;
            type Reader = Reader;

            fn writer(schema: &ParsedSchema, _: Option<&str>) -> Result<Writer, PrepareError> {
                Writer::new(schema)
            }

            fn reader(
                writer: &ParsedSchema,
                reader: Option<&ParsedSchema>,
                _: Option<&str>,
                limits: Limits,
            ) -> Result<Reader, PrepareError> {
                Reader::new(writer, reader, limits)
            }
        }
    )*};
}

codecs! { Avro AvroValue }

impl<T: Serialize + ?Sized> Encode<Avro> for T {
    #[inline]
    fn encode(&self, writer: &Writer, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let size = ser::encode(&writer.plan, self, out, writer.usual_size.get())?;
        writer.usual_size.learn(size);
        Ok(())
    }
}

impl<'de, T: Deserialize<'de>> Decode<'de, Avro> for T {
    #[inline]
    fn decode(reader: &Reader, body: Body<'de>) -> Result<Self, DecodeError> {
        de::decode(&reader.plan, reader.limits, body.record())
    }
}

impl Encode<AvroValue> for Value<'_> {
    fn encode(&self, writer: &Writer, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let mut out = Output::new(out, writer.usual_size.get());
        let start = out.position();
        value::encode(&writer.plan, &mut out, writer.plan.root, self)?;
        writer.usual_size.learn(out.position() - start);
        Ok(())
    }
}

impl<'de> Decode<'de, AvroValue> for Value<'de> {
    fn decode(reader: &Reader, body: Body<'de>) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new(&reader.plan, reader.limits, body.record());
        let value = decoder.value(reader.plan.root).and_then(|value| decoder.input.finish().map(|()| value));
        value.map_err(|fault| fault.at(decoder.input.offset()))
    }
}
