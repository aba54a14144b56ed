//! A thread of a run, and what all of them share.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use tokio::runtime::Handle;

use super::super::cluster::Span;
use super::super::migration::{Direction, Migration};
use super::super::placement::Placement;
use super::super::translation::{SchemaProblem, Translate, WriterSchema};
use super::batch::Batch;
use super::breaker::BreakerState;
use super::error::RunError;
use super::health::WorkerState;
use super::inbox::Hold;
use super::metrics::{BatchEnd, Metrics};
use super::options::Options;
use super::report::RunReport;
use super::session::{Interruption, Session};
use super::standstill::{SharedStandstill, Standstill};
use super::start::Topics;

/// How often in a row another producer may take this one's place.
const FENCES_MAX: u32 = 5;

/// A session of this length was a sound one.
const SOUND: Duration = Duration::from_secs(60);

/// Waits before a worker starts anew.
const RESTART_MIN: Duration = Duration::from_millis(100);
const RESTART_MAX: Duration = Duration::from_secs(5);

/// One look at whether the run is stopped, while waiting.
const TICK: Duration = Duration::from_millis(50);

/// What the workers of a run share.
pub(crate) struct Job {
    pub(crate) migration: Arc<Migration>,
    pub(crate) direction: Direction,
    pub(crate) translate: Arc<dyn Translate>,
    pub(crate) options: Options,
    pub(crate) dead_letter_partitions: Option<i32>,
    pub(crate) placement: Placement,
    pub(crate) target_partitions: AtomicI32,
    /// What the source held at the start, for a run that is to end there; empty otherwise.
    pub(crate) ends: Vec<Span>,
    pub(crate) runtime: Handle,
    pub(crate) stop: AtomicBool,
    /// What the state topic says.
    pub(crate) standstill: SharedStandstill,
    /// Whether the run has no other direction.
    pub(crate) is_alone: bool,
    pub(crate) report: Mutex<RunReport>,
    pub(crate) metrics: Metrics,
    /// Of all workers together. It outlives their sessions: what opened it is still there when one starts anew.
    pub(crate) breaker: Option<Mutex<BreakerState>>,
    pub(crate) is_open: AtomicBool,
    pub(crate) started: Instant,
    /// One for each worker.
    pub(crate) states: Vec<Mutex<WorkerState>>,
}

impl Job {
    /// A direction that is about to begin.
    pub(crate) fn new(
        (migration, direction, translate, options): (Arc<Migration>, Direction, Arc<dyn Translate>, Options),
        topics: Topics,
        metrics: Metrics,
        is_alone: bool,
    ) -> Self {
        let breaker = migration.errors.breaker;
        Self {
            migration,
            direction,
            translate,
            dead_letter_partitions: topics.dead_letter_partitions,
            placement: topics.placement,
            target_partitions: AtomicI32::new(topics.target_partitions),
            ends: topics.ends,
            runtime: Handle::current(),
            stop: AtomicBool::new(false),
            standstill: SharedStandstill::default(),
            is_alone,
            report: Mutex::default(),
            metrics,
            breaker: breaker.map(|limits| Mutex::new(BreakerState::new(limits))),
            is_open: AtomicBool::new(false),
            started: Instant::now(),
            states: (0..options.workers).map(|_| Mutex::default()).collect(),
            options,
        }
    }

    /// What was done so far.
    pub(crate) fn report(&self) -> RunReport {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the state topic wants it to translate nothing.
    pub(crate) fn stands_still(&self) -> bool {
        self.standstill.get().is_some()
    }

    pub(crate) fn group(&self) -> String {
        self.migration.group(self.direction)
    }

    /// Makes a schema ready; one that takes too long counts as a registry that does not answer.
    pub(crate) fn prepare(&self, schema: WriterSchema, patience: Duration) -> Result<(), SchemaProblem> {
        let late = async {
            let until = Instant::now() + patience;
            while Instant::now() < until && !self.is_stopped() {
                tokio::time::sleep(TICK).await;
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                prepared = self.translate.prepare(schema) => prepared,
                () = late => {
                    let waited = patience.as_secs();
                    Err(SchemaProblem::Unreachable(format!("no answer within {waited} s")))
                }
            }
        })
    }

    /// Counts a record for the breaker.
    pub(crate) fn count(&self, faults: u64) {
        if let Some(breaker) = &self.breaker {
            let mut breaker = breaker.lock().unwrap_or_else(PoisonError::into_inner);
            breaker.count(self.started.elapsed(), 1, faults);
            self.is_open.fetch_or(breaker.is_open(), Ordering::Relaxed);
        }
    }

    /// Whether too many records have failed.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Why no record can be placed, if the target has another number of partitions than records are placed by.
    pub(crate) fn displaced(&self) -> Option<Hold> {
        let partitions = self.placement.partitions()?;
        let known = self.target_partitions.load(Ordering::Relaxed);
        (known != partitions).then(|| {
            let target = &self.migration.target(self.direction).topic;
            Hold::Target(format!(
                "`{target}` has {known} partitions now, and records are placed by {partitions}: keys would change \
                 their partitions. Stop all instances and start them with `--accept-mapping-change`"
            ))
        })
    }

