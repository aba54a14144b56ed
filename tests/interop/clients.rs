//! Unmodified Confluent clients of other languages, against the real registry.

use std::process::Command;

use registry_tests::{Registry, repository, run};

/// Runs a program of this folder that is told where the registry and the example are; what it prints.
fn printed_by(interpreter: &str, program: &str) -> String {
    let root = repository();
    let interpreter = if interpreter.contains('/') { root.join(interpreter) } else { interpreter.into() };
    let registry = Registry::start();
    let mut command = Command::new(interpreter);
    command.arg(root.join("tests/interop").join(program));
    command.arg(registry.base_url()).arg(root.join("examples/ad-clicks"));
    run(&mut command).trim().to_owned()
}

/// The interpreter with the pinned packages: `make setup` fills it.
const PYTHON: &str = ".venv/bin/python";

#[test]
fn python_writes_and_reads_avro() {
    let printed = printed_by(PYTHON, "python/ad_clicks.py");
    assert_eq!(printed, "10000 records written with version 1 and read with version 2");
}

#[test]
fn python_writes_and_reads_protobuf() {
    let printed = printed_by(PYTHON, "python/protobuf_clicks.py");
    assert_eq!(printed, "2000 records written with version 1 and read with version 2");
}

#[test]
fn python_writes_and_reads_json() {
    let printed = printed_by(PYTHON, "python/json_clicks.py");
    assert_eq!(printed, "2000 records written with version 1 and read with version 2");
}

#[test]
fn javascript_writes_and_reads_all_three_formats() {
    let printed = printed_by("node", "javascript/ad_clicks.mjs");
    assert_eq!(printed, "500 records round-tripped in AVRO, PROTOBUF and JSON");
}
