//! Whether the old topic is quiet and everything of it is translated. Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What the cluster shows of the old topic at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OldTopic {
    /// By partition: behind the last record, also of transactions that are open.
    pub(super) ends: BTreeMap<i32, i64>,
    /// By partition: where the oldest open transaction begins; the end where there is none.
    pub(super) stable: BTreeMap<i32, i64>,
    /// Records that old to new has not committed yet.
    pub(super) left: u64,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing.
    Ready,
    /// So many records are not translated yet.
    Records(u64),
    /// A producer has an open transaction.
    Transaction(i32),
    /// Nothing may arrive for a while.
    Quiet,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("nothing"),
            Self::Records(left) => write!(f, "{left} records of the old topic are not translated yet"),
            Self::Transaction(partition) => {
                write!(f, "a producer has an open transaction on partition {partition} of the old topic")
            }
            Self::Quiet => f.write_str("the old topic has to be quiet for a while"),
        }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Settling {
    settle: Duration,
    ends: Option<BTreeMap<i32, i64>>,
    quiet_since: Duration,
}

impl Settling {
    /// Nothing may arrive for `settle`.
    pub(super) fn new(settle: Duration) -> Self {
        Self { settle, ends: None, quiet_since: Duration::ZERO }
    }

    /// Takes a look, at a time since some moment before the first one.
    pub(super) fn see(&mut self, topic: &OldTopic, at: Duration) -> Wait {
        if self.ends.as_ref() != Some(&topic.ends) {
            self.ends = Some(topic.ends.clone());
            self.quiet_since = at;
        }
        let open =
            topic.ends.iter().find(|(at, end)| topic.stable.get(at).is_none_or(|stable| stable < *end));
        if let Some((partition, _)) = open {
            return Wait::Transaction(*partition);
        }
        if topic.left > 0 {
            return Wait::Records(topic.left);
        }
        if at.saturating_sub(self.quiet_since) < self.settle {
            return Wait::Quiet;
        }
        Wait::Ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(end: i64, stable: i64, left: u64) -> OldTopic {
        OldTopic { ends: [(0, 3), (1, end)].into(), stable: [(0, 3), (1, stable)].into(), left }
    }

    #[test]
    fn whatever_arrives_begins_the_quiet_time_anew() {
        let mut settling = Settling::new(Duration::from_secs(10));
        let mut see = |topic: OldTopic, at| settling.see(&topic, Duration::from_secs(at));
        assert_eq!(see(topic(7, 7, 2), 1), Wait::Records(2));
        assert_eq!(see(topic(7, 7, 0), 10), Wait::Quiet);
        assert_eq!(see(topic(8, 8, 1), 11), Wait::Records(1));
        assert_eq!(see(topic(8, 8, 0), 20), Wait::Quiet);
        assert_eq!(see(topic(8, 8, 0), 21), Wait::Ready);
    }

    #[test]
    fn what_is_in_an_open_transaction_may_still_come() {
        let mut settling = Settling::new(Duration::ZERO);
        assert_eq!(settling.see(&topic(9, 7, 0), Duration::ZERO), Wait::Transaction(1));
        assert_eq!(settling.see(&topic(9, 9, 0), Duration::ZERO), Wait::Ready);
    }
}
