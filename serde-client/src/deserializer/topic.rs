//! The handle that reads records of one topic.

use std::sync::Arc;

use schema::parsed::ParsedSchema;

use super::builder::{Lookout, ReaderSchema, Settings};
use super::error::{DeserializeError, Position, RecordPlace};
use super::prepared::Prepared;
use crate::client::{RegisteredSchema, RegistryClient, RegistryError};
use crate::codec::{Codec, Decode};
use crate::framing::{self, Body, Frame, SchemaIdentity};
use crate::own_schema::parsed_own;

/// A record as it comes from a topic.
///
/// ```
/// use serde_client::Record;
///
/// let payload = [0, 0, 0, 0, 1, 6];
/// let record = Record::new(&payload).with_schema_header(None).at(3, 42);
/// assert_eq!(record.position.map(|position| position.offset), Some(42));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// The bytes of the key or the value.
    pub payload: &'a [u8],
    /// The last header that names the schema of this part, see [`framing::KEY_HEADER`] and [`framing::VALUE_HEADER`].
    pub schema_header: Option<&'a [u8]>,
    /// Where it stands; errors name it.
    pub position: Option<Position>,
}

impl<'a> Record<'a> {
    /// A record with a prefix.
    #[must_use]
    pub fn new(payload: &'a [u8]) -> Self {
        Self { payload, ..Self::default() }
    }

    /// The record with the header that names its schema, if it has one.
    #[must_use]
    pub fn with_schema_header(self, schema_header: Option<&'a [u8]>) -> Self {
        Self { schema_header, ..self }
    }

    /// The record with its place in the topic.
    #[must_use]
    pub fn at(self, partition: i32, offset: i64) -> Self {
        Self { position: Some(Position { partition, offset }), ..self }
    }
}

/// Reads records of one topic. Threads may share one.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::deserializer::DeserializeError;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let names = Serializer::<Avro, str>::builder(client.clone()).schema(SchemaDefinition::avro(r#""string""#));
/// let payload = names.build().serialize("names", Some("Ada")).await?.unwrap();
/// let record = Record::new(&payload);
/// let names = Deserializer::<Avro>::builder(client).build().topic("names");
///
/// // A thread that may not wait reads what has been prepared.
/// let unknown = names.deserialize_prepared::<&str>(record);
/// assert!(matches!(unknown, Err(DeserializeError::NotPrepared { .. })));
/// names.prepare(record).await?;
/// assert_eq!(names.deserialize_prepared::<&str>(record)?, "Ada");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct TopicDeserializer<C: Codec> {
    client: RegistryClient,
    settings: Arc<Settings>,
    topic: Arc<str>,
    readers: Prepared<C::Reader>,
}

