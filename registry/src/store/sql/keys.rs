//! Statements about the keys of field encryption.

use schema::model::dek::{Dek, DekId, FIRST_VERSION};
use schema::model::ids::Version;
use schema::model::kek::Kek;
use schema::model::subject::Subject;

use super::listings::{prefix_end, push_page};
use super::{Bind, Cells, Connection, Statement, rows};
use crate::store::{KeyFilter, Page, StoreError};

const KEK: &str = "
    SELECT name, kms_type, kms_key_id, kms_props, doc, shared, changed_at_ms, deleted
    FROM keks WHERE name = $1";

/// See [`crate::store::KeyReads::kek`].
pub(in crate::store) async fn kek<C: Connection>(
    connection: &mut C,
    name: &str,
) -> Result<Option<Kek>, StoreError> {
    connection.fetch(Statement::new(KEK).bind(name)).await?.first().map(kek_of_row).transpose()
}

const DEK: &str = "
    SELECT version, encrypted_key_material, changed_at_ms, deleted
    FROM deks WHERE kek_name = $1 AND subject = $2 AND algorithm = $3 AND version = $4";

/// See [`crate::store::KeyReads::dek`].
pub(in crate::store) async fn dek<C: Connection>(
    connection: &mut C,
    id: &DekId,
    version: Version,
) -> Result<Option<Dek>, StoreError> {
    let statement = bind_id(Statement::new(DEK), id).bind(version);
    connection.fetch(statement).await?.first().map(|row| dek_of_row(row, id)).transpose()
}

const DEKS: &str = "
    SELECT version, encrypted_key_material, changed_at_ms, deleted
    FROM deks WHERE kek_name = $1 AND subject = $2 AND algorithm = $3 AND version >= $4
    ORDER BY version";

/// See [`crate::store::KeyReads::deks`].
pub(in crate::store) async fn deks<C: Connection>(
    connection: &mut C,
    id: &DekId,
) -> Result<Vec<Dek>, StoreError> {
    let statement = bind_id(Statement::new(DEKS), id).bind(FIRST_VERSION);
    connection.fetch(statement).await?.iter().map(|row| dek_of_row(row, id)).collect()
}

/// See [`crate::store::KeyReads::has_deks`].
pub(in crate::store) async fn has_deks<C: Connection>(
    connection: &mut C,
    kek: &str,
    filter: KeyFilter,
) -> Result<bool, StoreError> {
    let mut statement = Statement::new("SELECT version FROM deks WHERE kek_name = $1").bind(kek);
    push_filter(&mut statement, filter);
    statement.push(" LIMIT 1");
    Ok(!connection.fetch(statement).await?.is_empty())
}

/// See [`crate::store::KeyListings::kek_names`].
pub(in crate::store) async fn kek_names<C: Connection>(
    connection: &mut C,
    filter: KeyFilter,
    page: Page,
) -> Result<Vec<String>, StoreError> {
    let mut statement = Statement::new("SELECT name FROM keks WHERE true");
    push_filter(&mut statement, filter);
    statement.push(" ORDER BY name");
    push_page(&mut statement, page);
    texts(connection, statement).await
}

/// See [`crate::store::KeyListings::kek_names_by_subject`].
pub(in crate::store) async fn kek_names_by_subject<C: Connection>(
    connection: &mut C,
    prefixes: &[String],
    filter: KeyFilter,
    page: Page,
) -> Result<Vec<String>, StoreError> {
    let prefixes = distinct(prefixes);
    let mut statement = match prefixes.as_slice() {
        [] | [""] => Statement::new("SELECT DISTINCT kek_name FROM deks WHERE true"),
        prefixes => within(prefixes),
    };
    push_filter(&mut statement, filter);
    statement.push(" ORDER BY kek_name");
    push_page(&mut statement, page);
    texts(connection, statement).await
}

