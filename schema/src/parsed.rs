//! A parsed schema of any language.

use crate::avro::AvroSchema;
use crate::format::{DefinitionHash, ParseError, SchemaFormat, Strictness, UnknownEntity};
use crate::incompatibility::Incompatibility;
use crate::model::api::SchemaTags;
use crate::model::schema::SchemaType;
use crate::references::ResolvedReferences;

/// A parsed schema. A new language is one more variant here and one more arm in [`each`], [`ParsedSchema::parse`] and
/// [`ParsedSchema::can_read`].
#[derive(Clone, Debug)]
pub enum ParsedSchema {
    /// Apache Avro.
    Avro(AvroSchema),
}

/// Runs the same expression on whatever language it is.
macro_rules! each {
    ($parsed:expr, $schema:ident => $result:expr) => {
        match $parsed {
            ParsedSchema::Avro($schema) => $result,
        }
    };
}

/// The same, for results that are a schema again.
macro_rules! each_rebuilt {
    ($parsed:expr, $schema:ident => $result:expr) => {
        match $parsed {
            ParsedSchema::Avro($schema) => $result.map(ParsedSchema::Avro),
        }
    };
}

impl ParsedSchema {
    /// Parses `text`, with the texts of its references already resolved.
    ///
    /// # Errors
    /// [`ParseError`] with the place of the fault, or when this build does not know the language.
    pub fn parse(
        schema_type: SchemaType,
        text: &str,
        references: &ResolvedReferences,
        strictness: Strictness,
    ) -> Result<Self, ParseError> {
        match schema_type {
            SchemaType::Avro => AvroSchema::parse(text, references, strictness).map(Self::Avro),
            SchemaType::Protobuf | SchemaType::Json => Err(ParseError::new(format!(
                "schemas of type {schema_type} are not supported yet; register a schema of type AVRO"
            ))),
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
    pub fn can_read(reader: &Self, writer: &Self) -> Option<Vec<Incompatibility>> {
        match (reader, writer) {
            (Self::Avro(reader), Self::Avro(writer)) => {
                Some(<AvroSchema as SchemaFormat>::can_read(reader, writer))
            }
        }
    }

    /// Whether both are the same definition, as a lookup without an equal content hash asks.
    #[must_use]
    pub fn is_same_definition(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Avro(one), Self::Avro(other)) => one.is_same_definition(other),
        }
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
