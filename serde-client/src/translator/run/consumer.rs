//! The consumer of a group, whose rebalances are handled where its records are.
//!
//! The client announces a rebalance in the middle of a poll and waits for an answer. Here it is only noted: the worker
//! first finishes the batch that it has in hand, and answers then.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{
    BaseConsumer, CommitMode, Consumer, ConsumerContext, ConsumerGroupMetadata, RebalanceProtocol,
};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::BorrowedMessage;
use rdkafka::statistics::{Partition, Statistics};
use rdkafka::types::{RDKafkaErrorCode, RDKafkaRespErr};
use rdkafka::{Offset, TopicPartitionList};

use super::super::cluster::{ClusterError, NotedOffset, committed, log};
use super::super::migration::{Direction, Migration};
use super::error::RunError;
use super::options::Options;

/// What the group has decided, to be answered by [`GroupConsumer::assign`] or [`GroupConsumer::unassign`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rebalance {
    Assigned(Vec<i32>),
    Revoked {
        partitions: Vec<i32>,
        /// Somebody else may read them already.
        lost: bool,
    },
}

/// What a poll brings.
pub(crate) enum Polled<'a> {
    Record(BorrowedMessage<'a>),
    /// Nothing is left to read of a partition just now.
    Exhausted(i32),
    Nothing,
}

#[derive(Debug, Default)]
pub(crate) struct Group {
    rebalances: Mutex<VecDeque<Rebalance>>,
    closing: AtomicBool,
    /// By partition: offsets that are not read yet.
    lags: Mutex<BTreeMap<i32, i64>>,
}

impl ClientContext for Group {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!("{error}: {reason}");
    }

    fn stats(&self, statistics: Statistics) {
        let partitions = statistics.topics.into_values().flat_map(|topic| topic.partitions.into_values());
        let lag = |partition: Partition| {
            // Behind the end of what is committed stand only markers of transactions.
            let exhausted = partition.eof_offset >= partition.ls_offset;
            let left = if exhausted { 0 } else { partition.ls_offset - partition.app_offset };
            (partition.app_offset >= 0).then_some((partition.partition, left.max(0)))
        };
        *self.lags.lock().unwrap_or_else(PoisonError::into_inner) = partitions.filter_map(lag).collect();
    }
}

impl ConsumerContext for Group {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let assigned = event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        if self.closing.load(Ordering::Relaxed) {
            // Nobody asks for rebalances any more, and the client waits for an answer before it closes.
            answer(consumer, assigned, list);
            return;
        }
        let partitions = list.elements().iter().map(|element| element.partition()).collect();
        let rebalance = if assigned {
            Rebalance::Assigned(partitions)
        } else {
            Rebalance::Revoked { partitions, lost: consumer.assignment_lost() }
        };
        self.rebalances.lock().unwrap_or_else(PoisonError::into_inner).push_back(rebalance);
    }
}

/// The client's own answer: take what is assigned, give back what is revoked.
fn answer(consumer: &BaseConsumer<Group>, assigned: bool, list: &TopicPartitionList) {
    let cooperative = matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative);
    let answered = match (assigned, cooperative) {
        (true, true) => consumer.incremental_assign(list),
        (true, false) => consumer.assign(list),
        (false, true) => consumer.incremental_unassign(list),
        (false, false) => consumer.unassign(),
    };
    if let Err(error) = answered {
        tracing::warn!("answering a rebalance: {error}");
    }
}

/// See the module.
pub(crate) struct GroupConsumer {
    consumer: BaseConsumer<Group>,
    topic: String,
}

