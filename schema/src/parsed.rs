//! A parsed schema of any language.

use crate::avro::AvroSchema;
use crate::evidence::Evidence;
use crate::format::{DefinitionHash, ParseError, SchemaFormat, Strictness, UnknownEntity};
use crate::incompatibility::{Direction, Incompatibility};
use crate::json::JsonSchema;
use crate::model::api::SchemaTags;
use crate::model::config::CompatibilityPolicy;
use crate::model::schema::SchemaType;
use crate::protobuf::ProtobufSchema;
use crate::references::ResolvedReferences;

/// A parsed schema. A new language is one more variant here and one more arm in [`each`], [`each_pair`] and
/// [`ParsedSchema::parse`].
#[derive(Clone, Debug)]
pub enum ParsedSchema {
    /// Apache Avro.
    Avro(AvroSchema),
    /// Protocol Buffers.
    Protobuf(ProtobufSchema),
    /// JSON Schema.
    Json(JsonSchema),
}

/// Runs the same expression on whatever language it is.
macro_rules! each {
    ($parsed:expr, $schema:ident => $result:expr) => {
        match $parsed {
            ParsedSchema::Avro($schema) => $result,
            ParsedSchema::Protobuf($schema) => $result,
            ParsedSchema::Json($schema) => $result,
        }
    };
}

/// Runs the same expression on two schemas of one language; `$otherwise` on two of different languages.
macro_rules! each_pair {
    ($one:expr, $other:expr, ($first:ident, $second:ident) => $result:expr, $otherwise:expr) => {
        match ($one, $other) {
            (ParsedSchema::Avro($first), ParsedSchema::Avro($second)) => $result,
            (ParsedSchema::Protobuf($first), ParsedSchema::Protobuf($second)) => $result,
            (ParsedSchema::Json($first), ParsedSchema::Json($second)) => $result,
            _ => $otherwise,
        }
    };
}

/// The same, for results that are a schema again.
macro_rules! each_rebuilt {
    ($parsed:expr, $schema:ident => $result:expr) => {
        match $parsed {
            ParsedSchema::Avro($schema) => $result.map(ParsedSchema::Avro),
            ParsedSchema::Protobuf($schema) => $result.map(ParsedSchema::Protobuf),
            ParsedSchema::Json($schema) => $result.map(ParsedSchema::Json),
        }
    };
}

impl ParsedSchema {
    /// Parses `text`, with the texts of its references already resolved.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the fault.
    pub fn parse(
        schema_type: SchemaType,
        text: &str,
        references: &ResolvedReferences,
        strictness: Strictness,
    ) -> Result<Self, ParseError> {
        match schema_type {
            SchemaType::Avro => AvroSchema::parse(text, references, strictness).map(Self::Avro),
            SchemaType::Protobuf => ProtobufSchema::parse(text, references, strictness).map(Self::Protobuf),
            SchemaType::Json => JsonSchema::parse(text, references, strictness).map(Self::Json),
        }
    }

    /// The language.
    #[must_use]
    pub fn schema_type(&self) -> SchemaType {
        fn type_of<S: SchemaFormat>(_: &S) -> SchemaType {
            S::TYPE
        }
        each!(self, schema => type_of(schema))
    }

    /// The canonical text: what is stored, hashed and returned.
    #[must_use]
    pub fn canonical(&self) -> &str {
        each!(self, schema => schema.canonical())
    }

    /// The normalised schema; references are left to the caller.
    ///
    /// # Errors
    /// [`ParseError`] when the normalised form would not parse.
    pub fn normalized(&self) -> Result<Self, ParseError> {
        each_rebuilt!(self, schema => schema.normalized())
    }

    /// The text in an output format; the canonical text for formats that the language does not know.
    ///
    /// # Errors
    /// [`ParseError`] when the schema has no such form, or only one of unreasonable size.
    pub fn formatted(&self, format: &str) -> Result<String, ParseError> {
        each!(self, schema => schema.formatted(format))
    }

