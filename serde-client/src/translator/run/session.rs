//! One membership in the group: from joining it to leaving it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::cluster::{ClusterError, Ends};
use super::super::migration::Delivery;
use super::at_least_once::Stream;
use super::batch::Batch;
use super::consumer::{GroupConsumer, PollFault, Polled};
use super::error::RunError;
use super::exactly_once::{self, Outcome};
use super::inbox::Hold;
use super::intake::Intake;
use super::options::Step;
use super::pace::Pace;
use super::producer::Outlet;
use super::worker::Job;

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

/// Waits between attempts of a batch.
const BACKOFF_MIN: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

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
    /// What a setting has caused stays; what the cluster answers may be another thing next time.
    fn from(error: ClusterError) -> Self {
        match error {
            ClusterError::Client(_) | ClusterError::NoTopic(_) => Self::Failed(error.into()),
            ClusterError::Answer { .. } | ClusterError::Stalled(_) => Self::rejoin(error.to_string()),
        }
    }
}

/// See the module.
pub(crate) struct Session {
    pub(super) job: Arc<Job>,
    pub(super) number: usize,
    pub(super) consumer: GroupConsumer,
    outlet: Outlet,
    /// Present at least once, absent exactly once.
    stream: Option<Stream>,
    pub(super) intake: Intake,
    batch: Batch,
    pace: Pace,
    pub(super) assigned: BTreeSet<i32>,
    /// Whether the group has answered.
    pub(super) joined: bool,
    pub(super) ends: Ends,
    /// All partitions are paused: the batch is full and not written.
    paused: bool,
    backoff: Duration,
    measured: Cell<Instant>,
    /// When it was last asked what others have committed.
    pub(super) looked: Option<Instant>,
}

impl Session {
    /// The producer comes first: it ends what an earlier one of its id left open, so that the offsets are known.
    pub(crate) fn open(job: &Arc<Job>, number: usize) -> Result<Self, Interruption> {
        let (migration, direction) = (&job.migration, job.direction);
        let outlet = Outlet::open(&job.options, migration, direction, number, job.dead_letter_partitions)?;
        let stream = match migration.delivery {
            Delivery::ExactlyOnce => {
                exactly_once::init(&outlet, || job.is_stopped())?;
                None
            }
            Delivery::AtLeastOnce => Some(Stream::new()),
        };
        let consumer = GroupConsumer::join(&job.options, migration, direction, number)?;
        Ok(Self {
            job: Arc::clone(job),
            number,
            consumer,
            outlet,
            stream,
            intake: Intake::new(job),
            batch: Batch::default(),
            pace: Pace::default(),
            assigned: BTreeSet::new(),
            joined: false,
            ends: Ends::default(),
            paused: false,
            backoff: BACKOFF_MIN,
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
            if self.is_finished()? && self.finish(PATIENCE)? {
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
        if self.stream.is_some() {
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
        if !self.paused {
            self.consumer.pause(&self.running())?;
            self.paused = true;
        }
        let wait = if self.batch.is_empty() { IDLE } else { Duration::ZERO };
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
        let Some(since) = self.pace.since() else {
            return self.idle();
        };
        let began = Instant::now();
        self.job.options.step(Step::Translated);
        let written = match &mut self.stream {
            Some(stream) => {
                let sent = stream.send(&self.outlet, &mut self.batch, &self.job.options, patience)?;
                stream.commit_when_due(&self.consumer, &self.job.options);
                sent
            }
            None => self.transact(patience)?,
        };
        if written {
            self.job.wrote(self.number, &self.batch, since.elapsed());
            self.batch.clear(&self.job.options.batch);
            self.pace.wrote(began, Instant::now());
            self.backoff = BACKOFF_MIN;
        } else if !self.paused {
            self.consumer.pause(&self.running())?;
            self.paused = true;
        }
        Ok(())
    }

    fn idle(&mut self) -> Result<(), Interruption> {
        if let Some(stream) = &mut self.stream {
            stream.settle(&self.outlet)?;
            stream.commit_when_due(&self.consumer, &self.job.options);
        }
        if !self.job.is_open() {
            self.job.state(self.number, |state| state.progress = Instant::now());
        }
        Ok(())
    }

    fn transact(&mut self, patience: Duration) -> Result<bool, Interruption> {
        match exactly_once::transact(
            &self.outlet,
            Some(&self.consumer),
            &self.batch,
            &self.job.options,
            patience,
        )? {
            Outcome::Committed => Ok(true),
            Outcome::Aborted(reason) => {
                tracing::warn!(
                    group = self.job.group(),
                    "a transaction is aborted and tried again: {reason}"
                );
                self.job.aborted();
                std::thread::sleep(self.backoff.min(patience));
                self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
                Ok(false)
            }
        }
    }

    /// For offsets that stay unstable. The session ends afterwards, and its producer with it.
    pub(super) fn clear_left_offsets(&self) -> Result<(), Interruption> {
        match self.stream {
            Some(_) => Ok(()),
            None => exactly_once::clear(&self.outlet, &self.job.cluster()?, self.consumer.topic()),
        }
    }

    /// Sees to it that everything that was written is committed. `false` when the time is over before.
    fn finish(&mut self, patience: Duration) -> Result<bool, Interruption> {
        let Some(stream) = &mut self.stream else {
            return Ok(true);
        };
        let finished = stream.finish(&self.outlet, &self.consumer, &self.job.options, patience)?;
        if !finished {
            tracing::warn!(group = self.job.group(), "not everything is delivered in time");
        }
        Ok(finished)
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
            if let Some(stream) = &mut self.stream {
                stream.forget(*partition);
            }
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
