//! How far a partition is, by what its offset and the topics say together.
//!
//! A transaction makes records and offsets visible at once. Where a broker has left out some of its markers (see
//! `transactional`), one of them can be there without the other: the records would be translated a second time, or never.
//! What was written beside the offset ([`CommitNote`]) says where its records are, so both is seen here and put right.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::super::cluster::{
    ClusterError, Isolation, NotedOffset, OwnedRecord, Span, TopicReader, first_open,
};
use super::super::migration::OnError;
use super::super::provenance::{MigrationId, Origin};
use super::batch::Fate;
use super::commit_note::{CommitNote, Sink, Stretch};
use super::dead_letter::DeadLetter;
use super::worker::Job;

/// How long may be read what others have written since: the group must not miss this member.
const PATIENCE: Duration = Duration::from_secs(60);

/// A committed offset and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Committed {
    partition: i32,
    offset: Option<i64>,
    note: Option<CommitNote>,
}

impl Committed {
    fn of((partition, offset, text): &NotedOffset) -> Self {
        Self { partition: *partition, offset: *offset, note: CommitNote::parse(text) }
    }
}

/// Where to go on with a partition of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The first record to read; the oldest one where there is none.
    pub(crate) start: Option<i64>,
    /// Records from there on that are written already, and what became of them.
    pub(crate) done: BTreeMap<i64, Fate>,
    /// Whether that is not where the committed offset is.
    pub(crate) is_behind: bool,
}

impl Standing {
    /// Whether offset and records did not agree.
    pub(crate) fn is_repaired(&self) -> bool {
        self.is_behind || !self.done.is_empty()
    }
}

/// Takes offsets as they are.
pub(crate) fn believed(offsets: Vec<NotedOffset>) -> BTreeMap<i32, Standing> {
    let standing = |(partition, start, _)| (partition, Standing { start, ..Standing::default() });
    offsets.into_iter().map(standing).collect()
}

/// What can be said.
#[derive(Debug)]
pub(crate) enum Look {
    Known(BTreeMap<i32, Standing>),
    /// A transaction is open before the end of what was committed.
    Open {
        topic: String,
        partition: i32,
        /// It is one of this direction, and not of somebody who writes to the target too.
        is_own: bool,
    },
}

/// What is read of one partition of the source.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// By offset, what readers of committed records see.
    visible: BTreeMap<i64, Fate>,
    /// What the last transaction wrote, aborted or not.
    written: BTreeSet<i64>,
}

/// Looks how far partitions are whose offsets are committed.
pub(crate) fn look(job: &Job, offsets: &[NotedOffset]) -> Result<Look, ClusterError> {
    let committed: Vec<Committed> = offsets.iter().map(Committed::of).collect();
    let mut seen: BTreeMap<i32, Seen> =
        committed.iter().map(|committed| (committed.partition, Seen::default())).collect();
    for topic in Topic::all(job) {
        let stretches = topic.stretches(&committed);
        if stretches.is_empty() {
            continue;
        }
        let cluster = job.cluster()?;
        let ends: BTreeMap<i32, i64> = cluster.ends(topic.name)?.into_iter().collect();
        if let Some(open) = topic.open(job, &stretches, &ends)? {
            return Ok(open);
        }
        topic.read(job, &stretches, &ends, &mut seen)?;
    }
    let standing = |committed: Committed| {
        let seen = seen.remove(&committed.partition).unwrap_or_default();
        (committed.partition, standing(&committed, seen))
    };
    Ok(Look::Known(committed.into_iter().map(standing).collect()))
}

/// Decides; see the module.
fn standing(committed: &Committed, seen: Seen) -> Standing {
    let (Some(offset), Some(note)) = (committed.offset, &committed.note) else {
        return Standing { start: committed.offset, ..Standing::default() };
    };
    let mut last = seen.written.range(note.from.min(offset)..offset);
    let lost = last.find(|written| !seen.visible.contains_key(written));
    let start = lost.copied().unwrap_or(offset);
    let mut done = seen.visible;
    Standing { start: Some(start), done: done.split_off(&start), is_behind: start < offset }
}

/// A topic that is written to.
struct Topic<'j> {
    name: &'j str,
    is_queue: bool,
}

impl<'j> Topic<'j> {
    fn all(job: &'j Job) -> Vec<Self> {
        let mut all = vec![Self { name: &job.migration.target(job.direction).topic, is_queue: false }];
        if let OnError::DeadLetter { topic } = &job.migration.errors.on_error {
            all.push(Self { name: topic, is_queue: true });
        }
        all
    }

    /// By partition, from where on to look and how far the last transactions go.
    fn stretches(&self, committed: &[Committed]) -> BTreeMap<i32, Stretch> {
        let mut all: BTreeMap<i32, Stretch> = BTreeMap::new();
        let written =
            committed.iter().filter_map(|committed| committed.note.as_ref()).flat_map(|note| &note.written);
        for (sink, stretch) in written {
            let partition = match sink {
                Sink::Target(partition) if !self.is_queue => *partition,
                Sink::DeadLetters(partition) if self.is_queue => *partition,
                _ => continue,
            };
            let all = all.entry(partition).or_insert(*stretch);
            all.begin = all.begin.min(stretch.begin);
            all.end = all.end.max(stretch.end);
        }
        all
    }

