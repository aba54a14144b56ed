//! What each write of a transaction does: to the file, to the overlay, and to the keys whose stamps go stale.

use std::collections::BTreeSet;
use std::sync::Arc;

use schema::model::config::Config;
use schema::model::ids::{SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};
use serde::Serialize;
use sqlx::sqlite::SqliteRow;

use super::scripts;
use super::session::{ContextRow, State};
use crate::clock::now_ms;
use crate::store::facts::{ConfigAt, ContentOf, IdOf, ModeAt, VersionsOf};
use crate::store::sql::{Bind, Cells, Connection, Statement};
use crate::store::{IdChoice, Key, NewVersion, StoreError, StoredSchema, SubjectVersions, VersionRow};

/// Rows of a `VALUES` list in one statement: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 1000;

/// The id of a new version.
#[derive(Clone, Copy)]
struct ChosenId {
    id: SchemaId,
    /// Whether the context has the content already.
    stored: bool,
}

impl State {
    pub(super) async fn put_version(&mut self, new: &NewVersion) -> Result<SchemaId, StoreError> {
        let subject = &new.subject;
        let versions = self.known(VersionsOf(subject.clone())).await?;
        let place = self.context(subject.context()).await?;
        let chosen = self.choose_id(new, place).await?;

        let sequence = self.number_write();
        let context_id = self.reserve_id(subject.context(), place, chosen.id).await?;
        let statement = put_statement(chosen, &versions);
        let statement = self.bind_version(statement, context_id, subject, &new.row(chosen.id), sequence);
        let statement = if chosen.stored { statement } else { bind_content(statement, new)? };
        self.connection.execute(statement).await?;
        if !chosen.stored {
            self.put_references(context_id, chosen.id, new).await?;
            self.put_rule_types(context_id, chosen.id, new).await?;
        }

        let replaced = versions.get(new.version).copied().filter(|row| row.id != chosen.id);
        self.lay_version(subject, versions, new.row(chosen.id));
        self.lay_content(new, chosen);
        if let Some(replaced) = replaced {
            let statement = Statement::new(scripts::DROP_UNHELD).bind(context_id).bind(replaced.id);
            let targets = self.connection.fetch(statement).await?;
            self.forget_content(subject.context(), &replaced, &targets)?;
        }
        Ok(chosen.id)
    }

    /// Finds the id without writing anything.
    async fn choose_id(
        &mut self,
        new: &NewVersion,
        place: Option<ContextRow>,
    ) -> Result<ChosenId, StoreError> {
        let context = new.subject.context();
        match new.id {
            IdChoice::Existing(id) => Ok(ChosenId { id, stored: true }),
            IdChoice::Given(id) => match self.known(ContentOf(context.clone(), id)).await? {
                None => Ok(ChosenId { id, stored: false }),
                Some(content) if content.guid == new.guid && content.schema_type == new.schema_type => {
                    Ok(ChosenId { id, stored: true })
                }
                Some(_) => Err(StoreError::IdTaken { context: context.clone(), id }),
            },
            IdChoice::Next => {
                let next = place.map_or(1, |place| place.next_id);
                let id = SchemaId::try_from(next).map_err(|_| StoreError::IdsExhausted(context.clone()))?;
                Ok(ChosenId { id, stored: false })
            }
        }
    }

    /// Makes sure that the context is there and that later ids start above `id`.
    async fn reserve_id(
        &mut self,
        context: &Context,
        place: Option<ContextRow>,
        id: SchemaId,
    ) -> Result<i64, StoreError> {
        let place = match place {
            Some(place) => place,
            None => {
                let statement = Statement::new(scripts::ADD_CONTEXT).bind(context.as_str());
                let rows = self.connection.fetch(statement).await?;
                let context_id = rows.first().map_or(Ok(0), |row| row.integer(0))?;
                ContextRow { context_id, next_id: 1, visible: true }
            }
        };
        let next_id = place.next_id.max(i64::from(id) + 1);
        self.pending.contexts.insert(context.clone(), ContextRow { next_id, visible: true, ..place });
        Ok(place.context_id)
    }

    /// Binds the parameters that all scripts for versions share.
    fn bind_version(
        &self,
        statement: Statement,
        context_id: i64,
        subject: &Subject,
        row: &VersionRow,
        sequence: i64,
    ) -> Statement {
        statement
            .bind(context_id)
            .bind(row.id)
            .bind(&row.guid.0[..])
            .bind(subject.name())
            .bind(row.version)
            .bind(row.created_at_ms)
            .bind(sequence)
            .bind(now_ms())
            .bind(subject.context().as_str())
            .bind(self.pending.actor.clone())
            .bind(row.definition.cast_signed())
    }

