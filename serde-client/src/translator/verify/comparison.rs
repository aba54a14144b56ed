//! Compares one partition of the source with one of the target, record by record as they are read. Pure.

use std::collections::HashSet;

use super::report::{Counts, DIFFERENCES_MAX, Difference, DifferenceKind};

/// A record as it must be, or is, in the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
    /// Absent where somebody else sets it.
    pub(crate) timestamp: Option<i64>,
}

/// What must have become of a record of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Written(Written),
    DeadLettered,
    Skipped,
    Echo,
    /// It cannot be translated, and is not where such records go.
    Missing(String),
}

/// See the module. Source records are given in their order, each once, with the target record that names it, if any.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    partition: i32,
    from: i64,
    /// Offsets that have no record in the target so far.
    absent: HashSet<i64>,
    dead_lettered: HashSet<i64>,
    /// The greatest origin that was passed.
    last: Option<i64>,
    pub(crate) counts: Counts,
    pub(crate) differences: Vec<Difference>,
}

impl Comparison {
    pub(crate) fn new(partition: i32, from: i64, dead_lettered: HashSet<i64>) -> Self {
        let (absent, counts, differences) = Default::default();
        Self { partition, from, absent, dead_lettered, last: None, counts, differences }
    }

    /// Whether the dead-letter queue has a record of the source.
    pub(crate) fn is_dead_lettered(&self, origin: i64) -> bool {
        self.dead_lettered.contains(&origin)
    }

    /// Whether a record of the target may only repeat what was passed.
    pub(crate) fn is_behind(&self, origin: i64) -> bool {
        origin < self.from || self.last.is_some_and(|last| origin <= last)
    }

    /// A record of the source that no record of the target names at its place.
    pub(crate) fn unmatched(&mut self, origin: i64, expected: &Expected) {
        self.pass(origin);
        match expected {
            Expected::DeadLettered => self.counts.dead_lettered += 1,
            Expected::Skipped => self.counts.skipped += 1,
            Expected::Echo => self.counts.echoes += 1,
            Expected::Written(_) => {
                self.absent.insert(origin);
                self.counts.lost += 1;
                self.differ(DifferenceKind::Lost, origin, None, "it is not in the target".to_owned());
            }
            Expected::Missing(reason) => {
                self.counts.lost += 1;
                let detail = format!("it cannot be translated and is not in the dead-letter queue: {reason}");
                self.differ(DifferenceKind::Lost, origin, None, detail);
            }
        }
    }

    /// A record of the source and the record of the target that names it.
    pub(crate) fn matched(&mut self, origin: i64, expected: &Expected, target: i64, found: &Written) {
        self.pass(origin);
        let difference = match expected {
            Expected::Written(written) => unequal(written, found),
            // It was replayed, at its place.
            Expected::DeadLettered => None,
            Expected::Skipped | Expected::Missing(_) => Some("it cannot be translated".to_owned()),
            Expected::Echo => Some("the other direction had written its origin".to_owned()),
        };
        match difference {
            None => self.counts.translated += 1,
            Some(detail) => {
                self.counts.wrong += 1;
                self.differ(DifferenceKind::Wrong, origin, Some(target), detail);
            }
        }
    }

    /// A record of the target that stands in another partition than it should.
    pub(crate) fn misplaced(&mut self, origin: i64, target: i64, detail: String) {
        self.pass(origin);
        self.counts.wrong += 1;
        self.differ(DifferenceKind::Wrong, origin, Some(target), detail);
    }

    /// A record of the target that names no record of the source that comes next.
    pub(crate) fn stray(&mut self, origin: i64, target: i64) {
        if self.is_behind(origin) {
            self.behind(origin, target);
        } else {
            self.orphan(origin, target);
        }
    }

    /// A record of the target whose origin was passed, see [`Self::is_behind`].
    pub(crate) fn behind(&mut self, origin: i64, target: i64) {
        if origin < self.from {
            return;
        }
        if self.absent.remove(&origin) {
            self.counts.lost -= 1;
            self.differences.retain(|shown| shown.kind != DifferenceKind::Lost || shown.origin != origin);
            self.counts.reordered += 1;
            let detail = "it stands behind later records".to_owned();
            self.differ(DifferenceKind::Reordered, origin, Some(target), detail);
        } else if !self.dead_lettered.contains(&origin) {
            self.counts.doubled += 1;
            self.differ(DifferenceKind::Doubled, origin, Some(target), "it is there already".to_owned());
        }
    }

