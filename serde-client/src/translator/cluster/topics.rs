//! Partitions and offsets of topics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::connection::{ClusterError, Connection, Logged};
use super::reader::{GROUP, Span};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a topic that was just created may be unknown to the broker that is asked.
const NEW_TOPIC_PATIENCE: Duration = Duration::from_secs(3);

/// One wait for it.
const NEW_TOPIC_WAIT: Duration = Duration::from_millis(100);

/// Asks a cluster about its topics.
pub struct Cluster {
    client: BaseConsumer<Logged>,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cluster")
    }
}

impl Cluster {
    /// A client; nothing is asked yet. Offsets of `group` can be asked for.
    ///
    /// # Errors
    /// [`ClusterError::Client`].
    pub fn connect(connection: &Connection, group: &str) -> Result<Self, ClusterError> {
        Self::of(connection, group, "read_committed")
    }

    fn of(connection: &Connection, group: &str, isolation: &str) -> Result<Self, ClusterError> {
        let own = [
            ("group.id", group),
            ("enable.auto.commit", "false"),
            ("isolation.level", isolation),
            ("allow.auto.create.topics", "false"),
        ];
        let client = connection.config(&own).create_with_context(Logged);
        Ok(Self { client: client.map_err(|error| ClusterError::client(&error))? })
    }

    /// A client that counts records of open transactions too.
    pub(super) fn of_all_records(connection: &Connection) -> Result<Self, ClusterError> {
        Self::of(connection, GROUP, "read_uncommitted")
    }

    /// The group as one who is not its member names it.
    pub(crate) fn outsider(&self) -> Option<ConsumerGroupMetadata> {
        self.client.group_metadata()
    }

    pub(super) fn client(&self) -> &BaseConsumer<Logged> {
        &self.client
    }

    /// How many partitions a topic has. A topic that was just created is waited for.
    ///
    /// # Errors
    /// [`ClusterError`], [`ClusterError::NoTopic`] among them.
    pub fn partitions(&self, topic: &str) -> Result<i32, ClusterError> {
        let started = Instant::now();
        loop {
            match self.partitions_now(topic) {
                Err(ClusterError::NoTopic(_)) if started.elapsed() < NEW_TOPIC_PATIENCE => {
                    std::thread::sleep(NEW_TOPIC_WAIT);
                }
                answer => return answer,
            }
        }
    }

    pub(super) fn partitions_now(&self, topic: &str) -> Result<i32, ClusterError> {
        let what = || format!("asking for the partitions of `{topic}`");
        let metadata = self.client.fetch_metadata(Some(topic), PATIENCE);
        let metadata = metadata.map_err(|error| ClusterError::answer(what(), &error))?;
        let found = metadata.topics().iter().find(|found| found.name() == topic);
        let found = found.ok_or_else(|| ClusterError::NoTopic(topic.to_owned()))?;
        match found.error().map(RDKafkaErrorCode::from) {
            Some(
                RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::UnknownTopic
                | RDKafkaErrorCode::UnknownPartition,
            ) => {
                return Err(ClusterError::NoTopic(topic.to_owned()));
            }
            Some(code) => return Err(ClusterError::Answer { what: what(), reason: code.to_string() }),
            None => {}
        }
        Ok(i32::try_from(found.partitions().len()).unwrap_or(i32::MAX))
    }

