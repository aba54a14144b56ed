//! Transactions of which a broker has kept records without offsets, or offsets without records.
//!
//! A broker that starts again can leave out some markers of what it had committed. What is left then is made here by hand.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerGroupMetadata};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, TopicPartitionList};
use registry_tests::Kafka;
use serde_client::translator::cluster::{Cluster, Isolation};
use serde_client::translator::hash::payload_hash;
use serde_client::translator::migration::{Delivery, PartitionHash, Partitioning};
use serde_client::translator::provenance::{HEADER, MigrationId, Origin};
use serde_client::translator::run::{Fate, replay};

use crate::mapping::{BAD, SUFFIX};
use crate::records::{self, New, many};
use crate::stage::{DIRECTION, PATIENCE, Stage};

/// How long the broker may take.
const ANSWER: Duration = Duration::from_secs(30);

/// Partitions of all topics.
const PARTITIONS: i32 = 2;

/// A consumer of the group that is not its member.
fn outsider(stage: &Stage) -> BaseConsumer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &stage.connection.bootstrap).set("isolation.level", "read_committed");
    config.set("group.id", stage.migration.group(DIRECTION)).set("enable.auto.commit", "false");
    config.create().expect("a consumer")
}

/// What the group has committed, with what stands beside it.
fn committed(stage: &Stage) -> TopicPartitionList {
    let mut asked = TopicPartitionList::new();
    asked.add_partition_range(stage.source(), 0, PARTITIONS - 1);
    outsider(stage).committed_offsets(asked, ANSWER).expect("an answer")
}

fn offset(stage: &Stage, partition: i32) -> Option<i64> {
    committed(stage).find_partition(stage.source(), partition)?.offset().to_raw()
}

fn transactional(stage: &Stage) -> BaseProducer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &stage.connection.bootstrap);
    config.set("transactional.id", format!("test of {}", stage.migration.name));
    let producer: BaseProducer = config.create().expect("a producer");
    producer.init_transactions(ANSWER).expect("transactions");
    producer.begin_transaction().expect("a transaction");
    producer
}

/// Records, of which some cannot be translated.
fn mixed(count: usize) -> Vec<New> {
    let mut records = many(count, PARTITIONS);
    for record in records.iter_mut().step_by(7) {
        record.value = Some(BAD.as_bytes().to_vec());
    }
    records
}

