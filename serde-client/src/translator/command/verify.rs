//! `translator verify`: what became of every record.

use std::sync::Arc;

use clap::Args;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, MappingArgs, Outcome};
use crate::translator::migration::Direction;
use crate::translator::verify::{Scope, VerifyReport, verify};

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Which way, where the mapping has both.
    #[arg(long, value_parser = direction, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// Only the newest records: so many offsets of each partition.
    #[arg(long, value_name = "OFFSETS", conflicts_with = "latest_by_key")]
    newest: Option<u32>,
    /// Only the latest record of each key, for compacted topics.
    #[arg(long)]
    latest_by_key: bool,
}

impl Verify {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let loaded = self.mapping.load()?;
        let direction = loaded.direction(self.direction)?;
        let connection = self.kafka.connection()?;
        let mapped = loaded.mapped(direction).await?;
        let scope = match (self.newest, self.latest_by_key) {
            (Some(offsets), _) => Scope::Newest(offsets),
            (None, true) => Scope::LatestByKey,
            (None, false) => Scope::Full,
        };
        let migration = Arc::new(loaded.file.migration);
        let report = verify(migration, direction, mapped, connection, scope).await.map_err(Failure::new)?;
        match self.mapping.output {
            Format::Json => out.json(&report),
            Format::Text => print(out, &report),
        }
        Ok(if report.passed() { Outcome::Done } else { Outcome::NotSatisfied })
    }
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
