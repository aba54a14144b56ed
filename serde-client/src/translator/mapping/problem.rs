//! Mistakes in a mapping, with the place in its file.

use std::fmt;

/// A place in a mapping file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// From 1; 0 for what stands in no file, such as a rule that was inferred.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
}

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Where.
    pub at: Place,
    /// What is wrong and what would cure it: a sentence without a full stop.
    pub message: String,
}

impl Problem {
    /// A mistake at a place.
    #[must_use]
    pub fn new(at: Place, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    /// The same, at `at` when nobody has said a place.
    #[must_use]
    pub fn or_at(mut self, at: Place) -> Self {
        if self.at == Place::default() {
            self.at = at;
        }
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.line > 0 {
            write!(f, "{}: ", self.at)?;
        }
        f.write_str(&self.message)
    }
}
