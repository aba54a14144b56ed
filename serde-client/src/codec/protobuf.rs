//! Protobuf: messages that `prost` generates, and dynamic messages by their descriptor.

use prost::Message;
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage};
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::protobuf::ProtobufSchema;

use super::{Codec, Decode, DecodeError, Encode, EncodeError, Limits, PrepareError};
use crate::framing::{Body, MessageIndexes};

/// Messages that `prost` generates (or anything else that implements `prost::Message`).
///
/// ```
/// use prost::Message;
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Deserializer, Protobuf, Record, Serializer};
///
/// #[derive(Clone, PartialEq, Message)]
/// struct Order {
///     #[prost(int64, tag = "1")]
///     id: i64,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let text = r#"syntax = "proto3"; package shop; message Order { int64 id = 1; }"#;
/// let orders = Serializer::<Protobuf, Order>::builder(client.clone()).schema(SchemaDefinition::protobuf(text));
/// let record = orders.build().serialize("orders", Some(&Order { id: 5 })).await?.unwrap();
/// assert_eq!(record, [0, 0, 0, 0, 1, 0, 8, 5], "magic byte, schema id, message indexes, the message");
/// let orders = Deserializer::<Protobuf>::builder(client).message("shop.Order").build().topic("orders");
/// assert_eq!(orders.deserialize::<Order>(Record::new(&record)).await?.id, 5);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Protobuf;

/// Dynamic messages: what they hold is known from the schema alone.
///
/// ```
/// use prost_reflect::DynamicMessage;
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Deserializer, DynamicProtobuf, Record};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let order = SchemaDefinition::protobuf(r#"syntax = "proto3"; message Order { int64 id = 1; }"#);
/// client.register("orders-value", &order, Normalize::No).await?;
/// let orders = Deserializer::<DynamicProtobuf>::builder(client).build().topic("orders");
/// let order: DynamicMessage = orders.deserialize(Record::new(&[0, 0, 0, 0, 1, 0, 8, 5])).await?;
/// assert_eq!(order.get_field_by_name("id").and_then(|id| id.as_i64()), Some(5));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DynamicProtobuf;

/// What is compiled of a Protobuf schema for writing one of its messages.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::Protobuf;
/// use serde_client::codec::Codec;
///
/// let text = r#"syntax = "proto3"; message Order {} message Refund {}"#;
/// let schema = ParsedSchema::parse(SchemaType::Protobuf, text, &ResolvedReferences::none(), Strictness::New)?;
/// assert!(Protobuf::writer(&schema, None).is_err(), "the name says which of the two is written");
/// let writer = Protobuf::writer(&schema, Some("Refund"))?;
/// assert_eq!(Protobuf::message_indexes(&writer), [2, 2], "one step: to the second message");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MessageWriter {
    indexes: Vec<u8>,
    name: String,
}

impl MessageWriter {
    /// Full name of the message that is written.
    #[must_use]
    pub fn message_name(&self) -> &str {
        &self.name
    }

    fn new(schema: &ParsedSchema, name: Option<&str>) -> Result<Self, PrepareError> {
        let schema = protobuf(schema)?;
        let name = match (name, schema.top_level_messages().as_slice()) {
            (Some(name), _) => name.to_owned(),
            (None, [only]) => only.clone(),
            (None, []) => return Err(PrepareError("the schema declares no message".to_owned())),
            (None, several) => {
                let names = several.join("`, `");
                return Err(PrepareError(format!(
                    "the schema declares several messages (`{names}`): say which one is written"
                )));
            }
        };
        let path = schema.message_path(&name);
        let path = path.ok_or_else(|| PrepareError(format!("the schema declares no message `{name}`")))?;
        let indexes = MessageIndexes::new(&path)
            .ok_or_else(|| PrepareError(format!("the message `{name}` nests too deeply")))?;
        let mut encoded = Vec::new();
        indexes.write(&mut encoded);
        Ok(Self { indexes: encoded, name })
    }
}

