//! Errors on their way out: small while they travel, with the path put together only where one happened.

use std::fmt::{self, Display};

use crate::codec::{DecodeError, EncodeError};

/// The offset of an error whose place nobody has said yet.
const UNPLACED: usize = usize::MAX;

/// Why bytes are no record of the schema. One pointer wide, so that results stay in registers.
#[derive(Debug)]
pub struct Fault(Box<DecodeError>);

/// Why a value does not fit the schema. One pointer wide, so that results stay in registers.
#[derive(Debug)]
pub struct Misfit(Box<EncodeError>);

impl Fault {
    /// An error whose place is still to be said by [`Fault::at`].
    #[cold]
    #[inline(never)]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::new(DecodeError { path: String::new(), offset: UNPLACED, reason: reason.into() }))
    }

    /// Gives the error its byte offset, unless it has one.
    #[cold]
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        if self.0.offset == UNPLACED {
            self.0.offset = offset;
        }
        self
    }

    /// Puts the name of a field, or the position of an item, in front of the path.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn within(mut self, name: impl Display) -> Self {
        prepend(&mut self.0.path, &name);
        self
    }

    /// The error as callers see it.
    #[cold]
    #[must_use]
    pub fn into_error(mut self) -> Box<DecodeError> {
        if self.0.offset == UNPLACED {
            self.0.offset = 0;
        }
        self.0
    }
}

impl Misfit {
    /// An error at the value in hand.
    #[cold]
    #[inline(never)]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Box::new(EncodeError { path: String::new(), reason: reason.into() }))
    }

    /// Puts the name of a field, or the position of an item, in front of the path.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn within(mut self, name: impl Display) -> Self {
        prepend(&mut self.0.path, &name);
        self
    }

    /// The error as callers see it.
    #[must_use]
    pub fn into_error(self) -> Box<EncodeError> {
        self.0
    }
}

fn prepend(path: &mut String, name: &dyn Display) {
    *path = if path.is_empty() { name.to_string() } else { format!("{name}.{path}") };
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl std::error::Error for Misfit {}

impl serde::de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

impl serde::ser::Error for Misfit {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}
