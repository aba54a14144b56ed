//! Schemas by id and guid, and listings of them.

use std::collections::BTreeMap;

use schema::model::api::{ContextId, SchemaAnswer, SubjectVersion};
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId};
use schema::model::subject::{Context, Subject};

use super::content::load;
use super::subjects::read::{ReadOptions, paged, placed, prefix_scope};
use super::{Registry, RegistryError, View};
use crate::store::{ContextScope, DeletedFilter, Holder, Page, Reads, SchemaQuery};

/// What reading a schema by id honours.
#[derive(Clone, Debug, Default)]
pub struct IdAnswerOptions {
    /// Formats, references, tags.
    pub read: ReadOptions,
    /// Whether the highest id of the context is wanted.
    pub fetch_max_id: bool,
}

/// What a listing of schemas honours.
#[derive(Clone, Debug)]
pub struct ListOptions {
    /// Start of the qualified subject; empty means the default context.
    pub prefix: String,
    /// Whether soft-deleted versions are listed.
    pub deleted: bool,
    /// Only the last version per subject.
    pub latest_only: bool,
    /// Whether subjects that an alias leads to are listed, with the aliases.
    pub aliases: bool,
    /// Only schemas with a rule of this type.
    pub rule_type: Option<String>,
    /// How many.
    pub page: Page,
}

impl Registry {
    /// The schema behind an id.
    ///
    /// `subject` says in which context to look; a bare one is looked for in all contexts before any holder of the id in
    /// the default context is taken.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNotFound`].
    pub async fn schema_by_id(
        &self,
        view: &View,
        id: SchemaId,
        subject: &Subject,
        options: &IdAnswerOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let holder = self.holder(view, id, subject).await?;
        let schema = load(view, holder.subject.context(), id).await?;
        let mut answer = self.stored_answer(view, &holder.subject, &schema, &options.read).await?;
        answer.ts = Some(holder.created_at_ms);
        answer.deleted = Some(holder.deleted);
        answer.version = Some(holder.version);
        answer.subject = Some(holder.subject.to_string());
        if options.fetch_max_id {
            answer.max_id = Some(view.max_id(holder.subject.context()).await?);
        }
        Ok(answer)
    }

    async fn holder(&self, view: &View, id: SchemaId, subject: &Subject) -> Result<Holder, RegistryError> {
        let not_found = || RegistryError::SchemaNotFound(id.to_string());
        let name = Some(subject.name()).filter(|name| !name.is_empty());
        if let Some(holder) = view.first_holder(subject.context(), id, name).await? {
            return Ok(holder);
        }
        if !subject.context().is_default() || name.is_none() {
            return Err(not_found());
        }
        for context in view.contexts_with_subject(subject.name()).await? {
            if let Some(holder) = view.first_holder(&context, id, name).await? {
                return Ok(holder);
            }
        }
        view.first_holder(subject.context(), id, None).await?.ok_or_else(not_found)
    }

    async fn id_holders(
        &self,
        view: &View,
        id: SchemaId,
        subject: &Subject,
        deleted: bool,
    ) -> Result<Vec<Holder>, RegistryError> {
        let found = self.holder(view, id, subject).await?;
        let mut holders = view.holders(found.subject.context(), id).await?;
        holders.retain(|holder| deleted || !holder.deleted);
        Ok(holders)
    }

    /// The subjects that hold an id.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNotFound`].
    pub async fn id_subjects(
        &self,
        view: &View,
        id: SchemaId,
        subject: &Subject,
        deleted: bool,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        let holders = self.id_holders(view, id, subject, deleted).await?;
        Ok(paged(holders.iter().map(|holder| holder.subject.to_string()).collect(), page))
    }

    /// The subjects that hold an id, with their newest version that does.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNotFound`].
    pub async fn id_versions(
        &self,
        view: &View,
        id: SchemaId,
        subject: &Subject,
        deleted: bool,
        page: Page,
    ) -> Result<Vec<SubjectVersion>, RegistryError> {
        let holders = self.id_holders(view, id, subject, deleted).await?;
        let pair =
            |holder: &Holder| SubjectVersion { subject: holder.subject.to_string(), version: holder.version };
        Ok(paged(holders.iter().map(pair).collect(), page))
    }

