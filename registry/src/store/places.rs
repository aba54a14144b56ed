//! The places that have a setting of their own. Most subjects have none, and need not be asked for.
//!
//! A place is noted before its setting is written and never forgotten while the store is open: one that is not noted
//! surely has none; one that is may have. This holds as long as nothing else writes to the store.

use std::sync::{PoisonError, RwLock};

use foldhash::{HashSet, HashSetExt};
use schema::model::subject::Subject;

/// A set of places that only grows.
pub(super) struct Places(RwLock<HashSet<Subject>>);

impl Places {
    pub(super) fn new() -> Self {
        Self(RwLock::new(HashSet::new()))
    }

    /// Notes places that have the setting, or are about to.
    pub(super) fn note(&self, places: impl IntoIterator<Item = Subject>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(places);
    }

    /// Whether a place surely has no setting of its own.
    pub(super) fn surely_lacks(&self, place: &Subject) -> bool {
        !self.0.read().unwrap_or_else(PoisonError::into_inner).contains(place)
    }
}
