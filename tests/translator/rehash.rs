//! Records that go where their keys belong, and not where they came from.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use registry_tests::ports::free_address;
use serde_client::translator::cluster::{Cluster, ClusterError, CompactedTopic, OwnedRecord};
use serde_client::translator::eras::Eras;
use serde_client::translator::migration::{Delivery, PartitionHash, Partitioning};
use serde_client::translator::offsets::{Position, apply};
use serde_client::translator::partitioner::partition_of;
use serde_client::translator::placement::Placement;
use serde_client::translator::provenance::{MigrationId, Origin};
use serde_client::translator::run::{Fate, Options, RunError, replay};
use serde_client::translator::translation::Translate;
use serde_client::translator::verify::Scope;

use crate::groups::planned;
use crate::health::wait_for;
use crate::mapping::{BAD, FIELD, SUFFIX};
use crate::records::{self, New, many};
use crate::stage::{DIRECTION, Stage};

/// Partitions of the source and the target.
const SOURCE: i32 = 3;
const TARGET: i32 = 5;

async fn stage(name: &str, delivery: Delivery, algorithm: PartitionHash) -> Stage {
    let mut stage = Stage::new(name, SOURCE, delivery).await;
    stage.grow(stage.target(), TARGET as usize).await;
    stage.migration.partitioning = Partitioning::Rehash { algorithm, key_schema_id: None };
    stage
}

/// `count` records of some keys, each key in one partition, as a producer writes them.
fn keyed(hash: PartitionHash, count: usize, partitions: i32) -> Vec<New> {
    let of = |number: usize| {
        let key = format!("key {}", number % 60);
        let partition = partition_of(hash, key.as_bytes(), partitions).expect("partitions");
        New::of(partition, &key, &format!("value {number}"))
    };
    (0..count).map(of).collect()
}

fn translated(stage: &Stage) -> BTreeMap<i32, Vec<OwnedRecord>> {
    (0..TARGET).map(|partition| (partition, stage.translated(partition))).collect()
}

/// Every key stands where the partitioner puts it, with its values in their order.
fn assert_placed(stage: &Stage, hash: PartitionHash) {
    let mut last: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for (partition, records) in translated(stage) {
        for record in records {
            let Some(key) = record.key else { continue };
            assert_eq!(
                partition_of(hash, &key, TARGET),
                Some(partition),
                "{}",
                String::from_utf8_lossy(&key)
            );
            let Some(value) = record.value.filter(|value| value.ends_with(SUFFIX)) else { continue };
            let digits: String =
                String::from_utf8_lossy(&value).chars().filter(char::is_ascii_digit).collect();
            let number: u64 = digits.parse().expect("a number");
            let before = last.insert(key, number);
            assert!(before.is_none_or(|before| before < number), "{before:?} before {number}");
        }
    }
}