    /// The schema behind a guid, from the first context that has it; subject and version are left out.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNotFound`].
    pub async fn schema_by_guid(
        &self,
        view: &View,
        guid: &str,
        format: Option<String>,
    ) -> Result<SchemaAnswer, RegistryError> {
        let not_found = || RegistryError::SchemaNotFound(guid.chars().take(64).collect());
        let parsed = Guid::parse(guid).ok_or_else(not_found)?;
        let (context, id) = view.ids_by_guid(parsed).await?.into_iter().next().ok_or_else(not_found)?;
        let options =
            IdAnswerOptions { read: ReadOptions { format, ..ReadOptions::default() }, fetch_max_id: false };
        let mut answer = self.schema_by_id(view, id, &context.subject(), &options).await?;
        answer.subject = None;
        answer.version = None;
        Ok(answer)
    }

    /// The ids that contexts give to a guid; none for an unknown one.
    ///
    /// # Errors
    /// [`RegistryError::SchemaNotFound`] for a text that is no guid.
    pub async fn guid_ids(&self, view: &View, guid: &str) -> Result<Vec<ContextId>, RegistryError> {
        let parsed = Guid::parse(guid)
            .ok_or_else(|| RegistryError::SchemaNotFound(guid.chars().take(64).collect()))?;
        let mut ids = view.ids_by_guid(parsed).await?;
        ids.sort();
        Ok(ids.into_iter().map(|(context, id)| ContextId { context: context.to_string(), id }).collect())
    }

    /// Lists schemas by subject and version.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn schemas(
        &self,
        view: &View,
        options: &ListOptions,
    ) -> Result<Vec<SchemaAnswer>, RegistryError> {
        let (scope, name_prefix) = prefix_scope(&options.prefix);
        let aliases =
            if options.aliases { alias_targets(view, &scope, &name_prefix).await? } else { BTreeMap::new() };
        let query = SchemaQuery {
            scope,
            name_prefix,
            also: aliases.keys().cloned().collect(),
            deleted: if options.deleted { DeletedFilter::All } else { DeletedFilter::Live },
            latest_only: options.latest_only,
            rule_type: options.rule_type.clone(),
            page: options.page,
        };
        let mut answers = Vec::new();
        for found in view.search(&query).await? {
            let schema = load(view.store(), found.subject.context(), found.row.id).await?;
            let answer = self.schema_answer(view, &found.subject, &schema, None).await?;
            let mut answer = placed(answer, &found.subject, &found.row);
            answer.aliases = aliases.get(&found.subject).cloned().unwrap_or_default();
            answers.push(answer);
        }
        Ok(answers)
    }

    /// The subject that `subject` stands for: itself, or what its config's alias names. Not recursive.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn dealias(&self, view: &View, subject: Subject) -> Result<Subject, RegistryError> {
        dealiased(view, subject, |config| [&config.alias, &None]).await
    }

    /// The same for data encryption keys: their own alias comes first.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn dealias_for_deks(&self, view: &View, subject: Subject) -> Result<Subject, RegistryError> {
        dealiased(view, subject, |config| [&config.alias_for_deks, &config.alias]).await
    }
}

/// The subject that the first alias of `subject` stands for, or `subject` itself.
async fn dealiased(
    view: &View,
    subject: Subject,
    aliases: impl Fn(&Config) -> [&Option<String>; 2],
) -> Result<Subject, RegistryError> {
    if subject.is_context() {
        return Ok(subject);
    }
    let Some(config) = view.config(&subject).await? else { return Ok(subject) };
    let alias = aliases(&config).into_iter().flatten().find(|alias| !alias.is_empty());
    Ok(alias.map_or_else(|| subject.clone(), |alias| Subject::parse_in(alias, subject.context())))
}

/// What the aliases among the matching names lead to: subject → its aliases.
async fn alias_targets(
    view: &View,
    scope: &ContextScope,
    name_prefix: &str,
) -> Result<BTreeMap<Subject, Vec<String>>, RegistryError> {
    let covered = |context: &Context| match scope {
        ContextScope::All => true,
        ContextScope::One(one) => one == context,
    };
    let mut targets: BTreeMap<Subject, Vec<String>> = BTreeMap::new();
    for (subject, alias) in view.aliases().await? {
        if covered(subject.context()) && subject.name().starts_with(name_prefix) {
            let target = Subject::parse_in(&alias, subject.context());
            targets.entry(target).or_default().push(subject.to_string());
        }
    }
    for aliases in targets.values_mut() {
        aliases.sort_unstable();
    }
    Ok(targets)
}
