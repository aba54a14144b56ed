//! What a direction has written to a topic, read back.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cluster::{
    Cluster, ClusterError, Connection, Isolation, OwnedRecord, Span, TopicReader, first_open,
};
use super::super::migration::{Direction, Migration, OnError};
use super::super::provenance::{MigrationId, Origin};
use super::commit_note::{CommitNote, Sink, Stretch};
use super::dead_letter::DeadLetter;
use super::worker::Job;

/// Offsets at the end of a partition that are looked at for records that came after the last commit. Others may have written
/// as much as they like since; a transaction that was under way when something died stands near the end.
const LATEST: i64 = 100_000;

/// Stretches with fewer offsets between them are read at once.
const GAP: i64 = 1_000;

/// A client needs the name of a group to ask; nothing is ever committed for it.
const READER: &str = "srt.traces";

/// A transaction that is open.
#[derive(Debug)]
pub(crate) struct Open {
    topic: String,
    partition: i32,
    /// It is one of this direction, and not of somebody who writes to the topic too.
    pub(crate) is_own: bool,
}

impl Open {
    pub(crate) fn error(self) -> ClusterError {
        ClusterError::Answer {
            what: format!("looking for what `{}` has already", self.topic),
            reason: format!("a transaction is open on its partition {}", self.partition),
        }
    }
}

/// A topic that is written to.
pub(crate) struct Sinks<'j> {
    connection: &'j Connection,
    migration: &'j Migration,
    direction: Direction,
    pub(crate) topic: &'j str,
    pub(crate) is_queue: bool,
    /// By partition, what was written of a partition of the source.
    stretches: Vec<(i32, Stretch)>,
    /// By partition, where readers of committed records end.
    ends: BTreeMap<i32, i64>,
}

impl<'j> Sinks<'j> {
    /// The topics of which notes speak.
    pub(crate) fn of(job: &'j Job, notes: &[&CommitNote]) -> Result<Vec<Self>, ClusterError> {
        let Job { migration, direction, .. } = job;
        let connection = &job.options.connection;
        let mut topics = vec![(&migration.target(*direction).topic, false)];
        if let OnError::DeadLetter { topic } = &migration.errors.on_error {
            topics.push((topic, true));
        }
        let mut all = Vec::new();
        for (topic, is_queue) in topics {
            let in_topic = |(sink, stretch): (&Sink, &Stretch)| match sink {
                Sink::Target(partition) if !is_queue => Some((*partition, *stretch)),
                Sink::DeadLetters(partition) if is_queue => Some((*partition, *stretch)),
                _ => None,
            };
            let stretches: Vec<_> =
                notes.iter().flat_map(|note| &note.written).filter_map(in_topic).collect();
            if !stretches.is_empty() {
                let ends = job.cluster()?.ends(topic)?.into_iter().collect();
                let direction = *direction;
                all.push(Self { connection, migration, direction, topic, is_queue, stretches, ends });
            }
        }
        Ok(all)
    }

    /// All partitions of the target, from their beginnings.
    pub(crate) fn whole_target(
        connection: &'j Connection,
        migration: &'j Migration,
        direction: Direction,
    ) -> Result<Self, ClusterError> {
        let topic = &migration.target(direction).topic;
        let ends: BTreeMap<i32, i64> =
            Cluster::connect(connection, READER)?.ends(topic)?.into_iter().collect();
        let stretches = ends.keys().map(|partition| (*partition, Stretch { begin: 0, end: 0 })).collect();
        Ok(Self { connection, migration, direction, topic, is_queue: false, stretches, ends })
    }

    /// What is open before the end of what was written; something of this direction first.
    pub(crate) fn open(&mut self) -> Result<Option<Open>, ClusterError> {
        let is_behind = |(partition, stretch): &&(i32, Stretch)| {
            stretch.begin < stretch.end && self.ends.get(partition).is_some_and(|end| *end < stretch.end)
        };
        let behind: BTreeSet<i32> =
            self.stretches.iter().filter(is_behind).map(|(partition, _)| *partition).collect();
        if behind.is_empty() {
            return Ok(None);
        }
        let open = first_open(self.connection, self.topic)?;
        let open = open.iter().filter(|record| behind.contains(&record.partition)).map(|record| Open {
            topic: self.topic.to_owned(),
            partition: record.partition,
            is_own: self.origin(record).is_some(),
        });
        let open = open.max_by_key(|open| open.is_own);
        if open.is_none() {
            // It has ended meanwhile, or the topic was created anew and is shorter.
            let ends = Cluster::connect(self.connection, READER)?.ends(self.topic)?;
            self.ends = ends.into_iter().collect();
        }
        Ok(open)
    }

