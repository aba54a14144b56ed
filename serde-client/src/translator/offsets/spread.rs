//! Where a group goes on when records have chosen their own partitions: a partition of one topic is in many of the other
//! one, so a position is the least that leaves nothing out, and what lies behind it may have been read. Pure.

use std::collections::BTreeMap;

use super::super::provenance::Origin;
use super::position::Position;

/// A group that leaves the target of a direction for its source.
#[derive(Clone, Debug, Default)]
pub struct ToSources {
    /// By partition of the source: the least origin that is unread.
    first_unread: BTreeMap<i32, i64>,
    /// By partition of the source: origins that were read, as far as they were seen.
    read: BTreeMap<i32, Vec<i64>>,
    native: u64,
}

impl ToSources {
    /// A record of the target; `is_read` when the group has committed behind it.
    pub fn see(&mut self, is_read: bool, origin: Option<&Origin>) {
        match (is_read, origin) {
            (true, None) => {}
            (false, None) => self.native += 1,
            (true, Some(origin)) => self.read.entry(origin.partition).or_default().push(origin.offset),
            (false, Some(origin)) => {
                let first = self.first_unread.entry(origin.partition).or_insert(origin.offset);
                *first = origin.offset.min(*first);
            }
        }
    }

    /// The position in a partition of the source, and how many records the group will read again from there. `start` is
    /// what the translator has committed there.
    #[must_use]
    pub fn position(&self, partition: i32, start: i64) -> (Position, u64) {
        if self.native > 0 {
            return (Position::DrainFirst(self.native), 0);
        }
        let read = self.read.get(&partition).map_or(&[][..], Vec::as_slice);
        let Some(first) = self.first_unread.get(&partition) else {
            return (Position::At(read.iter().max().map_or(start, |last| last + 1)), 0);
        };
        // After a crash at least once, an origin that is unread may have been read before.
        let mut again: Vec<i64> = read.iter().copied().filter(|origin| origin >= first).collect();
        again.sort_unstable();
        again.dedup();
        (Position::At(*first), u64::try_from(again.len()).unwrap_or(u64::MAX))
    }
}

/// A group that leaves the source of a direction for a partition of its target.
#[derive(Clone, Debug)]
pub struct FromSources {
    /// By partition of the source: what the group has committed there.
    committed: BTreeMap<i32, i64>,
    first_unread: Option<i64>,
    /// Offsets in the target of records that the group has read.
    read: Vec<i64>,
}

impl FromSources {
    /// The group has committed these offsets in the source.
    #[must_use]
    pub fn new(committed: BTreeMap<i32, i64>) -> Self {
        Self { committed, first_unread: None, read: Vec::new() }
    }

    /// A record of the target that the translator wrote.
    pub fn see(&mut self, offset: i64, origin: &Origin) {
        if self.committed.get(&origin.partition).is_some_and(|committed| origin.offset < *committed) {
            self.read.push(offset);
        } else {
            let first = self.first_unread.get_or_insert(offset);
            *first = offset.min(*first);
        }
    }

    /// The position in the target, and how many records the group will read again from there. `behind` is how many offsets
    /// the translator is behind the group in all partitions, `end` the end of the target's partition.
    #[must_use]
    pub fn position(&self, behind: u64, end: i64) -> (Position, u64) {
        if behind > 0 {
            return (Position::TranslateFirst(behind), 0);
        }
        let Some(first) = self.first_unread else {
            return (Position::At(end), 0);
        };
        let again = self.read.iter().filter(|offset| **offset >= first).count();
        (Position::At(first), u64::try_from(again).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::migration::Direction;
    use crate::translator::provenance::MigrationId;

    fn from(partition: i32, offset: i64) -> Origin {
        let direction = Direction::NewToOld;
        Origin { migration: MigrationId(1), direction, partition, offset, payload: 0 }
    }

    #[test]
    fn the_least_unread_origin_is_the_position_and_what_was_read_behind_it_comes_again() {
        let mut group = ToSources::default();
        // One partition of the target is read far, the other one is not.
        for (is_read, partition, offset) in [
            (true, 0, 4),
            (true, 0, 9),
            (true, 1, 2),
            (false, 0, 11),
            (true, 0, 3),
            (false, 0, 6),
            (false, 0, 8),
        ] {
            group.see(is_read, Some(&from(partition, offset)));
        }
        assert_eq!(group.position(0, 20), (Position::At(6), 1), "9 was read");
        assert_eq!(group.position(1, 20), (Position::At(3), 0), "all was read");
        assert_eq!(group.position(2, 20), (Position::At(20), 0), "nothing was ever seen of it");
        group.see(true, None);
        assert_eq!(group.position(0, 20).0, Position::At(6));
        group.see(false, None);
        assert_eq!(group.position(0, 20).0, Position::DrainFirst(1));
    }

    #[test]
    fn a_record_that_is_unread_in_a_repetition_counts_once() {
        let mut group = ToSources::default();
        for (is_read, offset) in [(true, 5), (true, 6), (false, 5), (false, 6), (false, 7)] {
            group.see(is_read, Some(&from(0, offset)));
        }
        assert_eq!(group.position(0, 9), (Position::At(5), 2), "never too late, at the price of repetitions");
    }

    #[test]
    fn the_first_unread_record_of_any_partition_is_the_position_in_the_target() {
        let group = || FromSources::new(BTreeMap::from([(0, 100), (1, 50)]));
        let mut some = group();
        for (offset, partition, origin) in [(9, 1, 49), (10, 0, 99), (11, 1, 50), (12, 0, 98), (13, 0, 100)] {
            some.see(offset, &from(partition, origin));
        }
        assert_eq!(some.position(0, 14), (Position::At(11), 1), "the one at 12 was read");
        assert_eq!(some.position(3, 14).0, Position::TranslateFirst(3));
        assert_eq!(group().position(0, 14), (Position::At(14), 0));
        let mut added = group();
        added.see(4, &from(7, 0));
        assert_eq!(added.position(0, 14), (Position::At(4), 0), "the group knows nothing of a new partition");
    }
}
