//! Why a measurement cannot be made.

use std::fmt::Display;
use std::path::PathBuf;

/// What ends the program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A peer gives another answer than the reference.
    #[error("{peer}, {operation}: record {record}: {reason}")]
    WrongAnswer { peer: String, operation: &'static str, record: usize, reason: String },
    /// A file that cannot be read or written.
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    /// A document without a place for the figures.
    #[error("{path} has no lines `{begin}` and `{end}`")]
    NoMarkers { path: PathBuf, begin: &'static str, end: &'static str },
    /// A peer of another language that does not answer as it should.
    #[error("{peer}: {reason}")]
    External { peer: String, reason: String },
    /// What a library says.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    pub(crate) fn other(error: impl Display) -> Self {
        Self::Other(error.to_string())
    }
}
