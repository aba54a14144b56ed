//! Both directions in one process, with a single writer for every key.

use std::collections::BTreeMap;

use registry_tests::ports::free_address;
use serde_client::translator::cluster::{Isolation, OwnedRecord};
use serde_client::translator::migration::{Delivery, Pairing, Provenance};
use serde_client::translator::provenance::HEADER;
use serde_client::translator::run::{Fate, Options, RunError};
use serde_client::translator::verify::{Position, Scope};

use crate::health::wait_for;
use crate::mapping::BAD;
use crate::records::{self, New, many};
use crate::stage::{DIRECTION, Stage};

/// A two-way migration.
async fn two_way(name: &str, partitions: i32, delivery: Delivery) -> Stage {
    Stage::new(name, partitions, delivery).await.paired(Pairing::SingleWriterPerKey)
}

/// Records of keys that only producers of the old topic write.
fn of_old(count: usize, partitions: i32) -> Vec<New> {
    let named = |record: New| New { key: record.key.map(|key| [b"old ", key.as_slice()].concat()), ..record };
    many(count, partitions).into_iter().map(named).collect()
}

fn count(stage: &Stage, topic: &str) -> usize {
    let all: BTreeMap<i32, Vec<OwnedRecord>> = records::read(&stage.connection, topic, Isolation::Committed);
    all.values().map(Vec::len).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_translates_both_ways_and_tells_of_both() {
    let stage = two_way("both", 2, Delivery::ExactlyOnce).await;
    stage.produce(&many(30, 2));
    stage.produce_old(&of_old(20, 2));
    let address = free_address();
    let running = stage.start_all(Options { metrics: Some(address), ..stage.options("both") });
    stage.wait_for(50).await;
    stage.wait_for_in(stage.source(), 50).await;
    wait_for(address, "/health/ready", |status, _| status == 200).await;
    let echoes = "srt_records_total{dir=\"old-new\",partition=\"0\",result=\"echo\"} 15";
    let text = wait_for(address, "/metrics", |_, text| text.contains(echoes)).await;
    for line in [
        "srt_records_total{dir=\"new-old\",partition=\"1\",result=\"ok\"} 15",
        "srt_records_total{dir=\"old-new\",partition=\"1\",result=\"ok\"} 10",
        "srt_batch_records_sum{dir=\"new-old\"} ",
        "srt_batch_records_sum{dir=\"old-new\"} ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert_eq!(text.matches("# TYPE srt_latency_seconds ").count(), 1, "each metric is there once\n{text}");
    let reports = running.stop().await.expect("a clean end");
    let (there, back) = (&reports[&DIRECTION], &reports[&DIRECTION.reverse()]);
    assert_eq!((there.count(Fate::Ok), back.count(Fate::Ok)), (30, 20), "{reports:?}");
    for direction in [DIRECTION, DIRECTION.reverse()] {
        let proof = stage.verify_in(direction, Scope::Full).await;
        assert!(proof.passed(), "{proof:#?}");
    }
    let told = stage.divergence().await;
    assert_eq!((told.diverging, told.handed_over), (0, 0), "{told:#?}");
}

/// What a service sends again with the headers of the translated record is a record of its own when it has changed it, and
/// an echo when it has not.
#[tokio::test(flavor = "multi_thread")]
async fn what_services_republish_neither_goes_round_nor_gets_lost() {
    let stage = two_way("republished", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(5, 1));
    let running = stage.start_all(stage.options("republished"));
    stage.wait_for(5).await;
    let own = stage.translated(0)[2].clone();
    let origin =
        own.source_headers().iter().find(|header| header.name == HEADER).and_then(|header| header.value);
    let origin = origin.expect("its origin").to_vec();
    let same =
        New { key: own.key.clone(), value: own.value.clone(), ..New::default() }.header(HEADER, &origin);
    let changed = New { value: Some(b"changed".to_vec()), ..same.clone() };
    stage.produce_old(&[same, changed]);
    stage.wait_for_in(stage.source(), 6).await;
    let reports = running.stop().await.expect("a clean end");
    let back = &reports[&DIRECTION.reverse()];
    let counts = [Fate::Ok, Fate::Echo, Fate::SuspectEcho].map(|fate| back.count(fate));
    assert_eq!(counts, [1, 5, 1], "{reports:?}");
    let rest = Options { once: true, ..stage.options("republished") };
    let rest = stage.start_all(rest).ended().await.expect("a run");
    assert!(rest.values().all(|report| report.count(Fate::Ok) == 0), "{rest:?}");
    assert_eq!((count(&stage, stage.target()), count(&stage, stage.source())), (7, 6), "nothing goes round");
    let back = stage.verify_in(DIRECTION.reverse(), Scope::Full).await;
    assert!(back.passed(), "{back:#?}");
    // The service has taken a key of the other side, in the middle of its records.
    stage.produce(&[New { key: own.key.clone(), value: Some(b"later".to_vec()), ..New::default() }]);
    let once = Options { once: true, ..stage.options("republished") };
    stage.start_all(once).ended().await.expect("a run");
    assert_eq!(stage.divergence().await.diverging, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_direction_ends_at_its_own_end() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = two_way(&format!("ends-{delivery:?}"), 3, delivery).await;
        stage.produce(&many(600, 3));
        stage.produce_old(&of_old(6, 3));
        let once = Options { once: true, ..stage.options("once") };
        let reports = stage.start_all(once).ended().await.expect("it ends");
        let translated = reports.values().map(|report| report.count(Fate::Ok)).collect::<Vec<_>>();
        assert_eq!(translated, [600, 6], "{reports:?}");
        assert_eq!((count(&stage, stage.target()), count(&stage, stage.source())), (606, 606));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_one_direction_stops_the_other_one_in_order() {
    let stage = two_way("one-fails", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(50, 1));
    let running = stage.start_all(stage.options("one-fails"));
    stage.wait_for(50).await;
    stage.produce_old(&[New::of(0, "old", BAD)]);
    let failed = running.ended().await.expect_err("the old topic holds what cannot be translated");
    let RunError::Record { topic, .. } = &failed else { panic!("{failed}") };
    assert_eq!(topic, stage.target());
    stage.prove(50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_written_on_both_sides_are_told() {
    let stage = two_way("diverging", 2, Delivery::ExactlyOnce).await;
    let translate = || async {
        let once = Options { once: true, ..stage.options("once") };
        stage.start_all(once).ended().await.expect("a run");
    };
    // Neither topic has seen the other's record when it gets its own: the orders differ.
    stage.produce_old(&[New::of(1, "fought", "old"), New::of(0, "moves", "old"), New::of(1, "quiet", "old")]);
    stage.produce(&[New::of(1, "fought", "new")]);
    translate().await;
    // The producer of this one has moved, and all that it has written was there before.
    stage.produce(&[New::of(0, "moves", "new")]);
    translate().await;
    let told = stage.divergence().await;
    assert_eq!((told.diverging, told.handed_over), (1, 1), "{told:#?}");
    let at = |offset| Position { partition: 1, offset };
    let key = &told.keys[0];
    assert_eq!((key.key.as_str(), key.old_first, key.new_first), ("fought", at(0), at(0)), "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_directions_without_a_reason_are_refused() {
    let stage = Stage::at("127.0.0.1:1", "undeclared", Delivery::ExactlyOnce);
    let undeclared = stage.clone().paired(Pairing::Undeclared);
    let mut untraceable = stage.clone().paired(Pairing::SingleWriterPerKey);
    untraceable.migration.headers.provenance = Provenance::Off;
    for (stage, cure) in [(undeclared, "writers: single-per-key"), (untraceable, "provenance")] {
        let refused = stage.start_all(stage.options("never")).ended().await.expect_err("it cannot be run");
        assert!(matches!(&refused, RunError::Settings(reason) if reason.contains(cure)), "{refused}");
    }
}
