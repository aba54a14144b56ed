//! `translator decommission`: takes the old topic away, step by step.

mod advance;
mod back;
mod brownout;
mod subjects;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::migration::{ByArgs, CriteriaArgs, MigrationArgs, Opened, span};
use super::output::Out;
use super::status::gates_table;
use super::{Failure, Format, MappingArgs, Outcome, RegistryArgs};
use crate::translator::decommission::{
    Criteria, EvidenceReport, Gate, GateReport, Ledger, Passage, Proof, Step, Verdict, Waiver, gates, html,
};
use crate::translator::pause::now;
use crate::translator::verify::{Scope, divergence, verify};

#[derive(Debug, Args)]
pub(super) struct Decommission {
    #[command(flatten)]
    migration: MigrationArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    #[command(flatten)]
    criteria: CriteriaArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Takes a sample and says which gates are open; ends with 2 while one that the next step needs is closed, with 3
    /// while one is unknown.
    Gates,
    /// Takes the next step, if its gates are open or waived.
    Advance(Advance),
    /// Takes the last step back.
    Back(ByArgs),
    /// Takes the responsibility for a gate.
    Waive(Waive),
    /// Proves what became of every record, and keeps the result for gate 5.
    Verify(VerifyArgs),
    /// Writes the evidence as JSON and as a page.
    Report(ReportArgs),
}

#[derive(Debug, Args)]
struct Advance {
    #[command(flatten)]
    by: ByArgs,
    #[command(flatten)]
    report: ReportArgs,
    /// How long a brownout is; as long as `--brownout` demands without it.
    #[arg(long = "for", value_parser = span, value_name = "TIME")]
    length: Option<Duration>,
    /// Records by which a group may fall behind during a brownout.
    #[arg(long, default_value_t = 1_000, value_name = "RECORDS")]
    growth: u64,
    /// The time between two looks during a brownout.
    #[arg(long, value_parser = span, default_value = "5s", value_name = "TIME")]
    interval: Duration,
    /// The name of the old topic: without it nothing is deleted.
    #[arg(long, value_name = "TOPIC")]
    delete_topic: Option<String>,
    /// A subject of the old topic that is soft-deleted with it; may be given again.
    #[arg(long, value_name = "SUBJECT", requires = "delete_topic")]
    delete_subject: Vec<String>,
}

#[derive(Debug, Args)]
struct Waive {
    /// `native`, `groups`, `consumers`, `readers`, `proof`, `brownout`, or its number.
    #[arg(value_parser = gate)]
    gate: Gate,
    #[command(flatten)]
    by: ByArgs,
    /// Why it does not matter here.
    #[arg(long, value_name = "TEXT", required_unless_present = "withdraw")]
    reason: Option<String>,
    /// Take the waiver back.
    #[arg(long, conflicts_with = "reason")]
    withdraw: bool,
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// Only the newest records: so many offsets of each partition.
    #[arg(long, value_name = "OFFSETS", conflicts_with = "latest_by_key")]
    newest: Option<u32>,
    /// Only the latest record of each key, for compacted topics.
    #[arg(long)]
    latest_by_key: bool,
}

#[derive(Debug, Args)]
struct ReportArgs {
    /// Where the evidence is written.
    #[arg(long = "report", value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

fn gate(text: &str) -> Result<Gate, String> {
    Gate::parse(text).ok_or_else(|| {
        let words: Vec<&str> = Gate::ALL.iter().map(|gate| gate.word()).collect();
        format!("one of {}, or a number from 1 to 6, is needed", words.join(", "))
    })
}

impl Decommission {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let criteria = self.criteria.criteria();
        if let Action::Verify(args) = &self.action {
            let mapping = MappingArgs {
                mapping: self.migration.mapping.clone(),
                registry: self.registry,
                output: self.migration.output,
            };
            return args.run(&mapping, &self.migration, out).await;
        }
        tokio::task::block_in_place(|| {
            let opened = self.migration.open()?;
            match &self.action {
                Action::Gates => show(out, self.migration.output, &opened, &criteria),
                Action::Advance(advance) => advance.run(out, &opened, &criteria, &self.registry),
                Action::Back(by) => back::run(out, &opened, by),
                Action::Waive(waive) => waive.run(out, &opened),
                Action::Report(report) => report.run(out, &opened, &criteria),
                Action::Verify(_) => Ok(Outcome::Done),
            }
        })
    }
}

fn show(out: &mut Out, format: Format, opened: &Opened, criteria: &Criteria) -> Result<Outcome, Failure> {
    let (ledger, _) = opened.sample()?;
    let reports = gates(&opened.migration, &ledger, criteria, now());
    let step = ledger.step.step;
    match format {
        Format::Json => out.json(&EvidenceReport::gather(&opened.migration, &ledger, criteria, now())),
        Format::Text => {
            out.line(format!("{}: {}", opened.migration.name, step.word()));
            gates_table(out, &reports);
        }
    }
    Ok(step.next().map_or(Outcome::Done, |next| passable(&reports, next)))
}

