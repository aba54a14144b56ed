//! Compares the latest records of keys, for topics that keep only those. Pure.

use std::collections::HashMap;

use super::super::hash::{payload_hash, xxh64};
use super::comparison::{Expected, Written};
use super::report::{Counts, DIFFERENCES_MAX, Difference, DifferenceKind};

/// What a key must be in the target.
#[derive(Clone, Copy, Debug)]
struct Latest {
    /// Of the source.
    partition: i32,
    origin: i64,
    /// `None`: it may be anything, because its latest record is in the dead-letter queue or was left out.
    payload: Option<u64>,
    tombstone: bool,
}

/// The last record of a key in the target.
#[derive(Clone, Copy, Debug)]
struct Last {
    /// Partition and offset in the source.
    origin: (i32, i64),
    partition: i32,
    offset: i64,
    payload: u64,
    tombstone: bool,
}

/// See the module. Keys and values are kept as hashes.
#[derive(Clone, Debug, Default)]
pub(crate) struct LatestByKey {
    expected: HashMap<u64, Latest>,
    /// Where a key is in several partitions of the source: those of all others. Any of them may have come last.
    others: HashMap<u64, Vec<Latest>>,
    found: HashMap<u64, Last>,
    pub(crate) counts: Counts,
    pub(crate) differences: Vec<Difference>,
}

impl LatestByKey {
    /// A record of the source by partition and offset, in their order. `key` is the source's.
    pub(crate) fn expect(&mut self, (partition, origin): (i32, i64), key: &[u8], expected: &Expected) {
        match expected {
            Expected::Written(Written { key: Some(target), value, .. }) => {
                let payload = payload_hash(Some(target), value.as_deref());
                let latest = Latest { partition, origin, payload: Some(payload), tombstone: value.is_none() };
                self.keep(xxh64(target, 0), latest);
            }
            // A key that the mapping cannot make has no place of its own; nothing can be compared with it.
            _ => {
                let latest = Latest { partition, origin, payload: None, tombstone: false };
                self.expected
                    .entry(xxh64(key, 0))
                    .and_modify(|latest| latest.payload = None)
                    .or_insert(latest);
            }
        }
    }

    fn keep(&mut self, key: u64, latest: Latest) {
        let known = self.expected.entry(key).or_insert(latest);
        if known.partition == latest.partition {
            *known = latest;
            return;
        }
        let others = self.others.entry(key).or_default();
        others.retain(|other| other.partition != latest.partition);
        others.push(latest);
    }

    /// A record of the target that the translator wrote, in the order of their partitions: partition and offset in the
    /// source, and in the target.
    pub(crate) fn find(&mut self, origin: (i32, i64), (partition, offset): (i32, i64), found: &Written) {
        let Some(key) = &found.key else { return };
        let (payload, tombstone) = (payload_hash(Some(key), found.value.as_deref()), found.value.is_none());
        let last = Last { origin, partition, offset, payload, tombstone };
        let known = self.found.entry(xxh64(key, 0)).or_insert(last);
        // In another partition it is from a time when keys were placed in another way, or will be.
        let is_older =
            known.partition != partition && known.origin.0 == origin.0 && known.origin.1 > origin.1;
        if !is_older {
            *known = last;
        }
    }

    /// Compares what was read.
    pub(crate) fn finish(&mut self) {
        for (key, latest) in std::mem::take(&mut self.expected) {
            self.counts.source += 1;
            let found = self.found.remove(&key);
            let others = self.others.remove(&key).unwrap_or_default();
            let any = |wanted: &dyn Fn(&Latest) -> bool| wanted(&latest) || others.iter().any(wanted);
            match found {
                _ if any(&|latest| latest.payload.is_none()) => self.counts.dead_lettered += 1,
                Some(found) if any(&|latest| latest.payload == Some(found.payload)) => {
                    self.counts.translated += 1;
                }
                // Compaction removes tombstones in the end.
                None if any(&|latest| latest.tombstone) => self.counts.translated += 1,
                Some(found) => {
                    self.counts.wrong += 1;
                    let detail = "the latest record of its key is another one";
                    let at = (latest.partition, latest.origin, Some(found.offset));
                    self.differ(DifferenceKind::Wrong, at, detail);
                }
                None => {
                    self.counts.lost += 1;
                    let at = (latest.partition, latest.origin, None);
                    self.differ(DifferenceKind::Lost, at, "its key is not in the target");
                }
            }
        }
        for found in std::mem::take(&mut self.found).into_values() {
            // The source may have removed a tombstone that the target still has.
            if !found.tombstone {
                self.counts.orphans += 1;
                let at = (found.partition, -1, Some(found.offset));
                self.differ(DifferenceKind::Orphan, at, "the source has no such key");
            }
        }
    }

    /// At a partition, the offset of the source and that of the target.
    fn differ(
        &mut self,
        kind: DifferenceKind,
        (partition, origin, target): (i32, i64, Option<i64>),
        detail: &str,
    ) {
        if self.differences.len() < DIFFERENCES_MAX {
            let detail = detail.to_owned();
            self.differences.push(Difference { kind, partition, origin, target, detail });
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
        let mut latest = LatestByKey::default();
        latest.expect((0, 0), b"k", &expected("K", Some("old")));
        latest.expect((0, 1), b"k", &expected("K", Some("new")));
        latest.expect((0, 2), b"gone", &expected("GONE", None));
        latest.expect((0, 3), b"bad", &Expected::DeadLettered);
        latest.find((0, 9), (0, 9), &written("K", Some("new")));
        latest.finish();
        let sound = Counts { source: 3, translated: 2, dead_lettered: 1, ..Counts::default() };
        assert_eq!((latest.counts, latest.differences), (sound, vec![]));
    }

    #[test]
    fn what_is_stale_lost_or_unknown_is_told() {
        let mut latest = LatestByKey::default();
        latest.expect((0, 1), b"k", &expected("K", Some("new")));
        latest.expect((0, 2), b"l", &expected("L", Some("new")));
        latest.find((0, 8), (0, 8), &written("K", Some("old")));
        latest.find((0, 9), (0, 9), &written("M", Some("x")));
        latest.find((0, 10), (0, 10), &written("N", None));
        latest.finish();
        assert_eq!((latest.counts.wrong, latest.counts.lost, latest.counts.orphans), (1, 1, 1));
    }

    #[test]
    fn a_key_of_several_partitions_may_end_with_any_of_them() {
        let shared = |found: &str| {
            let mut latest = LatestByKey::default();
            for (partition, origin, value) in [(0, 1, "old"), (1, 1, "one"), (0, 2, "two"), (1, 5, "three")] {
                latest.expect((partition, origin), b"k", &expected("K", Some(value)));
            }
            latest.find((0, 2), (4, 10), &written("K", Some(found)));
            // Keys were in another partition once.
            latest.find((0, 1), (3, 90), &written("K", Some("old")));
            latest.finish();
            (latest.counts.translated, latest.counts.wrong)
        };
        assert_eq!((shared("two"), shared("three"), shared("one")), ((1, 0), (1, 0), (0, 1)));
    }
}
