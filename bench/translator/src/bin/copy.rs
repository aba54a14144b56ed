//! The limit of what a translator can reach: a loop that copies records as they are, exactly once, with the translator's
//! settings of the clients and of its transactions. It survives nothing.
//!
//! `copy BOOTSTRAP_SERVERS SOURCE TARGET GROUP`

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

/// A transaction ends with whatever comes first.
const RECORDS: usize = 10_000;
const BYTES: usize = 8 << 20;
const AGE: Duration = Duration::from_millis(100);

const PATIENCE: Duration = Duration::from_secs(10);

type Copier = ThreadedProducer<DefaultProducerContext>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [servers, source, target, group] = arguments.as_slice() else {
        return Err("usage: copy BOOTSTRAP_SERVERS SOURCE TARGET GROUP".into());
    };
    let consumer: BaseConsumer = client(servers)
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        .set("isolation.level", "read_committed")
        .set("fetch.wait.max.ms", "100")
        .set("fetch.queue.backoff.ms", "10")
        .create()?;
    let producer: Copier = client(servers)
        .set("transactional.id", group)
        .set("acks", "all")
        .set("linger.ms", "2")
        .set("queue.buffering.max.kbytes", "65536")
        .create()?;
    producer.init_transactions(PATIENCE)?;
    consumer.subscribe(&[source])?;
    loop {
        copy_batch(&consumer, &producer, target)?;
    }
}

fn client(servers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", servers);
    config
}

/// One transaction; none where nothing is read.
fn copy_batch(consumer: &BaseConsumer, producer: &Copier, target: &str) -> Result<(), Box<dyn Error>> {
    let (mut records, mut bytes, mut since) = (0, 0, None);
    let mut next = BTreeMap::new();
    while records < RECORDS && bytes < BYTES && since.is_none_or(|since: Instant| since.elapsed() < AGE) {
        let Some(message) = consumer.poll(Duration::from_millis(10)).transpose()? else {
            continue;
        };
        if since.is_none() {
            producer.begin_transaction()?;
            since = Some(Instant::now());
        }
        send(producer, target, &message)?;
        records += 1;
        bytes += message.payload_len() + message.key_len();
        next.insert(message.partition(), (message.topic().to_owned(), message.offset() + 1));
    }
    let mut offsets = TopicPartitionList::new();
    for (partition, (topic, offset)) in next {
        offsets.add_partition_offset(&topic, partition, Offset::Offset(offset))?;
    }
    let group = consumer.group_metadata().ok_or("no group")?;
    producer.send_offsets_to_transaction(&offsets, &group, PATIENCE)?;
    producer.commit_transaction(PATIENCE)?;
    Ok(())
}

fn send(producer: &Copier, target: &str, message: &BorrowedMessage<'_>) -> Result<(), KafkaError> {
    let mut record = BaseRecord::<[u8], [u8]>::to(target).partition(message.partition());
    record.payload = message.payload();
    record.key = message.key();
    record.timestamp = message.timestamp().to_millis();
    record.headers = message.headers().map(rdkafka::message::BorrowedHeaders::detach);
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), again)) => {
                std::thread::sleep(Duration::from_millis(1));
                record = again;
            }
            Err((error, _)) => return Err(error),
        }
    }
}
