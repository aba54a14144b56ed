//! The writing connection: a transaction that may hold several operations, one after another.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::ruleset::RuleSet;
use schema::model::subject::{Context, Subject};
use serde::Serialize;
use sqlx::SqliteConnection;
use tokio::sync::{Mutex, MutexGuard};

use super::reads;
use super::recent::{ContextRow, Recent};
use crate::store::{
    Changes, Holder, IdChoice, Key, NewVersion, Reads, Referrer, StoreError, StoredSchema, SubjectQuery,
    SubjectVersions, Transaction, VersionRow,
};

/// A place that a transaction has touched.
enum Touched {
    Subject(Subject),
    Id(Context, SchemaId),
    Guid(Guid),
    Config(Subject),
    Mode(Subject),
}

struct State {
    connection: SqliteConnection,
    recent: Recent,
    touched: Vec<Touched>,
    actor: Option<String>,
    /// Writes since the transaction began.
    writes: u64,
}

/// The writing connection and what it remembers.
pub(super) struct Session {
    state: Mutex<State>,
}

impl Session {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        let state =
            State { connection, recent: Recent::default(), touched: Vec::new(), actor: None, writes: 0 };
        Self { state: Mutex::new(state) }
    }

    pub(super) async fn begin(&self) -> Result<(), StoreError> {
        let state = &mut *self.state.lock().await;
        state.touched.clear();
        state.writes = 0;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut state.connection).await?;
        Ok(())
    }

    /// Names the one who asks for what comes next.
    pub(super) async fn set_actor(&self, actor: Option<&str>) {
        self.state.lock().await.actor = actor.map(str::to_owned);
    }

    /// How many writes the transaction holds so far.
    pub(super) async fn writes(&self) -> u64 {
        self.state.lock().await.writes
    }

    /// Makes the transaction durable, then tells `changes` what it touched.
    pub(super) async fn commit(&self, changes: &Changes) -> Result<(), StoreError> {
        let state = &mut *self.state.lock().await;
        sqlx::query("COMMIT").execute(&mut state.connection).await?;
        if state.writes > 0 {
            changes.advance(state.touched.drain(..).as_slice().iter().map(Touched::key));
        }
        state.touched.clear();
        Ok(())
    }

    /// Undoes the transaction and forgets what was read and written in it.
    pub(super) async fn roll_back(&self) {
        let state = &mut *self.state.lock().await;
        if let Err(error) = sqlx::query("ROLLBACK").execute(&mut state.connection).await {
            // The engine rolls some failures back by itself; then there is nothing left to undo.
            tracing::debug!(%error, "nothing to roll back");
        }
        state.recent = Recent::default();
        state.touched.clear();
    }

    async fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().await
    }
}

impl Touched {
    fn key(&self) -> Key<'_> {
        match self {
            Self::Subject(subject) => Key::Subject(subject),
            Self::Id(context, id) => Key::Id(context, *id),
            Self::Guid(guid) => Key::Guid(*guid),
            Self::Config(place) => Key::Config(place),
            Self::Mode(place) => Key::Mode(place),
        }
    }
}

/// What a write was, for the change log.
struct Entry<'a> {
    kind: &'static str,
    place: &'a Subject,
    version: Option<Version>,
    id: Option<SchemaId>,
    detail: Option<String>,
}

impl<'a> Entry<'a> {
    fn new(kind: &'static str, place: &'a Subject) -> Self {
        Self { kind, place, version: None, id: None, detail: None }
    }
}

