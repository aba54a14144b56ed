//! Obeys the state topic: looks every second whether it has a pause, and whose turn it is around a cutover.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::cluster::{ClusterError, CompactedTopic};
use super::super::cutover::{CUTOVER_KEY, Cutover, Turn, turn};
use super::super::pause::{PAUSE_KEY, Pause, now};
use super::standstill::Standstill;
use super::worker::Job;

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(1);

/// One look at whether the run is stopped.
const TICK: Duration = Duration::from_millis(50);

/// Follows the state topic.
pub(crate) struct StateWatch {
    state: CompactedTopic,
    read: i64,
    pause: Option<Pause>,
    cutover: Option<Cutover>,
}

impl StateWatch {
    /// Reads what is there.
    pub(crate) fn open(job: &Job) -> Result<Self, ClusterError> {
        let state = CompactedTopic::new(&job.options.connection, job.migration.state_topic())?;
        let mut watch = Self { state, read: 0, pause: None, cutover: None };
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
                tracing::debug!(group = job.group(), "looking into the state topic: {error}");
            }
        }
    }

    fn look(&mut self, job: &Job) -> Result<(), ClusterError> {
        let read = self.state.since(self.read);
        if let Ok((entries, read)) = &read {
            self.read = *read;
            for (key, value) in entries {
                let value = value.as_deref();
                match key.as_str() {
                    PAUSE_KEY => self.pause = value.and_then(|value| serde_json::from_slice(value).ok()),
                    CUTOVER_KEY => self.cutover = value.and_then(|value| serde_json::from_slice(value).ok()),
                    _ => {}
                }
            }
        }
        // A pause ends at its time also while the broker does not answer.
        let pause = self.pause.as_ref().filter(|pause| pause.holds(now()));
        let wanted = match turn(&job.migration, job.direction, self.cutover.as_ref()) {
            Turn::NotYet => Some(Standstill::NotYet),
            // Whoever asks for this direction alone, to its end, brings over what came late.
            Turn::Over if !(job.is_alone && job.options.once) => Some(Standstill::Over),
            Turn::Over | Turn::Now => pause.map(|_| Standstill::Paused),
        };
        let before = job.standstill.set(wanted);
        if before != wanted {
            let by = pause.map(|pause| format!(" by {}: {}", pause.by, pause.reason)).unwrap_or_default();
            match wanted {
                Some(Standstill::Paused) => tracing::info!(group = job.group(), "paused{by}"),
                Some(standstill) => tracing::info!(group = job.group(), "{}", standstill.word()),
                None => tracing::info!(group = job.group(), "it translates"),
            }
        }
        read.map(|_| ())
    }
}
