//! Records that go where their keys belong, and not where they came from.

use std::collections::BTreeMap;

use serde_client::translator::cluster::OwnedRecord;
use serde_client::translator::migration::{Delivery, PartitionHash, Partitioning};
use serde_client::translator::partitioner::partition_of;
use serde_client::translator::run::{Fate, Options, RunError};

use crate::health::{free_address, wait_for};
use crate::mapping::{BAD, SUFFIX};
use crate::records::{self, New, many};
use crate::stage::Stage;

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

/// What waits in the dead-letter queue goes where the rest of its key is.
#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_keep_their_keys_in_order() {
    let stage = stage("letters", Delivery::ExactlyOnce, PartitionHash::Murmur2).await;
    let stage = stage.with_dead_letters(1).await;
    let mut all = keyed(PartitionHash::Murmur2, 180, SOURCE);
    all[3].value = Some(BAD.as_bytes().to_vec());
    stage.produce(&all);
    let report = stage.run_once().await.expect("a run");
    assert_eq!(report.count(Fate::DeadLettered), 3, "the bad record and the two behind it: {report:?}");
    assert_placed(&stage, PartitionHash::Murmur2);
    assert_eq!(stage.prove(180).await.counts.dead_lettered, 3);
}