/// One search of the index per prefix.
fn within(prefixes: &[&str]) -> Statement {
    let mut statement = Statement::of_varying_size("WITH wanted (first, past) AS (VALUES ");
    statement.push_rows(prefixes.iter().map(|prefix| -> [Bind; 2] {
        let past = prefix_end(prefix).unwrap_or_else(|| format!("{prefix}{}", char::MAX));
        [(*prefix).into(), past.into()]
    }));
    statement.push(
        ") SELECT DISTINCT d.kek_name FROM wanted w CROSS JOIN deks d
        WHERE d.subject >= w.first AND d.subject < w.past",
    );
    statement
}

/// The prefixes, sorted, without those that another one covers.
fn distinct(prefixes: &[String]) -> Vec<&str> {
    let mut sorted: Vec<&str> = prefixes.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut distinct: Vec<&str> = Vec::new();
    for prefix in sorted {
        if distinct.last().is_none_or(|last| !prefix.starts_with(last)) {
            distinct.push(prefix);
        }
    }
    distinct
}

/// See [`crate::store::KeyListings::dek_subjects`].
pub(in crate::store) async fn dek_subjects<C: Connection>(
    connection: &mut C,
    kek: &str,
    filter: KeyFilter,
    page: Page,
) -> Result<Vec<String>, StoreError> {
    let mut statement = Statement::new("SELECT DISTINCT subject FROM deks WHERE kek_name = $1").bind(kek);
    push_filter(&mut statement, filter);
    statement.push(" ORDER BY subject");
    push_page(&mut statement, page);
    texts(connection, statement).await
}

/// See [`crate::store::KeyWrites::count_keks`].
pub(in crate::store) async fn count_keks<C: Connection>(connection: &mut C) -> Result<u64, StoreError> {
    count(connection, Statement::new("SELECT count(*) FROM keks")).await
}

/// See [`crate::store::KeyWrites::count_deks`].
pub(in crate::store) async fn count_deks<C: Connection>(connection: &mut C) -> Result<u64, StoreError> {
    count(connection, Statement::new("SELECT count(*) FROM deks")).await
}

const PUT_KEK: &str = "
    INSERT INTO keks (name, kms_type, kms_key_id, kms_props, doc, shared, changed_at_ms, deleted)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (name) DO UPDATE SET
        kms_type = excluded.kms_type, kms_key_id = excluded.kms_key_id, kms_props = excluded.kms_props,
        doc = excluded.doc, shared = excluded.shared, changed_at_ms = excluded.changed_at_ms,
        deleted = excluded.deleted";

/// See [`crate::store::KeyWrites::put_kek`].
pub(in crate::store) async fn put_kek<C: Connection>(
    connection: &mut C,
    kek: &Kek,
) -> Result<(), StoreError> {
    let statement = Statement::new(PUT_KEK)
        .bind(kek.name.as_str())
        .bind(kek.kms_type.as_str())
        .bind(kek.kms_key_id.as_str())
        .bind(serde_json::to_string(&kek.kms_props)?)
        .bind(kek.doc.clone())
        .bind(i64::from(kek.shared))
        .bind(kek.ts)
        .bind(i64::from(kek.deleted));
    connection.execute(statement).await
}

/// See [`crate::store::KeyWrites::remove_kek`].
pub(in crate::store) async fn remove_kek<C: Connection>(
    connection: &mut C,
    name: &str,
) -> Result<(), StoreError> {
    connection.execute(Statement::new("DELETE FROM keks WHERE name = $1").bind(name)).await
}

const PUT_DEK: &str = "
    INSERT INTO deks (kek_name, subject, algorithm, version, encrypted_key_material, changed_at_ms, deleted)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (kek_name, subject, algorithm, version) DO UPDATE SET
        encrypted_key_material = excluded.encrypted_key_material, changed_at_ms = excluded.changed_at_ms,
        deleted = excluded.deleted";

/// See [`crate::store::KeyWrites::put_dek`].
pub(in crate::store) async fn put_dek<C: Connection>(
    connection: &mut C,
    dek: &Dek,
) -> Result<(), StoreError> {
    let statement = bind_id(Statement::new(PUT_DEK), &dek.id())
        .bind(dek.version)
        .bind(dek.encrypted_key_material.clone())
        .bind(dek.ts)
        .bind(i64::from(dek.deleted));
    connection.execute(statement).await
}