async fn keys_go_where_they_belong(name: &str, delivery: Delivery, hash: PartitionHash) {
    let stage = stage(name, delivery, hash).await;
    let mut all = keyed(PartitionHash::Murmur2, 2000, SOURCE);
    all[7].value = None;
    all[8].key = None;
    all[8].partition = 2;
    stage.produce(&all);
    let report = stage.run_once().await.expect("a run");
    assert_eq!((report.count(Fate::Ok), report.restarts), (2000, 0), "{report:?}");
    assert_placed(&stage, hash);
    let unkeyed = stage.translated(2).into_iter().filter(|record| record.key.is_none()).count();
    assert_eq!(unkeyed, 1, "without a key it keeps its number");
    let proof = stage.prove(2000).await;
    assert_eq!((proof.counts.translated, proof.counts.doubled), (2000, 0), "{proof:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_where_they_belong_exactly_once() {
    keys_go_where_they_belong("hash-exactly", Delivery::ExactlyOnce, PartitionHash::Crc32).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_go_where_they_belong_at_least_once() {
    keys_go_where_they_belong("hash-at-least", Delivery::AtLeastOnce, PartitionHash::Fnv1a).await;
}

/// What was detected once stays, whatever the topic shows later.
#[tokio::test(flavor = "multi_thread")]
async fn the_partitioner_of_the_target_is_detected_once() {
    let stage = stage("detects", Delivery::ExactlyOnce, PartitionHash::Detect).await;
    stage.produce(&keyed(PartitionHash::Murmur2, 100, SOURCE));
    let refused = stage.run_once().await.expect_err("there is nothing to see");
    assert!(matches!(&refused, RunError::Partitioner { .. }), "{refused}");
    assert!(refused.to_string().contains("murmur2"), "it names the cure: {refused}");

    let bootstrap = &stage.connection.bootstrap;
    records::produce(bootstrap, stage.target(), &keyed(PartitionHash::Crc32, 200, TARGET));
    stage.run_once().await.expect("a run");
    assert_placed(&stage, PartitionHash::Crc32);
    // Now most of what is there is another partitioner's.
    records::produce(bootstrap, stage.target(), &keyed(PartitionHash::Fnv1a, 20_000, TARGET));
    stage.produce(&[New::of(0, "key 1", "value 100000")]);
    stage.run_once().await.expect("a run");
    let last = partition_of(PartitionHash::Crc32, b"key 1", TARGET).expect("partitions");
    let own = stage.translated(last).pop().expect("records");
    assert_eq!(own.value.as_deref(), Some(&b"value 100000 translated"[..]));
}

/// More partitions would move keys: the run waits until somebody has accepted that.
#[tokio::test(flavor = "multi_thread")]
async fn partitions_that_are_added_to_the_target_stop_a_run() {
    let stage = stage("grows", Delivery::ExactlyOnce, PartitionHash::Murmur2).await;
    stage.produce(&keyed(PartitionHash::Murmur2, 100, SOURCE));
    let address = free_address();
    let running = stage.start(Options { metrics: Some(address), ..stage.options("grows") });
    stage.wait_for(100).await;
    stage.grow(stage.target(), 8).await;
    wait_for(address, "/health/ready", |_, text| text.contains("another number of partitions")).await;
    stage.produce(&keyed(PartitionHash::Murmur2, 50, SOURCE));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let report = running.stop().await.expect("a clean end");
    assert_eq!(report.count(Fate::Ok), 100, "nothing is guessed");

    let refused = stage.run_once().await.expect_err("keys would move");
    assert!(matches!(&refused, RunError::PlacementChanged { .. }), "{refused}");
    let accepting = Options { once: true, accept_mapping_change: true, ..stage.options("accepting") };
    stage.start(accepting).ended().await.expect("a run");
    stage.run_once().await.expect("it is the group's placement now");
    stage.prove(150).await;
}

/// Another partitioner, or none, is a change as another mapping is.
#[tokio::test(flavor = "multi_thread")]
async fn another_partitioning_is_refused_until_it_is_accepted() {
    let mut stage = Stage::new("repartitioned", 2, Delivery::ExactlyOnce).await;
    stage.produce(&many(10, 2));
    stage.run_once().await.expect("a run");
    let rehash = |algorithm| Partitioning::Rehash { algorithm, key_schema_id: None };
    for partitioning in [rehash(PartitionHash::Murmur2), rehash(PartitionHash::Crc32), Partitioning::Preserve]
    {
        stage.migration.partitioning = partitioning;
        let refused = stage.run_once().await.expect_err("keys would move");
        assert!(matches!(&refused, RunError::PlacementChanged { .. }), "{refused}");
        stage.produce(&many(10, 2));
        let accepting = Options { once: true, accept_mapping_change: true, ..stage.options("accepting") };
        stage.start(accepting).ended().await.expect("a run");
    }
    stage.prove(40).await;
}

/// Whoever comes first decides for all who come at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn several_instances_decide_as_one() {
    let stage = Stage::new("decides", 1, Delivery::ExactlyOnce).await;
    stage.run_once().await.expect("a run, which creates the state topic");
    let decide = |number: u32| {
        let (connection, topic) = (stage.connection.clone(), stage.migration.state_topic());
        tokio::task::spawn_blocking(move || {
            let state = CompactedTopic::new(&connection, topic)?;
            state.decide("decided", "srt.decides.test", |known: Option<u32>| {
                Ok::<_, ClusterError>(Some(known.unwrap_or(number)))
            })
        })
    };
    let deciding: Vec<_> = (0..4).map(decide).collect();
    let mut decided = Vec::new();
    for answer in deciding {
        decided.push(answer.await.expect("no panic").expect("an answer"));
    }
    assert!(decided.iter().all(|one| one.is_some() && *one == decided[0]), "{decided:?}");
}

/// What waits in the dead-letter queue goes where the rest of its key is.
#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_keep_their_keys_in_order() {
    let stage = stage("letters", Delivery::ExactlyOnce, PartitionHash::Murmur2).await;
    let stage = stage.with_dead_letters(1).await;
    let mut all = keyed(PartitionHash::Murmur2, 180, SOURCE);
    all[3].value = Some(format!("{BAD} 3").into_bytes());
    stage.produce(&all);
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::DeadLettered), 3, "the bad record and the two behind it: {report:?}");
    assert_placed(&stage, PartitionHash::Murmur2);
    assert_eq!(stage.prove(180).await.counts.dead_lettered, 3);

    stage.translate.is_mended.store(true, Ordering::Relaxed);
    let (migration, connection) = (stage.migration.clone(), stage.connection.clone());
    let translate: Arc<dyn Translate> = Arc::clone(&stage.translate) as _;
    let runtime = tokio::runtime::Handle::current();
    let replayed = move || replay(&migration, DIRECTION, &translate, &connection, &runtime, |_| true);
    let replayed = tokio::task::spawn_blocking(replayed).await.expect("no panic").expect("a replay");
    assert_eq!((replayed.replayed, replayed.waiting), (3, 0), "{replayed:?}");
    let all: usize = translated(&stage).values().map(Vec::len).sum();
    assert_eq!(all, 180);
    assert_placed(&stage, PartitionHash::Murmur2);
    stage.prove(180).await;
}

