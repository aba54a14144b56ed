//! The example of the repository, walked as a new user walks it, and used as a Confluent client uses it.

use std::path::PathBuf;
use std::process::Command;

use registry_tests::{Registry, repository, run};
use serde_json::{Value, json};

/// Stands between the answers of two blocks of commands.
const SEPARATOR: &str = "---8<---";

#[test]
fn the_walk_of_the_readme_works_as_written() {
    let registry = Registry::start();
    let answers = walk(&registry);
    let [_, first, second, versions, explained, refused, cured] = answers.as_slice() else {
        panic!("the walk has {} steps", answers.len());
    };
    let numbers = |answer: &Value| (answer["id"].clone(), answer["version"].clone());
    assert_eq!(numbers(first), (json!(1), json!(1)));
    assert_eq!(numbers(second), (json!(2), json!(2)));
    assert_eq!(versions, &json!([1, 2]));
    assert_eq!(explained["is_compatible"], false);
    assert_eq!(refused["error_code"], 40901);
    assert_eq!(explained["incompatibilities"], refused["incompatibilities"]);
    assert_eq!(numbers(cured), (json!(3), json!(3)));

    let found = explained["incompatibilities"].as_array().expect("the reasons");
    let [changed_type, missing_default] = found.as_slice() else { panic!("two mistakes: {explained}") };
    assert_eq!(changed_type["type"], "TYPE_MISMATCH");
    assert_eq!(changed_type["path"], "/fields/3/type");
    assert_eq!(missing_default["type"], "READER_FIELD_MISSING_DEFAULT_VALUE");
    assert_eq!(missing_default["path"], "/fields/4");
    for (mistake, words) in [(changed_type, ["string", "long"]), (missing_default, ["placement", "default"])]
    {
        let advice = format!("{} {}", mistake["explanation"], mistake["cure"]);
        assert!(words.iter().all(|word| advice.contains(word)), "no help in {advice}");
    }
}

/// Runs the commands of the example's README and returns the answer of each block; null where it prints nothing.
fn walk(registry: &Registry) -> Vec<Value> {
    let readme = std::fs::read_to_string(example().join("README.md")).expect("the example has a README");
    let blocks: Vec<&str> =
        readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let script = blocks.join(&format!("\necho\necho '{SEPARATOR}'\n"));
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script])
        .current_dir(example())
        .env("REGISTRY", registry.base_url());
    run(&mut bash).split(SEPARATOR).map(|printed| parsed(printed.trim())).collect()
}

fn parsed(printed: &str) -> Value {
    if printed.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

#[test]
fn an_unmodified_confluent_client_writes_and_reads() {
    let registry = Registry::start();
    let python = repository().join(".venv/bin/python");
    assert!(python.is_file(), "{} is missing: run `make setup`", python.display());
    let script = repository().join("tests/interop/python/ad_clicks.py");
    let printed = run(Command::new(python).arg(script).arg(registry.base_url()).arg(example()));
    assert_eq!(printed.trim(), "10000 records written with version 1 and read with version 2");
}

fn example() -> PathBuf {
    repository().join("examples/ad-clicks")
}
