//! What arrives, and as what.

use std::time::Duration;

use rdkafka::producer::{BaseProducer, Producer};
use registry_tests::Kafka;
use serde_client::framing::{Prefix, SchemaIdentity, VALUE_HEADER};
use serde_client::translator::cluster::Isolation;
use serde_client::translator::migration::{Delivery, Provenance, Start};
use serde_client::translator::provenance::{HEADER, MIGRATION_HEADER, MigrationId, ORIGIN_HEADER, Origin};
use serde_client::translator::run::{Fate, Options};
use serde_client::translator::verify::Scope;

use crate::records::{self, New, many, values};
use crate::stage::{DIRECTION, PATIENCE, Stage};

async fn everything_arrives(stage: Stage) {
    let mut all = many(2000, 3);
    all[7].value = None;
    all[8].key = None;
    all[9].value = Some(Vec::new());
    stage.produce(&all);
    let report = stage.run_once().await.expect("a run");
    assert_eq!((report.count(Fate::Ok), report.restarts), (2000, 0), "{report:?}");
    let proof = stage.prove(2000).await;
    assert_eq!((proof.counts.translated, proof.counts.native, proof.counts.doubled), (2000, 0, 0));

    // Again there is nothing to do, and then only what is new.
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok), 0, "{report:?}");
    stage.produce(&many(10, 3));
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok), 10, "{report:?}");
    stage.prove(2010).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_exactly_once() {
    everything_arrives(Stage::new("exactly", 3, Delivery::ExactlyOnce).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_at_least_once() {
    everything_arrives(Stage::new("at-least", 3, Delivery::AtLeastOnce).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_keeps_what_belongs_to_it() {
    let mut stage = Stage::new("keeps", 2, Delivery::ExactlyOnce).await;
    stage.migration.headers.drop = vec!["x-debug".to_owned()];
    stage.migration.headers.provenance = Provenance::Full;
    let id = Prefix::of(SchemaIdentity::Id(7));
    let full = New { timestamp: Some(1_700_000_000_123), ..New::of(1, "k", "v") };
    let full = full.header("trace", b"1").header("x-debug", b"much").header("trace", b"2");
    let full = full.header(VALUE_HEADER, id.as_bytes());
    let bare = New { partition: 1, timestamp: Some(1_700_000_000_124), ..New::default() };
    stage.produce(&[full, bare]);
    stage.run_once().await.expect("a run");

    let translated = stage.translated(1);
    let [full, bare] = &translated[..] else { panic!("{translated:?}") };
    assert_eq!((full.timestamp, full.key.as_deref()), (Some(1_700_000_000_123), Some(&b"k"[..])));
    let headers = full.source_headers();
    let names: Vec<&str> = headers.iter().map(|header| header.name).collect();
    assert_eq!(names, ["trace", "trace", VALUE_HEADER, HEADER, MIGRATION_HEADER, ORIGIN_HEADER]);
    assert_eq!((headers[0].value, headers[1].value), (Some(&b"1"[..]), Some(&b"2"[..])));
    assert_eq!(headers[2].value, Some(&b"target id"[..]));
    assert_eq!(headers[5].value, Some(&b"keeps-new/1/0"[..]));
    let origin = Origin::of(&full.source(&headers), MigrationId::of("keeps")).expect("an origin");
    assert_eq!((origin.partition, origin.offset, origin.direction), (1, 0, DIRECTION));
    assert_eq!(
        (bare.key.as_deref(), bare.value.as_deref(), bare.timestamp),
        (None, None, Some(1_700_000_000_124))
    );
    stage.prove(2).await;
}

/// Markers of transactions take offsets that no reader gets: the end is reached all the same.
#[tokio::test(flavor = "multi_thread")]
async fn aborted_records_are_not_translated_and_markers_are_no_records() {
    let stage = Stage::new("markers", 1, Delivery::ExactlyOnce).await;
    let mut config = rdkafka::ClientConfig::new();
    config.set("bootstrap.servers", Kafka::shared().bootstrap()).set("transactional.id", "markers");
    let producer: BaseProducer = config.create().expect("a producer");
    producer.init_transactions(PATIENCE).expect("transactions");
    let batch =
        |name: &str| -> Vec<New> { (0..5).map(|at| New::of(0, "k", &format!("{name} {at}"))).collect() };
    for (name, commit) in [("gone", false), ("first", true), ("lost", false)] {
        producer.begin_transaction().expect("a transaction");
        records::send(&producer, stage.source(), &batch(name));
        producer.flush(PATIENCE).expect("the broker takes records");
        if commit {
            producer.commit_transaction(PATIENCE).expect("a commit");
        } else {
            producer.abort_transaction(PATIENCE).expect("an abort");
        }
    }
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok), 5, "{report:?}");
    assert_eq!(values(&stage.translated(0))[0], "first 0 translated");
    stage.prove(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_may_begin_with_what_comes() {
    let mut stage = Stage::new("latest", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(5, 1));
    stage.migration.start = Start::Latest;
    assert_eq!(stage.run_once().await.expect("a run").count(Fate::Ok), 0);
    stage.produce(&many(3, 1));
    assert_eq!(stage.run_once().await.expect("a run").count(Fate::Ok), 3);
    stage.prove(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_may_begin_at_a_time_or_at_offsets() {
    let mut stage = Stage::new("times", 1, Delivery::AtLeastOnce).await;
    let at = |timestamp| New { timestamp: Some(timestamp), ..New::of(0, "k", "v") };
    stage.produce(&[at(1_700_000_000_000), at(1_700_000_000_001), at(1_700_000_000_002)]);
    stage.migration.start = Start::Timestamp(1_700_000_000_001);
    assert_eq!(stage.run_once().await.expect("a run").count(Fate::Ok), 2);
    stage.prove(2).await;

    let mut stage = Stage::new("offsets", 1, Delivery::AtLeastOnce).await;
    stage.produce(&many(5, 1));
    stage.migration.start = Start::Offsets(vec![(0, 4)]);
    assert_eq!(stage.run_once().await.expect("a run").count(Fate::Ok), 1);
    stage.prove(1).await;
}

/// A run that is stopped in the middle of its work leaves nothing half-done.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_stops_when_it_is_told_and_goes_on_later() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = Stage::new(&format!("stops-{delivery:?}"), 4, delivery).await;
        stage.produce(&many(4000, 4));
        let mut options = stage.options("stopped");
        options.workers = 2;
        options.batch.records = 100;
        let running = stage.start(options);
        stage.wait_for(300).await;
        let report = running.stop().await.expect("a clean end");
        assert!(report.count(Fate::Ok) >= 300, "{report:?}");
        stage.run_once().await.expect("a run");
        let proof = stage.prove(4000).await;
        assert_eq!(proof.counts.doubled, 0, "a clean stop repeats nothing: {proof:#?}");
    }
}

/// One batch holds less than a record: it is written all the same.
#[tokio::test(flavor = "multi_thread")]
async fn large_records_pass_small_limits() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = Stage::new(&format!("large-{delivery:?}"), 2, delivery).await;
        let large = |at: i32| New::of(at % 2, "k", &"x".repeat(900_000));
        stage.produce(&(0..20).map(large).collect::<Vec<_>>());
        let mut options = Options { once: true, memory: 4 << 20, ..stage.options("small") };
        options.batch.bytes = 1000;
        options.batch.age = Duration::from_millis(20);
        stage.start(options).ended().await.expect("a run");
        stage.prove(20).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_sees_what_is_wrong() {
    let stage = Stage::new("wrong", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(20, 1));
    stage.run_once().await.expect("a run");
    // A service republishes a translated record, and one that it has changed.
    let again = stage.translated(0)[3].clone();
    let header = |name: &str| {
        again
            .source_headers()
            .iter()
            .find(|header| header.name == name)
            .and_then(|it| it.value.map(<[u8]>::to_vec))
    };
    let headers = vec![(HEADER, header(HEADER))];
    let again = New { key: again.key.clone(), value: again.value.clone(), headers, ..New::default() };
    let changed = New { value: Some(b"changed".to_vec()), ..again.clone() };
    records::produce(&stage.connection.bootstrap, stage.target(), &[again, changed]);
    let report = stage.verify(Scope::Full).await;
    assert!(!report.passed(), "{report:#?}");
    assert_eq!((report.counts.doubled, report.counts.native, report.counts.translated), (1, 1, 20));
    assert_eq!(report.differences[0].origin, 3, "{report:#?}");
    let newest = stage.verify(Scope::Newest(5)).await;
    assert!(newest.passed() && newest.counts.source == 5, "{newest:#?}");
    let latest = stage.verify(Scope::LatestByKey).await;
    assert_eq!((latest.counts.source, latest.counts.lost), (17, 0), "{latest:#?}");
    assert_eq!(records::read(&stage.connection, stage.target(), Isolation::Committed)[&0].len(), 22);
}