const REMOVE_DEK: &str =
    "DELETE FROM deks WHERE kek_name = $1 AND subject = $2 AND algorithm = $3 AND version = $4";

/// See [`crate::store::KeyWrites::remove_dek`].
pub(in crate::store) async fn remove_dek<C: Connection>(
    connection: &mut C,
    id: &DekId,
    version: Version,
) -> Result<(), StoreError> {
    connection.execute(bind_id(Statement::new(REMOVE_DEK), id).bind(version)).await
}

/// A write as the change log tells it. Neither key material nor the properties of a KMS, which may hold secrets.
pub(in crate::store) struct KeyChange<'a> {
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) kek: &'a str,
    pub(in crate::store) dek: Option<(&'a DekId, Version)>,
}

const LOG: &str = "
    INSERT INTO change_log (sequence, at_ms, kind, context, subject, version, actor, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// The change-log row of a write.
pub(in crate::store) fn log(
    change: &KeyChange<'_>,
    sequence: i64,
    at_ms: i64,
    actor: Option<std::sync::Arc<str>>,
) -> Statement {
    let everywhere = Subject::parse("");
    let subject = change.dek.map_or(&everywhere, |(id, _)| &id.subject);
    let detail = match change.dek {
        Some((id, _)) => serde_json::json!({ "kek": change.kek, "algorithm": id.algorithm.as_str() }),
        None => serde_json::json!({ "kek": change.kek }),
    };
    Statement::new(LOG)
        .bind(sequence)
        .bind(at_ms)
        .bind(change.kind)
        .bind(subject.context().as_str())
        .bind(subject.name())
        .bind(change.dek.map(|(_, version)| version))
        .bind(actor)
        .bind(detail.to_string())
}

fn bind_id(statement: Statement, id: &DekId) -> Statement {
    statement.bind(id.kek.as_str()).bind(id.subject.to_string()).bind(id.algorithm.as_str())
}

fn push_filter(statement: &mut Statement, filter: KeyFilter) {
    if filter == KeyFilter::Live {
        statement.push(" AND NOT deleted");
    }
}

async fn texts<C: Connection>(connection: &mut C, statement: Statement) -> Result<Vec<String>, StoreError> {
    connection.fetch(statement).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

async fn count<C: Connection>(connection: &mut C, statement: Statement) -> Result<u64, StoreError> {
    connection.fetch(statement).await?.first().map_or(Ok(0), |row| rows::count(row, 0))
}

/// Columns: name, KMS type, key id, properties, doc, shared, changed, deleted.
fn kek_of_row(row: &impl Cells) -> Result<Kek, StoreError> {
    Ok(Kek {
        name: row.text(0)?.to_owned(),
        kms_type: row.text(1)?.to_owned(),
        kms_key_id: row.text(2)?.to_owned(),
        kms_props: rows::json(row, 3, "KMS properties")?.unwrap_or_default(),
        doc: row.text_if_any(4)?.map(str::to_owned),
        shared: row.flag(5)?,
        ts: row.integer(6)?,
        deleted: row.flag(7)?,
    })
}

/// Columns: version, material, changed, deleted.
fn dek_of_row(row: &impl Cells, id: &DekId) -> Result<Dek, StoreError> {
    Ok(Dek {
        kek_name: id.kek.clone(),
        subject: id.subject.clone(),
        version: rows::number(row, 0)?,
        algorithm: id.algorithm,
        encrypted_key_material: row.text_if_any(1)?.map(str::to_owned),
        ts: row.integer(2)?,
        deleted: row.flag(3)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_that_another_one_covers_is_left_out() {
        let distinct_of = |prefixes: &[&str]| {
            let owned: Vec<String> = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
            distinct(&owned).join(" ")
        };
        assert_eq!(distinct_of(&["b", "ab", "a", "a", "b-"]), "a b");
        assert_eq!(distinct_of(&["x", ""]), "");
        assert_eq!(distinct_of(&[]), "");
    }
}
