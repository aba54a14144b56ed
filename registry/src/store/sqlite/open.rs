//! Opening the file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::mpsc;

use super::session::SqliteSession;
use super::{SqliteStore, Writer};
use crate::store::cache::{Cache, CacheSizes};
use crate::store::group_commit::{self, QUEUE_MAX};
use crate::store::sql::reads;
use crate::store::{Changes, StoreError, WriteObserver};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");

/// Pages of the log after which they are moved into the file, which costs a commit two more syncs.
const CHECKPOINT_PAGES: u32 = 4096;
/// Bytes to which the log is cut back after that.
const LOG_BYTES_MAX: u32 = 64 << 20;
/// Kilobytes of pages that the writer keeps in memory (negative: SQLite's sign for kilobytes).
const WRITER_PAGES_KB: &str = "-65536";
/// The same for each reader.
const READER_PAGES_KB: &str = "-8192";
/// Rows that may be on their way from a connection's thread to its reader.
const ROWS_UNDER_WAY: usize = 1024;

/// What an operator decides about the store.
#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// Connections that read beside the writer.
    pub readers: u32,
    /// How long to wait for a free connection, or for a lock that a foreign tool holds on the file.
    pub wait: Duration,
    /// Bytes for answers kept in memory.
    pub cache: CacheSizes,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 4, wait: Duration::from_secs(5), cache: CacheSizes::default() }
    }
}

impl SqliteStore {
    /// Opens the file, creates it if it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::FolderMissing`], [`StoreError::AlreadyOpen`], [`StoreError::Open`], [`StoreError::Migration`].
    pub async fn open(
        path: impl AsRef<Path>,
        options: SqliteOptions,
        observer: Arc<dyn WriteObserver>,
    ) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let lock = lock(path)?;
        let changes = Arc::new(Changes::new());
        let cache = Arc::new(Cache::new(options.cache, Arc::clone(&changes)));

        let writing = writing(path, &options);
        let failed = |error: sqlx::Error| StoreError::Open { path: path.to_owned(), source: Box::new(error) };
        let mut connection = SqliteConnection::connect_with(&writing).await.map_err(failed)?;
        // Not `run`: its bounds keep the future from being `Send`.
        MIGRATIONS.run_direct(None, &mut connection, false).await?;

        cache.configured.note(reads::configured_places(&mut connection).await?);
        cache.with_mode.note(reads::places_with_mode(&mut connection).await?);

        let pool = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(options.wait)
            .test_before_acquire(false);
        let readers = pool.connect_lazy_with(reading(path, &options));

        let session =
            SqliteSession::new(connection, writing, Arc::clone(&changes), Arc::clone(&cache), lock).await?;
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let task = tokio::spawn(group_commit::Writer::new(session, observer).run(queue));
        let writer = Writer { queue: Mutex::new(Some(sender)), task: Mutex::new(Some(task)) };
        Ok(Self { path: path.to_owned(), changes, cache, readers, writer })
    }
}

/// Makes sure that no other process, and no other store of this one, has the file open.
fn lock(path: &Path) -> Result<File, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        && !folder.is_dir()
    {
        return Err(StoreError::FolderMissing { path: folder.to_owned() });
    }
    let mut beside = path.to_owned().into_os_string();
    beside.push(".lock");
    let beside = PathBuf::from(beside);
    let opened = File::options().create(true).truncate(false).write(true).open(&beside);
    let file = opened.map_err(|error| StoreError::open(&beside, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(StoreError::open(&beside, error)),
    }
}

fn either(path: &Path, options: &SqliteOptions) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(options.wait)
        .row_buffer_size(ROWS_UNDER_WAY)
        .pragma("temp_store", "memory")
        .disable_statement_logging()
}

fn writing(path: &Path, options: &SqliteOptions) -> SqliteConnectOptions {
    either(path, options)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("cache_size", WRITER_PAGES_KB)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .pragma("journal_size_limit", LOG_BYTES_MAX.to_string())
}

fn reading(path: &Path, options: &SqliteOptions) -> SqliteConnectOptions {
    either(path, options).read_only(true).pragma("query_only", "ON").pragma("cache_size", READER_PAGES_KB)
}
