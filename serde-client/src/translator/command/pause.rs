//! `translator pause` and `translator resume`.

use std::time::Duration;

use clap::Args;

use super::migration::{ByArgs, MigrationArgs, millis, span};
use super::output::Out;
use super::{Failure, Outcome};
use crate::translator::pause::{Pause, now, time_text};

#[derive(Debug, Args)]
pub(super) struct PauseCommand {
    #[command(flatten)]
    migration: MigrationArgs,
    #[command(flatten)]
    by: ByArgs,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// When it ends by itself; never without it.
    #[arg(long = "for", value_parser = span, value_name = "TIME")]
    length: Option<Duration>,
}

impl PauseCommand {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        tokio::task::block_in_place(|| self.blocking(out))
    }

    fn blocking(&self, out: &mut Out) -> Result<Outcome, Failure> {
        let opened = self.migration.open()?;
        let since = now();
        let until = self.length.map(|length| since.saturating_add(millis(length)));
        let pause = Pause { by: self.by.name()?, reason: self.reason.clone(), since, until };
        opened.journal.create(&tokio::runtime::Handle::current()).map_err(Failure::new)?;
        opened.journal.set_pause(Some(&pause)).map_err(Failure::new)?;
        let until = until.map_or_else(
            || "until `translator resume`".to_owned(),
            |until| format!("until {}", time_text(until)),
        );
        out.line(format!("{} pauses within two seconds, {until}.", opened.migration.name));
        Ok(Outcome::Done)
    }
}

#[derive(Debug, Args)]
pub(super) struct Resume {
    #[command(flatten)]
    migration: MigrationArgs,
}

impl Resume {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        tokio::task::block_in_place(|| self.blocking(out))
    }

    fn blocking(&self, out: &mut Out) -> Result<Outcome, Failure> {
        let opened = self.migration.open()?;
        let ledger = opened.journal.read().map_err(Failure::new)?;
        if ledger.step.step.is_stopped() {
            return Err(Failure(format!(
                "the decommissioning is at {}: `translator decommission … back` starts translation again",
                ledger.step.step.word()
            )));
        }
        if ledger.pause.is_none() {
            out.line(format!("{} is not paused.", opened.migration.name));
            return Ok(Outcome::Done);
        }
        opened.journal.set_pause(None).map_err(Failure::new)?;
        out.line(format!("{} goes on within two seconds.", opened.migration.name));
        Ok(Outcome::Done)
    }
}
