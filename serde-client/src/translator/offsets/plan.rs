//! Finds the positions of a group, and commits them for another one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::cluster::{Cluster, ClusterError, Connection, Isolation, Span, TopicReader};
use super::super::eras::Eras;
use super::super::migration::{Direction, Migration};
use super::super::provenance::{MigrationId, Origin};
use super::position::{Position, ToSource, ToTarget};
use super::spread::{FromSources, ToSources};
use super::turned;

/// Offsets that are read at first, on the way back from the end; each further look is twice as long.
const WINDOW: i64 = 1000;

/// A group that changes topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The direction that translates.
    pub direction: Direction,
    /// The group that leaves a topic of the migration.
    pub group: String,
    /// Whether it leaves the topic that the direction writes, for the one that it reads.
    pub to_source: bool,
}

/// Where the group goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionMove {
    /// The partition, in the topic that it moves to.
    pub partition: i32,
    /// What the group has committed in the same partition of the topic that it leaves; the start of that where it has
    /// nothing. Absent where records have chosen their partitions, so that there is no same one.
    pub committed: Option<i64>,
    /// Where to go on in the other topic.
    pub position: Position,
    /// Records that the group will read again from there.
    pub repeats: u64,
}

/// What a group had committed before positions were applied: written to a file, it takes them back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// The group.
    pub group: String,
    /// The topic.
    pub topic: String,
    /// By partition; where there was nothing, the position stays.
    pub offsets: Vec<(i32, Option<i64>)>,
}

/// Why a group cannot be moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OffsetsError {
    /// The cluster does not do what is asked of it; a group with members takes no offsets.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// Some partitions are not ready.
    #[error("partition {partition} is not ready: {}", reason(*.position))]
    NotReady {
        /// The first of them.
        partition: i32,
        /// What has to happen first.
        position: Position,
    },
}

fn reason(position: Position) -> String {
    match position {
        Position::At(offset) => format!("it goes on at {offset}"),
        Position::DrainFirst(left) => {
            format!("the group has {left} records to read that are in no other topic")
        }
        Position::TranslateFirst(left) => format!("the translator is {left} offsets behind the group"),
    }
}

/// The positions of a group in the topic that it moves to. Blocks.
///
/// # Errors
/// [`OffsetsError`], but for partitions that are not ready: those are told by their positions.
pub fn plan(
    migration: &Migration,
    connection: &Connection,
    group: &Move,
) -> Result<Vec<PartitionMove>, OffsetsError> {
    if !Eras::read(connection, migration, group.direction)?.is_empty() {
        return spread(migration, connection, group);
    }
    if let Some(moves) = turned::plan(migration, connection, group)? {
        return Ok(moves);
    }
    let (source, target) =
        (&migration.source(group.direction).topic, &migration.target(group.direction).topic);
    let translator = Cluster::connect(connection, &migration.group(group.direction))?;
    let (sources, targets) = (translator.spans(source)?, translator.spans(target)?);
    let partitions: Vec<i32> = targets.iter().map(|span| span.partition).collect();
    let translated = translator.committed(source, &partitions)?;
    let left = if group.to_source { target } else { source };
    let committed = Cluster::connect(connection, &group.group)?.committed(left, &partitions)?;
    let history = History::of(migration, connection, group.direction);
    let mut moves = Vec::new();
    for (((source, target), (partition, committed)), (_, translated)) in
        sources.iter().zip(targets).zip(committed).zip(translated)
    {
        let translated = translated.unwrap_or(source.from);
        let from = if group.to_source { target.from } else { source.from };
        let committed = committed.unwrap_or(from);
        let position = if group.to_source {
            history.to_source(target, committed)?.position(translated)
        } else {
            history.to_target(target, committed)?.position(translated, target.end)
        };
        moves.push(PartitionMove { partition, committed: Some(committed), position, repeats: 0 });
    }
    Ok(moves)
}

/// The same where records have chosen their partitions: the target is read whole.
fn spread(
    migration: &Migration,
    connection: &Connection,
    group: &Move,
) -> Result<Vec<PartitionMove>, OffsetsError> {
    let (source, target) =
        (&migration.source(group.direction).topic, &migration.target(group.direction).topic);
    let translator = Cluster::connect(connection, &migration.group(group.direction))?;
    let (sources, targets) = (translator.spans(source)?, translator.spans(target)?);
    let translated = positions(&translator, source, &sources)?;
    let leaving = Cluster::connect(connection, &group.group)?;
    let history = History::of(migration, connection, group.direction);
    let moved =
        |partition, (position, repeats)| PartitionMove { partition, committed: None, position, repeats };
    if group.to_source {
        let committed = positions(&leaving, target, &targets)?;
        let mut found = ToSources::default();
        for span in &targets {
            let read = committed.get(&span.partition).copied().unwrap_or(span.from);
            history.read(*span, |offset, origin| found.see(offset < read, origin.as_ref()))?;
        }
        return Ok(translated
            .iter()
            .map(|(partition, start)| moved(*partition, found.position(*partition, *start)))
            .collect());
    }
    let committed = positions(&leaving, source, &sources)?;
    let behind = translated.iter().map(|(partition, translated)| {
        let read = committed.get(partition).copied().unwrap_or_default();
        u64::try_from(read - translated).unwrap_or_default()
    });
    let behind = behind.sum();
    let mut moves = Vec::new();
    for span in targets {
        let mut found = FromSources::new(committed.clone());
        history.read(span, |offset, origin| {
            if let Some(origin) = origin {
                found.see(offset, &origin);
            }
        })?;
        moves.push(moved(span.partition, found.position(behind, span.end)));
    }
    Ok(moves)
}