const LOG: &str = "
    INSERT INTO change_log (at, kind, context, subject, version, schema_id, actor, detail)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const CONTEXT_ROW: &str = "
    INSERT INTO contexts (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = name
    RETURNING key, next_id, visible";

const SUBJECT_KEY: &str = "
    INSERT INTO subjects (context, name) VALUES (?1, ?2) ON CONFLICT (context, name) DO UPDATE SET name = name
    RETURNING key";

const PUT_CONTENT: &str = "
    INSERT INTO schemas (context, id, guid, schema_type, refs, metadata, rule_set, rule_types, text)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
    UPDATE contexts SET next_id = max(next_id, ?2 + 1), visible = 1 WHERE key = ?1";

const PUT_VERSION: &str = "
    INSERT INTO versions (subject, version, context, schema_id, guid, definition, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (subject, version) DO UPDATE SET
        schema_id = excluded.schema_id, guid = excluded.guid, definition = excluded.definition,
        created_at = excluded.created_at, deleted = 0;
    INSERT INTO change_log (at, kind, context, subject, version, schema_id, actor)
    VALUES (?8, 'register', ?9, ?10, ?2, ?4, ?11)";

const PUT_REFERENCE: &str = "
    INSERT INTO schema_references (context, schema_id, position, target_context, target_subject, target_version)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// Removes a version, and its content and subject when nothing else needs them.
const REMOVE_VERSION: &str = "
    DELETE FROM versions WHERE subject = ?1 AND version = ?2;
    DELETE FROM schemas WHERE context = ?3 AND id = ?4
        AND NOT EXISTS (SELECT 1 FROM versions WHERE context = ?3 AND schema_id = ?4);
    DELETE FROM subjects WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM versions WHERE subject = ?1)";

impl State {
    async fn log(&mut self, entry: Entry<'_>) -> Result<(), StoreError> {
        self.writes += 1;
        sqlx::query(LOG)
            .bind(now_ms())
            .bind(entry.kind)
            .bind(entry.place.context().as_str())
            .bind(entry.place.name())
            .bind(entry.version)
            .bind(entry.id)
            .bind(self.actor.as_deref())
            .bind(entry.detail)
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    async fn context_row(&mut self, context: &Context) -> Result<ContextRow, StoreError> {
        if let Some(row) = self.recent.contexts.get(context) {
            return Ok(*row);
        }
        let query = sqlx::query_as(CONTEXT_ROW).bind(context.as_str());
        let (key, next_id, visible): (i64, i32, bool) = query.fetch_one(&mut self.connection).await?;
        let row = ContextRow { key, next_id, visible };
        self.recent.contexts.insert(context.clone(), row);
        Ok(row)
    }

    async fn subject_key(&mut self, subject: &Subject) -> Result<i64, StoreError> {
        if let Some(key) = self.recent.subject_keys.get(subject) {
            return Ok(*key);
        }
        let context = self.context_row(subject.context()).await?;
        let query = sqlx::query_scalar(SUBJECT_KEY).bind(context.key).bind(subject.name());
        let key: i64 = query.fetch_one(&mut self.connection).await?;
        self.recent.subject_keys.insert(subject.clone(), key);
        Ok(key)
    }

    async fn versions(&mut self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        if let Some(versions) = self.recent.versions.get(subject) {
            return Ok(Arc::clone(versions));
        }
        let versions = Arc::new(reads::subject_versions(&mut self.connection, subject).await?);
        self.recent.versions.insert(subject.clone(), Arc::clone(&versions));
        Ok(versions)
    }

    async fn schema(
        &mut self,
        context: &Context,
        id: SchemaId,
    ) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        let key = (context.clone(), id);
        if let Some(schema) = self.recent.schemas.get(&key) {
            return Ok(Some(Arc::clone(schema)));
        }
        let schema = reads::schema(&mut self.connection, context, id).await?.map(Arc::new);
        if let Some(schema) = &schema {
            self.recent.schemas.insert(key, Arc::clone(schema));
        }
        Ok(schema)
    }

    /// Gives the content its id and stores it where it is not stored yet.
    async fn put_content(&mut self, new: &NewVersion) -> Result<SchemaId, StoreError> {
        let context = new.subject.context();
        let row = self.context_row(context).await?;
        let id = match new.id {
            IdChoice::Existing(id) => return Ok(id),
            IdChoice::Next => row.next_id,
            IdChoice::Given(id) => {
                if let Some(stored) = self.schema(context, id).await? {
                    let same = stored.guid == new.guid && stored.schema_type == new.schema_type;
                    return if same {
                        Ok(id)
                    } else {
                        Err(StoreError::IdTaken { context: context.clone(), id })
                    };
                }
                id
            }
        };
        let rule_types = new.rule_set.as_ref().map(rule_types).transpose()?;
        sqlx::query(PUT_CONTENT)
            .bind(row.key)
            .bind(id)
            .bind(&new.guid.0[..])
            .bind(new.schema_type.as_str())
            .bind(if new.references.is_empty() { None } else { Some(json(&new.references)?) })
            .bind(new.metadata.as_ref().map(json).transpose()?)
            .bind(new.rule_set.as_ref().map(json).transpose()?)
            .bind(rule_types)
            .bind(&*new.text)
            .execute(&mut self.connection)
            .await?;
        for (position, (subject, version)) in (0_i64..).zip(&new.reference_targets) {
            sqlx::query(PUT_REFERENCE)
                .bind(row.key)
                .bind(id)
                .bind(position)
                .bind(subject.context().as_str())
                .bind(subject.name())
                .bind(version)
                .execute(&mut self.connection)
                .await?;
            self.touched.push(Touched::Subject(subject.clone()));
        }
        let next_id = row.next_id.max(id.saturating_add(1));
        self.recent.contexts.insert(context.clone(), ContextRow { next_id, visible: true, ..row });
        self.touched.push(Touched::Guid(new.guid));
        Ok(id)
    }

    async fn put_row(&mut self, new: &NewVersion, id: SchemaId) -> Result<(), StoreError> {
        let subject = &new.subject;
        let context = self.context_row(subject.context()).await?;
        let key = self.subject_key(subject).await?;
        self.writes += 1;
        sqlx::query(PUT_VERSION)
            .bind(key)
            .bind(new.version)
            .bind(context.key)
            .bind(id)
            .bind(&new.guid.0[..])
            .bind(new.definition.cast_signed())
            .bind(new.created_at_ms)
            .bind(now_ms())
            .bind(subject.context().as_str())
            .bind(subject.name())
            .bind(self.actor.as_deref())
            .execute(&mut self.connection)
            .await?;
        if !context.visible {
            let show = sqlx::query("UPDATE contexts SET visible = 1 WHERE key = ?1").bind(context.key);
            show.execute(&mut self.connection).await?;
            self.recent.contexts.insert(subject.context().clone(), ContextRow { visible: true, ..context });
        }
        let row = VersionRow {
            version: new.version,
            id,
            guid: new.guid,
            definition: new.definition,
            deleted: false,
            created_at_ms: new.created_at_ms,
        };
        self.change_versions(subject, |versions| {
            match versions.binary_search_by_key(&row.version, |r| r.version) {
                Ok(at) => versions[at] = row,
                Err(at) => versions.insert(at, row),
            }
        });
        self.touched.push(Touched::Subject(subject.clone()));
        self.touched.push(Touched::Id(subject.context().clone(), id));
        Ok(())
    }

    /// Changes the remembered versions of a subject as the tables were changed.
    fn change_versions(&mut self, subject: &Subject, change: impl FnOnce(&mut Vec<VersionRow>)) {
        if let Some((subject, mut versions)) = self.recent.versions.remove(subject) {
            change(&mut Arc::make_mut(&mut versions).versions);
            self.recent.versions.insert(subject, versions);
        }
    }

    async fn remove_row(&mut self, subject: &Subject, row: &VersionRow) -> Result<(), StoreError> {
        let context = self.context_row(subject.context()).await?;
        let key = self.subject_key(subject).await?;
        for target in reads::reference_targets(&mut self.connection, context.key, row.id).await? {
            self.touched.push(Touched::Subject(target));
        }
        sqlx::query(REMOVE_VERSION)
            .bind(key)
            .bind(row.version)
            .bind(context.key)
            .bind(row.id)
            .execute(&mut self.connection)
            .await?;
        self.recent.subject_keys.remove(subject);
        self.recent.schemas.remove(&(subject.context().clone(), row.id));
        self.change_versions(subject, |versions| versions.retain(|kept| kept.version != row.version));
        self.touched.push(Touched::Subject(subject.clone()));
        self.touched.push(Touched::Id(subject.context().clone(), row.id));
        self.touched.push(Touched::Guid(row.guid));
        Ok(())
    }
}

#[async_trait]
impl Reads for Session {
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        self.state().await.versions(subject).await
    }

    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        self.state().await.schema(context, id).await
    }

    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError> {
        reads::id_of(&mut self.state().await.connection, context, guid).await
    }

    async fn first_holder(
        &self,
        context: &Context,
        id: SchemaId,
        name: Option<&str>,
    ) -> Result<Option<Holder>, StoreError> {
        reads::first_holder(&mut self.state().await.connection, context, id, name).await
    }

    async fn holders(&self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, StoreError> {
        reads::holders(&mut self.state().await.connection, context, id).await
    }

    async fn referrers(&self, subject: &Subject, version: Version) -> Result<Vec<Referrer>, StoreError> {
        reads::referrers(&mut self.state().await.connection, subject, version).await
    }

    async fn config(&self, place: &Subject) -> Result<Option<Arc<Config>>, StoreError> {
        let state = &mut *self.state().await;
        if let Some(config) = state.recent.configs.get(place) {
            return Ok(config.clone());
        }
        let config = reads::config(&mut state.connection, place).await?.map(Arc::new);
        state.recent.configs.insert(place.clone(), config.clone());
        Ok(config)
    }

    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError> {
        let state = &mut *self.state().await;
        if let Some(mode) = state.recent.modes.get(place) {
            return Ok(*mode);
        }
        let mode = reads::mode(&mut state.connection, place).await?;
        state.recent.modes.insert(place.clone(), mode);
        Ok(mode)
    }

    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError> {
        reads::subjects(&mut self.state().await.connection, query).await
    }
}

