//! Compares the latest records of keys, for topics that keep only those. Pure.

use std::collections::HashMap;

use super::super::hash::{payload_hash, xxh64};
use super::comparison::{Expected, Written};
use super::report::{Counts, DIFFERENCES_MAX, Difference, DifferenceKind};

/// What a key must be in the target.
#[derive(Clone, Copy, Debug)]
struct Latest {
    origin: i64,
    /// `None`: it may be anything, because its latest record is in the dead-letter queue or was left out.
    payload: Option<u64>,
    tombstone: bool,
}

/// See the module. Keys and values are kept as hashes.
#[derive(Clone, Debug)]
pub(crate) struct LatestByKey {
    partition: i32,
    expected: HashMap<u64, Latest>,
    found: HashMap<u64, (i64, u64, bool)>,
    pub(crate) counts: Counts,
    pub(crate) differences: Vec<Difference>,
}

impl LatestByKey {
    pub(crate) fn new(partition: i32) -> Self {
        let (expected, found, counts, differences) = Default::default();
        Self { partition, expected, found, counts, differences }
    }

    /// A record of the source, in their order. `key` is the source's.
    pub(crate) fn expect(&mut self, origin: i64, key: &[u8], expected: &Expected) {
        match expected {
            Expected::Written(Written { key: Some(target), value, .. }) => {
                let payload = payload_hash(Some(target), value.as_deref());
                let latest = Latest { origin, payload: Some(payload), tombstone: value.is_none() };
                self.expected.insert(xxh64(target, 0), latest);
            }
            // A key that the mapping cannot make has no place of its own; nothing can be compared with it.
            _ => {
                let latest = Latest { origin, payload: None, tombstone: false };
                self.expected
                    .entry(xxh64(key, 0))
                    .and_modify(|latest| latest.payload = None)
                    .or_insert(latest);
            }
        }
    }

    /// A record of the target that the translator wrote, in their order.
    pub(crate) fn find(&mut self, target: i64, found: &Written) {
        if let Some(key) = &found.key {
            let payload = payload_hash(Some(key), found.value.as_deref());
            self.found.insert(xxh64(key, 0), (target, payload, found.value.is_none()));
        }
    }

    /// Compares what was read.
    pub(crate) fn finish(&mut self) {
        for (key, latest) in std::mem::take(&mut self.expected) {
            self.counts.source += 1;
            let found = self.found.remove(&key);
            match (latest.payload, found) {
                (None, _) => self.counts.dead_lettered += 1,
                (Some(payload), Some((_, found, _))) if payload == found => self.counts.translated += 1,
                // Compaction removes tombstones in the end.
                (Some(_), None) if latest.tombstone => self.counts.translated += 1,
                (Some(_), Some((target, ..))) => {
                    self.counts.wrong += 1;
                    let detail = "the latest record of its key is another one";
                    self.differ(DifferenceKind::Wrong, latest.origin, Some(target), detail);
                }
                (Some(_), None) => {
                    self.counts.lost += 1;
                    self.differ(DifferenceKind::Lost, latest.origin, None, "its key is not in the target");
                }
            }
        }
        for (target, _, tombstone) in std::mem::take(&mut self.found).into_values() {
            // The source may have removed a tombstone that the target still has.
            if !tombstone {
                self.counts.orphans += 1;
                self.differ(DifferenceKind::Orphan, -1, Some(target), "the source has no such key");
            }
        }
    }

    fn differ(&mut self, kind: DifferenceKind, origin: i64, target: Option<i64>, detail: &str) {
        if self.differences.len() < DIFFERENCES_MAX {
            let detail = detail.to_owned();
            self.differences.push(Difference { kind, partition: self.partition, origin, target, detail });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(key: &str, value: Option<&str>) -> Written {
        let bytes = |text: &str| text.as_bytes().to_vec();
        Written { key: Some(bytes(key)), value: value.map(bytes), ..Written::default() }
    }

    fn expected(key: &str, value: Option<&str>) -> Expected {
        Expected::Written(written(key, value))
    }

    #[test]
    fn only_the_latest_of_a_key_counts() {
        let mut latest = LatestByKey::new(0);
        latest.expect(0, b"k", &expected("K", Some("old")));
        latest.expect(1, b"k", &expected("K", Some("new")));
        latest.expect(2, b"gone", &expected("GONE", None));
        latest.expect(3, b"bad", &Expected::DeadLettered);
        latest.find(9, &written("K", Some("new")));
        latest.finish();
        let sound = Counts { source: 3, translated: 2, dead_lettered: 1, ..Counts::default() };
        assert_eq!((latest.counts, latest.differences), (sound, vec![]));
    }

    #[test]
    fn what_is_stale_lost_or_unknown_is_told() {
        let mut latest = LatestByKey::new(0);
        latest.expect(1, b"k", &expected("K", Some("new")));
        latest.expect(2, b"l", &expected("L", Some("new")));
        latest.find(8, &written("K", Some("old")));
        latest.find(9, &written("M", Some("x")));
        latest.find(10, &written("N", None));
        latest.finish();
        assert_eq!((latest.counts.wrong, latest.counts.lost, latest.counts.orphans), (1, 1, 1));
    }
}
