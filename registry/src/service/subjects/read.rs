//! Reading subjects and versions.

use std::sync::Arc;

use schema::model::api::SchemaAnswer;
use schema::model::ids::{SchemaId, VersionId};
use schema::model::schema::SchemaReference;
use schema::model::subject::{CONTEXT_WILDCARD, Subject};

use super::tags;
use crate::service::content::load;
use crate::service::{Registry, RegistryError, View};
use crate::store::{ContextScope, DeletedFilter, Page, Reads, StoredSchema, SubjectQuery, VersionRow};

/// What reading one schema honours.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The output format of the text.
    pub format: Option<String>,
    /// `qualified`: references name their context.
    pub reference_format: Option<String>,
    /// Whether a soft-deleted version may be read.
    pub deleted: bool,
    /// Inline tags to list; `*` lists all.
    pub find_tags: Vec<String>,
}

/// Which versions a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionsFilter {
    /// Live, all, or soft-deleted ones. Unless only live ones are wanted, a soft-deleted subject exists.
    pub deleted: DeletedFilter,
    /// Shows all, soft-deleted ones as negative numbers.
    pub deleted_as_negative: bool,
}

/// Splits a subject prefix into the contexts it covers and the start of the bare name.
pub(in crate::service) fn prefix_scope(prefix: &str) -> (ContextScope, String) {
    match prefix.strip_prefix(CONTEXT_WILDCARD) {
        Some(name) => (ContextScope::All, name.to_owned()),
        None => {
            let subject = Subject::parse(prefix);
            (ContextScope::One(subject.context().clone()), subject.name().to_owned())
        }
    }
}

