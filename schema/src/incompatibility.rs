//! One reason why a reader cannot read a writer's data.

use serde::{Deserialize, Serialize};

/// A finding of a compatibility checker. All texts are in terms of *reader* and *writer*; who of the two is the newer
/// schema is known only to `compat`, which prints the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatibility {
    /// The reference registry's `errorType`, e.g. `READER_FIELD_MISSING_DEFAULT_VALUE`, or [`CHECK_FAILED`].
    pub kind: &'static str,
    /// The place, in the path language of the format (Avro: JSON pointer into the reader).
    pub path: String,
    /// The reference registry's `description`, with `{reader}` and `{writer}` standing for `new` and `old`.
    pub description: String,
    /// The reference registry's `additionalInfo`.
    pub detail: String,
    /// The reader's part of the schema at `path`: canonical text, cut at [`FRAGMENT_LENGTH_MAX`] characters; empty
    /// where the reader has none.
    pub reader_fragment: String,
    /// The writer's part; empty where the writer has none.
    pub writer_fragment: String,
    /// Why it cannot be read: a clause that follows "because", e.g. "the reader's field `bid` has no default and the
    /// writer does not write it".
    pub reason: String,
    /// The smallest change to the reader that would pass: a sentence in the imperative, without a full stop.
    /// `{reader}` and `{writer}` stand for `new` and `old`.
    pub cure: String,
    /// The same for a change to the writer, for when it is the writer that is not registered yet.
    pub writer_cure: String,
}

/// Fragments longer than this many characters are cut and end in `…`.
pub const FRAGMENT_LENGTH_MAX: usize = 400;

/// The kind of a finding that says the question has no answer, e.g. because a reader's field means two fields of the
/// writer. Such a pair counts as incompatible.
pub const CHECK_FAILED: &str = "CHECK_FAILED";

/// Which of the two schemas is the newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The newer schema reads what an earlier one wrote.
    Backward,
    /// An earlier schema reads what the newer one wrote.
    Forward,
}

impl Direction {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::Forward => "forward",
        }
    }

    /// Puts `new` and `old` in the places of `{reader}` and `{writer}`.
    #[must_use]
    pub fn name_sides(self, text: &str) -> String {
        let (reader, writer) = match self {
            Self::Backward => ("new", "old"),
            Self::Forward => ("old", "new"),
        };
        text.replace("{reader}", reader).replace("{writer}", writer)
    }
}

impl Incompatibility {
    /// The reference registry's `description` in terms of new and old.
    #[must_use]
    pub fn described(&self, direction: Direction) -> String {
        direction.name_sides(&self.description)
    }

    /// The change that would pass to the schema that can still be changed: the newer one.
    #[must_use]
    pub fn cure_for(&self, direction: Direction) -> String {
        let cure = match direction {
            Direction::Backward => &self.cure,
            Direction::Forward => &self.writer_cure,
        };
        direction.name_sides(cure)
    }

    /// Bytes of text in this finding.
    pub(crate) fn text_length(&self) -> usize {
        let fragments = self.reader_fragment.len() + self.writer_fragment.len();
        let words = self.reason.len() + self.cure.len() + self.writer_cure.len();
        self.path.len() + self.description.len() + self.detail.len() + fragments + words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_default() -> Incompatibility {
        Incompatibility {
            kind: "READER_FIELD_MISSING_DEFAULT_VALUE",
            path: "/fields/1".into(),
            description:
                "The field 'b' at path '/fields/1' in the {reader} schema has no default value and is \
                          missing in the {writer} schema"
                    .into(),
            detail: "b".into(),
            reader_fragment: String::new(),
            writer_fragment: String::new(),
            reason: String::new(),
            cure: "change the {reader} schema".into(),
            writer_cure: "change the {writer} schema".into(),
        }
    }

    #[test]
    fn the_direction_names_the_sides() {
        let finding = missing_default();
        assert!(finding.described(Direction::Backward).contains("in the new schema has no default value"));
        assert!(finding.described(Direction::Forward).contains("in the old schema has no default value"));
        assert_eq!(finding.cure_for(Direction::Backward), "change the new schema");
        assert_eq!(finding.cure_for(Direction::Forward), "change the new schema");
    }
}
