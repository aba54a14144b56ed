//! A compacted topic of one partition that holds the latest value of each key.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::types::RDKafkaErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;

use super::administration::Administration;
use super::connection::{ClusterError, Connection};
use super::reader::{Isolation, Span, TopicReader};
use super::topics::Cluster;

/// How long the broker may take for a record.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often others may come in between.
const ATTEMPTS_MAX: u64 = 10;

/// The longest wait after the first attempt, in milliseconds; it grows with every other one. Those who shut one another out
/// have to wait for different times.
const BACKOFF_MAX: u64 = 100;

/// One wait for it.
const TICK: Duration = Duration::from_millis(10);

/// Bytes of a segment. The newest one is never compacted, and whoever starts reads it whole.
const SEGMENT_BYTES: &str = "16777216";

/// See the module. Values are JSON.
#[derive(Debug)]
pub struct CompactedTopic {
    connection: Connection,
    cluster: Cluster,
    topic: String,
}

/// What was written for a key: its value, or that it is gone.
pub type Entry = (String, Option<Vec<u8>>);

impl CompactedTopic {
    /// A topic that may not be there yet.
    ///
    /// # Errors
    /// [`ClusterError::Client`].
    pub fn new(connection: &Connection, topic: String) -> Result<Self, ClusterError> {
        let cluster = Cluster::connect(connection, "srt.state")?;
        Ok(Self { connection: connection.clone(), cluster, topic })
    }

