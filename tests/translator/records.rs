//! Writing records into topics, and reading them back.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use serde_client::translator::cluster::{
    Cluster, ClusterError, Connection, Isolation, OwnedRecord, TopicReader,
};

/// How long the broker may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A record to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct New {
    pub(crate) partition: i32,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(&'static str, Option<Vec<u8>>)>,
    pub(crate) timestamp: Option<i64>,
}

impl New {
    pub(crate) fn of(partition: i32, key: &str, value: &str) -> Self {
        Self {
            partition,
            key: Some(key.as_bytes().to_vec()),
            value: Some(value.as_bytes().to_vec()),
            ..Self::default()
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &[u8]) -> Self {
        self.headers.push((name, Some(value.to_vec())));
        self
    }
}

/// `count` records, spread over partitions and some keys.
pub(crate) fn many(count: usize, partitions: i32) -> Vec<New> {
    let of = |number: usize| {
        let partition = i32::try_from(number).expect("few records") % partitions;
        New::of(partition, &format!("key {}", number % 17), &format!("value {number}"))
    };
    (0..count).map(of).collect()
}

pub(crate) fn producer(bootstrap: &str) -> BaseProducer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap).set("enable.idempotence", "true");
    config.create().expect("a producer")
}

/// Writes records and waits until they are with the broker.
pub(crate) fn produce(bootstrap: &str, topic: &str, records: &[New]) {
    let producer = producer(bootstrap);
    send(&producer, topic, records);
    producer.flush(PATIENCE).expect("the broker takes records");
}

pub(crate) fn send(producer: &BaseProducer, topic: &str, records: &[New]) {
    for record in records {
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: value.as_deref() })
        });
        let record = BaseRecord::<[u8], [u8]> {
            topic,
            partition: Some(record.partition),
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp,
            headers: (!record.headers.is_empty()).then_some(headers),
            delivery_opaque: (),
        };
        assert!(producer.send(record).is_ok(), "the client takes a few records");
    }
}

/// All records of a topic by partition.
pub(crate) fn read(
    connection: &Connection,
    topic: &str,
    isolation: Isolation,
) -> BTreeMap<i32, Vec<OwnedRecord>> {
    try_read(connection, topic, isolation).expect("the records of the topic")
}

/// The same, of a broker that may be away.
pub(crate) fn try_read(
    connection: &Connection,
    topic: &str,
    isolation: Isolation,
) -> Result<BTreeMap<i32, Vec<OwnedRecord>>, ClusterError> {
    let spans = Cluster::connect(connection, "srt.tests")?.spans(topic)?;
    let mut reader = TopicReader::open(connection, topic, &spans, isolation)?;
    let mut records: BTreeMap<i32, Vec<OwnedRecord>> = BTreeMap::new();
    while let Some(record) = reader.read()? {
        records.entry(record.partition).or_default().push(record);
    }
    Ok(records)
}

/// The values of records as text.
pub(crate) fn values(records: &[OwnedRecord]) -> Vec<String> {
    let text = |record: &OwnedRecord| {
        record.value.as_ref().map_or("null".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
    };
    records.iter().map(text).collect()
}