impl GroupConsumer {
    /// Joins the group of a direction as worker `number`.
    pub(crate) fn join(
        options: &Options,
        migration: &Migration,
        direction: Direction,
        number: usize,
    ) -> Result<Self, ClusterError> {
        let mut config = options.connection.config(&[]);
        let share = options.share();
        let member = member(options, migration, direction, number);
        let new_protocol = options
            .consumer_properties
            .iter()
            .any(|(name, value)| name == "group.protocol" && value == "consumer");
        config.set("group.id", migration.group(direction)).set("client.id", &member);
        config.set("fetch.max.bytes", share.fetching.max(FETCH_MIN).to_string());
        config.set("queued.max.messages.kbytes", (share.fetched >> 10).max(1).to_string());
        for (name, value) in CONSUMER {
            config.set(*name, *value);
        }
        if !new_protocol {
            config
                .set("partition.assignment.strategy", "cooperative-sticky")
                .set("session.timeout.ms", "10000");
        }
        if options.static_membership && !options.once {
            config.set("group.instance.id", &member);
        }
        for (name, value) in options.connection.properties.iter().chain(&options.consumer_properties) {
            config.set(name, value);
        }
        let consumer = config.create_with_context(Group::default());
        let consumer: BaseConsumer<Group> = consumer.map_err(|error| ClusterError::client(&error))?;
        let topic = migration.source(direction).topic.clone();
        let subscribed = consumer.subscribe(&[&topic]);
        subscribed.map_err(|error| ClusterError::answer(format!("subscribing to `{topic}`"), &error))?;
        Ok(Self { consumer, topic })
    }

