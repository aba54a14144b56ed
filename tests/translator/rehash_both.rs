//! Both directions where keys go where they belong: the topics have different numbers of partitions.

use serde_client::translator::cluster::Isolation;
use serde_client::translator::cutover::CutoverEnd;
use serde_client::translator::migration::{Delivery, Direction, Pairing, PartitionHash, Partitioning};
use serde_client::translator::partitioner::partition_of;
use serde_client::translator::run::Fate;

use crate::cutover::{options, prove_both, turned};
use crate::records::{self, New};
use crate::stage::Stage;

const HASH: PartitionHash = PartitionHash::Murmur2;

/// Partitions of the new topic and of the old one.
const NEW: i32 = 3;
const OLD: i32 = 5;

async fn stage(name: &str, pairing: Pairing) -> Stage {
    let mut stage = Stage::new(name, NEW, Delivery::ExactlyOnce).await.paired(pairing);
    stage.grow(stage.target(), OLD as usize).await;
    stage.migration.partitioning = Partitioning::Rehash { algorithm: HASH, key_schema_id: None };
    stage
}

/// Records of some keys, each where a producer's partitioner puts it.
fn keyed(whose: &str, numbers: std::ops::Range<usize>, partitions: i32) -> Vec<New> {
    let of = |number: usize| {
        let key = format!("{whose} {}", number % 40);
        let partition = partition_of(HASH, key.as_bytes(), partitions).expect("partitions");
        New::of(partition, &key, &format!("value {number}"))
    };
    numbers.map(of).collect()
}

/// Whoever has written a record: it stands where its key belongs.
fn assert_placed(stage: &Stage, count: usize) {
    for (topic, partitions) in [(stage.source(), NEW), (stage.target(), OLD)] {
        let all = records::read(&stage.connection, topic, Isolation::Committed);
        assert_eq!(all.values().map(Vec::len).sum::<usize>(), count, "{topic}");
        for record in all.into_values().flatten() {
            let key = record.key.expect("a key");
            assert_eq!(partition_of(HASH, &key, partitions), Some(record.partition), "{topic}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_directions_at_once() {
    let stage = stage("hash-both", Pairing::SingleWriterPerKey).await;
    stage.produce(&keyed("new", 0..600, NEW));
    stage.produce_old(&keyed("old", 0..400, OLD));
    let running = stage.start_all(stage.options("hash-both"));
    stage.wait_for(1000).await;
    stage.wait_for_in(stage.source(), 1000).await;
    // Translated records are read by the other direction, which has to know them wherever they stand.
    stage.produce(&keyed("new", 600..700, NEW));
    stage.wait_for(1100).await;
    let reports = running.stop().await.expect("a clean end");
    let [back, there] = [Direction::NewToOld, Direction::OldToNew].map(|way| &reports[&way]);
    assert_eq!((back.count(Fate::Ok), there.count(Fate::Ok)), (700, 400), "{reports:?}");
    let suspects = [back, there].map(|report| report.count(Fate::SuspectEcho));
    assert_eq!(suspects, [0, 0], "{reports:?}");
    assert_placed(&stage, 1100);
    prove_both(&stage, 400, 700).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_direction_after_the_other() {
    let stage = stage("hash-turned", Pairing::Cutover).await;
    stage.produce_old(&keyed("key", 0..500, OLD));
    let running = stage.start_all(stage.options("hash-turned"));
    let end = turned(&stage, options()).await.expect("a cutover");
    assert!(matches!(end, CutoverEnd::Flipped(_)), "{end:?}");
    // The same keys have their next records on the other side.
    stage.produce(&keyed("key", 500..800, NEW));
    stage.wait_for(800).await;
    running.stop().await.expect("a clean end");
    assert_placed(&stage, 800);
    prove_both(&stage, 500, 300).await;
}
