//! The keys of field encryption in SQLite: reads beside the writer, and writes within its transaction.

use async_trait::async_trait;
use schema::model::dek::{Dek, DekId};
use schema::model::ids::Version;
use schema::model::kek::Kek;

use super::SqliteStore;
use super::session::{SqliteSession, State};
use crate::clock::now_ms;
use crate::store::sql::Connection;
use crate::store::sql::keys::{self, KeyChange};
use crate::store::{Key, KeyFilter, KeyListings, KeyReads, KeyWrites, Page, StoreError};

#[async_trait]
impl KeyReads for SqliteStore {
    async fn kek(&self, name: &str) -> Result<Option<Kek>, StoreError> {
        keys::kek(&mut *self.reader().await?, name).await
    }

    async fn dek(&self, id: &DekId, version: Version) -> Result<Option<Dek>, StoreError> {
        keys::dek(&mut *self.reader().await?, id, version).await
    }

    async fn deks(&self, id: &DekId) -> Result<Vec<Dek>, StoreError> {
        keys::deks(&mut *self.reader().await?, id).await
    }

    async fn has_deks(&self, kek: &str, filter: KeyFilter) -> Result<bool, StoreError> {
        keys::has_deks(&mut *self.reader().await?, kek, filter).await
    }
}

#[async_trait]
impl KeyListings for SqliteStore {
    async fn kek_names(&self, filter: KeyFilter, page: Page) -> Result<Vec<String>, StoreError> {
        keys::kek_names(&mut *self.reader().await?, filter, page).await
    }

    async fn kek_names_by_subject(
        &self,
        prefixes: &[String],
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        keys::kek_names_by_subject(&mut *self.reader().await?, prefixes, filter, page).await
    }

    async fn dek_subjects(
        &self,
        kek: &str,
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, StoreError> {
        keys::dek_subjects(&mut *self.reader().await?, kek, filter, page).await
    }
}

#[async_trait]
impl KeyReads for SqliteSession {
    async fn kek(&self, name: &str) -> Result<Option<Kek>, StoreError> {
        keys::kek(&mut self.state().await.connection, name).await
    }

    async fn dek(&self, id: &DekId, version: Version) -> Result<Option<Dek>, StoreError> {
        keys::dek(&mut self.state().await.connection, id, version).await
    }

    async fn deks(&self, id: &DekId) -> Result<Vec<Dek>, StoreError> {
        keys::deks(&mut self.state().await.connection, id).await
    }

    async fn has_deks(&self, kek: &str, filter: KeyFilter) -> Result<bool, StoreError> {
        keys::has_deks(&mut self.state().await.connection, kek, filter).await
    }
}

#[async_trait]
impl KeyWrites for SqliteSession {
    async fn count_keks(&self) -> Result<u64, StoreError> {
        keys::count_keks(&mut self.state().await.connection).await
    }

    async fn count_deks(&self) -> Result<u64, StoreError> {
        keys::count_deks(&mut self.state().await.connection).await
    }

    async fn put_kek(&self, kek: &Kek) -> Result<(), StoreError> {
        let mut state = self.state().await;
        let kind = if kek.deleted { "kek_soft_deleted" } else { "kek_put" };
        state.log_key(&KeyChange { kind, kek: &kek.name, dek: None }).await?;
        keys::put_kek(&mut state.connection, kek).await
    }

    async fn remove_kek(&self, name: &str) -> Result<(), StoreError> {
        let mut state = self.state().await;
        state.log_key(&KeyChange { kind: "kek_removed", kek: name, dek: None }).await?;
        keys::remove_kek(&mut state.connection, name).await
    }

    async fn put_dek(&self, dek: &Dek) -> Result<(), StoreError> {
        let mut state = self.state().await;
        let kind = if dek.deleted { "dek_soft_deleted" } else { "dek_put" };
        state.log_key(&KeyChange { kind, kek: &dek.kek_name, dek: Some((&dek.id(), dek.version)) }).await?;
        keys::put_dek(&mut state.connection, dek).await
    }

    async fn remove_dek(&self, id: &DekId, version: Version) -> Result<(), StoreError> {
        let mut state = self.state().await;
        state.log_key(&KeyChange { kind: "dek_removed", kek: &id.kek, dek: Some((id, version)) }).await?;
        keys::remove_dek(&mut state.connection, id, version).await
    }
}

impl State {
    /// Writes the change-log row of a write that follows, and notes what goes stale with it.
    async fn log_key(&mut self, change: &KeyChange<'_>) -> Result<(), StoreError> {
        let sequence = self.number_write();
        match change.dek {
            Some((id, _)) => self.touch(Key::Dek(id)),
            None => self.touch(Key::Kek(change.kek)),
        }
        let statement = keys::log(change, sequence, now_ms(), self.pending.actor.clone());
        self.connection.execute(statement).await
    }
}
