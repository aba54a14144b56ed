//! The example of the repository, walked as a new user walks it.

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
    let [_, first, second, versions, explained, refused, cured, _, others @ ..] = answers.as_slice() else {
        panic!("the walk has {} steps", answers.len());
    };
    assert_eq!(numbers(first), (json!(1), json!(1)));
    assert_eq!(numbers(second), (json!(2), json!(2)));
    assert_eq!(versions, &json!([1, 2]));
    assert_eq!(explained["is_compatible"], false);
    assert_eq!(refused["error_code"], 40901);
    assert_eq!(explained["incompatibilities"], refused["incompatibilities"]);
    let way_out = json!({
        "registerUnder": "ad-clicks-v3-value",
        "command": "translator init --old ad-clicks-value:2 --new ad-clicks-v3-value:1 --out migration.yaml",
    });
    assert_eq!(refused["migration"], way_out);
    assert_eq!(numbers(cured), (json!(3), json!(3)));
    let changed_type = ("TYPE_MISMATCH", "/fields/3/type", ["string", "long"]);
    let missing_default = ("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/4", ["placement", "default"]);
    assert_explained(refused, &[changed_type, missing_default]);

    let (protobuf, json) = others.split_at_checked(4).expect("two more formats");
    let changed_type = ("FIELD_SCALAR_KIND_CHANGED", "#/AdClick/3", ["campaign_id", "string"]);
    assert_evolves(protobuf, 4, &[changed_type]);
    let changed_type = ("TYPE_CHANGED", "#/properties/campaign_id", ["campaign_id", "integer"]);
    let demanded = (
        "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
        "#/properties/placement",
        ["placement", "required"],
    );
    assert_evolves(json, 7, &[changed_type, demanded]);
}

/// Type, path, and words that the advice must have.
type Mistake = (&'static str, &'static str, [&'static str; 2]);

fn numbers(answer: &Value) -> (Value, Value) {
    (answer["id"].clone(), answer["version"].clone())
}

/// Two versions, a refusal and the cured third version; the ids count from `first_id`.
fn assert_evolves(answers: &[Value], first_id: i32, mistakes: &[Mistake]) {
    let [first, second, refused, cured] = answers else { panic!("four answers: {answers:?}") };
    for (answer, version) in [(first, 1), (second, 2), (cured, 3)] {
        assert_eq!(numbers(answer), (json!(first_id + version - 1), json!(version)), "{answer}");
    }
    assert_eq!(refused["error_code"], 40901, "{refused}");
    assert_explained(refused, mistakes);
}

/// The mistakes are found, in any order and nothing else; each has advice and a record that proves it.
fn assert_explained(refused: &Value, mistakes: &[Mistake]) {
    let found = refused["incompatibilities"].as_array().expect("the reasons");
    assert_eq!(found.len(), mistakes.len(), "{refused}");
    for (kind, path, words) in mistakes {
        let mistake = found.iter().find(|found| found["type"] == *kind);
        let mistake = mistake.unwrap_or_else(|| panic!("no {kind}: {refused}"));
        assert_eq!(mistake["path"], *path);
        let advice = format!("{} {}", mistake["explanation"], mistake["cure"]);
        assert!(words.iter().all(|word| advice.contains(word)), "no help in {advice}");
        assert!(mistake["witness"]["document"].is_string(), "no witness: {mistake}");
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

fn example() -> PathBuf {
    repository().join("examples/ad-clicks")
}
