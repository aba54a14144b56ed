//! Starts the real `registry` binary and talks to it as a client would.
//!
//! Nothing here knows the server's code: the tests see a process, a port and a database file. Every process that is
//! started is stopped when its [`Registry`] is dropped, also when the test fails.

pub mod client;
mod command;
pub mod kafka;
mod output;
pub mod ports;
pub mod random;
pub mod raw;
pub mod registry;
pub mod sqlite;

pub use client::{Answer, Client};
pub use command::run;
pub use kafka::Kafka;
pub use random::Random;
pub use registry::Registry;

use std::path::{Path, PathBuf};

/// The root of the repository.
///
/// # Panics
///
/// When the crate does not lie one level below it.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository").to_owned()
}
