//! What has changed since when: lets caches prove that what they hold is fresh.
//!
//! A reader takes the [`Stamp`] of a key *before* it reads and keeps it beside what it read. The writer advances the
//! keys it wrote *after* its commit and *before* it answers. A stamp that is still current therefore proves that no
//! answered write has touched the key since. Keys share stripes: a collision costs one needless reload.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::FixedState;
use schema::model::dek::DekId;
use schema::model::ids::{Guid, SchemaId};
use schema::model::subject::{Context, Subject};

/// Stripes that keys are spread over; a power of two.
const STRIPES: u32 = 1 << 16;
/// The stripe of [`Key::Everything`], beside the others.
const EVERYTHING: u32 = STRIPES;

/// What a reader depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// The versions of a subject, and what refers to them.
    Subject(&'a Subject),
    /// The content behind an id, and what holds it.
    Id(&'a Context, SchemaId),
    /// The ids of a content hash, in every context.
    Guid(Guid),
    /// The config stored at a place.
    Config(&'a Subject),
    /// The mode stored at a place.
    Mode(&'a Subject),
    /// A key encryption key, but not what it wraps.
    Kek(&'a str),
    /// The versions of a data encryption key.
    Dek(&'a DekId),
    /// Any write at all.
    Everything,
}

/// The state of a key at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    stripe: u32,
    seen: u64,
}

/// Counts the writes to every key.
#[derive(Debug)]
pub struct Changes {
    counters: Box<[AtomicU64]>,
    sequence: AtomicU64,
    hasher: FixedState,
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

impl Changes {
    /// Starts with nothing written.
    #[must_use]
    pub fn new() -> Self {
        let counters = (0..=STRIPES).map(|_| AtomicU64::new(0)).collect();
        Self { counters, sequence: AtomicU64::new(0), hasher: FixedState::default() }
    }

    /// The state of `key` now. Take it before reading.
    #[must_use]
    pub fn stamp(&self, key: Key<'_>) -> Stamp {
        let stripe = self.stripe(key);
        Stamp { stripe, seen: self.seen(stripe) }
    }

    /// Whether nothing was written to the stamp's key since it was taken.
    #[must_use]
    pub fn is_current(&self, stamp: Stamp) -> bool {
        self.seen(stamp.stripe) == stamp.seen
    }

    /// Makes the stamps of `key` stale. For the writer, between its commit and its answer.
    pub fn advance(&self, key: Key<'_>) {
        self.advance_stripe(self.stripe(key));
    }

    /// The number of the last change-log row that was committed.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Where a key is counted: what a writer collects until its commit.
    pub(super) fn stripe(&self, key: Key<'_>) -> u32 {
        if key == Key::Everything {
            return EVERYTHING;
        }
        let [a, b, c, d, ..] = self.hasher.hash_one(key).to_le_bytes();
        u32::from_le_bytes([a, b, c, d]) % STRIPES
    }

    pub(super) fn advance_stripe(&self, stripe: u32) {
        if let Some(counter) = self.counter(stripe) {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(super) fn set_sequence(&self, sequence: u64) {
        self.sequence.store(sequence, Ordering::Release);
    }

    fn seen(&self, stripe: u32) -> u64 {
        self.counter(stripe).map_or(0, |counter| counter.load(Ordering::Acquire))
    }

    fn counter(&self, stripe: u32) -> Option<&AtomicU64> {
        self.counters.get(usize::try_from(stripe).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use schema::model::dek::DekAlgorithm;

    use super::*;

    #[test]
    fn a_stamp_goes_stale_when_its_key_advances_and_only_then() {
        let changes = Changes::new();
        let (orders, clicks) = (Subject::parse("orders"), Subject::parse("clicks"));
        let dek =
            DekId { kek: "orders".to_owned(), subject: orders.clone(), algorithm: DekAlgorithm::Aes256Gcm };
        let keys = [
            Key::Subject(&orders),
            Key::Subject(&clicks),
            Key::Config(&orders),
            Key::Mode(&orders),
            Key::Id(orders.context(), 1),
            Key::Id(orders.context(), 2),
            Key::Guid(Guid([1; 16])),
            Key::Kek("orders"),
            Key::Dek(&dek),
            Key::Everything,
        ];
        for advanced in keys {
            let stamps = keys.map(|key| changes.stamp(key));
            changes.advance(advanced);
            for (key, stamp) in keys.iter().zip(stamps) {
                assert_eq!(changes.is_current(stamp), *key != advanced, "{key:?} after {advanced:?}");
            }
        }
    }

    #[test]
    fn keys_spread_over_the_stripes() {
        let changes = Changes::new();
        let context = Context::default_context();
        let mut stripes: Vec<u32> = (0..1000).map(|id| changes.stripe(Key::Id(&context, id))).collect();
        stripes.sort_unstable();
        stripes.dedup();
        assert!(stripes.len() > 950, "{} stripes for 1000 keys", stripes.len());
        assert!(stripes.iter().all(|stripe| *stripe < STRIPES));
    }
}