    /// Creates it where it is not there.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn create(&self, runtime: &Handle) -> Result<(), ClusterError> {
        let settings = [("cleanup.policy", "compact"), ("segment.bytes", SEGMENT_BYTES)];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let administration = Administration::connect(&self.connection)?;
        runtime.block_on(administration.create_topic(&self.topic, 1, &settings))?;
        // What was just created is not known everywhere at once.
        self.cluster.partitions(&self.topic)?;
        Ok(())
    }

    /// What was written from an offset on, and the offset behind it. A topic that does not exist holds nothing.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn since(&self, from: i64) -> Result<(Vec<Entry>, i64), ClusterError> {
        let span = match self.cluster.span(&self.topic, 0) {
            Ok(span) => span,
            // Offsets are asked of partitions; only the topic can say that it is not there.
            Err(error) => match self.cluster.partitions_now(&self.topic) {
                Err(ClusterError::NoTopic(_)) => return Ok((Vec::new(), 0)),
                _ => return Err(error),
            },
        };
        let span = Span { from: from.max(span.from), ..span };
        if span.from >= span.end {
            return Ok((Vec::new(), span.end));
        }
        let mut reader = TopicReader::open(&self.connection, &self.topic, &[span], Isolation::Committed)?;
        let mut entries = Vec::new();
        while let Some(record) = reader.read()? {
            if let Some(key) = record.key.and_then(|key| String::from_utf8(key).ok()) {
                entries.push((key, record.value));
            }
        }
        Ok((entries, span.end))
    }

    /// Brings the latest values up to date with what was written from an offset on; the offset behind it.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn update(&self, latest: &mut BTreeMap<String, Vec<u8>>, from: i64) -> Result<i64, ClusterError> {
        let (entries, end) = self.since(from)?;
        for (key, value) in entries {
            match value {
                Some(value) => latest.insert(key, value),
                None => latest.remove(&key),
            };
        }
        Ok(end)
    }

    /// The latest value of a key; `None` also where it is of another form, as a later version may write it.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn latest<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ClusterError> {
        let mut latest = BTreeMap::new();
        self.update(&mut latest, 0)?;
        Ok(latest.remove(key).and_then(|value| serde_json::from_slice(&value).ok()))
    }

    /// What [`Self::write`] takes.
    ///
    /// # Errors
    /// [`ClusterError::Answer`], where it cannot be JSON.
    pub fn entry(&self, key: impl Into<String>, value: &impl Serialize) -> Result<Entry, ClusterError> {
        let json = serde_json::to_vec(value);
        let json =
            json.map_err(|error| ClusterError::Answer { what: self.writing(), reason: error.to_string() })?;
        Ok((key.into(), Some(json)))
    }

    /// Decides a value from the one that was written before, as the only one that does so at a time: whoever uses the same
    /// transactional id meanwhile shuts this one out, which then decides again from what the other one wrote. `None`
    /// leaves things as they are.
    ///
    /// # Errors
    /// What `decide` says, and [`ClusterError`].
    pub fn decide<T, E>(
        &self,
        key: &str,
        transactional_id: &str,
        decide: impl Fn(Option<T>) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E>
    where
        T: Serialize + DeserializeOwned + Clone + PartialEq,
        E: From<ClusterError>,
    {
        // Nearly always there is nothing to be written.
        let known = self.latest(key)?;
        let decided = decide(known.clone())?;
        if decided.is_none() || decided == known {
            return Ok(decided);
        }
        let mut attempt = 1;
        loop {
            let began = self.transaction(transactional_id);
            let known = self.latest(key)?;
            let decided = decide(known.clone())?;
            let Some(new) = decided.as_ref().filter(|_| decided != known) else {
                return Ok(decided);
            };
            let entry = self.entry(key, new)?;
            match began.and_then(|producer| self.commit(&producer, &entry)) {
                Ok(()) => return self.wait_until_seen(key, &known).map(|()| decided).map_err(E::from),
                Err(error) if attempt >= ATTEMPTS_MAX => return Err(error.into()),
                Err(_) => {
                    std::thread::sleep(Duration::from_millis(fastrand::u64(..BACKOFF_MAX * attempt)));
                    attempt += 1;
                }
            }
        }
    }

    /// Waits until readers of committed records see something else than what was known: the broker confirms a transaction
    /// before it marks its records as committed.
    fn wait_until_seen<T: DeserializeOwned + PartialEq>(
        &self,
        key: &str,
        known: &Option<T>,
    ) -> Result<(), ClusterError> {
        let started = Instant::now();
        while self.latest(key)? == *known {
            if started.elapsed() > PATIENCE {
                return Err(self.late());
            }
            std::thread::sleep(TICK);
        }
        Ok(())
    }

    /// Shuts out others of the same id. What they have written by then can be read.
    fn transaction(&self, id: &str) -> Result<BaseProducer, ClusterError> {
        let own = [("transactional.id", id), ("transaction.timeout.ms", "10000")];
        let producer: BaseProducer =
            self.connection.config(&own).create().map_err(|error| ClusterError::client(&error))?;
        let begun = producer.init_transactions(PATIENCE).and_then(|()| producer.begin_transaction());
        begun.map_err(|error| ClusterError::answer(self.writing(), &error))?;
        Ok(producer)
    }

    fn commit(&self, producer: &BaseProducer, entry: &Entry) -> Result<(), ClusterError> {
        self.send(producer, entry)?;
        self.wait_for(producer)?;
        let committed = producer.commit_transaction(PATIENCE);
        committed.map_err(|error| ClusterError::answer(self.writing(), &error))
    }

    /// Writes entries, and waits until the broker has them.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn write(&self, entries: &[Entry]) -> Result<(), ClusterError> {
        let own = [("enable.idempotence", "true"), ("acks", "all")];
        let producer: BaseProducer =
            self.connection.config(&own).create().map_err(|error| ClusterError::client(&error))?;
        entries.iter().try_for_each(|entry| self.send(&producer, entry))?;
        self.wait_for(&producer)
    }

    fn send(&self, producer: &BaseProducer, (key, value): &Entry) -> Result<(), ClusterError> {
        let record = BaseRecord::<[u8], [u8]>::to(&self.topic).key(key.as_bytes()).partition(0);
        let record = match value {
            Some(value) => record.payload(value),
            None => record,
        };
        producer.send(record).map_err(|(error, _)| ClusterError::answer(self.writing(), &error))
    }

    fn wait_for(&self, producer: &BaseProducer) -> Result<(), ClusterError> {
        let started = Instant::now();
        while producer.in_flight_count() > 0 {
            if started.elapsed() > PATIENCE {
                return Err(self.late());
            }
            producer.poll(TICK);
        }
        Ok(())
    }

    fn late(&self) -> ClusterError {
        ClusterError::answer(self.writing(), &KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut))
    }

    fn writing(&self) -> String {
        format!("writing to the state topic `{}`", self.topic)
    }
}