    async fn put_references(
        &mut self,
        context_id: i64,
        id: SchemaId,
        new: &NewVersion,
    ) -> Result<(), StoreError> {
        for targets in new.reference_targets.chunks(ROWS_MAX) {
            let mut statement = Statement::of_varying_size(scripts::INSERT_REFERENCES);
            statement.push_rows(targets.iter().map(|(subject, version)| -> [Bind; 5] {
                let (context, name) = (subject.context().as_str(), subject.name());
                [context.into(), name.into(), (*version).into(), context_id.into(), id.into()]
            }));
            self.connection.execute(statement).await?;
        }
        Ok(())
    }

    async fn put_rule_types(
        &mut self,
        context_id: i64,
        id: SchemaId,
        new: &NewVersion,
    ) -> Result<(), StoreError> {
        let Some(rule_set) = &new.rule_set else { return Ok(()) };
        let types: BTreeSet<&str> = rule_set.rules().filter_map(|rule| rule.rule_type.as_deref()).collect();
        let types: Vec<&str> = types.into_iter().collect();
        for types in types.chunks(ROWS_MAX) {
            let mut statement = Statement::of_varying_size(scripts::INSERT_RULE_TYPES);
            statement.push_rows(
                types
                    .iter()
                    .map(|rule_type| -> [Bind; 3] { [context_id.into(), id.into(), (*rule_type).into()] }),
            );
            self.connection.execute(statement).await?;
        }
        Ok(())
    }

    fn lay_version(&mut self, subject: &Subject, versions: Arc<SubjectVersions>, row: VersionRow) {
        self.change_versions(subject, versions, |versions| {
            match versions.binary_search_by_key(&row.version, |row| row.version) {
                Ok(at) => versions[at] = row,
                Err(at) => versions.insert(at, row),
            }
        });
    }

    /// Changes the list in place where nobody else holds it.
    fn change_versions(
        &mut self,
        subject: &Subject,
        versions: Arc<SubjectVersions>,
        change: impl FnOnce(&mut Vec<VersionRow>),
    ) {
        let fact = VersionsOf(subject.clone());
        self.forget(&fact);
        let mut versions = versions;
        change(&mut Arc::make_mut(&mut versions).versions);
        self.lay(fact, versions);
    }

    fn lay_content(&mut self, new: &NewVersion, chosen: ChosenId) {
        let context = new.subject.context();
        let content = ContentOf(context.clone(), chosen.id);
        if chosen.stored {
            // The content is the same, but who holds it is not.
            self.touch(Key::Id(context, chosen.id));
        } else {
            let stored = StoredSchema {
                id: chosen.id,
                guid: new.guid,
                schema_type: new.schema_type,
                references: new.references.clone(),
                metadata: new.metadata.clone(),
                rule_set: new.rule_set.clone(),
                text: Arc::clone(&new.text),
            };
            self.lay(content, Some(Arc::new(stored)));
        }
        self.lay(IdOf(context.clone(), new.guid), Some(chosen.id));
        for (target, _) in &new.reference_targets {
            self.touch(Key::Subject(target));
        }
    }

    pub(super) async fn soft_delete(
        &mut self,
        subject: &Subject,
        version: Version,
    ) -> Result<(), StoreError> {
        let Some((versions, row, place)) = self.find(subject, version).await? else { return Ok(()) };
        if row.deleted {
            return Ok(());
        }
        let sequence = self.number_write();
        let statement = Statement::new(scripts::SOFT_DELETE);
        let statement = self.bind_version(statement, place.context_id, subject, &row, sequence);
        let targets = self.connection.fetch(statement).await?;
        self.change_versions(subject, versions, |versions| {
            versions.iter_mut().rev().filter(|row| row.version == version).for_each(|row| row.deleted = true);
        });
        self.touch(Key::Id(subject.context(), row.id));
        self.touch(Key::Guid(row.guid));
        self.touch_targets(&targets)
    }

    pub(super) async fn remove_version(
        &mut self,
        subject: &Subject,
        version: Version,
    ) -> Result<(), StoreError> {
        let Some((versions, row, place)) = self.find(subject, version).await? else { return Ok(()) };
        let sequence = self.number_write();
        let statement = Statement::new(scripts::REMOVE_VERSION);
        let statement = self.bind_version(statement, place.context_id, subject, &row, sequence);
        let targets = self.connection.fetch(statement).await?;
        self.change_versions(subject, versions, |versions| versions.retain(|row| row.version != version));
        self.forget_content(subject.context(), &row, &targets)
    }

    async fn find(
        &mut self,
        subject: &Subject,
        version: Version,
    ) -> Result<Option<(Arc<SubjectVersions>, VersionRow, ContextRow)>, StoreError> {
        let versions = self.known(VersionsOf(subject.clone())).await?;
        let Some(row) = versions.get(version).copied() else { return Ok(None) };
        let place = self.context(subject.context()).await?;
        Ok(place.map(|place| (versions, row, place)))
    }