/// A partition of one topic is in many of the other one: nothing is left out, and what comes again is counted.
#[tokio::test(flavor = "multi_thread")]
async fn groups_find_their_places_and_what_they_read_again() {
    let stage = stage("spread", Delivery::ExactlyOnce, PartitionHash::Murmur2).await;
    stage.produce(&keyed(PartitionHash::Murmur2, 300, SOURCE));
    stage.run_once().await.expect("a run");
    let cluster = Cluster::connect(&stage.connection, "leaving").expect("a client");
    // It has read partition 0 of the target, and half of partition 1.
    let half = stage.translated(1)[stage.translated(1).len() / 2].offset;
    let end = stage.translated(0).last().expect("records").offset + 1;
    cluster.commit(stage.target(), &[(0, end), (1, half)]).expect("a group without members");
    let moves = planned(&stage, true).await;
    assert_eq!(moves.len(), SOURCE as usize);
    let is_read = |record: &OwnedRecord| match record.partition {
        0 => true,
        1 => record.offset < half,
        _ => false,
    };
    let all: Vec<(bool, Origin)> = translated(&stage)
        .into_values()
        .flatten()
        .map(|record| (is_read(&record), origin(&record)))
        .collect();
    for found in &moves {
        let Position::At(position) = found.position else { panic!("{found:?}") };
        let own = || all.iter().filter(|(_, origin)| origin.partition == found.partition);
        let unread = own().filter(|(is_read, _)| !is_read).map(|(_, origin)| origin.offset).min();
        assert_eq!(Some(position), unread, "{found:?}");
        let again = own().filter(|(is_read, origin)| *is_read && origin.offset >= position).count();
        assert_eq!(found.repeats, again as u64, "{found:?}");
    }
    assert!(moves.iter().any(|found| found.repeats > 0), "{moves:?}");
    apply(&stage.connection, "arriving", stage.source(), &moves).expect("a group without members");

    // And back: what is unread in the source is behind the position in each partition of the target.
    cluster.commit(stage.source(), &[(0, 40), (1, 60), (2, 20)]).expect("a group without members");
    let back = planned(&stage, false).await;
    assert_eq!(back.len(), TARGET as usize);
    let read = [40, 60, 20];
    for found in &back {
        let Position::At(position) = found.position else { panic!("{found:?}") };
        let records = stage.translated(found.partition);
        let is_unread = |record: &OwnedRecord| {
            let origin = origin(record);
            origin.offset >= read[usize::try_from(origin.partition).expect("a partition")]
        };
        let first = records.iter().find(|record| is_unread(record)).expect("it has some");
        assert_eq!(position, first.offset, "{found:?}");
        let again = records.iter().filter(|record| record.offset >= position && !is_unread(record)).count();
        assert_eq!(found.repeats, again as u64, "{found:?}");
    }
}

