//! Who refers to a version.

use schema::model::ids::Version;
use schema::model::schema::SchemaReference;

use super::acts::*;
use super::store_suite;
use crate::store::{NewVersion, Reads};

fn referring(name: &str, text: &str, targets: &[(&str, Version)]) -> NewVersion {
    let reference = |(target, version): &(&str, Version)| SchemaReference {
        name: Some(format!("n.{target}")),
        subject: Some((*target).to_owned()),
        version: Some(*version),
    };
    NewVersion {
        references: targets.iter().map(reference).collect(),
        reference_targets: targets.iter().map(|(target, version)| (subject(target), *version)).collect(),
        ..version(name, 0, text)
    }
}

/// `context id: subject/version…` of each referrer, soft-deleted versions in brackets.
async fn referrers(store: &dyn Reads, name: &str, version: Version) -> Vec<String> {
    let referrers = store.referrers(&subject(name), version).await.unwrap();
    let printed = referrers.iter().map(|referrer| {
        let versions = referrer.versions.iter().map(|(subject, version, deleted)| {
            if *deleted { format!(" ({subject}/{version})") } else { format!(" {subject}/{version}") }
        });
        format!("{} {}:{}", referrer.context, referrer.id, versions.collect::<String>())
    });
    printed.collect()
}

store_suite! {
    async fn referrers_come_with_all_their_versions(home: &dyn Home) {
        let store = home.open().await;
        register_text(&*store, "base", "base").await;
        let new = [
            referring("b", "uses base", &[("base", 1)]),
            referring("a", "uses base", &[("base", 1)]),
            referring("a", "uses both", &[("base", 1), ("base", 1), ("base", 2), (":.eu:base", 1)]),
            referring(":.eu:x", "uses base", &[("base", 1)]),
        ];
        acts(&*store, &new.map(Act::Register)).await.unwrap();
        act(&*store, Act::SoftDelete(subject("b"), 1)).await;
        assert_eq!(referrers(&*store, "base", 1).await, [". 2: a/1 (b/1)", ". 3: a/2", ".eu 1: :.eu:x/1"]);
        assert_eq!(referrers(&*store, "base", 2).await, [". 3: a/2"]);
        assert_eq!(referrers(&*store, ":.eu:base", 1).await, [". 3: a/2"]);
        assert_eq!(referrers(&*store, "base", 3).await, [] as [&str; 0]);
        let schema = store.schema(&context("."), 2).await.unwrap().unwrap();
        assert_eq!(schema.references, referring("b", "", &[("base", 1)]).references);
        store.close().await;
    }

    async fn a_reference_ends_with_the_last_version_that_makes_it(home: &dyn Home) {
        let store = home.open().await;
        let new = ["a", "b"].map(|name| Act::Register(referring(name, "uses base", &[("base", 1)])));
        acts(&*store, &new).await.unwrap();
        act(&*store, Act::Remove(subject("a"), 1)).await;
        assert_eq!(referrers(&*store, "base", 1).await, [". 1: b/1"]);
        act(&*store, Act::SoftDelete(subject("b"), 1)).await;
        let last = store.referrers(&subject("base"), 1).await.unwrap();
        assert!(last.iter().all(|referrer| !referrer.is_live()));
        act(&*store, Act::Remove(subject("b"), 1)).await;
        assert_eq!(referrers(&*store, "base", 1).await, [] as [&str; 0]);
        store.close().await;
    }

    async fn a_schema_may_have_very_many_references(home: &dyn Home) {
        let store = home.open().await;
        let names: Vec<String> = (0..2500).map(|number| format!("t{number}")).collect();
        let targets: Vec<(&str, Version)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        act(&*store, Act::Register(referring("a", "uses all", &targets))).await;
        for name in ["t0", "t999", "t1000", "t2499"] {
            assert_eq!(referrers(&*store, name, 1).await, [". 1: a/1"], "{name}");
        }
        store.close().await;
    }
}
