//! Where schemas are kept. The only folder that names sqlx.
//!
//! [`Store`] is what the service needs from an engine: reads that are each one consistent statement, and
//! [`write`], which runs an [`Operation`] inside a transaction that may be shared with other operations
//! (group commit). Nothing is answered before its transaction is durable.

mod cache;
mod changes;
mod error;
mod facts;
mod group_commit;
mod keys;
mod operation;
mod places;
mod records;
mod sql;
mod sqlite;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};

pub use cache::CacheSizes;
pub use changes::{Changes, Key, Stamp};
pub use error::{Cause, StoreError};
pub use keys::{KeyFilter, KeyListings, KeyReads, KeyWrites};
pub use operation::{Ending, ErasedOperation, write};
pub use records::*;
pub use sqlite::{SqliteOptions, SqliteStore};

/// Reads that both a store and a transaction offer. Results hold soft-deleted versions too, marked as such.
#[async_trait]
pub trait Reads: KeyReads {
    /// All versions of a subject in ascending order; none when the subject is unknown.
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError>;

    /// The content behind an id.
    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError>;

    /// The id that a context gives to a content hash, if some version (soft-deleted ones count) still holds it.
    /// Where several ids have the content, the one registered last.
    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError>;

    /// The first subject by name that holds the id, or the one called `name`; with its newest version that does.
    async fn first_holder(
        &self,
        context: &Context,
        id: SchemaId,
        name: Option<&str>,
    ) -> Result<Option<Holder>, StoreError>;

    /// Per subject that holds the id, its newest version that does; sorted by subject.
    async fn holders(&self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, StoreError>;

    /// Schemas that refer directly to a version of a subject, sorted by context and id.
    async fn referrers(&self, subject: &Subject, version: Version) -> Result<Vec<Referrer>, StoreError>;

    /// The config stored at a place: a subject, a context (empty name), or the global level (empty name, default
    /// context).
    async fn config(&self, place: &Subject) -> Result<Option<Arc<Config>>, StoreError>;

    /// The mode stored at a place.
    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError>;

    /// Subjects that match, sorted by context and name.
    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError>;
}

/// A store of any engine.
#[async_trait]
pub trait Store: Reads + KeyListings + 'static {
    /// Versions that match, sorted by context, subject and version.
    async fn search(&self, query: &SchemaQuery) -> Result<Vec<SubjectVersionRow>, StoreError>;

    /// Every context that gives this content an id: the default context first, then by name.
    async fn ids_by_guid(&self, guid: Guid) -> Result<Vec<(Context, SchemaId)>, StoreError>;

    /// The highest id ever given in a context; 0 when none was.
    async fn max_id(&self, context: &Context) -> Result<SchemaId, StoreError>;

    /// The contexts other than the default one, by name. A context exists once a schema was registered in it.
    async fn contexts(&self) -> Result<Vec<Context>, StoreError>;

    /// The contexts other than the default one that have a subject of this bare name, by context name.
    async fn contexts_with_subject(&self, name: &str) -> Result<Vec<Context>, StoreError>;

    /// Every subject with an alias, and the alias as configured.
    async fn aliases(&self) -> Result<Vec<(Subject, String)>, StoreError>;

    /// Counts for metrics.
    async fn statistics(&self) -> Result<Statistics, StoreError>;

    /// Whether the store answers: for the readiness probe.
    async fn ping(&self) -> Result<(), StoreError>;

    /// What has changed since when: see [`Changes`].
    fn changes(&self) -> &Changes;

    /// Queues an operation. Use [`write`] instead.
    async fn submit(&self, operation: Box<dyn ErasedOperation>) -> Result<(), StoreError>;

    /// Finishes queued writes and closes the store.
    async fn close(&self);
}

/// The writes of a transaction, and reads that see them.
#[async_trait]
pub trait Transaction: Reads + KeyWrites {
    /// Writes a version, replacing one of the same number, and returns its schema id.
    ///
    /// Fails with [`StoreError::IdTaken`] when a given id stands for other content in the context.
    async fn put_version(&self, version: &NewVersion) -> Result<SchemaId, StoreError>;

    /// Marks a version as soft-deleted.
    async fn soft_delete(&self, subject: &Subject, version: Version) -> Result<(), StoreError>;

    /// Removes a version, and its content when no other version holds it. The id stays reserved.
    async fn remove_version(&self, subject: &Subject, version: Version) -> Result<(), StoreError>;

    /// Stores (`Some`) or removes (`None`) the config of a place.
    async fn set_config(&self, place: &Subject, config: Option<&Config>) -> Result<(), StoreError>;

    /// Stores (`Some`) or removes (`None`) the mode of a place.
    async fn set_mode(&self, place: &Subject, mode: Option<Mode>) -> Result<(), StoreError>;

    /// Removes the places with a mode of their own among a context's subjects (all contexts for the global place).
    async fn remove_modes_below(&self, place: &Subject) -> Result<(), StoreError>;

    /// Forgets that a context exists. Its ids stay reserved.
    async fn remove_context(&self, context: &Context) -> Result<(), StoreError>;
}

/// A unit of work: it reads, decides and writes inside one transaction.
///
/// `run` may be called more than once (a failed shared transaction is rolled back and its operations run again one by
/// one), so it must not have effects outside the transaction. CPU-heavy work belongs before it.
#[async_trait]
pub trait Operation: Send + Sync + 'static {
    /// What the caller gets.
    type Output: Send + 'static;
    /// Why it may refuse.
    type Error: From<StoreError> + Send + 'static;

    /// Who asks: kept in the change log.
    fn actor(&self) -> Option<&str> {
        None
    }

    /// Does the work. An error undoes what this operation wrote, and only that.
    async fn run(&self, transaction: &dyn Transaction) -> Result<Self::Output, Self::Error>;
}

/// Is told of commits, for metrics.
pub trait WriteObserver: Send + Sync + 'static {
    /// So many operations were made durable together, in this time.
    fn committed(&self, operations: usize, elapsed: std::time::Duration);
}
