//! The queries. Each is one statement, so each sees one state of the store.

use schema::model::config::Config;
use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rows;
use crate::store::{
    ContextScope, DeletedFilter, Holder, Referrer, SchemaQuery, Statistics, StoreError, StoredSchema,
    SubjectQuery, SubjectVersionRow, SubjectVersions,
};

const SUBJECT_VERSIONS: &str = "
    SELECT version, schema_id, guid, definition, deleted, created_at FROM versions
    WHERE subject = (SELECT key FROM subjects WHERE context = (SELECT key FROM contexts WHERE name = ?1) AND name = ?2)
    ORDER BY version";

pub(super) async fn subject_versions(
    connection: &mut SqliteConnection,
    subject: &Subject,
) -> Result<SubjectVersions, StoreError> {
    let query = sqlx::query(SUBJECT_VERSIONS).bind(subject.context().as_str()).bind(subject.name());
    let versions = query.fetch_all(connection).await?.iter().map(rows::version).collect::<Result<_, _>>()?;
    Ok(SubjectVersions { versions })
}

const SCHEMA: &str = "
    SELECT id, guid, schema_type, refs, metadata, rule_set, text FROM schemas
    WHERE context = (SELECT key FROM contexts WHERE name = ?1) AND id = ?2";

pub(super) async fn schema(
    connection: &mut SqliteConnection,
    context: &Context,
    id: SchemaId,
) -> Result<Option<StoredSchema>, StoreError> {
    let row = sqlx::query(SCHEMA).bind(context.as_str()).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(rows::schema).transpose()
}

const ID_OF: &str = "
    SELECT id FROM schemas WHERE guid = ?2 AND context = (SELECT key FROM contexts WHERE name = ?1)
    ORDER BY rowid DESC LIMIT 1";

pub(super) async fn id_of(
    connection: &mut SqliteConnection,
    context: &Context,
    guid: Guid,
) -> Result<Option<SchemaId>, StoreError> {
    let query = sqlx::query_scalar(ID_OF).bind(context.as_str()).bind(&guid.0[..]);
    Ok(query.fetch_optional(connection).await?)
}

const IDS_BY_GUID: &str = "
    SELECT c.name, s.id FROM schemas s JOIN contexts c ON c.key = s.context
    WHERE s.guid = ?1 AND s.rowid = (SELECT max(o.rowid) FROM schemas o WHERE o.guid = ?1 AND o.context = s.context)
    ORDER BY c.name";

pub(super) async fn ids_by_guid(
    connection: &mut SqliteConnection,
    guid: Guid,
) -> Result<Vec<(Context, SchemaId)>, StoreError> {
    let rows = sqlx::query(IDS_BY_GUID).bind(&guid.0[..]).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((context(row, "name")?, row.try_get("id")?))).collect()
}

const HOLDERS: &str = "
    SELECT s.name, v.version, v.deleted, v.created_at
    FROM versions v JOIN subjects s ON s.key = v.subject
    WHERE v.context = (SELECT key FROM contexts WHERE name = ?1) AND v.schema_id = ?2
      AND (?3 IS NULL OR s.name = ?3)
    ORDER BY s.name, v.version DESC
    LIMIT ?4";

pub(super) async fn first_holder(
    connection: &mut SqliteConnection,
    context: &Context,
    id: SchemaId,
    name: Option<&str>,
) -> Result<Option<Holder>, StoreError> {
    let query = sqlx::query(HOLDERS).bind(context.as_str()).bind(id).bind(name).bind(1_i64);
    query.fetch_optional(connection).await?.map(|row| holder(&row, context)).transpose()
}

pub(super) async fn holders(
    connection: &mut SqliteConnection,
    context: &Context,
    id: SchemaId,
) -> Result<Vec<Holder>, StoreError> {
    let query = sqlx::query(HOLDERS).bind(context.as_str()).bind(id).bind(None::<&str>).bind(-1_i64);
    let rows = query.fetch_all(connection).await?;
    let mut holders = rows.iter().map(|row| holder(row, context)).collect::<Result<Vec<_>, _>>()?;
    holders.dedup_by(|later, earlier| later.subject == earlier.subject);
    Ok(holders)
}

fn holder(row: &SqliteRow, context: &Context) -> Result<Holder, StoreError> {
    Ok(Holder {
        subject: Subject::new(context.clone(), row.try_get("name")?),
        version: row.try_get("version")?,
        deleted: row.try_get("deleted")?,
        created_at_ms: row.try_get("created_at")?,
    })
}

const REFERRERS: &str = "
    SELECT DISTINCT c.name AS context, r.schema_id, s.name AS subject, v.version, v.deleted
    FROM schema_references r
    JOIN contexts c ON c.key = r.context
    JOIN versions v ON v.context = r.context AND v.schema_id = r.schema_id
    JOIN subjects s ON s.key = v.subject
    WHERE r.target_context = ?1 AND r.target_subject = ?2 AND r.target_version = ?3
    ORDER BY c.name, r.schema_id, s.name, v.version";

