//! The connection that writes, and the one transaction that is open on it.
//!
//! Within a transaction, what it wrote lies in an overlay over the caches. The stripes of the keys it wrote are
//! *touched*: for them the shared cache is neither asked nor filled until the commit. For all other keys the shared
//! cache is as true as the file, since nobody else writes it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::sync::Arc;

use async_trait::async_trait;
use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};

use super::scripts;
use crate::store::cache::{Cache, Kept};
use crate::store::facts::{ConfigAt, ContentOf, Fact, IdOf, ModeAt, VersionsOf};
use crate::store::group_commit::{Condition, Session};
use crate::store::sql::{Cells, Connection, Statement, listings, reads};
use crate::store::{
    Changes, Holder, Key, NewVersion, Reads, Referrer, StoreError, StoredSchema, SubjectQuery,
    SubjectVersions, Transaction,
};

/// Contexts whose rows are kept in memory between transactions.
const CONTEXTS_KEPT_MAX: usize = 10_000;

/// The writer's connection, shared with the operation that runs on it.
pub(super) struct SqliteSession {
    state: Mutex<State>,
    /// Held for as long as the file may be written.
    _lock: File,
}

/// What the writer knows and does.
pub(super) struct State {
    pub(super) connection: Watched,
    changes: Arc<Changes>,
    pub(super) cache: Arc<Cache>,
    /// The rows of contexts and the last number of the change log, as committed; none after a rollback.
    committed: Option<Committed>,
    pub(super) pending: Pending,
}

struct Committed {
    contexts: HashMap<Context, ContextRow>,
    sequence: i64,
}

/// The open transaction.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) actor: Option<Arc<str>>,
    pub(super) writes: u64,
    pub(super) sequence: i64,
    pub(super) contexts: HashMap<Context, ContextRow>,
    pub(super) overlay: Overlay,
    touched: HashSet<u32>,
}

/// A row of the table of contexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContextRow {
    pub(super) context_id: i64,
    pub(super) next_id: i64,
    pub(super) visible: bool,
}

/// What the open transaction wrote, or read of what it had touched.
#[derive(Default)]
pub(super) struct Overlay {
    versions: Layer<VersionsOf>,
    contents: Layer<ContentOf>,
    ids: Layer<IdOf>,
    configs: Layer<ConfigAt>,
    modes: Layer<ModeAt>,
}

type Layer<F> = HashMap<F, <F as Fact>::Value>;

/// A fact that has a layer in the overlay.
pub(super) trait Laid: Kept {
    /// Its layer.
    fn layer(overlay: &mut Overlay) -> &mut Layer<Self>;
}

impl Laid for VersionsOf {
    fn layer(overlay: &mut Overlay) -> &mut Layer<Self> {
        &mut overlay.versions
    }
}

impl Laid for ContentOf {
    fn layer(overlay: &mut Overlay) -> &mut Layer<Self> {
        &mut overlay.contents
    }
}

impl Laid for IdOf {
    fn layer(overlay: &mut Overlay) -> &mut Layer<Self> {
        &mut overlay.ids
    }
}

impl Laid for ConfigAt {
    fn layer(overlay: &mut Overlay) -> &mut Layer<Self> {
        &mut overlay.configs
    }
}

impl Laid for ModeAt {
    fn layer(overlay: &mut Overlay) -> &mut Layer<Self> {
        &mut overlay.modes
    }
}

impl SqliteSession {
    pub(super) async fn new(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        changes: Arc<Changes>,
        cache: Arc<Cache>,
        lock: File,
    ) -> Result<Self, StoreError> {
        let connection = Watched { connection, options, failure: None };
        let mut state = State { connection, changes, cache, committed: None, pending: Pending::default() };
        let committed = state.load_committed().await?;
        state.changes.set_sequence(committed.sequence.unsigned_abs());
        state.committed = Some(committed);
        Ok(Self { state: Mutex::new(state), _lock: lock })
    }

    /// The state, while nobody else works with it.
    pub(super) async fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().await
    }

    /// Moves the log into the file and lets go of both.
    pub(super) async fn close(self) {
        if let Err(error) = self.state.into_inner().connection.connection.close().await {
            tracing::warn!(%error, "the store did not close cleanly; nothing is lost");
        }
    }
}

