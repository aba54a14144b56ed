//! Config and mode in scope: what holds for a subject when it has nothing of its own.
//!
//! The chains are those of the reference registry. Configs are *not* merged along the chain: a config of the subject
//! itself takes a few fields from the global one, and everything else comes from the first place that has a config.

use schema::format::Strictness;
use schema::model::config::{CompatibilityLevel, Config};
use schema::model::metadata::Metadata;
use schema::model::mode::Mode;
use schema::model::ruleset::RuleSet;
use schema::model::subject::{Context, Subject};

use super::error::RegistryError;
use crate::store::{Reads, StoreError};

/// Where the settings of the whole registry are kept.
#[must_use]
pub fn global_place() -> Subject {
    Context::default_context().subject()
}

/// The config that holds for `subject`, its level filled in.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(super) async fn config(
    reads: &dyn Reads,
    subject: &Subject,
    default_level: CompatibilityLevel,
) -> Result<Config, StoreError> {
    let mut config = match own_config(reads, subject).await? {
        Some(own) => inherit(own, reads.config(&global_place()).await?.as_deref()),
        None => match reads.config(&subject.context().subject()).await? {
            Some(of_context) => (*of_context).clone(),
            None => of_global_context(reads).await?,
        },
    };
    config.compatibility_level.get_or_insert(default_level);
    Ok(config)
}

async fn own_config(reads: &dyn Reads, subject: &Subject) -> Result<Option<Config>, StoreError> {
    if subject.is_context() {
        return Ok(None);
    }
    Ok(reads.config(subject).await?.map(|config| (*config).clone()))
}

async fn of_global_context(reads: &dyn Reads) -> Result<Config, StoreError> {
    Ok(reads.config(&Context::global().subject()).await?.map(|config| (*config).clone()).unwrap_or_default())
}

fn inherit(own: Config, global: Option<&Config>) -> Config {
    let Some(global) = global else { return own };
    Config {
        normalize: own.normalize.or(global.normalize),
        validate_fields: own.validate_fields.or(global.validate_fields),
        validate_new_schemas: own.validate_new_schemas.or(global.validate_new_schemas),
        validate_rules: own.validate_rules.or(global.validate_rules),
        compatibility_policy: own.compatibility_policy.or(global.compatibility_policy),
        compatibility_group: own.compatibility_group.clone().or_else(|| global.compatibility_group.clone()),
        ..own
    }
}

/// Whether the config lays anything under or over the metadata and rules of new schemas.
#[must_use]
pub(super) fn has_defaults(config: &Config) -> bool {
    config.default_metadata.is_some()
        || config.override_metadata.is_some()
        || config.default_rule_set.is_some()
        || config.override_rule_set.is_some()
}

/// Whether a schema is normalised: when the request or the config asks for it.
#[must_use]
pub(super) fn normalizes(config: &Config, asked: bool) -> bool {
    asked || config.normalize == Some(true)
}

/// Whether the fields of new schemas are held to the stricter rules.
#[must_use]
pub(super) fn validates_fields(config: &Config) -> bool {
    config.validate_fields == Some(true)
}

/// How strictly a new schema is read.
#[must_use]
pub(super) fn strictness(config: &Config) -> Strictness {
    if config.validate_new_schemas.unwrap_or(true) { Strictness::New } else { Strictness::Stored }
}

/// Metadata of a new schema: defaults below, then its own or the previous version's, overrides on top.
#[must_use]
pub(super) fn metadata(
    config: &Config,
    own: Option<&Metadata>,
    previous: Option<&Metadata>,
) -> Option<Metadata> {
    let middle = Metadata::merge(config.default_metadata.as_ref(), own.or(previous));
    Metadata::merge(middle.as_ref(), config.override_metadata.as_ref())
}

/// The rule set of a new schema, built like its metadata.
#[must_use]
pub(super) fn rule_set(
    config: &Config,
    own: Option<&RuleSet>,
    previous: Option<&RuleSet>,
) -> Option<RuleSet> {
    let middle = RuleSet::merge(config.default_rule_set.as_ref(), own.or(previous));
    RuleSet::merge(middle.as_ref(), config.override_rule_set.as_ref())
}

/// The mode that holds for `subject`.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(super) async fn mode(reads: &dyn Reads, subject: &Subject) -> Result<Mode, StoreError> {
    if let Some(mode) = reads.mode(subject).await? {
        return Ok(mode);
    }
    if !subject.is_context()
        && let Some(mode) = reads.mode(&subject.context().subject()).await?
    {
        return Ok(mode);
    }
    Ok(reads.mode(&Context::global().subject()).await?.unwrap_or(Mode::ReadWrite))
}

/// Refuses when `subject` is read-only.
///
/// # Errors
/// [`RegistryError::ModeForbids`], or the store's failure.
pub(super) async fn refuse_read_only(reads: &dyn Reads, subject: &Subject) -> Result<(), RegistryError> {
    if mode(reads, subject).await?.is_read_only() {
        return Err(RegistryError::ModeForbids {
            subject: subject.clone(),
            obstacle: "is in read-only mode",
        });
    }
    Ok(())
}
