//! How far a partition is, by what its offset and the topics say together.
//!
//! A transaction makes records and offsets visible at once. Where a broker has left out some of its markers (see
//! `transactional`), one of them can be there without the other: the records would be translated a second time, or never.
//! What was written beside the offset ([`CommitNote`]) says where its records are, so both is seen here and put right.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::cluster::{ClusterError, NotedOffset};
use super::batch::Fate;
use super::commit_note::CommitNote;
use super::traces::Sinks;
use super::worker::Job;

/// How long a transaction of somebody else's may hide what this direction has written: its records stand behind, and the
/// offsets are believed then.
const FOREIGN_PATIENCE: Duration = Duration::from_secs(10);

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
}

/// Takes offsets as they are.
pub(crate) fn believed(offsets: &[NotedOffset]) -> BTreeMap<i32, Standing> {
    let standing =
        |(partition, start, _): &NotedOffset| (*partition, Standing { start: *start, ..Standing::default() });
    offsets.iter().map(standing).collect()
}

/// What is read of one partition of the source.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// By offset, what readers of committed records see.
    visible: BTreeMap<i64, Fate>,
    /// What the last transaction wrote, aborted or not.
    written: BTreeSet<i64>,
}

/// Looks how far partitions are whose offsets are committed, after having waited for `waited` already.
///
/// # Errors
/// [`ClusterError`], also while a transaction is open before the end of what was committed.
pub(crate) fn look(
    job: &Job,
    offsets: &[NotedOffset],
    waited: Duration,
) -> Result<BTreeMap<i32, Standing>, ClusterError> {
    let committed: Vec<Committed> = offsets.iter().map(Committed::of).collect();
    let mut seen: BTreeMap<i32, Seen> =
        committed.iter().map(|committed| (committed.partition, Seen::default())).collect();
    let notes: Vec<&CommitNote> = committed.iter().filter_map(|committed| committed.note.as_ref()).collect();
    for mut sinks in Sinks::of(job, &notes)? {
        match sinks.open()? {
            None => read(&sinks, &mut seen)?,
            Some(open) if !open.is_own && waited > FOREIGN_PATIENCE => return Ok(believed(offsets)),
            Some(open) => return Err(open.error()),
        }
    }
    let standing = |committed: Committed| {
        let seen = seen.remove(&committed.partition).unwrap_or_default();
        (committed.partition, standing(&committed, seen))
    };
    Ok(committed.into_iter().map(standing).collect())
}

fn read(sinks: &Sinks<'_>, seen: &mut BTreeMap<i32, Seen>) -> Result<(), ClusterError> {
    let fate = if sinks.is_queue { Fate::DeadLettered } else { Fate::Ok };
    let mut see = |partition, offset| {
        if let Some(seen) = seen.get_mut(&partition) {
            seen.visible.insert(offset, fate);
        }
    };
    sinks.visible(&mut see)?;
    sinks.written(&mut |partition, offset| {
        if let Some(seen) = seen.get_mut(&partition) {
            seen.written.insert(offset);
        }
    })
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
    Standing { start: Some(start), done: done.split_off(&start) }
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
