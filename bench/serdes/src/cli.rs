//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::failure::Failure;
use crate::peer::Operation;
use crate::shape::{AdShape, Data, Shape, TinyShape};
use crate::{report, runner};

/// Measures codecs beside hand-written code, on records of two shapes; medians of several rounds that take turns.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Records of each shape
    #[arg(long, default_value_t = 10_000)]
    records: usize,
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
    let mut tables = Vec::new();
    tables.extend(measured::<AdShape>(&arguments)?);
    tables.extend(measured::<TinyShape>(&arguments)?);
    let figures = format!("{}\n{}", machine(), tables.join("\n"));
    if let Some(path) = &arguments.update {
        report::update(path, &figures)?;
    }
    Ok(figures)
}

fn measured<S: Shape>(arguments: &Arguments) -> Result<Option<String>, Failure> {
    let data = Data::<S>::generate(arguments.records)?;
    let figures = runner::run(&data, &arguments.selection)?;
    let title = format!("Record \"{}\", {} bytes", S::NAME, data.mean_length());
    Ok((!figures.is_empty()).then(|| report::table(&title, &figures)))
}

/// How busy the machine was.
fn machine() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores, load average {} at the end of the run.\n", load.join(" "))
}