    /// Why records of a partition cannot be written: the target has none of its number, or [`Self::displaced`].
    pub(crate) fn lacking(&self, partition: i32) -> Option<Hold> {
        if self.placement.partitions().is_some() {
            return self.displaced();
        }
        if partition < self.target_partitions.load(Ordering::Relaxed) {
            return None;
        }
        let target = &self.migration.target(self.direction).topic;
        let known = self.cluster().and_then(|cluster| cluster.partitions(target));
        match known {
            Ok(known) => {
                self.target_partitions.fetch_max(known, Ordering::Relaxed);
                (partition >= known).then(|| {
                    Hold::Target(format!(
                        "`{target}` has only {known} partitions: add as many as the source has"
                    ))
                })
            }
            Err(error) => Some(Hold::Target(error.to_string())),
        }
    }

    /// A worker has written a batch whose first record was read `age` ago.
    pub(crate) fn wrote(&self, number: usize, batch: &Batch, age: Duration) {
        self.metrics.wrote(batch, age.as_secs_f64());
        let written = batch.outgoing().next_back().and_then(|record| record.place.timestamp);
        if let (Some(written), Ok(now)) = (written, UNIX_EPOCH.elapsed()) {
            let age = now.as_secs_f64()
                - Duration::from_millis(written.try_into().unwrap_or_default()).as_secs_f64();
            self.metrics.lag_seconds(age.max(0.0));
        }
        {
            let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
            report.commits += 1;
            for (_, fate, count) in batch.fates() {
                *report.records.entry(fate).or_default() += count;
            }
        }
        self.state(number, |state| state.progress = Instant::now());
    }

    /// A transaction was aborted and will be tried again.
    pub(crate) fn aborted(&self) {
        self.metrics.ended(BatchEnd::Aborted);
        self.report.lock().unwrap_or_else(PoisonError::into_inner).aborts += 1;
    }

    /// Notes what a worker does.
    pub(crate) fn state(&self, number: usize, note: impl FnOnce(&mut WorkerState)) {
        if let Some(state) = self.states.get(number) {
            note(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Why the direction is not ready, worker by worker; empty when it is.
    pub(crate) fn faults(&self) -> Vec<String> {
        let within = self.options.readiness();
        let fault = |(number, state): (usize, &Mutex<WorkerState>)| {
            let fault = state.lock().unwrap_or_else(PoisonError::into_inner).fault(within)?;
            Some(format!("worker {number}: {fault}"))
        };
        self.states.iter().enumerate().filter_map(fault).collect()
    }
}

/// Runs sessions until the run is stopped, is at its end or fails.
pub(crate) fn work(job: &Arc<Job>, number: usize) -> Result<(), RunError> {
    let mut fences = 0;
    let mut wait = RESTART_MIN;
    while !job.is_stopped() {
        if let Some(standstill) = job.standstill.get() {
            if job.options.once {
                return at_once(job, standstill);
            }
            wait_out(job, number, standstill);
            continue;
        }
        let session = Session::open(job, number);
        let opened = Instant::now();
        let ended = session.and_then(|mut session| session.run());
        let (reason, fenced) = match ended {
            Ok(()) => return Ok(()),
            Err(Interruption::StandsStill) => continue,
            Err(Interruption::Failed(error)) => return Err(error),
            Err(Interruption::Rejoin { reason, fenced }) => (reason, fenced),
        };
        tracing::warn!(group = job.group(), number, fenced, "a worker starts anew: {reason}");
        job.report.lock().unwrap_or_else(PoisonError::into_inner).restarts += 1;
        job.state(number, |state| state.joined = false);
        if fenced {
            job.metrics.ended(BatchEnd::Fenced);
        }
        if opened.elapsed() > SOUND {
            (fences, wait) = (0, RESTART_MIN);
        }
        fences += u32::from(fenced);
        if fences >= FENCES_MAX {
            return Err(RunError::Fenced(job.options.instance.clone()));
        }
        let until = Instant::now() + wait;
        while Instant::now() < until && !job.is_stopped() {
            std::thread::sleep(TICK);
        }
        wait = (wait * 2).min(RESTART_MAX);
    }
    Ok(())
}

/// A run that is to end does not wait. A direction that has nothing to do leaves the others alone.
fn at_once(job: &Job, standstill: Standstill) -> Result<(), RunError> {
    match standstill {
        Standstill::Paused => Err(RunError::Paused),
        Standstill::NotYet if job.is_alone => Err(RunError::NotYet(job.direction)),
        Standstill::NotYet | Standstill::Over => Ok(()),
    }
}

/// A worker that stands still is in no group: who replays dead letters meanwhile finds that nothing moves, and whoever goes
/// on reads anew which keys are fenced.
fn wait_out(job: &Job, number: usize, standstill: Standstill) {
    job.state(number, |state| state.standstill = Some(standstill));
    while job.standstill.get() == Some(standstill) && !job.is_stopped() {
        std::thread::sleep(TICK);
    }
    job.state(number, |state| *state = WorkerState::default());
}
