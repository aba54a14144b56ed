//! From records to values: the whole way, once for every format.
//!
//! A [`TopicDeserializer`] knows the readers of the schemas that it has met, so that only the first record of each schema
//! waits for the registry.

mod builder;
mod error;
mod prepared;
mod topic;

pub use builder::{DeserializerBuilder, Lookout, ReaderSchema};
pub use error::{DeserializeError, Position, RecordPlace};
pub use topic::{Record, TopicDeserializer};

use std::marker::PhantomData;
use std::sync::Arc;

use builder::Settings;

use crate::client::RegistryClient;
use crate::codec::Codec;

/// Makes deserializers for topics.
///
/// ```
/// use serde::Deserialize;
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record, Serializer};
///
/// const CLICK: &str = r#"{"type": "record", "name": "Click", "fields": [
///     {"name": "id", "type": "long"}, {"name": "url", "type": "string"}]}"#;
///
/// #[derive(Debug, PartialEq, Deserialize)]
/// struct Url<'a> {
///     url: &'a str,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let writer = Serializer::<Avro, (i64, &str)>::builder(client.clone());
/// let writer = writer.schema(SchemaDefinition::avro(CLICK)).build();
/// let record = writer.serialize("clicks", Some(&(1, "/page"))).await?.unwrap();
///
/// // What the type leaves out is skipped, and text is borrowed from the record.
/// let clicks = Deserializer::<Avro>::builder(client).build().topic("clicks");
/// assert_eq!(clicks.deserialize::<Url>(Record::new(&record)).await?, Url { url: "/page" });
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Deserializer<C: Codec> {
    client: RegistryClient,
    settings: Arc<Settings>,
    codec: PhantomData<fn() -> C>,
}

impl<C: Codec> Clone for Deserializer<C> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), settings: Arc::clone(&self.settings), codec: PhantomData }
    }
}

impl<C: Codec> std::fmt::Debug for Deserializer<C> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Deserializer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl<C: Codec> Deserializer<C> {
    /// Starts a deserializer that asks this registry.
    pub fn builder(client: RegistryClient) -> DeserializerBuilder<C> {
        DeserializerBuilder::new(client)
    }

    /// A deserializer of one topic's records. Nothing is asked of the registry yet.
    #[must_use]
    pub fn topic(&self, topic: &str) -> TopicDeserializer<C> {
        TopicDeserializer::new(self.client.clone(), Arc::clone(&self.settings), topic)
    }
}
