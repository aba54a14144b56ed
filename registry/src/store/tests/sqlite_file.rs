//! What concerns the file: who may open it, and what stands in it.

use std::sync::Arc;

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

use super::acts::*;
use super::keys::{self, Write};
use super::{NobodyWatches, SqliteHome};
use crate::store::{SqliteOptions, SqliteStore, Store, StoreError};

/// Reads the file beside the store.
async fn rows(home: &SqliteHome, sql: &'static str) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(home.path()).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[tokio::test]
async fn a_second_store_on_the_same_file_is_refused() {
    let home = SqliteHome::new();
    let first = home.store().await;
    let second = home.try_store().await;
    let Err(error) = second else { panic!("opened twice") };
    assert!(matches!(&error, StoreError::AlreadyOpen { path } if *path == home.path()));
    assert!(error.to_string().contains("in use by another registry"), "{error}");
    first.close().await;
    drop(first);
    home.store().await.close().await;
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let home = SqliteHome::new();
    let folder = home.folder.path().join("absent");
    let opened =
        SqliteStore::open(folder.join("registry.db"), SqliteOptions::default(), Arc::new(NobodyWatches))
            .await;
    assert!(matches!(opened, Err(StoreError::FolderMissing { path }) if path == folder));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let home = SqliteHome::new();
    std::fs::write(home.path(), "not a database, but long enough to be taken for a header of one").unwrap();
    let opened = home.try_store().await;
    assert!(matches!(opened, Err(StoreError::Open { .. } | StoreError::Migration(_))));
    assert!(std::fs::read_to_string(home.path()).unwrap().starts_with("not a database"));
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_and_its_lock() {
    let home = SqliteHome::new();
    let store = home.store().await;
    register_text(&store, "a", "one").await;
    store.close().await;
    let mut names: Vec<String> = std::fs::read_dir(home.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["registry.db", "registry.db.lock"]);
}

#[tokio::test]
async fn the_change_log_has_one_row_per_write() {
    let home = SqliteHome::new();
    let store = home.store().await;
    let import = Some(schema::model::mode::Mode::Import);
    let all = [
        Act::Put(version("a", 1, "one")),
        Act::Register(version(":.eu:a", 0, "one")),
        Act::SetConfig(subject("a"), Some(schema::model::config::Config::default())),
        Act::SetConfig(subject("a"), None),
        Act::SetConfig(subject("a"), None),
        Act::SetMode(subject(""), import),
        Act::SetMode(subject("b"), import),
        Act::SetMode(subject(":.eu:a"), import),
        Act::RemoveModesBelow(subject("")),
        Act::SetMode(subject(""), None),
        Act::SoftDelete(subject("a"), 1),
        Act::SoftDelete(subject("a"), 1),
        Act::Remove(subject("a"), 1),
        Act::Remove(subject(":.eu:a"), 1),
        Act::RemoveContext(context(".eu")),
        Act::Put(version("a", 1, "two")),
    ];
    acts(&store, &all).await.unwrap();
    acts(&store, &[Act::Put(version("a", 2, "doomed")), Act::Refuse]).await.unwrap_err();
    let logged = rows(
        &home,
        "SELECT sequence || ' ' || kind || ' ' || context || ' ' || subject || ' '
            || coalesce(version, '-') || ' ' || coalesce(schema_id, '-') || ' ' || coalesce(detail, '-')
            || ' ' || actor
        FROM change_log WHERE at_ms > 0 ORDER BY sequence",
    );
    let expected = [
        "1 version_put . a 1 1 - tester",
        "2 version_put .eu a 1 1 - tester",
        "3 config_set . a - - {} tester",
        "4 config_removed . a - - - tester",
        "5 mode_set .  - - IMPORT tester",
        "6 mode_set . b - - IMPORT tester",
        "7 mode_set .eu a - - IMPORT tester",
        "8 mode_removed . b - - - tester",
        "9 mode_removed .eu a - - - tester",
        "10 mode_removed .  - - - tester",
        "11 version_soft_deleted . a 1 1 - tester",
        "12 version_removed . a 1 1 - tester",
        "13 version_removed .eu a 1 1 - tester",
        "14 context_removed .eu  - - - tester",
        "15 version_put . a 1 2 - tester",
    ];
    assert_eq!(logged.await, expected);
    assert_eq!(store.changes().sequence(), 15);
    store.close().await;
}

#[tokio::test]
async fn the_change_log_names_keys_and_tells_no_secret() {
    let home = SqliteHome::new();
    let store = home.store().await;
    let (kek, dek) = (keys::kek("k"), keys::dek("k", ":.eu:s", 2));
    let hidden = schema::model::dek::Dek { deleted: true, ..dek.clone() };
    let all = [
        Write::PutKek(kek.clone()),
        Write::PutDek(dek.clone()),
        Write::PutDek(hidden),
        Write::RemoveDek(dek),
        Write::PutKek(schema::model::kek::Kek { deleted: true, ..kek }),
        Write::RemoveKek("k"),
    ];
    keys::write(&store, &all).await;
    let logged = rows(
        &home,
        "SELECT kind || ' ' || context || ' ' || subject || ' ' || coalesce(version, '-') || ' ' || detail
        FROM change_log WHERE at_ms > 0 ORDER BY sequence",
    );
    let expected = [
        r#"kek_put .  - {"kek":"k"}"#,
        r#"dek_put .eu s 2 {"kek":"k","algorithm":"AES256_GCM"}"#,
        r#"dek_soft_deleted .eu s 2 {"kek":"k","algorithm":"AES256_GCM"}"#,
        r#"dek_removed .eu s 2 {"kek":"k","algorithm":"AES256_GCM"}"#,
        r#"kek_soft_deleted .  - {"kek":"k"}"#,
        r#"kek_removed .  - {"kek":"k"}"#,
    ];
    assert_eq!(logged.await, expected);
    store.close().await;
}

#[tokio::test]
async fn nothing_is_left_of_what_was_removed() {
    let home = SqliteHome::new();
    let store = home.store().await;
    let new = crate::store::NewVersion {
        reference_targets: vec![(subject("b"), 1)],
        rule_set: Some(schema::model::ruleset::RuleSet::default()),
        ..version("a", 1, "one")
    };
    acts(&store, &[Act::Put(new), Act::SoftDelete(subject("a"), 1), Act::Remove(subject("a"), 1)])
        .await
        .unwrap();
    let left = rows(
        &home,
        "SELECT 'version' FROM versions UNION ALL SELECT 'schema' FROM schemas UNION ALL SELECT 'subject' FROM subjects
        UNION ALL SELECT 'reference' FROM schema_references UNION ALL SELECT 'rule' FROM schema_rule_types",
    );
    assert_eq!(left.await, [] as [&str; 0]);
    store.close().await;
}

#[tokio::test]
async fn the_writer_syncs_every_commit_and_logs_ahead() {
    let home = SqliteHome::new();
    let store = home.store().await;
    register_text(&store, "a", "one").await;
    assert_eq!(rows(&home, "PRAGMA journal_mode").await, ["wal"]);
    // What was answered is in the log, not only in memory.
    assert!(std::fs::metadata(home.folder.path().join("registry.db-wal")).unwrap().len() > 0);
    store.close().await;
}