/// What is compiled of a Protobuf schema for reading its records.
///
/// ```
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::Protobuf;
/// use serde_client::codec::{Codec, Decode, Limits};
/// use serde_client::framing::Body;
///
/// let text = r#"syntax = "proto3"; message Order {} message Refund {}"#;
/// let schema = ParsedSchema::parse(SchemaType::Protobuf, text, &ResolvedReferences::none(), Strictness::New)?;
/// let reader = Protobuf::reader(&schema, None, Some("Refund"), Limits::default())?;
/// // A body without message indexes holds the first message.
/// let error = <() as Decode<'_, Protobuf>>::decode(&reader, Body::bare(&[])).unwrap_err();
/// assert_eq!(error.reason(), "the record holds a message `Order`, where `Refund` is read");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MessageReader {
    writer: ProtobufSchema,
    /// The message that is expected, if the caller said so.
    expected: Option<String>,
    /// The path of that message in the writer's schema, so that the common case compares no names.
    expected_path: Option<MessageIndexes>,
    /// The same as it usually stands in front of a record.
    expected_bytes: Option<Vec<u8>>,
}

impl MessageReader {
    fn new(writer: &ParsedSchema, name: Option<&str>) -> Result<Self, PrepareError> {
        let writer = protobuf(writer)?;
        let expected_path = name.and_then(|name| writer.message_path(name));
        let expected_path = expected_path.and_then(|path| MessageIndexes::new(&path));
        let expected_bytes = expected_path.map(|path| {
            let mut bytes = Vec::new();
            path.write(&mut bytes);
            bytes
        });
        Ok(Self { writer: writer.clone(), expected: name.map(str::to_owned), expected_path, expected_bytes })
    }

    /// Whether the writer's schema declares the expected message.
    #[cfg(feature = "translator")]
    pub(crate) fn has_expected(&self) -> bool {
        self.expected_path.is_some()
    }

    /// The record behind the message indexes, which must lead to the expected message.
    #[inline]
    fn expected_record<'de>(&self, body: Body<'de>) -> Result<&'de [u8], DecodeError> {
        let expected = self.expected_bytes.as_deref().and_then(|indexes| body.record_behind(indexes));
        match expected {
            Some(record) => Ok(record),
            None => self.record(body).map(|(_, record)| record),
        }
    }

    /// The same with the indexes, in whatever form they are written.
    #[inline(never)]
    pub(crate) fn record<'de>(&self, body: Body<'de>) -> Result<(MessageIndexes, &'de [u8]), DecodeError> {
        let (indexes, record) = body.indexed_record().map_err(|error| DecodeError::new(error.to_string()))?;
        match &self.expected {
            Some(expected)
                if self.expected_path.as_ref().is_none_or(|path| path.path() != indexes.path()) =>
            {
                Err(self.unexpected(indexes, expected))
            }
            _ => Ok((indexes, record)),
        }
    }

    #[cold]
    fn unexpected(&self, indexes: MessageIndexes, expected: &str) -> DecodeError {
        let found = self.writer.message_name(indexes.path());
        let found = found.map_or_else(|| no_message(indexes), |name| format!("a message `{name}`"));
        DecodeError::new(format!("the record holds {found}, where `{expected}` is read"))
    }
}

fn no_message(indexes: MessageIndexes) -> String {
    format!("message indexes {:?} that lead to no message of the schema", indexes.path())
}

#[cold]
fn malformed(error: prost::DecodeError) -> DecodeError {
    DecodeError::new(error.to_string())
}

fn protobuf(schema: &ParsedSchema) -> Result<&ProtobufSchema, PrepareError> {
    match schema {
        ParsedSchema::Protobuf(schema) => Ok(schema),
        other => Err(PrepareError::of_type(other.schema_type(), SchemaType::Protobuf)),
    }
}

impl Codec for Protobuf {
    const TYPE: SchemaType = SchemaType::Protobuf;
    type Writer = MessageWriter;
    type Reader = MessageReader;

    fn writer(schema: &ParsedSchema, name: Option<&str>) -> Result<MessageWriter, PrepareError> {
        MessageWriter::new(schema, name)
    }

    /// `prost` resolves by field number, so the reader schema is the type itself.
    fn reader(
        writer: &ParsedSchema,
        _: Option<&ParsedSchema>,
        name: Option<&str>,
        _: Limits,
    ) -> Result<MessageReader, PrepareError> {
        MessageReader::new(writer, name)
    }

    fn message_indexes(writer: &MessageWriter) -> &[u8] {
        &writer.indexes
    }
}

