//! Stamps go stale exactly on related writes.

use schema::model::config::Config;
use schema::model::mode::Mode;
use schema::model::subject::Subject;

use super::acts::*;
use super::store_suite;
use crate::store::{IdChoice, Key, NewVersion, Stamp, Store};

/// The places that the tests watch.
struct Watched {
    subjects: [Subject; 4],
    stamps: Vec<(String, Stamp)>,
}

impl Watched {
    fn new(store: &dyn Store) -> Self {
        let subjects = ["a", "b", "target", ":.eu:a"].map(subject);
        let mut keys: Vec<(String, Key<'_>)> = vec![("everything".to_owned(), Key::Everything)];
        for subject in &subjects {
            keys.push((format!("versions of {subject}"), Key::Subject(subject)));
            keys.push((format!("config of {subject}"), Key::Config(subject)));
            keys.push((format!("mode of {subject}"), Key::Mode(subject)));
        }
        let default = subjects[0].context();
        for id in 1..=3 {
            keys.push((format!("id {id}"), Key::Id(default, id)));
        }
        keys.push((".eu id 1".to_owned(), Key::Id(subjects[3].context(), 1)));
        for text in ["one", "two", "three"] {
            keys.push((format!("guid {text}"), Key::Guid(guid(text))));
        }
        let stamps = keys.into_iter().map(|(name, key)| (name, store.changes().stamp(key))).collect();
        Self { subjects, stamps }
    }

    fn stale(&self, store: &dyn Store) -> Vec<&str> {
        let stale = self.stamps.iter().filter(|(_, stamp)| !store.changes().is_current(*stamp));
        stale.map(|(name, _)| name.as_str()).collect()
    }
}

fn referring(name: &str, number: i32, text: &str) -> NewVersion {
    NewVersion { reference_targets: vec![(subject("target"), 1)], ..version(name, number, text) }
}

store_suite! {
    async fn each_write_makes_stale_what_rests_on_it_and_nothing_else(home: &dyn Home) {
        let store = home.open().await;
        let existing = NewVersion { id: IdChoice::Existing(1), ..referring("b", 1, "one") };
        let steps: [(Act, &[&str]); 12] = [
            (Act::Put(referring("a", 1, "one")), &["versions of a", "versions of target", "id 1", "guid one"]),
            (Act::Put(existing), &["versions of b", "versions of target", "id 1", "guid one"]),
            (Act::Put(version(":.eu:a", 1, "two")), &["versions of :.eu:a", ".eu id 1", "guid two"]),
            (Act::SetConfig(subject("a"), Some(Config::default())), &["config of a"]),
            (Act::SetConfig(subject("a"), None), &["config of a"]),
            (Act::SetMode(subject("b"), Some(Mode::Import)), &["mode of b"]),
            (Act::SetMode(subject(":.eu:a"), Some(Mode::Import)), &["mode of :.eu:a"]),
            (Act::RemoveModesBelow(subject("")), &["mode of b", "mode of :.eu:a"]),
            (Act::SoftDelete(subject("a"), 1), &["versions of a", "versions of target", "id 1", "guid one"]),
            (Act::Remove(subject("a"), 1), &["versions of a", "versions of target", "id 1", "guid one"]),
            // Replacing "one" under b.
            (
                Act::Put(version("b", 1, "three")),
                &["versions of b", "versions of target", "id 1", "id 2", "guid one", "guid three"],
            ),
            (Act::RemoveContext(context(".eu")), &[]),
        ];
        for (step, expected) in steps {
            let watched = Watched::new(&*store);
            let sequence = store.changes().sequence();
            act(&*store, step.clone()).await;
            let mut stale = watched.stale(&*store);
            let mut expected = expected.to_vec();
            expected.push("everything");
            stale.sort_unstable();
            expected.sort_unstable();
            assert_eq!(stale, expected, "{step:?}");
            assert!(store.changes().sequence() > sequence, "{step:?}");
            assert_eq!(watched.subjects.len(), 4);
        }
        store.close().await;
    }

    async fn a_refused_operation_makes_nothing_stale(home: &dyn Home) {
        let store = home.open().await;
        let watched = Watched::new(&*store);
        acts(&*store, &[Act::Refuse]).await.unwrap_err();
        assert_eq!(watched.stale(&*store), [] as [&str; 0]);
        assert_eq!(store.changes().sequence(), 0);
        store.close().await;
    }

    async fn what_was_read_before_a_write_is_read_again_after_it(home: &dyn Home) {
        let store = home.open().await;
        for round in 1..=3_i32 {
            assert_eq!(versions(&*store, "a").await.len(), usize::try_from(round - 1).unwrap());
            assert_eq!(store.schema(&context("."), round).await.unwrap(), None);
            let text = format!("text {round}");
            assert_eq!(store.id_of(&context("."), guid(&text)).await.unwrap(), None);
            let id = register_text(&*store, "a", &text).await;
            assert_eq!(store.id_of(&context("."), guid(&text)).await.unwrap(), Some(id));
            assert_eq!(texts(&*store, "a").await.last(), Some(&text));
            let compatibility_group = Some(text);
            let config = Config { compatibility_group, ..Config::default() };
            act(&*store, Act::SetConfig(subject("a"), Some(config.clone()))).await;
            assert_eq!(store.config(&subject("a")).await.unwrap().as_deref(), Some(&config));
        }
        store.close().await;
    }

    async fn the_sequence_goes_on_after_a_restart(home: &dyn Home) {
        let store = home.open().await;
        assert_eq!(store.changes().sequence(), 0);
        register_text(&*store, "a", "one").await;
        acts(&*store, &[Act::SetMode(subject("a"), None), Act::SoftDelete(subject("a"), 1)]).await.unwrap();
        assert_eq!(store.changes().sequence(), 2);
        store.close().await;

        let store = home.open().await;
        assert_eq!(store.changes().sequence(), 2);
        register_text(&*store, "a", "two").await;
        assert_eq!(store.changes().sequence(), 3);
        store.close().await;
    }
}
