//! That a migration is paused: a record of its state topic, which every run obeys.

use serde::{Deserialize, Serialize};

use super::mapping::program::civil_text;

/// The key of the record; gone when the migration goes on.
pub const PAUSE_KEY: &str = "pause";

/// Who has paused a migration, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// A name of a person or a tool.
    pub by: String,
    /// A sentence.
    pub reason: String,
    /// Milliseconds since 1970-01-01.
    pub since: i64,
    /// When it ends by itself, in milliseconds since 1970-01-01: whoever watches over a pause may die.
    pub until: Option<i64>,
}

impl Pause {
    /// Whether it holds at a time, in milliseconds since 1970-01-01.
    #[must_use]
    pub fn holds(&self, now: i64) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Milliseconds since 1970-01-01.
pub(crate) fn now() -> i64 {
    let elapsed = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// A time in milliseconds since 1970-01-01, for people: to the second, in UTC.
pub(crate) fn time_text(at: i64) -> String {
    let nanos = i128::from(at.div_euclid(1000)) * 1_000_000_000;
    civil_text(nanos, 0).unwrap_or_else(|| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_with_an_end_ends_by_itself() {
        let pause = Pause { by: "me".to_owned(), reason: String::new(), since: 1, until: Some(10) };
        assert!(pause.holds(9) && !pause.holds(10));
        assert!(Pause { until: None, ..pause }.holds(i64::MAX));
    }
}