#[async_trait]
impl Transaction for Session {
    async fn put_version(&self, new: &NewVersion) -> Result<SchemaId, StoreError> {
        let state = &mut *self.state().await;
        let replaced = state.versions(&new.subject).await?.get(new.version).copied();
        let id = state.put_content(new).await?;
        if let Some(replaced) = replaced.filter(|row| row.id != id) {
            state.remove_row(&new.subject, &replaced).await?;
        }
        state.put_row(new, id).await?;
        Ok(id)
    }

    async fn soft_delete(&self, subject: &Subject, version: Version) -> Result<(), StoreError> {
        let state = &mut *self.state().await;
        let Some(row) = state.versions(subject).await?.get(version).copied() else { return Ok(()) };
        let key = state.subject_key(subject).await?;
        let query = sqlx::query("UPDATE versions SET deleted = 1 WHERE subject = ?1 AND version = ?2");
        query.bind(key).bind(version).execute(&mut state.connection).await?;
        state.change_versions(subject, |versions| {
            for kept in versions.iter_mut().filter(|kept| kept.version == version) {
                kept.deleted = true;
            }
        });
        state.touched.push(Touched::Subject(subject.clone()));
        state.touched.push(Touched::Id(subject.context().clone(), row.id));
        let entry = Entry { version: Some(version), id: Some(row.id), ..Entry::new("soft-delete", subject) };
        state.log(entry).await
    }