impl State {
    async fn load_committed(&mut self) -> Result<Committed, StoreError> {
        let rows = self.connection.fetch(Statement::new(scripts::SEQUENCE)).await?;
        let sequence = rows.first().map_or(Ok(0), |row| row.integer(0))?;
        Ok(Committed { contexts: HashMap::new(), sequence })
    }

    /// Opens a transaction, on a new connection if the present one cannot.
    async fn begin(&mut self) -> Result<(), StoreError> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        if self.connection.execute(Statement::new(BEGIN)).await.is_err() {
            self.connection.reopen().await?;
            self.connection.execute(Statement::new(BEGIN)).await?;
        }
        self.connection.failure = None;
        let committed = match self.committed.take() {
            Some(committed) => committed,
            None => self.load_committed().await?,
        };
        self.pending = Pending { sequence: committed.sequence, ..Pending::default() };
        self.committed = Some(committed);
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        for row in self.pending.contexts.values() {
            let statement = Statement::new(scripts::UPDATE_CONTEXT)
                .bind(row.context_id)
                .bind(row.next_id)
                .bind(i64::from(row.visible));
            self.connection.execute(statement).await?;
        }
        self.connection.execute(Statement::new("COMMIT")).await?;
        self.publish();
        Ok(())
    }

    /// Makes the committed writes known: first the stamps go stale, then what is known already is kept anew.
    fn publish(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if let Some(committed) = &mut self.committed {
            if committed.contexts.len() + pending.contexts.len() > CONTEXTS_KEPT_MAX {
                committed.contexts.clear();
            }
            committed.contexts.extend(pending.contexts);
            committed.sequence = pending.sequence;
        }
        if pending.writes == 0 {
            return;
        }
        self.changes.set_sequence(pending.sequence.unsigned_abs());
        self.advance(&pending.touched);
        self.keep(pending.overlay.versions);
        self.keep(pending.overlay.contents);
        self.keep(pending.overlay.ids);
        self.keep(pending.overlay.configs);
        self.keep(pending.overlay.modes);
    }

    fn advance(&self, touched: &HashSet<u32>) {
        touched.iter().for_each(|stripe| self.changes.advance_stripe(*stripe));
        self.changes.advance(Key::Everything);
    }

    fn keep<F: Kept>(&self, layer: Layer<F>) {
        for (fact, value) in layer {
            let stamp = self.cache.stamp(&fact);
            self.cache.put(fact, stamp, value);
        }
    }

    async fn rollback(&mut self) {
        // There may be no transaction left to roll back; if there is one that stays, the next `begin` reopens.
        drop(self.connection.execute(Statement::new("ROLLBACK")).await);
        self.connection.failure = None;
        let pending = std::mem::take(&mut self.pending);
        self.committed = None;
        // A commit that failed may yet have reached the disk.
        self.advance(&pending.touched);
    }

    /// The answer as this transaction sees it.
    pub(super) async fn known<F: Laid>(&mut self, fact: F) -> Result<F::Value, StoreError> {
        if let Some(value) = F::layer(&mut self.pending.overlay).get(&fact) {
            return Ok(value.clone());
        }
        let touched = self.pending.touched.contains(&self.changes.stripe(fact.key()));
        if !touched && let Some(value) = self.cache.get(&fact) {
            return Ok(value);
        }
        let stamp = self.cache.stamp(&fact);
        let value = fact.read(&mut self.connection).await?;
        if touched {
            F::layer(&mut self.pending.overlay).insert(fact, value.clone());
        } else {
            self.cache.put(fact, stamp, value.clone());
        }
        Ok(value)
    }

    /// Notes that this transaction changes the answer to a fact, and to what.
    pub(super) fn lay<F: Laid>(&mut self, fact: F, value: F::Value) {
        self.touch(fact.key());
        F::layer(&mut self.pending.overlay).insert(fact, value);
    }

    /// Notes that this transaction changes the answer to a fact in a way that only the file knows.
    pub(super) fn forget<F: Laid>(&mut self, fact: &F) {
        self.touch(fact.key());
        F::layer(&mut self.pending.overlay).remove(fact);
    }

    /// Notes that this transaction changes what rests on a key.
    pub(super) fn touch(&mut self, key: Key<'_>) {
        self.pending.touched.insert(self.changes.stripe(key));
    }

    pub(super) async fn context(&mut self, context: &Context) -> Result<Option<ContextRow>, StoreError> {
        let committed = self.committed.as_ref().and_then(|committed| committed.contexts.get(context));
        if let Some(row) = self.pending.contexts.get(context).or(committed) {
            return Ok(Some(*row));
        }
        let rows = self.connection.fetch(Statement::new(scripts::CONTEXT).bind(context.as_str())).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(ContextRow { context_id: row.integer(0)?, next_id: row.integer(1)?, visible: row.flag(2)? }))
    }

    /// Counts a write and numbers its change-log row.
    pub(super) fn number_write(&mut self) -> i64 {
        self.pending.writes += 1;
        self.pending.sequence += 1;
        self.pending.sequence
    }
}

