//! Reads that are each one statement of fixed text.

use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};

use super::{Cells, Connection, Statement, rows};
use crate::store::{Holder, Referrer, Statistics, StoreError, StoredSchema, SubjectVersions};

const SUBJECT_VERSIONS: &str = "
    SELECT v.version, v.schema_id, v.guid, v.definition, v.deleted, v.created_at_ms
    FROM versions v
    WHERE v.subject_id = (
        SELECT s.subject_id FROM subjects s JOIN contexts c ON c.context_id = s.context_id
        WHERE c.name = $1 AND s.name = $2)
    ORDER BY v.version";

/// See [`crate::store::Reads::subject_versions`].
pub(in crate::store) async fn subject_versions<C: Connection>(
    connection: &mut C,
    subject: &Subject,
) -> Result<SubjectVersions, StoreError> {
    let statement = Statement::new(SUBJECT_VERSIONS).bind(subject.context().as_str()).bind(subject.name());
    let rows = connection.fetch(statement).await?;
    let versions: Result<_, _> = rows.iter().map(|row| rows::version(row, 0)).collect();
    Ok(SubjectVersions { versions: versions? })
}

const SCHEMA: &str = "
    SELECT x.guid, x.schema_type, x.refs, x.metadata, x.rule_set, x.text
    FROM schemas x
    WHERE x.context_id = (SELECT c.context_id FROM contexts c WHERE c.name = $1) AND x.id = $2";

/// See [`crate::store::Reads::schema`].
pub(in crate::store) async fn schema<C: Connection>(
    connection: &mut C,
    context: &Context,
    id: SchemaId,
) -> Result<Option<StoredSchema>, StoreError> {
    let rows = connection.fetch(Statement::new(SCHEMA).bind(context.as_str()).bind(id)).await?;
    rows.first().map(|row| rows::schema(row, id)).transpose()
}

const ID_OF: &str = "
    SELECT x.id
    FROM schemas x
    WHERE x.guid = $2 AND x.context_id = (SELECT c.context_id FROM contexts c WHERE c.name = $1)
    ORDER BY x.registered DESC LIMIT 1";

/// See [`crate::store::Reads::id_of`].
pub(in crate::store) async fn id_of<C: Connection>(
    connection: &mut C,
    context: &Context,
    guid: Guid,
) -> Result<Option<SchemaId>, StoreError> {
    let rows = connection.fetch(Statement::new(ID_OF).bind(context.as_str()).bind(&guid.0[..])).await?;
    rows.first().map(|row| rows::number(row, 0)).transpose()
}

const HOLDERS: &str = "
    SELECT c.name, s.name, v.version, v.deleted, v.created_at_ms
    FROM contexts c
    JOIN versions v ON v.context_id = c.context_id
    JOIN subjects s ON s.subject_id = v.subject_id
    WHERE c.name = $1 AND v.schema_id = $2
    ORDER BY s.name, v.version";

/// See [`crate::store::Reads::holders`].
pub(in crate::store) async fn holders<C: Connection>(
    connection: &mut C,
    context: &Context,
    id: SchemaId,
) -> Result<Vec<Holder>, StoreError> {
    let rows = connection.fetch(Statement::new(HOLDERS).bind(context.as_str()).bind(id)).await?;
    let mut holders: Vec<Holder> = Vec::new();
    for row in &rows {
        let holder = rows::holder(row)?;
        match holders.last_mut() {
            Some(last) if last.subject == holder.subject => *last = holder,
            _ => holders.push(holder),
        }
    }
    Ok(holders)
}

const FIRST_HOLDER: &str = "
    SELECT c.name, s.name, v.version, v.deleted, v.created_at_ms
    FROM contexts c
    JOIN versions v ON v.context_id = c.context_id
    JOIN subjects s ON s.subject_id = v.subject_id
    WHERE c.name = $1 AND v.schema_id = $2
    ORDER BY s.name, v.version DESC LIMIT 1";

