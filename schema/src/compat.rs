//! Compatibility of a new schema with earlier versions: level × transitivity, once for all formats.

use serde::Serialize;

/// One incompatibility as clients get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The reference registry's `errorType`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `backward`: the new schema cannot read older data; `forward`: an older schema cannot read new data.
    pub direction: &'static str,
    /// The earlier version that was compared.
    pub version: i32,
    /// The place.
    pub path: String,
    /// The reader's part of the schema.
    pub reader: String,
    /// The writer's part of the schema.
    pub writer: String,
    /// What breaks for whom.
    pub explanation: String,
    /// The smallest change that would pass.
    pub cure: String,
}