    /// A record of the target whose origin the source does not hold.
    pub(crate) fn orphan(&mut self, origin: i64, target: i64) {
        self.counts.orphans += 1;
        self.differ(DifferenceKind::Orphan, origin, Some(target), "the source has no such record".to_owned());
    }

    /// A record that is twice in the dead-letter queue.
    pub(crate) fn dead_lettered_again(&mut self, origin: i64) {
        self.counts.doubled += 1;
        let detail = "it is in the dead-letter queue already".to_owned();
        self.differ(DifferenceKind::Doubled, origin, None, detail);
    }

    fn pass(&mut self, origin: i64) {
        self.counts.source += 1;
        self.last = Some(origin);
    }

    fn differ(&mut self, kind: DifferenceKind, origin: i64, target: Option<i64>, detail: String) {
        if self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(Difference { kind, partition: self.partition, origin, target, detail });
        }
    }
}

/// What is not equal.
fn unequal(expected: &Written, found: &Written) -> Option<String> {
    let part = if expected.key != found.key {
        "key"
    } else if expected.value != found.value {
        "value"
    } else if expected.headers != found.headers {
        "headers"
    } else if expected.timestamp.zip(found.timestamp).is_some_and(|(expected, found)| expected != found) {
        "timestamp"
    } else {
        return None;
    };
    Some(format!("its {part} is not what the mapping makes of its origin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> Written {
        Written { value: Some(value.as_bytes().to_vec()), ..Written::default() }
    }

    fn expected(value: &str) -> Expected {
        Expected::Written(written(value))
    }

    fn comparison() -> Comparison {
        Comparison::new(0, 0, HashSet::from([7]))
    }

    #[test]
    fn every_record_once_in_order_is_well() {
        let mut all = comparison();
        all.matched(0, &expected("a"), 10, &written("a"));
        all.unmatched(2, &Expected::Echo);
        all.unmatched(3, &Expected::Skipped);
        all.matched(4, &expected("b"), 11, &written("b"));
        all.unmatched(7, &Expected::DeadLettered);
        assert!(all.is_behind(7) && !all.is_behind(8));
        // Replayed from the dead-letter queue.
        all.behind(7, 30);
        let sound =
            Counts { source: 5, translated: 2, echoes: 1, skipped: 1, dead_lettered: 1, ..Counts::default() };
        assert_eq!((all.counts, all.differences), (sound, vec![]));
    }

    #[test]
    fn what_comes_late_is_reordered_and_what_comes_again_is_doubled() {
        let mut all = comparison();
        all.unmatched(0, &expected("a"));
        assert_eq!(all.counts.lost, 1);
        all.matched(1, &expected("b"), 10, &written("b"));
        all.behind(0, 11);
        all.behind(1, 12);
        all.behind(0, 13);
        assert_eq!((all.counts.lost, all.counts.reordered, all.counts.doubled), (0, 1, 2));
        let kinds: Vec<_> = all.differences.iter().map(|difference| difference.kind).collect();
        assert_eq!(kinds, [DifferenceKind::Reordered, DifferenceKind::Doubled, DifferenceKind::Doubled]);
    }

    #[test]
    fn what_differs_is_wrong_and_says_where() {
        let mut all = comparison();
        all.matched(0, &expected("a"), 10, &written("b"));
        let at = |timestamp| Written { timestamp: Some(timestamp), ..written("a") };
        all.matched(1, &Expected::Written(at(1)), 11, &at(2));
        all.matched(2, &Expected::Echo, 12, &written("a"));
        all.orphan(3, 13);
        all.unmatched(4, &Expected::Missing("too large".to_owned()));
        let counts = all.counts;
        assert_eq!((counts.wrong, counts.orphans, counts.lost, counts.translated), (3, 1, 1, 0));
        assert!(
            all.differences[0].detail.contains("value") && all.differences[1].detail.contains("timestamp")
        );
    }

    #[test]
    fn what_is_before_the_span_says_nothing() {
        let mut all = Comparison::new(0, 100, HashSet::new());
        assert!(all.is_behind(99));
        all.behind(99, 1);
        assert_eq!(all.counts, Counts::default());
    }
}
