//! Both directions where keys go where they belong: the topics have different numbers of partitions.

use serde_client::translator::cluster::Isolation;
use serde_client::translator::cutover::{CutoverEnd, CutoverOptions, cut_over};
use serde_client::translator::migration::{Delivery, Direction, Pairing, PartitionHash, Partitioning};
use serde_client::translator::partitioner::partition_of;
use serde_client::translator::run::Fate;
use serde_client::translator::verify::Scope;
use tokio::runtime::Handle;

use crate::records::{self, New};
use crate::stage::{PATIENCE, Stage};

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

fn produce_old(stage: &Stage, records: &[New]) {
    records::produce(&stage.connection.bootstrap, stage.target(), records);
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

async fn prove(stage: &Stage, translated: [u64; 2]) {
    for (direction, translated) in [Direction::NewToOld, Direction::OldToNew].into_iter().zip(translated) {
        let proof = stage.verify_in(direction, Scope::Full).await;
        assert!(proof.passed(), "{proof:#?}");
        assert_eq!((proof.counts.translated, proof.counts.doubled), (translated, 0), "{proof:#?}");
    }
    let told = stage.divergence().await;
    assert_eq!(told.diverging, 0, "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_directions_at_once() {
    let stage = stage("hash-both", Pairing::SingleWriterPerKey).await;
    stage.produce(&keyed("new", 0..600, NEW));
    produce_old(&stage, &keyed("old", 0..400, OLD));
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
    prove(&stage, [700, 400]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_direction_after_the_other() {
    let stage = stage("hash-turned", Pairing::Cutover).await;
    produce_old(&stage, &keyed("key", 0..500, OLD));
    let running = stage.start_all(stage.options("hash-turned"));
    let (turned, runtime) = (stage.clone(), Handle::current());
    let turn = move || {
        let options = CutoverOptions {
            by: "eva".to_owned(),
            settle: std::time::Duration::from_millis(300),
            patience: PATIENCE,
            leave_dead_letters: false,
            on_moment: None,
        };
        cut_over(&turned.migration, &turned.connection, &runtime, &options, &mut |_| ())
    };
    let end = tokio::task::spawn_blocking(turn).await.expect("no panic").expect("a cutover");
    assert!(matches!(end, CutoverEnd::Flipped(_)), "{end:?}");
    // The same keys have their next records on the other side.
    stage.produce(&keyed("key", 500..800, NEW));
    stage.wait_for(800).await;
    running.stop().await.expect("a clean end");
    assert_placed(&stage, 800);
    prove(&stage, [300, 500]).await;
}
