//! What has changed since when: lets a cache prove that what it holds is still true.
//!
//! Everything that can be read has a key. A reader takes the key's [`Stamp`] *before* it reads; the writer moves the
//! stamps of all it touched *after* its commit and *before* it answers. So what was read under a current stamp is at
//! least as new as every write that was answered before the stamp was checked.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::FixedState;
use schema::model::ids::{Guid, SchemaId};
use schema::model::subject::{Context, Subject};

/// Number of stamps. Keys share them by hash; a collision only costs a needless reload.
const STRIPES: usize = 1 << 15;

/// A thing that can be read and changed.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The versions of a subject.
    Subject(&'a Subject),
    /// The content behind an id, and who holds it.
    Id(&'a Context, SchemaId),
    /// The ids that have a content.
    Guid(Guid),
    /// The config stored at a place.
    Config(&'a Subject),
    /// The mode stored at a place.
    Mode(&'a Subject),
    /// Anything at all.
    Everything,
}

/// A point in the history of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    stripe: u32,
    seen: u64,
}

/// The stamps in force.
pub struct Changes {
    stripes: Box<[AtomicU64]>,
    everything: AtomicU64,
}

const EVERYTHING: u32 = u32::MAX;

impl Default for Changes {
    fn default() -> Self {
        let stripes = std::iter::repeat_with(AtomicU64::default).take(STRIPES).collect();
        Self { stripes, everything: AtomicU64::default() }
    }
}

impl Changes {
    /// The stamp of a key now. To be taken before the read that it vouches for.
    #[must_use]
    pub fn stamp(&self, key: Key<'_>) -> Stamp {
        let stripe = stripe(key);
        Stamp { stripe, seen: self.counter(stripe).load(Ordering::Acquire) }
    }

    /// Whether nothing under the stamp's key has changed since.
    #[must_use]
    pub fn is_current(&self, stamp: Stamp) -> bool {
        self.counter(stamp.stripe).load(Ordering::Acquire) == stamp.seen
    }

    /// Notes that a committed write touched these keys.
    pub(super) fn advance<'a>(&self, keys: impl IntoIterator<Item = Key<'a>>) {
        for key in keys {
            self.counter(stripe(key)).fetch_add(1, Ordering::AcqRel);
        }
        self.everything.fetch_add(1, Ordering::AcqRel);
    }

    fn counter(&self, stripe: u32) -> &AtomicU64 {
        let counter = usize::try_from(stripe).ok().and_then(|at| self.stripes.get(at));
        counter.unwrap_or(&self.everything)
    }
}

fn stripe(key: Key<'_>) -> u32 {
    let hasher = FixedState::default();
    let hash = match key {
        Key::Everything => return EVERYTHING,
        Key::Subject(subject) => hasher.hash_one((0_u8, subject)),
        Key::Id(context, id) => hasher.hash_one((1_u8, context, id)),
        Key::Guid(guid) => hasher.hash_one((2_u8, guid)),
        Key::Config(place) => hasher.hash_one((3_u8, place)),
        Key::Mode(place) => hasher.hash_one((4_u8, place)),
    };
    let stripes = u64::try_from(STRIPES).unwrap_or(u64::MAX);
    u32::try_from(hash % stripes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_makes_related_stamps_stale_and_leaves_others() {
        let changes = Changes::default();
        let (a, b) = (Subject::parse("a"), Subject::parse("b"));
        let stamps =
            [Key::Subject(&a), Key::Subject(&b), Key::Config(&a), Key::Everything].map(|k| changes.stamp(k));
        changes.advance([Key::Subject(&a)]);
        assert_eq!(stamps.map(|stamp| changes.is_current(stamp)), [false, true, true, false]);
        assert!(changes.is_current(changes.stamp(Key::Subject(&a))));
    }
}