    /// Gives where in the source the records of the stretches come from, aborted or not, by partition and offset.
    pub(crate) fn written(&self, take: &mut impl FnMut(i32, i64)) -> Result<(), ClusterError> {
        self.read(self.stretches.clone(), Isolation::Uncommitted, take)
    }

    /// The same of committed records, in the stretches and among the latest that came after these began.
    pub(crate) fn visible(&self, take: &mut impl FnMut(i32, i64)) -> Result<(), ClusterError> {
        let latest = |(partition, end): (&i32, &i64)| {
            let own = self.stretches.iter().filter(|(of, _)| of == partition);
            let begin = own.map(|(_, stretch)| stretch.begin).min()?;
            Some((*partition, Stretch { begin: begin.max(end.saturating_sub(LATEST)), end: *end }))
        };
        let latest = self.ends.iter().filter_map(latest);
        self.read(latest.chain(self.stretches.iter().copied()).collect(), Isolation::Committed, take)
    }

    fn read(
        &self,
        mut stretches: Vec<(i32, Stretch)>,
        isolation: Isolation,
        take: &mut impl FnMut(i32, i64),
    ) -> Result<(), ClusterError> {
        for (partition, stretch) in &mut stretches {
            stretch.end = stretch.end.min(self.ends.get(partition).copied().unwrap_or_default());
        }
        for pass in passes(stretches) {
            let mut reader = TopicReader::open(self.connection, self.topic, &pass, isolation)?;
            while let Some(record) = reader.read()? {
                if let Some((partition, offset)) = self.origin(&record) {
                    take(partition, offset);
                }
            }
        }
        Ok(())
    }

    /// The partition and offset of the source that a record comes from, if this direction has written it.
    fn origin(&self, record: &OwnedRecord) -> Option<(i32, i64)> {
        let headers = record.source_headers();
        let record = record.source(&headers);
        if self.is_queue {
            let letter = DeadLetter::of(&record)?;
            let is_own = letter.topic == self.migration.source(self.direction).topic && !letter.replayed;
            return is_own.then_some((letter.partition, letter.offset));
        }
        let id = MigrationId::of(&self.migration.name);
        let origin = Origin::of_translated(&record, id, self.direction)?;
        Some((origin.partition, origin.offset))
    }
}

/// Stretches in as few passes as it takes when each has one of every partition at most.
fn passes(mut stretches: Vec<(i32, Stretch)>) -> Vec<Vec<Span>> {
    stretches.retain(|(_, stretch)| stretch.begin < stretch.end);
    stretches.sort_by_key(|(partition, stretch)| (*partition, stretch.begin));
    let mut spans: Vec<Span> = Vec::new();
    for (partition, Stretch { begin, end }) in stretches {
        match spans.last_mut() {
            Some(last) if last.partition == partition && begin <= last.end.saturating_add(GAP) => {
                last.end = last.end.max(end);
            }
            _ => spans.push(Span { partition, from: begin, end }),
        }
    }
    let mut passes: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        match passes.iter_mut().find(|pass| pass.iter().all(|other| other.partition != span.partition)) {
            Some(pass) => pass.push(span),
            None => passes.push(vec![span]),
        }
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stretches: &[(i32, i64, i64)]) -> Vec<Vec<(i32, i64, i64)>> {
        let stretch =
            |(partition, begin, end): &(i32, i64, i64)| (*partition, Stretch { begin: *begin, end: *end });
        let span = |span: Span| (span.partition, span.from, span.end);
        let pass = |pass: Vec<Span>| pass.into_iter().map(span).collect();
        passes(stretches.iter().map(stretch).collect()).into_iter().map(pass).collect()
    }

    #[test]
    fn stretches_that_are_near_are_one() {
        let joined = of(&[(0, 500, 600), (1, 5, 5), (0, 100, 200), (0, 550, 560), (2, 0, 9)]);
        assert_eq!(joined, [[(0, 100, 600), (2, 0, 9)]]);
    }

    #[test]
    fn stretches_that_are_far_apart_are_read_one_after_the_other() {
        let apart = of(&[(0, 0, 10), (0, 900_000, 900_010), (1, 7, 8)]);
        assert_eq!(apart, [vec![(0, 0, 10), (1, 7, 8)], vec![(0, 900_000, 900_010)]]);
    }
}
