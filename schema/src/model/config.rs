//! Configuration of compatibility and data contracts, at global, context or subject level.

use serde::{Deserialize, Serialize};

use super::lenient;
use super::metadata::Metadata;
use super::ruleset::RuleSet;

/// How far a new schema is checked against older ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CompatibilityLevel {
    /// Not at all.
    None,
    /// The new schema reads data of the last version.
    #[default]
    Backward,
    /// The new schema reads data of all versions.
    BackwardTransitive,
    /// The last version reads data of the new schema.
    Forward,
    /// All versions read data of the new schema.
    ForwardTransitive,
    /// Both ways with the last version.
    Full,
    /// Both ways with all versions.
    FullTransitive,
}

/// A text names no compatibility level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, \
     forward_transitive, and full_transitive"
)]
pub struct InvalidCompatibilityLevel;

impl CompatibilityLevel {
    /// Reads a level in any letter case.
    ///
    /// # Errors
    /// [`InvalidCompatibilityLevel`] for every other text.
    pub fn parse(text: &str) -> Result<Self, InvalidCompatibilityLevel> {
        match text.to_ascii_uppercase().as_str() {
            "NONE" => Ok(Self::None),
            "BACKWARD" => Ok(Self::Backward),
            "BACKWARD_TRANSITIVE" => Ok(Self::BackwardTransitive),
            "FORWARD" => Ok(Self::Forward),
            "FORWARD_TRANSITIVE" => Ok(Self::ForwardTransitive),
            "FULL" => Ok(Self::Full),
            "FULL_TRANSITIVE" => Ok(Self::FullTransitive),
            _ => Err(InvalidCompatibilityLevel),
        }
    }

    /// The name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Backward => "BACKWARD",
            Self::BackwardTransitive => "BACKWARD_TRANSITIVE",
            Self::Forward => "FORWARD",
            Self::ForwardTransitive => "FORWARD_TRANSITIVE",
            Self::Full => "FULL",
            Self::FullTransitive => "FULL_TRANSITIVE",
        }
    }

    /// Whether the new schema must read older data.
    #[must_use]
    pub fn checks_backward(self) -> bool {
        matches!(self, Self::Backward | Self::BackwardTransitive | Self::Full | Self::FullTransitive)
    }

    /// Whether older schemas must read new data.
    #[must_use]
    pub fn checks_forward(self) -> bool {
        matches!(self, Self::Forward | Self::ForwardTransitive | Self::Full | Self::FullTransitive)
    }

    /// Whether all versions count, not just the last one.
    #[must_use]
    pub fn is_transitive(self) -> bool {
        matches!(self, Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive)
    }
}

/// Variants of the rules within one format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum CompatibilityPolicy {
    /// Adds the checks of table formats.
    Logical,
    /// The default.
    #[default]
    Strict,
    /// Open content models may grow (JSON Schema).
    Lenient,
    /// Ours: what the documents themselves demand, no more and no less (JSON Schema).
    Precise,
}

/// The settings stored at one place. Every field may be unset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Config {
    /// Another subject that this name stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The same for encryption keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_for_deks: Option<String>,
    /// Whether schemas are normalised unless a request says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether field names are checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<bool>,
    /// Whether new schemas are held to the strict rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<bool>,
    /// Stored and returned only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<bool>,
    /// The compatibility level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_level: Option<CompatibilityLevel>,
    /// The variant of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<CompatibilityPolicy>,
    /// The metadata property whose value parts versions into groups that are checked separately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_group: Option<String>,
    /// Lies under the metadata of every new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Metadata>,
    /// Lies over the metadata of every new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Metadata>,
    /// Lies under the rule set of every new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<RuleSet>,
    /// Lies over the rule set of every new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<RuleSet>,
}

/// A partial update: per field absent (keep), `null` (clear) or a value (set).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigUpdate {
    /// See [`Config::alias`].
    #[serde(deserialize_with = "lenient::present::text", skip_serializing_if = "Option::is_none")]
    pub alias: Option<Option<String>>,
    /// See [`Config::alias_for_deks`].
    #[serde(deserialize_with = "lenient::present::text", skip_serializing_if = "Option::is_none")]
    pub alias_for_deks: Option<Option<String>>,
    /// See [`Config::normalize`].
    #[serde(deserialize_with = "lenient::present::boolean", skip_serializing_if = "Option::is_none")]
    pub normalize: Option<Option<bool>>,
    /// See [`Config::validate_fields`].
    #[serde(deserialize_with = "lenient::present::boolean", skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<Option<bool>>,
    /// See [`Config::validate_new_schemas`].
    #[serde(deserialize_with = "lenient::present::boolean", skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<Option<bool>>,
    /// See [`Config::validate_rules`].
    #[serde(deserialize_with = "lenient::present::boolean", skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<Option<bool>>,
    /// The level as text, any letter case.
    #[serde(deserialize_with = "lenient::present::text", skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<Option<String>>,
    /// The policy as text; an unknown one clears it.
    #[serde(deserialize_with = "lenient::present::text", skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<Option<String>>,
    /// See [`Config::compatibility_group`].
    #[serde(deserialize_with = "lenient::present::text", skip_serializing_if = "Option::is_none")]
    pub compatibility_group: Option<Option<String>>,
    /// See [`Config::default_metadata`].
    #[serde(deserialize_with = "lenient::present::object", skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Option<Metadata>>,
    /// See [`Config::override_metadata`].
    #[serde(deserialize_with = "lenient::present::object", skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Option<Metadata>>,
    /// See [`Config::default_rule_set`].
    #[serde(deserialize_with = "lenient::present::object", skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<Option<RuleSet>>,
    /// See [`Config::override_rule_set`].
    #[serde(deserialize_with = "lenient::present::object", skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<Option<RuleSet>>,
}

impl ConfigUpdate {
    /// Lays the update over what is stored.
    ///
    /// # Errors
    /// [`InvalidCompatibilityLevel`] when the level is none.
    pub fn apply_to(self, stored: Config) -> Result<Config, InvalidCompatibilityLevel> {
        let compatibility_level = match self.compatibility {
            None => stored.compatibility_level,
            Some(None) => None,
            Some(Some(text)) => Some(CompatibilityLevel::parse(&text)?),
        };
        let policy = |text: Option<String>| match text?.as_str() {
            "LOGICAL" => Some(CompatibilityPolicy::Logical),
            "STRICT" => Some(CompatibilityPolicy::Strict),
            "LENIENT" => Some(CompatibilityPolicy::Lenient),
            "PRECISE" => Some(CompatibilityPolicy::Precise),
            _ => None,
        };
        Ok(Config {
            alias: self.alias.unwrap_or(stored.alias),
            alias_for_deks: self.alias_for_deks.unwrap_or(stored.alias_for_deks),
            normalize: self.normalize.unwrap_or(stored.normalize),
            validate_fields: self.validate_fields.unwrap_or(stored.validate_fields),
            validate_new_schemas: self.validate_new_schemas.unwrap_or(stored.validate_new_schemas),
            validate_rules: self.validate_rules.unwrap_or(stored.validate_rules),
            compatibility_level,
            compatibility_policy: self.compatibility_policy.map_or(stored.compatibility_policy, policy),
            compatibility_group: self.compatibility_group.unwrap_or(stored.compatibility_group),
            default_metadata: self.default_metadata.unwrap_or(stored.default_metadata),
            override_metadata: self.override_metadata.unwrap_or(stored.override_metadata),
            default_rule_set: self.default_rule_set.unwrap_or(stored.default_rule_set),
            override_rule_set: self.override_rule_set.unwrap_or(stored.override_rule_set),
        })
    }
}
