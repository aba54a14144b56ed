//! Keys lie in the partitions that the other clients put them into.

use registry_tests::{Kafka, Registry};
use serde_client::kafka::partition;

use crate::job::{Format, Job};
use crate::peers::{Form, PEERS};
use crate::rust;

const PARTITIONS: i32 = 12;

#[tokio::test]
async fn every_client_puts_a_key_into_the_same_partition() {
    let (registry, kafka) = (Registry::start(), Kafka::shared());
    for peer in PEERS {
        let topic = format!("{peer:?}-partitions");
        rust::create_topic(&kafka, &topic, PARTITIONS).await;
        let job = Job { format: Format::Json, topic, registry: &registry, kafka: &kafka };
        peer.produce(&job, Form::Prefix);
        let records = rust::read(&job).await;
        let used: std::collections::BTreeSet<i32> = records.iter().map(|record| record.partition).collect();
        assert!(used.len() > 1, "{peer:?} uses partitions {used:?} only");
        for record in records {
            let key = record.key.expect("a key");
            assert_eq!(Some(record.partition), partition(&key, PARTITIONS), "{peer:?}, key {key:?}");
        }
    }
}
