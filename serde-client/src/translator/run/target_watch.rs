//! Sees partitions that are added to the target, where records are placed by their number.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::worker::Job;

/// How often is looked. Producers of other clients take up to five minutes to notice.
const INTERVAL: Duration = Duration::from_secs(1);

/// One look at whether the run is stopped.
const TICK: Duration = Duration::from_millis(50);

/// Looks until the run is stopped.
pub(crate) fn follow(job: &Arc<Job>) {
    let target = &job.migration.target(job.direction).topic;
    let mut cluster = None;
    while !job.is_stopped() {
        let until = Instant::now() + INTERVAL;
        while Instant::now() < until && !job.is_stopped() {
            std::thread::sleep(TICK);
        }
        if cluster.is_none() {
            cluster = job.cluster().ok();
        }
        match cluster.as_ref().map(|cluster| cluster.partitions(target)) {
            Some(Ok(partitions)) => job.target_partitions.store(partitions, Ordering::Relaxed),
            Some(Err(error)) => tracing::debug!(target, "looking for new partitions: {error}"),
            None => {}
        }
    }
}