const HOLDER_OF_NAME: &str = "
    SELECT c.name, s.name, v.version, v.deleted, v.created_at_ms
    FROM contexts c
    JOIN subjects s ON s.context_id = c.context_id
    JOIN versions v ON v.context_id = c.context_id AND v.subject_id = s.subject_id
    WHERE c.name = $1 AND v.schema_id = $2 AND s.name = $3
    ORDER BY v.version DESC LIMIT 1";

/// See [`crate::store::Reads::first_holder`].
pub(in crate::store) async fn first_holder<C: Connection>(
    connection: &mut C,
    context: &Context,
    id: SchemaId,
    name: Option<&str>,
) -> Result<Option<Holder>, StoreError> {
    let text = if name.is_some() { HOLDER_OF_NAME } else { FIRST_HOLDER };
    let mut statement = Statement::new(text).bind(context.as_str()).bind(id);
    if let Some(name) = name {
        statement = statement.bind(name);
    }
    connection.fetch(statement).await?.first().map(rows::holder).transpose()
}

const REFERRERS: &str = "
    SELECT c.name, s.name, v.version, v.deleted, r.schema_id
    FROM schema_references r
    JOIN contexts c ON c.context_id = r.context_id
    JOIN versions v ON v.context_id = r.context_id AND v.schema_id = r.schema_id
    JOIN subjects s ON s.subject_id = v.subject_id
    WHERE r.target_context = $1 AND r.target_name = $2 AND r.target_version = $3
    ORDER BY c.name, r.schema_id, s.name, v.version";

/// See [`crate::store::Reads::referrers`].
pub(in crate::store) async fn referrers<C: Connection>(
    connection: &mut C,
    subject: &Subject,
    version: Version,
) -> Result<Vec<Referrer>, StoreError> {
    let statement =
        Statement::new(REFERRERS).bind(subject.context().as_str()).bind(subject.name()).bind(version);
    let rows = connection.fetch(statement).await?;
    let mut referrers: Vec<Referrer> = Vec::new();
    for row in &rows {
        let holder = rows::subject(row, 0)?;
        let id = rows::number(row, 4)?;
        let version = (holder.clone(), rows::number(row, 2)?, row.flag(3)?);
        match referrers.last_mut() {
            Some(last) if last.id == id && last.context == *holder.context() => last.versions.push(version),
            _ => referrers.push(Referrer { context: holder.context().clone(), id, versions: vec![version] }),
        }
    }
    Ok(referrers)
}

const CONFIG: &str = "SELECT config FROM configs WHERE context = $1 AND name = $2";

/// See [`crate::store::Reads::config`].
pub(in crate::store) async fn config<C: Connection>(
    connection: &mut C,
    place: &Subject,
) -> Result<Option<Config>, StoreError> {
    let statement = Statement::new(CONFIG).bind(place.context().as_str()).bind(place.name());
    connection.fetch(statement).await?.first().map(rows::config).transpose()
}

const MODE: &str = "SELECT mode FROM modes WHERE context = $1 AND name = $2";

/// See [`crate::store::Reads::mode`].
pub(in crate::store) async fn mode<C: Connection>(
    connection: &mut C,
    place: &Subject,
) -> Result<Option<Mode>, StoreError> {
    let statement = Statement::new(MODE).bind(place.context().as_str()).bind(place.name());
    connection.fetch(statement).await?.first().map(rows::mode).transpose()
}

const IDS_BY_GUID: &str = "
    SELECT c.name, x.id
    FROM schemas x JOIN contexts c ON c.context_id = x.context_id
    WHERE x.guid = $1
    ORDER BY c.name <> '.', c.name, x.registered DESC";

/// See [`crate::store::Store::ids_by_guid`].
pub(in crate::store) async fn ids_by_guid<C: Connection>(
    connection: &mut C,
    guid: Guid,
) -> Result<Vec<(Context, SchemaId)>, StoreError> {
    let rows = connection.fetch(Statement::new(IDS_BY_GUID).bind(&guid.0[..])).await?;
    let mut ids: Vec<(Context, SchemaId)> = Vec::new();
    for row in &rows {
        let context = rows::context(row, 0)?;
        if ids.last().is_none_or(|(last, _)| *last != context) {
            ids.push((context, rows::number(row, 1)?));
        }
    }
    Ok(ids)
}

