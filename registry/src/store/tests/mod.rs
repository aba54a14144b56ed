//! The contract of a store, written once and run against every engine.

mod acts;
mod batches;
mod changes;
mod deletes;
mod ids;
mod keys;
mod listings;
mod references;
mod settings;
mod speed;
mod sqlite_file;
mod sqlite_plans;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::store::{SqliteOptions, SqliteStore, Store, StoreError, WriteObserver};

/// Where a store is kept between openings.
#[async_trait]
trait Home: Send + Sync {
    async fn open(&self) -> Box<dyn Store>;
}

struct NobodyWatches;

impl WriteObserver for NobodyWatches {
    fn committed(&self, _: usize, _: Duration) {}
}

struct SqliteHome {
    folder: tempfile::TempDir,
}

impl SqliteHome {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("registry.db")
    }

    async fn try_store(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(self.path(), SqliteOptions::default(), Arc::new(NobodyWatches)).await
    }

    async fn store(&self) -> SqliteStore {
        self.try_store().await.unwrap()
    }
}

#[async_trait]
impl Home for SqliteHome {
    async fn open(&self) -> Box<dyn Store> {
        Box::new(self.store().await)
    }
}

/// Runs each test body once per engine.
macro_rules! store_suite {
    ($(async fn $name:ident($home:ident: &dyn Home) $body:block)+) => {
        mod contract {
            use super::*;
            use crate::store::tests::Home;
            $(pub(super) async fn $name($home: &dyn Home) $body)+
        }

        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::contract::$name(&crate::store::tests::SqliteHome::new()).await;
            })+
        }
    };
}
use store_suite;
