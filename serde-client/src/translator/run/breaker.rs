//! Stops a run that would empty its topic into the dead-letter queue.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::migration::Breaker;

/// Below this many records in the window, a ratio says nothing.
const RECORDS_MIN: u64 = 100;

/// The window moves in this many steps.
const STEPS: u32 = 20;

/// Counts records over a sliding window. Once open it stays open: a mapping does not heal by itself.
#[derive(Clone, Debug)]
pub(crate) struct BreakerState {
    limits: Breaker,
    /// Oldest first: the step, the records and the failed ones among them.
    steps: VecDeque<(u128, u64, u64)>,
    open: bool,
}

impl BreakerState {
    pub(crate) fn new(limits: Breaker) -> Self {
        Self { limits, steps: VecDeque::new(), open: false }
    }

    /// Counts records at a time since the start of the run.
    pub(crate) fn count(&mut self, now: Duration, records: u64, failed: u64) {
        let length = (self.limits.window / STEPS).as_millis().max(1);
        let step = now.as_millis() / length;
        match self.steps.back_mut().filter(|(last, _, _)| *last == step) {
            Some((_, all, bad)) => {
                *all += records;
                *bad += failed;
            }
            None => self.steps.push_back((step, records, failed)),
        }
        while self.steps.front().is_some_and(|(first, _, _)| first + u128::from(STEPS) <= step) {
            self.steps.pop_front();
        }
        self.open = self.open || self.is_exceeded();
    }

    fn is_exceeded(&self) -> bool {
        let records: u64 = self.steps.iter().map(|(_, records, _)| records).sum();
        let failed: u64 = self.steps.iter().map(|(_, _, failed)| failed).sum();
        #[expect(clippy::cast_precision_loss, reason = "a ratio of counts far below 2^52")]
        let ratio = failed as f64 / records.max(1) as f64;
        records >= RECORDS_MIN && ratio > self.limits.ratio
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> BreakerState {
        BreakerState::new(Breaker { ratio: 0.01, window: Duration::from_secs(20) })
    }

    #[test]
    fn it_opens_above_its_ratio() {
        let mut breaker = breaker();
        breaker.count(Duration::ZERO, 100, 1);
        assert!(!breaker.is_open(), "one of a hundred is allowed");
        breaker.count(Duration::from_secs(3), 10, 1);
        assert!(breaker.is_open());
        breaker.count(Duration::from_secs(60), 1000, 0);
        assert!(breaker.is_open(), "it does not close by itself");
    }

    #[test]
    fn few_records_say_nothing() {
        let mut breaker = breaker();
        breaker.count(Duration::ZERO, 99, 99);
        assert!(!breaker.is_open());
    }

    #[test]
    fn what_is_older_than_the_window_counts_no_more() {
        let mut breaker = breaker();
        breaker.count(Duration::ZERO, 60, 2);
        breaker.count(Duration::from_secs(20), 90, 0);
        breaker.count(Duration::from_secs(21), 10, 1);
        assert!(!breaker.is_open(), "one of a hundred: the first two have left the window");
    }
}
