//! `translator check`: what can be proved and tried about a mapping without reading a topic.

use clap::Args;
use serde::Serialize;

use super::kafka::KafkaArgs;
use super::output::Out;
use super::topics::{TopicsReport, look};
use super::{Failure, Format, Loaded, MappingArgs, Outcome};
use crate::translator::mapped::DirectionSchemas;
use crate::translator::mapping::check::{FixtureFailure, Generated, Trial, roundtrip};
use crate::translator::mapping::compile::{Compiled, Open, compile};
use crate::translator::mapping::rule::path::spell_target;
use crate::translator::migration::Direction;

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Look at the topics too: partitions, settings, and which partitioner their keys show.
    #[arg(long)]
    topics: bool,
    /// Accept that several keys of the source become one of the target.
    #[arg(long)]
    accept_key_merge: bool,
    /// Records to generate for each direction.
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// Seed of the generated records; the same seed gives the same records.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Serialize)]
struct Report {
    migration: String,
    directions: Vec<DirectionReport>,
    /// Laws that do not hold.
    laws: Vec<String>,
    satisfied: bool,
}

#[derive(Debug, Serialize)]
struct DirectionReport {
    direction: &'static str,
    /// The type of records, where the topic has several and this is not the mapping's own.
    record_type: Option<String>,
    /// What keeps the mapping from running.
    problems: Vec<String>,
    fixtures: Vec<FixtureFailure>,
    /// `None` when nothing can run.
    value: Option<Generated>,
    /// `None` when keys are copied as bytes.
    key: Option<Generated>,
    /// `None` when nobody asked, or nothing can run.
    topics: Option<TopicsReport>,
}

impl DirectionReport {
    fn is_satisfied(&self) -> bool {
        let holds = |half: &Option<Generated>| half.as_ref().is_none_or(|half| half.broken.is_empty());
        let topics = self.topics.as_ref().is_none_or(|topics| topics.problems.is_empty());
        self.problems.is_empty()
            && self.fixtures.is_empty()
            && holds(&self.value)
            && holds(&self.key)
            && topics
    }
}

/// A direction with everything that it was made of.
struct Ready {
    direction: Direction,
    schemas: DirectionSchemas,
    compiled: Compiled,
}