    /// Waits for a record. Ends early when the group decides something.
    pub(crate) fn poll(&self, wait: Duration) -> Result<Polled<'_>, PollFault> {
        match self.consumer.poll(wait) {
            None => Ok(Polled::Nothing),
            Some(Ok(message)) => Ok(Polled::Record(message)),
            Some(Err(KafkaError::PartitionEOF(partition))) => Ok(Polled::Exhausted(partition)),
            Some(Err(error @ KafkaError::MessageConsumptionFatal(_))) => {
                let (code, reason) = self.consumer.client().fatal_error().unzip();
                let fenced = code == Some(RDKafkaErrorCode::FencedInstanceId);
                Err(PollFault::Rejoin { reason: reason.unwrap_or_else(|| error.to_string()), fenced })
            }
            Some(Err(error)) => match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                    Err(PollFault::Failed(RunError::OffsetsLost(self.topic.clone())))
                }
                Some(
                    RDKafkaErrorCode::TopicAuthorizationFailed | RDKafkaErrorCode::GroupAuthorizationFailed,
                ) => Err(PollFault::Failed(RunError::Refused(error.to_string()))),
                _ => {
                    tracing::debug!(topic = self.topic, "reading: {error}");
                    Ok(Polled::Nothing)
                }
            },
        }
    }

    /// The oldest decision of the group that has not been answered.
    pub(crate) fn rebalance(&self) -> Option<Rebalance> {
        let context = self.consumer.context();
        context.rebalances.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Whether the group waits for an answer.
    pub(crate) fn is_rebalancing(&self) -> bool {
        !self.consumer.context().rebalances.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Takes partitions, from an offset or from the oldest record.
    pub(crate) fn assign(&self, partitions: &[(i32, Option<i64>)]) -> Result<(), ClusterError> {
        self.with_list(partitions, "taking partitions", |list| {
            answer(&self.consumer, true, list);
            Ok(())
        })
    }

    /// Gives partitions back.
    pub(crate) fn unassign(&self, partitions: &[i32]) -> Result<(), ClusterError> {
        let list: Vec<_> = partitions.iter().map(|partition| (*partition, None)).collect();
        self.with_list(&list, "giving partitions back", |list| {
            answer(&self.consumer, false, list);
            Ok(())
        })
    }

    pub(crate) fn pause(&self, partitions: &[i32]) -> Result<(), ClusterError> {
        let list: Vec<_> = partitions.iter().map(|partition| (*partition, None)).collect();
        self.with_list(&list, "pausing", |list| self.consumer.pause(list))
    }

    pub(crate) fn resume(&self, partitions: &[i32]) -> Result<(), ClusterError> {
        let list: Vec<_> = partitions.iter().map(|partition| (*partition, None)).collect();
        self.with_list(&list, "resuming", |list| self.consumer.resume(list))
    }

    /// Commits offsets for the group, and waits for its answer.
    pub(crate) fn commit(&self, offsets: &[(i32, i64)]) -> Result<(), ClusterError> {
        let list: Vec<_> = offsets.iter().map(|(partition, offset)| (*partition, Some(*offset))).collect();
        self.with_list(&list, "committing offsets", |list| self.consumer.commit(list, CommitMode::Sync))
    }

    /// Where the group goes on, by partition, with the texts beside the offsets.
    pub(crate) fn committed(&self, partitions: &[i32]) -> Result<Vec<NotedOffset>, ClusterError> {
        committed(&self.consumer, &self.topic, partitions)
    }

    /// Offsets that are not read yet, by partition, as the client last knew them.
    pub(crate) fn lags(&self) -> BTreeMap<i32, i64> {
        self.consumer.context().lags.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// This member as the group knows it now.
    pub(crate) fn metadata(&self) -> Option<ConsumerGroupMetadata> {
        self.consumer.group_metadata()
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    fn with_list(
        &self,
        partitions: &[(i32, Option<i64>)],
        what: &str,
        call: impl FnOnce(&TopicPartitionList) -> KafkaResult<()>,
    ) -> Result<(), ClusterError> {
        let list = list(&self.topic, partitions);
        let called = list.and_then(|list| call(&list));
        called.map_err(|error| ClusterError::answer(format!("{what} of `{}`", self.topic), &error))
    }
}

impl Drop for GroupConsumer {
    fn drop(&mut self) {
        self.consumer.context().closing.store(true, Ordering::Relaxed);
        // What was announced and never answered would keep the client from closing.
        while let Some(rebalance) = self.rebalance() {
            let (assigned, partitions) = match rebalance {
                Rebalance::Assigned(partitions) => (true, partitions),
                Rebalance::Revoked { partitions, .. } => (false, partitions),
            };
            let partitions: Vec<_> = partitions.into_iter().map(|partition| (partition, None)).collect();
            if let Ok(list) = list(&self.topic, &partitions) {
                answer(&self.consumer, assigned, &list);
            }
        }
    }
}

/// Offsets of partitions; the oldest record where there is none.
pub(crate) fn list(topic: &str, partitions: &[(i32, Option<i64>)]) -> KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for (partition, offset) in partitions {
        let offset = offset.map_or(Offset::Beginning, Offset::Offset);
        list.add_partition_offset(topic, *partition, offset)?;
    }
    Ok(list)
}

/// Why polling cannot go on.
pub(crate) enum PollFault {
    /// Another consumer must be made.
    Rejoin {
        reason: String,
        /// Another member has this one's id.
        fenced: bool,
    },
    Failed(RunError),
}

/// The id of a worker, of its consumer and of its transactions.
pub(crate) fn member(
    options: &Options,
    migration: &Migration,
    direction: Direction,
    number: usize,
) -> String {
    format!("srt.{}.{}.{}.{number}", migration.name, direction.slug(), options.instance)
}

/// The client refuses less than its `message.max.bytes`.
const FETCH_MIN: usize = 1 << 20;

const CONSUMER: &[(&str, &str)] = &[
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    // Offsets that are gone are records that are lost: never a reason to go on elsewhere.
    ("auto.offset.reset", "error"),
    ("isolation.level", "read_committed"),
    ("allow.auto.create.topics", "false"),
    ("enable.partition.eof", "true"),
    ("fetch.wait.max.ms", "100"),
    // A batch's worth. What lies ready costs three times its bytes, of which the budget sees only these; ten times as many,
    // as by default, make nothing faster.
    ("queued.min.messages", "10000"),
    // By default a full queue makes the client look again only after a second.
    ("fetch.queue.backoff.ms", "10"),
    ("fetch.error.backoff.ms", "100"),
    ("reconnect.backoff.max.ms", "1000"),
    ("statistics.interval.ms", "1000"),
    // A partition that is added must not wait for five minutes.
    ("topic.metadata.refresh.interval.ms", "5000"),
];
