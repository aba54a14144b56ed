//! The client that the rest of the crate holds.

use std::fmt;
use std::sync::Arc;

use schema::model::subject::{Context, Subject};
use schema::parsed::ParsedSchema;

use super::api::Api;
use super::builder::RegistryClientBuilder;
use super::cache::{CacheSettings, Key, ParsedKey, SchemaCache};
use super::flight::Flights;
use super::types::RegisteredSchema;

/// A client of a schema registry. Cheap to clone; clones share connections, cache and retry budget.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// // `RegistryClient::builder("http://localhost:8081").build()?` speaks with a real one.
/// let registry = MockRegistry::new();
/// let client = registry.client();
/// let schema = SchemaDefinition::avro(r#"{"type":"record","name":"Order","fields":[]}"#);
/// let registered = client.register("orders-value", &schema, Normalize::No).await?;
/// let latest = client.latest_version("orders-value").await?;
/// assert_eq!(latest.id, registered.id);
/// let parsed = client.parsed(&latest).await?;
/// assert_eq!(parsed.schema_type().as_str(), "AVRO");
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct RegistryClient {
    pub(super) inner: Arc<Inner>,
}

/// What clones share.
pub(super) struct Inner {
    pub(super) api: Api,
    pub(super) cache: SchemaCache,
    pub(super) flights: Flights<Key, Arc<RegisteredSchema>>,
    pub(super) parse_flights: Flights<ParsedKey, Arc<ParsedSchema>>,
}

impl RegistryClient {
    /// Sets a client up for one URL, or several parted by commas.
    pub fn builder(urls: &str) -> RegistryClientBuilder {
        RegistryClientBuilder::new(urls)
    }

    pub(super) fn new(api: Api, cache: CacheSettings) -> Self {
        let (cache, flights, parse_flights) =
            (SchemaCache::new(cache), Flights::default(), Flights::default());
        Self { inner: Arc::new(Inner { api, cache, flights, parse_flights }) }
    }

    /// The endpoints of the registry one by one. Nothing that they answer is remembered.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.inner.api
    }

    /// Bytes that the cache holds, as far as they are counted.
    #[must_use]
    pub fn cached_bytes(&self) -> u64 {
        self.inner.cache.weight()
    }

    /// The context of the client.
    pub(super) fn context(&self) -> &Context {
        self.inner.api.context()
    }

    /// The context in which a schema's references are looked for.
    pub(super) fn context_of(&self, schema: &RegisteredSchema) -> Context {
        match &schema.subject {
            Some(subject) => Subject::parse_in(subject, self.context()).context().clone(),
            None => self.context().clone(),
        }
    }
}

impl fmt::Debug for RegistryClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RegistryClient").field(&self.inner.api).finish()
    }
}
