//! What a schema language must offer. A new language is one more implementation and one more arm in `parsed.rs`.

use crate::evidence::Evidence;
use crate::incompatibility::{Direction, Incompatibility};
use crate::model::api::SchemaTags;
use crate::model::config::CompatibilityPolicy;
use crate::model::schema::SchemaType;
use crate::references::ResolvedReferences;

/// How strictly a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// A schema that is about to be registered: names and default values must be right.
    New,
    /// A schema that exists: whatever was once accepted must load.
    Stored,
}

/// A text is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", place(.path.as_deref(), *.line, *.column))]
pub struct ParseError {
    /// What is wrong and what would cure it: a lowercase fragment.
    pub message: String,
    /// JSON pointer of the place, where one is known.
    pub path: Option<String>,
    /// Line from 1, where known.
    pub line: Option<usize>,
    /// Column from 1, where known.
    pub column: Option<usize>,
}

fn place(path: Option<&str>, line: Option<usize>, column: Option<usize>) -> String {
    let mut place = String::new();
    if let Some(path) = path.filter(|path| !path.is_empty()) {
        place.push_str(&format!(" at `{path}`"));
    }
    if let (Some(line), Some(column)) = (line, column) {
        place.push_str(&format!(" (line {line}, column {column})"));
    }
    place
}

impl ParseError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: None, line: None, column: None }
    }

    /// An error at a JSON pointer.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::new(message) }
    }
}

/// A tag names a place that the schema does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no matching path '{0}' found in the schema")]
pub struct UnknownEntity(pub String);

/// A hash that equal definitions share. It is stored, so it must stay the same from release to release.
pub type DefinitionHash = u64;

/// One schema language.
///
/// Implementations hold their canonical text, so [`SchemaFormat::canonical`] costs nothing.
pub trait SchemaFormat: Sized + Send + Sync {
    /// The language.
    const TYPE: SchemaType;

    /// Parses `text`, with the texts of its references already resolved.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the fault.
    fn parse(text: &str, references: &ResolvedReferences, strictness: Strictness)
    -> Result<Self, ParseError>;

    /// The canonical text: what is stored, hashed and returned.
    fn canonical(&self) -> &str;

    /// The normalised schema; references are left to the caller.
    ///
    /// # Errors
    /// [`ParseError`] when the normalised form would not parse.
    fn normalized(&self) -> Result<Self, ParseError>;

    /// The text in the output format `format` (`resolved`, …); the canonical text for formats unknown to the language.
    ///
    /// # Errors
    /// [`ParseError`] when the schema has no such form, or only one of unreasonable size.
    fn formatted(&self, format: &str) -> Result<String, ParseError>;

    /// Everything that keeps `reader` from reading what `writer` wrote; empty when compatible.
    fn can_read(reader: &Self, writer: &Self, policy: CompatibilityPolicy) -> Vec<Incompatibility>;

    /// A finding of [`SchemaFormat::can_read`] in the shape in which clients of the reference registry know it.
    fn message(finding: &Incompatibility, direction: Direction) -> String;

    /// Values that prove findings of [`SchemaFormat::can_read`], one for each, tried before they are returned. What a
    /// search needs of the two schemas is made once for all findings.
    fn evidence(reader: &Self, writer: &Self, findings: &[Incompatibility]) -> Vec<Evidence>;

    /// Whether everything that the schema needs is there: asked once a new schema would otherwise be taken.
    ///
    /// # Errors
    /// [`ParseError`] that names what is missing, is there twice, or refers to itself.
    fn linked(&self) -> Result<(), ParseError>;

    /// Whether the reference registry could load the schema. One that it could not is read all the same, since it may be
    /// stored, but nobody who looks for it can have registered it.
    ///
    /// # Errors
    /// [`ParseError`] with the fault.
    fn loadable(&self) -> Result<(), ParseError>;

    /// The stricter rules for new schemas of a subject whose fields are validated.
    ///
    /// # Errors
    /// [`ParseError`] with the first violation.
    fn fields_valid(&self) -> Result<(), ParseError>;

    /// What a language level that most clients cannot read yet is called, if the schema uses one. The registry takes
    /// such schemas only where it was told to.
    fn novelty(&self) -> Option<String>;

    /// Whether both are the same definition, as a lookup without an equal content hash asks
    /// (metadata and rule sets are compared by the caller).
    fn is_same_definition(&self, other: &Self) -> bool;

    /// A hash that is equal for equal definitions: narrows a search before [`SchemaFormat::is_same_definition`].
    fn definition_hash(&self) -> DefinitionHash;

    /// The inline tags in document order.
    fn tags(&self) -> Vec<SchemaTags>;

    /// A copy with tags added, then removed.
    ///
    /// # Errors
    /// [`UnknownEntity`] when an entity path names no place in the schema.
    fn retagged(&self, add: &[SchemaTags], remove: &[SchemaTags]) -> Result<Self, UnknownEntity>;

    /// The full name that subjects may be named by: of the named type at the root, of the first message, or the title.
    fn record_name(&self) -> Option<String>;

    /// Names of the top-level fields, for the reserved-field rules.
    fn top_level_fields(&self) -> Vec<String>;

    /// Bytes that the parsed form keeps in memory, roughly: what a cache counts.
    fn memory_size(&self) -> usize;
}
