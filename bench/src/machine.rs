//! What the figures were measured on.

use std::path::Path;
use std::process::Command;

use crate::report::{Cell, Table};

/// Describes the machine, and the build by its commit. What cannot be found out is left out.
pub(crate) fn description(rounds: u32) -> Table {
    let mut table = Table::new("Machine", "", &["what", "value"]);
    let mut add = |what: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        table.rows.extend(value.map(|value| vec![Cell::text(what), Cell::text(value)]));
    };
    add("cores, shared by server and load", std::thread::available_parallelism().ok().map(|n| n.to_string()));
    add("processor", line_of("/proc/cpuinfo", "model name"));
    add("memory", line_of("/proc/meminfo", "MemTotal"));
    add(
        "kernel",
        std::fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|text| text.trim().to_owned()),
    );
    add("load average before", std::fs::read_to_string("/proc/loadavg").ok().and_then(first_word));
    add("commit", output("git", &["describe", "--always", "--dirty"]));
    add("date", output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]));
    add("rounds", Some(rounds.to_string()));
    table
}

fn line_of(path: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(Path::new(path)).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn first_word(text: String) -> Option<String> {
    text.split_whitespace().next().map(str::to_owned)
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
