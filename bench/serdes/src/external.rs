//! Peers in other languages: programs that read the records from a file, measure themselves and take turns with the
//! rest.
//!
//! Such a program is started with a folder and a shape's name. The folder holds `writer.avsc`, `reader.avsc` and
//! `records`, each record behind its length as four bytes. It checks what it is going to measure and prints the names of
//! its operations, separated by commas. Then it answers each line that it reads with one of numbers: nanoseconds of its
//! processor time per record for each operation. It ends when there is nothing more to read.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::cli::Selection;
use crate::failure::Failure;
use crate::peer::Operation;
use crate::runner::Figures;
use crate::shape::{Data, Shape};

/// Where a program is, and how its rows are called.
#[derive(Clone)]
pub(crate) struct Program {
    name: String,
    path: PathBuf,
}

impl std::str::FromStr for Program {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').ok_or("this should be NAME=PROGRAM")?;
        Ok(Self { name: name.to_owned(), path: path.into() })
    }
}

/// The folder that programs read; it is gone when this value is.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Writes the records and both schemas into a folder of their own.
    pub(crate) fn write<S: Shape>(data: &Data<S>) -> Result<Self, Failure> {
        let name = format!("serdes-bench-{}-{}", std::process::id(), S::NAME);
        let folder = Self(std::env::temp_dir().join(name));
        let write = |name: &str, content: &[u8]| {
            let path = folder.0.join(name);
            std::fs::write(&path, content).map_err(|source| Failure::File { path, source })
        };
        std::fs::create_dir_all(&folder.0)
            .map_err(|source| Failure::File { path: folder.0.clone(), source })?;
        write("writer.avsc", S::WRITER.as_bytes())?;
        write("reader.avsc", S::READER.as_bytes())?;
        write("records", &data.export()?)?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it: it lies among the system's temporary files.
        let _left_behind = std::fs::remove_dir_all(&self.0);
    }
}

/// A program that has checked its records and waits for its next turn.
pub(crate) struct External {
    name: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// One for each operation of the program, in its order.
    figures: Vec<Figures>,
    selected: Vec<bool>,
}

impl External {
    /// Starts a program unless nothing of it is selected.
    pub(crate) fn start<S: Shape>(
        program: &Program,
        folder: &Folder,
        selection: &Selection,
    ) -> Result<Option<Self>, Failure> {
        if !Operation::ALL.into_iter().any(|operation| selection.holds(S::NAME, &program.name, operation)) {
            return Ok(None);
        }
        let mut child = spawn(program, &folder.0, S::NAME).map_err(|error| failed(&program.name, error))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(&program.name, "its input and output are missing"));
        };
        let mut output = BufReader::new(output);
        let operations = line(&program.name, &mut output)?;
        let operations = operations.trim().split(',').map(|name| {
            Operation::named(name).ok_or_else(|| failed(&program.name, format!("no operation `{name}`")))
        });
        let operations = operations.collect::<Result<Vec<_>, _>>()?;
        let selected = operations.iter().map(|&operation| selection.holds(S::NAME, &program.name, operation));
        let selected = selected.collect();
        let figures = operations.into_iter().map(|operation| Figures {
            peer: program.name.clone(),
            operation,
            samples: Vec::new(),
            allocations: None,
        });
        let figures = figures.collect();
        Ok(Some(Self { name: program.name.clone(), child, input, output, figures, selected }))
    }

    /// Has it measure each operation once.
    pub(crate) fn round(&mut self) -> Result<(), Failure> {
        self.input.write_all(b"\n").map_err(|error| failed(&self.name, error))?;
        let samples = line(&self.name, &mut self.output)?;
        let samples = samples.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>();
        let samples = samples.map_err(|error| failed(&self.name, error))?;
        if samples.len() != self.figures.len() {
            return Err(failed(&self.name, "a number is missing"));
        }
        self.figures.iter_mut().zip(samples).for_each(|(figures, sample)| figures.samples.push(sample));
        Ok(())
    }

    /// What it has measured of all that is selected.
    pub(crate) fn take_figures(&mut self) -> Vec<Figures> {
        let figures = std::mem::take(&mut self.figures).into_iter().zip(&self.selected);
        figures.filter(|(_, selected)| **selected).map(|(figures, _)| figures).collect()
    }
}

impl Drop for External {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _outcome = self.child.kill();
        let _outcome = self.child.wait();
    }
}

fn spawn(program: &Program, folder: &Path, shape: &str) -> std::io::Result<Child> {
    let mut command = Command::new(&program.path);
    command.arg(folder).arg(shape).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
}

fn line(name: &str, output: &mut impl BufRead) -> Result<String, Failure> {
    let mut line = String::new();
    match output.read_line(&mut line) {
        Ok(0) => Err(failed(name, "it has ended")),
        Ok(_) => Ok(line),
        Err(error) => Err(failed(name, error)),
    }
}

fn failed(peer: &str, reason: impl ToString) -> Failure {
    Failure::External { peer: peer.to_owned(), reason: reason.to_string() }
}