impl<T: Message> Encode<Protobuf> for T {
    fn encode(&self, _: &MessageWriter, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.encode_raw(out);
        Ok(())
    }
}

impl<T: Message + Default> Decode<'_, Protobuf> for T {
    #[inline]
    fn decode(reader: &MessageReader, body: Body<'_>) -> Result<Self, DecodeError> {
        let record = reader.expected_record(body)?;
        T::decode(record).map_err(malformed)
    }
}

/// What is compiled of a Protobuf schema for reading dynamic messages.
///
/// ```
/// use prost_reflect::{DynamicMessage, ReflectMessage};
/// use serde_client::schema::{format::Strictness, model::schema::SchemaType, parsed::ParsedSchema, references::ResolvedReferences};
/// use serde_client::DynamicProtobuf;
/// use serde_client::codec::{Codec, Decode, Limits};
/// use serde_client::framing;
///
/// let text = r#"syntax = "proto3"; message Order {} message Refund {}"#;
/// let schema = ParsedSchema::parse(SchemaType::Protobuf, text, &ResolvedReferences::none(), Strictness::New)?;
/// let reader = DynamicProtobuf::reader(&schema, None, None, Limits::default())?;
/// let body = framing::read(&[0, 0, 0, 0, 1, 2, 2], None)?.body;
/// let refund = <DynamicMessage as Decode<'_, DynamicProtobuf>>::decode(&reader, body)?;
/// assert_eq!(refund.descriptor().name(), "Refund", "as the record's message indexes say");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DynamicReader {
    messages: MessageReader,
    pool: prost_reflect::DescriptorPool,
    /// Descriptors by their path in the writer's schema, for the expected message only.
    expected: Option<MessageDescriptor>,
}

impl Codec for DynamicProtobuf {
    const TYPE: SchemaType = SchemaType::Protobuf;
    type Writer = MessageWriter;
    type Reader = DynamicReader;

    fn writer(schema: &ParsedSchema, name: Option<&str>) -> Result<MessageWriter, PrepareError> {
        MessageWriter::new(schema, name)
    }

    /// Messages are read with the descriptors of the reader schema, or of the writer's where there is none.
    fn reader(
        writer: &ParsedSchema,
        reader: Option<&ParsedSchema>,
        name: Option<&str>,
        _: Limits,
    ) -> Result<DynamicReader, PrepareError> {
        let messages = MessageReader::new(writer, name)?;
        let read_with = protobuf(reader.unwrap_or(writer))?;
        let pool = read_with.descriptor_pool().map_err(|error| PrepareError(error.to_string()))?;
        let expected = name.map(|name| descriptor(&pool, name).map_err(PrepareError)).transpose()?;
        Ok(DynamicReader { messages, pool, expected })
    }

    fn message_indexes(writer: &MessageWriter) -> &[u8] {
        &writer.indexes
    }
}

fn descriptor(pool: &prost_reflect::DescriptorPool, name: &str) -> Result<MessageDescriptor, String> {
    pool.get_message_by_name(name).ok_or_else(|| format!("the reader schema declares no message `{name}`"))
}

impl Encode<DynamicProtobuf> for DynamicMessage {
    fn encode(&self, writer: &MessageWriter, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let descriptor = self.descriptor();
        if descriptor.full_name() != writer.name {
            let reason =
                format!("the message is a `{}`, where `{}` is written", descriptor.full_name(), writer.name);
            return Err(EncodeError::new(reason));
        }
        self.encode_raw(out);
        Ok(())
    }
}

impl Decode<'_, DynamicProtobuf> for DynamicMessage {
    fn decode(reader: &DynamicReader, body: Body<'_>) -> Result<Self, DecodeError> {
        let (indexes, record) = reader.messages.record(body)?;
        let descriptor = match &reader.expected {
            Some(expected) => expected.clone(),
            None => {
                let name = reader.messages.writer.message_name(indexes.path());
                let name =
                    name.ok_or_else(|| DecodeError::new(format!("the record has {}", no_message(indexes))))?;
                descriptor(&reader.pool, &name).map_err(DecodeError::new)?
            }
        };
        Self::decode(descriptor, record).map_err(malformed)
    }
}
