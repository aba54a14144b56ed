//! One membership in the group: from joining it to leaving it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::cluster::{ClusterError, Ends};
use super::batch::Batch;
use super::consumer::{GroupConsumer, PollFault, Polled};
use super::error::RunError;
use super::inbox::Hold;
use super::intake::Intake;
use super::options::Step;
use super::pace::Pace;
use super::worker::Job;
use super::writer::Writer;

/// How long until a partition is looked for again in the target.
pub(super) const TARGET_WAIT: Duration = Duration::from_secs(1);

/// One wait for records when there is nothing else to do.
const IDLE: Duration = Duration::from_millis(20);

/// How often gauges are set.
const MEASURE_INTERVAL: Duration = Duration::from_millis(500);

/// How long a transaction may take.
const PATIENCE: Duration = Duration::from_secs(14);

/// How long the open batch may take when partitions are revoked.
const REVOKE_PATIENCE: Duration = Duration::from_secs(2);

/// How long the open batch may take when the run is stopped.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// Why a session ends before the run does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Interruption {
    /// A new producer and a new consumer go on from what is committed.
    Rejoin {
        reason: String,
        /// Another producer has this one's id.
        fenced: bool,
    },
    Failed(RunError),
    /// The state topic wants it to translate nothing.
    StandsStill,
}

impl Interruption {
    pub(crate) fn rejoin(reason: impl Into<String>) -> Self {
        Self::Rejoin { reason: reason.into(), fenced: false }
    }
}

impl From<ClusterError> for Interruption {
    fn from(error: ClusterError) -> Self {
        if error.may_pass() { Self::rejoin(error.to_string()) } else { Self::Failed(error.into()) }
    }
}

/// See the module.
pub(crate) struct Session {
    pub(super) job: Arc<Job>,
    pub(super) number: usize,
    pub(super) consumer: GroupConsumer,
    pub(super) writer: Writer,
    pub(super) intake: Intake,
    batch: Batch,
    pace: Pace,
    pub(super) assigned: BTreeSet<i32>,
    /// Whether the group has answered.
    pub(super) joined: bool,
    pub(super) ends: Ends,
    /// All partitions are paused: the batch is full and not written.
    pub(super) paused: bool,
    measured: Cell<Instant>,
    /// When it was last asked what others have committed.
    pub(super) looked: Option<Instant>,
}

impl Session {
    /// The producer comes first: it ends what an earlier one of its id left open, so that the offsets are known.
    pub(crate) fn open(job: &Arc<Job>, number: usize) -> Result<Self, Interruption> {
        let writer = Writer::open(job, number)?;
        let consumer = GroupConsumer::join(&job.options, &job.migration, job.direction, number)?;
        Ok(Self {
            job: Arc::clone(job),
            number,
            consumer,
            writer,
            intake: Intake::new(job),
            batch: Batch::default(),
            pace: Pace::default(),
            assigned: BTreeSet::new(),
            joined: false,
            ends: Ends::default(),
            paused: false,
            measured: Cell::new(Instant::now()),
            looked: None,
        })
    }

    /// Translates until the run is stopped or, once, at its end.
    pub(crate) fn run(&mut self) -> Result<(), Interruption> {
        loop {
            self.answer_rebalances()?;
            if self.job.is_stopped() {
                self.write(STOP_PATIENCE)?;
                self.finish(STOP_PATIENCE)?;
                return Ok(());
            }
            if self.job.stands_still() {
                self.write(STOP_PATIENCE)?;
                self.finish(STOP_PATIENCE)?;
                return Err(Interruption::StandsStill);
            }
            if self.is_finished()? && self.finish(PATIENCE)? && self.is_proved(true)? {
                return Ok(());
            }
            self.release()?;
            self.hold_displaced()?;
            self.collect()?;
            self.measure();
            self.write(PATIENCE)?;
            if self.batch.is_empty()
                && let Some(error) = self.intake.failure.take()
            {
                self.finish(STOP_PATIENCE)?;
                return Err(Interruption::Failed(error));
            }
        }
    }

