//! Why a measurement was given up. A wrong answer is as good a reason as a broken connection.

use std::io;
use std::path::PathBuf;

/// Result of everything that can be given up.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A reason to give up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The system refused something.
    #[error("cannot {action}: {source}")]
    System { action: String, source: io::Error },
    /// A child process did not come up.
    #[error("{program} did not become ready; it printed:\n{log}")]
    NotReady { program: String, log: String },
    /// The binary to measure is missing.
    #[error("{} is missing: build it with `cargo build --release -p registry`, or name another one with --registry", .0.display())]
    NoBinary(PathBuf),
    /// Bytes that are no HTTP/1.1 answer with a content length.
    #[error("not an answer that this client reads: {0}")]
    Unreadable(String),
    /// The server closed a connection that it should have kept.
    #[error("the server closed the connection in the middle of a measurement")]
    Closed,
    /// Not the answer that the request deserves.
    #[error("wrong answer\n  to       {request}\n  got      {got}\n  expected {expected}")]
    WrongAnswer { request: String, got: String, expected: String },
    /// A schema that should have been taken.
    #[error("{what} was refused: {reason}")]
    Refused { what: &'static str, reason: String },
    /// The server lost or invented something.
    #[error("{what}: counted {counted}, expected {expected}")]
    WrongCount { what: String, counted: u64, expected: u64 },
    /// The document to update has no place for the figures.
    #[error("{} has no lines `{begin}` and `{end}` in this order", path.display())]
    NoMarkers { path: PathBuf, begin: &'static str, end: &'static str },
    /// A signal came.
    #[error("interrupted; servers are stopped and databases removed")]
    Interrupted,
    /// Nothing to measure.
    #[error("--only {only} selects nothing; there are: {known}")]
    NothingSelected { only: String, known: String },
}

/// Names what was tried when the system refuses.
pub(crate) trait Attempt<T> {
    /// `action` completes the sentence "cannot …".
    fn attempt(self, action: impl Into<String>) -> Result<T>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, action: impl Into<String>) -> Result<T> {
        self.map_err(|source| Failure::System { action: action.into(), source })
    }
}
