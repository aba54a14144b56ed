//! How values become bytes and bytes become values, for each schema language.
//!
//! A [`Codec`] is compiled once for a schema (or a pair of writer and reader schema) and shared from then on; encoding
//! and decoding are synchronous and take no lock. Which codec a type can use is said by [`Encode`] and [`Decode`].

pub mod avro;
mod error;
pub mod json;
pub mod protobuf;
mod protobuf_schema;

use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;

use crate::framing::Body;
use crate::own_schema::OwnSchema;

pub use error::{DecodeError, EncodeError, PrepareError};

/// One way to write and read records of a schema language.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::Avro;
/// use serde_client::codec::{Codec, Encode};
///
/// let schema = ParsedSchema::parse(SchemaType::Avro, r#""long""#, &ResolvedReferences::none(), Strictness::New)?;
/// let writer = Avro::writer(&schema, None)?;
/// let mut record = Vec::new();
/// Encode::<Avro>::encode(&7_i64, &writer, &mut record)?;
/// assert_eq!(record, [14], "no prefix: the serializer puts it in front");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub trait Codec: Send + Sync + 'static {
    /// The language.
    const TYPE: SchemaType;
    /// What is compiled of a writer schema.
    type Writer: Send + Sync + 'static;
    /// What is compiled of a writer schema and the reader schema, if there is one.
    type Reader: Send + Sync + 'static;

    /// Compiles a schema for writing.
    ///
    /// `name` is the full name of the message that is written, where one schema holds several.
    ///
    /// # Errors
    /// [`PrepareError`] when the schema is of another language or cannot be used.
    fn writer(schema: &ParsedSchema, name: Option<&str>) -> Result<Self::Writer, PrepareError>;

    /// Compiles a pair of schemas for reading; without a reader schema, records are read as they were written.
    ///
    /// `name` is the full name of the message that is expected, where one schema holds several.
    ///
    /// # Errors
    /// [`PrepareError`] when a schema is of another language or cannot be used. A writer whose records the reader can
    /// read only sometimes is no error here.
    fn reader(
        writer: &ParsedSchema,
        reader: Option<&ParsedSchema>,
        name: Option<&str>,
        limits: Limits,
    ) -> Result<Self::Reader, PrepareError>;

    /// The message indexes that a writer puts behind the schema id, encoded; empty where the language has none.
    fn message_indexes(writer: &Self::Writer) -> &[u8] {
        let _ = writer;
        &[]
    }
}

/// A value that a codec can write.
///
/// ```
/// use serde_client::Json;
/// use serde_client::codec::{Codec, Encode, EncodeError};
///
/// fn length<C: Codec>(value: &impl Encode<C>, writer: &C::Writer) -> Result<usize, EncodeError> {
///     let mut record = Vec::new();
///     value.encode(writer, &mut record)?;
///     Ok(record.len())
/// }
///
/// // What is compiled of a schema is nothing where no document is validated.
/// assert_eq!(length::<Json>(&[1, 20], &())?, "[1,20]".len());
/// # Ok::<_, EncodeError>(())
/// ```
pub trait Encode<C: Codec> {
    /// Appends the record to `out`.
    ///
    /// # Errors
    /// [`EncodeError`] when the value does not fit the schema. What was appended by then is undefined; the serializer
    /// cuts it off.
    fn encode(&self, writer: &C::Writer, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// A value that a codec can read; it may borrow from the record.
///
/// ```
/// use serde_client::Json;
/// use serde_client::codec::Decode;
/// use serde_client::framing::Body;
///
/// let record = br#"["web", 7]"#;
/// let (source, id): (&str, u32) = Decode::<Json>::decode(&(), Body::bare(record))?;
/// assert_eq!((source, id), ("web", 7));
/// assert_eq!(source.as_ptr(), record[2..].as_ptr(), "the text is borrowed from the record");
/// # Ok::<_, serde_client::codec::DecodeError>(())
/// ```
pub trait Decode<'de, C: Codec>: Sized {
    /// Reads a record.
    ///
    /// # Errors
    /// [`DecodeError`] with the path of the field for whatever the bytes hold.
    fn decode(reader: &C::Reader, body: Body<'de>) -> Result<Self, DecodeError>;
}

/// A value whose type has a schema of its own.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::codec::{Described, PrepareError};
/// use serde_client::mock::MockRegistry;
/// use serde_client::own_schema::OwnSchema;
/// use serde_client::{Protobuf, Serializer};
///
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct Order {
///     #[prost(int64, tag = "1")]
///     id: i64,
/// }
///
/// impl Described<Protobuf> for Order {
///     fn own_schema() -> Result<OwnSchema, PrepareError> {
///         Ok(SchemaDefinition::protobuf(r#"syntax = "proto3"; message Order { int64 id = 1; }"#).into())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let orders = Serializer::<Protobuf, Order>::builder(MockRegistry::new().client()).own_schema()?.build();
/// assert_eq!(orders.prepare("orders").await?.schema_id(), Some(1));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub trait Described<C: Codec> {
    /// The schema.
    ///
    /// # Errors
    /// [`PrepareError`] when the type cannot be described in this language.
    fn own_schema() -> Result<OwnSchema, PrepareError>;

    /// The full name of the message, where the schema may declare several.
    #[must_use]
    fn message_name() -> Option<String> {
        None
    }
}

/// Bounds of what one record may make a decoder do.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::codec::Limits;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let schema = SchemaDefinition::avro(r#"{"type": "array", "items": {"type": "array", "items": "int"}}"#);
/// let lists = Serializer::<Avro, Vec<Vec<i32>>>::builder(client.clone()).schema(schema).build();
/// let record = lists.serialize("lists", Some(&vec![vec![1]])).await?.unwrap();
/// let flat = Limits { depth_max: 1, ..Limits::default() };
/// let flat = Deserializer::<Avro>::builder(client).limits(flat).build().topic("lists");
/// let error = flat.deserialize::<Vec<Vec<i32>>>(Record::new(&record)).await.unwrap_err();
/// assert!(error.to_string().contains("depth_max"), "{error}");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Values may nest this deep.
    pub depth_max: usize,
    /// Bytes that a decoder may allocate for one record in advance of reading it. Items that take no bytes on the wire
    /// (such as a list of nulls) count with the size they have in memory.
    pub allocation_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth_max: 128, allocation_max: 64 << 20 }
    }
}
