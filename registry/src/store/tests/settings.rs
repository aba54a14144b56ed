//! Configs, modes, aliases, contexts and counts.

use schema::model::config::{CompatibilityLevel, Config};
use schema::model::mode::Mode;
use schema::model::ruleset::RuleSet;

use super::acts::*;
use super::store_suite;
use crate::store::{Statistics, Store};

fn alias(target: &str) -> Config {
    Config { alias: Some(target.to_owned()), ..Config::default() }
}

async fn modes(store: &dyn Store, places: &[&str]) -> Vec<Option<Mode>> {
    let mut modes = Vec::new();
    for place in places {
        modes.push(store.mode(&subject(place)).await.unwrap());
    }
    modes
}

store_suite! {
    async fn a_config_is_set_replaced_and_removed(home: &dyn Home) {
        let store = home.open().await;
        let place = subject(":.eu:");
        assert_eq!(store.config(&place).await.unwrap(), None);
        let config = Config {
            compatibility_level: Some(CompatibilityLevel::FullTransitive),
            normalize: Some(false),
            default_metadata: Some(metadata("owner", "team")),
            override_rule_set: Some(RuleSet::default()),
            ..alias("")
        };
        act(&*store, Act::SetConfig(place.clone(), Some(config.clone()))).await;
        assert_eq!(store.config(&place).await.unwrap().as_deref(), Some(&config));
        assert_eq!(store.config(&subject("")).await.unwrap(), None);
        act(&*store, Act::SetConfig(place.clone(), Some(Config::default()))).await;
        store.close().await;

        let store = home.open().await;
        assert_eq!(store.config(&place).await.unwrap().as_deref(), Some(&Config::default()));
        act(&*store, Act::SetConfig(place.clone(), None)).await;
        assert_eq!(store.config(&place).await.unwrap(), None);
        store.close().await;
    }

    async fn a_mode_is_set_replaced_and_removed(home: &dyn Home) {
        let store = home.open().await;
        let all = [Mode::ReadWrite, Mode::ReadOnly, Mode::ReadOnlyOverride, Mode::Import, Mode::Forward];
        for mode in all {
            act(&*store, Act::SetMode(subject("a"), Some(mode))).await;
            assert_eq!(modes(&*store, &["a", "b"]).await, [Some(mode), None]);
        }
        store.close().await;

        let store = home.open().await;
        assert_eq!(modes(&*store, &["a"]).await, [Some(Mode::Forward)]);
        act(&*store, Act::SetMode(subject("a"), None)).await;
        assert_eq!(modes(&*store, &["a"]).await, [None]);
        store.close().await;
    }

    async fn modes_below_a_place_are_removed_and_no_others(home: &dyn Home) {
        let store = home.open().await;
        let places = ["", "a", ":.eu:", ":.eu:a", ":.eu:b", ":.us:a", ":.__GLOBAL:"];
        let only = Some(Mode::ReadOnly);
        let set = places.map(|place| Act::SetMode(subject(place), only));
        acts(&*store, &set).await.unwrap();
        act(&*store, Act::RemoveModesBelow(subject(":.eu:"))).await;
        assert_eq!(modes(&*store, &places).await, [only, only, only, None, None, only, only]);
        act(&*store, Act::RemoveModesBelow(subject("a"))).await;
        assert_eq!(modes(&*store, &places).await, [only, only, only, None, None, only, only]);
        act(&*store, Act::RemoveModesBelow(subject(""))).await;
        assert_eq!(modes(&*store, &places).await, [only, None, only, None, None, None, only]);
        store.close().await;
    }

    async fn aliases_are_listed_as_configured(home: &dyn Home) {
        let store = home.open().await;
        let set = [("z", "target"), (":.eu:a", ":.us:t"), ("a", "")];
        acts(&*store, &set.map(|(name, target)| Act::SetConfig(subject(name), Some(alias(target))))).await.unwrap();
        act(&*store, Act::SetConfig(subject("plain"), Some(Config::default()))).await;
        let listed = store.aliases().await.unwrap();
        let listed: Vec<_> = listed.iter().map(|(name, target)| (name.to_string(), target.as_str())).collect();
        assert_eq!(listed, [("a".to_owned(), ""), ("z".to_owned(), "target"), (":.eu:a".to_owned(), ":.us:t")]);
        act(&*store, Act::SetConfig(subject("z"), Some(Config::default()))).await;
        assert_eq!(store.aliases().await.unwrap().len(), 2);
        store.close().await;
    }

    async fn a_context_exists_from_its_first_schema_until_it_is_removed(home: &dyn Home) {
        let store = home.open().await;
        act(&*store, Act::SetMode(subject(":.cfg:"), Some(Mode::Import))).await;
        for name in ["a", ":.us:a", ":.eu:a", ":.eu:b"] {
            register_text(&*store, name, "one").await;
        }
        assert_eq!(store.contexts().await.unwrap(), [context(".eu"), context(".us")]);
        assert_eq!(store.contexts_with_subject("a").await.unwrap(), [context(".eu"), context(".us")]);
        assert_eq!(store.contexts_with_subject("b").await.unwrap(), [context(".eu")]);
        assert_eq!(store.contexts_with_subject("c").await.unwrap(), []);
        act(&*store, Act::Remove(subject(":.us:a"), 1)).await;
        assert_eq!(store.contexts().await.unwrap(), [context(".eu"), context(".us")]);
        assert_eq!(store.contexts_with_subject("a").await.unwrap(), [context(".eu")]);
        act(&*store, Act::RemoveContext(context(".us"))).await;
        assert_eq!(store.contexts().await.unwrap(), [context(".eu")]);
        store.close().await;
    }

    async fn statistics_count_what_is_live(home: &dyn Home) {
        let store = home.open().await;
        for (name, text) in [("a", "one"), ("a", "two"), ("b", "one"), (":.eu:a", "one")] {
            register_text(&*store, name, text).await;
        }
        acts(&*store, &[Act::SoftDelete(subject("b"), 1), Act::SoftDelete(subject("a"), 1)]).await.unwrap();
        let counted = store.statistics().await.unwrap();
        assert!(counted.size_bytes > 0);
        let expected = Statistics { contexts: 2, subjects: 2, versions: 2, schemas: 3, size_bytes: counted.size_bytes };
        assert_eq!(counted, expected);
        store.close().await;
    }
}
