//! The examples of the Rust client do what their first lines say.

use std::process::Command;

use registry_tests::registry::binary;
use registry_tests::{Kafka, Registry, repository, run};
use serde_json::{Value, json};

/// What an example prints. Examples are built beside the registry's binary.
fn printed(name: &str, settings: &[(&str, &str)]) -> String {
    let folder = binary().parent().expect("a folder").join("examples");
    run(Command::new(folder.join(name)).envs(settings.iter().copied()))
}

/// What the README's `curl` commands answer, a line each.
fn tried(registry: &Registry) -> Vec<Value> {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("a README");
    let commands = readme.lines().filter(|line| line.starts_with("curl "));
    let commands = commands.map(|line| line.replace("http://127.0.0.1:8081", &registry.base_url()));
    let answer = |command: String| run(Command::new("bash").args(["-euc", &command]));
    commands.map(|command| serde_json::from_str(&answer(command)).expect("JSON")).collect()
}

/// As a new user does it: what the README has to try first does not stand in the way of the clicks.
#[test]
fn a_producer_writes_and_a_consumer_reads() {
    let (registry, kafka) = (Registry::start(), Kafka::shared());
    let url = registry.base_url();
    let [registered, latest, explained] = &*tried(&registry) else { panic!("three commands") };
    assert_eq!((&registered["id"], &latest["version"]), (&json!(1), &json!(1)));
    assert!(explained["incompatibilities"][0]["cure"].is_string(), "{explained}");
    let settings = [("REGISTRY", url.as_str()), ("KAFKA", kafka.bootstrap())];
    let produced = printed("producer", &settings);
    assert_eq!(produced, "wrote 10 clicks with schema id Some(2) of subject clicks-value\n");
    let mut lines: Vec<String> = printed("consumer", &settings).lines().map(str::to_owned).collect();
    lines.sort();
    let expected: Vec<String> =
        (0..10).map(|number| format!("visitor {number} opened /page/{number}")).collect();
    assert_eq!(lines, expected);
}

#[test]
fn examples_without_a_broker() {
    let evolved = printed("evolution", &[]);
    assert!(evolved.contains(r#"Order { buyer: "Ada", id: 7, priority: 3 }"#), "{evolved}");
    assert!(evolved.contains("the third one is refused: "), "{evolved}");
    let read = printed("generic_reader", &[]);
    assert!(read.contains("topic `readings`, partition 0, offset 42, schema id 1"), "{read}");
}
