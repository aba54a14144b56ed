//! Why there is no figure.

/// What ends the benchmark.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A schema, a mapping or a record that is not what it should be.
    #[error("{0}")]
    Wrong(String),
    /// The table cannot be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// Any error as a failure.
pub(crate) fn wrong(error: impl std::fmt::Display) -> Failure {
    Failure::Wrong(error.to_string())
}
