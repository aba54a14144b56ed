//! Reads answered from memory for as long as their stamps are current.

use std::hash::Hash;
use std::sync::Arc;

use async_trait::async_trait;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};

use super::{
    Changes, ErasedOperation, Holder, Key, Reads, Referrer, SchemaQuery, Stamp, Statistics, Store,
    StoreError, StoredSchema, SubjectQuery, SubjectVersionRow, SubjectVersions,
};

/// Bytes that cached reads may take.
#[derive(Clone, Copy, Debug)]
pub struct CacheSizes {
    /// Versions of subjects.
    pub subjects: u64,
    /// Contents.
    pub schemas: u64,
    /// Configs and modes.
    pub settings: u64,
}

const EXPECTED_BYTES_PER_ENTRY: u64 = 1_024;
const ENTRY_OVERHEAD_BYTES: usize = 160;

/// What an entry weighs beside its overhead.
trait Weighed {
    fn bytes(&self) -> usize;
}

impl Weighed for Arc<SubjectVersions> {
    fn bytes(&self) -> usize {
        self.versions.len() * size_of::<super::VersionRow>()
    }
}

impl Weighed for Option<Arc<StoredSchema>> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |schema| schema.text.len() + 256)
    }
}

impl Weighed for Option<Arc<Config>> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |_| size_of::<Config>())
    }
}

impl Weighed for Option<Mode> {
    fn bytes(&self) -> usize {
        0
    }
}

#[derive(Clone)]
struct ByBytes;

impl<K, V: Weighed> Weighter<K, (Stamp, V)> for ByBytes {
    fn weight(&self, _: &K, (_, value): &(Stamp, V)) -> u64 {
        u64::try_from(value.bytes() + ENTRY_OVERHEAD_BYTES).unwrap_or(u64::MAX)
    }
}

type Stamped<K, V> = Cache<K, (Stamp, V), ByBytes>;

/// A store whose most frequent reads are kept in memory.
pub struct Cached<S> {
    store: S,
    versions: Stamped<Subject, Arc<SubjectVersions>>,
    schemas: Stamped<(Context, SchemaId), Option<Arc<StoredSchema>>>,
    configs: Stamped<Subject, Option<Arc<Config>>>,
    modes: Stamped<Subject, Option<Mode>>,
}

fn cache<K: Eq + Hash, V: Clone + Weighed>(bytes: u64) -> Stamped<K, V> {
    let expected = usize::try_from(bytes / EXPECTED_BYTES_PER_ENTRY).unwrap_or(usize::MAX);
    Cache::with_weighter(expected, bytes, ByBytes)
}

impl<S: Store> Cached<S> {
    /// Puts caches over a store.
    pub fn new(store: S, sizes: CacheSizes) -> Self {
        Self {
            store,
            versions: cache(sizes.subjects),
            schemas: cache(sizes.schemas),
            configs: cache(sizes.settings / 2),
            modes: cache(sizes.settings / 2),
        }
    }

    fn recall<K: Eq + Hash, V: Clone + Weighed>(&self, cache: &Stamped<K, V>, key: &K) -> Option<V> {
        let (stamp, value) = cache.get(key)?;
        self.store.changes().is_current(stamp).then_some(value)
    }
}

#[async_trait]
impl<S: Store> Reads for Cached<S> {
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        if let Some(versions) = self.recall(&self.versions, subject) {
            return Ok(versions);
        }
        let stamp = self.store.changes().stamp(Key::Subject(subject));
        let versions = self.store.subject_versions(subject).await?;
        self.versions.insert(subject.clone(), (stamp, Arc::clone(&versions)));
        Ok(versions)
    }

    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        let key = (context.clone(), id);
        if let Some(schema) = self.recall(&self.schemas, &key) {
            return Ok(schema);
        }
        let stamp = self.store.changes().stamp(Key::Id(context, id));
        let schema = self.store.schema(context, id).await?;
        self.schemas.insert(key, (stamp, schema.clone()));
        Ok(schema)
    }

    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError> {
        self.store.id_of(context, guid).await
    }

    async fn first_holder(
        &self,
        context: &Context,
        id: SchemaId,
        name: Option<&str>,
    ) -> Result<Option<Holder>, StoreError> {
        self.store.first_holder(context, id, name).await
    }

    async fn holders(&self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, StoreError> {
        self.store.holders(context, id).await
    }

    async fn referrers(&self, subject: &Subject, version: Version) -> Result<Vec<Referrer>, StoreError> {
        self.store.referrers(subject, version).await
    }

    async fn config(&self, place: &Subject) -> Result<Option<Arc<Config>>, StoreError> {
        if let Some(config) = self.recall(&self.configs, place) {
            return Ok(config);
        }
        let stamp = self.store.changes().stamp(Key::Config(place));
        let config = self.store.config(place).await?;
        self.configs.insert(place.clone(), (stamp, config.clone()));
        Ok(config)
    }

    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError> {
        if let Some(mode) = self.recall(&self.modes, place) {
            return Ok(mode);
        }
        let stamp = self.store.changes().stamp(Key::Mode(place));
        let mode = self.store.mode(place).await?;
        self.modes.insert(place.clone(), (stamp, mode));
        Ok(mode)
    }

    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError> {
        self.store.subjects(query).await
    }
}

#[async_trait]
impl<S: Store> Store for Cached<S> {
    async fn search(&self, query: &SchemaQuery) -> Result<Vec<SubjectVersionRow>, StoreError> {
        self.store.search(query).await
    }

    async fn ids_by_guid(&self, guid: Guid) -> Result<Vec<(Context, SchemaId)>, StoreError> {
        self.store.ids_by_guid(guid).await
    }

    async fn max_id(&self, context: &Context) -> Result<SchemaId, StoreError> {
        self.store.max_id(context).await
    }

    async fn contexts(&self) -> Result<Vec<Context>, StoreError> {
        self.store.contexts().await
    }

    async fn contexts_with_subject(&self, name: &str) -> Result<Vec<Context>, StoreError> {
        self.store.contexts_with_subject(name).await
    }

    async fn aliases(&self) -> Result<Vec<(Subject, String)>, StoreError> {
        self.store.aliases().await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        self.store.statistics().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }

    fn changes(&self) -> &Changes {
        self.store.changes()
    }

    async fn submit(&self, operation: Box<dyn ErasedOperation>) -> Result<(), StoreError> {
        self.store.submit(operation).await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}
