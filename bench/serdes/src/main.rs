//! Measures the codecs of `serde-client` beside hand-written code and other libraries, with every answer checked.

mod allocations;
mod cli;
mod external;
mod failure;
mod goals;
mod hand;
mod pass;
mod peer;
mod peers;
mod report;
mod runner;
mod shape;
mod threads;

use std::io::{self, Write};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

fn main() -> ExitCode {
    let printed = match cli::run() {
        Ok(figures) => writeln!(io::stdout(), "{figures}").map(|()| ExitCode::SUCCESS),
        Err(failure) => writeln!(io::stderr(), "serdes-bench: {failure}").map(|()| ExitCode::FAILURE),
    };
    printed.unwrap_or(ExitCode::FAILURE)
}
