//! `translator run`.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, MappingArgs, Outcome};
use crate::translator::migration::Direction;
use crate::translator::run::{Fate, Options, RunReport, run_all};
use crate::translator::translation::Translate;

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Only this way; without it all that the mapping names, in this one process.
    #[arg(long, value_parser = direction, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// Names this process among those of the migration; each needs a name of its own. The host's name without it.
    #[arg(long)]
    instance: Option<String>,
    /// Consumers with a producer each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: u16,
    /// Stop when everything is translated that is there at the start.
    #[arg(long)]
    once: bool,
    /// Go on although the group has run with another mapping, or records go to other partitions from now on.
    #[arg(long)]
    accept_mapping_change: bool,
    /// Milliseconds that a record waits until its batch is committed, at the most where the broker can keep up.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    commit_interval: u64,
    /// MiB that records and queues may take.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=65_536))]
    memory: u32,
    /// Address for `/metrics`, `/health/live` and `/health/ready`.
    #[arg(long, value_name = "HOST:PORT")]
    metrics: Option<SocketAddr>,
}

#[derive(Debug, Serialize)]
struct Report {
    translated: u64,
    dead_lettered: u64,
    skipped: u64,
    echoes: u64,
    commits: u64,
    aborts: u64,
    restarts: u64,
}

impl Run {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let loaded = self.mapping.load()?;
        let directions = loaded.directions(self.direction)?;
        let connection = self.kafka.connection()?;
        let mut mapped: BTreeMap<Direction, Arc<dyn Translate>> = BTreeMap::new();
        for direction in &directions {
            mapped.insert(*direction, loaded.mapped(*direction).await?);
        }
        let migration = Arc::new(loaded.file.migration);
        let instance = self.instance.clone().unwrap_or_else(host);
        let mut options = Options::new(connection, instance);
        options.workers = usize::from(self.workers);
        options.once = self.once;
        options.static_membership = !self.once;
        options.accept_mapping_change = self.accept_mapping_change;
        options.batch.age = Duration::from_millis(self.commit_interval);
        options.memory = usize::try_from(self.memory).map_or(usize::MAX, |mebibytes| mebibytes << 20);
        options.metrics = self.metrics;
        if self.mapping.output == Format::Text {
            for direction in directions {
                out.line(format!(
                    "{}: {} -> {}, group {}",
                    migration.name,
                    migration.source(direction).topic,
                    migration.target(direction).topic,
                    migration.group(direction)
                ));
            }
        }
        let reports = run_all(migration, mapped, options, stopped()).await.map_err(Failure::new)?;
        print(out, self.mapping.output, &reports);
        Ok(Outcome::Done)
    }
}

/// One direction stands for itself; of two each is named.
fn print(out: &mut Out, format: Format, reports: &BTreeMap<Direction, RunReport>) {
    let told: BTreeMap<&str, Report> =
        reports.iter().map(|(direction, report)| (direction.word(), Report::of(report))).collect();
    match (format, told.len()) {
        (Format::Json, 1) => told.values().for_each(|report| out.json(report)),
        (Format::Json, _) => out.json(&told),
        (Format::Text, 1) => told.values().for_each(|report| out.line(report)),
        (Format::Text, _) => {
            told.iter().for_each(|(direction, report)| out.line(format!("{direction}: {report}")))
        }
    }
}

impl Report {
    fn of(report: &RunReport) -> Self {
        Self {
            translated: report.count(Fate::Ok),
            dead_lettered: report.count(Fate::DeadLettered),
            skipped: report.count(Fate::Skipped),
            echoes: report.count(Fate::Echo) + report.count(Fate::SuspectEcho),
            commits: report.commits,
            aborts: report.aborts,
            restarts: report.restarts,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} translated, {} to the dead-letter queue, {} skipped, {} echoes; {} commits, {} aborts, {} restarts",
            self.translated,
            self.dead_lettered,
            self.skipped,
            self.echoes,
            self.commits,
            self.aborts,
            self.restarts
        )
    }
}

fn host() -> String {
    std::env::var("HOSTNAME").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "translator".to_owned())
}

/// Ends with the first SIGINT or SIGTERM.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be waited for");
                let _ended = interrupted.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ended = interrupted.await;
    }
}
