//! `translator plan`: what becomes of every leaf, and what Kafka needs.

use clap::Args;
use serde::Serialize;

use super::kafka::KafkaArgs;
use super::output::Out;
use super::{Failure, Format, Loaded, MappingArgs, Outcome};
use crate::translator::cluster::{Administration, Cluster};
use crate::translator::cutover;
use crate::translator::mapping::compile::{Compiled, Open, compile};
use crate::translator::mapping::report::Class;
use crate::translator::mapping::suggest::suggest;
use crate::translator::migration::{Delivery, Direction, Migration, OnError, Pairing, Partitioning};
use crate::translator::run::placed::transactional_id;

#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Create the topics that are missing, as their counterparts are.
    #[arg(long)]
    apply: bool,
}

/// The report of a direction, as JSON.
#[derive(Debug, Serialize)]
struct DirectionReport {
    direction: &'static str,
    /// The type of records, where the topic has several and this is not the mapping's own.
    record_type: Option<String>,
    source: String,
    target: String,
    rows: Vec<RowReport>,
    problems: Vec<String>,
    /// Leaves by class.
    classes: Vec<(&'static str, usize)>,
    complete: bool,
}

#[derive(Debug, Serialize)]
struct RowReport {
    target: String,
    source: String,
    class: &'static str,
    note: String,
}

#[derive(Debug, Serialize)]
struct Report {
    migration: String,
    directions: Vec<DirectionReport>,
    /// Which partition a record goes to, in words.
    partitioning: String,
    /// Topics, groups and rights that a run needs.
    kafka: Vec<Need>,
    complete: bool,
}

/// A Kafka object that a run needs.
#[derive(Debug, Serialize)]
pub(super) struct Need {
    object: String,
    need: String,
}

impl Plan {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let loaded = self.mapping.load()?;
        let mut directions = Vec::new();
        for direction in &loaded.file.migration.directions {
            directions.push(direction_report(&loaded, *direction).await?);
            for (name, used) in loaded.types(*direction)? {
                let report = direction_report(&used, *direction).await?;
                directions.push(DirectionReport { record_type: Some(name), ..report });
            }
        }
        let complete = directions.iter().all(|direction| direction.complete);
        let migration = &loaded.file.migration;
        let report = Report {
            migration: migration.name.clone(),
            directions,
            partitioning: partitioning(&migration.partitioning),
            kafka: needs(migration),
            complete,
        };
        match self.mapping.output {
            Format::Json => out.json(&report),
            Format::Text => print(out, &report),
        }
        if self.apply {
            self.apply(migration, out).await?;
        }
        Ok(if complete { Outcome::Done } else { Outcome::NotSatisfied })
    }
}

impl Plan {
    /// Creates what is missing.
    async fn apply(&self, migration: &Migration, out: &mut Out) -> Result<(), Failure> {
        let connection = self.kafka.connection()?;
        let administration = Administration::connect(&connection).map_err(Failure::new)?;
        let cluster = Cluster::connect(&connection, &migration.name).map_err(Failure::new)?;
        // Of two directions the one that reads the old topic comes first: that one is there.
        for direction in migration.directions.iter().rev() {
            let (source, target) = (&migration.source(*direction).topic, &migration.target(*direction).topic);
            let partitions =
                tokio::task::block_in_place(|| cluster.partitions(source)).map_err(Failure::new)?;
            let settings = administration.record_settings(source).await.map_err(Failure::new)?;
            let mut wanted = vec![(target, settings)];
            if let OnError::DeadLetter { topic } = &migration.errors.on_error {
                // Nothing of a dead-letter queue may be compacted away before somebody has looked at it.
                wanted.push((topic, Vec::new()));
            }
            for (topic, settings) in wanted {
                let is_new =
                    administration.create_topic(topic, partitions, &settings).await.map_err(Failure::new)?;
                let what = if is_new { "created" } else { "is there already" };
                out.line(format!("topic {topic}, {partitions} partitions: {what}"));
            }
        }
        Ok(())
    }
}

async fn direction_report(loaded: &Loaded, direction: Direction) -> Result<DirectionReport, Failure> {
    let schemas = loaded.schemas(direction).await?;
    let compiled = compile(loaded.rules(direction)?, schemas.sides(), &loaded.tables);
    let rows = compiled.rows.iter().map(|row| RowReport {
        target: row.target.clone(),
        source: row.source.clone(),
        class: row.class.word(),
        note: row.note.clone(),
    });
    let mut problems: Vec<String> = compiled.problems.iter().map(ToString::to_string).collect();
    problems.extend(compiled.unmapped.sources.iter().map(Open::lost));
    for open in &compiled.unmapped.targets {
        let (source, target) = if open.in_key {
            schemas.sides().key.unwrap_or(schemas.sides().value)
        } else {
            schemas.sides().value
        };
        for suggestion in suggest(source, target, open, &compiled.unmapped.sources) {
            problems
                .push(format!("suggestion for `{}`: {} ({})", open.path, suggestion.rule, suggestion.reason));
        }
    }
    let named = |topic: &crate::translator::migration::TopicSchemas| {
        format!("{} ({}, version {})", topic.topic, topic.value.subject, topic.value.version)
    };
    let migration = &loaded.file.migration;
    Ok(DirectionReport {
        direction: direction.word(),
        record_type: None,
        source: named(migration.source(direction)),
        target: named(migration.target(direction)),
        rows: rows.collect(),
        classes: classes(&compiled),
        complete: compiled.problems.is_empty() && compiled.unmapped.sources.is_empty(),
        problems,
    })
}