/// A connection that remembers that a statement failed: what follows cannot be trusted, even when the operation goes
/// on as if nothing had happened.
pub(super) struct Watched {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    failure: Option<String>,
}

impl Watched {
    async fn reopen(&mut self) -> Result<(), StoreError> {
        self.connection = SqliteConnection::connect_with(&self.options).await?;
        Ok(())
    }

    fn watch<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            self.failure.get_or_insert_with(|| error.to_string());
        }
        result
    }
}

impl Connection for Watched {
    type Row = SqliteRow;

    async fn fetch(&mut self, statement: Statement) -> Result<Vec<SqliteRow>, StoreError> {
        let result = self.connection.fetch(statement).await;
        self.watch(result)
    }

    async fn execute(&mut self, statement: Statement) -> Result<(), StoreError> {
        let result = Connection::execute(&mut self.connection, statement).await;
        self.watch(result)
    }
}

#[async_trait]
impl Session for SqliteSession {
    async fn begin(&self) -> Result<(), StoreError> {
        self.state().await.begin().await
    }

    async fn enter(&self, actor: Option<&str>) {
        self.state().await.pending.actor = actor.map(Arc::from);
    }

    async fn condition(&self) -> Condition {
        let state = self.state().await;
        let broken = state.connection.failure.clone();
        Condition {
            writes: state.pending.writes,
            broken: broken.map(|text| StoreError::Database(text.into())),
        }
    }

    async fn commit(&self) -> Result<(), StoreError> {
        self.state().await.commit().await
    }

    async fn rollback(&self) {
        self.state().await.rollback().await;
    }
}

#[async_trait]
impl Reads for SqliteSession {
    async fn subject_versions(&self, subject: &Subject) -> Result<Arc<SubjectVersions>, StoreError> {
        self.state().await.known(VersionsOf(subject.clone())).await
    }

    async fn schema(&self, context: &Context, id: SchemaId) -> Result<Option<Arc<StoredSchema>>, StoreError> {
        self.state().await.known(ContentOf(context.clone(), id)).await
    }

    async fn id_of(&self, context: &Context, guid: Guid) -> Result<Option<SchemaId>, StoreError> {
        self.state().await.known(IdOf(context.clone(), guid)).await
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
        self.state().await.known(ConfigAt(place.clone())).await
    }

    async fn mode(&self, place: &Subject) -> Result<Option<Mode>, StoreError> {
        self.state().await.known(ModeAt(place.clone())).await
    }

    async fn subjects(&self, query: &SubjectQuery) -> Result<Vec<Subject>, StoreError> {
        listings::subjects(&mut self.state().await.connection, query).await
    }
}

#[async_trait]
impl Transaction for SqliteSession {
    async fn put_version(&self, version: &NewVersion) -> Result<SchemaId, StoreError> {
        self.state().await.put_version(version).await
    }

    async fn soft_delete(&self, subject: &Subject, version: Version) -> Result<(), StoreError> {
        self.state().await.soft_delete(subject, version).await
    }

    async fn remove_version(&self, subject: &Subject, version: Version) -> Result<(), StoreError> {
        self.state().await.remove_version(subject, version).await
    }

    async fn set_config(&self, place: &Subject, config: Option<&Config>) -> Result<(), StoreError> {
        self.state().await.set_config(place, config).await
    }

    async fn set_mode(&self, place: &Subject, mode: Option<Mode>) -> Result<(), StoreError> {
        self.state().await.set_mode(place, mode).await
    }

    async fn remove_modes_below(&self, place: &Subject) -> Result<(), StoreError> {
        self.state().await.remove_modes_below(place).await
    }

    async fn remove_context(&self, context: &Context) -> Result<(), StoreError> {
        self.state().await.remove_context(context).await
    }
}