const MAX_ID: &str = "SELECT next_id - 1 FROM contexts WHERE name = $1";

/// See [`crate::store::Store::max_id`].
pub(in crate::store) async fn max_id<C: Connection>(
    connection: &mut C,
    context: &Context,
) -> Result<SchemaId, StoreError> {
    let rows = connection.fetch(Statement::new(MAX_ID).bind(context.as_str())).await?;
    rows.first().map_or(Ok(0), |row| rows::number(row, 0))
}

const CONTEXTS: &str = "SELECT name FROM contexts WHERE visible = 1 AND name <> '.' ORDER BY name";

/// See [`crate::store::Store::contexts`].
pub(in crate::store) async fn contexts<C: Connection>(
    connection: &mut C,
) -> Result<Vec<Context>, StoreError> {
    let rows = connection.fetch(Statement::new(CONTEXTS)).await?;
    rows.iter().map(|row| rows::context(row, 0)).collect()
}

const CONTEXTS_WITH_SUBJECT: &str = "
    SELECT c.name
    FROM subjects s JOIN contexts c ON c.context_id = s.context_id
    WHERE s.name = $1 AND c.name <> '.'
    ORDER BY c.name";

/// See [`crate::store::Store::contexts_with_subject`].
pub(in crate::store) async fn contexts_with_subject<C: Connection>(
    connection: &mut C,
    name: &str,
) -> Result<Vec<Context>, StoreError> {
    let rows = connection.fetch(Statement::new(CONTEXTS_WITH_SUBJECT).bind(name)).await?;
    rows.iter().map(|row| rows::context(row, 0)).collect()
}

const ALIASES: &str = "
    SELECT context, name, alias FROM configs WHERE alias IS NOT NULL ORDER BY context, name";

/// See [`crate::store::Store::aliases`].
pub(in crate::store) async fn aliases<C: Connection>(
    connection: &mut C,
) -> Result<Vec<(Subject, String)>, StoreError> {
    let rows = connection.fetch(Statement::new(ALIASES)).await?;
    rows.iter().map(|row| Ok((rows::subject(row, 0)?, row.text(2)?.to_owned()))).collect()
}

const STATISTICS: &str = "
    SELECT
        (SELECT count(*) FROM contexts c
         WHERE EXISTS (SELECT 1 FROM subjects s WHERE s.context_id = c.context_id)),
        (SELECT count(*) FROM subjects s
         WHERE EXISTS (SELECT 1 FROM versions v WHERE v.subject_id = s.subject_id AND NOT v.deleted)),
        (SELECT count(*) FROM versions v WHERE NOT v.deleted),
        (SELECT count(*) FROM schemas)";

/// See [`crate::store::Store::statistics`]; the size on disk is the engine's to fill in.
pub(in crate::store) async fn statistics<C: Connection>(
    connection: &mut C,
) -> Result<Statistics, StoreError> {
    let rows = connection.fetch(Statement::new(STATISTICS)).await?;
    let Some(row) = rows.first() else { return Ok(Statistics::default()) };
    Ok(Statistics {
        contexts: rows::count(row, 0)?,
        subjects: rows::count(row, 1)?,
        versions: rows::count(row, 2)?,
        schemas: rows::count(row, 3)?,
        size_bytes: 0,
    })
}

/// The places that have a config.
pub(in crate::store) async fn configured_places<C: Connection>(
    connection: &mut C,
) -> Result<Vec<Subject>, StoreError> {
    let rows = connection.fetch(Statement::new("SELECT context, name FROM configs")).await?;
    rows.iter().map(|row| rows::subject(row, 0)).collect()
}

/// The places that have a mode.
pub(in crate::store) async fn places_with_mode<C: Connection>(
    connection: &mut C,
) -> Result<Vec<Subject>, StoreError> {
    let rows = connection.fetch(Statement::new("SELECT context, name FROM modes")).await?;
    rows.iter().map(|row| rows::subject(row, 0)).collect()
}