    /// From the oldest record of a partition to its end, which is where the oldest open transaction begins.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn span(&self, topic: &str, partition: i32) -> Result<Span, ClusterError> {
        let answer = self.client.fetch_watermarks(topic, partition, PATIENCE);
        let (from, end) = answer.map_err(|error| {
            ClusterError::answer(
                format!("asking for the offsets of `{topic}`, partition {partition}"),
                &error,
            )
        })?;
        Ok(Span { partition, from, end })
    }

    /// [`Self::span`] of every partition.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn spans(&self, topic: &str) -> Result<Vec<Span>, ClusterError> {
        (0..self.partitions(topic)?).map(|partition| self.span(topic, partition)).collect()
    }

    /// The end of every partition in one answer, as in [`Self::span`].
    ///
    /// # Errors
    /// [`ClusterError`].
    pub(crate) fn ends(&self, topic: &str) -> Result<Vec<(i32, i64)>, ClusterError> {
        self.offsets(topic, Offset::End, &format!("asking `{topic}` for its ends"))
    }

    /// The offsets that the group has committed, by partition, without those of open transactions.
    ///
    /// # Errors
    /// [`ClusterError::Answer`], also while a transaction that holds offsets is open.
    pub fn committed(
        &self,
        topic: &str,
        partitions: &[i32],
    ) -> Result<Vec<(i32, Option<i64>)>, ClusterError> {
        let offsets = committed(&self.client, topic, partitions)?;
        Ok(offsets.into_iter().map(|(partition, offset, _)| (partition, offset)).collect())
    }

    /// The offsets of the first records of a time or later; the end of a partition where there is none.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn offsets_at(&self, topic: &str, timestamp: i64) -> Result<Vec<(i32, i64)>, ClusterError> {
        let what = format!("asking `{topic}` for the offsets of a time");
        self.offsets(topic, Offset::Offset(timestamp), &what)
    }

    /// The offsets of a time in milliseconds since 1970, or of an end.
    fn offsets(&self, topic: &str, time: Offset, what: &str) -> Result<Vec<(i32, i64)>, ClusterError> {
        let failed = |error| ClusterError::answer(what.to_owned(), &error);
        let mut asked = TopicPartitionList::new();
        for partition in 0..self.partitions(topic)? {
            asked.add_partition_offset(topic, partition, time).map_err(failed)?;
        }
        let found = self.client.offsets_for_times(asked, PATIENCE).map_err(failed)?;
        let offset =
            |element: &rdkafka::topic_partition_list::TopicPartitionListElem<'_>| match element.offset() {
                Offset::Offset(offset) => Ok((element.partition(), offset)),
                _ => Ok((element.partition(), self.span(topic, element.partition())?.end)),
            };
        found.elements().iter().map(offset).collect()
    }

    /// Commits offsets for the group, which must have no members.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn commit(&self, topic: &str, offsets: &[(i32, i64)]) -> Result<(), ClusterError> {
        let answer = || -> Result<(), rdkafka::error::KafkaError> {
            let mut list = TopicPartitionList::new();
            for (partition, offset) in offsets {
                list.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
            }
            self.client.commit(&list, rdkafka::consumer::CommitMode::Sync)
        };
        answer().map_err(|error| ClusterError::answer(format!("committing offsets of `{topic}`"), &error))
    }
}

/// A partition, its offset if it has one, and the text beside it.
pub(crate) type NotedOffset = (i32, Option<i64>, String);

/// See [`Cluster::committed`]; for any consumer of the group that reads committed records only.
pub(crate) fn committed<C: rdkafka::consumer::ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    partitions: &[i32],
) -> Result<Vec<NotedOffset>, ClusterError> {
    let what = || format!("asking for the committed offsets of `{topic}`");
    let mut asked = TopicPartitionList::new();
    for partition in partitions {
        asked.add_partition(topic, *partition);
    }
    let found = consumer.committed_offsets(asked, PATIENCE);
    let found = found.map_err(|error| ClusterError::answer(what(), &error))?;
    let mut offsets = Vec::new();
    for element in found.elements() {
        element.error().map_err(|error| ClusterError::answer(what(), &error))?;
        let offset = match element.offset() {
            Offset::Offset(offset) => Some(offset),
            _ => None,
        };
        // The client panics where it is no UTF-8, and any client of the group can write such a one.
        let text = catch_unwind(AssertUnwindSafe(|| element.metadata().to_owned())).unwrap_or_default();
        offsets.push((element.partition(), offset, text));
    }
    Ok(offsets)
}
