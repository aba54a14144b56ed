//! Whether what a worker takes for committed is.
//!
//! A broker says that a transaction is committed before its markers are written, and one that starts again then may leave
//! some out (see `transactional`). As a rule the worker's next transaction takes along what is left. But a worker may have
//! nothing more to write, or the next transaction may be aborted; so after a broker was out of reach, and before anything
//! follows an aborted transaction, it looks.

use std::time::{Duration, Instant};

use super::evidence;
use super::session::{Interruption, Session};

/// How long brokers must have been in reach before it is looked: one that starts again is busy.
const QUIET: Duration = Duration::from_secs(2);

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(500);

/// How long a transaction may stay open that counts as committed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that makes it necessary to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// When to look.
    due: Instant,
    /// When it was looked first.
    looked: Option<Instant>,
    /// Whether nothing may be written before.
    pub(crate) is_grave: bool,
}

impl Doubt {
    /// A broker was out of reach.
    pub(crate) fn touch_lost(before: Option<Self>) -> Self {
        Self {
            due: Instant::now() + QUIET,
            looked: before.and_then(|doubt| doubt.looked),
            is_grave: before.is_some_and(|doubt| doubt.is_grave),
        }
    }

    /// A transaction was aborted.
    pub(crate) fn aborted() -> Self {
        Self { due: Instant::now(), looked: None, is_grave: true }
    }
}

impl Session {
    /// Looks whether everything that was committed is, where there is a doubt and its time has come or `at_once`. `false`
    /// while it is not known and nothing may be written.
    pub(super) fn is_proved(&mut self, at_once: bool) -> Result<bool, Interruption> {
        let now = Instant::now();
        let Some(mut doubt) = self.writer.doubt() else {
            return Ok(true);
        };
        if doubt.due > now && !at_once {
            return Ok(!doubt.is_grave);
        }
        let partitions: Vec<i32> = self.assigned.iter().copied().collect();
        let waited = now.duration_since(*doubt.looked.get_or_insert(now));
        let offsets = self.consumer.committed(&partitions);
        let looked = offsets.and_then(|offsets| evidence::look(&self.job, &offsets, waited));
        let error = match looked {
            Ok(found) if self.writer.agrees(&found) => {
                self.writer.set_doubt(None);
                return Ok(true);
            }
            Ok(_) => {
                return Err(Interruption::rejoin(
                    "a broker has not kept all parts of a committed transaction",
                ));
            }
            Err(error) => error,
        };
        if waited > PATIENCE {
            return Err(Interruption::rejoin(error.to_string()));
        }
        tracing::debug!("{error}");
        doubt.due = Instant::now() + INTERVAL;
        self.writer.set_doubt(Some(doubt));
        Ok(!doubt.is_grave && !at_once)
    }
}
