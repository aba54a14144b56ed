//! What a worker has written where, and what it takes for committed.

use std::collections::BTreeMap;

use super::super::cluster::ClusterError;
use super::super::migration::{OnError, Provenance};
use super::batch::Batch;
use super::commit_note::{CommitNote, Sink, Stretch};
use super::evidence::Standing;
use super::worker::Job;

/// A record that the broker has confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// The partition that it was read from.
    pub(crate) partition: i32,
    pub(crate) sink: Sink,
    /// Unknown where the broker had it already.
    pub(crate) offset: Option<i64>,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// Offsets that no later record of this worker comes before.
    ends: BTreeMap<Sink, i64>,
    /// Whether the records of a partition go to all partitions of the target.
    is_scattered: bool,
    /// How many partitions the dead-letter queue has.
    letters: Option<i32>,
    /// Whether records say where they come from. Without that nobody could find them.
    is_signed: bool,
    standings: BTreeMap<i32, Standing>,
}

impl Ledger {
    /// Looks where the topics end.
    pub(crate) fn open(job: &Job) -> Result<Self, ClusterError> {
        let migration = &job.migration;
        let cluster = job.cluster()?;
        let ends = |topic: &str, sink: fn(i32) -> Sink| -> Result<Vec<(Sink, i64)>, ClusterError> {
            let ends = cluster.ends(topic)?;
            Ok(ends.into_iter().map(|(partition, end)| (sink(partition), end)).collect())
        };
        let mut all = ends(&migration.target(job.direction).topic, Sink::Target)?;
        if let OnError::DeadLetter { topic } = &migration.errors.on_error {
            all.extend(ends(topic, Sink::DeadLetters)?);
        }
        Ok(Self {
            ends: all.into_iter().collect(),
            is_scattered: job.placement.partitions().is_some(),
            letters: job.dead_letter_partitions,
            is_signed: migration.headers.provenance != Provenance::Off,
            standings: BTreeMap::new(),
        })
    }

    /// The notes beside the offsets of a batch whose records are delivered.
    pub(crate) fn notes(&self, batch: &Batch, delivered: &[Delivered]) -> BTreeMap<i32, CommitNote> {
        if !self.is_signed {
            return BTreeMap::new();
        }
        let mut notes: BTreeMap<i32, CommitNote> = batch
            .begins()
            .map(|(partition, from)| (partition, CommitNote { from, written: BTreeMap::new() }))
            .collect();
        for record in delivered {
            let Some(note) = notes.get_mut(&record.partition) else {
                continue;
            };
            let begin = record.offset.unwrap_or_else(|| self.end(record.sink));
            let end = record.offset.map_or(begin, |offset| offset + 1);
            let stretch = note.written.entry(record.sink).or_insert(Stretch { begin, end });
            stretch.begin = stretch.begin.min(begin);
            stretch.end = stretch.end.max(end);
        }
        let ends = self.after(delivered);
        for (partition, note) in &mut notes {
            for (sink, end) in ends.iter().filter(|(sink, _)| self.may_write(*partition, **sink)) {
                note.written.entry(*sink).or_insert(Stretch { begin: *end, end: *end });
            }
        }
        notes
    }

    /// A batch is committed.
    pub(crate) fn commit(&mut self, batch: &Batch, delivered: &[Delivered]) {
        self.ends = self.after(delivered);
        let standing =
            |(partition, start)| (partition, Standing { start: Some(start), ..Standing::default() });
        self.standings.extend(batch.positions().map(standing));
    }

    /// A partition comes, and this is how far it is.
    pub(crate) fn take(&mut self, partition: i32, standing: Standing) {
        self.standings.insert(partition, standing);
    }

