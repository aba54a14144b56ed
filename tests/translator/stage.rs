//! A migration between two fresh topics, and what tests do with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use registry_tests::Kafka;
use serde_client::translator::cluster::{Connection, Isolation, OwnedRecord};
use serde_client::translator::migration::{
    Delivery, Direction, ErrorPolicy, Headers, Migration, OnError, Pairing, Partitioning, PinnedSchema,
    RegistryPlace, Start, TopicSchemas,
};
use serde_client::translator::run::{Options, RunError, RunReport, run, run_all};
use serde_client::translator::verify::{DivergenceReport, Scope, VerifyReport, divergence, verify};
use tokio::task::JoinHandle;

use crate::mapping::Suffix;
use crate::records::{self, New};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// The direction of all tests but those that say otherwise.
pub(crate) const DIRECTION: Direction = Direction::NewToOld;

/// See the module.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) connection: Connection,
    pub(crate) migration: Migration,
    pub(crate) translate: Arc<Suffix>,
}

/// A run that goes on.
pub(crate) struct Running<T = RunReport> {
    stop: tokio::sync::oneshot::Sender<()>,
    ended: JoinHandle<Result<T, RunError>>,
}

/// What both directions have done.
pub(crate) type Reports = BTreeMap<Direction, RunReport>;

impl<T> Running<T> {
    /// Stops it and takes its result.
    pub(crate) async fn stop(self) -> Result<T, RunError> {
        // It may have ended by itself, which is its result.
        let _ended = self.stop.send(());
        tokio::time::timeout(PATIENCE, self.ended)
            .await
            .expect("it stops in time")
            .expect("it does not panic")
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(self) -> Result<T, RunError> {
        let ended = tokio::time::timeout(PATIENCE, self.ended).await.expect("it ends in time");
        ended.expect("it does not panic")
    }
}

impl Stage {
    /// A migration of a name, with its topics.
    pub(crate) async fn new(name: &str, partitions: i32, delivery: Delivery) -> Self {
        let kafka = Kafka::shared();
        Self::on(&kafka, name, partitions, delivery).await
    }

    /// The same, on a broker of the test's own.
    pub(crate) async fn on(kafka: &Kafka, name: &str, partitions: i32, delivery: Delivery) -> Self {
        let stage = Self::at(kafka.bootstrap(), name, delivery);
        for topic in [stage.source(), stage.target()] {
            stage.create(topic, partitions).await;
        }
        stage
    }

    /// The same, of topics that are there.
    pub(crate) fn at(bootstrap: &str, name: &str, delivery: Delivery) -> Self {
        let topic = |topic: String| TopicSchemas {
            value: PinnedSchema { subject: format!("{topic}-value"), version: 1, message: None },
            topic,
            key: None,
        };
        let migration = Migration {
            name: name.to_owned(),
            registry: RegistryPlace::default(),
            old: topic(format!("{name}-old")),
            new: topic(format!("{name}-new")),
            directions: BTreeSet::from([DIRECTION]),
            pairing: Pairing::default(),
            delivery,
            partitioning: Partitioning::Preserve,
            start: Start::Earliest,
            headers: Headers::default(),
            errors: ErrorPolicy::default(),
            consumers: Vec::new(),
        };
        let connection = Connection { bootstrap: bootstrap.to_owned(), properties: Vec::new() };
        Self { connection, migration, translate: Arc::default() }
    }

    /// A migration with both directions.
    pub(crate) fn paired(mut self, pairing: Pairing) -> Self {
        self.migration.directions.insert(DIRECTION.reverse());
        self.migration.pairing = pairing;
        self
    }

    /// Sends what cannot be translated to a dead-letter queue.
    pub(crate) async fn with_dead_letters(mut self, partitions: i32) -> Self {
        let topic = format!("{}-dlq", self.migration.name);
        self.create(&topic, partitions).await;
        self.migration.errors.on_error = OnError::DeadLetter { topic };
        self
    }

    pub(crate) fn source(&self) -> &str {
        &self.migration.new.topic
    }

    pub(crate) fn target(&self) -> &str {
        &self.migration.old.topic
    }

    pub(crate) async fn create(&self, topic: &str, partitions: i32) {
        self.create_with(topic, partitions, &[]).await;
    }

