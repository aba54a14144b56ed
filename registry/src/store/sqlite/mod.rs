//! The embedded store: one SQLite file, one writer with group commit, readers beside it.

mod open;
mod reads;
mod recent;
mod rows;
mod session;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};
use sqlx::SqlitePool;

use super::{
    Changes, ErasedOperation, Holder, Reads, Referrer, SchemaQuery, Statistics, Store, StoreError,
    StoredSchema, SubjectQuery, SubjectVersionRow, SubjectVersions, WriteObserver,
};
use writer::Writer;

/// A store in one file.
pub struct SqliteStore {
    path: PathBuf,
    readers: SqlitePool,
    writer: Writer,
    changes: Arc<Changes>,
    /// Held for as long as the store lives: keeps other processes out.
    _lock: std::fs::File,
}

impl SqliteStore {
    /// Opens the file, creating it when it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::AlreadyOpen`], [`StoreError::CannotOpen`], or the engine's failure.
    pub async fn open(
        path: impl Into<PathBuf>,
        observer: Arc<dyn WriteObserver>,
    ) -> Result<Self, StoreError> {
        open::open(path.into(), observer).await
    }
}

#[async_trait]
impl Reads for SqliteStore {
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        Ok(Arc::new(reads::subject_versions(&mut *self.readers.acquire().await?, subject).await?))
    }

    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        Ok(reads::schema(&mut *self.readers.acquire().await?, context, id).await?.map(Arc::new))
    }

    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError> {
        reads::id_of(&mut *self.readers.acquire().await?, context, guid).await
    }

    async fn first_holder(
        &self,
        context: &Context,
        id: SchemaId,
        name: Option<&str>,
    ) -> Result<Option<Holder>, StoreError> {
        reads::first_holder(&mut *self.readers.acquire().await?, context, id, name).await
    }

    async fn holders(&self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, StoreError> {
        reads::holders(&mut *self.readers.acquire().await?, context, id).await
    }

    async fn referrers(&self, subject: &Subject, version: Version) -> Result<Vec<Referrer>, StoreError> {
        reads::referrers(&mut *self.readers.acquire().await?, subject, version).await
    }

    async fn config(&self, place: &Subject) -> Result<Option<Arc<Config>>, StoreError> {
        Ok(reads::config(&mut *self.readers.acquire().await?, place).await?.map(Arc::new))
    }

    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError> {
        reads::mode(&mut *self.readers.acquire().await?, place).await
    }

    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError> {
        reads::subjects(&mut *self.readers.acquire().await?, query).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn search(&self, query: &SchemaQuery) -> Result<Vec<SubjectVersionRow>, StoreError> {
        reads::search(&mut *self.readers.acquire().await?, query).await
    }

    async fn ids_by_guid(&self, guid: Guid) -> Result<Vec<(Context, SchemaId)>, StoreError> {
        reads::ids_by_guid(&mut *self.readers.acquire().await?, guid).await
    }

    async fn max_id(&self, context: &Context) -> Result<SchemaId, StoreError> {
        reads::max_id(&mut *self.readers.acquire().await?, context).await
    }

    async fn contexts(&self) -> Result<Vec<Context>, StoreError> {
        reads::contexts(&mut *self.readers.acquire().await?).await
    }

    async fn contexts_with_subject(&self, name: &str) -> Result<Vec<Context>, StoreError> {
        reads::contexts_with_subject(&mut *self.readers.acquire().await?, name).await
    }

    async fn aliases(&self) -> Result<Vec<(Subject, String)>, StoreError> {
        reads::aliases(&mut *self.readers.acquire().await?).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let statistics = reads::statistics(&mut *self.readers.acquire().await?).await?;
        let size_bytes = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        Ok(Statistics { size_bytes, ..statistics })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        reads::ping(&mut *self.readers.acquire().await?).await
    }

    fn changes(&self) -> &Changes {
        &self.changes
    }

    async fn submit(&self, operation: Box<dyn ErasedOperation>) -> Result<(), StoreError> {
        self.writer.submit(operation).await
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}
