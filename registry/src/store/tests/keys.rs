//! The keys of field encryption.

use async_trait::async_trait;
use schema::model::dek::{Dek, DekAlgorithm, DekId};
use schema::model::ids::Version;
use schema::model::kek::Kek;

use super::acts::{page, subject};
use super::store_suite;
use crate::store::{self, Key, KeyFilter, Operation, Store, StoreError, Transaction};

const ALL: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) enum Write {
    PutKek(Kek),
    RemoveKek(&'static str),
    PutDek(Dek),
    RemoveDek(Dek),
}

struct Writes(Vec<Write>);

#[async_trait]
impl Operation for Writes {
    /// How many keys of both kinds there are after it.
    type Output = (u64, u64);
    type Error = StoreError;

    async fn run(&self, transaction: &dyn Transaction) -> Result<(u64, u64), StoreError> {
        for write in &self.0 {
            match write {
                Write::PutKek(kek) => transaction.put_kek(kek).await?,
                Write::RemoveKek(name) => transaction.remove_kek(name).await?,
                Write::PutDek(dek) => transaction.put_dek(dek).await?,
                Write::RemoveDek(dek) => transaction.remove_dek(&dek.id(), dek.version).await?,
            }
        }
        Ok((transaction.count_keks().await?, transaction.count_deks().await?))
    }
}

pub(super) async fn write(store: &dyn Store, writes: &[Write]) -> (u64, u64) {
    store::write(store, Writes(writes.to_vec())).await.unwrap()
}

pub(super) fn kek(name: &str) -> Kek {
    Kek {
        name: name.to_owned(),
        kms_type: "local".to_owned(),
        kms_key_id: "id".to_owned(),
        kms_props: [("region".to_owned(), "\u{1f600} \"'".to_owned())].into(),
        doc: Some(String::new()),
        shared: true,
        ts: 7,
        deleted: false,
    }
}

pub(super) fn dek(kek: &str, of: &str, version: Version) -> Dek {
    Dek {
        kek_name: kek.to_owned(),
        subject: subject(of),
        version,
        algorithm: DekAlgorithm::Aes256Gcm,
        encrypted_key_material: Some("AAAA".to_owned()),
        ts: 7,
        deleted: false,
    }
}

fn deleted(dek: Dek) -> Dek {
    Dek { deleted: true, ..dek }
}

/// `live` wraps a live key, `half` one of each kind, `gone` (itself deleted) only a deleted one, `bare` nothing.
async fn fill(store: &dyn Store) {
    let writes = [
        Write::PutKek(kek("live")),
        Write::PutKek(kek("half")),
        Write::PutKek(Kek { deleted: true, ..kek("gone") }),
        Write::PutKek(kek("bare")),
        Write::PutDek(dek("live", "a%", 1)),
        Write::PutDek(dek("half", ":.eu:a", 1)),
        Write::PutDek(deleted(dek("half", "b", 1))),
        Write::PutDek(deleted(dek("half", "b", 2))),
        Write::PutDek(deleted(dek("gone", "ab", 1))),
    ];
    assert_eq!(write(store, &writes).await, (4, 5));
}

store_suite! {
    async fn keys_are_kept_whole_over_a_restart(home: &dyn Home) {
        let store = home.open().await;
        let plain = Kek { kms_props: [].into(), doc: None, shared: false, deleted: true, ..kek("plain") };
        let bare = deleted(Dek { encrypted_key_material: None, ..dek("full", ":.eu:s", 1) });
        write(&*store, &[Write::PutKek(kek("full")), Write::PutKek(plain.clone()), Write::PutDek(bare.clone())]).await;
        store.close().await;

        let store = home.open().await;
        assert_eq!(store.kek("full").await.unwrap(), Some(kek("full")));
        assert_eq!(store.kek("plain").await.unwrap(), Some(plain));
        assert_eq!(store.dek(&bare.id(), 1).await.unwrap(), Some(bare));
        assert_eq!(store.kek("none").await.unwrap(), None);
        store.close().await;
    }

    async fn a_write_replaces_and_a_removal_removes(home: &dyn Home) {
        let store = home.open().await;
        let first = dek("k", "s", 1);
        let again = Dek { encrypted_key_material: Some("BBBB".to_owned()), ts: 8, ..first.clone() };
        write(&*store, &[Write::PutKek(kek("k")), Write::PutDek(first.clone())]).await;
        let changed = Kek { doc: Some("changed".to_owned()), ts: 8, ..kek("k") };
        write(&*store, &[Write::PutKek(changed.clone()), Write::PutDek(again.clone())]).await;
        assert_eq!(store.kek("k").await.unwrap(), Some(changed));
        assert_eq!(store.dek(&first.id(), 1).await.unwrap(), Some(again.clone()));

        assert_eq!(write(&*store, &[Write::RemoveDek(again), Write::RemoveKek("k")]).await, (0, 0));
        assert_eq!(store.kek("k").await.unwrap(), None);
        assert_eq!(store.dek(&first.id(), 1).await.unwrap(), None);
        store.close().await;
    }

    async fn a_key_that_wraps_others_cannot_be_removed(home: &dyn Home) {
        let store = home.open().await;
        write(&*store, &[Write::PutKek(kek("k")), Write::PutDek(dek("k", "s", 1))]).await;
        store::write(&*store, Writes(vec![Write::RemoveKek("k")])).await.unwrap_err();
        store::write(&*store, Writes(vec![Write::PutDek(dek("none", "s", 1))])).await.unwrap_err();
        assert_eq!(write(&*store, &[]).await, (1, 1));
        store.close().await;
    }

    async fn each_algorithm_has_versions_of_its_own_from_one(home: &dyn Home) {
        let store = home.open().await;
        let siv = Dek { algorithm: DekAlgorithm::Aes256Siv, ..dek("k", "s", 4) };
        let mut writes = vec![Write::PutKek(kek("k")), Write::PutDek(siv.clone())];
        writes.extend([10, 2, 0, -1, 1].map(|version| Write::PutDek(dek("k", "s", version))));
        write(&*store, &writes).await;
        let versions = |id: DekId| {
            let store = &store;
            async move { store.deks(&id).await.unwrap().iter().map(|dek| dek.version).collect::<Vec<_>>() }
        };
        assert_eq!(versions(dek("k", "s", 1).id()).await, [1, 2, 10]);
        assert_eq!(versions(siv.id()).await, [4]);
        assert_eq!(versions(dek("k", "t", 1).id()).await, [0; 0]);
        assert!(store.dek(&siv.id(), 1).await.unwrap().is_none());
        assert!(store.dek(&dek("k", "s", 0).id(), 0).await.unwrap().is_some());
        store.close().await;
    }

    async fn listings_pass_the_filter_and_are_paged(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let (live, all) = (KeyFilter::Live, KeyFilter::All);
        assert_eq!(store.kek_names(live, page(0, ALL)).await.unwrap(), ["bare", "half", "live"]);
        assert_eq!(store.kek_names(all, page(0, ALL)).await.unwrap(), ["bare", "gone", "half", "live"]);
        assert_eq!(store.kek_names(all, page(1, 2)).await.unwrap(), ["gone", "half"]);
        assert_eq!(store.dek_subjects("half", live, page(0, ALL)).await.unwrap(), [":.eu:a"]);
        assert_eq!(store.dek_subjects("half", all, page(0, ALL)).await.unwrap(), [":.eu:a", "b"]);
        assert_eq!(store.dek_subjects("half", all, page(1, ALL)).await.unwrap(), ["b"]);
        let blocked = [("live", true, true), ("half", true, true), ("gone", false, true), ("bare", false, false)];
        for (name, by_live, by_any) in blocked {
            assert_eq!(store.has_deks(name, live).await.unwrap(), by_live, "{name}");
            assert_eq!(store.has_deks(name, all).await.unwrap(), by_any, "{name}");
        }
        store.close().await;
    }

    async fn keys_are_found_by_the_beginnings_of_subjects(home: &dyn Home) {
        let store = home.open().await;
        fill(&*store).await;
        let cases: [(&[&str], KeyFilter, &[&str]); 8] = [
            (&["a"], KeyFilter::Live, &["live"]),
            (&["a"], KeyFilter::All, &["gone", "live"]),
            (&["a%"], KeyFilter::All, &["live"]),
            (&["b", "a", "ab"], KeyFilter::All, &["gone", "half", "live"]),
            (&[":.eu:"], KeyFilter::Live, &["half"]),
            (&[""], KeyFilter::Live, &["half", "live"]),
            (&["\u{10ffff}", "A"], KeyFilter::All, &[]),
            (&["b"], KeyFilter::Live, &[]),
        ];
        for (prefixes, filter, expected) in cases {
            let owned: Vec<String> = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
            let found = store.kek_names_by_subject(&owned, filter, page(0, ALL)).await.unwrap();
            assert_eq!(found, expected, "{prefixes:?} {filter:?}");
        }
        let paged = store.kek_names_by_subject(&[String::new()], KeyFilter::All, page(1, 1)).await.unwrap();
        assert_eq!(paged, ["half"]);
        store.close().await;
    }

    async fn a_write_of_a_key_makes_that_key_stale(home: &dyn Home) {
        let store = home.open().await;
        write(&*store, &[Write::PutKek(kek("k")), Write::PutKek(kek("other"))]).await;
        let one = dek("k", "s", 1);
        let siv = Dek { algorithm: DekAlgorithm::Aes256Siv, ..one.clone() };
        let (gcm_id, siv_id, place) = (one.id(), siv.id(), subject("s"));
        let keys = [
            ("k", Key::Kek("k")),
            ("other", Key::Kek("other")),
            ("gcm", Key::Dek(&gcm_id)),
            ("siv", Key::Dek(&siv_id)),
            ("versions of s", Key::Subject(&place)),
            ("everything", Key::Everything),
        ];
        let steps = [
            (Write::PutKek(Kek { deleted: true, ..kek("other") }), ["other", "everything"]),
            (Write::RemoveKek("other"), ["other", "everything"]),
            (Write::PutDek(one.clone()), ["gcm", "everything"]),
            (Write::PutDek(siv), ["siv", "everything"]),
            (Write::RemoveDek(one), ["gcm", "everything"]),
        ];
        for (step, expected) in steps {
            let stamps = keys.each_ref().map(|(name, key)| (*name, store.changes().stamp(*key)));
            write(&*store, std::slice::from_ref(&step)).await;
            let stale = stamps.iter().filter(|(_, stamp)| !store.changes().is_current(*stamp));
            assert_eq!(stale.map(|(name, _)| *name).collect::<Vec<_>>(), expected, "{step:?}");
        }
        store.close().await;
    }
}