pub(super) async fn referrers(
    connection: &mut SqliteConnection,
    subject: &Subject,
    version: Version,
) -> Result<Vec<Referrer>, StoreError> {
    let query = sqlx::query(REFERRERS).bind(subject.context().as_str()).bind(subject.name()).bind(version);
    let mut referrers: Vec<Referrer> = Vec::new();
    for row in query.fetch_all(connection).await? {
        let (context, id) = (context(&row, "context")?, row.try_get("schema_id")?);
        let holder = Subject::new(context.clone(), row.try_get("subject")?);
        let version = (holder, row.try_get("version")?, row.try_get("deleted")?);
        match referrers.last_mut() {
            Some(last) if last.context == context && last.id == id => last.versions.push(version),
            _ => referrers.push(Referrer { context, id, versions: vec![version] }),
        }
    }
    Ok(referrers)
}

pub(super) async fn config(
    connection: &mut SqliteConnection,
    place: &Subject,
) -> Result<Option<Config>, StoreError> {
    let query = sqlx::query("SELECT config FROM configs WHERE context = ?1 AND subject = ?2");
    let row = query.bind(place.context().as_str()).bind(place.name()).fetch_optional(connection).await?;
    Ok(row.map(|row| rows::json(&row, "config")).transpose()?.flatten())
}

pub(super) async fn mode(
    connection: &mut SqliteConnection,
    place: &Subject,
) -> Result<Option<Mode>, StoreError> {
    let query = sqlx::query_scalar("SELECT mode FROM modes WHERE context = ?1 AND subject = ?2");
    let name: Option<String> =
        query.bind(place.context().as_str()).bind(place.name()).fetch_optional(connection).await?;
    let parsed = name
        .map(|name| Mode::parse(&name).map_err(|_| StoreError::Corrupt(format!("unknown mode `{name}`"))));
    parsed.transpose()
}

/// `?1` context or NULL for all, `?2` and `?3` bounds of the name, `?4` 0 live, 1 all, 2 soft-deleted only.
const SUBJECTS: &str = "
    SELECT c.name AS context, s.name AS subject
    FROM contexts c CROSS JOIN subjects s ON s.context = c.key
    WHERE (?1 IS NULL OR c.name = ?1) AND s.name >= ?2 AND s.name < ?3
      AND CASE ?4
          WHEN 1 THEN 1
          ELSE EXISTS (SELECT 1 FROM versions v WHERE v.subject = s.key AND v.deleted = 0) = (?4 = 0)
          END
    ORDER BY c.name, s.name
    LIMIT ?5 OFFSET ?6";

pub(super) async fn subjects(
    connection: &mut SqliteConnection,
    query: &SubjectQuery,
) -> Result<Vec<Subject>, StoreError> {
    let rows = sqlx::query(SUBJECTS)
        .bind(scope(&query.scope))
        .bind(&query.name_prefix)
        .bind(after_prefix(&query.name_prefix))
        .bind(deleted_code(query.deleted))
        .bind(query.page.limit)
        .bind(query.page.offset)
        .fetch_all(connection)
        .await?;
    rows.iter().map(subject).collect()
}

/// As [`SUBJECTS`]; `?5` further subjects as JSON pairs, `?6` whether only the last version counts, `?7` a rule type as
/// a JSON text, or NULL.
const SEARCH: &str = "
    WITH chosen (key) AS (
        SELECT s.key FROM contexts c CROSS JOIN subjects s ON s.context = c.key
        WHERE (?1 IS NULL OR c.name = ?1) AND s.name >= ?2 AND s.name < ?3
        UNION
        SELECT s.key FROM json_each(?5) j
        CROSS JOIN contexts c ON c.name = j.value ->> 0
        CROSS JOIN subjects s ON s.context = c.key AND s.name = j.value ->> 1
    )
    SELECT c.name AS context, s.name AS subject,
           v.version, v.schema_id, v.guid, v.definition, v.deleted, v.created_at
    FROM chosen
    CROSS JOIN subjects s ON s.key = chosen.key
    CROSS JOIN contexts c ON c.key = s.context
    CROSS JOIN versions v ON v.subject = s.key
    WHERE CASE ?4 WHEN 0 THEN v.deleted = 0 WHEN 2 THEN v.deleted = 1 ELSE 1 END
      AND (NOT ?6 OR v.version = (
          SELECT max(o.version) FROM versions o
          WHERE o.subject = s.key AND CASE ?4 WHEN 0 THEN o.deleted = 0 WHEN 2 THEN o.deleted = 1 ELSE 1 END))
      AND (?7 IS NULL OR EXISTS (
          SELECT 1 FROM schemas x
          WHERE x.context = v.context AND x.id = v.schema_id AND instr(x.rule_types, ?7) > 0))
    ORDER BY c.name, s.name, v.version
    LIMIT ?8 OFFSET ?9";