async fn records_without_their_offsets(name: &str, partitioning: Partitioning) {
    let mut stage = Stage::new(name, PARTITIONS, Delivery::ExactlyOnce).await.with_dead_letters(1).await;
    stage.migration.partitioning = partitioning;
    stage.migration.errors.fence_key = false;
    stage.produce(&mixed(100));
    stage.run_once().await.expect("a run");
    let before = committed(&stage);
    stage.produce(&mixed(60));
    stage.run_once().await.expect("a run");
    outsider(&stage).commit(&before, CommitMode::Sync).expect("a group without members");
    stage.produce(&mixed(30));
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok) + report.count(Fate::DeadLettered), 90, "{report:?}");
    let counts = stage.prove(190).await.counts;
    assert_eq!((counts.doubled, counts.dead_lettered > 20), (0, true), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_their_offsets_are_not_written_again() {
    records_without_their_offsets("no-offsets", Partitioning::Preserve).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scattered_records_without_their_offsets_are_not_written_again() {
    let by_key = Partitioning::Rehash { algorithm: PartitionHash::Murmur2, key_schema_id: None };
    records_without_their_offsets("no-offsets-scattered", by_key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sets_offsets_back_gets_the_records_again() {
    let stage = Stage::new("set-back", PARTITIONS, Delivery::ExactlyOnce).await;
    stage.produce(&many(40, PARTITIONS));
    stage.run_once().await.expect("a run");
    let cluster = Cluster::connect(&stage.connection, &stage.migration.group(DIRECTION)).expect("a client");
    cluster.commit(stage.source(), &[(0, 10), (1, 20)]).expect("a group without members");
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok), 10);
    assert_eq!(stage.translated(0).len(), 30);
}

/// Writes what the translator would make of the last records of the source's first partition.
fn send_translated(stage: &Stage, producer: &BaseProducer, from: i64, records: &[New]) {
    for (number, record) in records.iter().enumerate() {
        let value = [record.value.as_deref().expect("a value"), SUFFIX].concat();
        let origin = Origin {
            migration: MigrationId::of(&stage.migration.name),
            direction: DIRECTION,
            partition: 0,
            offset: from + i64::try_from(number).expect("few records"),
            payload: payload_hash(record.key.as_deref(), Some(&value)),
        };
        let headers = OwnedHeaders::new().insert(Header { key: HEADER, value: Some(&origin.encode()) });
        let sent = BaseRecord::to(stage.target()).partition(0).payload(&value).headers(headers);
        let sent = sent.key(record.key.as_deref().expect("a key"));
        assert!(producer.send(sent).is_ok(), "the client takes a few records");
    }
    producer.flush(ANSWER).expect("the broker takes records");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offset_without_its_records_goes_back_to_them() {
    const BEFORE: usize = 40;
    const LOST: usize = 25;
    let stage = Stage::new("no-records", PARTITIONS, Delivery::ExactlyOnce).await;
    let first: Vec<New> = many(BEFORE, 1);
    stage.produce(&first);
    stage.run_once().await.expect("a run");
    let from = offset(&stage, 0).expect("an offset");
    let lost = many(LOST, 1);
    stage.produce(&lost);
    let end =
        Cluster::connect(&stage.connection, "srt.tests").and_then(|client| client.span(stage.target(), 0));
    let begin = end.expect("an end").end;
    let producer = transactional(&stage);
    send_translated(&stage, &producer, from, &lost);
    producer.abort_transaction(ANSWER).expect("an abort");
    // As the run that wrote them would have: the offset behind them, and where they stand.
    let position = from + i64::try_from(LOST).expect("few records");
    let mut offsets = TopicPartitionList::new();
    let beside = format!("srt1 {from} t0:{begin}+{LOST}");
    let offset = rdkafka::Offset::Offset(position);
    offsets.add_partition_offset(stage.source(), 0, offset).expect("an offset");
    offsets.find_partition(stage.source(), 0).expect("it was added").set_metadata(beside);
    outsider(&stage).commit(&offsets, CommitMode::Sync).expect("a group without members");
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok), u64::try_from(LOST).expect("few records"));
    stage.prove(BEFORE + LOST).await;
}

/// Sets the offsets of a group back that has members, as a broker does that aborts what it had committed.
fn take_back(stage: &Stage, offsets: &TopicPartitionList) {
    let producer = transactional(stage);
    let member: ConsumerGroupMetadata = outsider(stage).group_metadata().expect("a group");
    producer.send_offsets_to_transaction(offsets, &member, ANSWER).expect("offsets");
    producer.commit_transaction(ANSWER).expect("a commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_looks_again_when_its_broker_was_away() {
    let kafka = Kafka::alone();
    let stage = Stage::on(&kafka, "looks-again", PARTITIONS, Delivery::ExactlyOnce).await;
    let running = stage.start(stage.options("looks-again"));
    stage.produce(&many(40, PARTITIONS));
    stage.wait_for(40).await;
    let before = committed(&stage);
    stage.produce(&many(60, PARTITIONS));
    stage.wait_for(100).await;
    take_back(&stage, &before);
    assert_eq!(offset(&stage, 0), Some(20));
    kafka.restart();
    let started = std::time::Instant::now();
    let is_back = || {
        let stage = stage.clone();
        tokio::task::spawn_blocking(move || {
            let read = records::try_read(&stage.connection, stage.target(), Isolation::Committed);
            read.is_ok() && offset(&stage, 0) == Some(50) && offset(&stage, 1) == Some(50)
        })
    };
    while kafka.starts() < 2 || !is_back().await.expect("it does not panic") {
        assert!(
            started.elapsed() < PATIENCE,
            "the offsets stay where they were set: {:?}",
            committed(&stage)
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    running.stop().await.expect("a clean end");
    assert_eq!(stage.prove(100).await.counts.doubled, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_whose_marker_is_gone_is_not_done_again() {
    let stage = Stage::new("no-marker", PARTITIONS, Delivery::ExactlyOnce).await.with_dead_letters(1).await;
    let bad = || New::of(0, "k", BAD);
    stage.produce(&[bad(), bad(), New::of(0, "k", "behind them"), New::of(1, "other", BAD)]);
    stage.run_once().await.expect("a run");
    let producer = transactional(&stage);
    send_translated(&stage, &producer, 0, &[bad(), bad(), New::of(0, "k", "behind them")]);
    producer.commit_transaction(ANSWER).expect("a commit");
    stage.translate.is_mended.store(true, Ordering::Relaxed);
    let (own, runtime) = (stage.clone(), tokio::runtime::Handle::current());
    let again = move || {
        let translate = Arc::clone(&own.translate) as _;
        replay(&own.migration, DIRECTION, &translate, &own.connection, &runtime, |_| true)
    };
    let replayed = tokio::task::spawn_blocking(again).await.expect("no panic").expect("a replay");
    assert_eq!((replayed.replayed, replayed.keys, replayed.waiting), (4, 2, 0), "{replayed:?}");
    stage.prove(4).await;
    assert_eq!((stage.translated(0).len(), stage.translated(1).len()), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_of_somebody_else_hides_nothing_for_long() {
    let stage = Stage::new("foreign", PARTITIONS, Delivery::ExactlyOnce).await;
    stage.produce(&many(20, PARTITIONS));
    let producer = transactional(&stage);
    records::send(&producer, stage.target(), &[New::of(0, "native", "open")]);
    producer.flush(ANSWER).expect("the broker takes records");
    stage.run_once().await.expect("a run");
    // What it has written to the first partition is not to be seen yet.
    assert_eq!((stage.translated(0).len(), stage.translated(1).len()), (0, 10));
    stage.produce(&many(20, PARTITIONS));
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::Ok), 20);
    producer.commit_transaction(ANSWER).expect("a commit");
    assert_eq!(stage.prove(40).await.counts.native, 1);
}