fn classes(compiled: &Compiled) -> Vec<(&'static str, usize)> {
    let all = [
        Class::Exact,
        Class::Widened,
        Class::Aliased,
        Class::Mapped,
        Class::Defaulted,
        Class::Constant,
        Class::Lossy,
        Class::Dropped,
        Class::Unmapped,
    ];
    let count = |class: Class| compiled.rows.iter().filter(|row| row.class == class).count();
    all.into_iter().map(|class| (class.word(), count(class))).filter(|(_, count)| *count > 0).collect()
}

/// Which partition a record goes to.
fn partitioning(partitioning: &Partitioning) -> String {
    match partitioning {
        Partitioning::Preserve => "preserve: the number of its source".to_owned(),
        Partitioning::Rehash { algorithm, key_schema_id } => {
            let id = key_schema_id.map_or_else(|| "the pinned one".to_owned(), |id| id.to_string());
            format!("rehash: {algorithm} of the target's key with the schema id {id}")
        }
        Partitioning::Field { path } => format!("field: murmur2 of the text of `{path}`"),
    }
}

/// What a run needs of Kafka.
fn needs(migration: &Migration) -> Vec<Need> {
    let need = |object: String, need: &str| Need { object, need: need.to_owned() };
    let mut needs = Vec::new();
    for direction in &migration.directions {
        let (source, target) = (migration.source(*direction), migration.target(*direction));
        needs.push(need(format!("topic {}", source.topic), "READ, DESCRIBE"));
        needs.push(need(
            format!("topic {}", target.topic),
            match migration.partitioning {
                Partitioning::Preserve => {
                    "WRITE, DESCRIBE; as many partitions as the source, the same cleanup policy and retention"
                }
                _ => "WRITE, READ, DESCRIBE; the same cleanup policy and retention",
            },
        ));
        if migration.partitioning != Partitioning::Preserve {
            let id = format!("transactional id {}", transactional_id(migration, *direction));
            needs.push(need(id, "WRITE, DESCRIBE"));
        }
        needs.push(need(format!("group {}", migration.group(*direction)), "READ"));
        if migration.delivery == Delivery::ExactlyOnce {
            let id = format!("transactional id srt.{}.{}.*", migration.name, direction.slug());
            needs.push(need(id, "WRITE, DESCRIBE"));
        }
    }
    if migration.pairing == Pairing::Cutover {
        let id = cutover::transactional_id(migration);
        needs.push(need(format!("transactional id {id}"), "WRITE, DESCRIBE; for `translator cutover`"));
    }
    if let OnError::DeadLetter { topic } = &migration.errors.on_error {
        needs.push(need(format!("topic {topic}"), "WRITE, READ, DESCRIBE"));
    }
    needs.push(need(
        format!("topic {}", migration.state_topic()),
        "WRITE, READ, DESCRIBE; one partition, cleanup.policy=compact",
    ));
    needs
}

fn print(out: &mut Out, report: &Report) {
    for direction in &report.directions {
        let of = direction.record_type.iter().map(|name| format!(", {name}")).collect::<String>();
        out.line(format!("{}{of}: {} -> {}", direction.direction, direction.source, direction.target));
        out.line("");
        let rows: Vec<[String; 4]> = direction
            .rows
            .iter()
            .map(|row| [row.target.clone(), row.class.to_owned(), row.source.clone(), row.note.clone()])
            .collect();
        out.table(["target", "class", "source", "note"], &rows);
        out.line("");
        let counts: Vec<String> =
            direction.classes.iter().map(|(class, count)| format!("{count} {class}")).collect();
        out.line(counts.join(", "));
        for problem in &direction.problems {
            out.line(format!("  {problem}"));
        }
        out.line("");
    }
    out.line(format!("A record's partition: {}.", report.partitioning));
    out.line("");
    out.line("Kafka:");
    let rows: Vec<[String; 2]> =
        report.kafka.iter().map(|need| [need.object.clone(), need.need.clone()]).collect();
    out.table(["object", "needs"], &rows);
    out.line("");
    out.line(if report.complete {
        "The mapping is complete."
    } else {
        "The mapping is NOT complete: see the lines above."
    });
}