pub(super) async fn search(
    connection: &mut SqliteConnection,
    query: &SchemaQuery,
) -> Result<Vec<SubjectVersionRow>, StoreError> {
    let also: Vec<(&str, &str)> = query.also.iter().map(|s| (s.context().as_str(), s.name())).collect();
    let rows = sqlx::query(SEARCH)
        .bind(scope(&query.scope))
        .bind(&query.name_prefix)
        .bind(after_prefix(&query.name_prefix))
        .bind(deleted_code(query.deleted))
        .bind(serde_json::json!(also).to_string())
        .bind(query.latest_only)
        .bind(query.rule_type.as_ref().map(|name| serde_json::json!(name).to_string()))
        .bind(query.page.limit)
        .bind(query.page.offset)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok(SubjectVersionRow { subject: subject(row)?, row: rows::version(row)? }))
        .collect()
}

pub(super) async fn max_id(
    connection: &mut SqliteConnection,
    context: &Context,
) -> Result<SchemaId, StoreError> {
    let query = sqlx::query_scalar("SELECT next_id - 1 FROM contexts WHERE name = ?1");
    let highest: Option<i32> = query.bind(context.as_str()).fetch_optional(connection).await?;
    Ok(highest.unwrap_or(0))
}

pub(super) async fn contexts(connection: &mut SqliteConnection) -> Result<Vec<Context>, StoreError> {
    let query = sqlx::query("SELECT name FROM contexts WHERE visible AND name <> '.' ORDER BY name");
    query.fetch_all(connection).await?.iter().map(|row| context(row, "name")).collect()
}

pub(super) async fn contexts_with_subject(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<Vec<Context>, StoreError> {
    let query = sqlx::query(
        "SELECT c.name FROM subjects s JOIN contexts c ON c.key = s.context
         WHERE s.name = ?1 AND c.name <> '.' ORDER BY c.name",
    );
    query.bind(name).fetch_all(connection).await?.iter().map(|row| context(row, "name")).collect()
}

pub(super) async fn aliases(connection: &mut SqliteConnection) -> Result<Vec<(Subject, String)>, StoreError> {
    let query =
        sqlx::query("SELECT context, subject, alias FROM configs WHERE alias IS NOT NULL ORDER BY 1, 2");
    query.fetch_all(connection).await?.iter().map(|row| Ok((subject(row)?, row.try_get("alias")?))).collect()
}

pub(super) async fn statistics(connection: &mut SqliteConnection) -> Result<Statistics, StoreError> {
    let query = sqlx::query(
        "SELECT (SELECT count(*) FROM contexts WHERE visible) AS contexts,
                (SELECT count(DISTINCT subject) FROM versions WHERE deleted = 0) AS subjects,
                (SELECT count(*) FROM versions WHERE deleted = 0) AS versions,
                (SELECT count(*) FROM schemas) AS schemas",
    );
    let row = query.fetch_one(connection).await?;
    let count = |column: &str| Ok::<u64, StoreError>(row.try_get::<i64, _>(column)?.cast_unsigned());
    Ok(Statistics {
        contexts: count("contexts")?,
        subjects: count("subjects")?,
        versions: count("versions")?,
        schemas: count("schemas")?,
        size_bytes: 0,
    })
}

pub(super) async fn ping(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("SELECT 1 FROM contexts").fetch_optional(connection).await?;
    Ok(())
}

fn scope(scope: &ContextScope) -> Option<&str> {
    match scope {
        ContextScope::One(context) => Some(context.as_str()),
        ContextScope::All => None,
    }
}

/// The first text after all texts with this prefix, for names that hold no U+10FFFF.
fn after_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

fn deleted_code(filter: DeletedFilter) -> i32 {
    match filter {
        DeletedFilter::Live => 0,
        DeletedFilter::All => 1,
        DeletedFilter::DeletedOnly => 2,
    }
}

fn context(row: &SqliteRow, column: &str) -> Result<Context, StoreError> {
    Ok(Context::from_stored(row.try_get(column)?))
}

fn subject(row: &SqliteRow) -> Result<Subject, StoreError> {
    Ok(Subject::new(context(row, "context")?, row.try_get("subject")?))
}

/// The subjects that a content refers to.
pub(super) async fn reference_targets(
    connection: &mut SqliteConnection,
    context_key: i64,
    id: SchemaId,
) -> Result<Vec<Subject>, StoreError> {
    let query = sqlx::query(
        "SELECT target_context AS context, target_subject AS subject FROM schema_references
         WHERE context = ?1 AND schema_id = ?2",
    );
    query.bind(context_key).bind(id).fetch_all(connection).await?.iter().map(subject).collect()
}

/// The subjects of a context, or of all contexts for the global place, that have a mode of their own.
pub(super) async fn places_with_mode(
    connection: &mut SqliteConnection,
    place: &Subject,
) -> Result<Vec<Subject>, StoreError> {
    let everywhere = place.context().is_default();
    let query =
        sqlx::query("SELECT context, subject FROM modes WHERE subject <> '' AND (?1 OR context = ?2)");
    let rows = query.bind(everywhere).bind(place.context().as_str()).fetch_all(connection).await?;
    rows.iter().map(subject).collect()
}
