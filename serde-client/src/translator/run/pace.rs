//! When a batch is complete by its age: early enough that its first record is committed when it has waited that long.

use std::time::{Duration, Instant};

/// A new measurement is one of so many in the usual time of a write, and in how far writes are from it. The numbers are those
/// by which TCP foresees answers (RFC 6298).
const OF_MEAN: u32 = 8;
const OF_DEVIATION: u32 = 4;

/// How many deviations a write may take longer than usual and still be in time.
const DEVIATIONS: u32 = 2;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// When the first record of the open batch could be read at the earliest.
    since: Option<Instant>,
    /// When the last write began, as long as there has always been another record since: it may have waited all the time.
    busy: Option<Instant>,
    /// How long a write takes as a rule.
    mean: Duration,
    /// By how much it is mostly wrong.
    deviation: Duration,
}

impl Pace {
    /// A record is in the batch.
    pub(crate) fn note(&mut self, now: Instant) {
        self.since.get_or_insert(self.busy.unwrap_or(now));
    }

    /// There is nothing to read just now.
    pub(crate) fn idle(&mut self) {
        self.busy = None;
    }

    /// Since when the batch is open; `None` when nothing is in it.
    pub(crate) fn since(&self) -> Option<Instant> {
        self.since
    }

    /// How long the batch may still wait for records, of which the first is to be committed at an age.
    pub(crate) fn left(&self, age: Duration, now: Instant) -> Duration {
        let waited = self.since.map_or(Duration::ZERO, |since| now.duration_since(since));
        let writing = self.mean + self.deviation * DEVIATIONS;
        // However slow the broker is, records come together for a while.
        age.saturating_sub(waited + writing.min(age / 2))
    }

    /// The batch is written.
    pub(crate) fn wrote(&mut self, began: Instant, now: Instant) {
        let took = now.duration_since(began);
        self.deviation = (self.deviation * (OF_DEVIATION - 1) + took.abs_diff(self.mean)) / OF_DEVIATION;
        self.mean = (self.mean * (OF_MEAN - 1) + took) / OF_MEAN;
        self.since = None;
        self.busy = Some(began);
    }

    /// Nothing is left in the batch.
    pub(crate) fn forget(&mut self) {
        self.since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Duration = Duration::from_millis(100);

    fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn a_batch_is_complete_in_time_for_its_write() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        pace.note(start);
        assert_eq!(pace.left(AGE, start + milliseconds(30)), milliseconds(70), "nothing is known of writes");
        for _ in 0..100 {
            pace.wrote(start, start + milliseconds(20));
        }
        pace.idle();
        pace.note(start);
        let left = pace.left(AGE, start + milliseconds(30));
        assert!((milliseconds(49)..milliseconds(51)).contains(&left), "{left:?}");
    }

    #[test]
    fn a_record_may_have_waited_for_the_write_before_it() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        pace.note(start);
        pace.wrote(start + milliseconds(10), start + milliseconds(30));
        pace.note(start + milliseconds(30));
        assert_eq!(pace.since(), Some(start + milliseconds(10)));
        pace.wrote(start + milliseconds(50), start + milliseconds(60));
        pace.idle();
        pace.note(start + milliseconds(70));
        assert_eq!(pace.since(), Some(start + milliseconds(70)), "nothing was there before");
    }

    #[test]
    fn records_come_together_even_where_writes_take_too_long() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        for _ in 0..100 {
            pace.wrote(start, start + milliseconds(5_000));
        }
        pace.idle();
        pace.note(start);
        assert_eq!(pace.left(AGE, start), AGE / 2);
        assert_eq!(pace.left(AGE, start + AGE), Duration::ZERO);
    }
}
