//! The store in one SQLite file.
//!
//! WAL with `synchronous=FULL`: what was answered survives a crash of the machine. One connection writes
//! ([`session`]), a few others read beside it. One process at a time: a lock beside the file sees to that, and lets
//! the caches answer without asking the file.

mod connection;
mod keys;
mod open;
mod scripts;
mod session;
mod writes;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqlitePool};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use self::session::SqliteSession;
use super::cache::{Cache, Kept};
use super::facts::{ConfigAt, ContentOf, IdOf, ModeAt, VersionsOf};
use super::sql::{Statement, listings, reads};
use super::{
    Changes, ErasedOperation, Holder, Reads, Referrer, SchemaQuery, Statistics, Store, StoreError,
    StoredSchema, SubjectQuery, SubjectVersionRow, SubjectVersions,
};

pub use open::SqliteOptions;

/// The store in one SQLite file; made by [`SqliteStore::open`].
///
/// Answers that caches can hold come from memory while they are fresh.
pub struct SqliteStore {
    path: PathBuf,
    changes: Arc<Changes>,
    cache: Arc<Cache>,
    readers: SqlitePool,
    writer: Writer,
}

/// The way to the writer: both parts are gone once the store is closed.
struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn ErasedOperation>>>>,
    task: Mutex<Option<JoinHandle<SqliteSession>>>,
}

impl SqliteStore {
    async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// Answers from memory if it can, else asks the file and remembers.
    async fn known<F: Kept>(&self, fact: F) -> Result<F::Value, StoreError> {
        if let Some(value) = self.cache.get(&fact) {
            return Ok(value);
        }
        let stamp = self.cache.stamp(&fact);
        let value = fact.read(&mut *self.reader().await?).await?;
        self.cache.put(fact, stamp, value.clone());
        Ok(value)
    }

    /// The file and the log beside it.
    fn size_bytes(&self) -> u64 {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        size(self.path.clone()) + size(log.into())
    }
}

#[async_trait]
impl Reads for SqliteStore {
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        self.known(VersionsOf(subject.clone())).await
    }

    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        self.known(ContentOf(context.clone(), id)).await
    }

    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError> {
        self.known(IdOf(context.clone(), guid)).await
    }

    async fn first_holder(
        &self,
        context: &Context,
        id: SchemaId,
        name: Option<&str>,
    ) -> Result<Option<Holder>, StoreError> {
        reads::first_holder(&mut *self.reader().await?, context, id, name).await
    }

    async fn holders(&self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, StoreError> {
        reads::holders(&mut *self.reader().await?, context, id).await
    }

    async fn referrers(&self, subject: &Subject, version: Version) -> Result<Vec<Referrer>, StoreError> {
        reads::referrers(&mut *self.reader().await?, subject, version).await
    }

    async fn config(&self, place: &Subject) -> Result<Option<Arc<Config>>, StoreError> {
        self.known(ConfigAt(place.clone())).await
    }

    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError> {
        self.known(ModeAt(place.clone())).await
    }

    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError> {
        listings::subjects(&mut *self.reader().await?, query).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn search(&self, query: &SchemaQuery) -> Result<Vec<SubjectVersionRow>, StoreError> {
        listings::search(&mut *self.reader().await?, query).await
    }

    async fn ids_by_guid(&self, guid: Guid) -> Result<Vec<(Context, SchemaId)>, StoreError> {
        reads::ids_by_guid(&mut *self.reader().await?, guid).await
    }

    async fn max_id(&self, context: &Context) -> Result<SchemaId, StoreError> {
        reads::max_id(&mut *self.reader().await?, context).await
    }

    async fn contexts(&self) -> Result<Vec<Context>, StoreError> {
        reads::contexts(&mut *self.reader().await?).await
    }

    async fn contexts_with_subject(&self, name: &str) -> Result<Vec<Context>, StoreError> {
        reads::contexts_with_subject(&mut *self.reader().await?, name).await
    }

    async fn aliases(&self) -> Result<Vec<(Subject, String)>, StoreError> {
        reads::aliases(&mut *self.reader().await?).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let counts = reads::statistics(&mut *self.reader().await?).await?;
        Ok(Statistics { size_bytes: self.size_bytes(), ..counts })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        if self.writer.queue().is_none() {
            return Err(StoreError::Closed);
        }
        let mut reader = self.reader().await?;
        super::sql::Connection::fetch(&mut *reader, Statement::new("SELECT name FROM contexts LIMIT 1"))
            .await?;
        Ok(())
    }

    fn changes(&self) -> &Changes {
        &self.changes
    }

    async fn submit(&self, operation: Box<dyn ErasedOperation>) -> Result<(), StoreError> {
        let queue = self.writer.queue().ok_or(StoreError::Closed)?;
        queue.send(operation).await.map_err(|_| StoreError::Closed)
    }

    async fn close(&self) {
        let Some(task) = self.writer.stop() else { return };
        let session = task.await;
        self.readers.close().await;
        if let Ok(session) = session {
            session.close().await;
        }
    }
}

impl Writer {
    /// The queue, while the writer takes operations.
    fn queue(&self) -> Option<mpsc::Sender<Box<dyn ErasedOperation>>> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().filter(|queue| !queue.is_closed()).cloned()
    }

    /// Ends the queue. The task ends once it has done what was queued.
    fn stop(&self) -> Option<JoinHandle<SqliteSession>> {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.task.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
