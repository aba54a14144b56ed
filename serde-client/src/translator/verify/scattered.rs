//! Compares a partition of the source with a target whose records chose their own partitions. Pure.
//!
//! Which records of the target come from which partition is known only when all of it was read. Of each one its places and
//! hashes are kept, 48 bytes.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::hash::{payload_hash, xxh64};
use super::comparison::Written;

/// A record of the target that the direction wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its offset in the source.
    pub(crate) origin: i64,
    /// Its partition in the target.
    pub(crate) partition: i32,
    /// Its offset there.
    pub(crate) offset: i64,
    digest: u64,
    timestamp: Option<i64>,
    /// Behind a later record of the same origin partition, in its own partition.
    is_late: bool,
}

impl Found {
    pub(crate) fn new(origin: i64, partition: i32, offset: i64, written: &Written) -> Self {
        let (digest, timestamp) = (digest(written), written.timestamp);
        Self { origin, partition, offset, digest, timestamp, is_late: false }
    }

    /// Whether it is, by its hash, what it must be.
    pub(crate) fn is(&self, expected: &Written) -> bool {
        let times = expected.timestamp.zip(self.timestamp);
        self.digest == digest(expected) && times.is_none_or(|(one, other)| one == other)
    }
}

fn digest(written: &Written) -> u64 {
    let payload = payload_hash(written.key.as_deref(), written.value.as_deref());
    written.headers.iter().fold(payload, |hash, (name, value)| {
        payload_hash(Some(name.as_bytes()), value.as_deref()).rotate_left(1) ^ xxh64(&hash.to_be_bytes(), 0)
    })
}

/// All records of the target, by the partition that they come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scattered {
    records: BTreeMap<i32, Vec<Found>>,
    /// By the partitions of source and target: the greatest origin.
    last: HashMap<(i32, i32), i64>,
}

impl Scattered {
    /// The next record of its partition of the target.
    pub(crate) fn see(&mut self, source: i32, found: Found) {
        let last = self.last.entry((source, found.partition)).or_insert(found.origin - 1);
        let is_late = found.origin <= *last;
        *last = found.origin.max(*last);
        self.records.entry(source).or_default().push(Found { is_late, ..found });
    }

    /// The records of a partition of the source.
    pub(crate) fn of(&mut self, source: i32) -> Origins {
        let mut records = self.records.remove(&source).unwrap_or_default();
        // Stable: what was read first stays in front of its repetitions.
        records.sort_by_key(|found| (found.origin, found.is_late));
        Origins { records, next: 0 }
    }
}

/// The records of one partition of the source, to be taken in its order.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    records: Vec<Found>,
    next: usize,
}

/// What the target has of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Takes {
    /// Where it stands, and not behind later records.
    pub(crate) found: Option<Found>,
    /// Whatever else there is of it.
    pub(crate) again: Vec<Found>,
}

impl Origins {
    /// The least origin.
    pub(crate) fn first(&self) -> Option<i64> {
        self.records.first().map(|found| found.origin)
    }

    /// The next one, if it stands before an origin.
    pub(crate) fn before(&mut self, origin: i64) -> Option<Found> {
        let found = *self.records.get(self.next).filter(|found| found.origin < origin)?;
        self.next += 1;
        Some(found)
    }

    /// Everything of an origin, which `belongs` in a partition where that is known.
    pub(crate) fn take(&mut self, origin: i64, belongs: Option<i32>) -> Takes {
        let rest = self.records.get(self.next..).unwrap_or_default();
        let count = rest.iter().take_while(|found| found.origin == origin).count();
        let mut again: Vec<Found> = rest.iter().take(count).copied().collect();
        self.next += count;
        let placed =
            |found: &Found| !found.is_late && belongs.is_none_or(|belongs| found.partition == belongs);
        let position =
            again.iter().position(placed).or_else(|| again.iter().position(|found| !found.is_late));
        let found = position.map(|position| again.remove(position));
        Takes { found, again }
    }
}

/// Keys that were seen in several partitions of the source: nothing says in which order their records belong.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedKeys {
    seen: HashMap<u64, i32>,
    shared: HashSet<u64>,
}

impl SharedKeys {
    pub(crate) fn see(&mut self, source: i32, key: &[u8]) {
        let key = xxh64(key, 0);
        if *self.seen.entry(key).or_insert(source) != source {
            self.shared.insert(key);
        }
    }

    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.shared.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> Written {
        Written { value: Some(value.as_bytes().to_vec()), ..Written::default() }
    }

    fn found(origin: i64, partition: i32, offset: i64) -> Found {
        Found::new(origin, partition, offset, &written("v"))
    }

    fn scattered(records: &[(i64, i32, i64)]) -> Origins {
        let mut all = Scattered::default();
        for (origin, partition, offset) in records {
            all.see(0, found(*origin, *partition, *offset));
        }
        all.see(1, found(0, 0, 99));
        all.of(0)
    }

    fn places(takes: &Takes) -> (Option<i64>, Vec<i64>) {
        (takes.found.map(|found| found.offset), takes.again.iter().map(|found| found.offset).collect())
    }

    #[test]
    fn records_are_found_in_the_order_of_their_origins() {
        let mut all = scattered(&[(1, 4, 70), (4, 4, 71), (0, 3, 50), (2, 3, 51)]);
        assert_eq!(all.first(), Some(0));
        for (origin, offset) in [(0, 50), (1, 70), (2, 51)] {
            assert_eq!(places(&all.take(origin, None)), (Some(offset), vec![]));
        }
        assert_eq!(places(&all.take(3, None)), (None, vec![]));
        assert_eq!(all.before(9).map(|found| found.offset), Some(71));
        assert_eq!(all.before(9), None);
    }

    #[test]
    fn what_stands_behind_a_later_record_is_not_in_its_place() {
        let mut all = scattered(&[(5, 4, 70), (6, 4, 71), (5, 4, 72), (7, 3, 50), (3, 3, 51)]);
        assert_eq!(places(&all.take(3, None)), (None, vec![51]), "reordered");
        assert_eq!(places(&all.take(5, None)), (Some(70), vec![72]), "doubled");
    }

    #[test]
    fn the_one_that_stands_where_it_belongs_counts() {
        let records = [(5, 3, 50), (5, 4, 70)];
        assert_eq!(places(&scattered(&records).take(5, Some(4))), (Some(70), vec![50]));
        assert_eq!(places(&scattered(&records).take(5, Some(9))), (Some(50), vec![70]));
    }

    #[test]
    fn headers_and_times_count_as_well() {
        let header = |value: &str| Written {
            headers: vec![("a".to_owned(), Some(value.as_bytes().to_vec()))],
            timestamp: Some(1),
            ..written("v")
        };
        let found = Found::new(0, 0, 0, &header("1"));
        assert!(found.is(&header("1")) && found.is(&Written { timestamp: None, ..header("1") }));
        assert!(!found.is(&header("2")) && !found.is(&Written { timestamp: Some(2), ..header("1") }));
    }

    #[test]
    fn a_key_is_shared_once_it_was_seen_elsewhere() {
        let mut keys = SharedKeys::default();
        for (source, key) in [(0, "a"), (0, "a"), (1, "b"), (2, "b"), (1, "b")] {
            keys.see(source, key.as_bytes());
        }
        assert_eq!(keys.count(), 1);
    }
}
