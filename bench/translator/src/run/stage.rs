//! A cluster and a registry, and on them a topic full of clicks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;
use schema::model::ids::SchemaId;
use serde_client::client::{Normalize, RegistryClient, SchemaDefinition};
use serde_client::translator::cluster::{Administration, Cluster, Connection};
use tempfile::TempDir;

use crate::case::pinned;
use crate::failure::{Failure, wrong};
use crate::records;

const NEW: &str = include_str!("../../../../examples/ad-clicks/migration/clicks-v3.avsc");
const OLD: &str = include_str!("../../../../examples/ad-clicks/v2.avsc");
const FIRST: &str = include_str!("../../../../examples/ad-clicks/v1.avsc");
const MAPPING: &str = include_str!("../../../../examples/ad-clicks/migration/mapping.yaml");

/// Different clicks; they are written over and over.
const DIFFERENT: usize = 10_000;

/// What is running already.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// The cluster.
    #[arg(long, env = "KAFKA_BOOTSTRAP_SERVERS")]
    pub(crate) kafka: String,
    /// The registry.
    #[arg(long, env = "SCHEMA_REGISTRY_URL")]
    pub(crate) registry: String,
    /// Partitions of each topic.
    #[arg(long, default_value_t = 4)]
    pub(crate) partitions: i32,
}

/// See the module.
pub(crate) struct Stage {
    pub(crate) place: Place,
    pub(crate) cluster: Cluster,
    administration: Administration,
    runtime: tokio::runtime::Runtime,
    folder: TempDir,
    /// Clicks as producers write them.
    pub(crate) clicks: Vec<Vec<u8>>,
    /// Of the target.
    pub(crate) target_id: SchemaId,
}

/// Topics and names that nobody has used before.
pub(crate) struct Round {
    /// Names the group or the application.
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) mapping: PathBuf,
}

impl Stage {
    pub(crate) fn set(place: Place) -> Result<Self, Failure> {
        let connection = Connection { bootstrap: place.kafka.clone(), properties: Vec::new() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = RegistryClient::builder(&place.registry).build().map_err(wrong)?;
        let register = |subject: &'static str, text: &'static str| {
            let definition = SchemaDefinition::avro(text);
            let registered = runtime.block_on(client.register(subject, &definition, Normalize::No));
            registered.map_err(wrong)?.id.ok_or_else(|| wrong("the registry gives no id"))
        };
        register("ad-clicks-value", FIRST)?;
        let target_id = register("ad-clicks-value", OLD)?;
        let id = register("clicks-v3-value", NEW)?;
        Ok(Self {
            cluster: Cluster::connect(&connection, "translator-bench").map_err(wrong)?,
            administration: Administration::connect(&connection).map_err(wrong)?,
            clicks: records::framed(&pinned(NEW)?, id, records::click, DIFFERENT)?,
            folder: tempfile::tempdir()?,
            place,
            runtime,
            target_id,
        })
    }

    /// A topic of the stage's number of partitions.
    pub(crate) fn create(&self, topic: &str) -> Result<(), Failure> {
        let created = self.administration.create_topic(topic, self.place.partitions, &[]);
        self.runtime.block_on(created).map_err(wrong)?;
        self.cluster.partitions(topic).map_err(wrong)?;
        Ok(())
    }

    /// Removes a topic that has served.
    pub(crate) fn delete(&self, topic: &str) -> Result<(), Failure> {
        self.runtime.block_on(self.administration.delete_topic(topic)).map_err(wrong)
    }

    /// A target of its own, and the example's mapping with the names of this round.
    pub(crate) fn round(&self, source: &str, name: &str, delivery: &str) -> Result<Round, Failure> {
        let (target, queue) = (format!("{name}.old"), format!("{name}.dlq"));
        let mapping = MAPPING
            .replace("name: clicks-v3", &format!("name: {name}"))
            .replace("topic: ad-clicks,", &format!("topic: {target},"))
            .replace("topic: clicks-v3,", &format!("topic: {source},"))
            .replace("topic: clicks-v3.dlq", &format!("topic: {queue}"))
            .replace("delivery: exactly_once", &format!("delivery: {delivery}"));
        let path = self.folder.path().join(format!("{name}.yaml"));
        std::fs::write(&path, mapping)?;
        self.create(&target)?;
        self.create(&queue)?;
        Ok(Round { name: name.to_owned(), source: source.to_owned(), target, mapping: path })
    }

    /// Fills a topic with so many clicks.
    pub(crate) fn fill(&self, topic: &str, count: usize) -> Result<(), Failure> {
        self.create(topic)?;
        let producer = producer(&self.place.kafka, "20")?;
        let mut partitions = (0..self.place.partitions).cycle();
        for (number, click) in self.clicks.iter().cycle().take(count).enumerate() {
            let partition = partitions.next().unwrap_or_default();
            let key = format!("user-{}", number % 50_000);
            let mut record =
                BaseRecord::<[u8], [u8]>::to(topic).partition(partition).payload(click).key(key.as_bytes());
            while let Err((error, again)) = producer.send(record) {
                if !matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)) {
                    return Err(wrong(error));
                }
                std::thread::sleep(Duration::from_millis(1));
                record = again;
            }
        }
        producer.flush(Duration::from_secs(60)).map_err(wrong)
    }

    /// Records of a topic, markers of transactions among them.
    pub(crate) fn written(&self, topic: &str) -> Result<u64, Failure> {
        let mut all = 0;
        for partition in 0..self.place.partitions {
            let span = self.cluster.span(topic, partition).map_err(wrong)?;
            all += u64::try_from(span.end - span.from).unwrap_or_default();
        }
        Ok(all)
    }

    /// Where programs may keep what they write.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A producer that waits so many milliseconds for company.
pub(crate) fn producer(
    servers: &str,
    linger: &str,
) -> Result<ThreadedProducer<DefaultProducerContext>, Failure> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", servers).set("acks", "all").set("linger.ms", linger);
    config.create().map_err(wrong)
}