    fn measure(&self) {
        let (inbox, metrics) = (&self.intake.inbox, &self.job.metrics);
        metrics.buffered(self.batch.bytes() + inbox.bytes());
        let now = Instant::now();
        if now.duration_since(self.measured.get()) > MEASURE_INTERVAL {
            self.measured.set(now);
            for partition in &self.assigned {
                metrics.held(*partition, inbox.held(*partition));
            }
            let stopped_by = if self.job.is_open() {
                Some("the breaker is open")
            } else {
                self.job.displaced().map(|_| "the target has another number of partitions")
            };
            self.job.state(self.number, |state| state.stopped_by = stopped_by);
            let lags = self.consumer.lags();
            if !lags.is_empty() && lags.values().all(|lag| *lag == 0) && self.batch.is_empty() {
                metrics.lag_seconds(0.0);
            }
            for (partition, lag) in lags {
                metrics.lag(partition, lag);
            }
        }
    }

    /// Whether nothing is left of what this member reads.
    pub(super) fn is_done(&self) -> bool {
        self.job.options.once
            && self.joined
            && self.ends.are_reached()
            && self.batch.is_empty()
            && self.intake.inbox.is_empty()
            && self.intake.failure.is_none()
    }

    /// Reads until the batch is complete or something else must be done.
    fn collect(&mut self) -> Result<(), Interruption> {
        if self.is_closed() {
            return self.stand_by();
        }
        if self.paused {
            self.consumer.resume(&self.running())?;
            self.paused = false;
        }
        loop {
            if self.is_closed()
                || self.consumer.is_rebalancing()
                || self.job.is_stopped()
                || self.job.stands_still()
            {
                return Ok(());
            }
            if let Some(record) = self.intake.inbox.pop() {
                let partition = record.partition;
                self.ends.read(partition, record.offset);
                self.intake.take_owned(record, &mut self.batch);
                self.pause_held(partition)?;
                self.note();
                continue;
            }
            let Some(wait) = self.wait() else {
                return Ok(());
            };
            match self.consumer.poll(wait).map_err(Interruption::from)? {
                Polled::Record(message) => {
                    let partition = rdkafka::Message::partition(&message);
                    self.ends.read(partition, rdkafka::Message::offset(&message));
                    self.intake.take(&message, &mut self.batch);
                    drop(message);
                    self.pause_held(partition)?;
                    self.note();
                }
                Polled::Exhausted(partition) => self.ends.exhausted(partition),
                Polled::Nothing => {
                    self.pace.idle();
                    if wait.is_zero() || self.batch.is_empty() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The age of a batch counts from its first record.
    fn note(&mut self) {
        if !self.batch.is_empty() {
            self.pace.note(Instant::now());
        }
    }

    /// How long to wait for another record: not at all when the batch is due, which still takes along what is there. `None`
    /// when the batch is complete.
    fn wait(&self) -> Option<Duration> {
        if self.pace.since().is_none() {
            return Some(IDLE);
        }
        if self.writer.streams() {
            return Some(Duration::ZERO);
        }
        if self.job.options.once && self.ends.are_reached() {
            return None;
        }
        Some(self.pace.left(self.job.options.batch.age, Instant::now()))
    }

    /// Whether nothing more may be read before the batch is written, or at all.
    fn is_closed(&self) -> bool {
        self.batch.is_full(&self.job.options.batch)
            || self.intake.failure.is_some()
            || self.job.is_open()
            || self.paused && !self.batch.is_empty()
    }

    /// Serves the group while nothing may be read.
    fn stand_by(&mut self) -> Result<(), Interruption> {
        self.stop_reading()?;
        let wait = if self.batch.is_empty() || self.writer.is_waiting() { IDLE } else { Duration::ZERO };
        match self.consumer.poll(wait).map_err(Interruption::from)? {
            Polled::Record(message) => self.intake.keep(&message),
            Polled::Exhausted(partition) => self.ends.exhausted(partition),
            Polled::Nothing => {}
        }
        if self.job.options.once && self.job.is_open() && self.batch.is_empty() {
            return Err(Interruption::Failed(RunError::BreakerOpen));
        }
        Ok(())
    }

    /// Writes the batch. What cannot be written now stays in it.
    fn write(&mut self, patience: Duration) -> Result<(), Interruption> {
        if self.writer.is_waiting() {
            return self.stop_reading();
        }
        // Also when there is nothing to write: others may wait for what was left.
        self.writer.renew()?;
        if !self.is_proved(false)? {
            return self.stop_reading();
        }
        let Some(since) = self.pace.since() else {
            return self.idle();
        };
        let began = Instant::now();
        self.job.options.step(Step::Translated);
        let written = self.writer.write(&self.consumer, &mut self.batch, patience)?;
        if !written {
            return self.stop_reading();
        }
        self.job.wrote(self.number, &self.batch, since.elapsed());
        self.batch.clear(&self.job.options.batch);
        self.pace.wrote(began, Instant::now());
        Ok(())
    }

    fn stop_reading(&mut self) -> Result<(), Interruption> {
        if !self.paused {
            self.consumer.pause(&self.running())?;
            self.paused = true;
        }
        Ok(())
    }

    fn idle(&mut self) -> Result<(), Interruption> {
        self.writer.idle(&self.consumer)?;
        if !self.job.is_open() {
            self.job.state(self.number, |state| state.progress = Instant::now());
        }
        Ok(())
    }

    /// Sees to it that everything that was written is committed. `false` when the time is over before.
    fn finish(&mut self, patience: Duration) -> Result<bool, Interruption> {
        self.writer.finish(&self.consumer, patience)
    }

    /// Partitions that are not held.
    fn running(&self) -> Vec<i32> {
        let inbox = &self.intake.inbox;
        self.assigned.iter().copied().filter(|partition| inbox.held(*partition).is_none()).collect()
    }

    fn pause_held(&self, partition: i32) -> Result<(), Interruption> {
        if self.intake.inbox.held(partition).is_some() {
            self.consumer.pause(&[partition])?;
        }
        Ok(())
    }

    /// Lets partitions go on whose time to wait is over.
    fn release(&mut self) -> Result<(), Interruption> {
        for (partition, hold) in self.intake.inbox.due(Instant::now()) {
            if let Hold::Target(_) = hold
                && let Some(hold) = self.job.lacking(partition)
            {
                self.intake.inbox.hold(partition, hold, TARGET_WAIT);
            } else if !self.paused {
                self.consumer.resume(&[partition])?;
            }
        }
        Ok(())
    }

    /// Gives up what belongs to partitions that somebody else reads now.
    pub(super) fn forget(&mut self, partitions: &[i32]) {
        for partition in partitions {
            self.assigned.remove(partition);
            self.ends.remove(*partition);
            self.batch.forget(*partition);
            self.intake.forget(*partition);
            self.job.metrics.forget(*partition);
            self.writer.forget(*partition);
        }
        if self.batch.is_empty() {
            self.pace.forget();
        }
    }

    /// Ends what is open before partitions are given back: whoever reads them next goes on from what is committed.
    pub(super) fn settle_for_revocation(&mut self) -> Result<(), Interruption> {
        self.job.options.step(Step::Revoking);
        self.write(REVOKE_PATIENCE)?;
        self.finish(REVOKE_PATIENCE)?;
        Ok(())
    }
}

impl From<RunError> for Interruption {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

impl From<PollFault> for Interruption {
    fn from(fault: PollFault) -> Self {
        match fault {
            PollFault::Rejoin { reason, fenced } => Self::Rejoin { reason, fenced },
            PollFault::Failed(error) => Self::Failed(error),
        }
    }
}
