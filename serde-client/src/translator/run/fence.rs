//! Keys whose records follow one another into the dead-letter queue.
//!
//! Once a record of a key has failed, its later ones must not overtake it: they wait with it for the replay.

use std::collections::{BTreeMap, HashSet};

use super::super::hash::xxh64;

/// How many keys may be fenced. Eight bytes each and the table around them: below 32 MiB.
pub(crate) const FENCED_KEYS_MAX: usize = 1_000_000;

/// More keys are in the dead-letter queue than can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FenceFull;

/// The fenced keys by partition. A key is kept as its hash: where two keys had the same one, both would be fenced.
#[derive(Clone, Debug)]
pub(crate) struct Fence {
    keys: BTreeMap<i32, HashSet<u64>>,
    limit: usize,
}

impl Default for Fence {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), limit: FENCED_KEYS_MAX }
    }
}

impl Fence {
    /// Fences a key. Records without a key have no order to keep.
    pub(crate) fn close(&mut self, partition: i32, key: Option<&[u8]>) -> Result<(), FenceFull> {
        let Some(key) = key else {
            return Ok(());
        };
        let fenced: usize = self.keys.values().map(HashSet::len).sum();
        let keys = self.keys.entry(partition).or_default();
        if keys.insert(xxh64(key, 0)) && fenced >= self.limit {
            return Err(FenceFull);
        }
        Ok(())
    }

    /// Lets a key pass again: its records were replayed.
    pub(crate) fn open(&mut self, partition: i32, key: Option<&[u8]>) {
        if let (Some(keys), Some(key)) = (self.keys.get_mut(&partition), key) {
            keys.remove(&xxh64(key, 0));
        }
    }

    /// Whether a key has a record in the dead-letter queue.
    pub(crate) fn holds(&self, partition: i32, key: Option<&[u8]>) -> bool {
        let (Some(keys), Some(key)) = (self.keys.get(&partition), key) else {
            return false;
        };
        !keys.is_empty() && keys.contains(&xxh64(key, 0))
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.keys.remove(&partition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_fenced_on_its_partition_until_it_is_opened() {
        let mut fence = Fence::default();
        assert_eq!(fence.close(1, Some(b"k")), Ok(()));
        assert!(fence.holds(1, Some(b"k")) && !fence.holds(2, Some(b"k")) && !fence.holds(1, Some(b"other")));
        fence.open(1, Some(b"k"));
        assert!(!fence.holds(1, Some(b"k")));
        assert_eq!(fence.close(1, Some(b"k")), Ok(()));
        fence.forget(1);
        assert!(!fence.holds(1, Some(b"k")));
    }

    #[test]
    fn no_key_is_never_fenced() {
        let mut fence = Fence::default();
        assert_eq!(fence.close(1, None), Ok(()));
        assert!(!fence.holds(1, None));
    }

    #[test]
    fn it_says_when_it_is_full() {
        let mut fence = Fence { limit: 2, ..Fence::default() };
        assert_eq!(fence.close(0, Some(b"a")), Ok(()));
        assert_eq!(fence.close(1, Some(b"b")), Ok(()));
        assert_eq!(fence.close(1, Some(b"b")), Ok(()), "it is there already");
        assert_eq!(fence.close(1, Some(b"c")), Err(FenceFull));
    }
}
