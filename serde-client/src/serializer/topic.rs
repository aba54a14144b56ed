//! The handle that writes records of one topic.

use std::marker::PhantomData;
use std::sync::Arc;

use schema::model::ids::{Guid, SchemaId};

use super::{Batch, SerializeError};
use crate::codec::{Codec, Encode};
use crate::framing::{KEY_HEADER, VALUE_HEADER};
use crate::subject_name::RecordPart;

/// Writes records of one topic with one schema.
///
/// Writing is synchronous and takes no lock; threads may share one handle. The schema stays the one that was found when
/// the handle was prepared.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let names = Serializer::<Avro, str>::builder(client).schema(SchemaDefinition::avro(r#""string""#)).build();
/// let names = names.prepare("names").await?;
/// let mut buffer = Vec::new();
/// for name in ["Ada", "Grace"] {
///     buffer.clear();
///     names.serialize_into(name, &mut buffer)?;
///     assert_eq!(buffer.get(6..), Some(name.as_bytes()));
/// }
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct TopicSerializer<C: Codec, T: ?Sized> {
    pub(super) writer: C::Writer,
    pub(super) subject: Arc<str>,
    pub(super) part: RecordPart,
    pub(super) id: Option<SchemaId>,
    pub(super) guid: Option<Guid>,
    /// Identity and message indexes, where they stand in front of the record.
    pub(super) prefix: Box<[u8]>,
    /// The same, where they stand in a header.
    pub(super) header: Option<Box<[u8]>>,
    pub(super) value: PhantomData<fn(&T)>,
}

impl<C: Codec, T: ?Sized> std::fmt::Debug for TopicSerializer<C, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("TopicSerializer");
        shown.field("subject", &self.subject).field("id", &self.id).finish_non_exhaustive()
    }
}

impl<C: Codec, T: ?Sized> TopicSerializer<C, T> {
    /// The subject that holds the schema.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The schema's id, where the registry told it.
    #[must_use]
    pub fn schema_id(&self) -> Option<SchemaId> {
        self.id
    }

    /// The schema's guid, where the registry told it.
    #[must_use]
    pub fn guid(&self) -> Option<Guid> {
        self.guid
    }

    /// Name and value of the header that every record must be sent with; `None` when records carry a prefix.
    #[must_use]
    pub fn header(&self) -> Option<(&'static str, &[u8])> {
        let name = match self.part {
            RecordPart::Key => KEY_HEADER,
            RecordPart::Value => VALUE_HEADER,
        };
        self.header.as_deref().map(|value| (name, value))
    }
}

impl<C: Codec, T: Encode<C> + ?Sized> TopicSerializer<C, T> {
    /// Appends the record of a value to `out`. On an error `out` is as it was.
    ///
    /// # Errors
    /// [`SerializeError::Encode`] when the value does not fit the schema.
    #[inline]
    pub fn serialize_into(&self, value: &T, out: &mut Vec<u8>) -> Result<(), SerializeError> {
        let start = out.len();
        out.extend_from_slice(&self.prefix);
        value.encode(&self.writer, out).map_err(|error| {
            out.truncate(start);
            SerializeError::Encode { subject: Arc::clone(&self.subject), error }
        })
    }

    /// The record of a value in a buffer of its own.
    ///
    /// # Errors
    /// As [`TopicSerializer::serialize_into`].
    pub fn serialize(&self, value: &T) -> Result<Vec<u8>, SerializeError> {
        let mut out = Vec::with_capacity(RECORD_LENGTH_GUESS);
        self.serialize_into(value, &mut out)?;
        Ok(out)
    }

    /// Adds the records of values to a batch. On an error the batch holds the records before the one that failed.
    ///
    /// # Errors
    /// As [`TopicSerializer::serialize_into`].
    pub fn serialize_batch<'v>(
        &self,
        values: impl IntoIterator<Item = &'v T>,
        batch: &mut Batch,
    ) -> Result<(), SerializeError>
    where
        T: 'v,
    {
        values.into_iter().try_for_each(|value| batch.append(|out| self.serialize_into(value, out)))
    }
}

/// Bytes that a record's own buffer begins with: most records of services fit.
const RECORD_LENGTH_GUESS: usize = 512;
