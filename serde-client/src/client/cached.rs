//! What serializers ask a registry: answered from the cache, or by one request however many ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use schema::model::api::{RegisterSchemaRequest, SchemaAnswer};
use schema::model::ids::{Guid, SchemaId, VersionId};

use super::api::{AssociationFilter, AssociationType, Deleted, IdOptions, ReadOptions, RegisterOptions};
use super::cache::{ByText, Key};
use super::error::RegistryError;
use super::registry_client::RegistryClient;
use super::types::{Normalize, RegisteredSchema, SchemaDefinition};

/// Requests that prewarming has under way at once.
const PREWARM_REQUESTS_MAX: usize = 8;

type Answer = Result<Arc<RegisteredSchema>, RegistryError>;

impl RegistryClient {
    /// The schema with an id, kept for good. Ids count within a context: that of `subject`, or else the client's.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403), and whatever keeps the registry from answering.
    pub async fn schema_by_id(&self, id: SchemaId, subject: Option<&str>) -> Answer {
        let subject = subject.map(|subject| self.api().qualified(subject));
        let options = IdOptions { subject: subject.clone(), ..IdOptions::default() };
        let request = async {
            let answer = self.api().get_schema_by_id(id, &options).await?;
            Ok(registered(SchemaAnswer { id: Some(id), ..answer }))
        };
        self.asked(Key::Id(id, subject), request).await
    }

    /// The schema with a guid, kept for good.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403), and whatever keeps the registry from answering.
    pub async fn schema_by_guid(&self, guid: Guid) -> Answer {
        let request = async {
            let answer = self.api().get_schema_by_guid(guid, None).await?;
            Ok(registered(SchemaAnswer { guid: Some(guid.to_string()), ..answer }))
        };
        self.asked(Key::Guid(guid), request).await
    }

    /// The latest live version of a subject, kept for
    /// [`CacheSettings::latest_ttl`](super::CacheSettings::latest_ttl) and longer while the registry cannot be reached.
    ///
    /// # Errors
    /// Kind `SubjectNotFound` (40401), and whatever keeps the registry from answering.
    pub async fn latest_version(&self, subject: &str) -> Answer {
        let subject = self.api().qualified(subject);
        let options = ReadOptions::default();
        let request = async {
            let answer = self.api().get_version(&subject, VersionId::Latest, &options).await?;
            Ok(self.kept_as_version(registered(answer)))
        };
        self.asked(Key::Latest(subject.clone()), request).await
    }

