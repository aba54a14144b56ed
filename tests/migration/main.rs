//! The guide to migrating a topic, played as written, with a translator that is killed on the way.

mod dual_writes;
mod partitions;
mod shop;
mod types;
mod without_registry;

use std::process::Command;

use registry_tests::registry::binary;
use registry_tests::{Kafka, Registry, repository, run};

/// What a script of the example tells, on a broker and a registry of the tests.
fn played(script: &str) -> String {
    let (kafka, registry) = (Kafka::shared(), Registry::start());
    let programs = binary().parent().expect("a folder").to_owned();
    let mut script = Command::new(repository().join("examples/ad-clicks/migration").join(script));
    script.env("SCHEMA_REGISTRY_URL", registry.base_url()).env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap());
    script.env("PROGRAMS", &programs).env("CLICKS", "1000").env("RECORDS", "200");
    run(&mut script)
}

#[test]
fn the_ad_clicks_are_migrated_by_the_guide_alone() {
    let told = played("play.sh");
    // Every hundredth click is a partner's, which the old schema cannot say.
    for part in [
        "The mapping is complete.",
        "The mapping holds.",
        "wrote 1000 clicks",
        "1000 records: 990 translated",
        "translated, once and equal    990",
        "in the dead-letter queue      10",
        "Proved.",
    ] {
        assert!(told.contains(part), "`{part}` is missing:\n{told}");
    }
}

#[test]
fn consumers_move_first_and_then_it_is_turned_round() {
    let told = played("cutover.sh");
    for part in [
        "The mapping is complete.",
        "The mapping holds.",
        "--deny-principal 'User:clicks' --operation Write --topic ad-clicks-eu",
        "clicks-v3-eu: FLIPPED.",
        "old->new: has ended with the cutover",
        "clicks-v3-eu old->new",
        "translated, once and equal    1000",
        "clicks-v3-eu new->old",
        "translated, once and equal    990",
        "No key was written on both sides at once.",
    ] {
        assert!(told.contains(part), "`{part}` is missing:\n{told}");
    }
    assert_eq!(told.matches("Proved.").count(), 2, "{told}");
}

/// The command line with both directions at once: one call translates both ways, and who writes against the declaration is
/// named.
#[test]
fn two_ways_need_one_writer_for_each_key() {
    let (kafka, registry) = (Kafka::shared(), Registry::start());
    let programs = binary().parent().expect("a folder").to_owned();
    let examples = repository().join("examples/ad-clicks");
    let read = |path: &str| std::fs::read_to_string(examples.join(path)).expect("a file");
    let client = registry.connect();
    client.register("ad-clicks-us-value", &read("v2.avsc"));
    client.register("clicks-v3-us-value", &read("migration/clicks-v3.avsc"));
    let call = |program: &str, args: &[&str]| {
        let mut command = Command::new(programs.join(program));
        command.args(args).env("SCHEMA_REGISTRY_URL", registry.base_url());
        command.env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap());
        let ended = command.output().expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (ended.status.code(), text(ended.stdout), text(ended.stderr))
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mapping = |declared: &str| {
        let text = read("migration/cutover.yaml").replace("-eu", "-us");
        let path = folder.path().join("both.yaml");
        std::fs::write(&path, text.replace("directions: cutover", declared)).expect("a file");
        path.display().to_string()
    };
    let undeclared = call("translator", &["plan", &mapping("directions: both")]);
    assert_eq!(undeclared.0, Some(1), "{undeclared:?}");
    assert!(
        undeclared.2.contains("line 8, column 13") && undeclared.2.contains("single-per-key"),
        "{undeclared:?}"
    );

    let mapping = mapping("directions: both\nwriters: single-per-key");
    call("examples/clicks_v3", &["1", "ad-clicks-us", "v2"]);
    let planned = call("translator", &["plan", &mapping, "--apply"]);
    assert_eq!(planned.0, Some(0), "{planned:?}");
    call("examples/clicks_v3", &["1", "clicks-v3-us"]);
    let translated = call("translator", &["run", &mapping, "--once"]);
    assert_eq!(translated.0, Some(0), "{translated:?}");
    for part in ["new->old: 1 translated", "old->new: 1 translated"] {
        assert!(translated.1.contains(part), "{translated:?}");
    }
    let verified = call("translator", &["verify", &mapping]);
    assert_eq!(verified.0, Some(2), "{verified:?}");
    assert_eq!(verified.1.matches("Proved.").count(), 2, "{}", verified.1);
    assert!(verified.1.contains("user-0  0/0 to 0/0        0/0 to 0/0"), "{}", verified.1);
}
