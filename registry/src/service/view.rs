//! What one request reads, and what its answer therefore depends on.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::dek::{Dek, DekId};
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::kek::Kek;
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};

use super::tally::Tally;
use crate::store::{
    Holder, Key, KeyFilter, KeyListings, KeyReads, Page, Reads, Referrer, SchemaQuery, Stamp, Store,
    StoreError, StoredSchema, SubjectQuery, SubjectVersionRow, SubjectVersions,
};

/// Answers that depend on more than this many places are not worth remembering.
const DEPENDENCIES_MAX: usize = 64;

/// The reads of one request. Every read leaves a stamp, taken before the read, so that the answer can be kept for as
/// long as all stamps are current.
pub struct View {
    store: Arc<dyn Store>,
    trace: Mutex<Trace>,
}

#[derive(Default)]
struct Trace {
    stamps: Vec<Stamp>,
    uncacheable: bool,
    tally: Option<Tally>,
}

/// What an answer depends on.
pub type Dependencies = Box<[Stamp]>;

impl View {
    /// Starts with nothing read.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, trace: Mutex::default() }
    }

    /// The store, for writes.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Marks the answer as one that must not be given again: something was written, or time plays a part.
    pub fn set_uncacheable(&self) {
        self.trace().uncacheable = true;
    }

    /// Notes what is to be counted each time this answer is given.
    pub fn set_tally(&self, tally: Tally) {
        self.trace().tally = Some(tally);
    }

    /// What is to be counted.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        self.trace().tally
    }

    /// What the answer depends on, unless it cannot be kept. An answer for which nothing was read has no proof that it
    /// is still true.
    #[must_use]
    pub fn dependencies(&self) -> Option<Dependencies> {
        let trace = self.trace();
        let keep = !trace.uncacheable && (1..=DEPENDENCIES_MAX).contains(&trace.stamps.len());
        keep.then(|| trace.stamps.clone().into_boxed_slice())
    }

    fn trace(&self) -> std::sync::MutexGuard<'_, Trace> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn depend_on(&self, key: Key<'_>) {
        let stamp = self.store.changes().stamp(key);
        let mut trace = self.trace();
        if trace.stamps.len() <= DEPENDENCIES_MAX {
            trace.stamps.push(stamp);
        }
    }

    /// See [`Store::search`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn search(&self, query: &SchemaQuery) -> Result<Vec<SubjectVersionRow>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.search(query).await
    }

    /// See [`Store::ids_by_guid`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn ids_by_guid(&self, guid: Guid) -> Result<Vec<(Context, SchemaId)>, StoreError> {
        self.depend_on(Key::Guid(guid));
        self.store.ids_by_guid(guid).await
    }

    /// See [`Store::max_id`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn max_id(&self, context: &Context) -> Result<SchemaId, StoreError> {
        self.depend_on(Key::Everything);
        self.store.max_id(context).await
    }

    /// See [`Store::contexts`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn contexts(&self) -> Result<Vec<Context>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.contexts().await
    }

    /// See [`Store::contexts_with_subject`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn contexts_with_subject(&self, name: &str) -> Result<Vec<Context>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.contexts_with_subject(name).await
    }

    /// See [`Store::aliases`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn aliases(&self) -> Result<Vec<(Subject, String)>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.aliases().await
    }
}

#[async_trait]
impl KeyReads for View {
    async fn kek(&self, name: &str) -> Result<Option<Kek>, StoreError> {
        self.depend_on(Key::Kek(name));
        self.store.kek(name).await
    }

    async fn dek(&self, id: &DekId, version: Version) -> Result<Option<Dek>, StoreError> {
        self.depend_on(Key::Dek(id));
        self.store.dek(id, version).await
    }

    async fn deks(&self, id: &DekId) -> Result<Vec<Dek>, StoreError> {
        self.depend_on(Key::Dek(id));
        self.store.deks(id).await
    }

    async fn has_deks(&self, kek: &str, filter: KeyFilter) -> Result<bool, StoreError> {
        self.depend_on(Key::Everything);
        self.store.has_deks(kek, filter).await
    }
}

#[async_trait]
impl KeyListings for View {
    async fn kek_names(&self, filter: KeyFilter, page: Page) -> Result<Vec<String>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.kek_names(filter, page).await
    }

    async fn kek_names_by_subject(
        &self,
        prefixes: &[String],
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.kek_names_by_subject(prefixes, filter, page).await
    }

    async fn dek_subjects(
        &self,
        kek: &str,
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.dek_subjects(kek, filter, page).await
    }
}

#[async_trait]
impl Reads for View {
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        self.depend_on(Key::Subject(subject));
        self.store.subject_versions(subject).await
    }

    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        self.depend_on(Key::Id(context, id));
        self.store.schema(context, id).await
    }

    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError> {
        self.depend_on(Key::Guid(guid));
        self.store.id_of(context, guid).await
    }

    async fn first_holder(
        &self,
        context: &Context,
        id: SchemaId,
        name: Option<&str>,
    ) -> Result<Option<Holder>, StoreError> {
        self.depend_on(Key::Id(context, id));
        self.store.first_holder(context, id, name).await
    }

    async fn holders(&self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, StoreError> {
        self.depend_on(Key::Id(context, id));
        self.store.holders(context, id).await
    }

    async fn referrers(&self, subject: &Subject, version: Version) -> Result<Vec<Referrer>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.referrers(subject, version).await
    }

    async fn config(&self, place: &Subject) -> Result<Option<Arc<Config>>, StoreError> {
        self.depend_on(Key::Config(place));
        self.store.config(place).await
    }

    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError> {
        self.depend_on(Key::Mode(place));
        self.store.mode(place).await
    }

    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError> {
        self.depend_on(Key::Everything);
        self.store.subjects(query).await
    }
}