    /// The newest version of a subject, soft-deleted ones included, whose metadata has all of `properties`. Kept like
    /// [`RegistryClient::latest_version`].
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401) and `SchemaNotFound` (40403), and whatever keeps the registry from answering.
    pub async fn latest_with_metadata(&self, subject: &str, properties: &BTreeMap<String, String>) -> Answer {
        let subject = self.api().qualified(subject);
        let options = ReadOptions { deleted: Deleted::Included, ..ReadOptions::default() };
        let request = async {
            let answer = self.api().get_latest_with_metadata(&subject, properties, &options).await?;
            Ok(self.kept_as_version(registered(answer)))
        };
        self.asked(Key::LatestWith(subject.clone(), properties.clone()), request).await
    }

    /// A version of a subject, kept for good. A number also finds a soft-deleted version: records may still be written
    /// with it.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401) and `VersionNotFound` (40402), and whatever keeps the registry from answering.
    pub async fn version(&self, subject: &str, version: VersionId) -> Answer {
        let VersionId::Number(number) = version else { return self.latest_version(subject).await };
        let subject = self.api().qualified(subject);
        let options = ReadOptions { deleted: Deleted::Included, ..ReadOptions::default() };
        let request = async {
            let answer = self.api().get_version(&subject, version, &options).await?;
            Ok(registered(answer))
        };
        self.asked(Key::Version(subject.clone(), number), request).await
    }

    /// Registers a schema under a subject. What is registered already is answered with its id, from the cache the second
    /// time. A schema in the answer replaces the text, metadata and rules that were given.
    ///
    /// # Errors
    /// Kinds `Incompatible` (40901), `InvalidSchema` (42201), `NotPermitted` (42205) and other refusals, and whatever keeps
    /// the registry from answering.
    pub async fn register(&self, subject: &str, schema: &SchemaDefinition, normalize: Normalize) -> Answer {
        let subject = self.api().qualified(subject);
        let key = Key::Registration(subject.clone(), ByText(Arc::new(schema.clone())), normalize);
        let options = RegisterOptions { normalize, ..RegisterOptions::default() };
        let request = async {
            let answer = self.api().register_schema(&subject, &body_of(schema), &options).await?;
            self.inner.cache.forget_latest(&subject);
            Ok(self.completed(&subject, schema, answer))
        };
        self.asked(key, request).await
    }

    /// Finds the live version of a subject that holds a schema, kept for good.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401) and `SchemaNotFound` (40403), and whatever keeps the registry from answering.
    pub async fn lookup(&self, subject: &str, schema: &SchemaDefinition, normalize: Normalize) -> Answer {
        let subject = self.api().qualified(subject);
        let key = Key::Lookup(subject.clone(), ByText(Arc::new(schema.clone())), normalize);
        let options = ReadOptions::default();
        let request = async {
            let answer = self.api().look_up_schema(&subject, &body_of(schema), normalize, &options).await?;
            Ok(self.completed(&subject, schema, answer))
        };
        self.asked(key, request).await
    }

    /// The subjects that the registry associates with the key or value of a topic; none where it keeps no associations.
    /// An empty `cluster` stands for any. Nothing is remembered.
    ///
    /// # Errors
    /// Whatever keeps the registry from answering.
    pub async fn resource_subjects(
        &self,
        cluster: &str,
        topic: &str,
        is_key: bool,
    ) -> Result<Vec<String>, RegistryError> {
        let cluster = if cluster.is_empty() { "-" } else { cluster };
        let kind = if is_key { AssociationType::Key } else { AssociationType::Value };
        let filter = AssociationFilter { association_types: vec![kind], ..AssociationFilter::default() };
        match self.api().list_associations_of_resource(cluster, topic, &filter).await {
            Ok(found) => Ok(found.into_iter().filter_map(|association| association.subject).collect()),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Fetches and parses schemas before they are needed: those with `ids`, and the latest versions of `subjects`.
    ///
    /// # Errors
    /// The first that fails; what was fetched by then is kept.
    pub async fn prewarm(&self, ids: &[SchemaId], subjects: &[&str]) -> Result<(), RegistryError> {
        let by_id = |id: &SchemaId| {
            let id = *id;
            async move { self.warmed(self.schema_by_id(id, None).await).await }
        };
        let ids: Vec<_> = ids.iter().map(by_id).collect();
        stream::iter(ids).buffer_unordered(PREWARM_REQUESTS_MAX).try_collect::<()>().await?;
        let latest = |subject: &&str| {
            let subject = (*subject).to_owned();
            async move { self.warmed(self.latest_version(&subject).await).await }
        };
        let subjects: Vec<_> = subjects.iter().map(latest).collect();
        stream::iter(subjects).buffer_unordered(PREWARM_REQUESTS_MAX).try_collect().await
    }

    async fn warmed(&self, schema: Answer) -> Result<(), RegistryError> {
        self.parsed(&schema?).await.map(|_| ())
    }

    /// Forgets what the cache knows of a subject, so that a change made elsewhere is seen at once.
    pub fn forget(&self, subject: &str) {
        self.inner.cache.forget(&self.api().qualified(subject));
    }

    async fn asked(
        &self,
        key: Key,
        request: impl Future<Output = Result<Arc<RegisteredSchema>, RegistryError>>,
    ) -> Answer {
        let cache = &self.inner.cache;
        if let Some(found) = cache.find(&key) {
            return found;
        }
        let kept = key.clone();
        let fetch = async {
            // A flight that has just landed may have left it.
            match cache.find(&kept) {
                Some(found) => found,
                None => {
                    let answer = request.await;
                    cache.keep(kept, answer)
                }
            }
        };
        self.inner.flights.run(key, fetch).await
    }

    /// A version found by another name is known by its number and id from then on.
    fn kept_as_version(&self, schema: Arc<RegisteredSchema>) -> Arc<RegisteredSchema> {
        if let (Some(subject), Some(version)) = (&schema.subject, schema.version) {
            self.inner.cache.add(Key::Version(subject.clone(), version), &schema);
            if let Some(id) = schema.id {
                self.inner.cache.add(Key::Id(id, Some(subject.clone())), &schema);
            }
        }
        schema
    }

    /// What registering and looking up answer, completed by what was asked.
    fn completed(
        &self,
        subject: &str,
        asked: &SchemaDefinition,
        answer: SchemaAnswer,
    ) -> Arc<RegisteredSchema> {
        let subject = answer.subject.clone().unwrap_or_else(|| subject.to_owned());
        if !answer.schema.is_empty() {
            return registered(SchemaAnswer { subject: Some(subject), ..answer });
        }
        let guid = answer.guid.as_deref().and_then(Guid::parse);
        let SchemaAnswer { version, id, .. } = answer;
        Arc::new(RegisteredSchema { subject: Some(subject), version, id, guid, definition: asked.clone() })
    }
}

fn body_of(schema: &SchemaDefinition) -> RegisterSchemaRequest {
    RegisterSchemaRequest {
        schema_type: Some(schema.schema_type.as_str().to_owned()),
        references: (!schema.references.is_empty()).then(|| schema.references.clone()),
        metadata: schema.metadata.clone(),
        rule_set: schema.rule_set.clone(),
        schema: Some(schema.text.clone()),
        ..RegisterSchemaRequest::default()
    }
}

fn registered(answer: SchemaAnswer) -> Arc<RegisteredSchema> {
    let SchemaAnswer {
        subject, version, id, guid, schema_type, references, metadata, rule_set, schema, ..
    } = answer;
    let guid = guid.as_deref().and_then(Guid::parse);
    let definition =
        SchemaDefinition { schema_type, text: schema.as_ref().to_owned(), references, metadata, rule_set };
    Arc::new(RegisteredSchema { subject, version, id, guid, definition })
}
