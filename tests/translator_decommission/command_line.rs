//! The binary `translator`, as a person calls it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// How a command ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Ended {
    /// What it printed, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A command that is not started yet.
pub(crate) fn command(bootstrap: &str, args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).env("KAFKA_BOOTSTRAP_SERVERS", bootstrap).env("USER", "tester");
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn call(bootstrap: &str, args: &[&str]) -> Ended {
    let ended = command(bootstrap, args).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ended {
        code: ended.status.code().expect("no signal"),
        out: text(ended.stdout),
        error: text(ended.stderr),
    }
}

/// `TRANSLATOR_BIN`, else that of the same build, two levels above the test's own executable.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("TRANSLATOR_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("the path of the test");
    let binary = test.ancestors().nth(2).expect("<target>/<profile>/deps").join("translator");
    assert!(
        binary.is_file(),
        "{} is missing: `cargo build -p serde-client --features translator`",
        binary.display()
    );
    binary
}