    /// Somebody else reads a partition now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.standings.remove(&partition);
    }

    /// Whether partitions are as far as this worker believes.
    pub(crate) fn agrees(&self, found: &BTreeMap<i32, Standing>) -> bool {
        self.standings == *found
    }

    fn end(&self, sink: Sink) -> i64 {
        self.ends.get(&sink).copied().unwrap_or_default()
    }

    fn after(&self, delivered: &[Delivered]) -> BTreeMap<Sink, i64> {
        let mut ends = self.ends.clone();
        for record in delivered {
            let end = ends.entry(record.sink).or_default();
            *end = record.offset.map_or(*end, |offset| (offset + 1).max(*end));
        }
        ends
    }

    fn may_write(&self, partition: i32, sink: Sink) -> bool {
        match sink {
            Sink::Target(target) => self.is_scattered || target == partition,
            Sink::DeadLetters(_) => {
                self.letters.is_some_and(|count| Sink::of_letters(partition, count) == sink)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::batch::{Destination, Fate, Place};
    use super::*;

    /// What a worker of two partitions has read: two records of the first, one of them a dead letter, and an echo.
    fn read() -> Batch {
        let mut batch = Batch::default();
        let place = |partition, offset| Place { partition, offset, timestamp: None };
        batch.push(Destination::Target(0), place(0, 10), None, None);
        batch.read(&place(0, 10), Fate::Ok);
        batch.push(Destination::DeadLetters, place(0, 11), None, None);
        batch.read(&place(0, 11), Fate::DeadLettered);
        batch.read(&place(1, 4), Fate::Echo);
        batch
    }

    fn delivered(offset: Option<i64>) -> Vec<Delivered> {
        let record = |sink, offset| Delivered { partition: 0, sink, offset };
        vec![record(Sink::Target(0), offset), record(Sink::DeadLetters(0), Some(7))]
    }

    fn ledger(is_scattered: bool) -> Ledger {
        let ends = [(Sink::Target(0), 100), (Sink::Target(1), 200), (Sink::DeadLetters(0), 5)];
        Ledger {
            ends: BTreeMap::from(ends),
            is_scattered,
            letters: Some(1),
            is_signed: true,
            ..Ledger::default()
        }
    }

    fn texts(ledger: &Ledger, delivered: &[Delivered]) -> Vec<String> {
        ledger.notes(&read(), delivered).values().map(CommitNote::text).collect()
    }

    #[test]
    fn a_note_says_where_records_are_and_where_later_ones_may_come() {
        let notes = texts(&ledger(false), &delivered(Some(120)));
        assert_eq!(notes, ["srt1 10 t0:120+1 d0:7+1", "srt1 4 t1:200+0 d0:8+0"]);
    }

    #[test]
    fn scattered_records_may_come_everywhere() {
        let notes = texts(&ledger(true), &delivered(Some(120)));
        assert_eq!(notes, ["srt1 10 t0:120+1 t1:200+0 d0:7+1", "srt1 4 t0:121+0 t1:200+0 d0:8+0"]);
    }

    #[test]
    fn an_offset_that_the_broker_does_not_tell_is_behind_the_known_end() {
        assert_eq!(texts(&ledger(false), &delivered(None))[0], "srt1 10 t0:100+0 d0:7+1");
    }

    #[test]
    fn without_provenance_there_are_no_notes() {
        let unsigned = Ledger { is_signed: false, ..ledger(false) };
        assert_eq!(texts(&unsigned, &delivered(Some(120))), Vec::<String>::new());
    }

    #[test]
    fn what_is_committed_is_believed() {
        let mut ledger = ledger(false);
        ledger.take(0, Standing { start: Some(10), done: BTreeMap::from([(10, Fate::Ok)]) });
        ledger.take(1, Standing::default());
        ledger.commit(&read(), &delivered(Some(120)));
        let at = |start| Standing { start: Some(start), ..Standing::default() };
        let found = BTreeMap::from([(0, at(12)), (1, at(5))]);
        assert!(ledger.agrees(&found));
        ledger.forget(1);
        assert!(!ledger.agrees(&found));
        assert_eq!((ledger.end(Sink::Target(0)), ledger.end(Sink::DeadLetters(0))), (121, 8));
    }
}
