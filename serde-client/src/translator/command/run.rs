//! `translator run`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, MappingArgs, Outcome};
use crate::translator::migration::Direction;
use crate::translator::run::{Fate, Options, RunReport, run};

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Which way, where the mapping has both.
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
    /// Milliseconds after which a batch is committed.
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
        let direction = loaded.direction(self.direction)?;
        let connection = self.kafka.connection()?;
        let mapped = loaded.mapped(direction).await?;
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
            out.line(format!(
                "{}: {} -> {}, group {}",
                migration.name,
                migration.source(direction).topic,
                migration.target(direction).topic,
                migration.group(direction)
            ));
        }
        let report = run(migration, direction, mapped, options, stopped()).await.map_err(Failure::new)?;
        print(out, self.mapping.output, &report);
        Ok(Outcome::Done)
    }
}

fn print(out: &mut Out, format: Format, report: &RunReport) {
    let report = Report {
        translated: report.count(Fate::Ok),
        dead_lettered: report.count(Fate::DeadLettered),
        skipped: report.count(Fate::Skipped),
        echoes: report.count(Fate::Echo) + report.count(Fate::SuspectEcho),
        commits: report.commits,
        aborts: report.aborts,
        restarts: report.restarts,
    };
    match format {
        Format::Json => out.json(&report),
        Format::Text => out.line(format!(
            "{} translated, {} to the dead-letter queue, {} skipped, {} echoes; {} commits, {} aborts, {} restarts",
            report.translated,
            report.dead_lettered,
            report.skipped,
            report.echoes,
            report.commits,
            report.aborts,
            report.restarts
        )),
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