/// What a group has committed by partition; the start of those where it has nothing.
fn positions(cluster: &Cluster, topic: &str, spans: &[Span]) -> Result<BTreeMap<i32, i64>, ClusterError> {
    let partitions: Vec<i32> = spans.iter().map(|span| span.partition).collect();
    let committed = cluster.committed(topic, &partitions)?;
    let position =
        |(span, (_, offset)): (&Span, (i32, Option<i64>))| (span.partition, offset.unwrap_or(span.from));
    Ok(spans.iter().zip(committed).map(position).collect())
}

/// Commits positions for a group without members, in the topic that it moves to. Blocks.
///
/// # Errors
/// [`OffsetsError::NotReady`] before anything is done, when a partition has no position yet.
pub fn apply(
    connection: &Connection,
    group: &str,
    topic: &str,
    moves: &[PartitionMove],
) -> Result<Undo, OffsetsError> {
    let mut offsets = Vec::new();
    for PartitionMove { partition, position, .. } in moves {
        match position {
            Position::At(offset) => offsets.push((*partition, *offset)),
            Position::DrainFirst(_) | Position::TranslateFirst(_) => {
                return Err(OffsetsError::NotReady { partition: *partition, position: *position });
            }
        }
    }
    let cluster = Cluster::connect(connection, group)?;
    let partitions: Vec<i32> = offsets.iter().map(|(partition, _)| *partition).collect();
    let before = cluster.committed(topic, &partitions)?;
    cluster.commit(topic, &offsets)?;
    Ok(Undo { group: group.to_owned(), topic: topic.to_owned(), offsets: before })
}

/// Takes back what [`apply`] did. Blocks.
///
/// # Errors
/// [`OffsetsError::Cluster`].
pub fn undo(connection: &Connection, undo: &Undo) -> Result<(), OffsetsError> {
    let known = undo.offsets.iter().filter_map(|(partition, offset)| Some((*partition, (*offset)?)));
    let offsets: Vec<(i32, i64)> = known.collect();
    if !offsets.is_empty() {
        Cluster::connect(connection, &undo.group)?.commit(&undo.topic, &offsets)?;
    }
    Ok(())
}

/// The target of a direction, read backwards.
pub(super) struct History<'a> {
    connection: &'a Connection,
    target: &'a str,
    id: MigrationId,
    direction: Direction,
}

impl<'a> History<'a> {
    pub(super) fn of(migration: &'a Migration, connection: &'a Connection, direction: Direction) -> Self {
        let target = &migration.target(direction).topic;
        Self { connection, target, id: MigrationId::of(&migration.name), direction }
    }

    pub(super) fn to_source(&self, span: Span, committed: i64) -> Result<ToSource, OffsetsError> {
        let mut group = ToSource::new(committed);
        let (mut end, mut window) = (span.end, WINDOW);
        // The first look must reach from before what is committed to the end, in order.
        let mut from = committed.saturating_sub(window).max(span.from);
        loop {
            self.read(Span { from, end, ..span }, |offset, origin| group.see(offset, origin.as_ref()))?;
            if group.is_anchored() || from <= span.from {
                return Ok(group);
            }
            window *= 2;
            (end, from) = (from, from.saturating_sub(window).max(span.from));
        }
    }

    pub(super) fn to_target(&self, span: Span, committed: i64) -> Result<ToTarget, OffsetsError> {
        let mut group = ToTarget::new(committed);
        let (mut end, mut window) = (span.end, WINDOW);
        loop {
            let from = end.saturating_sub(window).max(span.from);
            self.read(Span { from, end, ..span }, |offset, origin| {
                if let Some(origin) = origin {
                    group.see(offset, &origin);
                }
            })?;
            if group.is_anchored() || from <= span.from {
                return Ok(group);
            }
            window *= 2;
            end = from;
        }
    }

    fn read(&self, span: Span, mut see: impl FnMut(i64, Option<Origin>)) -> Result<(), OffsetsError> {
        let mut reader = TopicReader::open(self.connection, self.target, &[span], Isolation::Committed)?;
        while let Some(record) = reader.read()? {
            let headers = record.source_headers();
            let origin = Origin::of_translated(&record.source(&headers), self.id, self.direction);
            see(record.offset, origin);
        }
        Ok(())
    }
}
