//! The guide to migrating a topic, played as written, with a translator that is killed on the way.

use std::process::Command;

use registry_tests::registry::binary;
use registry_tests::{Kafka, Registry, repository, run};

#[test]
fn the_ad_clicks_are_migrated_by_the_guide_alone() {
    let (kafka, registry) = (Kafka::shared(), Registry::start());
    let programs = binary().parent().expect("a folder").to_owned();
    let mut script = Command::new(repository().join("examples/ad-clicks/migration/play.sh"));
    script.env("SCHEMA_REGISTRY_URL", registry.base_url()).env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap());
    script.env("PROGRAMS", &programs).env("CLICKS", "1000").env("RECORDS", "200");
    let told = run(&mut script);
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
    let (kafka, registry) = (Kafka::shared(), Registry::start());
    let programs = binary().parent().expect("a folder").to_owned();
    let mut script = Command::new(repository().join("examples/ad-clicks/migration/cutover.sh"));
    script.env("SCHEMA_REGISTRY_URL", registry.base_url()).env("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap());
    script.env("PROGRAMS", &programs).env("CLICKS", "1000").env("RECORDS", "200");
    let told = run(&mut script);
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
