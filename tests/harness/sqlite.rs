//! Reads a database file without the server, through whatever SQLite the machine has.

use std::path::Path;
use std::process::{Command, Stdio};

const PYTHON: &str = "import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print('|'.join(map(str, row)))";

/// Runs a query and returns its rows, one a line, columns split by `|`.
///
/// # Panics
///
/// When the machine has neither Python nor the `sqlite3` program, or when the query fails.
#[must_use]
#[track_caller]
pub fn query(database: &Path, sql: &str) -> String {
    let venv = crate::repository().join(".venv/bin/python");
    for python in [venv.as_os_str(), "python3".as_ref(), "/usr/bin/python3".as_ref()] {
        if works(Command::new(python).args(["-c", "import sqlite3"])) {
            return crate::run(Command::new(python).args(["-c", PYTHON]).arg(database).arg(sql));
        }
    }
    assert!(works(Command::new("sqlite3").arg("-version")), "neither Python nor sqlite3: run `make setup`");
    crate::run(Command::new("sqlite3").arg(database).arg(sql))
}

fn works(command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
