//! What was read, kept with the stamp that proves it fresh.
//!
//! Nothing is dropped because time has passed: an entry serves for as long as its stamp is current, and a stale one
//! is read again. Each shelf is bounded in bytes. "There is none" is an answer like any other.

use std::sync::Arc;

use foldhash::fast::RandomState;
use quick_cache::sync::DefaultLifecycle;
use quick_cache::{Weighter, sync};

use super::changes::{Changes, Stamp};
use super::facts::{ConfigAt, ContentOf, Fact, IdOf, ModeAt, VersionsOf, Weigh};
use super::places::Places;

/// What an entry costs beside its question and its answer.
const ENTRY_BYTES: usize = 96;
/// What an entry is thought to take when the tables are laid out.
const ENTRY_BYTES_TYPICAL: u64 = 512;

/// Bytes that each kind of answer may take in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheSizes {
    /// Versions of subjects.
    pub subjects: u64,
    /// Contents of schemas, and a quarter of it for their ids.
    pub schemas: u64,
    /// Configs and modes.
    pub settings: u64,
}

impl Default for CacheSizes {
    fn default() -> Self {
        Self { subjects: 32 << 20, schemas: 64 << 20, settings: 8 << 20 }
    }
}

/// A fact that has a shelf.
pub(super) trait Kept: Fact {
    /// Its shelf.
    fn shelf(cache: &Cache) -> &Shelf<Self>;

    /// The answer, where it is known without having been read.
    fn foregone(&self, _: &Cache) -> Option<Self::Value> {
        None
    }
}

/// A shelf per kind of fact.
pub(super) struct Cache {
    changes: Arc<Changes>,
    versions: Shelf<VersionsOf>,
    contents: Shelf<ContentOf>,
    ids: Shelf<IdOf>,
    configs: Shelf<ConfigAt>,
    modes: Shelf<ModeAt>,
    /// Where configs are.
    pub(super) configured: Places,
    /// Where modes are.
    pub(super) with_mode: Places,
}

impl Cache {
    pub(super) fn new(sizes: CacheSizes, changes: Arc<Changes>) -> Self {
        Self {
            changes,
            versions: Shelf::new(sizes.subjects),
            contents: Shelf::new(sizes.schemas / 4 * 3),
            ids: Shelf::new(sizes.schemas / 4),
            configs: Shelf::new(sizes.settings / 2),
            modes: Shelf::new(sizes.settings / 2),
            configured: Places::new(),
            with_mode: Places::new(),
        }
    }

    /// The answer, if it is here and fresh.
    pub(super) fn get<F: Kept>(&self, fact: &F) -> Option<F::Value> {
        if let Some(value) = fact.foregone(self) {
            return Some(value);
        }
        let (stamp, value) = F::shelf(self).entries.get(fact)?;
        self.changes.is_current(stamp).then_some(value)
    }

    /// Keeps an answer that was read after `stamp` was taken, unless it is stale by now.
    pub(super) fn put<F: Kept>(&self, fact: F, stamp: Stamp, value: F::Value) {
        if self.changes.is_current(stamp) {
            F::shelf(self).entries.insert(fact, (stamp, value));
        }
    }

    /// The state of the fact's key now. Take it before reading.
    pub(super) fn stamp<F: Kept>(&self, fact: &F) -> Stamp {
        self.changes.stamp(fact.key())
    }
}

/// The answers to one kind of question.
pub(super) struct Shelf<F: Fact> {
    entries: sync::Cache<F, (Stamp, F::Value), ByBytes, RandomState>,
}

impl<F: Fact> Shelf<F> {
    fn new(bytes_max: u64) -> Self {
        let entries = usize::try_from(bytes_max / ENTRY_BYTES_TYPICAL).unwrap_or(usize::MAX);
        let entries = sync::Cache::with(
            entries,
            bytes_max,
            ByBytes,
            RandomState::default(),
            DefaultLifecycle::default(),
        );
        Self { entries }
    }
}

#[derive(Clone)]
struct ByBytes;

impl<F: Fact> Weighter<F, (Stamp, F::Value)> for ByBytes {
    fn weight(&self, fact: &F, (_, value): &(Stamp, F::Value)) -> u64 {
        let bytes = ENTRY_BYTES + size_of::<F>() + fact.bytes() + value.bytes();
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Kept for VersionsOf {
    fn shelf(cache: &Cache) -> &Shelf<Self> {
        &cache.versions
    }
}

impl Kept for ContentOf {
    fn shelf(cache: &Cache) -> &Shelf<Self> {
        &cache.contents
    }
}

impl Kept for IdOf {
    fn shelf(cache: &Cache) -> &Shelf<Self> {
        &cache.ids
    }
}

impl Kept for ConfigAt {
    fn shelf(cache: &Cache) -> &Shelf<Self> {
        &cache.configs
    }

    fn foregone(&self, cache: &Cache) -> Option<Self::Value> {
        cache.configured.surely_lacks(&self.0).then_some(None)
    }
}

impl Kept for ModeAt {
    fn shelf(cache: &Cache) -> &Shelf<Self> {
        &cache.modes
    }

    fn foregone(&self, cache: &Cache) -> Option<Self::Value> {
        cache.with_mode.surely_lacks(&self.0).then_some(None)
    }
}

#[cfg(test)]
mod tests {
    use schema::model::mode::Mode;
    use schema::model::subject::Subject;

    use super::*;
    use crate::store::Key;

    fn cache(bytes_max: u64) -> (Arc<Changes>, Cache) {
        let changes = Arc::new(Changes::new());
        let sizes = CacheSizes { subjects: bytes_max, schemas: bytes_max, settings: 2 * bytes_max };
        (Arc::clone(&changes), Cache::new(sizes, changes))
    }

    #[test]
    fn an_entry_serves_until_its_key_advances() {
        let (changes, cache) = cache(1 << 20);
        let place = ModeAt(Subject::parse("orders"));
        cache.with_mode.note([place.0.clone()]);
        cache.put(place.clone(), cache.stamp(&place), None);
        assert_eq!(cache.get(&place), Some(None));
        changes.advance(Key::Config(&place.0));
        assert_eq!(cache.get(&place), Some(None));
        changes.advance(Key::Mode(&place.0));
        assert_eq!(cache.get(&place), None);
    }

    #[test]
    fn a_place_that_was_never_noted_needs_no_reading() {
        let (_, cache) = cache(1 << 20);
        let place = ModeAt(Subject::parse("orders"));
        assert_eq!(cache.get(&place), Some(None));
        cache.with_mode.note([place.0.clone()]);
        assert_eq!(cache.get(&place), None);
    }

    #[test]
    fn what_was_read_before_a_write_is_not_kept_after_it() {
        let (changes, cache) = cache(1 << 20);
        let place = ModeAt(Subject::parse("orders"));
        cache.with_mode.note([place.0.clone()]);
        let stamp = cache.stamp(&place);
        changes.advance(Key::Mode(&place.0));
        cache.put(place.clone(), stamp, Some(Mode::ReadOnly));
        assert_eq!(cache.get(&place), None);
    }

    #[test]
    fn a_shelf_stays_within_its_bytes() {
        let bytes_max = 64 << 10;
        let (_, cache) = cache(bytes_max);
        for number in 0..5000 {
            let place = ModeAt(Subject::parse(&format!("subject-{number}")));
            cache.put(place.clone(), cache.stamp(&place), None);
        }
        let held = cache.modes.entries.weight();
        assert!(held > 0 && held <= bytes_max, "{held} bytes");
    }
}
