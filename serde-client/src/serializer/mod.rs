//! From values to records: the whole way, once for every format.
//!
//! A [`Serializer`] is prepared for a topic, which asks the registry; the [`TopicSerializer`] that results writes records
//! without waiting, locking or allocating.

mod batch;
mod builder;
mod error;
mod imports;
mod prepare;
mod topic;

pub use batch::Batch;
pub use builder::{Placement, SerializerBuilder, Strictness, WriterSchema};
pub use error::SerializeError;
pub use topic::TopicSerializer;

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use arc_swap::ArcSwap;
use builder::Settings;

use crate::client::RegistryClient;
use crate::codec::{Codec, Encode};

/// Topics that one serializer keeps prepared; beyond that it starts anew.
const TOPICS_MAX: usize = 10_000;

type Topics<C, T> = HashMap<String, Arc<TopicSerializer<C, T>>>;

/// Writes values of one type as records of any topic. Clones share what they have prepared.
///
/// ```
/// use serde_client::mock::{MockRegistry, Route};
/// use serde_client::{AvroNative, AvroRecord, Serializer};
///
/// #[derive(AvroRecord)]
/// struct Click {
///     id: i64,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let serializer = Serializer::<AvroNative, Click>::builder(registry.client()).own_schema()?.build();
/// let record = serializer.serialize("clicks", Some(&Click { id: 3 })).await?;
/// assert_eq!(record.as_deref(), Some(&[0, 0, 0, 0, 1, 6][..]), "magic byte, schema id 1, the record");
///
/// // Nothing becomes a tombstone, and the registry is asked once however many records there are.
/// assert_eq!(serializer.serialize("clicks", None).await?, None);
/// serializer.serialize("clicks", Some(&Click { id: 4 })).await?;
/// assert_eq!(registry.requests(Route::RegisterSchema), 1);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Serializer<C: Codec, T: ?Sized> {
    client: RegistryClient,
    settings: Arc<Settings>,
    topics: Arc<ArcSwap<Topics<C, T>>>,
    value: PhantomData<fn(&T)>,
}

impl<C: Codec, T: ?Sized> Clone for Serializer<C, T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            settings: Arc::clone(&self.settings),
            topics: Arc::clone(&self.topics),
            value: PhantomData,
        }
    }
}

impl<C: Codec, T: ?Sized> std::fmt::Debug for Serializer<C, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Serializer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl<C: Codec, T: Encode<C> + ?Sized> Serializer<C, T> {
    /// Starts a serializer that asks this registry.
    pub fn builder(client: RegistryClient) -> SerializerBuilder<C, T> {
        SerializerBuilder::new(client)
    }

    /// A handle for one topic, made anew: the subject is named and its schema is registered or looked up. Answers of the
    /// registry come from the client's cache where it has them.
    ///
    /// # Errors
    /// [`SerializeError`] when there is no subject, or its schema cannot be had or used.
    pub async fn prepare(&self, topic: &str) -> Result<TopicSerializer<C, T>, SerializeError> {
        prepare::prepare(&self.client, &self.settings, topic).await
    }

    /// The handle for one topic, prepared on its first use and kept.
    ///
    /// # Errors
    /// As [`Serializer::prepare`]; failures are not kept.
    pub async fn topic(&self, topic: &str) -> Result<Arc<TopicSerializer<C, T>>, SerializeError> {
        if let Some(prepared) = self.topics.load().get(topic) {
            return Ok(Arc::clone(prepared));
        }
        let prepared = Arc::new(self.prepare(topic).await?);
        self.topics.rcu(|topics| {
            let mut topics = if topics.len() < TOPICS_MAX { Topics::clone(topics) } else { Topics::new() };
            topics.insert(topic.to_owned(), Arc::clone(&prepared));
            topics
        });
        Ok(prepared)
    }

    /// The record of a value; nothing for nothing, which Kafka calls a tombstone.
    ///
    /// # Errors
    /// [`SerializeError`] when the topic cannot be prepared or the value does not fit its schema.
    pub async fn serialize(&self, topic: &str, value: Option<&T>) -> Result<Option<Vec<u8>>, SerializeError> {
        match value {
            Some(value) => self.topic(topic).await?.serialize(value).map(Some),
            None => Ok(None),
        }
    }
}
