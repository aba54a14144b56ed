//! Modes: what a registry, a context or a subject accepts.

use serde::{Deserialize, Serialize};

/// What a subject accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Mode {
    /// Reads and writes.
    ReadWrite,
    /// Reads only; registering what already exists still succeeds.
    ReadOnly,
    /// Deprecated spelling of read-only.
    #[serde(rename = "READONLY_OVERRIDE")]
    ReadOnlyOverride,
    /// Schemas arrive with their ids and are not checked.
    Import,
    /// Like import, for the whole registry.
    Forward,
}

/// A mode text names no mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")]
pub struct InvalidMode;

impl Mode {
    /// Reads a mode in any letter case.
    ///
    /// # Errors
    /// [`InvalidMode`] for every other text.
    pub fn parse(text: &str) -> Result<Self, InvalidMode> {
        match text.to_ascii_uppercase().as_str() {
            "READWRITE" => Ok(Self::ReadWrite),
            "READONLY" => Ok(Self::ReadOnly),
            "READONLY_OVERRIDE" => Ok(Self::ReadOnlyOverride),
            "IMPORT" => Ok(Self::Import),
            "FORWARD" => Ok(Self::Forward),
            _ => Err(InvalidMode),
        }
    }

    /// The name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "READWRITE",
            Self::ReadOnly => "READONLY",
            Self::ReadOnlyOverride => "READONLY_OVERRIDE",
            Self::Import => "IMPORT",
            Self::Forward => "FORWARD",
        }
    }

    /// Whether registering, deleting and configuring are refused.
    #[must_use]
    pub fn is_read_only(self) -> bool {
        matches!(self, Self::ReadOnly | Self::ReadOnlyOverride)
    }

    /// Whether schemas are taken as they come, ids included, without checks.
    #[must_use]
    pub fn is_import(self) -> bool {
        matches!(self, Self::Import | Self::Forward)
    }
}
