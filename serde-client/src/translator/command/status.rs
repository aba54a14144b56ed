//! `translator status`: how far a migration is.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::cutover::described;
use super::migration::{CriteriaArgs, MigrationArgs, Opened, span};
use super::output::Out;
use super::{Failure, Format, Outcome};
use crate::translator::cutover::{Cutover, Turn, turn};
use crate::translator::decommission::{
    GateReport, GroupSample, Look, Sample, Side, Step, StepRecord, Verdict, gates, observe,
};
use crate::translator::pause::{Pause, now, time_text};

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    migration: MigrationArgs,
    #[command(flatten)]
    criteria: CriteriaArgs,
    /// Look again and again, until it is interrupted.
    #[arg(long)]
    watch: bool,
    /// The time between two looks.
    #[arg(long, value_parser = span, default_value = "30s", value_name = "TIME")]
    interval: Duration,
    /// Keep what is seen in the state topic, as `run` does every 30 seconds.
    #[arg(long)]
    sample: bool,
}

/// All of it, as JSON.
#[derive(Debug, Serialize)]
struct Report {
    migration: String,
    step: StepRecord,
    pause: Option<Pause>,
    cutover: Option<Cutover>,
    /// By direction: whether it translates, or what around the cutover keeps it from it.
    turns: BTreeMap<&'static str, Turn>,
    look: Look,
    /// What the groups did since the sample before.
    groups: Vec<GroupSample>,
    gates: Vec<GateReport>,
}

impl Status {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let opened = self.migration.open()?;
        loop {
            let report = tokio::task::block_in_place(|| self.look(&opened))?;
            match self.migration.output {
                Format::Json => out.json(&report),
                Format::Text => print(out, &report),
            }
            if !self.watch {
                return Ok(Outcome::Done);
            }
            tokio::time::sleep(self.interval).await;
        }
    }

    fn look(&self, opened: &Opened) -> Result<Report, Failure> {
        let step = opened.journal.read().map_err(Failure::new)?.step;
        if let (Step::Deleted, Some(last)) = (step.step, step.passages.last()) {
            let (topic, at) = (&opened.migration.old.topic, time_text(last.at));
            return Err(Failure(format!("`{topic}` is deleted since {at}, by {}", last.by)));
        }
        let (ledger, look) = if self.sample {
            opened.sample()?
        } else {
            let mut ledger = opened.journal.read().map_err(Failure::new)?;
            let last = ledger.samples.last();
            let look = observe(&opened.migration, &opened.connection, last).map_err(Failure::new)?;
            let sample = Sample::of(&look, last);
            ledger.samples.push(sample);
            (ledger, look)
        };
        let gates = gates(&opened.migration, &ledger, &self.criteria.criteria(), now());
        let groups = ledger.samples.last().map(|sample| sample.groups.clone()).unwrap_or_default();
        let turns = opened.migration.directions.iter();
        let turn = |direction| turn(&opened.migration, direction, ledger.cutover.as_ref());
        let turns = turns.map(|direction| (direction.word(), turn(*direction))).collect();
        Ok(Report {
            turns,
            cutover: ledger.cutover,
            migration: opened.migration.name.clone(),
            step: ledger.step,
            pause: ledger.pause.filter(|pause| pause.holds(now())),
            look,
            groups: with_progress(groups, &ledger.samples),
            gates,
        })
    }
}

/// The last progress of a group may lie before the last sample.
fn with_progress(mut groups: Vec<GroupSample>, samples: &[Sample]) -> Vec<GroupSample> {
    for group in &mut groups {
        let known = samples.iter().rev().filter_map(|sample| sample.group(&group.group, group.side));
        group.progress_at = known.filter_map(|known| known.progress_at).next();
    }
    groups
}

fn print(out: &mut Out, report: &Report) {
    let step = report.step.step.word();
    let at = time_text(report.look.at);
    match &report.pause {
        None => out.line(format!("{}: {step}, {at}", report.migration)),
        Some(pause) => {
            let until = pause.until.map(|until| format!(" until {}", time_text(until))).unwrap_or_default();
            out.line(format!(
                "{}: {step}, {at}, PAUSED since {}{until} by {}: {}",
                report.migration,
                time_text(pause.since),
                pause.by,
                pause.reason
            ));
        }
    }
    if let Some(cutover) = &report.cutover {
        out.line(described(&report.migration, cutover));
    }
    for translator in &report.look.translators {
        out.line("");
        match report.turns.get(translator.direction.as_str()) {
            Some(Turn::NotYet) => {
                out.line(format!("{}: begins with the cutover", translator.direction));
                continue;
            }
            Some(Turn::Over) => {
                out.line(format!("{}: has ended with the cutover", translator.direction));
                continue;
            }
            Some(Turn::Now) | None => {}
        }
        let state = translator.state.map_or("no such group yet", |state| state.word());
        out.line(format!(
            "{}: {} records left, group {} is {state}, clients: {}",
            translator.direction,
            translator.left,
            translator.group,
            if translator.clients.is_empty() { "none".to_owned() } else { translator.clients.join(", ") }
        ));
        let rows = translator.partitions.iter().map(|lag| {
            let committed = lag.committed.map_or_else(|| "-".to_owned(), |committed| committed.to_string());
            [lag.partition.to_string(), committed, lag.end.to_string(), lag.left.to_string()]
        });
        out.table(["partition", "committed", "end", "records left"], &rows.collect::<Vec<_>>());
    }
    out.line("");
    let letters = &report.look.dead_letters;
    out.line(format!("dead-letter queue: {} records wait, {} keys", letters.records, letters.keys));
    out.line("");
    groups_table(out, &report.groups);
    out.line("");
    gates_table(out, &report.gates);
}

fn groups_table(out: &mut Out, groups: &[GroupSample]) {
    let row = |group: &GroupSample| {
        let members = group.members.map_or_else(|| "not told".to_owned(), |members| members.to_string());
        let progress = group.progress_at.map_or_else(|| "-".to_owned(), time_text);
        [
            group.group.clone(),
            group.side.word().to_owned(),
            group.state.word().to_owned(),
            members,
            group.left.to_string(),
            progress,
            if group.members == Some(0) { String::new() } else { group.clients.join(", ") },
        ]
    };
    let rows: Vec<[String; 7]> = [Side::Old, Side::New]
        .iter()
        .flat_map(|side| groups.iter().filter(move |group| group.side == *side))
        .map(row)
        .collect();
    out.table(["group", "topic", "state", "members", "records left", "last progress", "clients"], &rows);
}

/// The gates, and below them what would open those that are not.
pub(super) fn gates_table(out: &mut Out, gates: &[GateReport]) {
    let row = |report: &GateReport| {
        let waiver = report.waiver.as_ref();
        let waived = waiver.map(|waiver| format!("{}: {}", waiver.by, waiver.reason)).unwrap_or_default();
        [
            format!("{} {}", report.gate.number(), report.gate.word()),
            report.verdict.word().to_owned(),
            report.reason.clone(),
            waived,
        ]
    };
    let rows: Vec<[String; 4]> = gates.iter().map(row).collect();
    out.table(["gate", "verdict", "reason", "waived by"], &rows);
    for report in gates.iter().filter(|report| report.verdict != Verdict::Open && report.waiver.is_none()) {
        out.line(format!("  {} opens when: {}", report.gate.word(), report.opens));
    }
}
