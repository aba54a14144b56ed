//! Why the registry refuses a request. Statuses and numbers are given in `http/error.rs`, nowhere else.

use schema::compat::Verdict;
use schema::format::{ParseError, UnknownEntity};
use schema::model::api::Referrer;
use schema::model::config::InvalidCompatibilityLevel;
use schema::model::ids::{InvalidVersion, Version, VersionId};
use schema::model::kek::InvalidKey;
use schema::model::mode::InvalidMode;
use schema::model::ruleset::InvalidRuleSet;
use schema::model::subject::{Context, Subject};

use crate::store::StoreError;

/// A refusal, with what is needed to say why.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No version under this name.
    #[error("Subject '{0}' not found.")]
    SubjectNotFound(Subject),
    /// The subject has no such version.
    #[error("Version {0} not found.")]
    VersionNotFound(VersionId),
    /// No schema has this id or guid.
    #[error("Schema {0} not found")]
    SchemaNotFound(String),
    /// The subject has no schema with this content.
    #[error("Schema not found")]
    ContentNotFound,
    /// The subject is soft-deleted already.
    #[error("Subject '{0}' was soft deleted. Set permanent=true to delete it permanently")]
    SubjectSoftDeleted(Subject),
    /// The subject must be soft-deleted first.
    #[error("Subject '{0}' was not deleted first before being permanently deleted")]
    SubjectNotSoftDeleted(Subject),
    /// The version is soft-deleted already.
    #[error("Subject '{0}' Version {1} was soft deleted. Set permanent=true to delete it permanently")]
    VersionSoftDeleted(Subject, Version),
    /// The version must be soft-deleted first.
    #[error("Subject '{0}' Version {1} was not deleted first before being permanently deleted")]
    VersionNotSoftDeleted(Subject, Version),
    /// Nothing is configured at this place.
    #[error("Subject '{0}' does not have subject-level compatibility configured")]
    ConfigNotFound(Subject),
    /// No mode is set at this place.
    #[error("Subject '{0}' does not have subject-level mode configured")]
    ModeNotFound(Subject),
    /// The new schema breaks readers.
    #[error("{}", .verdict.message_409(&.subject.to_string()))]
    Incompatible {
        /// Where it was to be registered.
        subject: Subject,
        /// What was found.
        verdict: Box<Verdict>,
    },
    /// The schema cannot be used.
    #[error("Invalid schema: {0}")]
    InvalidSchema(String),
    /// A tag names no place of the schema.
    #[error("Invalid schema: {0}")]
    UnknownEntity(#[from] UnknownEntity),
    /// The version is no version.
    #[error(transparent)]
    InvalidVersion(#[from] InvalidVersion),
    /// The level is none.
    #[error(transparent)]
    InvalidCompatibilityLevel(#[from] InvalidCompatibilityLevel),
    /// The mode is none.
    #[error(transparent)]
    InvalidMode(#[from] InvalidMode),
    /// A mode that only the whole registry can have.
    #[error("Forward mode only supported on global level")]
    ForwardNotGlobal,
    /// A body without a mode.
    #[error("Invalid mode: the body has no `mode`; send {{\"mode\": \"READWRITE\"}}, READONLY or IMPORT")]
    ModeMissing,
    /// The mode of the place forbids it.
    #[error("Subject {} in context {} {obstacle}", .subject.name(), printed(.subject.context()))]
    ModeForbids {
        /// The place.
        subject: Subject,
        /// `is in read-only mode`, …
        obstacle: &'static str,
    },
    /// An id stands for other content already.
    #[error(
        "Overwrite new schema with id {id} in context {} is not permitted.", printed(.context)
    )]
    IdTaken {
        /// The id.
        id: i32,
        /// Its context.
        context: Context,
    },
    /// Subjects stand in the way of an import.
    #[error("Cannot import since found existing subjects; delete them or add force=true")]
    ImportNeedsEmpty,
    /// Modes cannot be changed on this server.
    #[error("Mode changes are switched off on this server (mode-mutability is false)")]
    ModeImmutable,
    /// Other schemas refer to the version.
    #[error(
        "One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}. \
         Referenced by {}", listed(.referrers)
    )]
    ReferenceExists {
        /// The subject.
        subject: Subject,
        /// The version.
        version: Version,
        /// Who refers to it.
        referrers: Vec<Referrer>,
    },
    /// The name is not allowed.
    #[error(
        "The specified subject '{0}' is not a valid. It must not hold control characters nor be named __GLOBAL or __EMPTY"
    )]
    InvalidSubject(String),
    /// The text exceeds the limit.
    #[error("Schema is too large: {bytes} bytes, the limit is {limit}")]
    SchemaTooLarge {
        /// What came.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// The rule set breaks a rule of rule sets.
    #[error("Invalid rule set: {0}")]
    InvalidRuleSet(#[from] InvalidRuleSet),
    /// A rule set and changes to it at once.
    #[error("Invalid rule set: give either ruleSet or rulesToMerge and rulesToRemove, not both")]
    RuleSetAmbiguous,
    /// The context still has subjects.
    #[error("The specified context '{0}' is not empty; delete its subjects permanently first")]
    ContextNotEmpty(Context),
    /// No key encryption key of this name, or no data encryption key of this subject.
    #[error("Key '{0}' not found")]
    KeyNotFound(String),
    /// The key must be soft-deleted first.
    #[error("Key '{0}' was not deleted first before being permanently deleted")]
    KeyNotSoftDeleted(String),
    /// The key encryption key is soft-deleted.
    #[error("Key '{0}' must be undeleted first")]
    KeySoftDeleted(String),
    /// The name is taken.
    #[error("Key '{0}' already exists; use a different value")]
    KeyExists(String),
    /// The registry is full.
    #[error("A maximum of {0} keys already exist; delete keys permanently, or raise dek-registry-keys-max")]
    TooManyKeys(u32),
    /// A field of a key is missing or invalid.
    #[error(transparent)]
    InvalidKey(#[from] InvalidKey),
    /// The key encryption key still wraps data encryption keys.
    #[error("One or more references exist to the key {0}; delete its data encryption keys first")]
    KeyReferenced(String),
    /// It takes a key management system, which this registry does not speak to.
    #[error(
        "Could not generate encrypted dek for {0}: this registry speaks to no key management system; \
         give encryptedKeyMaterial, or use a key encryption key that is not shared"
    )]
    KeyManagementNeeded(String),
    /// Nothing is at this path for that kind of parameter.
    #[error("HTTP 404 Not Found")]
    NoSuchResource,
    /// The store failed; the cause is logged, not sent.
    #[error("Error in the backend data store")]
    Store(#[source] StoreError),
}

fn listed(referrers: &[Referrer]) -> String {
    referrers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn printed(context: &Context) -> &str {
    if context.is_default() { "" } else { context.as_str() }
}

impl RegistryError {
    /// There is no text, and nothing to take it from.
    pub(super) fn empty_schema() -> Self {
        Self::InvalidSchema("Empty schema; send the text as `schema`".to_owned())
    }
}

impl From<ParseError> for RegistryError {
    fn from(error: ParseError) -> Self {
        Self::InvalidSchema(error.to_string())
    }
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::IdTaken { context, id } => Self::IdTaken { id, context },
            error => Self::Store(error),
        }
    }
}
