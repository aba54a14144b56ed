//! What a store offers for the keys of field encryption.
//!
//! Results hold soft-deleted keys too, marked as such, unless a filter says otherwise.

use async_trait::async_trait;
use schema::model::dek::{Dek, DekId};
use schema::model::ids::Version;
use schema::model::kek::Kek;

use super::{Page, StoreError};

/// Which soft-deleted keys a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFilter {
    /// Live ones only.
    Live,
    /// Both.
    All,
}

/// Reads of keys that both a store and a transaction offer.
#[async_trait]
pub trait KeyReads: Send + Sync {
    /// The key encryption key of a name.
    async fn kek(&self, name: &str) -> Result<Option<Kek>, StoreError>;

    /// One data encryption key.
    async fn dek(&self, id: &DekId, version: Version) -> Result<Option<Dek>, StoreError>;

    /// The versions of a data encryption key from 1, ascending.
    async fn deks(&self, id: &DekId) -> Result<Vec<Dek>, StoreError>;

    /// Whether a key encryption key wraps any data encryption key.
    async fn has_deks(&self, kek: &str, filter: KeyFilter) -> Result<bool, StoreError>;
}

/// Listings of keys.
#[async_trait]
pub trait KeyListings {
    /// Names of key encryption keys, sorted.
    async fn kek_names(&self, filter: KeyFilter, page: Page) -> Result<Vec<String>, StoreError>;

    /// Names of the key encryption keys that wrap a data encryption key (one that passes the filter) whose subject,
    /// written with its context, starts with one of the prefixes; sorted.
    async fn kek_names_by_subject(
        &self,
        prefixes: &[String],
        filter: KeyFilter,
        page: Page,
    ) -> Result<Vec<String>, StoreError>;

    /// The subjects, written with their contexts, whose data encryption keys a key encryption key wraps; sorted.
    async fn dek_subjects(&self, kek: &str, filter: KeyFilter, page: Page)
    -> Result<Vec<String>, StoreError>;
}

/// Writes of keys within a transaction.
#[async_trait]
pub trait KeyWrites: KeyReads {
    /// How many key encryption keys there are, soft-deleted ones included.
    async fn count_keks(&self) -> Result<u64, StoreError>;

    /// How many data encryption keys there are, soft-deleted ones included.
    async fn count_deks(&self) -> Result<u64, StoreError>;

    /// Writes a key encryption key in place of one of the same name.
    async fn put_kek(&self, kek: &Kek) -> Result<(), StoreError>;

    /// Removes a key encryption key that wraps nothing.
    async fn remove_kek(&self, name: &str) -> Result<(), StoreError>;

    /// Writes a data encryption key in place of one of the same id and version.
    async fn put_dek(&self, dek: &Dek) -> Result<(), StoreError>;

    /// Removes a data encryption key.
    async fn remove_dek(&self, id: &DekId, version: Version) -> Result<(), StoreError>;
}
