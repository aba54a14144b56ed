//! What the tests do to a store, in short words.

use std::sync::Arc;

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::metadata::Metadata;
use schema::model::mode::Mode;
use schema::model::schema::SchemaType;
use schema::model::subject::{Context, Subject};

use crate::store::{
    self, ContextScope, DeletedFilter, IdChoice, NewVersion, Operation, Page, SchemaQuery, Store, StoreError,
    SubjectQuery, Transaction,
};

pub(super) fn subject(text: &str) -> Subject {
    Subject::parse(text)
}

pub(super) fn context(text: &str) -> Context {
    Context::from_stored(text)
}

/// A content hash that follows from the text.
pub(super) fn guid(text: &str) -> Guid {
    let mut bytes = [0_u8; 16];
    for (at, byte) in text.bytes().enumerate() {
        bytes[at % 16] = byte.wrapping_add(bytes[at % 16].wrapping_mul(31));
    }
    Guid(bytes)
}

pub(super) fn page(offset: u32, limit: u32) -> Page {
    Page { offset, limit }
}

/// A version of `name` whose content is `text`.
pub(super) fn version(name: &str, version: Version, text: &str) -> NewVersion {
    NewVersion {
        subject: subject(name),
        version,
        id: IdChoice::Next,
        guid: guid(text),
        definition: u64::MAX - 1,
        schema_type: SchemaType::Avro,
        references: Vec::new(),
        reference_targets: Vec::new(),
        metadata: None,
        rule_set: None,
        text: Arc::from(text),
        created_at_ms: 1_700_000_000_000,
    }
}

pub(super) fn metadata(name: &str, value: &str) -> Metadata {
    let mut metadata = Metadata::default();
    metadata.properties.insert(name.to_owned(), value.to_owned());
    metadata
}

/// One call of a transaction.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Put(NewVersion),
    /// Like registering: the id of the content if the context has it, else the next one.
    Register(NewVersion),
    SoftDelete(Subject, Version),
    Remove(Subject, Version),
    SetConfig(Subject, Option<Config>),
    SetMode(Subject, Option<Mode>),
    RemoveModesBelow(Subject),
    RemoveContext(Context),
    /// Breaks off with an error.
    Refuse,
    /// Panics.
    Panic,
}

/// Calls in one operation. Returns the ids of what was put.
pub(super) struct Acts(pub(super) Vec<Act>);

#[async_trait]
impl Operation for Acts {
    type Output = Vec<SchemaId>;
    type Error = StoreError;

    fn actor(&self) -> Option<&str> {
        Some("tester")
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Vec<SchemaId>, StoreError> {
        let mut ids = Vec::new();
        for act in &self.0 {
            match act {
                Act::Put(new) => ids.push(transaction.put_version(new).await?),
                Act::Register(new) => ids.push(register(transaction, new.clone()).await?),
                Act::SoftDelete(subject, version) => transaction.soft_delete(subject, *version).await?,
                Act::Remove(subject, version) => transaction.remove_version(subject, *version).await?,
                Act::SetConfig(place, config) => transaction.set_config(place, config.as_ref()).await?,
                Act::SetMode(place, mode) => transaction.set_mode(place, *mode).await?,
                Act::RemoveModesBelow(place) => transaction.remove_modes_below(place).await?,
                Act::RemoveContext(context) => transaction.remove_context(context).await?,
                Act::Refuse => return Err(StoreError::Timeout),
                Act::Panic => panic!("a test wanted this"),
            }
        }
        Ok(ids)
    }
}

async fn register(transaction: &dyn Transaction, mut new: NewVersion) -> Result<SchemaId, StoreError> {
    new.version = transaction.subject_versions(&new.subject).await?.next_version();
    if let Some(id) = transaction.id_of(new.subject.context(), new.guid).await? {
        new.id = IdChoice::Existing(id);
    }
    transaction.put_version(&new).await
}

pub(super) async fn acts(store: &dyn Store, acts: &[Act]) -> Result<Vec<SchemaId>, StoreError> {
    store::write(store, Acts(acts.to_vec())).await
}

pub(super) async fn act(store: &dyn Store, act: Act) {
    acts(store, &[act]).await.unwrap();
}

pub(super) async fn put(store: &dyn Store, new: NewVersion) -> SchemaId {
    acts(store, &[Act::Put(new)]).await.unwrap()[0]
}

pub(super) async fn register_text(store: &dyn Store, name: &str, text: &str) -> SchemaId {
    acts(store, &[Act::Register(version(name, 0, text))]).await.unwrap()[0]
}

/// Version, id and soft-deletion mark of every version.
pub(super) async fn versions(store: &dyn Store, name: &str) -> Vec<(Version, SchemaId, bool)> {
    let versions = store.subject_versions(&subject(name)).await.unwrap();
    versions.versions.iter().map(|row| (row.version, row.id, row.deleted)).collect()
}

pub(super) async fn texts(store: &dyn Store, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (_, id, _) in versions(store, name).await {
        let schema = store.schema(subject(name).context(), id).await.unwrap().unwrap();
        texts.push(schema.text.to_string());
    }
    texts
}

pub(super) fn all_subjects() -> SubjectQuery {
    SubjectQuery {
        scope: ContextScope::All,
        name_prefix: String::new(),
        deleted: DeletedFilter::All,
        page: page(0, u32::MAX),
    }
}

pub(super) fn all_schemas() -> SchemaQuery {
    SchemaQuery {
        scope: ContextScope::All,
        name_prefix: String::new(),
        also: Vec::new(),
        deleted: DeletedFilter::All,
        latest_only: false,
        rule_type: None,
        page: page(0, u32::MAX),
    }
}

pub(super) async fn subjects(store: &dyn Store, query: &SubjectQuery) -> Vec<String> {
    store.subjects(query).await.unwrap().iter().map(Subject::to_string).collect()
}

/// `subject/version` of what a search finds.
pub(super) async fn found(store: &dyn Store, query: &SchemaQuery) -> Vec<String> {
    let rows = store.search(query).await.unwrap();
    rows.iter().map(|row| format!("{}/{}", row.subject, row.row.version)).collect()
}
