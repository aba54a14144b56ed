//! Why a store may fail.

use std::io;
use std::path::PathBuf;

use schema::model::ids::SchemaId;
use schema::model::subject::Context;

/// What lies below a failure; the driver's own types stay inside the store.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or cannot write (disk full, file read-only, I/O error).
    #[error("the store is unavailable")]
    Unavailable(#[source] Cause),
    /// It is too busy.
    #[error("the store did not answer in time")]
    Timeout,
    /// It holds something that cannot be read.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The id stands for other content in the context.
    #[error("schema id {id} already stands for other content in context {context}")]
    IdTaken {
        /// Where.
        context: Context,
        /// Which.
        id: SchemaId,
    },
    /// The highest id was given.
    #[error("context {0} has no schema ids left")]
    IdsExhausted(Context),
    /// The database refused a statement.
    #[error("the database failed")]
    Database(#[source] Cause),
    /// It was closed.
    #[error("the store is closed")]
    Closed,
    /// Another process (or another store of this one) has the file open.
    #[error("`{}` is in use by another registry; stop that one, or give this one a file of its own", .path.display())]
    AlreadyOpen {
        /// The file.
        path: PathBuf,
    },
    /// The folder of the file is not there.
    #[error("the folder `{}` does not exist; create it, or choose another place for the file", .path.display())]
    FolderMissing {
        /// The folder.
        path: PathBuf,
    },
    /// The file cannot be opened.
    #[error("failed to open `{}`", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The tables cannot be brought up to date.
    #[error("failed to bring the tables of the store up to date; was it written by a newer release?")]
    Migration(#[source] Cause),
    /// An operation panicked. What it wrote was undone.
    #[error("an operation on the store broke off")]
    Aborted,
}

impl StoreError {
    /// A stored value that does not read as what it should be.
    pub(super) fn unreadable(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Corrupt(format!("unreadable {what}: {cause}"))
    }
}

/// Result codes of SQLite that say more than "failed"; extended codes carry them in the low byte.
mod sqlite_code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READ_ONLY: u32 = 8;
    pub(super) const IO_ERROR: u32 = 10;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANNOT_OPEN: u32 = 14;
    pub(super) const NOT_A_DATABASE: u32 = 26;
}

/// The only place where the driver's errors are read.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Timeout,
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Self::Unavailable(Box::new(error)),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            sqlx::Error::Database(refusal) => match primary_code(refusal.as_ref()) {
                Some(sqlite_code::BUSY | sqlite_code::LOCKED) => Self::Timeout,
                Some(
                    sqlite_code::READ_ONLY
                    | sqlite_code::IO_ERROR
                    | sqlite_code::FULL
                    | sqlite_code::CANNOT_OPEN,
                ) => Self::Unavailable(Box::new(error)),
                Some(sqlite_code::CORRUPT | sqlite_code::NOT_A_DATABASE) => Self::Corrupt(error.to_string()),
                _ => Self::Database(Box::new(error)),
            },
            _ => Self::Database(Box::new(error)),
        }
    }
}

fn primary_code(refusal: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    let code: u32 = refusal.code()?.parse().ok()?;
    Some(code & 0xff)
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(Box::new(error))
    }
}

impl StoreError {
    /// A file that does not open.
    pub(super) fn open(path: &std::path::Path, source: io::Error) -> Self {
        Self::Open { path: path.to_owned(), source: Box::new(source) }
    }
}
