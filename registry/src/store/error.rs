//! Why a store fails.

use std::path::PathBuf;

use schema::model::ids::SchemaId;
use schema::model::subject::Context;

/// A failure of the store. Only [`StoreError::IdTaken`] is the caller's doing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A given id stands for other content.
    #[error("id {id} of context {context} stands for other content")]
    IdTaken {
        /// The context.
        context: Context,
        /// The id.
        id: SchemaId,
    },
    /// Another process has the file open.
    #[error("{} is in use by another process; stop it, or choose another file", .path.display())]
    AlreadyOpen {
        /// The database file.
        path: PathBuf,
    },
    /// The file cannot be used.
    #[error("cannot open {}: {reason}", .path.display())]
    CannotOpen {
        /// The database file.
        path: PathBuf,
        /// What is wrong and what would cure it.
        reason: String,
    },
    /// The store did not answer in time.
    #[error("the store took too long")]
    Timeout,
    /// What is stored contradicts itself.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// The transaction that this write shared could not be made durable; nothing of it was kept.
    #[error("the write could not be made durable: {0}")]
    NotDurable(String),
    /// The engine failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Timeout,
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Closed,
            sqlx::Error::ColumnDecode { index, source } => Self::Corrupt(format!("column {index}: {source}")),
            error => Self::Database(error),
        }
    }
}
