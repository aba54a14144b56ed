//! The output format `resolved`: referenced types in full where they are first used.

use super::canonical;
use super::schema::AvroSchema;
use crate::format::ParseError;

/// Prints `schema` so that it parses without its references.
pub(super) fn print(schema: &AvroSchema) -> Result<String, ParseError> {
    if schema.referenced == 0 {
        return Ok(schema.canonical.clone());
    }
    canonical::print_inlined(schema)
}
