//! Inline tags: changed by a registration, or through the tags endpoint.

use std::sync::Arc;

use schema::model::api::{RegisterSchemaRequest, SchemaAnswer, SchemaTags, TagSchemaRequest};
use schema::model::ids::VersionId;
use schema::model::metadata::{Metadata, VERSION_PROPERTY};
use schema::model::ruleset::RuleSet;
use schema::model::subject::{Purpose, Subject};

use super::register::{RegisterOptions, RegisterRequest};
use crate::service::content::{Draft, Reading};
use crate::service::{Registry, RegistryError, View};
use crate::store::{Reads, StoredSchema};

/// Whether the request adds or removes tags.
pub(super) fn changes_tags(body: &RegisterSchemaRequest) -> bool {
    let some = |tags: &Option<Vec<SchemaTags>>| tags.as_ref().is_some_and(|tags| !tags.is_empty());
    some(&body.schema_tags_to_add) || some(&body.schema_tags_to_remove)
}

/// Rewrites the draft's text with the tags that the request adds, removes and carries over.
pub(super) async fn apply(
    registry: &Registry,
    reads: &dyn Reads,
    subject: &Subject,
    body: &RegisterSchemaRequest,
    latest: Option<&StoredSchema>,
    draft: &mut Draft,
) -> Result<(), RegistryError> {
    let mut add = body.schema_tags_to_add.clone().unwrap_or_default();
    let remove = body.schema_tags_to_remove.clone().unwrap_or_default();
    let carried = match latest {
        Some(latest) if body.propagate_schema_tags == Some(true) => {
            registry.parser().stored(reads, subject.context(), latest).await?.tags()
        }
        _ => Vec::new(),
    };
    if add.is_empty() && remove.is_empty() && carried.is_empty() {
        return Ok(());
    }
    let content = registry.parser().content(reads, subject.context(), draft, Reading::lenient(false)).await?;
    let kept = |tags: &SchemaTags| content.parsed.retagged(std::slice::from_ref(tags), &[]).is_ok();
    add.extend(carried.into_iter().filter(kept));
    draft.text = content.parsed.retagged(&add, &remove)?.canonical().to_owned();
    Ok(())
}

impl Registry {
    /// Registers a new version of `subject` that differs from `version` by tags, metadata or rules.
    ///
    /// # Errors
    /// Those of a lookup by version and of a registration, and [`RegistryError::RuleSetAmbiguous`].
    pub async fn tag(
        &self,
        view: &View,
        subject: &Subject,
        version: &str,
        body: TagSchemaRequest,
        actor: Option<String>,
    ) -> Result<SchemaAnswer, RegistryError> {
        if !subject.is_valid_for(Purpose::Register) {
            return Err(RegistryError::InvalidSubject(subject.to_string()));
        }
        let (subject, row) = self.version(view, subject, VersionId::parse(version)?, false).await?;
        let stored = crate::service::content::load(view, subject.context(), row.id).await?;
        let rule_set = rule_set(&stored, &body)?;
        let new_version = body.new_version.unwrap_or(0);
        let mut metadata: Metadata = body.metadata.or_else(|| stored.metadata.clone()).unwrap_or_default();
        metadata.properties.insert(VERSION_PROPERTY.to_owned(), new_version.to_string());
        let request = RegisterSchemaRequest {
            version: Some(new_version),
            schema_type: Some(stored.schema_type.to_string()),
            references: Some(stored.references.clone()),
            metadata: Some(metadata),
            rule_set,
            schema: Some(stored.text.to_string()),
            schema_tags_to_add: body.tags_to_add,
            schema_tags_to_remove: body.tags_to_remove,
            ..RegisterSchemaRequest::default()
        };
        let options = RegisterOptions::default();
        self.register(view, RegisterRequest { subject, body: Arc::new(request), options, actor }).await
    }
}

fn rule_set(stored: &StoredSchema, body: &TagSchemaRequest) -> Result<Option<RuleSet>, RegistryError> {
    let changed = body.rules_to_merge.is_some() || body.rules_to_remove.is_some();
    if body.rule_set.is_some() && changed {
        return Err(RegistryError::RuleSetAmbiguous);
    }
    for rules in [&body.rules_to_merge, &body.rule_set].into_iter().flatten() {
        rules.validate()?;
    }
    if body.rule_set.is_some() {
        return Ok(body.rule_set.clone());
    }
    let mut merged = RuleSet::merge(stored.rule_set.as_ref(), body.rules_to_merge.as_ref());
    if let (Some(merged), Some(names)) = (&mut merged, &body.rules_to_remove) {
        merged.remove(names);
    }
    Ok(merged)
}

/// The tags of a schema that were asked for; `*` asks for all.
pub(in crate::service) async fn found_tags(
    registry: &Registry,
    reads: &dyn Reads,
    subject: &Subject,
    schema: &StoredSchema,
    wanted: &[String],
) -> Result<Vec<SchemaTags>, RegistryError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let all = wanted.iter().any(|tag| tag == "*");
    let tags = registry.parser().stored(reads, subject.context(), schema).await?.tags();
    Ok(tags.into_iter().filter(|at| all || at.tags.iter().any(|tag| wanted.contains(tag))).collect())
}