impl<C: Codec> std::fmt::Debug for TopicDeserializer<C> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TopicDeserializer").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl<C: Codec> TopicDeserializer<C> {
    pub(super) fn new(client: RegistryClient, settings: Arc<Settings>, topic: &str) -> Self {
        Self { client, settings, topic: topic.into(), readers: Prepared::default() }
    }

    /// The value of a record. Waits for the registry only when the schema has not been met yet.
    ///
    /// # Errors
    /// [`DeserializeError`] with the place of the record.
    pub async fn deserialize<'de, T: Decode<'de, C>>(
        &self,
        record: Record<'de>,
    ) -> Result<T, DeserializeError> {
        let frame = self.frame(record)?;
        if let Some(value) = self.readers.with(frame.identity, |reader| self.decode(reader, record, frame)) {
            return value;
        }
        let reader = self.reader(record, frame.identity).await?;
        self.decode(&*reader, record, frame)
    }

    /// The value of a record whose schema has been met: never waits.
    ///
    /// # Errors
    /// [`DeserializeError::NotPrepared`] when the schema has not been met: [`TopicDeserializer::prepare`] it.
    #[inline]
    pub fn deserialize_prepared<'de, T: Decode<'de, C>>(
        &self,
        record: Record<'de>,
    ) -> Result<T, DeserializeError> {
        let frame = self.frame(record)?;
        match self.readers.first(frame.identity) {
            Some(reader) => self.decode(reader, record, frame),
            None => self.deserialize_later_met(record, frame),
        }
    }

    #[inline(never)]
    fn deserialize_later_met<'de, T: Decode<'de, C>>(
        &self,
        record: Record<'de>,
        frame: Frame<'de>,
    ) -> Result<T, DeserializeError> {
        let value = self.readers.with(frame.identity, |reader| self.decode(reader, record, frame));
        value.unwrap_or_else(|| {
            Err(DeserializeError::NotPrepared { place: self.place(record), written: frame.identity })
        })
    }

    /// The value of a record, or nothing for a tombstone: a record without payload.
    ///
    /// # Errors
    /// As [`TopicDeserializer::deserialize`].
    pub async fn deserialize_nullable<'de, T: Decode<'de, C>>(
        &self,
        payload: Option<&'de [u8]>,
        schema_header: Option<&'de [u8]>,
    ) -> Result<Option<T>, DeserializeError> {
        match payload {
            Some(payload) => {
                let record = Record::new(payload).with_schema_header(schema_header);
                self.deserialize(record).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Makes sure that records like this one can be read without waiting.
    ///
    /// # Errors
    /// [`DeserializeError`] when the record names no schema, or the schema cannot be had or used.
    pub async fn prepare(&self, record: Record<'_>) -> Result<(), DeserializeError> {
        let identity = self.frame(record)?.identity;
        if self.readers.with(identity, |_| ()).is_none() {
            self.reader(record, identity).await?;
        }
        Ok(())
    }

    #[inline]
    fn frame<'de>(&self, record: Record<'de>) -> Result<Frame<'de>, DeserializeError> {
        let header = match self.settings.lookout {
            Lookout::HeaderOrPrefix => record.schema_header,
            Lookout::Prefix => None,
            Lookout::Fixed(identity) => return Ok(Frame { identity, body: Body::bare(record.payload) }),
        };
        framing::read(record.payload, header)
            .map_err(|error| DeserializeError::Framing { place: self.place(record), error })
    }

    #[inline]
    fn decode<'de, T: Decode<'de, C>>(
        &self,
        reader: &C::Reader,
        record: Record<'de>,
        frame: Frame<'de>,
    ) -> Result<T, DeserializeError> {
        T::decode(reader, frame.body).map_err(|error| DeserializeError::Decode {
            place: self.place(record),
            written: frame.identity,
            error,
        })
    }

    #[cold]
    fn place(&self, record: Record<'_>) -> RecordPlace {
        RecordPlace { topic: Arc::clone(&self.topic), position: record.position }
    }

    /// Asks for the schemas and compiles the reader. Callers that ask for the same at once share the requests in the
    /// client's cache.
    async fn reader(
        &self,
        record: Record<'_>,
        written: SchemaIdentity,
    ) -> Result<Arc<C::Reader>, DeserializeError> {
        let place = self.place(record);
        let writer = self.writer_schema(&place, written).await?;
        let reader = self.reader_schema(&writer, &place, written).await?;
        let message = self.settings.message.as_deref();
        let compiled = C::reader(&writer, reader.as_deref(), message, self.settings.limits)
            .map_err(|error| DeserializeError::Prepare { place, written, error })?;
        let compiled = Arc::new(compiled);
        self.readers.insert(written, &compiled);
        Ok(compiled)
    }

    /// The schema that a record was written with. The subject goes along where it is known beforehand: it tells the
    /// registry which context the id belongs to.
    async fn writer_schema(
        &self,
        place: &RecordPlace,
        written: SchemaIdentity,
    ) -> Result<Arc<ParsedSchema>, DeserializeError> {
        let registered = match written {
            SchemaIdentity::Id(id) if self.settings.strategy.needs_record_name() => {
                self.client.schema_by_id(id, None).await
            }
            SchemaIdentity::Id(id) => {
                let subject = self.subject(place, None).await?;
                self.client.schema_by_id(id, Some(&subject)).await
            }
            SchemaIdentity::Guid(guid) => self.client.schema_by_guid(guid).await,
        };
        self.parsed(registered, "writer schema", place, written).await
    }

    /// The schema that records are read as; none where they are read as they were written.
    async fn reader_schema(
        &self,
        writer: &ParsedSchema,
        place: &RecordPlace,
        written: SchemaIdentity,
    ) -> Result<Option<Arc<ParsedSchema>>, DeserializeError> {
        let registered = match &self.settings.reader {
            ReaderSchema::Writer => return Ok(None),
            ReaderSchema::Given(own) => {
                let parsed = parsed_own(&self.client, own).await;
                return parsed.map(Some).map_err(|error| failed("reader schema", place, written, error));
            }
            ReaderSchema::Latest => {
                let subject = self.subject(place, Some(writer)).await?;
                self.client.latest_version(&subject).await
            }
            ReaderSchema::LatestWithMetadata(metadata) => {
                let subject = self.subject(place, Some(writer)).await?;
                self.client.latest_with_metadata(&subject, metadata).await
            }
        };
        self.parsed(registered, "reader schema", place, written).await.map(Some)
    }

    async fn parsed(
        &self,
        registered: Result<Arc<RegisteredSchema>, RegistryError>,
        wanted: &'static str,
        place: &RecordPlace,
        written: SchemaIdentity,
    ) -> Result<Arc<ParsedSchema>, DeserializeError> {
        let parsed = match registered {
            Ok(registered) => self.client.parsed(&registered).await,
            Err(error) => Err(error),
        };
        parsed.map_err(|error| failed(wanted, place, written, error))
    }

    async fn subject(
        &self,
        place: &RecordPlace,
        writer: Option<&ParsedSchema>,
    ) -> Result<String, DeserializeError> {
        let named = writer.and_then(ParsedSchema::record_name);
        let record_name = self.settings.message.as_deref().or(named.as_deref());
        let Settings { strategy, part, .. } = &*self.settings;
        let subject = strategy.subject(&self.client, &self.topic, *part, record_name).await;
        subject.map_err(|error| DeserializeError::SubjectName { place: place.clone(), error })
    }
}

fn failed(
    wanted: &'static str,
    place: &RecordPlace,
    written: SchemaIdentity,
    error: RegistryError,
) -> DeserializeError {
    DeserializeError::Registry { place: place.clone(), written, wanted, error }
}
