//! What a store takes and gives.

use std::sync::Arc;

use schema::format::DefinitionHash;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::metadata::Metadata;
use schema::model::ruleset::RuleSet;
use schema::model::schema::{SchemaReference, SchemaType};
use schema::model::subject::{Context, Subject};

/// The content behind a schema id.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSchema {
    /// Id within its context.
    pub id: SchemaId,
    /// Content hash.
    pub guid: Guid,
    /// Language.
    pub schema_type: SchemaType,
    /// References as sent, with `-1` replaced by the number.
    pub references: Vec<SchemaReference>,
    /// User-defined facts.
    pub metadata: Option<Metadata>,
    /// Rules.
    pub rule_set: Option<RuleSet>,
    /// Canonical text.
    pub text: Arc<str>,
}

/// One version of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// Number within the subject.
    pub version: Version,
    /// Schema id within the context.
    pub id: SchemaId,
    /// Content hash.
    pub guid: Guid,
    /// Hash of the definition: see `ParsedSchema::definition_hash`.
    pub definition: DefinitionHash,
    /// Whether it is soft-deleted.
    pub deleted: bool,
    /// Time of registration, milliseconds since 1970.
    pub created_at_ms: i64,
}

/// All versions of a subject, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectVersions {
    /// Ascending by version; soft-deleted ones among them.
    pub versions: Vec<VersionRow>,
}

impl SubjectVersions {
    /// The live versions, ascending; reversible.
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &VersionRow> {
        self.versions.iter().filter(|row| !row.deleted)
    }

    /// The highest live version.
    #[must_use]
    pub fn latest(&self) -> Option<&VersionRow> {
        self.live().next_back()
    }

    /// Whether there is a version; soft-deleted ones count when `deleted`.
    #[must_use]
    pub fn exist(&self, deleted: bool) -> bool {
        if deleted { !self.versions.is_empty() } else { self.latest().is_some() }
    }

    /// The version of this number, deleted or not.
    #[must_use]
    pub fn get(&self, version: Version) -> Option<&VersionRow> {
        let at = self.versions.binary_search_by_key(&version, |row| row.version).ok()?;
        self.versions.get(at)
    }

    /// The number after the highest one, soft-deleted ones counted.
    #[must_use]
    pub fn next_version(&self) -> Version {
        self.versions.last().map_or(1, |row| row.version.saturating_add(1))
    }
}

/// A version to be written.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The subject.
    pub subject: Subject,
    /// The number.
    pub version: Version,
    /// Which id it gets.
    pub id: IdChoice,
    /// Content hash.
    pub guid: Guid,
    /// Hash of the definition.
    pub definition: DefinitionHash,
    /// Language.
    pub schema_type: SchemaType,
    /// References as they are to be returned.
    pub references: Vec<SchemaReference>,
    /// What the references point to: qualified subject and version, for `referencedby` and delete protection.
    pub reference_targets: Vec<(Subject, Version)>,
    /// User-defined facts.
    pub metadata: Option<Metadata>,
    /// Rules.
    pub rule_set: Option<RuleSet>,
    /// Canonical text.
    pub text: Arc<str>,
    /// Time of registration, milliseconds since 1970.
    pub created_at_ms: i64,
}

impl NewVersion {
    /// The version, once its id is known.
    #[must_use]
    pub fn row(&self, id: SchemaId) -> VersionRow {
        VersionRow {
            version: self.version,
            id,
            guid: self.guid,
            definition: self.definition,
            deleted: false,
            created_at_ms: self.created_at_ms,
        }
    }

    /// The content, once its id is known.
    #[must_use]
    pub fn into_stored(self, id: SchemaId) -> StoredSchema {
        StoredSchema {
            id,
            guid: self.guid,
            schema_type: self.schema_type,
            references: self.references,
            metadata: self.metadata,
            rule_set: self.rule_set,
            text: self.text,
        }
    }
}

/// Where the id of a new version comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdChoice {
    /// The content has this id already.
    Existing(SchemaId),
    /// The client brings it (import). Later automatic ids start above it.
    Given(SchemaId),
    /// The next one of the context.
    Next,
}

/// A subject that holds an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The subject.
    pub subject: Subject,
    /// Its newest version with the id.
    pub version: Version,
    /// Whether that version is soft-deleted.
    pub deleted: bool,
    /// Time of its registration, milliseconds since 1970.
    pub created_at_ms: i64,
}

/// A schema that refers to a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// Context of the referring schema.
    pub context: Context,
    /// Its id.
    pub id: SchemaId,
    /// Every subject and version that holds it, with its soft-deletion mark.
    pub versions: Vec<(Subject, Version, bool)>,
}

impl Referrer {
    /// Whether some live version holds the schema.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.versions.iter().any(|(_, _, deleted)| !deleted)
    }
}

/// One row of a listing of schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectVersionRow {
    /// The subject.
    pub subject: Subject,
    /// The version.
    pub row: VersionRow,
}

/// Which contexts a prefix search covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextScope {
    /// One.
    One(Context),
    /// All.
    All,
}

/// Which soft-deleted things a listing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeletedFilter {
    /// Live ones only.
    #[default]
    Live,
    /// Both.
    All,
    /// Soft-deleted ones only: a subject counts when every version of it is soft-deleted.
    DeletedOnly,
}

/// A page of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return at the most.
    pub limit: u32,
}

/// A search for subjects.
#[derive(Clone, Debug)]
pub struct SubjectQuery {
    /// Where.
    pub scope: ContextScope,
    /// Start of the bare name.
    pub name_prefix: String,
    /// Which.
    pub deleted: DeletedFilter,
    /// How many.
    pub page: Page,
}

/// A search for schemas.
#[derive(Clone, Debug)]
pub struct SchemaQuery {
    /// Where.
    pub scope: ContextScope,
    /// Start of the bare name.
    pub name_prefix: String,
    /// Further subjects to include whatever their names: alias targets.
    pub also: Vec<Subject>,
    /// Whether soft-deleted versions count.
    pub deleted: DeletedFilter,
    /// Only the last version that passes the filter, per subject.
    pub latest_only: bool,
    /// Keep schemas that have a rule of this type (applied after `latest_only`).
    pub rule_type: Option<String>,
    /// How many.
    pub page: Page,
}

/// Counts for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Contexts with schemas, the default one included.
    pub contexts: u64,
    /// Subjects with a live version.
    pub subjects: u64,
    /// Live versions.
    pub versions: u64,
    /// Contents.
    pub schemas: u64,
    /// Bytes of the store on disk.
    pub size_bytes: u64,
}
