//! What a mock registry keeps.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use schema::fingerprint;
use schema::model::api::SchemaAnswer;
use schema::model::config::{CompatibilityLevel, Config};
use schema::model::error_code::ErrorCode;
use schema::model::ids::{Guid, SchemaId, Version, VersionId};
use schema::model::subject::{Context, Subject};
use schema::parsed::ParsedSchema;

use super::answer::Refusal;
use super::route::{Call, Route};
use crate::client::{AssociationType, Response, SchemaDefinition};

/// A schema as it is kept: its text is canonical, and its references have numbers.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: SchemaId,
    pub(super) guid: Guid,
    pub(super) definition: SchemaDefinition,
    pub(super) parsed: Arc<ParsedSchema>,
}

/// A version of a subject.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) version: Version,
    pub(super) schema: Arc<Stored>,
    pub(super) deleted: bool,
}

/// Everything. Subjects are by their parsed form, contexts by their name.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) subjects: BTreeMap<Subject, Vec<Row>>,
    schemas: BTreeMap<String, Vec<Arc<Stored>>>,
    pub(super) global: Config,
    pub(super) configs: HashMap<Subject, Config>,
    pub(super) associations: Vec<(String, AssociationType, String)>,
}

impl Store {
    pub(super) fn answer(&mut self, call: &Call) -> Result<Response, Refusal> {
        match call.route() {
            Route::ListSubjects => self.list_subjects(call),
            Route::LookUpSchema => self.look_up(call),
            Route::DeleteSubject => self.delete_subject(call),
            Route::GetLatestWithMetadata => self.latest_with_metadata(call),
            Route::ListVersions => self.list_versions(call),
            Route::RegisterSchema => self.register(call),
            Route::GetVersion => self.version(call),
            Route::DeleteVersion => self.delete_version(call),
            Route::ListReferrers => self.list_referrers(call),
            Route::GetSchemaById => self.by_id(call),
            Route::GetSchemaByGuid => self.by_guid(call),
            Route::CheckCompatibility => self.check(call),
            Route::GetConfig => self.config(call),
            Route::UpdateConfig => self.update_config(call),
            Route::DeleteConfig => self.delete_config(call),
            Route::ListContexts => self.list_contexts(),
            Route::ListAssociations => self.list_associations(call),
            Route::Other => Err(Refusal::no_such_path()),
        }
    }

    /// The versions of a subject, oldest first.
    pub(super) fn rows(&self, subject: &Subject) -> &[Row] {
        self.subjects.get(subject).map_or(&[], Vec::as_slice)
    }

    /// A version; soft-deleted ones only if they are wanted by number.
    pub(super) fn row(&self, subject: &Subject, wanted: VersionId, deleted: bool) -> Option<&Row> {
        let mut rows = self.rows(subject).iter();
        match wanted {
            VersionId::Latest => rows.rfind(|row| !row.deleted),
            VersionId::Number(number) => rows.find(|row| row.version == number && (deleted || !row.deleted)),
        }
    }

    /// The same for a request: a subject without a version to show does not exist.
    pub(super) fn found_row(&self, subject: &Subject, version: &str, deleted: bool) -> Result<&Row, Refusal> {
        let wanted = VersionId::parse(version)
            .map_err(|error| Refusal::new(ErrorCode::INVALID_VERSION, error.to_string()))?;
        if self.rows(subject).iter().all(|row| row.deleted && !deleted) {
            return Err(Refusal::subject_not_found(&subject.to_string()));
        }
        self.row(subject, wanted, deleted).ok_or_else(|| Refusal::version_not_found(wanted))
    }

    /// Keeps a schema in a context, or finds it there.
    pub(super) fn keep(
        &mut self,
        context: &Context,
        definition: SchemaDefinition,
        parsed: Arc<ParsedSchema>,
    ) -> Arc<Stored> {
        let guid = guid_of(&definition);
        let schemas = self.schemas.entry(context.as_str().to_owned()).or_default();
        if let Some(known) = schemas.iter().find(|known| known.guid == guid) {
            return Arc::clone(known);
        }
        let id = schemas.last().map_or(1, |last| last.id + 1);
        let stored = Arc::new(Stored { id, guid, definition, parsed });
        schemas.push(Arc::clone(&stored));
        stored
    }

    pub(super) fn schemas_of(&self, context: &Context) -> &[Arc<Stored>] {
        self.schemas.get(context.as_str()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all_schemas(&self) -> impl Iterator<Item = &Arc<Stored>> {
        self.schemas.values().flatten()
    }

    pub(super) fn contexts(&self) -> impl Iterator<Item = &String> {
        self.schemas.keys()
    }

    /// The level that holds for a subject: its own, that of its context, or that of all.
    pub(super) fn level(&self, subject: &Subject) -> CompatibilityLevel {
        let own = [subject.clone(), subject.context().subject()];
        let own = own.iter().find_map(|place| self.configs.get(place)?.compatibility_level);
        own.or(self.global.compatibility_level).unwrap_or_default()
    }
}

pub(super) fn guid_of(definition: &SchemaDefinition) -> Guid {
    let SchemaDefinition { text, references, metadata, rule_set, .. } = definition;
    fingerprint::guid(text, references, metadata.as_ref(), rule_set.as_ref())
}

impl Stored {
    pub(super) fn answer(&self) -> SchemaAnswer {
        let SchemaDefinition { schema_type, text, references, metadata, rule_set } = self.definition.clone();
        SchemaAnswer {
            id: Some(self.id),
            guid: Some(self.guid.to_string()),
            schema_type,
            references,
            metadata,
            rule_set,
            schema: Arc::from(text),
            ..SchemaAnswer::default()
        }
    }
}

impl Row {
    pub(super) fn answer(&self, subject: &Subject) -> SchemaAnswer {
        SchemaAnswer {
            subject: Some(subject.to_string()),
            version: Some(self.version),
            ..self.schema.answer()
        }
    }
}
