//! What commands take that look at a migration, and need none of its schemas.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::kafka::KafkaArgs;
use super::{Failure, Format, read_mapping};
use crate::translator::cluster::Connection;
use crate::translator::decommission::{Criteria, Journal, Ledger, Look, observe};
use crate::translator::mapping::file::time_span;
use crate::translator::migration::Migration;

#[derive(Debug, Args)]
pub(super) struct MigrationArgs {
    /// The mapping file.
    #[arg(value_name = "MAPPING")]
    pub(super) mapping: PathBuf,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// `text` for people, `json` for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) output: Format,
}

/// What gates demand.
#[derive(Debug, Args)]
pub(super) struct CriteriaArgs {
    /// How long gates must have held, such as `7d`.
    #[arg(long, value_parser = span, default_value = "7d", value_name = "TIME")]
    window: Duration,
    /// Records by which a group of the new topic may be behind.
    #[arg(long, default_value_t = 10_000, value_name = "RECORDS")]
    lag: u64,
    /// How long a brownout must be.
    #[arg(long, value_parser = span, default_value = "15m", value_name = "TIME")]
    brownout: Duration,
}

impl CriteriaArgs {
    pub(super) fn criteria(&self) -> Criteria {
        let (window, brownout) = (millis(self.window), millis(self.brownout));
        Criteria { window, lag: self.lag, brownout }
    }
}

pub(super) fn span(text: &str) -> Result<Duration, String> {
    time_span(text).ok_or_else(|| "a time such as `500ms`, `30s`, `15m`, `1h` or `7d` is needed".to_owned())
}

pub(super) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// A person who is responsible for what a command does.
#[derive(Debug, Args)]
pub(super) struct ByArgs {
    /// Your name; the environment's USER without it.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl ByArgs {
    pub(super) fn name(&self) -> Result<String, Failure> {
        let named = self.by.clone().or_else(|| std::env::var("USER").ok());
        named
            .filter(|name| !name.trim().is_empty())
            .ok_or_else(|| Failure("give your name with --by NAME".to_owned()))
    }
}

/// A migration with its cluster and its state topic.
pub(super) struct Opened {
    pub(super) migration: Migration,
    pub(super) connection: Connection,
    pub(super) journal: Journal,
}

impl MigrationArgs {
    pub(super) fn open(&self) -> Result<Opened, Failure> {
        let migration = read_mapping(&self.mapping)?.migration;
        let connection = self.kafka.connection()?;
        let journal = Journal::open(&connection, &migration).map_err(Failure::new)?;
        Ok(Opened { migration, connection, journal })
    }

    pub(super) fn connection(&self) -> Result<Connection, Failure> {
        self.kafka.connection()
    }
}

impl Opened {
    /// Takes a look and keeps it.
    pub(super) fn sample(&self) -> Result<(Ledger, Look), Failure> {
        self.journal.create(&tokio::runtime::Handle::current()).map_err(Failure::new)?;
        let mut ledger = self.journal.read().map_err(Failure::new)?;
        let look = observe(&self.migration, &self.connection, ledger.samples.last()).map_err(Failure::new)?;
        self.journal.sample(&mut ledger, &look).map_err(Failure::new)?;
        Ok((ledger, look))
    }
}
