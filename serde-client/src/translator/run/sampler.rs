//! Takes samples for the decommissioning while a run translates.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::decommission::{Criteria, Journal, JournalError, Sample, gates, observe};
use super::super::pause::now;
use super::worker::Job;

/// One look at whether the run is stopped.
const TICK: Duration = Duration::from_millis(100);

/// Samples until the run is stopped. What cannot be seen is no sample: the gates say that it is missing.
pub(crate) fn sample(job: &Arc<Job>) {
    let interval = job.options.sampling;
    let mut journal = None;
    loop {
        let until = Instant::now() + interval;
        while Instant::now() < until {
            if job.is_stopped() {
                return;
            }
            std::thread::sleep(TICK.min(interval));
        }
        if let Err(error) = sample_once(job, &mut journal) {
            tracing::info!(group = job.group(), "no sample: {error}");
        }
    }
}

fn sample_once(job: &Job, journal: &mut Option<Journal>) -> Result<(), JournalError> {
    let (migration, connection) = (&job.migration, &job.options.connection);
    let journal = match journal {
        Some(journal) => journal,
        None => journal.insert(Journal::open(connection, migration)?),
    };
    let mut ledger = journal.read()?;
    let interval = i64::try_from(job.options.sampling.as_millis()).unwrap_or(i64::MAX);
    let is_fresh = |sample: &Sample| now().saturating_sub(sample.to) < interval / 2;
    // Every instance of a migration looks; the first one of each interval is enough.
    if !ledger.samples.last().is_some_and(is_fresh) {
        let look = observe(migration, connection, ledger.samples.last())?;
        journal.sample(&mut ledger, &look)?;
    }
    job.metrics.gates(&gates(migration, &ledger, &Criteria::default(), now()));
    if let Some(sample) = ledger.samples.last() {
        job.metrics.sampled(sample);
    }
    Ok(())
}
