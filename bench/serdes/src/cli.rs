//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::external::{External, Folder, Program};
use crate::failure::Failure;
use crate::peer::Operation;
use crate::runner::Figures;
use crate::shape::{AdShape, Data, Shape, TinyShape};
use crate::{goals, report, runner, threads};

/// Measures codecs beside hand-written code, on records of two shapes; medians of several rounds that take turns.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Records of each shape
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// A program to measure as well, as NAME=PROGRAM; can be given several times
    #[arg(long)]
    external: Vec<Program>,
    /// Also measures threads that share a serializer
    #[arg(long)]
    threads: bool,
    /// Also puts the figures between the markers of this document
    #[arg(long)]
    update: Option<PathBuf>,
}

/// What is measured, and how often.
#[derive(clap::Args)]
pub(crate) struct Selection {
    /// How often each measurement is repeated
    #[arg(long, default_value_t = 15)]
    pub(crate) rounds: u32,
    /// Measures only this shape: `ad` or `tiny`
    #[arg(long)]
    shape: Option<String>,
    /// Measures only peers whose name holds this, and the hand-written code; can be given several times
    #[arg(long)]
    peer: Vec<String>,
    /// Measures only operations whose name holds this; can be given several times
    #[arg(long)]
    operation: Vec<String>,
}

impl Selection {
    /// Whether a measurement is selected.
    pub(crate) fn holds(&self, shape: &str, peer: &str, operation: Operation) -> bool {
        let named = |only: &[String], name: &str| {
            only.is_empty() || only.iter().any(|only| name.contains(only.as_str()))
        };
        self.shape.as_ref().is_none_or(|only| only == shape)
            && (peer == "hand-written" || named(&self.peer, peer))
            && named(&self.operation, operation.name())
    }
}

/// Does what the command line says; gives what to print.
pub(crate) fn run() -> Result<String, Failure> {
    let arguments = Arguments::parse();
    let mut sections = Vec::new();
    let mut measured = Vec::new();
    measure::<AdShape>(&arguments, &mut sections, &mut measured)?;
    measure::<TinyShape>(&arguments, &mut sections, &mut measured)?;
    let goals = format!("### Goals\n\n{}", goals::table(&measured));
    let figures = format!("{}\n{}\n{goals}", machine(), sections.join("\n"));
    if let Some(path) = &arguments.update {
        report::update(path, &figures)?;
    }
    Ok(figures)
}

/// Measures one shape; adds its tables to `sections` and its figures to `measured`.
fn measure<S: Shape>(
    arguments: &Arguments,
    sections: &mut Vec<String>,
    measured: &mut Vec<(&'static str, Vec<Figures>)>,
) -> Result<(), Failure> {
    if arguments.selection.shape.as_ref().is_some_and(|only| only != S::NAME) {
        return Ok(());
    }
    let data = Data::<S>::generate(arguments.records)?;
    let folder = Folder::write(&data)?;
    let started = |program| External::start::<S>(program, &folder, &arguments.selection).transpose();
    let mut externals = arguments.external.iter().filter_map(started).collect::<Result<Vec<_>, _>>()?;
    let figures = runner::run(&data, &arguments.selection, &mut externals)?;
    let title = format!("Record \"{}\", {} bytes", S::NAME, data.mean_length());
    sections.push(report::table(&title, &figures));
    if arguments.threads {
        sections.push(threads::measured(&data, &arguments.selection)?);
    }
    measured.push((S::NAME, figures));
    Ok(())
}

/// How busy the machine was.
fn machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores, load average {} at the end of the run.\n", load.join(" "))
}
