//! Records that cannot be translated, and schemas that are not there.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_client::framing::{Prefix, SchemaIdentity, VALUE_HEADER};
use serde_client::translator::cluster::{Isolation, OwnedRecord};
use serde_client::translator::migration::{Breaker, Delivery, OnError};
use serde_client::translator::run::{
    CODE_HEADER, DeadLetter, FENCED, Fate, MESSAGE_HEADER, OFFSET_HEADER, PARTITION_HEADER, PATH_HEADER,
    REPLAYED_HEADER, RunError, TOPIC_HEADER,
};

use crate::mapping::{BAD, DRIFT, UNFRAMED, UNKNOWN};
use crate::records::{self, New, many, values};
use crate::stage::Stage;

fn dead_letters(stage: &Stage) -> Vec<OwnedRecord> {
    let OnError::DeadLetter { topic } = &stage.migration.errors.on_error else {
        panic!("no dead-letter queue")
    };
    records::read(&stage.connection, topic, Isolation::Committed).into_values().flatten().collect()
}

fn code(record: &OwnedRecord) -> String {
    DeadLetter::of(&record.source(&record.source_headers())).expect("a dead letter").code
}

fn with_schema(id: i32, record: New) -> New {
    record.header(VALUE_HEADER, Prefix::of(SchemaIdentity::Id(id)).as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn by_default_a_fault_stops_the_run_behind_what_was_translated() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = Stage::new(&format!("fails-{delivery:?}"), 1, delivery).await;
        stage.produce(&[New::of(0, "a", "1"), New::of(0, "b", BAD), New::of(0, "c", "3")]);
        let failed = stage.run_once().await.expect_err("the second record");
        let RunError::Record { partition, offset, fault, .. } = &failed else { panic!("{failed}") };
        assert_eq!((*partition, *offset, fault.path.as_str()), (0, 1, "a.b"));
        stage.prove(1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_left_out_where_the_policy_says_so() {
    let mut stage = Stage::new("skips", 1, Delivery::ExactlyOnce).await;
    stage.migration.errors.on_error = OnError::Skip;
    stage.migration.errors.passthrough = true;
    stage.produce(&[New::of(0, "a", BAD), New::of(0, "b", UNFRAMED), New::of(0, "c", "3")]);
    let report = stage.run_once().await.expect("a run");
    assert_eq!((report.count(Fate::Skipped), report.count(Fate::Ok)), (1, 2));
    assert_eq!(values(&stage.translated(0)), [UNFRAMED, "3 translated"]);
    assert_eq!(stage.prove(3).await.counts.skipped, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_the_record_as_it_was() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let name = format!("dead-{delivery:?}");
        let stage = Stage::new(&name, 2, delivery).await.with_dead_letters(1).await;
        let bad = New { timestamp: Some(1_700_000_000_123), ..New::of(1, "k", BAD) }.header("trace", b"1");
        stage.produce(&[New::of(1, "a", "1"), bad, with_schema(UNKNOWN, New::of(0, "u", "v"))]);
        let report = stage.run_once().await.expect("a run");
        assert_eq!((report.count(Fate::DeadLettered), report.count(Fate::Ok)), (2, 1));
        let letters = dead_letters(&stage);
        let letter =
            letters.iter().find(|letter| letter.key.as_deref() == Some(b"k")).expect("the bad record");
        assert_eq!(
            (letter.value.as_deref(), letter.timestamp),
            (Some(BAD.as_bytes()), Some(1_700_000_000_123))
        );
        let headers = letter.source_headers();
        let text = |name: &str| {
            let found = headers.iter().find(|header| header.name == name).and_then(|header| header.value);
            String::from_utf8_lossy(found.unwrap_or_default()).into_owned()
        };
        assert_eq!(
            (text("trace"), text(CODE_HEADER), text(PATH_HEADER)),
            ("1".into(), "unmapped".into(), "a.b".into())
        );
        assert_eq!(text(MESSAGE_HEADER), "as the test wants it");
        assert_eq!((text(TOPIC_HEADER), text(PARTITION_HEADER)), (format!("{name}-new"), "1".into()));
        assert_eq!(text(OFFSET_HEADER), "1");
        let unknown =
            letters.iter().find(|letter| letter.key.as_deref() == Some(b"u")).expect("the poison record");
        assert_eq!(code(unknown), "undecodable");
        assert_eq!(stage.prove(3).await.counts.dead_lettered, 2);
    }
}

/// The order of a key survives the dead-letter queue, also over a restart, until its records are replayed.
#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_a_key_follow_its_first_fault() {
    let stage = Stage::new("fence", 1, Delivery::ExactlyOnce).await.with_dead_letters(1).await;
    stage.produce(&[New::of(0, "k", BAD), New::of(0, "k", "2"), New::of(0, "other", "3")]);
    stage.run_once().await.expect("a run");
    stage.produce(&[New::of(0, "k", "4"), New::of(0, "other", "5")]);
    stage.run_once().await.expect("a run");
    let letters = dead_letters(&stage);
    assert_eq!(values(&letters), [BAD, "2", "4"]);
    assert_eq!(letters.iter().map(code).collect::<Vec<_>>(), ["unmapped", FENCED, FENCED]);
    assert_eq!(values(&stage.translated(0)), ["3 translated", "5 translated"]);

    let OnError::DeadLetter { topic } = &stage.migration.errors.on_error else {
        panic!("no dead-letter queue")
    };
    let marker = New { value: None, ..New::of(0, "k", "") }.header(REPLAYED_HEADER, b"");
    let marker = marker.header(CODE_HEADER, b"unmapped").header(TOPIC_HEADER, stage.source().as_bytes());
    let marker = marker.header(PARTITION_HEADER, b"0").header(OFFSET_HEADER, b"3");
    records::produce(&stage.connection.bootstrap, topic, &[marker]);
    stage.produce(&[New::of(0, "k", "6")]);
    stage.run_once().await.expect("a run");
    assert_eq!(values(&stage.translated(0)).last().map(String::as_str), Some("6 translated"));
    assert_eq!(stage.prove(6).await.counts.dead_lettered, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_breaker_stops_what_would_empty_the_topic() {
    let mut stage = Stage::new("breaker", 1, Delivery::ExactlyOnce).await.with_dead_letters(1).await;
    stage.migration.errors.breaker = Some(Breaker { ratio: 0.5, window: Duration::from_secs(300) });
    stage.migration.errors.fence_key = false;
    stage.produce(&(0..500).map(|_| New::of(0, "k", BAD)).collect::<Vec<_>>());
    let failed = stage.run_once().await.expect_err("everything is bad");
    assert_eq!(failed, RunError::BreakerOpen);
    assert_eq!(dead_letters(&stage).len(), 100, "what was decided is written, and no more is read");
    stage.prove(100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drifted_schema_stops_its_partition_alone() {
    let stage = Stage::new("drift", 2, Delivery::ExactlyOnce).await;
    let drifted = with_schema(DRIFT, New::of(0, "k", "2"));
    stage.produce(&[New::of(0, "k", "1"), drifted, New::of(0, "k", "3"), New::of(1, "l", "4")]);
    let running = stage.start(stage.options("drift"));
    stage.wait_for(2).await;
    stage.produce(&many(10, 2));
    stage.wait_for(7).await;
    running.stop().await.expect("a clean end");
    assert_eq!(values(&stage.translated(0)), ["1 translated"]);
    assert_eq!(stage.translated(1).len(), 6);
    stage.prove(7).await;

    let held = stage.run_once().await.expect_err("it cannot get to the end");
    assert!(matches!(held, RunError::Held { partition: 0, .. }), "{held}");
    assert!(held.to_string().contains("a new field"), "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_wait_for_a_registry_that_is_away() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = Stage::new(&format!("away-{delivery:?}"), 2, delivery).await;
        stage.translate.registry_is_away.store(true, Ordering::Relaxed);
        let known = |at: usize| with_schema(7, New::of(0, "k", &format!("{at}")));
        stage.produce(&(0..50).map(known).collect::<Vec<_>>());
        stage.produce(&many(10, 2));
        let running = stage.start(stage.options("away"));
        stage.wait_for(5).await;
        assert_eq!(stage.translated(0).len(), 0);
        stage.translate.registry_is_away.store(false, Ordering::Relaxed);
        stage.wait_for(60).await;
        running.stop().await.expect("a clean end");
        stage.prove(60).await;
    }
}
