//! Positions after a cutover. The old topic holds records of producers first and translated ones behind them, and the new
//! topic the other way round, so both directions together have an exact position for every place in either of them.

use super::super::cluster::{Cluster, CompactedTopic, Connection, Span};
use super::super::cutover::{CUTOVER_KEY, Cutover};
use super::super::migration::{Direction, Migration, Pairing};
use super::plan::{History, Move, OffsetsError, PartitionMove};
use super::position::Position;

/// The positions of a group, where a cutover has flipped.
pub(super) fn plan(
    migration: &Migration,
    connection: &Connection,
    group: &Move,
) -> Result<Option<Vec<PartitionMove>>, OffsetsError> {
    if migration.pairing != Pairing::Cutover {
        return Ok(None);
    }
    let state = CompactedTopic::new(connection, migration.state_topic())?;
    if !state.latest::<Cutover>(CUTOVER_KEY)?.is_some_and(|cutover| cutover.is_flipped()) {
        return Ok(None);
    }
    // What stands in the topic that is left came in this direction, or was written there.
    let into = if group.to_source { group.direction } else { group.direction.reverse() };
    let (left, other) = (&migration.target(into).topic, &migration.source(into).topic);
    let translator = Cluster::connect(connection, &migration.group(Direction::NewToOld))?;
    let (lefts, others) = (translator.spans(left)?, translator.spans(other)?);
    let partitions: Vec<i32> = lefts.iter().map(|span| span.partition).collect();
    let committed = Cluster::connect(connection, &group.group)?.committed(left, &partitions)?;
    let translated = translator.committed(&migration.new.topic, &partitions)?;
    let eras = Eras {
        into: History::of(migration, connection, into),
        out: History::of(migration, connection, into.reverse()),
        leaves_old: into == Direction::NewToOld,
    };
    let mut moves = Vec::new();
    for (((left, other), (partition, committed)), (_, translated)) in
        lefts.iter().zip(others).zip(committed).zip(translated)
    {
        let committed = committed.unwrap_or(left.from);
        let position = eras.position((*left, other), committed, translated.unwrap_or_default())?;
        moves.push(PartitionMove { partition, committed: Some(committed), position, repeats: 0 });
    }
    Ok(Some(moves))
}

struct Eras<'a> {
    /// Of the direction that writes the topic that is left.
    into: History<'a>,
    /// Of the direction that reads it.
    out: History<'a>,
    leaves_old: bool,
}

impl Eras<'_> {
    /// The first unread record decides, and which of both eras comes first is known.
    fn position(
        &self,
        (left, other): (Span, Span),
        committed: i64,
        translated: i64,
    ) -> Result<Position, OffsetsError> {
        if self.leaves_old {
            if let Some(offset) = self.out.to_target(other, committed)?.first_unread() {
                return Ok(Position::At(offset));
            }
            return Ok(self.into.to_source(left, committed)?.position(translated));
        }
        if let Some(offset) = self.into.to_source(left, committed)?.first_unread() {
            return Ok(Position::At(offset));
        }
        Ok(self.out.to_target(other, committed)?.position(translated, other.end))
    }
}