    /// Everything that keeps `reader` from reading what `writer` wrote; `None` when they are of different languages.
    #[must_use]
    pub fn can_read(
        reader: &Self,
        writer: &Self,
        policy: CompatibilityPolicy,
    ) -> Option<Vec<Incompatibility>> {
        each_pair!(
            reader, writer,
            (reader, writer) => Some(SchemaFormat::can_read(reader, writer, policy)),
            None
        )
    }

    /// A finding between schemas of this language, in the shape in which clients of the reference registry know it.
    #[must_use]
    pub fn message(&self, finding: &Incompatibility, direction: Direction) -> String {
        fn message<S: SchemaFormat>(_: &S, finding: &Incompatibility, direction: Direction) -> String {
            S::message(finding, direction)
        }
        each!(self, schema => message(schema, finding, direction))
    }

    /// Values that prove findings between `reader` and `writer`, one for each; `None` when they are of different languages.
    #[must_use]
    pub fn evidence(reader: &Self, writer: &Self, findings: &[Incompatibility]) -> Option<Vec<Evidence>> {
        each_pair!(
            reader, writer,
            (reader, writer) => Some(SchemaFormat::evidence(reader, writer, findings)),
            None
        )
    }

    /// Whether everything that the schema needs is there.
    ///
    /// # Errors
    /// [`ParseError`] that names what is missing, is there twice, or refers to itself.
    pub fn linked(&self) -> Result<(), ParseError> {
        each!(self, schema => schema.linked())
    }

    /// Whether the reference registry could load the schema.
    ///
    /// # Errors
    /// [`ParseError`] with the fault.
    pub fn loadable(&self) -> Result<(), ParseError> {
        each!(self, schema => schema.loadable())
    }

    /// The stricter rules for new schemas of a subject whose fields are validated.
    ///
    /// # Errors
    /// [`ParseError`] with the first violation.
    pub fn fields_valid(&self) -> Result<(), ParseError> {
        each!(self, schema => schema.fields_valid())
    }

    /// A language level that most clients cannot read yet, if the schema uses one.
    #[must_use]
    pub fn novelty(&self) -> Option<String> {
        each!(self, schema => schema.novelty())
    }

    /// Whether both are the same definition, as a lookup without an equal content hash asks.
    #[must_use]
    pub fn is_same_definition(&self, other: &Self) -> bool {
        each_pair!(self, other, (one, other) => one.is_same_definition(other), false)
    }

    /// A hash that is equal for equal definitions.
    #[must_use]
    pub fn definition_hash(&self) -> DefinitionHash {
        each!(self, schema => schema.definition_hash())
    }

    /// The inline tags in document order.
    #[must_use]
    pub fn tags(&self) -> Vec<SchemaTags> {
        each!(self, schema => schema.tags())
    }

    /// A copy with tags added, then removed.
    ///
    /// # Errors
    /// [`UnknownEntity`] when an entity path names no place in the schema.
    pub fn retagged(&self, add: &[SchemaTags], remove: &[SchemaTags]) -> Result<Self, UnknownEntity> {
        each_rebuilt!(self, schema => schema.retagged(add, remove))
    }

    /// The full name that subjects may be named by: of the named type at the root in Avro, of the first message in
    /// Protobuf, the title in JSON Schema.
    #[must_use]
    pub fn record_name(&self) -> Option<String> {
        each!(self, schema => schema.record_name())
    }

    /// Names of the top-level fields, for the reserved-field rules.
    #[must_use]
    pub fn top_level_fields(&self) -> Vec<String> {
        each!(self, schema => schema.top_level_fields())
    }

    /// Bytes that the parsed form keeps in memory, roughly: what a cache counts.
    #[must_use]
    pub fn memory_size(&self) -> usize {
        each!(self, schema => schema.memory_size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_knows_its_language() {
        let none = ResolvedReferences::none();
        let parsed = ParsedSchema::parse(SchemaType::Avro, r#"{"type":"string"}"#, &none, Strictness::New);
        let parsed = parsed.expect("a schema");
        assert_eq!((parsed.schema_type(), parsed.canonical()), (SchemaType::Avro, "\"string\""));
        assert_eq!(ParsedSchema::can_read(&parsed, &parsed, CompatibilityPolicy::Strict), Some(Vec::new()));
    }
}
