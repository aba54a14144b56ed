//! Proof of an incompatibility: a value that the writer may write and the reader cannot take.

use serde::{Deserialize, Serialize};

/// What proves a finding, or why nothing does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A value that was written with the writer's schema and then refused, or misread, with the reader's.
    Witness(Witness),
    /// No value proves it, for the reason given: a clause that can stand alone, without a full stop.
    Absent(String),
}

/// A value that the writer may write and the reader cannot take. It was tried before it became one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Witness {
    /// The value as JSON text: an Avro record in Avro's JSON encoding, a Protobuf message in its JSON mapping, or a JSON
    /// document.
    pub document: String,
    /// The bytes as the writer encodes them, in base64, without the framing of a record; absent for JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoded: Option<String>,
    /// What happens to who reads it: a clause.
    pub failure: String,
}

/// The most characters of a failure, or of a reason why there is no witness: names may be of any length.
pub const CLAUSE_LENGTH_MAX: usize = 1_000;

/// The most characters that a witness has; a longer one is not shown.
pub const DOCUMENT_LENGTH_MAX: usize = 4_000;
