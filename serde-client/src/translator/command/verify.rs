//! `translator verify`: what became of every record.

use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, MappingArgs, Outcome};
use crate::translator::migration::Direction;
use crate::translator::verify::{DivergenceReport, Position, Scope, VerifyReport, divergence, verify};

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Only this way; without it all that the mapping names, and whether keys were written on both sides.
    #[arg(long, value_parser = direction, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// Only the newest records: so many offsets of each partition.
    #[arg(long, value_name = "OFFSETS", conflicts_with = "latest_by_key")]
    newest: Option<u32>,
    /// Only the latest record of each key, for compacted topics.
    #[arg(long)]
    latest_by_key: bool,
}

/// All of it, as JSON.
#[derive(Debug, Serialize)]
struct Report {
    directions: Vec<VerifyReport>,
    writers: DivergenceReport,
}

impl Verify {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let loaded = self.mapping.load()?;
        let directions = loaded.directions(self.direction)?;
        let connection = self.kafka.connection()?;
        let scope = match (self.newest, self.latest_by_key) {
            (Some(offsets), _) => Scope::Newest(offsets),
            (None, true) => Scope::LatestByKey,
            (None, false) => Scope::Full,
        };
        let migration = Arc::new(loaded.file.migration.clone());
        let mut reports = Vec::new();
        for direction in directions {
            let mapped = loaded.mapped(direction).await?;
            let proof = verify(Arc::clone(&migration), direction, mapped, connection.clone(), scope);
            reports.push(proof.await.map_err(Failure::new)?);
        }
        let passed = reports.iter().all(VerifyReport::passed);
        if let [report] = reports.as_slice() {
            match self.mapping.output {
                Format::Json => out.json(report),
                Format::Text => print(out, report),
            }
            return Ok(if passed { Outcome::Done } else { Outcome::NotSatisfied });
        }
        let writers = divergence(migration, connection).await.map_err(Failure::new)?;
        let agrees = writers.diverging == 0;
        match self.mapping.output {
            Format::Json => out.json(&Report { directions: reports, writers }),
            Format::Text => {
                reports.iter().for_each(|report| print(out, report));
                print_writers(out, &writers);
            }
        }
        Ok(if passed && agrees { Outcome::Done } else { Outcome::NotSatisfied })
    }
}

fn print_writers(out: &mut Out, report: &DivergenceReport) {
    out.line(format!("{} keys were handed over from one topic to the other.", report.handed_over));
    if report.diverging == 0 {
        out.line("No key was written on both sides at once.");
        return;
    }
    out.line(format!(
        "{} keys were written on both sides at once, so their order is not told:",
        report.diverging
    ));
    let place = |position: Position| format!("{}/{}", position.partition, position.offset);
    let rows: Vec<[String; 3]> = report
        .keys
        .iter()
        .map(|key| {
            let span = |first, last| format!("{} to {}", place(first), place(last));
            [key.key.clone(), span(key.old_first, key.old_last), span(key.new_first, key.new_last)]
        })
        .collect();
    out.table(["key", "in the old topic", "in the new topic"], &rows);
}

fn print(out: &mut Out, report: &VerifyReport) {
    let counts = &report.counts;
    let rows = [
        ("records of the source", counts.source),
        ("translated, once and equal", counts.translated),
        ("in the dead-letter queue", counts.dead_lettered),
        ("skipped", counts.skipped),
        ("echoes", counts.echoes),
        ("native records of the target", counts.native),
        ("LOST", counts.lost),
        ("DOUBLED", counts.doubled),
        ("REORDERED", counts.reordered),
        ("WRONG", counts.wrong),
        ("ORPHANS", counts.orphans),
    ];
    let rows = rows.map(|(what, count)| [what.to_owned(), count.to_string()]);
    out.table([&format!("{} {}", report.migration, report.direction), "records"], &rows);
    if report.shared_keys > 0 {
        out.line(format!(
            "{} keys have records in several partitions of the source: nothing says in which order they belong",
            report.shared_keys
        ));
    }
    for difference in &report.differences {
        out.line(format!(
            "  partition {}, offset {}: {}",
            difference.partition, difference.origin, difference.detail
        ));
    }
    out.line(if report.passed() { "Proved." } else { "NOT proved: see above." });
}
