//! Brokers that die, stand still or have no room left.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use registry_tests::Kafka;
use serde_client::translator::migration::Delivery;

use crate::records::{New, many};
use crate::stage::{PATIENCE, Stage};

/// Records of one transaction, so that many of them are under way.
const BATCH: usize = 50;

/// A broker that dies in the middle of transactions and comes back loses nothing and changes no order.
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_may_be_restarted() {
    let kafka = Kafka::alone();
    let stage = Stage::on(&kafka, "restarted", 3, Delivery::ExactlyOnce).await;
    stage.produce(&many(5000, 3));
    let mut options = stage.options("restarted");
    options.batch.records = BATCH;
    let running = stage.start(options);
    stage.wait_for(500).await;
    kafka.restart();
    stage.wait_for(5000).await;
    running.stop().await.expect("a clean end");
    assert!(kafka.starts() > 1, "it was never killed");
    assert_eq!(stage.prove(5000).await.counts.doubled, 0);
}

/// A disk that is full ends the broker in the middle of its work; what it has confirmed is there when it has room again.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_may_be_full() {
    const RECORDS: usize = 500;
    let kafka = Kafka::on_small_disk(16);
    let stage = Stage::at(kafka.bootstrap(), "full", Delivery::ExactlyOnce);
    // Files of the source stay below the size that the disk takes, those of the target do not.
    stage.create_with(stage.source(), 1, &[("segment.bytes", "4194304")]).await;
    stage.create(stage.target(), 1).await;
    let records: Vec<New> = (0..RECORDS)
        .map(|number| New::of(0, &format!("key {}", number % 7), &format!("{number:050000}")))
        .collect();
    let mut options = stage.options("full");
    options.batch.records = 10;
    let running = stage.start(options);
    stage.produce(&records);
    stage.wait_for(RECORDS).await;
    running.stop().await.expect("a clean end");
    assert!(kafka.starts() > 1, "the disk was never full");
    assert_eq!(stage.prove(RECORDS).await.counts.doubled, 0);
}

/// A broker that nobody hears of for longer than a transaction and a member of a group may be silent.
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_may_stand_still() {
    let kafka = Kafka::alone();
    let stage = Stage::on(&kafka, "frozen", 3, Delivery::ExactlyOnce).await;
    stage.produce(&many(5000, 3));
    let mut options = stage.options("frozen");
    options.batch.records = BATCH;
    let running = stage.start(options);
    stage.wait_for(500).await;
    kafka.freeze();
    // The fault itself takes its time: the time-outs of these tests are six seconds.
    tokio::time::sleep(Duration::from_secs(15)).await;
    kafka.thaw();
    stage.wait_for(5000).await;
    running.stop().await.expect("a clean end");
    assert_eq!(stage.prove(5000).await.counts.doubled, 0);
}

/// Every node is killed once, so the coordinators of the group and of the transactions have to move, and the partitions too.
#[tokio::test(flavor = "multi_thread")]
async fn every_node_of_a_cluster_may_be_killed() {
    const NODES: usize = 3;
    let mut kafka = Kafka::cluster();
    let stage = Stage::on(&kafka, "cluster", 3, Delivery::ExactlyOnce).await;
    let mut options = stage.options("cluster");
    options.batch.records = BATCH;
    let running = stage.start(options);
    let mut count = 0;
    for node in 1..=NODES {
        stage.produce(&many(2000, 3));
        stage.wait_for(count + 500).await;
        kafka.restart();
        stage.produce(&many(1000, 3));
        count += 3000;
        stage.wait_for(count).await;
        let stage = stage.clone();
        // The cluster itself has become ready once.
        let is_back = move |kafka: &Kafka| kafka.starts() > node;
        kafka = tokio::task::spawn_blocking(move || {
            wait_for_copies(&stage, NODES, || is_back(&kafka));
            kafka
        })
        .await
        .expect("all copies");
    }
    running.stop().await.expect("a clean end");
    assert_eq!(stage.prove(count).await.counts.doubled, 0);
}

/// Waits until every node is there and has every partition of every topic.
fn wait_for_copies(stage: &Stage, nodes: usize, is_back: impl Fn() -> bool) {
    let mut config = rdkafka::ClientConfig::new();
    config.set("bootstrap.servers", &stage.connection.bootstrap);
    let client: BaseConsumer = config.create().expect("a client");
    let started = std::time::Instant::now();
    loop {
        let metadata = client.fetch_metadata(None, Duration::from_secs(5));
        let complete = metadata.is_ok_and(|metadata| {
            let mut partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
            metadata.brokers().len() == nodes && partitions.all(|partition| partition.isr().len() == nodes)
        });
        if complete && is_back() {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "a node does not catch up");
        std::thread::sleep(Duration::from_millis(200));
    }
}
