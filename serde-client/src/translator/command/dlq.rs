//! `translator dlq`: what could not be translated, and its replay.

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde::Serialize;
use tokio::runtime::Handle;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, Loaded, MappingArgs, Outcome, read_mapping};
use crate::translator::cluster::{Connection, OwnedRecord};
use crate::translator::migration::{Direction, Migration};
use crate::translator::pause::time_text;
use crate::translator::run::{
    CODE_HEADER, LetterPlace, MAPPING_HEADER, MESSAGE_HEADER, PATH_HEADER, ReplayReport, dead_letters, replay,
};
use crate::translator::translation::Translate;

#[derive(Debug, Args)]
pub(super) struct DeadLetterQueue {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The records that wait, by key.
    List,
    /// One of them, with everything that is known about it.
    Show {
        /// Its partition in the topic that it comes from.
        partition: i32,
        /// Its offset there.
        offset: i64,
    },
    /// Translates them with the mapping as it is now, key by key. The migration must be paused or stopped.
    Replay {
        /// Which way, where the mapping has both.
        #[arg(long, value_parser = direction, value_name = "DIRECTION")]
        direction: Option<Direction>,
        /// Only records of this partition.
        #[arg(long)]
        partition: Option<i32>,
    },
}

/// A record that waits.
#[derive(Debug, Serialize)]
struct Row {
    topic: String,
    partition: i32,
    offset: i64,
    key: Option<String>,
    code: String,
    path: String,
    message: String,
    mapping: String,
    timestamp: Option<i64>,
    key_bytes: usize,
    value_bytes: Option<usize>,
}

impl DeadLetterQueue {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let connection = self.kafka.connection()?;
        let format = self.mapping.output;
        match &self.action {
            Action::List => tokio::task::block_in_place(|| self.list(out, &connection)),
            Action::Show { partition, offset } => {
                tokio::task::block_in_place(|| self.show(out, &connection, *partition, *offset))
            }
            Action::Replay { direction, partition } => {
                let loaded = self.mapping.load()?;
                let direction = loaded.direction(*direction)?;
                let chosen =
                    |place: &LetterPlace| partition.is_none_or(|partition| place.partition == partition);
                let report = replayed(&loaded, direction, &connection, chosen).await?;
                print_replay(out, format, &report);
                Ok(if report.faults.is_empty() { Outcome::Done } else { Outcome::NotSatisfied })
            }
        }
    }

    fn migration(&self) -> Result<Migration, Failure> {
        Ok(read_mapping(&self.mapping.mapping)?.migration)
    }

    fn list(&self, out: &mut Out, connection: &Connection) -> Result<Outcome, Failure> {
        let letters = dead_letters(&self.migration()?, connection).map_err(Failure::new)?;
        let rows: Vec<Row> = letters
            .waiting()
            .flat_map(|(place, letters)| letters.iter().map(|(offset, letter)| row(place, *offset, letter)))
            .collect();
        if self.mapping.output == Format::Json {
            out.json(&rows);
            return Ok(Outcome::Done);
        }
        let cells = |row: &Row| {
            [
                format!("{}/{}/{}", row.topic, row.partition, row.offset),
                row.key.clone().unwrap_or_else(|| "-".to_owned()),
                row.code.clone(),
                row.path.clone(),
                row.message.clone(),
            ]
        };
        let cells: Vec<[String; 5]> = rows.iter().map(cells).collect();
        out.table(["origin", "key", "code", "path", "message"], &cells);
        out.line("");
        out.line(format!("{} records wait, {} keys are fenced", letters.count(), letters.keys()));
        Ok(Outcome::Done)
    }

    fn show(
        &self,
        out: &mut Out,
        connection: &Connection,
        partition: i32,
        offset: i64,
    ) -> Result<Outcome, Failure> {
        let letters = dead_letters(&self.migration()?, connection).map_err(Failure::new)?;
        let mut found = letters.waiting().filter(|(place, _)| place.partition == partition);
        let found = found.find_map(|(place, letters)| Some((place, letters.get(&offset)?)));
        let Some((place, letter)) = found else {
            return Err(Failure(format!("no record of partition {partition}, offset {offset} waits")));
        };
        let row = row(place, offset, letter);
        if self.mapping.output == Format::Json {
            out.json(&row);
            return Ok(Outcome::Done);
        }
        out.line(format!("origin     {}/{partition}/{offset}", row.topic));
        out.line(format!("key        {}", row.key.as_deref().unwrap_or("-")));
        out.line(format!("timestamp  {}", row.timestamp.map_or_else(|| "-".to_owned(), time_text)));
        out.line(format!("code       {}", row.code));
        out.line(format!("path       {}", row.path));
        out.line(format!("message    {}", row.message));
        out.line(format!("mapping    {}", row.mapping));
        for (name, value) in
            letter.headers.iter().flatten().filter(|(name, _)| !name.starts_with("srt-error-"))
        {
            out.line(format!(
                "header     {name}: {}",
                value.as_deref().map_or_else(|| "null".to_owned(), readable)
            ));
        }
        out.line(format!(
            "value      {}",
            letter.value.as_deref().map_or_else(|| "null".to_owned(), readable)
        ));
        Ok(Outcome::Done)
    }
}

fn row(place: &LetterPlace, offset: i64, letter: &OwnedRecord) -> Row {
    let headers = letter.source_headers();
    let text = |name: &str| {
        let found = headers.iter().find(|header| header.name == name).and_then(|header| header.value);
        String::from_utf8_lossy(found.unwrap_or_default()).into_owned()
    };
    Row {
        topic: place.topic.clone(),
        partition: place.partition,
        offset,
        key: place.key.as_deref().map(readable),
        code: text(CODE_HEADER),
        path: text(PATH_HEADER),
        message: text(MESSAGE_HEADER),
        mapping: text(MAPPING_HEADER),
        timestamp: letter.timestamp,
        key_bytes: letter.key.as_ref().map_or(0, Vec::len),
        value_bytes: letter.value.as_ref().map(Vec::len),
    }
}

/// Bytes for people: as text, with everything else escaped.
fn readable(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

async fn replayed(
    loaded: &Loaded,
    direction: Direction,
    connection: &Connection,
    chosen: impl Fn(&LetterPlace) -> bool,
) -> Result<ReplayReport, Failure> {
    let mapped: Arc<dyn Translate> = loaded.mapped(direction).await?;
    let migration = &loaded.file.migration;
    let replay = || {
        replay(migration, direction, &mapped, connection, &Handle::current(), chosen).map_err(Failure::new)
    };
    tokio::task::block_in_place(replay)
}

/// As JSON.
#[derive(Debug, Serialize)]
struct Replayed {
    replayed: u64,
    keys: u64,
    waiting: u64,
    faults: Vec<String>,
}

fn print_replay(out: &mut Out, format: Format, report: &ReplayReport) {
    let faults = report.faults.iter();
    let faults = faults
        .map(|(partition, offset, fault)| format!("partition {partition}, offset {offset}: {fault}"))
        .collect();
    let report = Replayed { replayed: report.replayed, keys: report.keys, waiting: report.waiting, faults };
    if format == Format::Json {
        out.json(&report);
        return;
    }
    for fault in &report.faults {
        out.line(format!("  {fault}"));
    }
    out.line(format!(
        "{} records replayed, {} keys pass again, {} records wait as before",
        report.replayed, report.keys, report.waiting
    ));
}
