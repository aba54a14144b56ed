//! Expressions of others' languages. Nothing impure can be reached: no clock, no randomness, no I/O.

pub mod cel;
pub mod jsonata;

/// Bytes that the text of an expression may have.
const LENGTH_MAX: usize = 64 << 10;

/// Why an expression has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ExpressionError {
    /// What is wrong: a fragment.
    pub reason: String,
}

impl ExpressionError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Refuses texts that are unreasonably long.
fn check_length(text: &str) -> Result<(), ExpressionError> {
    if text.len() > LENGTH_MAX {
        return Err(ExpressionError::new(format!("the expression is longer than {LENGTH_MAX} bytes")));
    }
    Ok(())
}
