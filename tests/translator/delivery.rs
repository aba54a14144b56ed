//! What arrives, and as what.

use std::time::Duration;

use rdkafka::producer::{BaseProducer, Producer};
use registry_tests::Kafka;
use serde_client::framing::{Prefix, SchemaIdentity, VALUE_HEADER};
use serde_client::translator::cluster::{Isolation, OwnedRecord};
use serde_client::translator::migration::{Delivery, Pairing, Provenance, Start};
use serde_client::translator::provenance::{HEADER, MIGRATION_HEADER, MigrationId, ORIGIN_HEADER, Origin};
use serde_client::translator::run::{Fate, Options, RunError};
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

/// The group protocol that brokers drive, instead of the members.
#[tokio::test(flavor = "multi_thread")]
async fn the_brokers_own_group_protocol_will_do() {
    let stage = Stage::new("protocol", 3, Delivery::ExactlyOnce).await;
    stage.produce(&many(300, 3));
    let mut options = stage.options("protocol");
    options.consumer_properties = vec![("group.protocol".to_owned(), "consumer".to_owned())];
    let first = stage.start(options.clone());
    stage.wait_for(300).await;
    let second = stage.start(Options { instance: "another".to_owned(), ..options });
    stage.produce(&many(300, 3));
    stage.wait_for(600).await;
    first.stop().await.expect("a clean end");
    second.stop().await.expect("a clean end");
    assert_eq!(stage.prove(600).await.counts.doubled, 0);
}

/// Records that retention has taken before they were translated are lost: the run says so and does not go on without.
#[tokio::test(flavor = "multi_thread")]
async fn offsets_that_are_gone_end_a_run() {
    let stage = Stage::new("expired", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(10, 1));
    stage.run_once().await.expect("a run");
    stage.produce(&many(10, 1));
    stage.expire(15).await;
    let lost = stage.run_once().await.expect_err("five records are gone");
    assert_eq!(lost, RunError::OffsetsLost(stage.source().to_owned()));
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

/// Both directions at once: what one has written, the other leaves out, and services that republish do no harm.
#[tokio::test(flavor = "multi_thread")]
async fn two_directions_do_not_chase_each_other() {
    let stage = Stage::new("two-way", 2, Delivery::ExactlyOnce).await;
    let stage = stage.paired(Pairing::SingleWriterPerKey);
    stage.produce(&many(300, 2));
    records::produce(&stage.connection.bootstrap, stage.target(), &many(200, 2));
    let there = stage.start_in(DIRECTION, stage.options("two-way"));
    let back = stage.start_in(DIRECTION.reverse(), stage.options("two-way"));
    stage.wait_for(500).await;
    // A service of the old topic reads a translated record, changes it and keeps its headers; another one changes nothing.
    let translated = stage.translated(0);
    let is_own = |record: &&OwnedRecord| record.source_headers().iter().any(|header| header.name == HEADER);
    let own = translated.iter().find(is_own).expect("a translated record");
    let headers =
        own.source_headers().iter().find(|header| header.name == HEADER).and_then(|header| header.value);
    let again = New::of(0, "k", "changed").header(HEADER, headers.expect("a value"));
    let same = New { key: own.key.clone(), value: own.value.clone(), ..again.clone() };
    records::produce(&stage.connection.bootstrap, stage.target(), &[again, same]);
    let old = || records::read(&stage.connection, stage.target(), Isolation::Committed);
    let new = || records::read(&stage.connection, stage.source(), Isolation::Committed);
    let count = |records: std::collections::BTreeMap<i32, Vec<OwnedRecord>>| {
        records.values().map(Vec::len).sum::<usize>()
    };
    // The changed one is a new record and goes over; the other one is an echo.
    while count(new()) < 501 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (there, back) = (there.stop().await.expect("a clean end"), back.stop().await.expect("a clean end"));
    assert_eq!((count(old()), count(new())), (502, 501), "nothing goes round");
    assert_eq!((there.count(Fate::Ok), back.count(Fate::Ok)), (300, 201), "{there:?} {back:?}");
    for direction in [DIRECTION, DIRECTION.reverse()] {
        let once = Options { once: true, ..stage.options("two-way") };
        let rest = stage.start_in(direction, once).ended().await.expect("a run");
        assert_eq!(rest.count(Fate::Ok), 0, "{rest:?}");
    }
    let back = stage.verify_in(DIRECTION.reverse(), Scope::Full).await;
    assert!(back.passed(), "{back:#?}");
    assert_eq!((back.counts.translated, back.counts.echoes), (201, 301), "{back:#?}");
    let there = stage.verify_in(DIRECTION, Scope::Full).await;
    // To the proof of the way there the republished record is the translated one, once more.
    assert_eq!(
        (there.counts.translated, there.counts.echoes, there.counts.doubled),
        (300, 201, 1),
        "{there:#?}"
    );
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
