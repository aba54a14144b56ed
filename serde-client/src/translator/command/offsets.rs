//! `translator offsets`: where a consumer group goes on in the other topic.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, MappingArgs, Outcome};
use crate::translator::migration::{Direction, Pairing};
use crate::translator::offsets::{Move, PartitionMove, Position, Undo, apply, plan, undo};

#[derive(Debug, Args)]
pub(super) struct Offsets {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Which direction translates, where the mapping has both.
    #[arg(long, value_parser = direction, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// The group that moves.
    #[arg(long)]
    group: String,
    /// The group on the other topic whose offsets are set; the same one without it.
    #[arg(long, value_name = "GROUP")]
    to_group: Option<String>,
    /// Back from the topic that the direction reads to the one that it writes; of a mapping with `directions: cutover`, from
    /// the new topic to the old one.
    #[arg(long)]
    back: bool,
    /// Set the offsets. The group must have no members; what it had before is written to a file.
    #[arg(long, conflicts_with = "undo")]
    apply: bool,
    /// Set what a file of an earlier `--apply` holds.
    #[arg(long, value_name = "FILE")]
    undo: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Row {
    partition: i32,
    /// Absent where partitions of the two topics do not belong together.
    committed: Option<i64>,
    /// The offset in the other topic; absent while something has to happen first.
    offset: Option<i64>,
    waits_for: Option<String>,
    /// Records that the group will read again.
    repeats: u64,
}

impl Offsets {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        tokio::task::block_in_place(|| self.blocking(out))
    }

    fn blocking(&self, out: &mut Out) -> Result<Outcome, Failure> {
        let connection = self.kafka.connection()?;
        if let Some(path) = &self.undo {
            let kept = read_undo(path)?;
            undo(&connection, &kept).map_err(Failure::new)?;
            out.line(format!("The group `{}` is back where it was in `{}`.", kept.group, kept.topic));
            return Ok(Outcome::Done);
        }
        let loaded = self.mapping.load()?;
        let migration = &loaded.file.migration;
        let (direction, to_source) = match (self.direction, migration.pairing) {
            (None, Pairing::Cutover) => (Direction::OldToNew, self.back),
            _ => (loaded.direction(self.direction)?, !self.back),
        };
        let leaving = Move { direction, group: self.group.clone(), to_source };
        let moves = plan(migration, &connection, &leaving).map_err(Failure::new)?;
        let topic = if to_source { migration.source(direction) } else { migration.target(direction) };
        let topic = topic.topic.as_str();
        let rows: Vec<Row> = moves.iter().map(row).collect();
        match self.mapping.output {
            Format::Json => out.json(&rows),
            Format::Text => print(out, topic, &rows),
        }
        if rows.iter().any(|row| row.offset.is_none()) {
            return Ok(Outcome::NotSatisfied);
        }
        if self.apply {
            let group = self.to_group.as_ref().unwrap_or(&self.group);
            let before = apply(&connection, group, topic, &moves).map_err(Failure::new)?;
            let path = PathBuf::from(format!("{group}.{topic}.offsets-before.json"));
            write_undo(&path, &before)?;
            out.line(format!(
                "The group `{group}` goes on there. `--undo {}` takes that back.",
                path.display()
            ));
        }
        Ok(Outcome::Done)
    }
}

fn row(found: &PartitionMove) -> Row {
    let (offset, waits_for) = match found.position {
        Position::At(offset) => (Some(offset), None),
        Position::DrainFirst(left) => {
            (None, Some(format!("the group has {left} records to read that are in no other topic")))
        }
        Position::TranslateFirst(left) => {
            (None, Some(format!("the translator is {left} offsets behind the group")))
        }
    };
    Row { partition: found.partition, committed: found.committed, offset, waits_for, repeats: found.repeats }
}

fn print(out: &mut Out, topic: &str, rows: &[Row]) {
    let cells = |row: &Row| {
        let number = |number: Option<i64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let waits_for = row.waits_for.clone().unwrap_or_default();
        [row.partition.to_string(), number(row.committed), number(row.offset), waits_for]
    };
    let cells: Vec<[String; 4]> = rows.iter().map(cells).collect();
    out.table(["partition", "committed", &format!("offset in {topic}"), "waits for"], &cells);
    let repeats: u64 = rows.iter().map(|row| row.repeats).sum();
    if repeats > 0 {
        out.line("");
        out.line(format!(
            "The group will read {repeats} records again: records have chosen their partitions, and it has read some of \
             them further than others. Stop it where it has read everything, and there are none."
        ));
    }
}

fn read_undo(path: &Path) -> Result<Undo, Failure> {
    let name = path.display();
    let text = std::fs::read(path).map_err(|error| Failure(format!("{name}: {error}")))?;
    serde_json::from_slice(&text).map_err(|error| Failure(format!("{name}: {error}")))
}

fn write_undo(path: &Path, undo: &Undo) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(undo).map_err(Failure::new)?;
    std::fs::write(path, text).map_err(|error| {
        Failure(format!(
            "the offsets are set, but what they were cannot be kept in {}: {error}; they were {:?}",
            path.display(),
            undo.offsets
        ))
    })
}
