//! What is refused before a record is read.

use std::sync::atomic::Ordering;

use registry_tests::Kafka;
use serde_client::translator::migration::{Delivery, Provenance};
use serde_client::translator::run::{Options, RunError};

use crate::records::many;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn topics_of_unequal_partitions_are_refused() {
    let stage = Stage::new("unequal", 2, Delivery::ExactlyOnce).await;
    stage.grow(stage.source(), 3).await;
    let refused = stage.run_once().await.expect_err("three partitions do not fit two");
    let RunError::PartitionCounts { source_count, target_count, .. } = &refused else { panic!("{refused}") };
    assert_eq!((*source_count, *target_count), (3, 2));
    assert!(refused.to_string().contains("add partitions"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_missing_is_named() {
    let stage = Stage::new("missing", 1, Delivery::ExactlyOnce).await;
    let mut elsewhere = stage.clone();
    elsewhere.migration.old.topic = "missing-elsewhere".to_owned();
    let refused = elsewhere.run_once().await.expect_err("there is no such topic");
    assert!(refused.to_string().contains("`missing-elsewhere` does not exist"), "{refused}");
}

/// Trying it again for ever would say nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_keeps_nothing_beside_offsets_is_told_how_to() {
    let kafka = Kafka::with_setting("offset.metadata.max.bytes=10");
    let stage = Stage::on(&kafka, "noteless", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(3, 1));
    let refused = stage.run_once().await.expect_err("the offsets are refused");
    assert!(matches!(refused, RunError::Refused(_)), "{refused}");
    assert!(refused.to_string().contains("`offset.metadata.max.bytes`; raise it"), "{refused}");
    assert!(stage.translated(0).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_is_said_before_anything_is_done() {
    let stage = Stage::at("127.0.0.1:1", "never", Delivery::AtLeastOnce);
    let mut untraceable = stage.clone();
    untraceable.migration.headers.provenance = Provenance::Off;
    let mut nowhere = stage.clone();
    nowhere.migration.directions.clear();
    for stage in [untraceable, nowhere] {
        let refused = stage.run_once().await.expect_err("it cannot be run");
        assert!(matches!(refused, RunError::Settings(_)), "{refused}");
    }
}

/// The hash of the mapping outlives the processes; a change of it must be wanted.
#[tokio::test(flavor = "multi_thread")]
async fn another_mapping_is_refused_until_it_is_accepted() {
    let stage = Stage::new("mappings", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(3, 1));
    stage.run_once().await.expect("a run");
    stage.translate.is_another.store(true, Ordering::Relaxed);
    let refused = stage.run_once().await.expect_err("it is another mapping");
    assert!(
        matches!(&refused, RunError::MappingChanged { given, .. } if given.starts_with("66")),
        "{refused}"
    );
    let accepting = Options { once: true, accept_mapping_change: true, ..stage.options("accepting") };
    stage.start(accepting).ended().await.expect("a run");
    stage.run_once().await.expect("it is the group's mapping now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_the_client_does_not_know_is_named() {
    let stage = Stage::new("setting", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(1, 1));
    let mut options = Options { once: true, ..stage.options("setting") };
    options.producer_properties = vec![("no.such.setting".to_owned(), "1".to_owned())];
    let refused = stage.start(options).ended().await.expect_err("an unknown setting");
    assert!(refused.to_string().contains("no.such.setting"), "{refused}");
}