    /// A version let go of its content, which may be gone now.
    fn forget_content(
        &mut self,
        context: &Context,
        row: &VersionRow,
        targets: &[SqliteRow],
    ) -> Result<(), StoreError> {
        self.forget(&ContentOf(context.clone(), row.id));
        self.forget(&IdOf(context.clone(), row.guid));
        self.touch_targets(targets)
    }

    fn touch_targets(&mut self, targets: &[SqliteRow]) -> Result<(), StoreError> {
        for row in targets {
            let target = Subject::new(Context::from_stored(row.text(0)?), row.text(1)?);
            self.touch(Key::Subject(&target));
        }
        Ok(())
    }

    pub(super) async fn set_config(
        &mut self,
        place: &Subject,
        config: Option<&Config>,
    ) -> Result<(), StoreError> {
        let script = if config.is_some() { scripts::SET_CONFIG } else { scripts::REMOVE_CONFIG };
        if config.is_none() && self.known(ConfigAt(place.clone())).await?.is_none() {
            return Ok(());
        }
        self.cache.configured.note([place.clone()]);
        let sequence = self.number_write();
        let statement = self.bind_setting(script, place, sequence);
        let statement = statement.bind(json(config)?).bind(config.and_then(|config| config.alias.clone()));
        self.connection.execute(statement).await?;
        self.lay(ConfigAt(place.clone()), config.cloned().map(Arc::new));
        Ok(())
    }

    pub(super) async fn set_mode(&mut self, place: &Subject, mode: Option<Mode>) -> Result<(), StoreError> {
        let script = if mode.is_some() { scripts::SET_MODE } else { scripts::REMOVE_MODE };
        if mode.is_none() && self.known(ModeAt(place.clone())).await?.is_none() {
            return Ok(());
        }
        self.cache.with_mode.note([place.clone()]);
        let sequence = self.number_write();
        let text: Option<String> = mode.map(|mode| mode.as_str().to_owned());
        let statement = self.bind_setting(script, place, sequence).bind(text);
        self.connection.execute(statement).await?;
        self.lay(ModeAt(place.clone()), mode);
        Ok(())
    }

    fn bind_setting(&self, script: &'static str, place: &Subject, sequence: i64) -> Statement {
        Statement::new(script)
            .bind(place.context().as_str())
            .bind(place.name())
            .bind(sequence)
            .bind(now_ms())
            .bind(self.pending.actor.clone())
    }

    pub(super) async fn remove_modes_below(&mut self, place: &Subject) -> Result<(), StoreError> {
        if !place.is_context() {
            return Ok(());
        }
        let context = place.context();
        let everywhere = context.is_default() || *context == Context::global();
        let only: Option<String> = (!everywhere).then(|| context.as_str().to_owned());
        let statement = Statement::new(scripts::REMOVE_MODES_BELOW)
            .bind(self.pending.sequence)
            .bind(now_ms())
            .bind(self.pending.actor.clone())
            .bind(only);
        // Counted before it is known whether there is anything to remove: a statement that may write is a write.
        self.pending.writes += 1;
        let removed = self.connection.fetch(statement).await?;
        for row in &removed {
            let place = Subject::new(Context::from_stored(row.text(0)?), row.text(1)?);
            self.pending.sequence += 1;
            self.lay(ModeAt(place), None);
        }
        Ok(())
    }

    pub(super) async fn remove_context(&mut self, context: &Context) -> Result<(), StoreError> {
        let Some(place) = self.context(context).await?.filter(|place| place.visible) else { return Ok(()) };
        let sequence = self.number_write();
        let nothing: Option<String> = None;
        let statement =
            self.bind_setting(scripts::REMOVE_CONTEXT, &context.subject(), sequence).bind(nothing);
        self.connection.execute(statement).await?;
        self.pending.contexts.insert(context.clone(), ContextRow { visible: false, ..place });
        Ok(())
    }
}

fn put_statement(chosen: ChosenId, versions: &SubjectVersions) -> Statement {
    Statement::new(match (chosen.stored, versions.versions.is_empty()) {
        (false, true) => scripts::PUT_CONTENT_AND_SUBJECT,
        (false, false) => scripts::PUT_CONTENT,
        (true, true) => scripts::PUT_SUBJECT,
        (true, false) => scripts::PUT,
    })
}

fn bind_content(statement: Statement, new: &NewVersion) -> Result<Statement, StoreError> {
    let references = (!new.references.is_empty()).then_some(&new.references);
    Ok(statement
        .bind(new.schema_type.as_str())
        .bind(json(references)?)
        .bind(json(new.metadata.as_ref())?)
        .bind(json(new.rule_set.as_ref())?)
        .bind(Arc::clone(&new.text)))
}

fn json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, StoreError> {
    Ok(value.map(serde_json::to_string).transpose()?)
}
