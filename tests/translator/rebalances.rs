//! Instances that come and go, and partitions that are added, under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_client::translator::cluster::{Connection, Isolation};
use serde_client::translator::migration::Delivery;
use serde_client::translator::run::{Options, RunError, Step};

use crate::records::{self, many};
use crate::stage::Stage;

/// Records per second and partition are few, so that the load lasts as long as the rebalances do.
const ROUNDS: usize = 60;
const EACH: usize = 120;
const PAUSE: Duration = Duration::from_millis(100);

/// Members leave when they stop, so that a rebalance does not wait for their time-out.
fn leaving(stage: &Stage, instance: &str) -> Options {
    Options { static_membership: false, ..stage.options(instance) }
}

async fn scaled(name: &str, delivery: Delivery) {
    let stage = Stage::new(name, 6, delivery).await;
    let loaded = stage.clone();
    let load = tokio::task::spawn_blocking(move || {
        let producer = records::producer(&loaded.connection.bootstrap);
        for _round in 0..ROUNDS {
            records::send(&producer, loaded.source(), &many(EACH, 6));
            std::thread::sleep(PAUSE);
        }
        rdkafka::producer::Producer::flush(&producer, Duration::from_secs(30))
            .expect("the broker takes records");
    });
    let one = stage.start(leaving(&stage, "one"));
    stage.wait_for(200).await;
    let two = stage.start(leaving(&stage, "two"));
    let three = stage.start(leaving(&stage, "three"));
    stage.wait_for(2500).await;
    two.stop().await.expect("a clean end");
    three.stop().await.expect("a clean end");
    load.await.expect("the load is written");
    stage.wait_for(ROUNDS * EACH).await;
    one.stop().await.expect("a clean end");
    let proof = stage.prove(ROUNDS * EACH).await;
    assert_eq!(proof.counts.doubled, 0, "nobody crashed: {proof:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_to_three_to_one_exactly_once() {
    scaled("scaled-exactly", Delivery::ExactlyOnce).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_to_three_to_one_at_least_once() {
    scaled("scaled-at-least", Delivery::AtLeastOnce).await;
}

/// The target is extended first, as it should be; then the source.
#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_is_added_is_translated_from_its_first_record() {
    let stage = Stage::new("added", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(10, 1));
    let running = stage.start(stage.options("added"));
    stage.wait_for(10).await;
    stage.grow(stage.target(), 2).await;
    stage.grow(stage.source(), 2).await;
    stage.produce(&many(10, 2));
    stage.wait_for(20).await;
    running.stop().await.expect("a clean end");
    stage.prove(20).await;
}

/// The other way round the new partition waits until it has a place to go.
#[tokio::test(flavor = "multi_thread")]
async fn a_partition_without_a_counterpart_waits_for_it() {
    let stage = Stage::new("lacking", 1, Delivery::ExactlyOnce).await;
    stage.produce(&many(10, 1));
    let running = stage.start(stage.options("lacking"));
    stage.wait_for(10).await;
    stage.grow(stage.source(), 2).await;
    stage.produce(&many(10, 2));
    stage.wait_for(15).await;
    stage.grow(stage.target(), 2).await;
    stage.wait_for(20).await;
    running.stop().await.expect("a clean end");
    stage.prove(20).await;
}

/// A worker whose group has given its partitions away, in the middle of a batch, gets them again and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_may_be_too_slow_for_its_group() {
    let stage = Stage::new("slow", 2, Delivery::ExactlyOnce).await;
    stage.produce(&many(1000, 2));
    let mut options = leaving(&stage, "slow");
    options.batch.records = 50;
    options.consumer_properties.push(("max.poll.interval.ms".to_owned(), "6000".to_owned()));
    options.producer_properties = vec![("transaction.timeout.ms".to_owned(), "60000".to_owned())];
    let batches = AtomicUsize::new(0);
    options.on_step = Some(Arc::new(move |step| {
        if step == Step::Producing && batches.fetch_add(1, Ordering::Relaxed) == 3 {
            // The fault itself takes its time: longer than the interval.
            std::thread::sleep(Duration::from_secs(9));
        }
    }));
    let running = stage.start(options);
    stage.wait_for(1000).await;
    let report = running.stop().await.expect("a clean end");
    assert_eq!((report.aborts, report.restarts), (1, 0), "{report:?}");
    assert_eq!(stage.prove(1000).await.counts.doubled, 0);
}

/// Two processes of one name: one of them gives up, and nothing is doubled meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_twin_is_fenced() {
    let stage = Stage::new("twins", 2, Delivery::ExactlyOnce).await;
    stage.produce(&many(1000, 2));
    let mut options = stage.options("twin");
    options.batch.records = 20;
    let first = tokio::spawn(stage.start(options.clone()).ended());
    let second = tokio::spawn(stage.start(options).ended());
    // Both are kept busy until one of them has given up; the other one lives on.
    let load = async {
        loop {
            stage.produce(&many(50, 2));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::select! {
        ended = first => ended,
        ended = second => ended,
        () = load => unreachable!("the load has no end"),
    };
    let ended = ended.expect("it does not panic");
    assert!(matches!(&ended, Err(RunError::Fenced(name)) if name == "twin"), "{ended:?}");
    let source = records::read(&stage.connection, stage.source(), Isolation::Committed);
    let count: usize = source.values().map(Vec::len).sum();
    stage.wait_for(count).await;
    stage.prove(count).await;
}

/// A broker that is not there is an error of the start, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_does_not_answer_is_named() {
    let mut stage = Stage::at("127.0.0.1:1", "nobody", Delivery::ExactlyOnce);
    stage.connection = Connection { bootstrap: "127.0.0.1:1".to_owned(), properties: Vec::new() };
    let failed = stage.run_once().await.expect_err("nobody is there");
    assert!(matches!(failed, RunError::Cluster(_)), "{failed}");
}
