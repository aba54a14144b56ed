//! Finding the version of a subject that holds a given schema.

use std::sync::Arc;

use schema::model::api::{RegisterSchemaRequest, SchemaAnswer};
use schema::model::metadata::{Metadata, VERSION_PROPERTY};
use schema::model::subject::Subject;

use super::merge;
use super::read::placed;
use crate::service::content::{Content, Draft, Reading, load};
use crate::service::{Registry, RegistryError, View, scope};
use crate::store::{Reads, StoredSchema, VersionRow};

/// What a lookup honours.
#[derive(Clone, Debug, Default)]
pub struct LookupOptions {
    /// Whether the schema is normalised first; the config in scope may ask for it too.
    pub normalize: bool,
    /// Whether soft-deleted versions count.
    pub deleted: bool,
    /// The output format of the text.
    pub format: Option<String>,
}

/// A version that holds the schema.
#[derive(Clone)]
pub(in crate::service) struct Found {
    pub(in crate::service) subject: Subject,
    pub(in crate::service) row: VersionRow,
    pub(in crate::service) schema: Arc<StoredSchema>,
    /// Equal content, as opposed to equal meaning. Decides whether the answer shows time and deletion.
    pub(in crate::service) by_hash: bool,
}

/// Which versions a search covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Among {
    /// Live ones.
    Live,
    /// All.
    All,
    /// The latest live one.
    Latest,
}

impl Registry {
    /// Finds the version of `subject` that holds the schema of the request.
    ///
    /// # Errors
    /// [`RegistryError::InvalidSchema`], [`RegistryError::SubjectNotFound`], [`RegistryError::ContentNotFound`].
    pub async fn lookup(
        &self,
        view: &View,
        subject: &Subject,
        request: &RegisterSchemaRequest,
        options: &LookupOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let draft = Draft::of(request)?;
        let among = if options.deleted { Among::All } else { Among::Live };
        if !draft.is_blank() {
            let config = scope::config(view, subject, self.rules().default_level).await?;
            let normalize = scope::normalizes(&config, options.normalize);
            let reading = Reading::lenient(normalize);
            let content = self.parser().content(view, subject.context(), &draft, reading).await?;
            let mut found = self.find(view, subject, &content, among).await?;
            if found.is_none()
                && let Some(previous) = self.latest(view, subject).await?
            {
                let merged = merge::with_defaults(&draft, &config, Some(&previous.1));
                let content = self.parser().content(view, subject.context(), &merged, reading).await?;
                found = self.find(view, subject, &content, among).await?;
            }
            if found.is_none() && subject.context().is_default() {
                found = self.find_elsewhere(view, subject, &draft, reading, among).await?;
            }
            if let Some(found) = found {
                return self.found_answer(view, found, options.format.as_deref()).await;
            }
            content.refuse_unloadable()?;
        }
        let versions = view.subject_versions(subject).await?;
        Err(if versions.exist(options.deleted) {
            RegistryError::ContentNotFound
        } else {
            RegistryError::SubjectNotFound(subject.clone())
        })
    }

    /// The answer for a schema that was found, in the given format.
    pub(in crate::service) async fn found_answer(
        &self,
        reads: &dyn Reads,
        found: Found,
        format: Option<&str>,
    ) -> Result<SchemaAnswer, RegistryError> {
        let answer = self.schema_answer(reads, &found.subject, &found.schema, format).await?;
        let mut answer = placed(answer, &found.subject, &found.row);
        if found.by_hash {
            answer.ts = None;
            answer.deleted = None;
        }
        Ok(answer)
    }

    async fn find_elsewhere(
        &self,
        view: &View,
        subject: &Subject,
        draft: &Draft,
        reading: Reading,
        among: Among,
    ) -> Result<Option<Found>, RegistryError> {
        for context in view.contexts_with_subject(subject.name()).await? {
            let subject = subject.in_context(&context);
            let Ok(content) = self.parser().content(view, &context, draft, reading).await else { continue };
            if let Some(found) = self.find(view, &subject, &content, among).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The latest live version and its content.
    pub(in crate::service) async fn latest(
        &self,
        reads: &dyn Reads,
        subject: &Subject,
    ) -> Result<Option<(VersionRow, Arc<StoredSchema>)>, RegistryError> {
        let versions = reads.subject_versions(subject).await?;
        let Some(row) = versions.latest() else { return Ok(None) };
        Ok(Some((*row, load(reads, subject.context(), row.id).await?)))
    }

    /// Searches one subject: by content hash, then newest to oldest by meaning.
    pub(in crate::service) async fn find(
        &self,
        reads: &dyn Reads,
        subject: &Subject,
        content: &Content,
        among: Among,
    ) -> Result<Option<Found>, RegistryError> {
        let versions = reads.subject_versions(subject).await?;
        let latest = versions.latest().map(|row| row.version);
        let covered = |row: &&VersionRow| match among {
            Among::All => true,
            Among::Live => !row.deleted,
            Among::Latest => Some(row.version) == latest,
        };
        let by_hash = versions.versions.iter().rev().filter(covered).find(|row| row.guid == content.guid);
        if let Some(row) = by_hash {
            let schema = load(reads, subject.context(), row.id).await?;
            let by_hash = among != Among::Latest;
            return Ok(Some(Found { subject: subject.clone(), row: *row, schema, by_hash }));
        }
        if !versions.versions.iter().any(|row| covered(&row)) {
            return Ok(None);
        }
        let definition = content.definition();
        for row in versions.versions.iter().rev().filter(covered).filter(|row| row.definition == definition) {
            let schema = load(reads, subject.context(), row.id).await?;
            if self.can_look_up(reads, subject, content, row, &schema).await? {
                return Ok(Some(Found { subject: subject.clone(), row: *row, schema, by_hash: false }));
            }
        }
        Ok(None)
    }

    async fn can_look_up(
        &self,
        reads: &dyn Reads,
        subject: &Subject,
        content: &Content,
        row: &VersionRow,
        stored: &StoredSchema,
    ) -> Result<bool, RegistryError> {
        let sent_resolved = content.references.is_empty() && !stored.references.is_empty();
        if !sent_resolved && content.references != stored.references {
            return Ok(false);
        }
        if content.rule_set != stored.rule_set
            || !same_metadata(content.metadata.as_ref(), row, stored.metadata.as_ref())
        {
            return Ok(false);
        }
        let stored = self.parser().stored(reads, subject.context(), stored).await?;
        Ok(content.schema().is_same_definition(&stored.schema))
    }
}

/// Compares metadata, not minding a version number that only one side carries.
fn same_metadata(probe: Option<&Metadata>, row: &VersionRow, stored: Option<&Metadata>) -> bool {
    let version =
        |metadata: Option<&Metadata>| metadata.and_then(|m| m.property(VERSION_PROPERTY).map(str::to_owned));
    match (version(probe), version(stored)) {
        (None, Some(_)) => without_version(probe) == without_version(stored),
        (Some(number), None) => {
            number == row.version.to_string() && without_version(probe) == without_version(stored)
        }
        _ => probe == stored,
    }
}

fn without_version(metadata: Option<&Metadata>) -> Metadata {
    let mut metadata = metadata.cloned().unwrap_or_default();
    metadata.properties.remove(VERSION_PROPERTY);
    metadata
}
