//! Obeys pauses: looks every second whether the state topic has one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::cluster::{ClusterError, CompactedTopic};
use super::super::pause::{PAUSE_KEY, Pause, now};
use super::worker::Job;

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(1);

/// One look at whether the run is stopped.
const TICK: Duration = Duration::from_millis(50);

/// Follows the state topic.
pub(crate) struct PauseWatch {
    state: CompactedTopic,
    read: i64,
    pause: Option<Pause>,
}

impl PauseWatch {
    /// Reads what is there.
    pub(crate) fn open(job: &Job) -> Result<Self, ClusterError> {
        let state = CompactedTopic::new(&job.options.connection, job.migration.state_topic())?;
        let mut watch = Self { state, read: 0, pause: None };
        watch.look(job)?;
        Ok(watch)
    }

    /// Looks until the run is stopped.
    pub(crate) fn follow(mut self, job: &Arc<Job>) {
        while !job.is_stopped() {
            let until = Instant::now() + INTERVAL;
            while Instant::now() < until && !job.is_stopped() {
                std::thread::sleep(TICK);
            }
            if let Err(error) = self.look(job) {
                tracing::debug!(group = job.group(), "looking for a pause: {error}");
            }
        }
    }

    fn look(&mut self, job: &Job) -> Result<(), ClusterError> {
        let read = self.state.since(self.read);
        if let Ok((entries, read)) = &read {
            self.read = *read;
            for (_, value) in entries.iter().filter(|(key, _)| key == PAUSE_KEY) {
                self.pause = value.as_ref().and_then(|value| serde_json::from_slice(value).ok());
            }
        }
        // A pause ends at its time also while the broker does not answer.
        let holding = self.pause.as_ref().filter(|pause| pause.holds(now()));
        let before = job.pause.swap(holding.is_some(), Ordering::Relaxed);
        match holding {
            Some(pause) if !before => {
                tracing::info!(group = job.group(), by = pause.by, "paused: {}", pause.reason);
            }
            None if before => tracing::info!(group = job.group(), "the pause is over"),
            _ => {}
        }
        read.map(|_| ())
    }
}
