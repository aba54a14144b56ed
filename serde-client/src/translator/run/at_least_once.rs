//! Records as they come, and offsets behind what is delivered.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::consumer::GroupConsumer;
use super::exactly_once::refusal;
use super::options::{Options, Step};
use super::producer::Outlet;
use super::session::Interruption;
use super::watermark::Watermark;

/// How long a full client is waited for before the consumer is served again.
const PATIENCE: Duration = Duration::from_millis(100);

/// Between two tries of a commit.
const TICK: Duration = Duration::from_millis(20);

/// What is on its way to the broker.
#[derive(Debug)]
pub(crate) struct Stream {
    marks: BTreeMap<i32, Watermark>,
    /// By number, counted from `first`: the partition and offset that the record came from.
    sent: VecDeque<Option<(i32, i64)>>,
    first: usize,
    committed: Instant,
}

impl Stream {
    pub(crate) fn new() -> Self {
        Self { marks: BTreeMap::new(), sent: VecDeque::new(), first: 0, committed: Instant::now() }
    }

    /// Hands a batch to the client. `false` when the client's memory is full: what is left of the batch is to be tried
    /// again.
    pub(crate) fn send(
        &mut self,
        outlet: &Outlet,
        batch: &mut Batch,
        options: &Options,
        patience: Duration,
    ) -> Result<bool, Interruption> {
        let taken = self.hand_over(outlet, batch, options, patience.min(PATIENCE))?;
        let all = taken == batch.outgoing().len();
        if all {
            for (partition, position) in batch.positions() {
                self.marks.entry(partition).or_default().read_to(position);
            }
        } else {
            batch.sent(taken);
        }
        self.settle(outlet)?;
        Ok(all)
    }

    /// How many records the client has taken.
    fn hand_over(
        &mut self,
        outlet: &Outlet,
        batch: &Batch,
        options: &Options,
        patience: Duration,
    ) -> Result<usize, Interruption> {
        let until = Instant::now() + patience;
        let half = batch.outgoing().len() / 2;
        for (count, record) in batch.outgoing().enumerate() {
            if count == half {
                options.step(Step::Producing);
            }
            let number = self.first.wrapping_add(self.sent.len());
            while !outlet.send(&record, number).map_err(|error| Interruption::rejoin(error.to_string()))? {
                outlet.wait();
                if Instant::now() >= until {
                    return Ok(count);
                }
            }
            let place = record.place;
            self.marks.entry(place.partition).or_default().sent(place.offset);
            self.sent.push_back(Some((place.partition, place.offset)));
        }
        Ok(batch.outgoing().len())
    }

    /// Takes the reports of the client.
    pub(crate) fn settle(&mut self, outlet: &Outlet) -> Result<(), Interruption> {
        outlet.serve();
        for report in outlet.reports() {
            if let Err(code) = report.result {
                return Err(match refusal(code, outlet) {
                    Some(error) => Interruption::Failed(error),
                    None => Interruption::rejoin(format!("a record was not delivered: {code}")),
                });
            }
            let place = self.sent.get_mut(report.number.wrapping_sub(self.first)).and_then(Option::take);
            if let Some((partition, offset)) = place
                && let Some(mark) = self.marks.get_mut(&partition)
            {
                mark.delivered(offset);
            }
        }
        while let Some(None) = self.sent.front() {
            self.sent.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        Ok(())
    }

    /// Commits when it is time. `true` when something was.
    pub(crate) fn commit_when_due(&mut self, consumer: &GroupConsumer, options: &Options) -> bool {
        self.committed.elapsed() >= options.batch.age && self.commit(consumer, options)
    }

    /// Commits and waits for the answer: an offset that the group refuses, as it does while it rebalances, is due again.
    fn commit(&mut self, consumer: &GroupConsumer, options: &Options) -> bool {
        self.committed = Instant::now();
        let offsets: Vec<(i32, i64)> =
            self.marks.iter().filter_map(|(partition, mark)| Some((*partition, mark.due()?))).collect();
        if offsets.is_empty() {
            return false;
        }
        options.step(Step::Committing);
        if let Err(error) = consumer.commit(&offsets) {
            // What is not committed is translated again by whoever comes next.
            tracing::warn!("{error}");
            return false;
        }
        for (partition, offset) in offsets {
            if let Some(mark) = self.marks.get_mut(&partition) {
                mark.commit(offset);
            }
        }
        options.step(Step::Committed);
        true
    }

    /// Waits until everything is delivered, and commits it. `false` when the time is over.
    pub(crate) fn finish(
        &mut self,
        outlet: &Outlet,
        consumer: &GroupConsumer,
        options: &Options,
        patience: Duration,
    ) -> Result<bool, Interruption> {
        let until = Instant::now() + patience;
        let flushed = outlet.flush(until);
        self.settle(outlet)?;
        // A group that rebalances refuses offsets for a moment.
        while !self.commit(consumer, options) && self.is_due() && Instant::now() < until {
            std::thread::sleep(TICK);
        }
        Ok(flushed && self.marks.values().all(Watermark::is_settled))
    }

    fn is_due(&self) -> bool {
        self.marks.values().any(|mark| mark.due().is_some())
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.marks.remove(&partition);
    }
}
