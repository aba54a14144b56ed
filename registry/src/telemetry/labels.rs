//! Label sets: few values, all known at compile time, so that a client cannot make series.

use prometheus_client::encoding::EncodeLabelSet;

/// How a request to register a schema ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationOutcome {
    /// There is a new version.
    Created,
    /// The subject had the schema already.
    Existing,
    /// The schema is incompatible with an earlier one.
    Incompatible,
    /// The schema, its references or its rules are invalid.
    Invalid,
    /// The mode, or something else in the registry's state, forbids it.
    Refused,
    /// The registry failed.
    Failed,
}

impl RegistrationOutcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Existing => "existing",
            Self::Incompatible => "incompatible",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// How a compatibility check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The schemas fit.
    Compatible,
    /// They do not.
    Incompatible,
}

impl Verdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Incompatible => "incompatible",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RegistrationLabels {
    pub(super) r#type: &'static str,
    pub(super) outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct CheckLabels {
    pub(super) level: &'static str,
    pub(super) verdict: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct CacheLabels {
    pub(super) cache: &'static str,
}
