//! Rule sets: what happens to records on their way in and out, and between versions.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::lenient;
use super::metadata::null_as_default;
use super::plain_name::{NAME_LENGTH_MAX, is_plain_name};

/// What a rule does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleKind {
    /// Changes the record.
    #[default]
    Transform,
    /// Accepts or refuses the record.
    Condition,
}

/// When a rule runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleMode {
    /// Migrating to a newer version.
    Upgrade,
    /// Migrating to an older version.
    Downgrade,
    /// Migrating either way.
    UpDown,
    /// Serialising.
    Write,
    /// Deserialising.
    Read,
    /// Both.
    #[default]
    WriteRead,
}

/// Where the rules of a rule set run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum ExecutionEnvironment {
    /// Everywhere.
    All,
    /// In clients.
    Client,
    /// In a gateway.
    Gateway,
    /// In the broker or registry.
    Server,
    /// Nowhere.
    None,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Unique within the rule set.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub name: Option<String>,
    /// For people.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub doc: Option<String>,
    /// Transform unless given.
    #[serde(default, deserialize_with = "null_as_default")]
    pub kind: RuleKind,
    /// Write and read unless given.
    #[serde(default, deserialize_with = "null_as_default")]
    pub mode: RuleMode,
    /// Names the executor, e.g. `CEL` or `ENCRYPT`.
    #[serde(default, rename = "type", deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub rule_type: Option<String>,
    /// The tags the rule applies to.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Parameters of the executor.
    #[serde(default, deserialize_with = "lenient::text_map", skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// The expression, in the executor's language.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub expr: Option<String>,
    /// Action after success.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub on_success: Option<String>,
    /// Action after failure.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "is_empty")]
    pub on_failure: Option<String>,
    /// Whether the rule is switched off.
    #[serde(default, deserialize_with = "null_as_default")]
    pub disabled: bool,
}

#[expect(clippy::ref_option, reason = "the signature that serde's skip_serializing_if asks for")]
fn is_empty(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(str::is_empty)
}

/// The rules of a schema, by the phase in which they run. Part of its content hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct RuleSet {
    /// Between versions.
    #[serde(deserialize_with = "lenient::objects_or_none", skip_serializing_if = "Vec::is_empty")]
    pub migration_rules: Vec<Rule>,
    /// On the record.
    #[serde(deserialize_with = "lenient::objects_or_none", skip_serializing_if = "Vec::is_empty")]
    pub domain_rules: Vec<Rule>,
    /// On the encoded bytes.
    #[serde(deserialize_with = "lenient::objects_or_none", skip_serializing_if = "Vec::is_empty")]
    pub encoding_rules: Vec<Rule>,
    /// Where the rules run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_at: Option<ExecutionEnvironment>,
}

/// A rule set breaks a rule of rule sets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRuleSet {
    /// The same name twice.
    #[error("found two rules named '{0}'; rule names must be unique within the rule set")]
    DuplicateName(String),
    /// No name.
    #[error("rule {0} has no name")]
    NameMissing(String),
    /// A name of wrong length or characters.
    #[error(
        "rule name '{0}' must have 1 to 256 characters: a letter or '_', then letters, digits, '_' or '-'"
    )]
    NameInvalid(String),
    /// No type.
    #[error("rule '{0}' has no type")]
    TypeMissing(String),
    /// A mode that the phase does not know.
    #[error("rule '{name}' cannot have mode {mode:?} among the {phase} rules; allowed are {allowed}")]
    ModeInvalid {
        /// The rule.
        name: String,
        /// Its mode.
        mode: RuleMode,
        /// The phase it stands in.
        phase: &'static str,
        /// What the phase allows.
        allowed: &'static str,
    },
    /// Two actions where one mode can use only one.
    #[error("rule '{0}' names two actions in {1}, which only the modes WRITEREAD and UPDOWN can use")]
    ActionInvalid(String, &'static str),
}

impl RuleSet {
    /// Lays `newer` over `older`: within each phase a newer rule replaces the older one of its name.
    #[must_use]
    pub fn merge(older: Option<&Self>, newer: Option<&Self>) -> Option<Self> {
        let (Some(older), Some(newer)) = (older, newer) else {
            return newer.or(older).cloned();
        };
        Some(Self {
            migration_rules: merge_rules(&older.migration_rules, &newer.migration_rules),
            domain_rules: merge_rules(&older.domain_rules, &newer.domain_rules),
            encoding_rules: merge_rules(&older.encoding_rules, &newer.encoding_rules),
            enable_at: newer.enable_at.or(older.enable_at),
        })
    }

    /// All rules, phase by phase in hash order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.migration_rules.iter().chain(&self.domain_rules).chain(&self.encoding_rules)
    }

    /// Removes the rules of these names from every phase.
    pub fn remove(&mut self, names: &[String]) {
        let keep = |rule: &Rule| rule.name.as_ref().is_none_or(|name| !names.contains(name));
        self.migration_rules.retain(keep);
        self.domain_rules.retain(keep);
        self.encoding_rules.retain(keep);
    }

    /// Checks names, types, modes and actions.
    ///
    /// # Errors
    /// The first rule that is at fault.
    pub fn validate(&self) -> Result<(), InvalidRuleSet> {
        let mut names = HashSet::new();
        for (phase, rules) in [
            ("migration", &self.migration_rules),
            ("domain", &self.domain_rules),
            ("encoding", &self.encoding_rules),
        ] {
            for (index, rule) in rules.iter().enumerate() {
                let name = validate_rule(rule, phase, index)?;
                if !names.insert(name) {
                    return Err(InvalidRuleSet::DuplicateName(name.to_owned()));
                }
            }
        }
        Ok(())
    }
}

fn merge_rules(older: &[Rule], newer: &[Rule]) -> Vec<Rule> {
    let replaced: HashSet<_> = newer.iter().map(|rule| &rule.name).collect();
    older.iter().filter(|rule| !replaced.contains(&rule.name)).chain(newer).cloned().collect()
}

fn validate_rule<'a>(rule: &'a Rule, phase: &'static str, index: usize) -> Result<&'a str, InvalidRuleSet> {
    let Some(name) = rule.name.as_deref() else {
        return Err(InvalidRuleSet::NameMissing(format!("{index} of the {phase} rules")));
    };
    if !is_plain_name(name) {
        return Err(InvalidRuleSet::NameInvalid(name.chars().take(NAME_LENGTH_MAX).collect()));
    }
    if rule.rule_type.is_none() {
        return Err(InvalidRuleSet::TypeMissing(name.to_owned()));
    }
    let migration = phase == "migration";
    let between_versions = matches!(rule.mode, RuleMode::Upgrade | RuleMode::Downgrade | RuleMode::UpDown);
    if between_versions != migration {
        let allowed = if migration { "UPGRADE, DOWNGRADE and UPDOWN" } else { "WRITE, READ and WRITEREAD" };
        return Err(InvalidRuleSet::ModeInvalid { name: name.to_owned(), mode: rule.mode, phase, allowed });
    }
    let both_ways = matches!(rule.mode, RuleMode::WriteRead | RuleMode::UpDown);
    for (field, action) in [("onSuccess", &rule.on_success), ("onFailure", &rule.on_failure)] {
        if !both_ways && action.as_deref().is_some_and(|action| action.contains(',')) {
            return Err(InvalidRuleSet::ActionInvalid(name.to_owned(), field));
        }
    }
    Ok(name)
}
