//! Records that were read and must wait, and the partitions that wait with them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::super::cluster::OwnedRecord;

/// What a partition waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A schema that the pinned version cannot read: for a new mapping.
    Drift(String),
    /// The registry.
    Registry(String),
    /// A partition of the same number in the target.
    Target(String),
}

impl Hold {
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Drift(reason) | Self::Registry(reason) | Self::Target(reason) => reason,
        }
    }

    /// As metrics spell the reasons.
    pub(crate) const WORDS: [&'static str; 3] = ["schema_drift", "registry", "target_partitions"];

    /// One of [`Self::WORDS`].
    pub(crate) fn word(&self) -> &'static str {
        let [drift, registry, target] = Self::WORDS;
        match self {
            Self::Drift(_) => drift,
            Self::Registry(_) => registry,
            Self::Target(_) => target,
        }
    }
}

/// See the module. Records of a partition leave it in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    records: BTreeMap<i32, VecDeque<OwnedRecord>>,
    holds: BTreeMap<i32, (Hold, Instant)>,
}

impl Inbox {
    /// Whether a record of the partition has to wait behind others.
    pub(crate) fn is_before(&self, partition: i32) -> bool {
        self.holds.contains_key(&partition) || self.records.contains_key(&partition)
    }

    /// Keeps a record behind those that are there.
    pub(crate) fn push(&mut self, record: OwnedRecord) {
        self.records.entry(record.partition).or_default().push_back(record);
    }

    /// Puts a record back in front.
    pub(crate) fn put_back(&mut self, record: OwnedRecord) {
        self.records.entry(record.partition).or_default().push_front(record);
    }

    /// The next record of a partition that is not held.
    pub(crate) fn pop(&mut self) -> Option<OwnedRecord> {
        let free = self.records.keys().copied().find(|partition| !self.holds.contains_key(partition))?;
        let records = self.records.get_mut(&free)?;
        let record = records.pop_front();
        if records.is_empty() {
            self.records.remove(&free);
        }
        record
    }

    /// Lets a partition wait.
    pub(crate) fn hold(&mut self, partition: i32, hold: Hold, wait: Duration) {
        self.holds.insert(partition, (hold, Instant::now() + wait));
    }

    /// Partitions whose time to wait is over; they are held no longer.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<(i32, Hold)> {
        let due: Vec<i32> = self
            .holds
            .iter()
            .filter(|(_, (_, until))| *until <= now)
            .map(|(partition, _)| *partition)
            .collect();
        due.into_iter().filter_map(|partition| Some((partition, self.holds.remove(&partition)?.0))).collect()
    }

    /// What a partition waits for.
    pub(crate) fn held(&self, partition: i32) -> Option<&Hold> {
        self.holds.get(&partition).map(|(hold, _)| hold)
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.holds.is_empty()
    }

    /// Bytes of the records.
    pub(crate) fn bytes(&self) -> usize {
        self.records.values().flatten().map(OwnedRecord::bytes).sum()
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.records.remove(&partition);
        self.holds.remove(&partition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(partition: i32, offset: i64) -> OwnedRecord {
        OwnedRecord {
            key: None,
            value: None,
            headers: None,
            timestamp: None,
            is_append_time: false,
            partition,
            offset,
        }
    }

    fn drift() -> Hold {
        Hold::Drift("new field".to_owned())
    }

    #[test]
    fn a_held_partition_waits_and_keeps_its_order() {
        let mut inbox = Inbox::default();
        inbox.hold(0, drift(), Duration::ZERO);
        assert!(inbox.is_before(0) && !inbox.is_before(1));
        inbox.push(record(0, 1));
        inbox.push(record(0, 2));
        inbox.push(record(1, 7));
        assert_eq!(inbox.pop(), Some(record(1, 7)));
        assert_eq!(inbox.pop(), None);
        let later = Instant::now() + Duration::from_secs(1);
        assert_eq!(inbox.due(later), [(0, drift())]);
        let first = inbox.pop().unwrap();
        inbox.put_back(first);
        assert_eq!((inbox.pop(), inbox.pop(), inbox.pop()), (Some(record(0, 1)), Some(record(0, 2)), None));
        assert!(inbox.is_empty());
    }

    #[test]
    fn nothing_is_due_before_its_time() {
        let mut inbox = Inbox::default();
        inbox.hold(0, drift(), Duration::from_secs(3600));
        assert!(inbox.due(Instant::now()).is_empty());
        inbox.forget(0);
        assert!(inbox.is_empty());
    }
}
