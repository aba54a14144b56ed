//! What all writers know together: which id stands for which text, for ever.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by the writers.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Entries>);

/// The entries, while no other writer looks.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    texts: HashMap<i64, String>,
    retired: HashSet<i64>,
    /// Per shared subject: version → id and text, as confirmed.
    pub(crate) shared: HashMap<String, BTreeMap<i64, (i64, String)>>,
    /// Texts on their way to a shared subject when the server died.
    pub(crate) in_flight: HashSet<String>,
}

impl Ledger {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// Notes that the server gave an id to a text.
    #[track_caller]
    pub(crate) fn given(&mut self, id: i64, text: &str) {
        assert!(
            !self.retired.contains(&id),
            "id {id} is given again after its schema was deleted for good: {text}"
        );
        let known = self.texts.entry(id).or_insert_with(|| text.to_owned());
        assert_eq!(known, text, "id {id} stands for two schemas");
    }

    /// Notes that the last version with an id is deleted for good.
    pub(crate) fn retire(&mut self, id: i64) {
        self.retired.insert(id);
    }

    /// Notes a confirmed version of a shared subject.
    #[track_caller]
    pub(crate) fn shared_version(&mut self, subject: &str, version: i64, id: i64, text: &str) {
        self.given(id, text);
        let versions = self.shared.entry(subject.to_owned()).or_default();
        let other = versions.insert(version, (id, text.to_owned()));
        assert_eq!(other, None, "version {version} of {subject} is confirmed twice");
    }
}
