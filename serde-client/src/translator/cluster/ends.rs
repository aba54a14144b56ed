//! When a run that is to stop at the end has reached it.

use std::collections::BTreeMap;

/// The ends of the partitions as they were when they were assigned.
///
/// The last offsets of a partition may belong to markers of transactions, which no reader gets: then no record has the
/// offset before the end, and only the broker's word that there is nothing left says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends {
    partitions: BTreeMap<i32, End>,
}

#[derive(Clone, Copy, Debug)]
struct End {
    end: i64,
    reached: bool,
}

impl Ends {
    /// A partition was assigned: reading starts at `position` and its end is now `end`.
    pub(crate) fn add(&mut self, partition: i32, position: i64, end: i64) {
        self.partitions.insert(partition, End { end, reached: position >= end });
    }

    /// Somebody else reads the partition now.
    pub(crate) fn remove(&mut self, partition: i32) {
        self.partitions.remove(&partition);
    }

    /// A record was read.
    pub(crate) fn read(&mut self, partition: i32, offset: i64) {
        if let Some(end) = self.partitions.get_mut(&partition) {
            end.reached |= offset + 1 >= end.end;
        }
    }

    /// The broker says that nothing is left behind what was read.
    pub(crate) fn exhausted(&mut self, partition: i32) {
        if let Some(end) = self.partitions.get_mut(&partition) {
            end.reached = true;
        }
    }

    /// Whether all partitions have been read up to their ends.
    pub(crate) fn are_reached(&self) -> bool {
        self.partitions.values().all(|end| end.reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_record_or_the_brokers_word_is_the_end() {
        let mut ends = Ends::default();
        ends.add(0, 0, 3);
        ends.add(1, 0, 3);
        ends.add(2, 7, 7);
        ends.read(0, 1);
        ends.exhausted(1);
        assert!(!ends.are_reached());
        ends.read(0, 2);
        assert!(ends.are_reached());
    }

    #[test]
    fn partitions_come_and_go() {
        let mut ends = Ends::default();
        assert!(ends.are_reached(), "an instance without partitions has nothing to do");
        ends.add(0, 0, 3);
        assert!(!ends.are_reached());
        ends.remove(0);
        assert!(ends.are_reached());
    }
}