    pub(crate) async fn create_with(&self, topic: &str, partitions: i32, settings: &[(&str, &str)]) {
        // As many copies as the broker makes by itself.
        let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1));
        let topic = settings.iter().fold(topic, |topic, (name, value)| topic.set(name, value));
        let made = self.admin().create_topics([&topic], &AdminOptions::new()).await.expect("an answer");
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }

    pub(crate) async fn grow(&self, topic: &str, partitions: usize) {
        let grown = NewPartitions::new(topic, partitions);
        let made = self.admin().create_partitions([&grown], &AdminOptions::new()).await.expect("an answer");
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }

    /// Deletes what is before an offset of the source's first partition, as retention does.
    pub(crate) async fn expire(&self, offset: i64) {
        let mut offsets = TopicPartitionList::new();
        offsets.add_partition_offset(self.source(), 0, Offset::Offset(offset)).expect("an offset");
        self.admin().delete_records(&offsets, &AdminOptions::new()).await.expect("an answer");
    }

    fn admin(&self) -> AdminClient<DefaultClientContext> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.connection.bootstrap);
        config.create().expect("an admin client")
    }

    pub(crate) fn produce(&self, records: &[New]) {
        records::produce(&self.connection.bootstrap, self.source(), records);
    }

    /// Writes to the old topic, as its own producers do.
    pub(crate) fn produce_old(&self, records: &[New]) {
        records::produce(&self.connection.bootstrap, self.target(), records);
    }

    /// What a reader of committed records finds in a partition of the target.
    pub(crate) fn translated(&self, partition: i32) -> Vec<OwnedRecord> {
        let all = records::read(&self.connection, self.target(), Isolation::Committed);
        all.get(&partition).cloned().unwrap_or_default()
    }

    /// Options that suit tests: members that die are soon forgotten, and so are their transactions.
    pub(crate) fn options(&self, instance: &str) -> Options {
        let mut options = Options::new(self.connection.clone(), instance);
        options.consumer_properties = vec![
            ("session.timeout.ms".to_owned(), "6000".to_owned()),
            ("heartbeat.interval.ms".to_owned(), "500".to_owned()),
            ("topic.metadata.refresh.interval.ms".to_owned(), "1000".to_owned()),
        ];
        options.producer_properties = vec![("transaction.timeout.ms".to_owned(), "6000".to_owned())];
        options
    }

    /// Translates what is there.
    pub(crate) async fn run_once(&self) -> Result<RunReport, RunError> {
        self.run_once_as("once").await
    }

    /// The same, in the place of an instance that may have left a transaction open.
    pub(crate) async fn run_once_as(&self, instance: &str) -> Result<RunReport, RunError> {
        let options = Options { once: true, ..self.options(instance) };
        self.start(options).ended().await
    }

    /// Translates until it is stopped.
    pub(crate) fn start(&self, options: Options) -> Running {
        self.start_in(DIRECTION, options)
    }

    /// The same, in a direction of a migration that has both.
    pub(crate) fn start_in(&self, direction: Direction, options: Options) -> Running {
        let (stop, stopped) = stopping();
        let migration = Arc::new(self.migration.clone());
        let run = run(migration, direction, Arc::clone(&self.translate) as _, options, stopped);
        let ended = tokio::spawn(async {
            let ended = run.await;
            // A test that waits for records would not learn it before its time is over.
            if let Err(error) = &ended {
                eprintln!("a run has ended: {error}");
            }
            ended
        });
        Running { stop, ended }
    }

    /// The same, in all directions of the migration.
    pub(crate) fn start_all(&self, options: Options) -> Running<Reports> {
        let (stop, stopped) = stopping();
        let migration = Arc::new(self.migration.clone());
        let translate = |direction: &Direction| (*direction, Arc::clone(&self.translate) as _);
        let all = self.migration.directions.iter().map(translate).collect();
        Running { stop, ended: tokio::spawn(run_all(migration, all, options, stopped)) }
    }

    /// What both directions say about keys that were written on both sides.
    pub(crate) async fn divergence(&self) -> DivergenceReport {
        let migration = Arc::new(self.migration.clone());
        divergence(migration, self.connection.clone()).await.expect("topics that can be read")
    }

    pub(crate) async fn verify(&self, scope: Scope) -> VerifyReport {
        self.verify_in(DIRECTION, scope).await
    }

    /// The same, in a direction of a migration that has both.
    pub(crate) async fn verify_in(&self, direction: Direction, scope: Scope) -> VerifyReport {
        let migration = Arc::new(self.migration.clone());
        let translate = Arc::clone(&self.translate) as _;
        let proof = verify(migration, direction, translate, self.connection.clone(), scope);
        proof.await.expect("a proof")
    }

    /// Proves everything: `count` records, none of them missing.
    pub(crate) async fn prove(&self, count: usize) -> VerifyReport {
        let report = self.verify(Scope::Full).await;
        assert!(report.passed(), "{report:#?}");
        assert_eq!(report.counts.source, count as u64, "{report:#?}");
        report
    }

    /// Waits until the target has so many records.
    pub(crate) async fn wait_for(&self, count: usize) {
        self.wait_for_in(self.target(), count).await;
    }

    /// The same, of any topic.
    pub(crate) async fn wait_for_in(&self, topic: &str, count: usize) {
        let started = std::time::Instant::now();
        loop {
            let (connection, topic) = (self.connection.clone(), topic.to_owned());
            let read = move || records::try_read(&connection, &topic, Isolation::Committed);
            let records = tokio::task::spawn_blocking(read).await.expect("records");
            let found: usize = records.iter().flat_map(|records| records.values()).map(Vec::len).sum();
            if found >= count {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "only {found} of {count} records arrive");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A stop, and what a run waits for: whoever drops the one stops nothing.
fn stopping() -> (tokio::sync::oneshot::Sender<()>, impl Future<Output = ()> + Send) {
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let stopped = async move {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    (stop, stopped)
}
