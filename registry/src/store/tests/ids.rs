//! Ids: per context, from 1, never given twice, one per content.

use schema::model::ids::SchemaId;
use schema::model::schema::SchemaType;

use super::acts::*;
use super::store_suite;
use crate::store::{IdChoice, NewVersion, StoreError};

fn given(name: &str, number: i32, text: &str, id: SchemaId) -> NewVersion {
    NewVersion { id: IdChoice::Given(id), ..version(name, number, text) }
}

store_suite! {
    async fn ids_count_from_one_in_each_context(home: &dyn Home) {
        let store = home.open().await;
        assert_eq!(store.max_id(&context(".")).await.unwrap(), 0);
        assert_eq!(register_text(&*store, "a", "one").await, 1);
        assert_eq!(register_text(&*store, "b", "two").await, 2);
        assert_eq!(register_text(&*store, ":.eu:a", "one").await, 1);
        assert_eq!(store.max_id(&context(".")).await.unwrap(), 2);
        assert_eq!(store.max_id(&context(".eu")).await.unwrap(), 1);
        store.close().await;
    }

    async fn an_id_is_never_given_twice(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, "a", "one").await;
        assert_eq!(register_text(&*store, "a", "two").await, 2);
        acts(&*store, &[Act::Remove(subject("a"), 2), Act::Remove(subject("a"), 1)]).await.unwrap();
        assert_eq!(store.max_id(&context(".")).await.unwrap(), 2);
        store.close().await;

        let store = home.open().await;
        assert_eq!(store.schema(&context("."), 2).await.unwrap(), None);
        assert_eq!(store.max_id(&context(".")).await.unwrap(), 2);
        assert_eq!(register_text(&*store, "a", "one").await, 3);
        store.close().await;
    }

    async fn a_removed_context_keeps_its_ids(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, ":.eu:a", "one").await;
        acts(&*store, &[Act::Remove(subject(":.eu:a"), 1), Act::RemoveContext(context(".eu"))]).await.unwrap();
        assert!(store.contexts().await.unwrap().is_empty());
        store.close().await;

        let store = home.open().await;
        assert_eq!(register_text(&*store, ":.eu:a", "one").await, 2);
        assert_eq!(store.contexts().await.unwrap(), [context(".eu")]);
        store.close().await;
    }

    async fn equal_content_shares_an_id_while_some_version_holds_it(home: &dyn Home) {
        let store = home.open().await;
        let id = register_text(&*store, "a", "one").await;
        assert_eq!(register_text(&*store, "b", "one").await, id);
        acts(&*store, &[Act::SoftDelete(subject("a"), 1), Act::SoftDelete(subject("b"), 1)]).await.unwrap();
        assert_eq!(store.id_of(&context("."), guid("one")).await.unwrap(), Some(id));
        assert_eq!(register_text(&*store, "c", "one").await, id);
        let all = ["a", "b", "c"].map(|name| Act::Remove(subject(name), 1));
        acts(&*store, &all[..2]).await.unwrap();
        assert_eq!(store.id_of(&context("."), guid("one")).await.unwrap(), Some(id));
        acts(&*store, &all[2..]).await.unwrap();
        assert_eq!(store.id_of(&context("."), guid("one")).await.unwrap(), None);
        assert_eq!(store.schema(&context("."), id).await.unwrap(), None);
        assert_eq!(register_text(&*store, "a", "one").await, id + 1);
        store.close().await;
    }

    async fn given_ids_are_taken_and_later_ids_start_above_them(home: &dyn Home) {
        let store = home.open().await;
        assert_eq!(put(&*store, given("a", 7, "one", 100)).await, 100);
        assert_eq!(put(&*store, given("a", 3, "two", 50)).await, 50);
        assert_eq!(versions(&*store, "a").await, [(3, 50, false), (7, 100, false)]);
        assert_eq!(register_text(&*store, "b", "three").await, 101);
        assert_eq!(put(&*store, given("b", 9, "four", 0)).await, 0);
        assert_eq!(register_text(&*store, "b", "five").await, 102);
        store.close().await;
    }

    async fn a_given_id_must_not_stand_for_other_content(home: &dyn Home) {
        let store = home.open().await;
        put(&*store, given("a", 1, "one", 100)).await;
        let other_type = NewVersion { schema_type: SchemaType::Json, ..given("a", 2, "one", 100) };
        for taken in [given("a", 2, "two", 100), given("b", 1, "two", 100), other_type] {
            let refused = acts(&*store, &[Act::Put(taken)]).await;
            assert!(
                matches!(&refused, Err(StoreError::IdTaken { context: at, id: 100 }) if *at == context(".")),
                "{refused:?}"
            );
        }
        assert_eq!(versions(&*store, "a").await, [(1, 100, false)]);
        assert_eq!(put(&*store, given("b", 1, "one", 100)).await, 100);
        assert_eq!(put(&*store, given(":.eu:b", 1, "two", 100)).await, 100);
        store.close().await;
    }

    async fn of_two_ids_of_one_content_the_last_one_registered_counts(home: &dyn Home) {
        let store = home.open().await;
        put(&*store, given("a", 1, "one", 100)).await;
        put(&*store, given("a", 2, "one", 101)).await;
        let guid = guid("one");
        assert_eq!(store.id_of(&context("."), guid).await.unwrap(), Some(101));
        put(&*store, given("b", 1, "one", 100)).await;
        assert_eq!(store.id_of(&context("."), guid).await.unwrap(), Some(100));
        store.close().await;

        let store = home.open().await;
        assert_eq!(store.id_of(&context("."), guid).await.unwrap(), Some(100));
        acts(&*store, &[Act::Remove(subject("a"), 1), Act::Remove(subject("b"), 1)]).await.unwrap();
        assert_eq!(store.id_of(&context("."), guid).await.unwrap(), Some(101));
        store.close().await;
    }

    async fn the_contexts_of_a_guid_come_default_first(home: &dyn Home) {
        let store = home.open().await;
        for name in [":.us:a", ":.eu:a", ":.-:a", "a", ":.eu:b"] {
            register_text(&*store, name, "one").await;
        }
        put(&*store, given(":.us:b", 1, "one", 9)).await;
        let ids = store.ids_by_guid(guid("one")).await.unwrap();
        assert_eq!(ids, [(context("."), 1), (context(".-"), 1), (context(".eu"), 1), (context(".us"), 9)]);
        assert!(store.ids_by_guid(guid("two")).await.unwrap().is_empty());
        store.close().await;
    }

    async fn the_last_id_can_be_given_but_none_after_it(home: &dyn Home) {
        let store = home.open().await;
        put(&*store, given("a", 1, "one", i32::MAX)).await;
        assert_eq!(store.max_id(&context(".")).await.unwrap(), i32::MAX);
        let refused = acts(&*store, &[Act::Register(version("a", 0, "two"))]).await;
        assert!(matches!(refused, Err(StoreError::IdsExhausted(_))), "{refused:?}");
        assert_eq!(register_text(&*store, ":.eu:a", "two").await, 1);
        store.close().await;
    }

    async fn everything_written_is_there_after_a_restart(home: &dyn Home) {
        let store = home.open().await;
        let new = NewVersion {
            metadata: Some(metadata("owner", "café \"x\"")),
            schema_type: SchemaType::Protobuf,
            ..version("a'; DROP TABLE versions; --", 1, "syntax = \"proto3\";\n\u{1f600}")
        };
        let id = put(&*store, new.clone()).await;
        let before = store.subject_versions(&new.subject).await.unwrap();
        store.close().await;

        let store = home.open().await;
        let after = store.subject_versions(&new.subject).await.unwrap();
        assert_eq!(after, before);
        assert_eq!(after.versions[0].definition, u64::MAX - 1);
        assert_eq!(after.versions[0].created_at_ms, new.created_at_ms);
        let schema = store.schema(&context("."), id).await.unwrap().unwrap();
        assert_eq!(*schema, new.into_stored(id));
        store.close().await;
    }
}
