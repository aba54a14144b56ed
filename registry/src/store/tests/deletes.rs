//! Soft deletion, removal, replacement, and who holds an id.

use super::acts::*;
use super::store_suite;
use crate::store::{Holder, IdChoice, NewVersion, Reads};

async fn holders(store: &dyn Reads, id: i32) -> Vec<(String, i32, bool)> {
    let holders = store.holders(&context("."), id).await.unwrap();
    holders
        .iter()
        .map(|Holder { subject, version, deleted, .. }| (subject.to_string(), *version, *deleted))
        .collect()
}

store_suite! {
    async fn a_soft_deleted_version_stays_but_is_marked(home: &dyn Home) {
        let store = home.open().await;
        for text in ["one", "two", "three"] {
            register_text(&*store, "a", text).await;
        }
        act(&*store, Act::SoftDelete(subject("a"), 3)).await;
        assert_eq!(versions(&*store, "a").await, [(1, 1, false), (2, 2, false), (3, 3, true)]);
        let versions_of_a = store.subject_versions(&subject("a")).await.unwrap();
        assert_eq!(versions_of_a.latest().map(|row| row.version), Some(2));
        assert_eq!(versions_of_a.next_version(), 4);
        assert_eq!(texts(&*store, "a").await, ["one", "two", "three"]);
        store.close().await;
    }

    async fn a_removed_version_frees_its_number_and_its_content(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, "a", "one").await;
        register_text(&*store, "a", "two").await;
        act(&*store, Act::Remove(subject("a"), 2)).await;
        assert_eq!(versions(&*store, "a").await, [(1, 1, false)]);
        assert_eq!(store.schema(&context("."), 2).await.unwrap(), None);
        act(&*store, Act::Remove(subject("a"), 1)).await;
        assert_eq!(versions(&*store, "a").await, []);
        assert_eq!(subjects(&*store, &all_subjects()).await, [] as [&str; 0]);
        register_text(&*store, "a", "three").await;
        assert_eq!(versions(&*store, "a").await, [(1, 3, false)]);
        store.close().await;
    }

    async fn what_is_not_there_is_neither_deleted_nor_removed(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, "a", "one").await;
        let sequence = store.changes().sequence();
        let absent = [
            Act::SoftDelete(subject("a"), 2),
            Act::SoftDelete(subject("b"), 1),
            Act::Remove(subject("a"), 2),
            Act::Remove(subject(":.eu:a"), 1),
            Act::SetConfig(subject("a"), None),
            Act::SetMode(subject("a"), None),
            Act::RemoveContext(context(".eu")),
        ];
        acts(&*store, &absent).await.unwrap();
        assert_eq!(store.changes().sequence(), sequence);
        assert_eq!(versions(&*store, "a").await, [(1, 1, false)]);
        store.close().await;
    }

    async fn a_version_of_the_same_number_is_replaced(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, "a", "one").await;
        register_text(&*store, "b", "shared").await;
        register_text(&*store, "a", "shared").await;
        act(&*store, Act::SoftDelete(subject("a"), 1)).await;
        put(&*store, version("a", 1, "other")).await;
        put(&*store, version("a", 2, "another")).await;
        assert_eq!(versions(&*store, "a").await, [(1, 3, false), (2, 4, false)]);
        assert_eq!(store.schema(&context("."), 1).await.unwrap(), None);
        assert_eq!(store.id_of(&context("."), guid("one")).await.unwrap(), None);
        assert_eq!(store.id_of(&context("."), guid("shared")).await.unwrap(), Some(2));
        store.close().await;
    }

    async fn a_holder_is_the_newest_version_of_each_subject(home: &dyn Home) {
        let store = home.open().await;
        for name in ["b", "a", "z"] {
            register_text(&*store, name, "one").await;
        }
        register_text(&*store, "a", "two").await;
        put(&*store, NewVersion { id: IdChoice::Existing(1), ..version("a", 3, "one") }).await;
        act(&*store, Act::SoftDelete(subject("b"), 1)).await;
        register_text(&*store, ":.eu:c", "one").await;
        let expected = [("a".to_owned(), 3, false), ("b".to_owned(), 1, true), ("z".to_owned(), 1, false)];
        assert_eq!(holders(&*store, 1).await, expected);
        assert_eq!(holders(&*store, 9).await, []);
        let default = context(".");
        let first = |name| store.first_holder(&default, 1, name);
        let first = [first(None).await, first(Some("z")).await, first(Some("a")).await, first(Some("x")).await];
        let first = first.map(|holder| holder.unwrap().map(|holder| (holder.subject.to_string(), holder.version)));
        let expected = [("a", 3), ("z", 1), ("a", 3)].map(|(name, version)| Some((name.to_owned(), version)));
        assert_eq!(first[..3], expected);
        assert_eq!(first[3], None);
        store.close().await;
    }

    async fn a_transaction_sees_its_own_writes(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, "a", "one").await;
        let all = [
            Act::Register(version("a", 0, "two")),
            Act::Register(version("b", 0, "two")),
            Act::Remove(subject("a"), 2),
            Act::Register(version("a", 0, "two")),
            Act::Remove(subject("b"), 1),
            Act::Remove(subject("a"), 2),
            Act::Register(version("a", 0, "two")),
        ];
        assert_eq!(acts(&*store, &all).await.unwrap(), [2, 2, 2, 3]);
        assert_eq!(versions(&*store, "a").await, [(1, 1, false), (2, 3, false)]);
        assert_eq!(versions(&*store, "b").await, []);
        store.close().await;
    }
}
