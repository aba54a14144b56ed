//! How a worker writes, by the guarantee that it gives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::migration::Delivery;
use super::at_least_once::Stream;
use super::batch::Batch;
use super::consumer::GroupConsumer;
use super::evidence::Standing;
use super::exactly_once::{self, Outcome, Reader};
use super::ledger::Ledger;
use super::producer::Outlet;
use super::proof::Doubt;
use super::session::Interruption;
use super::transactional;
use super::worker::Job;

/// Waits between attempts of a batch.
const BACKOFF_MIN: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// See the module.
pub(crate) struct Writer {
    job: Arc<Job>,
    number: usize,
    outlet: Outlet,
    way: Way,
}

enum Way {
    Transactions {
        ledger: Ledger,
        doubt: Option<Doubt>,
        backoff: Duration,
        /// A transaction was aborted: when the next one may begin.
        spent: Option<Instant>,
    },
    Stream(Stream),
}

impl Writer {
    /// A producer that has ended what an earlier one of its id left open, so that the offsets are known.
    pub(crate) fn open(job: &Arc<Job>, number: usize) -> Result<Self, Interruption> {
        let (outlet, way) = match job.migration.delivery {
            Delivery::ExactlyOnce => {
                let outlet = transactional(job, number)?;
                let ledger = Ledger::open(job)?;
                (outlet, Way::Transactions { ledger, doubt: None, backoff: BACKOFF_MIN, spent: None })
            }
            Delivery::AtLeastOnce => {
                let (migration, letters) = (&job.migration, job.dead_letter_partitions);
                let outlet = Outlet::open(&job.options, migration, job.direction, number, letters)?;
                (outlet, Way::Stream(Stream::new()))
            }
        };
        Ok(Self { job: Arc::clone(job), number, outlet, way })
    }

    /// Whether records may be under way when a batch counts as written.
    pub(crate) fn streams(&self) -> bool {
        matches!(self.way, Way::Stream(_))
    }

    /// Whether a transaction that was aborted is not to be tried again yet.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.way, Way::Transactions { spent: Some(until), .. } if Instant::now() < until)
    }

    /// Takes another producer in the place of one whose transaction was aborted, when its time has come.
    ///
    /// Why it was need not be over: a client was seen to look in vain for coordinators that have moved.
    pub(crate) fn renew(&mut self) -> Result<(), Interruption> {
        if let Way::Transactions { spent: spent @ Some(_), doubt, .. } = &mut self.way {
            self.outlet = transactional(&self.job, self.number)?;
            *spent = None;
            *doubt = Some(Doubt::aborted());
        }
        Ok(())
    }

    /// Why it is to be looked whether everything is committed that counts as that.
    pub(crate) fn doubt(&mut self) -> Option<Doubt> {
        let Way::Transactions { doubt, .. } = &mut self.way else {
            return None;
        };
        if self.outlet.has_lost_touch() {
            *doubt = Some(Doubt::touch_lost(*doubt));
        }
        *doubt
    }

    pub(crate) fn set_doubt(&mut self, now: Option<Doubt>) {
        if let Way::Transactions { doubt, .. } = &mut self.way {
            *doubt = now;
        }
    }

    /// Whether all partitions are as far as this worker has brought them.
    pub(crate) fn agrees(&self, found: &BTreeMap<i32, Standing>) -> bool {
        match &self.way {
            Way::Transactions { ledger, .. } => ledger.agrees(found),
            Way::Stream(_) => true,
        }
    }

    /// A partition comes.
    pub(crate) fn take(&mut self, partition: i32, standing: Standing) {
        if let Way::Transactions { ledger, .. } = &mut self.way {
            ledger.take(partition, standing);
        }
    }

    /// Writes a batch. What cannot be written now stays in it: `false`.
    pub(crate) fn write(
        &mut self,
        consumer: &GroupConsumer,
        batch: &mut Batch,
        patience: Duration,
    ) -> Result<bool, Interruption> {
        let options = &self.job.options;
        let (ledger, backoff, spent) = match &mut self.way {
            Way::Stream(stream) => {
                let sent = stream.send(&self.outlet, batch, options, patience)?;
                stream.commit_when_due(consumer, options);
                return Ok(sent);
            }
            Way::Transactions { ledger, backoff, spent, .. } => (ledger, backoff, spent),
        };
        let reader = Reader { consumer, ledger };
        match exactly_once::transact(&self.outlet, Some(reader), batch, options, patience)? {
            Outcome::Committed => {
                *backoff = BACKOFF_MIN;
                Ok(true)
            }
            Outcome::Aborted(reason) => {
                tracing::warn!(
                    group = self.job.group(),
                    "a transaction is aborted and tried again: {reason}"
                );
                self.job.aborted();
                *spent = Some(Instant::now() + *backoff);
                *backoff = (*backoff * 2).min(BACKOFF_MAX);
                Ok(false)
            }
        }
    }

    /// What is to be done when there is nothing to write.
    pub(crate) fn idle(&mut self, consumer: &GroupConsumer) -> Result<(), Interruption> {
        if let Way::Stream(stream) = &mut self.way {
            stream.settle(&self.outlet)?;
            stream.commit_when_due(consumer, &self.job.options);
        }
        Ok(())
    }

    /// Sees to it that everything that was written is committed. `false` when the time is over before.
    pub(crate) fn finish(
        &mut self,
        consumer: &GroupConsumer,
        patience: Duration,
    ) -> Result<bool, Interruption> {
        let Way::Stream(stream) = &mut self.way else {
            return Ok(true);
        };
        let finished = stream.finish(&self.outlet, consumer, &self.job.options, patience)?;
        if !finished {
            tracing::warn!(group = self.job.group(), "not everything is delivered in time");
        }
        Ok(finished)
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        match &mut self.way {
            Way::Stream(stream) => stream.forget(partition),
            Way::Transactions { ledger, .. } => ledger.forget(partition),
        }
    }
}

fn transactional(job: &Job, number: usize) -> Result<Outlet, Interruption> {
    let (migration, letters) = (&job.migration, job.dead_letter_partitions);
    transactional::open(&job.options, migration, job.direction, number, letters, || job.is_stopped())
}
