//! Schema types and references.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::lenient;

/// The language of a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum SchemaType {
    /// Apache Avro.
    #[default]
    Avro,
    /// Protocol Buffers.
    Protobuf,
    /// JSON Schema.
    Json,
}

impl SchemaType {
    /// Every type, in the order in which the reference registry lists them.
    pub const ALL: [Self; 3] = [Self::Json, Self::Protobuf, Self::Avro];

    /// Reads a type name; the letter case counts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema_type| schema_type.as_str() == text)
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Protobuf => "PROTOBUF",
            Self::Json => "JSON",
        }
    }
}

impl fmt::Display for SchemaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A pointer from a schema to a version of another subject.
///
/// `name` means: the full type name in Avro, the import path in Protobuf, the URI of a `$ref` in JSON Schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchemaReference {
    /// What the referring schema calls the other one.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub name: Option<String>,
    /// The subject as the client sent it; unqualified means the referring subject's context.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub subject: Option<String>,
    /// The version; -1 is the latest and is replaced by its number before storing.
    #[serde(default, deserialize_with = "lenient::integer", skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

#[expect(clippy::ref_option, reason = "the signature that serde's skip_serializing_if asks for")]
fn is_empty(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(str::is_empty)
}
