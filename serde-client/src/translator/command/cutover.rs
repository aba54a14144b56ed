//! `translator cutover`: from consumers first to producers moved.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::migration::{ByArgs, MigrationArgs, Opened, span};
use super::output::Out;
use super::{Failure, Format, Outcome};
use crate::translator::cutover::{Cutover, CutoverEnd, CutoverOptions, CutoverStep, cut_over, take_back};
use crate::translator::migration::Pairing;
use crate::translator::pause::time_text;

#[derive(Debug, Args)]
pub(super) struct CutoverCommand {
    #[command(flatten)]
    migration: MigrationArgs,
    #[command(flatten)]
    by: ByArgs,
    /// You have seen to it that nobody writes to the old topic any more. Without it the command only says how to.
    #[arg(long)]
    producers_stopped: bool,
    /// A principal that writes to the old topic, such as `User:orders`, for the command line that denies it; may be
    /// repeated.
    #[arg(long, value_name = "PRINCIPAL")]
    producer: Vec<String>,
    /// How long nothing may arrive on the old topic.
    #[arg(long, value_parser = span, default_value = "10s", value_name = "TIME")]
    settle: Duration,
    /// How long to wait in all; whoever calls again goes on.
    #[arg(long, value_parser = span, default_value = "10m", value_name = "TIME")]
    wait: Duration,
    /// Leave records of the old topic in the dead-letter queue.
    #[arg(long)]
    leave_dead_letters: bool,
    /// Give up a cutover that has not flipped yet.
    #[arg(long, conflicts_with = "producers_stopped")]
    back: bool,
}

/// The result, as JSON.
#[derive(Debug, Serialize)]
struct Report<'a> {
    migration: &'a str,
    /// What is waited for.
    waits_for: Option<&'a str>,
    cutover: Option<&'a Cutover>,
}

impl CutoverCommand {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        tokio::task::block_in_place(|| self.blocking(out))
    }

    fn blocking(&self, out: &mut Out) -> Result<Outcome, Failure> {
        let opened = self.migration.open()?;
        let is_text = self.migration.output == Format::Text;
        if self.back {
            let by = self.by.name()?;
            take_back(&opened.migration, &opened.connection, &by).map_err(Failure::new)?;
            out.line(format!(
                "{}: {}. old->new goes on.",
                opened.migration.name,
                CutoverStep::TakenBack.word()
            ));
            self.allow(out, &opened);
            return Ok(Outcome::Done);
        }
        if !self.producers_stopped {
            return self.explain(out, &opened);
        }
        if is_text {
            out.line(format!(
                "Until it says FLIPPED nothing has changed, and `translator cutover {} --back` takes it back.",
                self.migration.mapping.display()
            ));
        }
        let options = CutoverOptions {
            by: self.by.name()?,
            settle: self.settle,
            patience: self.wait,
            leave_dead_letters: self.leave_dead_letters,
            on_moment: None,
        };
        let runtime = tokio::runtime::Handle::current();
        let mut tell = |text: &str| {
            if is_text {
                out.line(text);
            }
        };
        let ended = cut_over(&opened.migration, &opened.connection, &runtime, &options, &mut tell);
        self.show(out, &opened, &ended.map_err(Failure::new)?)
    }

    /// What has to happen before.
    fn explain(&self, out: &mut Out, opened: &Opened) -> Result<Outcome, Failure> {
        if opened.migration.pairing != Pairing::Cutover {
            return Err(Failure::new(crate::translator::cutover::CutoverError::Pairing));
        }
        let known = opened.journal.read().map_err(Failure::new)?.cutover;
        if let Some(flipped) = known.filter(Cutover::is_flipped) {
            return self.show(out, opened, &CutoverEnd::Already(flipped));
        }
        let topic = &opened.migration.old.topic;
        out.line(format!(
            "Stop the producers of `{topic}`. Where the brokers have an authorizer, deny it to them too:"
        ));
        for principal in self.principals() {
            out.line(self.acl(opened, "--add", principal));
        }
        out.line("Do not deny it to everybody: when it has flipped, the translator writes there.");
        out.line("Then call this once more, with --producers-stopped.");
        Ok(Outcome::Waiting)
    }

    fn principals(&self) -> Vec<&str> {
        if self.producer.is_empty() {
            return vec!["User:NAME-OF-THE-PRODUCER"];
        }
        self.producer.iter().map(String::as_str).collect()
    }

    fn acl(&self, opened: &Opened, action: &str, principal: &str) -> String {
        let (bootstrap, topic) = (&opened.connection.bootstrap, &opened.migration.old.topic);
        format!(
            "  kafka-acls.sh --bootstrap-server {bootstrap} {action} --deny-principal '{principal}' --operation Write \
             --topic {topic}"
        )
    }

    fn allow(&self, out: &mut Out, opened: &Opened) {
        out.line("Producers may write to the old topic again. What was denied to them is allowed by:");
        for principal in self.principals() {
            out.line(self.acl(opened, "--remove", principal));
        }
    }

    fn show(&self, out: &mut Out, opened: &Opened, end: &CutoverEnd) -> Result<Outcome, Failure> {
        let (cutover, waits_for) = match end {
            CutoverEnd::Flipped(cutover) | CutoverEnd::Already(cutover) => (Some(cutover), None),
            CutoverEnd::Waiting(reason) => (None, Some(reason.as_str())),
        };
        let outcome = if waits_for.is_some() { Outcome::Waiting } else { Outcome::Done };
        let migration = &opened.migration;
        if self.migration.output == Format::Json {
            out.json(&Report { migration: &migration.name, waits_for, cutover });
            return Ok(outcome);
        }
        match end {
            CutoverEnd::Flipped(_) => out.line(format!(
                "{}: FLIPPED. Within two seconds every run ends old->new and begins new->old.",
                migration.name
            )),
            CutoverEnd::Already(cutover) => out.line(described(&migration.name, cutover)),
            CutoverEnd::Waiting(reason) => {
                out.line(format!(
                    "It still waits: {reason}. Call it again to go on, or with --back to give it up."
                ));
            }
        }
        if let Some(cutover) = cutover {
            offsets(out, migration.old.topic.as_str(), migration.new.topic.as_str(), cutover);
        }
        Ok(outcome)
    }
}

/// Where a cutover is, in a line.
pub(super) fn described(migration: &str, cutover: &Cutover) -> String {
    let last = cutover.last().map(|last| format!(" since {}, by {}", time_text(last.at), last.by));
    format!("{migration}: the cutover is {}{}.", cutover.step.word(), last.unwrap_or_default())
}

fn offsets(out: &mut Out, old: &str, new: &str, cutover: &Cutover) {
    let text = |offset: Option<&i64>| offset.map_or_else(|| "-".to_owned(), i64::to_string);
    let row = |(partition, offset): (&i32, &i64)| {
        [partition.to_string(), text(cutover.old.get(partition)), offset.to_string()]
    };
    let rows: Vec<[String; 3]> = cutover.new.iter().map(row).collect();
    out.table(["partition", &format!("{old} ends at"), &format!("{new} begins at")], &rows);
}