/// Whether a step may be taken.
fn passable(reports: &[GateReport], step: Step) -> Outcome {
    let shut = |report: &&GateReport| step.gates().contains(&report.gate) && !report.passes();
    let verdicts: Vec<Verdict> = reports.iter().filter(shut).map(|report| report.verdict).collect();
    if verdicts.contains(&Verdict::Closed) {
        Outcome::NotSatisfied
    } else if verdicts.is_empty() {
        Outcome::Done
    } else {
        Outcome::Waiting
    }
}

/// Keeps that a step was taken.
fn pass(opened: &Opened, ledger: &mut Ledger, step: Step, by: &str) -> Result<(), Failure> {
    ledger.step.step = step;
    ledger.step.passages.push(Passage { step, at: now(), by: by.to_owned() });
    opened.journal.set_step(&ledger.step).map_err(Failure::new)
}

impl Waive {
    fn run(&self, out: &mut Out, opened: &Opened) -> Result<Outcome, Failure> {
        opened.journal.create(&tokio::runtime::Handle::current()).map_err(Failure::new)?;
        let gate = self.gate.word();
        let Some(reason) = self.reason.as_ref().filter(|_| !self.withdraw) else {
            opened.journal.set_waiver(self.gate, None).map_err(Failure::new)?;
            out.line(format!("The waiver of the gate `{gate}` is taken back."));
            return Ok(Outcome::Done);
        };
        if reason.trim().is_empty() {
            return Err(Failure("a waiver needs a reason".to_owned()));
        }
        let waiver = Waiver { by: self.by.name()?, reason: reason.clone(), at: now() };
        opened.journal.set_waiver(self.gate, Some(&waiver)).map_err(Failure::new)?;
        out.line(format!("The gate `{gate}` ({}) is waived by {}: {reason}", self.gate.demand(), waiver.by));
        Ok(Outcome::Done)
    }
}

impl VerifyArgs {
    async fn run(
        &self,
        mapping: &MappingArgs,
        kafka: &MigrationArgs,
        out: &mut Out,
    ) -> Result<Outcome, Failure> {
        let loaded = mapping.load()?;
        let opened = kafka.open()?;
        let scope = match (self.newest, self.latest_by_key) {
            (Some(offsets), _) => Scope::Newest(offsets),
            (None, true) => Scope::LatestByKey,
            (None, false) => Scope::Full,
        };
        let migration = Arc::new(opened.migration.clone());
        let diverging = match migration.directions.len() {
            1 => 0,
            _ => {
                let found = divergence(Arc::clone(&migration), kafka.connection()?).await;
                found.map_err(Failure::new)?.diverging
            }
        };
        if diverging > 0 {
            out.line(format!("{diverging} keys were written on both sides at once, see `translator verify`"));
        }
        let mut passed = true;
        for direction in &migration.directions {
            let mapped = loaded.mapped(*direction).await?;
            let proof = verify(Arc::clone(&migration), *direction, mapped, kafka.connection()?, scope);
            let report = proof.await.map_err(Failure::new)?;
            let counts = &report.counts;
            let proof = Proof {
                at: now(),
                passed: report.passed() && diverging == 0,
                mapping: report.mapping.clone(),
                records: counts.source,
                differences: counts.differences() + diverging,
            };
            passed &= proof.passed;
            tokio::task::block_in_place(|| {
                opened.journal.create(&tokio::runtime::Handle::current())?;
                opened.journal.set_proof(*direction, &proof)
            })
            .map_err(Failure::new)?;
            out.line(format!(
                "{direction}: {} records, {} differences: {}",
                proof.records,
                proof.differences,
                if proof.passed { "proved" } else { "NOT proved, see `translator verify`" }
            ));
        }
        Ok(if passed { Outcome::Done } else { Outcome::NotSatisfied })
    }
}

impl ReportArgs {
    fn run(&self, out: &mut Out, opened: &Opened, criteria: &Criteria) -> Result<Outcome, Failure> {
        let ledger = opened.journal.read().map_err(Failure::new)?;
        self.write(out, opened, &ledger, criteria)?;
        Ok(Outcome::Done)
    }

    fn write(
        &self,
        out: &mut Out,
        opened: &Opened,
        ledger: &Ledger,
        criteria: &Criteria,
    ) -> Result<(), Failure> {
        let report = EvidenceReport::gather(&opened.migration, ledger, criteria, now());
        let json = serde_json::to_string_pretty(&report).map_err(Failure::new)?;
        for (kind, text) in [("json", json), ("html", html(&report))] {
            let path = self.folder.join(format!("{}-decommission.{kind}", report.migration));
            write(&path, &text)?;
            out.line(format!("The evidence is in {}.", path.display()));
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure(format!("{}: {error}", path.display())))
}
