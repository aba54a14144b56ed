//! A migration between two fresh topics, without schemas: what decides about the old topic needs none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use registry_tests::Kafka;
use serde_client::translator::cluster::{Cluster, Connection, Isolation, OwnedRecord, TopicReader};
use serde_client::translator::hash::payload_hash;
use serde_client::translator::mapping::file::MappingFile;
use serde_client::translator::migration::{Direction, Migration};
use serde_client::translator::provenance::{HEADER, MigrationId, Origin};
use serde_json::Value;

use crate::command_line::{self, Ended};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// See the module.
pub(crate) struct Stage {
    pub(crate) connection: Connection,
    pub(crate) migration: Migration,
    pub(crate) folder: tempfile::TempDir,
    _kafka: Kafka,
}

impl Stage {
    /// A migration of a name. `more` is added to its mapping.
    pub(crate) fn new(name: &str, more: &str) -> Self {
        let kafka = Kafka::shared();
        let mapping = format!(
            "apiVersion: srt/v1\nkind: TopicMigration\nname: {name}\n\
             old: {{topic: {name}-old, value: {{subject: {name}-old-value, version: 1}}}}\n\
             new: {{topic: {name}-new, value: {{subject: {name}-new-value, version: 1}}}}\n\
             directions: [new->old]\n{more}map: {{new->old: {{value: {{id: $.id}}}}}}\n"
        );
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("mapping.yaml"), &mapping).expect("a file");
        let migration = MappingFile::parse(&mapping).expect("a mapping").migration;
        let connection = Connection { bootstrap: kafka.bootstrap().to_owned(), properties: Vec::new() };
        let stage = Self { connection, migration, folder, _kafka: kafka };
        for topic in ["old", "new", "dlq"] {
            stage.create(&format!("{name}-{topic}"));
        }
        stage
    }

    pub(crate) fn old(&self) -> &str {
        &self.migration.old.topic
    }

    pub(crate) fn new_topic(&self) -> &str {
        &self.migration.new.topic
    }

    fn create(&self, topic: &str) {
        let mut config = ClientConfig::new();
        let admin: AdminClient<DefaultClientContext> =
            config.set("bootstrap.servers", &self.connection.bootstrap).create().expect("a client");
        let topic = NewTopic::new(topic, 1, TopicReplication::Fixed(1));
        let made = admin.create_topics([&topic], &AdminOptions::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let made = runtime.block_on(made).expect("an answer");
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }

    /// Calls the command line with the mapping behind the command's name.
    pub(crate) fn call(&self, command: &str, args: &[&str]) -> Ended {
        command_line::call(
            &self.connection.bootstrap,
            &self.args(command, args).iter().map(String::as_str).collect::<Vec<_>>(),
        )
    }

    /// The same, without waiting.
    pub(crate) fn start(&self, command: &str, args: &[&str]) -> std::process::Child {
        let args = self.args(command, args);
        let mut command = command_line::command(
            &self.connection.bootstrap,
            &args.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        command.stdout(std::process::Stdio::piped()).spawn().expect("the binary runs")
    }

    fn args(&self, command: &str, args: &[&str]) -> Vec<String> {
        let mapping = self.folder.path().join("mapping.yaml").display().to_string();
        let mut all = vec![command.to_owned(), mapping];
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        all
    }

    /// A gate as `decommission gates` says it, with a window that is long enough to remember.
    pub(crate) fn gate(&self, number: usize) -> Value {
        self.gate_within(number, "1h")
    }

    pub(crate) fn gate_within(&self, number: usize, window: &str) -> Value {
        let ended = self.call("decommission", &["--output", "json", "--window", window, "gates"]);
        assert_ne!(ended.code, 1, "{ended:?}");
        ended.json()["gates"][number - 1].clone()
    }

    /// Records of a service that knows nothing of the migration.
    pub(crate) fn produce(&self, topic: &str, values: &[&str]) {
        let refused = self.try_produce(topic, values);
        assert_eq!(refused, None);
    }

    /// The same, and what the broker says against it.
    pub(crate) fn try_produce(&self, topic: &str, values: &[&str]) -> Option<String> {
        self.write(topic, values.iter().map(|value| (*value, None)))
    }

    /// A record of the old topic as the translator writes it.
    pub(crate) fn translated(&self, value: &str, offset: i64) {
        let origin = Origin {
            migration: MigrationId::of(&self.migration.name),
            direction: Direction::NewToOld,
            partition: 0,
            offset,
            payload: payload_hash(Some(b"key"), Some(value.as_bytes())),
        };
        let refused = self.write(self.old(), [(value, Some(origin))].into_iter());
        assert_eq!(refused, None);
    }

    fn write<'v>(
        &self,
        topic: &str,
        records: impl Iterator<Item = (&'v str, Option<Origin>)>,
    ) -> Option<String> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.connection.bootstrap).set("enable.idempotence", "true");
        let producer: BaseProducer<Refusals> =
            config.create_with_context(Refusals::default()).expect("a producer");
        for (value, origin) in records {
            let record = BaseRecord::to(topic).key("key").payload(value).partition(0);
            let record = match origin {
                Some(origin) => {
                    let bytes = origin.encode();
                    let headers = OwnedHeaders::new().insert(Header { key: HEADER, value: Some(&bytes[..]) });
                    record.headers(headers)
                }
                None => record,
            };
            assert!(producer.send(record).is_ok(), "the client takes a few records");
        }
        producer.flush(PATIENCE).expect("the broker answers");
        producer.context().0.lock().expect("no panic").pop()
    }

    /// A record in a transaction of its own: a marker follows it.
    pub(crate) fn in_transaction(&self, topic: &str, value: &str) {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.connection.bootstrap).set("transactional.id", topic);
        let producer: BaseProducer = config.create().expect("a producer");
        producer.init_transactions(PATIENCE).expect("an id");
        producer.begin_transaction().expect("a transaction");
        let record = BaseRecord::to(topic).key("key").payload(value).partition(0);
        assert!(producer.send(record).is_ok(), "the client takes a record");
        producer.commit_transaction(PATIENCE).expect("a commit");
    }

    /// The names of all topics.
    pub(crate) fn topics(&self) -> Vec<String> {
        let mut config = ClientConfig::new();
        let client: BaseConsumer =
            config.set("bootstrap.servers", &self.connection.bootstrap).create().expect("a client");
        let metadata = client.fetch_metadata(None, PATIENCE).expect("an answer");
        metadata.topics().iter().map(|topic| topic.name().to_owned()).collect()
    }

    pub(crate) fn read(&self, topic: &str) -> Vec<OwnedRecord> {
        let spans = Cluster::connect(&self.connection, "tests").and_then(|cluster| cluster.spans(topic));
        let mut reader =
            TopicReader::open(&self.connection, topic, &spans.expect("a topic"), Isolation::Committed)
                .expect("a reader");
        let mut records = Vec::new();
        while let Some(record) = reader.read().expect("records") {
            records.push(record);
        }
        records
    }

    /// Commits a position for a group that has no member.
    pub(crate) fn commit(&self, group: &str, topic: &str, offset: i64) {
        let cluster = Cluster::connect(&self.connection, group).expect("a client");
        cluster.commit(topic, &[(0, offset)]).expect("a group without members");
    }

    /// A service that reads a topic and commits what it has read.
    pub(crate) fn join(&self, group: &str, topic: &str, settings: &[(&str, &str)]) -> Service {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.connection.bootstrap).set("group.id", group);
        config.set("client.id", format!("{group}-1")).set("auto.offset.reset", "earliest");
        config.set("enable.auto.commit", "false");
        for (name, value) in settings {
            config.set(*name, *value);
        }
        let consumer: BaseConsumer = config.create().expect("a consumer");
        consumer.subscribe(&[topic]).expect("a topic");
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                if let Some(Ok(_)) = consumer.poll(Duration::from_millis(100)) {
                    // A commit that fails is made again with the next record.
                    let _late = consumer.commit_consumer_state(CommitMode::Sync);
                }
            }
        });
        Service { ended, thread: Some(thread) }
    }

    /// Waits until something holds.
    pub(crate) fn wait_for<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "waiting for {what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The groups of the old or the new topic as `status` shows them.
    pub(crate) fn groups(&self, side: &str) -> BTreeMap<String, Value> {
        let status = self.call("status", &["--output", "json"]);
        assert_eq!(status.code, 0, "{status:?}");
        let status = status.json();
        let groups = status["groups"].as_array().expect("groups").iter();
        let groups = groups.filter(|group| group["side"] == side);
        groups.map(|group| (group["group"].as_str().expect("a name").to_owned(), group.clone())).collect()
    }
}

/// A member of a group, in a thread of its own.
pub(crate) struct Service {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Leaves the group.
    pub(crate) fn leave(mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no panic");
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Refusals(std::sync::Mutex<Vec<String>>);

impl rdkafka::client::ClientContext for Refusals {}

impl rdkafka::producer::ProducerContext for Refusals {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &rdkafka::producer::DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            self.0.lock().expect("no panic").push(error.to_string());
        }
    }
}
