//! The one place where the tests of Protobuf compatibility make schemas.

use schema::format::Strictness;
use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::{ResolvedReference, ResolvedReferences};

/// A schema, with the path and text of each file that it may import.
pub(crate) fn protobuf(text: &str, imports: &[(&str, &str)]) -> ParsedSchema {
    let reference = |&(name, text): &(&str, &str)| ResolvedReference { name: name.into(), text: text.into() };
    let references = ResolvedReferences { in_order: imports.iter().map(reference).collect() };
    ParsedSchema::parse(SchemaType::Protobuf, text, &references, Strictness::Stored)
        .unwrap_or_else(|error| panic!("{error}: {}", text.chars().take(500).collect::<String>()))
}

/// Everything that keeps the reader from reading what the writer wrote.
pub(crate) fn findings(reader: &ParsedSchema, writer: &ParsedSchema) -> Vec<Incompatibility> {
    ParsedSchema::can_read(reader, writer, CompatibilityPolicy::Strict).expect("both are Protobuf")
}
