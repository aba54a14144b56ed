//! Why a record cannot be read.

use std::fmt;
use std::sync::Arc;

use crate::client::RegistryError;
use crate::codec::{DecodeError, PrepareError};
use crate::framing::{FramingError, SchemaIdentity};
use crate::subject_name::SubjectNameError;

/// Where a record stands in its topic, as far as the caller said.
///
/// ```
/// use serde_client::Record;
/// use serde_client::deserializer::Position;
///
/// let position = Position { partition: 3, offset: 42 };
/// assert_eq!(Record::new(b"").at(3, 42).position, Some(position));
/// assert_eq!(Record::new(b"").position, None, "nobody has to say");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
}

/// Which record an error is about.
///
/// ```
/// use serde_client::deserializer::{DeserializeError, RecordPlace};
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let orders = Deserializer::<Avro>::builder(MockRegistry::new().client()).build().topic("orders");
/// let error = orders.deserialize_prepared::<i64>(Record::new(&[0, 0, 0, 0, 7, 14]).at(3, 42)).unwrap_err();
/// let DeserializeError::NotPrepared { place, .. } = error else { panic!("{error}") };
/// assert_eq!(place.to_string(), "topic `orders`, partition 3, offset 42");
/// # });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// The topic.
    pub topic: Arc<str>,
    /// Where in the topic, if the caller said so.
    pub position: Option<Position>,
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { partition, offset }) => {
                write!(formatter, "topic `{}`, partition {partition}, offset {offset}", self.topic)
            }
            None => write!(formatter, "topic `{}`", self.topic),
        }
    }
}

/// Why a record cannot be read. Its text tells the cause as well, so a log needs no chain of sources.
///
/// ```
/// use serde_client::deserializer::DeserializeError;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let orders = Deserializer::<Avro>::builder(MockRegistry::new().client()).build().topic("orders");
/// // Somebody writes to the topic without a serializer.
/// let error = orders.deserialize::<i64>(Record::new(b"{}")).await.unwrap_err();
/// assert!(matches!(error, DeserializeError::Framing { .. }) && !error.is_retriable());
/// # });
/// ```
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeserializeError {
    /// The record does not begin as a record of a schema registry's serializer.
    #[error("{place}: the record names no schema: {error}")]
    Framing {
        /// Which record.
        place: RecordPlace,
        /// Why.
        error: FramingError,
    },
    /// The subject is not known.
    #[error("{place}: no subject for the reader schema: {error}")]
    SubjectName {
        /// Which record.
        place: RecordPlace,
        /// Why.
        error: SubjectNameError,
    },
    /// The registry did not give a schema.
    #[error("{place}, {written}: the registry gave no {wanted}: {error}")]
    Registry {
        /// Which record.
        place: RecordPlace,
        /// What the record was written with.
        written: SchemaIdentity,
        /// Which schema was asked for.
        wanted: &'static str,
        /// Why.
        error: RegistryError,
    },
    /// The pair of writer and reader schema cannot be used by the codec.
    #[error("{place}, {written}: the schema cannot be used for reading: {error}")]
    Prepare {
        /// Which record.
        place: RecordPlace,
        /// What the record was written with.
        written: SchemaIdentity,
        /// Why.
        error: PrepareError,
    },
    /// The bytes are no record of the schema.
    #[error("{place}, {written}: the record cannot be read: {error}")]
    Decode {
        /// Which record.
        place: RecordPlace,
        /// What the record was written with.
        written: SchemaIdentity,
        /// Where and why.
        error: DecodeError,
    },
    /// The schema of the record was not prepared, and the call may not wait for the registry.
    #[error("{place}, {written}: the schema is not prepared")]
    NotPrepared {
        /// Which record.
        place: RecordPlace,
        /// What the record was written with.
        written: SchemaIdentity,
    },
}

impl DeserializeError {
    /// Whether the same record may be read later, because the registry could not be reached or was too busy.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::SubjectName { error: SubjectNameError::Registry { error, .. }, .. }
            | Self::Registry { error, .. } => error.is_retriable(),
            Self::NotPrepared { .. } => true,
            _ => false,
        }
    }
}
