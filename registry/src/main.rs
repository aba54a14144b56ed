//! The registry's binary. Everything is in the library.

use std::process::ExitCode;

/// Answers are many small allocations on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    registry::cli::main()
}
