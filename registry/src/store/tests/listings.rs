//! Listings with every filter, and paging.

use schema::model::ruleset::{Rule, RuleKind, RuleMode, RuleSet};

use super::acts::*;
use super::store_suite;
use crate::store::{ContextScope, DeletedFilter, NewVersion, SchemaQuery, Store, SubjectQuery};

fn in_context(name: &str) -> ContextScope {
    ContextScope::One(context(name))
}

fn rules(types: &[&str]) -> RuleSet {
    let rule = |rule_type: &&str| Rule {
        name: Some((*rule_type).to_owned()),
        doc: None,
        kind: RuleKind::Condition,
        mode: RuleMode::WriteRead,
        rule_type: Some((*rule_type).to_owned()),
        tags: Default::default(),
        params: Default::default(),
        expr: None,
        on_success: None,
        on_failure: None,
        disabled: false,
    };
    RuleSet { domain_rules: types.iter().map(rule).collect(), ..RuleSet::default() }
}

/// `a` and `:.eu:a` with a live latest version, `b` with a deleted one, `c` deleted altogether.
async fn fill(store: &dyn Store) {
    for (name, text) in
        [("c", "1"), ("b", "1"), ("b", "2"), ("a", "1"), ("a", "2"), (":.eu:a", "1"), (":.eu:ab", "2")]
    {
        register_text(store, name, text).await;
    }
    let deleted = [("b", 2), ("c", 1), ("a", 1)];
    acts(store, &deleted.map(|(name, number)| Act::SoftDelete(subject(name), number))).await.unwrap();
}