impl Check {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let loaded = self.mapping.load()?;
        let (mut directions, mut laws) = self.mapping(&loaded).await?;
        for direction in loaded.file.maps.keys() {
            for (name, used) in loaded.types(*direction)? {
                let (reports, broken) = self.mapping(&used).await?;
                let own = reports.into_iter().filter(|report| report.direction == direction.word());
                directions
                    .extend(own.map(|report| DirectionReport { record_type: Some(name.clone()), ..report }));
                laws.extend(broken.into_iter().map(|law| format!("{name}: {law}")));
            }
        }
        if self.topics {
            self.look_at_topics(&loaded, &mut directions).await?;
        }
        let satisfied = laws.is_empty() && directions.iter().all(DirectionReport::is_satisfied);
        let report = Report { migration: loaded.file.migration.name.clone(), directions, laws, satisfied };
        match self.mapping.output {
            Format::Json => out.json(&report),
            Format::Text => print(out, &report),
        }
        Ok(if satisfied { Outcome::Done } else { Outcome::NotSatisfied })
    }

    /// The directions of one file, and its laws that do not hold.
    async fn mapping(&self, loaded: &Loaded) -> Result<(Vec<DirectionReport>, Vec<String>), Failure> {
        let mut ready = Vec::new();
        for (direction, rules) in &loaded.file.maps {
            let schemas = loaded.schemas(*direction).await?;
            let compiled = compile(rules, schemas.sides(), &loaded.tables);
            ready.push(Ready { direction: *direction, schemas, compiled });
        }
        let directions = ready.iter().map(|ready| self.direction(loaded, ready));
        Ok((directions.collect::<Result<_, _>>()?, self.laws(loaded, &ready)?))
    }

    async fn look_at_topics(&self, loaded: &Loaded, reports: &mut [DirectionReport]) -> Result<(), Failure> {
        let connection = self.kafka.connection()?;
        for direction in &loaded.file.migration.directions {
            let own = reports
                .iter_mut()
                .find(|report| report.direction == direction.word() && report.record_type.is_none());
            let Some(report) = own.filter(|report| report.problems.is_empty()) else { continue };
            let mapped = loaded.mapped(*direction).await?;
            report.topics = Some(
                look(&loaded.file.migration, *direction, &mapped, &connection, self.accept_key_merge).await?,
            );
        }
        Ok(())
    }

    fn direction(&self, loaded: &Loaded, ready: &Ready) -> Result<DirectionReport, Failure> {
        let Ready { direction, schemas, compiled } = ready;
        let mut problems: Vec<String> = compiled.problems.iter().map(ToString::to_string).collect();
        problems.extend(compiled.unmapped.sources.iter().map(Open::lost));
        let (source, target) = &schemas.value;
        let mut report = DirectionReport {
            direction: direction.word(),
            record_type: None,
            problems,
            fixtures: Vec::new(),
            value: None,
            key: None,
            topics: None,
        };
        if let Some(program) = &compiled.value {
            let trial = Trial::new(&source.pinned, &target.pinned, program).map_err(Failure::new)?;
            let own = loaded.file.fixtures.iter().filter(|fixture| fixture.direction == *direction);
            report.fixtures = trial.fixtures(own);
            report.value = Some(trial.generated(self.records, self.seed));
        }
        if let (Some(program), Some((source, target))) = (&compiled.key, &schemas.key) {
            let trial = Trial::new(&source.pinned, &target.pinned, program).map_err(Failure::new)?;
            report.key = Some(trial.generated(self.records, self.seed));
        }
        Ok(report)
    }

    /// What a way from the old topic to the new one and back must keep.
    fn laws(&self, loaded: &Loaded, ready: &[Ready]) -> Result<Vec<String>, Failure> {
        let mut broken = Vec::new();
        if loaded.file.roundtrip.is_empty() {
            return Ok(broken);
        }
        let trial = |wanted: Direction| -> Result<Option<Trial<'_>>, Failure> {
            let Some(ready) = ready.iter().find(|ready| ready.direction == wanted) else { return Ok(None) };
            let Some(program) = &ready.compiled.value else { return Ok(None) };
            let (source, target) = &ready.schemas.value;
            Trial::new(&source.pinned, &target.pinned, program).map(Some).map_err(Failure::new)
        };
        let (Some(there), Some(back)) = (trial(Direction::OldToNew)?, trial(Direction::NewToOld)?) else {
            let at = loaded.file.roundtrip.first().map_or(0, |(at, _)| at.line);
            broken.push(format!("line {at}: `laws` need complete rules for both directions"));
            return Ok(broken);
        };
        for (at, path) in &loaded.file.roundtrip {
            if let Some(found) = roundtrip(&there, &back, path, self.records, self.seed) {
                let name = spell_target(path);
                broken.push(format!("line {}: `{name}`: {} in {}", at.line, found.reason, found.example));
            }
        }
        Ok(broken)
    }
}

fn print(out: &mut Out, report: &Report) {
    for direction in &report.directions {
        let of = direction.record_type.iter().map(|name| format!(", {name}")).collect::<String>();
        out.line(format!("{}{of}:", direction.direction));
        for problem in &direction.problems {
            out.line(format!("  problem: {problem}"));
        }
        for failure in &direction.fixtures {
            out.line(format!("  fixture at line {}: {}", failure.line, failure.reason));
        }
        for (name, half) in [("value", &direction.value), ("key", &direction.key)] {
            let Some(half) = half else { continue };
            out.line(format!(
                "  {name}: {} of {} generated records are translated, read back and equal",
                half.translated, half.tried
            ));
            if half.unwritable > 0 {
                out.line(format!("    {} were none of the source's schema and say nothing", half.unwritable));
            }
            for refusal in &half.refused {
                out.line(format!(
                    "    {} go to the error policy: {} at `{}`, such as {}",
                    refusal.count, refusal.reason, refusal.path, refusal.example
                ));
            }
            for broken in &half.broken {
                out.line(format!("    BROKEN: {}; fixture: {}", broken.reason, broken.example));
            }
        }
    }
    for topics in report.directions.iter().filter_map(|direction| direction.topics.as_ref()) {
        for problem in &topics.problems {
            out.line(format!("  topics: problem: {problem}"));
        }
        for note in &topics.notes {
            out.line(format!("  topics: {note}"));
        }
    }
    for law in &report.laws {
        out.line(format!("law broken: {law}"));
    }
    out.line(if report.satisfied { "The mapping holds." } else { "The mapping does NOT hold: see above." });
}