fn origin(record: &OwnedRecord) -> Origin {
    let headers = record.source_headers();
    Origin::of(&record.source(&headers), MigrationId::of("spread")).expect("a translated record")
}

/// The proof sees a record that is where its key does not belong.
#[tokio::test(flavor = "multi_thread")]
async fn the_proof_sees_what_is_misplaced() {
    let stage = stage("misplaced", Delivery::ExactlyOnce, PartitionHash::Murmur2).await;
    stage.produce(&many(60, SOURCE));
    stage.run_once().await.expect("a run");
    let proof = stage.prove(60).await;
    assert_eq!(proof.shared_keys, 17, "each of the keys is in all partitions: {proof:#?}");
    let mut elsewhere = stage.clone();
    elsewhere.migration.partitioning =
        Partitioning::Rehash { algorithm: PartitionHash::Crc32, key_schema_id: None };
    let own = Eras::read(&stage.connection, &stage.migration, DIRECTION).expect("the state topic");
    let crc32 = Placement::Rehash { hash: PartitionHash::Crc32, key_schema_id: None, partitions: TARGET };
    let state = CompactedTopic::new(&stage.connection, stage.migration.state_topic()).expect("a client");
    let forged = state.entry(Eras::key(DIRECTION), &Eras::default().then(crc32, Vec::new())).expect("JSON");
    state.write(&[forged]).expect("the broker takes it");
    let report = elsewhere.verify(Scope::Full).await;
    assert!(!report.passed() && report.counts.wrong > 0 && report.counts.lost == 0, "{report:#?}");
    assert!(report.differences[0].detail.contains("belongs in"), "{report:#?}");
    let known = state.entry(Eras::key(DIRECTION), &own).expect("JSON");
    state.write(&[known]).expect("the broker takes it");
    let newest = stage.verify(Scope::Newest(5)).await;
    assert!(newest.passed() && newest.counts.source == 15, "{newest:#?}");
    let latest = stage.verify(Scope::LatestByKey).await;
    assert!(latest.passed() && latest.counts.source == 17, "{latest:#?}");
}

/// The text of a value decides.
#[tokio::test(flavor = "multi_thread")]
async fn a_field_decides_in_the_place_of_the_key() {
    let mut stage = Stage::new("field", SOURCE, Delivery::ExactlyOnce).await;
    stage.grow(stage.target(), TARGET as usize).await;
    stage.migration.partitioning = Partitioning::Field { path: "$.customer".to_owned() };
    let of = |number: i32| {
        let value = format!("{FIELD}customer {}|{number}", number % 7);
        New::of(number % SOURCE, &format!("key {number}"), &value)
    };
    stage.produce(&(0..90).map(of).collect::<Vec<_>>());
    stage.run_once().await.expect("a run");
    for (partition, records) in translated(&stage) {
        for record in records {
            let value = String::from_utf8(record.value.expect("a value")).expect("text");
            let field = value.strip_prefix(FIELD).and_then(|rest| rest.split('|').next()).expect("a field");
            let wanted = partition_of(PartitionHash::Murmur2, field.as_bytes(), TARGET);
            assert_eq!(wanted, Some(partition), "{value}");
        }
    }
    stage.prove(90).await;
}
