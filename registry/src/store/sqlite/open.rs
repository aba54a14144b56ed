//! Opening the file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::SqliteStore;
use super::session::Session;
use super::writer::Writer;
use crate::store::{Changes, StoreError, WriteObserver};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");

/// Connections that read at the same time. Most reads are answered by caches.
const READERS_MAX: u32 = 4;
const READER_WAIT: Duration = Duration::from_secs(10);
/// How long the engine waits for its own locks, e.g. while a backup tool reads the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pages of cache per connection, negative for KiB.
const CACHE_KIB: &str = "-4096";

pub(super) async fn open(path: PathBuf, observer: Arc<dyn WriteObserver>) -> Result<SqliteStore, StoreError> {
    let lock = lock(&path)?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("cache_size", CACHE_KIB)
        .statement_cache_capacity(64);
    let writing = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let cannot_open = |reason: String| StoreError::CannotOpen { path: path.clone(), reason };
    let mut connection = writing.connect().await.map_err(|error| cannot_open(error.to_string()))?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| cannot_open(error.to_string()))?;
    let changes = Arc::new(Changes::default());
    let writer = Writer::start(Session::new(connection), Arc::clone(&changes), observer);
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .min_connections(1)
        .acquire_timeout(READER_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(|error| cannot_open(error.to_string()))?;
    Ok(SqliteStore { path, readers, writer, changes, _lock: lock })
}

/// Keeps a second process off the file: two writers would give ids twice.
fn lock(path: &Path) -> Result<File, StoreError> {
    let cannot_open = |reason: String| StoreError::CannotOpen { path: path.to_owned(), reason };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(cannot_open(format!("the folder {} does not exist; create it first", folder.display())));
    }
    if path.is_dir() {
        return Err(cannot_open("it is a folder; name a file in it".to_owned()));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let file = File::create(&beside).map_err(|error| cannot_open(error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(cannot_open(error.to_string())),
    }
}