store_suite! {
    async fn subjects_pass_the_filter_for_deleted_ones(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let cases = [
            (DeletedFilter::Live, vec!["a", "b", ":.eu:a", ":.eu:ab"]),
            (DeletedFilter::All, vec!["a", "b", "c", ":.eu:a", ":.eu:ab"]),
            (DeletedFilter::DeletedOnly, vec!["c"]),
        ];
        for (deleted, expected) in cases {
            assert_eq!(subjects(&*store, &SubjectQuery { deleted, ..all_subjects() }).await, expected);
        }
        store.close().await;
    }

    async fn subjects_are_found_by_context_and_prefix_and_paged(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let query = |scope: ContextScope, prefix: &str, offset, limit| SubjectQuery {
            scope,
            name_prefix: prefix.to_owned(),
            page: page(offset, limit),
            ..all_subjects()
        };
        let all = u32::MAX;
        let cases = [
            (query(in_context("."), "", 0, all), vec!["a", "b", "c"]),
            (query(in_context(".eu"), "", 0, all), vec![":.eu:a", ":.eu:ab"]),
            (query(in_context(".us"), "", 0, all), vec![]),
            (query(ContextScope::All, "a", 0, all), vec!["a", ":.eu:a", ":.eu:ab"]),
            (query(ContextScope::All, "ab", 0, all), vec![":.eu:ab"]),
            (query(ContextScope::All, "", 1, 3), vec!["b", "c", ":.eu:a"]),
            (query(ContextScope::All, "", 4, all), vec![":.eu:ab"]),
            (query(ContextScope::All, "", 5, all), vec![]),
            (query(ContextScope::All, "", 0, 0), vec![]),
        ];
        for (query, expected) in cases {
            assert_eq!(subjects(&*store, &query).await, expected, "{query:?}");
        }
        store.close().await;
    }

    async fn a_prefix_is_no_pattern(home: &dyn Home) {
        let store = home.open().await;
        let names = ["%", "%a", "A", "_", "_b", "a", "a\"b", "a'b", "a*", "ä", "\u{10ffff}x", "\u{1f600}"];
        for name in names {
            register_text(&*store, name, "one").await;
        }
        let cases: [(&str, &[&str]); 9] = [
            ("%", &["%", "%a"]),
            ("_", &["_", "_b"]),
            ("a", &["a", "a\"b", "a'b", "a*"]),
            ("A", &["A"]),
            ("a'", &["a'b"]),
            ("a*", &["a*"]),
            ("ä", &["ä"]),
            ("\u{10ffff}", &["\u{10ffff}x"]),
            ("\u{1f600}", &["\u{1f600}"]),
        ];
        for (prefix, expected) in cases {
            let query = SubjectQuery { name_prefix: prefix.to_owned(), ..all_subjects() };
            assert_eq!(subjects(&*store, &query).await, expected, "{prefix:?}");
            let query = SchemaQuery { name_prefix: prefix.to_owned(), ..all_schemas() };
            assert_eq!(found(&*store, &query).await.len(), expected.len(), "{prefix:?}");
        }
        store.close().await;
    }

    async fn schemas_pass_the_filters_for_deleted_and_latest(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let cases = [
            (DeletedFilter::All, false, vec!["a/1", "a/2", "b/1", "b/2", "c/1", ":.eu:a/1", ":.eu:ab/1"]),
            (DeletedFilter::Live, false, vec!["a/2", "b/1", ":.eu:a/1", ":.eu:ab/1"]),
            (DeletedFilter::DeletedOnly, false, vec!["a/1", "b/2", "c/1"]),
            (DeletedFilter::All, true, vec!["a/2", "b/2", "c/1", ":.eu:a/1", ":.eu:ab/1"]),
            (DeletedFilter::Live, true, vec!["a/2", "b/1", ":.eu:a/1", ":.eu:ab/1"]),
            (DeletedFilter::DeletedOnly, true, vec!["a/1", "b/2", "c/1"]),
        ];
        for (deleted, latest_only, expected) in cases {
            let query = SchemaQuery { deleted, latest_only, ..all_schemas() };
            assert_eq!(found(&*store, &query).await, expected, "{query:?}");
        }
        let rows = store.search(&all_schemas()).await.unwrap();
        let of_a = store.subject_versions(&subject("a")).await.unwrap();
        assert_eq!(rows.iter().take(2).map(|row| row.row).collect::<Vec<_>>(), of_a.versions);
        store.close().await;
    }

    async fn schemas_are_found_by_context_and_prefix_and_paged(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let query = |scope: ContextScope, prefix: &str, offset, limit| SchemaQuery {
            scope,
            name_prefix: prefix.to_owned(),
            page: page(offset, limit),
            ..all_schemas()
        };
        let cases = [
            (query(in_context(".eu"), "", 0, 9), vec![":.eu:a/1", ":.eu:ab/1"]),
            (query(ContextScope::All, "a", 0, 9), vec!["a/1", "a/2", ":.eu:a/1", ":.eu:ab/1"]),
            (query(ContextScope::All, "a", 1, 2), vec!["a/2", ":.eu:a/1"]),
            (query(in_context("."), "", 4, 9), vec!["c/1"]),
            (query(in_context("."), "", 0, 0), vec![]),
        ];
        for (query, expected) in cases {
            assert_eq!(found(&*store, &query).await, expected, "{query:?}");
        }
        store.close().await;
    }

    async fn wanted_subjects_join_the_listing_whatever_their_names(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let query = SchemaQuery {
            scope: in_context(".eu"),
            name_prefix: "ab".to_owned(),
            also: ["b", ":.eu:ab", "c", "absent", ":.us:b"].map(subject).to_vec(),
            ..all_schemas()
        };
        assert_eq!(found(&*store, &query).await, ["b/1", "b/2", "c/1", ":.eu:ab/1"]);
        let live = SchemaQuery { deleted: DeletedFilter::Live, latest_only: true, ..query.clone() };
        assert_eq!(found(&*store, &live).await, ["b/1", ":.eu:ab/1"]);
        let paged = SchemaQuery { page: page(1, 2), ..query };
        assert_eq!(found(&*store, &paged).await, ["b/2", "c/1"]);
        let many = SchemaQuery {
            name_prefix: "zzz".to_owned(),
            also: (0..2000).map(|number| subject(&format!("n{number}"))).chain([subject("c")]).collect(),
            ..all_schemas()
        };
        assert_eq!(found(&*store, &many).await, ["c/1"]);
        store.close().await;
    }

    async fn schemas_are_kept_by_the_types_of_their_rules(home: &dyn Home) {
        let store = home.open().await;
        let new = [
            NewVersion { rule_set: Some(rules(&["CEL", "CEL"])), ..version("a", 0, "one") },
            NewVersion { rule_set: Some(rules(&["ENCRYPT", "CEL"])), ..version("b", 0, "two") },
            NewVersion { rule_set: Some(rules(&["CEL_FIELD"])), ..version("b", 0, "three") },
            version("c", 0, "four"),
        ];
        acts(&*store, &new.map(Act::Register)).await.unwrap();
        let query = |rule_type: &str, latest_only| SchemaQuery {
            rule_type: Some(rule_type.to_owned()),
            latest_only,
            ..all_schemas()
        };
        assert_eq!(found(&*store, &query("CEL", false)).await, ["a/1", "b/1"]);
        assert_eq!(found(&*store, &query("CEL", true)).await, ["a/1"]);
        assert_eq!(found(&*store, &query("CEL_FIELD", true)).await, ["b/2"]);
        assert_eq!(found(&*store, &query("cel", false)).await, [] as [&str; 0]);
        let stored = store.schema(&context("."), 2).await.unwrap().unwrap();
        assert_eq!(stored.rule_set, Some(rules(&["ENCRYPT", "CEL"])));
        store.close().await;
    }
}