    async fn remove_version(&self, subject: &Subject, version: Version) -> Result<(), StoreError> {
        let state = &mut *self.state().await;
        let Some(row) = state.versions(subject).await?.get(version).copied() else { return Ok(()) };
        state.remove_row(subject, &row).await?;
        let entry = Entry { version: Some(version), id: Some(row.id), ..Entry::new("delete", subject) };
        state.log(entry).await
    }

    async fn set_config(&self, place: &Subject, config: Option<&Config>) -> Result<(), StoreError> {
        let state = &mut *self.state().await;
        let detail = config.map(json).transpose()?;
        let query = match config {
            Some(config) => sqlx::query(
                "INSERT INTO configs (context, subject, config, alias) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (context, subject) DO UPDATE SET config = excluded.config, alias = excluded.alias",
            )
            .bind(place.context().as_str())
            .bind(place.name())
            .bind(detail.clone())
            .bind(config.alias.as_deref().filter(|alias| !alias.is_empty())),
            None => sqlx::query("DELETE FROM configs WHERE context = ?1 AND subject = ?2")
                .bind(place.context().as_str())
                .bind(place.name()),
        };
        let changed = query.execute(&mut state.connection).await?.rows_affected();
        state.recent.configs.insert(place.clone(), config.cloned().map(Arc::new));
        if changed == 0 {
            return Ok(());
        }
        state.touched.push(Touched::Config(place.clone()));
        let kind = if config.is_some() { "set-config" } else { "delete-config" };
        state.log(Entry { detail, ..Entry::new(kind, place) }).await
    }

    async fn set_mode(&self, place: &Subject, mode: Option<Mode>) -> Result<(), StoreError> {
        let state = &mut *self.state().await;
        let query = match mode {
            Some(mode) => sqlx::query(
                "INSERT INTO modes (context, subject, mode) VALUES (?1, ?2, ?3)
                 ON CONFLICT (context, subject) DO UPDATE SET mode = excluded.mode",
            )
            .bind(place.context().as_str())
            .bind(place.name())
            .bind(mode.as_str()),
            None => sqlx::query("DELETE FROM modes WHERE context = ?1 AND subject = ?2")
                .bind(place.context().as_str())
                .bind(place.name()),
        };
        let changed = query.execute(&mut state.connection).await?.rows_affected();
        state.recent.modes.insert(place.clone(), mode);
        if changed == 0 {
            return Ok(());
        }
        state.touched.push(Touched::Mode(place.clone()));
        let kind = if mode.is_some() { "set-mode" } else { "delete-mode" };
        state
            .log(Entry { detail: mode.map(|mode| mode.as_str().to_owned()), ..Entry::new(kind, place) })
            .await
    }

    async fn remove_modes_below(&self, place: &Subject) -> Result<(), StoreError> {
        let below = reads::places_with_mode(&mut self.state().await.connection, place).await?;
        for place in below {
            self.set_mode(&place, None).await?;
        }
        Ok(())
    }

    async fn remove_context(&self, context: &Context) -> Result<(), StoreError> {
        let state = &mut *self.state().await;
        let query =
            sqlx::query("UPDATE contexts SET visible = 0 WHERE name = ?1 AND visible").bind(context.as_str());
        let changed = query.execute(&mut state.connection).await?.rows_affected();
        state.recent.contexts.remove(context);
        if changed == 0 {
            return Ok(());
        }
        state.log(Entry::new("delete-context", &context.subject())).await
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("a record has no JSON form: {error}")))
}

/// The rule types of a rule set as a JSON list: what a search by rule type looks into.
fn rule_types(rules: &RuleSet) -> Result<String, StoreError> {
    let types: Vec<&str> = rules.rules().filter_map(|rule| rule.rule_type.as_deref()).collect();
    json(&types)
}

fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
