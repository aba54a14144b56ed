//! Reads a topic from somewhere to somewhere, without a group.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use super::connection::{ClusterError, Connection, Logged};
use super::ends::Ends;
use super::record::OwnedRecord;

/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(30);

/// One wait for a record.
const TICK: Duration = Duration::from_millis(200);

/// The consumer needs a group to be assigned partitions by hand; nothing is ever committed for it.
pub(super) const GROUP: &str = "srt.reader";

/// Records of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The partition.
    pub partition: i32,
    /// The first offset.
    pub from: i64,
    /// The offset behind the last one.
    pub end: i64,
}

/// Which records of transactions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Those of committed ones.
    Committed,
    /// All, as Java's consumers read by default.
    Uncommitted,
}

/// Reads spans of a topic; the records of each partition come in their order.
pub struct TopicReader {
    consumer: BaseConsumer<Logged>,
    topic: String,
    spans: Vec<Span>,
    ends: Ends,
}

impl std::fmt::Debug for TopicReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TopicReader").field("topic", &self.topic).field("spans", &self.spans).finish()
    }
}

impl TopicReader {
    /// Begins to read.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn open(
        connection: &Connection,
        topic: &str,
        spans: &[Span],
        isolation: Isolation,
    ) -> Result<Self, ClusterError> {
        let level = match isolation {
            Isolation::Committed => "read_committed",
            Isolation::Uncommitted => "read_uncommitted",
        };
        let own = [
            ("group.id", GROUP),
            ("enable.auto.commit", "false"),
            ("isolation.level", level),
            ("allow.auto.create.topics", "false"),
            ("auto.offset.reset", "earliest"),
            ("enable.partition.eof", "true"),
            // Readers stand beside a translator on the same machine: they keep little.
            ("queued.max.messages.kbytes", "16384"),
            ("fetch.wait.max.ms", "50"),
        ];
        let consumer: BaseConsumer<Logged> = connection
            .config(&own)
            .create_with_context(Logged)
            .map_err(|error| ClusterError::client(&error))?;
        let assign = || -> Result<(), KafkaError> {
            let mut list = TopicPartitionList::new();
            for span in spans.iter().filter(|span| span.from < span.end) {
                list.add_partition_offset(topic, span.partition, Offset::Offset(span.from))?;
            }
            consumer.assign(&list)
        };
        assign().map_err(|error| ClusterError::answer(format!("reading `{topic}`"), &error))?;
        let mut ends = Ends::default();
        for span in spans {
            ends.add(span.partition, span.from, span.end);
        }
        Ok(Self { consumer, topic: topic.to_owned(), spans: spans.to_vec(), ends })
    }

    /// The next record; `None` when all spans are read.
    ///
    /// # Errors
    /// [`ClusterError::Answer`] and [`ClusterError::Stalled`].
    pub fn read(&mut self) -> Result<Option<OwnedRecord>, ClusterError> {
        let started = Instant::now();
        while !self.ends.are_reached() {
            match self.consumer.poll(TICK) {
                Some(Ok(message)) => {
                    let record = OwnedRecord::of(&message);
                    self.ends.read(record.partition, record.offset);
                    if self.is_wanted(&record) {
                        return Ok(Some(record));
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => self.ends.exhausted(partition),
                Some(Err(error @ KafkaError::MessageConsumptionFatal(_))) => {
                    return Err(ClusterError::answer(format!("reading `{}`", self.topic), &error));
                }
                // The client tries again by itself.
                Some(Err(error)) => tracing::debug!(topic = self.topic, "reading: {error}"),
                None => {}
            }
            if started.elapsed() > PATIENCE {
                return Err(ClusterError::Stalled(self.topic.clone()));
            }
        }
        Ok(None)
    }

    /// All records that are left.
    ///
    /// # Errors
    /// See [`Self::read`].
    pub fn read_all(mut self) -> Result<Vec<OwnedRecord>, ClusterError> {
        let mut records = Vec::new();
        while let Some(record) = self.read()? {
            records.push(record);
        }
        Ok(records)
    }

    fn is_wanted(&self, record: &OwnedRecord) -> bool {
        let span = self.spans.iter().find(|span| span.partition == record.partition);
        span.is_some_and(|span| (span.from..span.end).contains(&record.offset))
    }
}
