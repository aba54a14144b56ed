//! What a mapping does with every leaf of both records.

use std::fmt;

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Path of the target's leaf; of the source's leaf where something gets lost.
    pub target: String,
    /// What it is made of.
    pub source: String,
    /// How.
    pub class: Class,
    /// What is worth knowing.
    pub note: String,
}

/// What becomes of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The same value of the same type.
    Exact,
    /// The same value of a wider type.
    Widened,
    /// The same value of a field with another name that the schemas declare to be the same.
    Aliased,
    /// What a rule says.
    Mapped,
    /// The schema's default.
    Defaulted,
    /// A fixed value.
    Constant,
    /// A rule that can lose something, and says what becomes of values that do not fit.
    Lossy,
    /// A part of the source that is lost on purpose.
    Dropped,
    /// Nothing says what it is made of, or a part of the source is lost without a word.
    Unmapped,
}

impl Class {
    /// As reports spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Widened => "widened",
            Self::Aliased => "aliased",
            Self::Mapped => "mapped",
            Self::Defaulted => "defaulted",
            Self::Constant => "constant",
            Self::Lossy => "lossy",
            Self::Dropped => "dropped",
            Self::Unmapped => "UNMAPPED",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