    /// Whether something is open before the end of what the last transactions wrote.
    fn open(
        &self,
        job: &Job,
        stretches: &BTreeMap<i32, Stretch>,
        ends: &BTreeMap<i32, i64>,
    ) -> Result<Option<Look>, ClusterError> {
        let is_behind = |(partition, stretch): &(&i32, &Stretch)| {
            stretch.begin < stretch.end && ends.get(partition).is_some_and(|end| *end < stretch.end)
        };
        let Some((partition, _)) = stretches.iter().find(is_behind) else {
            return Ok(None);
        };
        let first = first_open(&job.options.connection, self.name, *partition)?;
        // A topic that was created anew is shorter too, and nothing is open there.
        Ok(first.map(|record| Look::Open {
            topic: self.name.to_owned(),
            partition: *partition,
            is_own: self.origin(job, &record).is_some(),
        }))
    }

    fn read(
        &self,
        job: &Job,
        stretches: &BTreeMap<i32, Stretch>,
        ends: &BTreeMap<i32, i64>,
        seen: &mut BTreeMap<i32, Seen>,
    ) -> Result<(), ClusterError> {
        let fate = if self.is_queue { Fate::DeadLettered } else { Fate::Ok };
        let spans = |end: fn(&Stretch, i64) -> i64| -> Vec<Span> {
            let span = |(partition, stretch): (&i32, &Stretch)| {
                let end = end(stretch, *ends.get(partition)?);
                Some(Span { partition: *partition, from: stretch.begin, end })
            };
            stretches.iter().filter_map(span).filter(|span| span.from < span.end).collect()
        };
        self.each(job, &spans(|_, end| end), Isolation::Committed, |partition, offset| {
            if let Some(seen) = seen.get_mut(&partition) {
                seen.visible.insert(offset, fate);
            }
        })?;
        self.each(
            job,
            &spans(|stretch, end| stretch.end.min(end)),
            Isolation::Uncommitted,
            |partition, offset| {
                if let Some(seen) = seen.get_mut(&partition) {
                    seen.written.insert(offset);
                }
            },
        )
    }

    /// Gives the origins of what this direction has written in spans.
    fn each(
        &self,
        job: &Job,
        spans: &[Span],
        isolation: Isolation,
        mut take: impl FnMut(i32, i64),
    ) -> Result<(), ClusterError> {
        if spans.is_empty() {
            return Ok(());
        }
        let until = Instant::now() + PATIENCE;
        let mut reader = TopicReader::open(&job.options.connection, self.name, spans, isolation)?;
        while let Some(record) = reader.read()? {
            if let Some((partition, offset)) = self.origin(job, &record) {
                take(partition, offset);
            }
            if Instant::now() >= until {
                tracing::warn!(
                    topic = self.name,
                    "so much was written since the last commit that not all of it is looked at"
                );
                break;
            }
        }
        Ok(())
    }

    /// The partition and offset of the source that a record comes from, if this direction has written it.
    fn origin(&self, job: &Job, record: &OwnedRecord) -> Option<(i32, i64)> {
        let headers = record.source_headers();
        let record = record.source(&headers);
        if self.is_queue {
            let letter = DeadLetter::of(&record)?;
            let is_own = letter.topic == job.migration.source(job.direction).topic && !letter.replayed;
            return is_own.then_some((letter.partition, letter.offset));
        }
        let id = MigrationId::of(&job.migration.name);
        let origin = Origin::of_translated(&record, id, job.direction)?;
        Some((origin.partition, origin.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(offset: i64, from: i64, visible: &[i64], written: &[i64]) -> (i64, Vec<i64>) {
        let note = Some(CommitNote { from, written: BTreeMap::new() });
        let committed = Committed { partition: 0, offset: Some(offset), note };
        let visible = visible.iter().map(|offset| (*offset, Fate::Ok)).collect();
        let standing = standing(&committed, Seen { visible, written: written.iter().copied().collect() });
        (standing.start.unwrap(), standing.done.into_keys().collect())
    }

    #[test]
    fn what_is_there_with_its_offset_is_done() {
        assert_eq!(found(5, 3, &[3, 4], &[3, 4]), (5, vec![]));
        assert_eq!(found(5, 3, &[], &[]), (5, vec![]), "nothing was written of what was read");
    }

    #[test]
    fn records_without_their_offset_are_not_written_again() {
        assert_eq!(found(5, 3, &[3, 4, 5, 7], &[3, 4]), (5, vec![5, 7]));
    }

    #[test]
    fn an_offset_without_its_records_goes_back_to_the_first_one() {
        assert_eq!(found(6, 3, &[], &[4, 5]), (4, vec![]));
        assert_eq!(found(6, 3, &[4], &[3, 4, 5]), (3, vec![4]), "another partition's part is there");
        assert_eq!(found(6, 3, &[3, 4, 5], &[2, 3]), (6, vec![]), "what is before is of another transaction");
    }

    #[test]
    fn records_that_are_gone_for_another_reason_are_not_lost() {
        assert_eq!(found(6, 3, &[5], &[5]), (6, vec![]), "compaction has taken the others");
    }

    #[test]
    fn an_offset_without_a_note_is_believed() {
        let committed = Committed { partition: 0, offset: Some(4), note: None };
        let visible = BTreeMap::from([(9, Fate::Ok)]);
        let seen = Seen { visible, written: BTreeSet::from([1]) };
        assert_eq!(standing(&committed, seen), Standing { start: Some(4), ..Standing::default() });
    }
}