impl Registry {
    /// Lists subjects by their qualified names, sorted as text.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn subjects(
        &self,
        view: &View,
        prefix: &str,
        deleted: DeletedFilter,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        let (scope, name_prefix) = prefix_scope(prefix);
        let single = matches!(scope, ContextScope::One(_));
        let everything = Page { offset: 0, limit: u32::MAX };
        let query =
            SubjectQuery { scope, name_prefix, deleted, page: if single { page } else { everything } };
        let mut names: Vec<String> = view.subjects(&query).await?.iter().map(ToString::to_string).collect();
        if single {
            return Ok(names);
        }
        names.sort_unstable();
        Ok(paged(names, page))
    }

    /// Lists the versions of a subject.
    ///
    /// # Errors
    /// [`RegistryError::SubjectNotFound`].
    pub async fn versions(
        &self,
        view: &View,
        subject: &Subject,
        filter: VersionsFilter,
        page: Page,
    ) -> Result<Vec<i32>, RegistryError> {
        let versions = view.subject_versions(subject).await?;
        if !versions.exist(filter.deleted != DeletedFilter::Live) {
            return Err(RegistryError::SubjectNotFound(subject.clone()));
        }
        let shown = |row: &VersionRow| match filter.deleted {
            _ if filter.deleted_as_negative => Some(if row.deleted { -row.version } else { row.version }),
            DeletedFilter::All => Some(row.version),
            DeletedFilter::Live => (!row.deleted).then_some(row.version),
            DeletedFilter::DeletedOnly => row.deleted.then_some(row.version),
        };
        Ok(paged(versions.versions.iter().filter_map(shown).collect(), page))
    }

    /// Finds a version; a subject of the default context that lacks it is looked for in every other context.
    pub(in crate::service) async fn version(
        &self,
        view: &View,
        subject: &Subject,
        wanted: VersionId,
        deleted: bool,
    ) -> Result<(Subject, VersionRow), RegistryError> {
        let versions = view.subject_versions(subject).await?;
        if let Some(row) = pick(&versions, wanted, deleted) {
            return Ok((subject.clone(), row));
        }
        if subject.context().is_default() {
            for context in view.contexts_with_subject(subject.name()).await? {
                let subject = subject.in_context(&context);
                if let Some(row) = pick(&*view.subject_versions(&subject).await?, wanted, deleted) {
                    return Ok((subject, row));
                }
            }
        }
        Err(if versions.exist(deleted) {
            RegistryError::VersionNotFound(wanted)
        } else {
            RegistryError::SubjectNotFound(subject.clone())
        })
    }

    /// One version of a subject.
    ///
    /// # Errors
    /// [`RegistryError::InvalidVersion`], [`RegistryError::SubjectNotFound`], [`RegistryError::VersionNotFound`].
    pub async fn subject_version(
        &self,
        view: &View,
        subject: &Subject,
        version: &str,
        options: &ReadOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let wanted = VersionId::parse(version)?;
        let (subject, row) = self.version(view, subject, wanted, options.deleted).await?;
        let schema = load(view, subject.context(), row.id).await?;
        let answer = self.stored_answer(view, &subject, &schema, options).await?;
        Ok(placed(answer, &subject, &row))
    }

    /// The newest live version whose metadata has all of these properties.
    ///
    /// # Errors
    /// [`RegistryError::SubjectNotFound`], [`RegistryError::ContentNotFound`].
    pub async fn latest_with_metadata(
        &self,
        view: &View,
        subject: &Subject,
        wanted: &[(String, String)],
        options: &ReadOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let versions = view.subject_versions(subject).await?;
        let rows: Vec<_> =
            versions.versions.iter().rev().filter(|row| options.deleted || !row.deleted).collect();
        if rows.is_empty() {
            return Err(RegistryError::SubjectNotFound(subject.clone()));
        }
        for row in rows {
            let schema = load(view, subject.context(), row.id).await?;
            let matches = schema.metadata.as_ref().is_some_and(|metadata| {
                wanted.iter().all(|(key, value)| metadata.property(key) == Some(value.as_str()))
            });
            if matches {
                let answer = self.stored_answer(view, subject, &schema, options).await?;
                return Ok(placed(answer, subject, row));
            }
        }
        Err(RegistryError::ContentNotFound)
    }

    /// The ids of the schemas that refer to a version.
    ///
    /// # Errors
    /// Those of [`Registry::subject_version`].
    pub async fn referenced_by(
        &self,
        view: &View,
        subject: &Subject,
        version: &str,
        deleted: bool,
        page: Page,
    ) -> Result<Vec<SchemaId>, RegistryError> {
        let (subject, row) = self.version(view, subject, VersionId::parse(version)?, true).await?;
        let referrers = view.referrers(&subject, row.version).await?;
        let ids = referrers.iter().filter(|r| deleted || r.is_live()).map(|r| r.id).collect();
        Ok(paged(ids, page))
    }

    /// The parts of an answer that come from the content alone, as the options want them.
    pub(in crate::service) async fn stored_answer(
        &self,
        reads: &dyn Reads,
        subject: &Subject,
        schema: &Arc<StoredSchema>,
        options: &ReadOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let mut answer = self.schema_answer(reads, subject, schema, options.format.as_deref()).await?;
        if options.reference_format.as_deref().is_some_and(|format| format.eq_ignore_ascii_case("qualified"))
        {
            qualify(&mut answer.references, subject);
        }
        answer.schema_tags = tags::found_tags(self, reads, subject, schema, &options.find_tags).await?;
        Ok(answer)
    }

    /// The parts of an answer that come from the content alone.
    pub(in crate::service) async fn schema_answer(
        &self,
        reads: &dyn Reads,
        subject: &Subject,
        schema: &Arc<StoredSchema>,
        format: Option<&str>,
    ) -> Result<SchemaAnswer, RegistryError> {
        let text = match format {
            None | Some("" | "default") => Arc::clone(&schema.text),
            Some(format) => {
                let known = self.parser().stored(reads, subject.context(), schema).await?;
                Arc::from(known.schema.formatted(format)?)
            }
        };
        Ok(SchemaAnswer {
            guid: Some(schema.guid.to_string()),
            schema_type: schema.schema_type,
            references: schema.references.clone(),
            metadata: schema.metadata.clone(),
            rule_set: schema.rule_set.clone(),
            schema: text,
            ..SchemaAnswer::default()
        })
    }
}

fn pick(versions: &crate::store::SubjectVersions, wanted: VersionId, deleted: bool) -> Option<VersionRow> {
    match wanted {
        VersionId::Latest => versions.latest().copied(),
        VersionId::Number(number) => versions.get(number).filter(|row| deleted || !row.deleted).copied(),
    }
}

/// Says which version the answer is about.
pub(in crate::service) fn placed(answer: SchemaAnswer, subject: &Subject, row: &VersionRow) -> SchemaAnswer {
    SchemaAnswer {
        subject: Some(subject.to_string()),
        version: Some(row.version),
        id: Some(row.id),
        ts: Some(row.created_at_ms),
        deleted: Some(row.deleted),
        ..answer
    }
}

fn qualify(references: &mut [SchemaReference], subject: &Subject) {
    for reference in references {
        if let Some(name) = &reference.subject {
            reference.subject = Some(Subject::parse_in(name, subject.context()).to_string());
        }
    }
}

/// Cuts a page out of a list.
pub(in crate::service) fn paged<T>(rows: Vec<T>, page: Page) -> Vec<T> {
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    rows.into_iter().skip(offset).take(limit).collect()
}
