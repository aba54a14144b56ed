//! The one place where the tests of compatibility make schemas.

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

/// Parses an Avro schema, or says why it is none.
pub(crate) fn try_avro(text: &str) -> Result<ParsedSchema, String> {
    ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::none(), Strictness::New)
        .map_err(|error| error.to_string())
}

/// Parses an Avro schema.
pub(crate) fn avro(text: &str) -> ParsedSchema {
    try_avro(text).unwrap_or_else(|error| panic!("{error}: {}", text.chars().take(500).collect::<String>()))
}
