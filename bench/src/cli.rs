//! The command line.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use serde_json::json;

use crate::failure::{Attempt, Failure, Result};
use crate::interruption::Interruption;
use crate::report::Table;
use crate::scenario::{Bench, SECTIONS};
use crate::server::Ground;
use crate::{bare, machine, report};

/// Measures the registry beside a bare axum server; medians of several rounds that take turns.
#[derive(Parser)]
struct Arguments {
    /// How often each measurement is repeated
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How long each measurement lasts
    #[arg(long, default_value_t = 1.5)]
    seconds: f64,
    /// Measures only what has this text in its name (`--list` shows the names); can be given several times
    #[arg(long)]
    only: Vec<String>,
    /// Lists the names of all measurements
    #[arg(long)]
    list: bool,
    /// Schemas in the filled registry
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1_000..=900_000))]
    schemas: u64,
    /// The registry's release binary [default: the one beside this executable]
    #[arg(long, env = "REGISTRY_BIN")]
    registry: Option<PathBuf>,
    /// Where databases are made: it should be a real disk [default: beside this executable]
    #[arg(long)]
    directory: Option<PathBuf>,
    /// Also writes the figures as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Also puts the figures between the markers of this document
    #[arg(long)]
    update: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Hidden>,
}

#[derive(Subcommand)]
enum Hidden {
    /// Serves the bytes of a file
    #[command(hide = true)]
    Bare { answer: PathBuf },
}

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Hidden::Bare { answer }) => bare::serve(answer).attempt("serve"),
        None if arguments.list => list(),
        None => measure(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _unseen = writeln!(io::stderr(), "registry-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> Result<()> {
    names().iter().try_for_each(print)
}

fn names() -> Vec<&'static str> {
    SECTIONS.iter().flat_map(|section| section.names()).collect()
}

fn measure(arguments: &Arguments) -> Result<()> {
    let bench = bench(arguments)?;
    let mut tables = vec![machine::description(arguments.rounds)];
    print(tables[0].markdown())?;
    for section in SECTIONS {
        for table in section.run(&bench)? {
            print(table.markdown())?;
            tables.push(table);
        }
    }
    if let Some(path) = &arguments.json {
        let tables: Vec<_> = tables.iter().map(Table::json).collect();
        let text = format!("{:#}\n", json!({"tables": tables}));
        std::fs::write(path, text).attempt(format!("write {}", path.display()))?;
    }
    if let Some(path) = &arguments.update {
        let figures: Vec<String> = tables.iter().map(Table::markdown).collect();
        report::update(path, &figures.join("\n"))?;
    }
    Ok(())
}

fn bench(arguments: &Arguments) -> Result<Bench> {
    let own = std::env::current_exe().attempt("find this executable")?;
    let beside = own.parent().unwrap_or(Path::new("."));
    let registry = arguments.registry.clone().unwrap_or_else(|| beside.join("registry"));
    if !registry.is_file() {
        return Err(Failure::NoBinary(registry));
    }
    let known = names();
    let selects = |only: &String| known.iter().any(|name| name.contains(only.as_str()));
    if let Some(only) = arguments.only.iter().find(|only| !selects(only)) {
        return Err(Failure::NothingSelected { only: only.clone(), known: known.join(", ") });
    }
    Ok(Bench {
        ground: Ground {
            registry,
            directory: arguments.directory.clone().unwrap_or_else(|| beside.to_owned()),
            interruption: Interruption::listen()?,
        },
        rounds: arguments.rounds,
        duration: Duration::from_secs_f64(arguments.seconds.clamp(0.05, 600.0)),
        only: arguments.only.clone(),
        schemas: arguments.schemas,
    })
}

fn print(text: impl Display) -> Result<()> {
    writeln!(io::stdout(), "{text}").attempt("print")
}
