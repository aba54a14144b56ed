//! Every read is a search of an index: asks SQLite for its plans.

use schema::model::dek::{DekAlgorithm, DekId};
use schema::model::ids::Guid;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{Connection as _, SqliteConnection};

use super::SqliteHome;
use super::acts::*;
use crate::store::sql::{Cells, Connection, Statement, keys, listings, reads};
use crate::store::{ContextScope, DeletedFilter, KeyFilter, SchemaQuery, Store, StoreError, SubjectQuery};

/// Answers every statement with no rows, and notes how SQLite would have run it.
struct Explainer {
    connection: SqliteConnection,
    plans: Vec<(String, Vec<String>)>,
}

impl Connection for Explainer {
    type Row = SqliteRow;

    async fn fetch(&mut self, statement: Statement) -> Result<Vec<SqliteRow>, StoreError> {
        let mut explained = Statement::of_varying_size("EXPLAIN QUERY PLAN ");
        explained.push(&statement.text);
        explained.binds.clone_from(&statement.binds);
        let rows = self.connection.fetch(explained).await?;
        let steps = rows.iter().map(|row| row.text(3).unwrap().to_owned()).collect();
        self.plans.push((statement.text.into_owned(), steps));
        Ok(Vec::new())
    }

    async fn execute(&mut self, statement: Statement) -> Result<(), StoreError> {
        self.fetch(statement).await.map(drop)
    }
}

/// Scans that are meant: contexts are few, a list of all keys has them all, and the lists that a statement makes for
/// itself are as long as its input.
const SCANS_MEANT: &[&str] = &[
    "SCAN c",
    "SCAN w",
    "SCAN m",
    "SCAN CONSTANT ROW",
    "SCAN 2 CONSTANT ROWS",
    "SCAN contexts",
    "SCAN keks",
];

fn listed(scope: &ContextScope, prefix: &str, deleted: DeletedFilter) -> (SubjectQuery, SchemaQuery) {
    let subjects =
        SubjectQuery { scope: scope.clone(), name_prefix: prefix.to_owned(), deleted, ..all_subjects() };
    let schemas =
        SchemaQuery { scope: scope.clone(), name_prefix: prefix.to_owned(), deleted, ..all_schemas() };
    (subjects, schemas)
}

async fn read_keys(explainer: &mut Explainer) {
    let id = DekId { kek: "k".to_owned(), subject: subject("a"), algorithm: DekAlgorithm::default() };
    keys::kek(explainer, "k").await.unwrap();
    keys::dek(explainer, &id, 1).await.unwrap();
    keys::deks(explainer, &id).await.unwrap();
    for filter in [KeyFilter::Live, KeyFilter::All] {
        let page = page(0, 10);
        keys::has_deks(explainer, "k", filter).await.unwrap();
        keys::kek_names(explainer, filter, page).await.unwrap();
        keys::kek_names_by_subject(explainer, &["a".to_owned(), "b".to_owned()], filter, page).await.unwrap();
        keys::dek_subjects(explainer, "k", filter, page).await.unwrap();
    }
}

#[tokio::test]
async fn reads_search_and_do_not_scan() {
    let home = SqliteHome::new();
    let store = home.store().await;
    store.close().await;
    let options = SqliteConnectOptions::new().filename(home.path());
    let connection = SqliteConnection::connect_with(&options).await.unwrap();
    let mut explainer = Explainer { connection, plans: Vec::new() };
    let (place, default) = (subject("a"), context("."));

    reads::subject_versions(&mut explainer, &place).await.unwrap();
    reads::schema(&mut explainer, &default, 1).await.unwrap();
    reads::id_of(&mut explainer, &default, Guid([0; 16])).await.unwrap();
    reads::holders(&mut explainer, &default, 1).await.unwrap();
    reads::first_holder(&mut explainer, &default, 1, None).await.unwrap();
    reads::first_holder(&mut explainer, &default, 1, Some("a")).await.unwrap();
    reads::referrers(&mut explainer, &place, 1).await.unwrap();
    reads::config(&mut explainer, &place).await.unwrap();
    reads::mode(&mut explainer, &place).await.unwrap();
    reads::ids_by_guid(&mut explainer, Guid([0; 16])).await.unwrap();
    reads::max_id(&mut explainer, &default).await.unwrap();
    reads::contexts(&mut explainer).await.unwrap();
    reads::contexts_with_subject(&mut explainer, "a").await.unwrap();
    for scope in [ContextScope::All, ContextScope::One(default)] {
        for prefix in ["", "a"] {
            for deleted in [DeletedFilter::Live, DeletedFilter::All, DeletedFilter::DeletedOnly] {
                let (subjects, schemas) = listed(&scope, prefix, deleted);
                listings::subjects(&mut explainer, &subjects).await.unwrap();
                listings::search(&mut explainer, &schemas).await.unwrap();
                let filtered =
                    SchemaQuery { latest_only: true, rule_type: Some("CEL".to_owned()), ..schemas.clone() };
                listings::search(&mut explainer, &filtered).await.unwrap();
                let also = vec![subject("b"), subject(":.eu:c")];
                listings::search(&mut explainer, &SchemaQuery { also, ..filtered }).await.unwrap();
            }
        }
    }

    read_keys(&mut explainer).await;

    assert!(explainer.plans.len() > 50);
    for (text, steps) in &explainer.plans {
        let scans = steps.iter().filter(|step| {
            step.starts_with("SCAN") && !SCANS_MEANT.iter().any(|meant| step.starts_with(meant))
        });
        assert_eq!(scans.count(), 0, "{text}\n{steps:#?}");
        let sorted = steps.iter().any(|step| step.starts_with("USE TEMP B-TREE FOR ORDER BY"));
        let may_sort = [
            "registered DESC",
            "wanted",
            "referrers",
            "schema_references",
            "v.schema_id = $2",
            "s.name = $1",
        ];
        assert!(!sorted || may_sort.iter().any(|part| text.contains(part)), "{text}\n{steps:#?}");
    }
    explainer.connection.close().await.unwrap();
}
