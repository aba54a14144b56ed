//! A cache that is bounded in bytes and counts how often it helps.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// How a cache does.
#[derive(Clone, Copy, Debug, Default)]
pub struct CacheFigures {
    /// Look-ups that found something.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
    /// Entries.
    pub entries: u64,
    /// Bytes, as far as they are counted.
    pub bytes: u64,
}

/// The cache. `W` says what an entry weighs in bytes.
pub(crate) struct CountedCache<K, V, W> {
    entries: Cache<K, V, W>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl<K: Eq + Hash, V: Clone, W: Weighter<K, V> + Clone> CountedCache<K, V, W> {
    /// Holds `bytes_max` bytes in all; the tables are laid out for entries of `entry_bytes_typical` bytes.
    pub(crate) fn new(bytes_max: u64, entry_bytes_typical: u64, weigher: W) -> Self {
        let expected = usize::try_from(bytes_max / entry_bytes_typical).unwrap_or(usize::MAX);
        let entries = Cache::with_weighter(expected, bytes_max, weigher);
        Self { entries, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// The entry, if it is there and still good.
    pub(crate) fn get(&self, key: &K, is_good: impl Fn(&V) -> bool) -> Option<V> {
        let found = self.entries.get(key).filter(is_good);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    pub(crate) fn insert(&self, key: K, value: V) {
        self.entries.insert(key, value);
    }

    pub(crate) fn figures(&self) -> CacheFigures {
        CacheFigures {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: u64::try_from(self.entries.len()).unwrap_or(u64::MAX),
            bytes: self.entries.weight(),
        }
    }
}
