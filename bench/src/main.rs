//! Measures the registry's release binary beside a bare axum server. Every answer is checked as well as timed: a fast
//! wrong answer ends the run.

mod answer;
mod bare;
mod cli;
mod connection;
mod failure;
mod interruption;
mod large;
mod machine;
mod measure;
mod report;
mod scenario;
mod schemas;
mod server;
mod traffic;

use std::process::ExitCode;

/// The registry's allocator, so that the bare server is not held back by another one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
