//! One reason why a reader cannot read a writer's data.

/// A finding of a compatibility checker. All texts are in terms of *reader* and *writer*; who of the two is the newer
/// schema is known only to `compat`, which prints the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatibility {
    /// The reference registry's `errorType`, e.g. `READER_FIELD_MISSING_DEFAULT_VALUE`.
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
    /// The smallest change to one of the two schemas that would pass: a sentence in the imperative. `{reader}` and
    /// `{writer}` stand for `new` and `old`.
    pub cure: String,
}

/// Fragments longer than this many characters are cut and end in `…`.
pub const FRAGMENT_LENGTH_MAX: usize = 400;
