//! The client for programs without an async runtime.
//!
//! The same code: a runtime of its own waits for the futures of [`client::RegistryClient`](super::RegistryClient).

use std::collections::BTreeMap;
use std::sync::Arc;

use schema::model::ids::{Guid, SchemaId, VersionId};
use schema::parsed::ParsedSchema;
use tokio::runtime::{Builder, Handle, Runtime};

use super::error::RegistryError;
use super::types::{Normalize, RegisteredSchema, SchemaDefinition};

type Answer = Result<Arc<RegisteredSchema>, RegistryError>;

/// Waits for what a [`client::RegistryClient`](super::RegistryClient) does. Cheap to clone; clones share everything.
///
/// It must not be used inside an async runtime: a task that waits so would keep its thread from all others. There every
/// method answers with an error of the kind `Settings`; call the async client instead, or use a thread of your own.
///
/// ```
/// use serde_client::client::blocking::RegistryClient;
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// let client = RegistryClient::new(MockRegistry::new().client())?;
/// let registered = client.register("names-value", &SchemaDefinition::avro(r#""string""#), Normalize::No)?;
/// assert_eq!(client.latest_version("names-value")?.id, registered.id);
/// // Whatever has no method here:
/// let subjects = client.wait(client.client().api().list_subjects(&Default::default()))??;
/// assert_eq!(subjects, ["names-value"]);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RegistryClient {
    client: super::RegistryClient,
    runtime: Arc<OwnRuntime>,
}

/// A runtime that may be dropped anywhere, also where nobody may wait for its thread.
#[derive(Debug)]
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl RegistryClient {
    /// Takes an async client. Connections that it opened in another runtime end with that.
    ///
    /// # Errors
    /// Kind `Settings` when the thread that waits cannot be started.
    pub fn new(client: super::RegistryClient) -> Result<Self, RegistryError> {
        // One thread, so that connections and timers live on between two calls.
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("registry-client").enable_all().build();
        let runtime = runtime.map_err(|error| {
            RegistryError::invalid(format!("the blocking client cannot start its thread: {error}"))
        })?;
        Ok(Self { client, runtime: Arc::new(OwnRuntime(Some(runtime))) })
    }

    /// The async client, which serializers and deserializers take, and whose futures [`RegistryClient::wait`] waits for.
    #[must_use]
    pub fn client(&self) -> &super::RegistryClient {
        &self.client
    }

    /// Waits for a future: one of the client, or of a serializer or deserializer that has it.
    ///
    /// ```
    /// use serde_client::client::SchemaDefinition;
    /// use serde_client::client::blocking::RegistryClient;
    /// use serde_client::mock::MockRegistry;
    /// use serde_client::{Avro, Deserializer, Record, Serializer};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = RegistryClient::new(MockRegistry::new().client())?;
    /// let names = Serializer::<Avro, str>::builder(client.client().clone());
    /// let names = names.schema(SchemaDefinition::avro(r#""string""#)).build();
    /// let writer = client.wait(names.prepare("names"))??;
    /// let record = writer.serialize("Ada")?;
    ///
    /// let reader = Deserializer::<Avro>::builder(client.client().clone()).build().topic("names");
    /// let name: String = client.wait(reader.deserialize(Record::new(&record)))??;
    /// assert_eq!(name, "Ada");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Kind `Settings` inside an async runtime.
    pub fn wait<F: Future>(&self, future: F) -> Result<F::Output, RegistryError> {
        match &self.runtime.0 {
            Some(runtime) if Handle::try_current().is_err() => Ok(runtime.block_on(future)),
            _ => Err(RegistryError::invalid(
                "the blocking client cannot wait inside an async runtime; use the async client, or a thread of your own",
            )),
        }
    }

    /// See [`schema_by_id`](super::RegistryClient::schema_by_id).
    ///
    /// # Errors
    /// Those of the async method, and those of [`RegistryClient::wait`]. So with every method here.
    pub fn schema_by_id(&self, id: SchemaId, subject: Option<&str>) -> Answer {
        self.wait(self.client.schema_by_id(id, subject))?
    }

    /// See [`schema_by_guid`](super::RegistryClient::schema_by_guid).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn schema_by_guid(&self, guid: Guid) -> Answer {
        self.wait(self.client.schema_by_guid(guid))?
    }

    /// See [`latest_version`](super::RegistryClient::latest_version).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn latest_version(&self, subject: &str) -> Answer {
        self.wait(self.client.latest_version(subject))?
    }

    /// See [`latest_with_metadata`](super::RegistryClient::latest_with_metadata).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn latest_with_metadata(&self, subject: &str, properties: &BTreeMap<String, String>) -> Answer {
        self.wait(self.client.latest_with_metadata(subject, properties))?
    }

    /// See [`version`](super::RegistryClient::version).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn version(&self, subject: &str, version: VersionId) -> Answer {
        self.wait(self.client.version(subject, version))?
    }

    /// See [`register`](super::RegistryClient::register).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn register(&self, subject: &str, schema: &SchemaDefinition, normalize: Normalize) -> Answer {
        self.wait(self.client.register(subject, schema, normalize))?
    }

    /// See [`lookup`](super::RegistryClient::lookup).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn lookup(&self, subject: &str, schema: &SchemaDefinition, normalize: Normalize) -> Answer {
        self.wait(self.client.lookup(subject, schema, normalize))?
    }

    /// See [`parsed`](super::RegistryClient::parsed).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn parsed(&self, schema: &Arc<RegisteredSchema>) -> Result<Arc<ParsedSchema>, RegistryError> {
        self.wait(self.client.parsed(schema))?
    }

    /// See [`prewarm`](super::RegistryClient::prewarm).
    ///
    /// # Errors
    /// See [`RegistryClient::schema_by_id`].
    pub fn prewarm(&self, ids: &[SchemaId], subjects: &[&str]) -> Result<(), RegistryError> {
        self.wait(self.client.prewarm(ids, subjects))?
    }
}
