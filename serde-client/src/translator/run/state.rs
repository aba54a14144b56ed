//! What a migration remembers beside its offsets: which mapping its group runs with.
//!
//! A compacted topic of one partition. Its records are JSON under keys such as `mapping/new-old`.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::types::RDKafkaErrorCode;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::super::cluster::{Cluster, ClusterError, Isolation, TopicReader};
use super::super::migration::{Direction, Migration};
use super::error::RunError;
use super::options::Options;

/// How long the broker may take for a record.
const PATIENCE: Duration = Duration::from_secs(10);

/// One wait for it.
const TICK: Duration = Duration::from_millis(10);

/// The mapping of a direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MappingState {
    hash: String,
    /// By partition: the first offset that is translated with it.
    from: Vec<(i32, Option<i64>)>,
}

/// Refuses another mapping than the group runs with, unless the change is accepted; then it is noted where it begins.
pub(crate) fn check_mapping(
    cluster: &Cluster,
    migration: &Migration,
    direction: Direction,
    hash: &str,
    options: &Options,
    runtime: &Handle,
) -> Result<(), RunError> {
    let topic = migration.state_topic();
    create(&topic, options, runtime)?;
    // What was just created is not known everywhere at once.
    cluster.partitions(&topic)?;
    let key = format!("mapping/{}", direction.slug());
    let running = read(cluster, &topic, &key, options)?;
    match running {
        Some(running) if running.hash == hash => return Ok(()),
        Some(running) if !options.accept_mapping_change => {
            return Err(RunError::MappingChanged { running: running.hash, given: hash.to_owned() });
        }
        _ => {}
    }
    let source = &migration.source(direction).topic;
    let partitions: Vec<i32> = (0..cluster.partitions(source)?).collect();
    let from = cluster.committed(source, &partitions)?;
    let state = MappingState { hash: hash.to_owned(), from };
    Ok(write(&topic, &key, &state, options)?)
}

fn create(topic: &str, options: &Options, runtime: &Handle) -> Result<(), ClusterError> {
    let what = || format!("creating the state topic `{topic}`");
    let admin: AdminClient<_> =
        options.connection.config(&[]).create().map_err(|error| ClusterError::client(&error))?;
    // The replication factor is the broker's default.
    let new = NewTopic::new(topic, 1, TopicReplication::Fixed(-1)).set("cleanup.policy", "compact");
    let made = runtime.block_on(admin.create_topics([&new], &AdminOptions::new()));
    let made = made.map_err(|error| ClusterError::answer(what(), &error))?;
    match made.into_iter().next() {
        Some(Err((_, code))) if code != RDKafkaErrorCode::TopicAlreadyExists => {
            Err(ClusterError::Answer { what: what(), reason: code.to_string() })
        }
        _ => Ok(()),
    }
}

fn read(
    cluster: &Cluster,
    topic: &str,
    key: &str,
    options: &Options,
) -> Result<Option<MappingState>, ClusterError> {
    let mut reader =
        TopicReader::open(&options.connection, topic, &[cluster.span(topic, 0)?], Isolation::Committed)?;
    let mut latest = None;
    while let Some(record) = reader.read()? {
        if record.key.as_deref() == Some(key.as_bytes()) {
            latest = record.value;
        }
    }
    // What a later version writes counts as another mapping only when its hash differs.
    Ok(latest.and_then(|value| serde_json::from_slice(&value).ok()))
}

fn write(topic: &str, key: &str, state: &MappingState, options: &Options) -> Result<(), ClusterError> {
    let what = || format!("writing to the state topic `{topic}`");
    let own = [("enable.idempotence", "true"), ("acks", "all")];
    let producer: BaseProducer =
        options.connection.config(&own).create().map_err(|error| ClusterError::client(&error))?;
    let value = serde_json::to_vec(state);
    let value = value.map_err(|error| ClusterError::Answer { what: what(), reason: error.to_string() })?;
    let record = BaseRecord::to(topic).key(key.as_bytes()).payload(&value).partition(0);
    producer.send(record).map_err(|(error, _)| ClusterError::answer(what(), &error))?;
    let started = Instant::now();
    while producer.in_flight_count() > 0 {
        if started.elapsed() > PATIENCE {
            let late = KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut);
            return Err(ClusterError::answer(what(), &late));
        }
        producer.poll(TICK);
    }
    Ok(())
}
