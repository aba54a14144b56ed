//! How a run is set up.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::super::cluster::Connection;
use super::batch::BatchLimits;

/// Bytes that a run may hold at once, librdkafka's queues among them.
const MEMORY: usize = 256 << 20;

/// See [`Options::sampling`].
const SAMPLING: Duration = Duration::from_secs(30);

/// See the fields. `Options::new` has the defaults.
#[derive(Clone)]
pub struct Options {
    /// The cluster, which holds both topics.
    pub connection: Connection,
    /// Settings of librdkafka for the consumers alone.
    pub consumer_properties: Vec<(String, String)>,
    /// Settings of librdkafka for the producers alone.
    pub producer_properties: Vec<(String, String)>,
    /// Names this process among those of the migration. Two processes with one name fence one another.
    pub instance: String,
    /// Consumers with a producer each, every one in a thread of its own; at least 1.
    pub workers: usize,
    /// Stop when everything is translated that is there at the start.
    pub once: bool,
    /// Whether a mapping may take the place of another one that the group has run with, and whether records may go to other
    /// partitions than before.
    pub accept_mapping_change: bool,
    /// Whether the group keeps the place of a process that has gone, until `session.timeout.ms` is over: one that comes
    /// back finds its partitions without a rebalance, but one that left for good keeps them from the others so long. Not
    /// with [`Self::once`].
    pub static_membership: bool,
    /// When a batch is complete. At least once, records are written as they come and offsets committed in its interval.
    pub batch: BatchLimits,
    /// Bytes that all workers may hold together, librdkafka's queues among them.
    pub memory: usize,
    /// Where `/metrics`, `/health/live` and `/health/ready` are answered; nowhere when absent.
    pub metrics: Option<SocketAddr>,
    /// How often consumer groups and the old topic are looked at, for the decommissioning.
    pub sampling: Duration,
    /// Called at the steps of a batch, from the thread that takes them.
    pub on_step: Option<StepHook>,
}

/// See [`Options::on_step`].
pub type StepHook = Arc<dyn Fn(Step) + Send + Sync>;

/// Where a batch is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Its records are translated.
    Translated,
    /// Its transaction has begun.
    Begun,
    /// Half of its records are with the producer.
    Producing,
    /// The offsets are part of the transaction.
    OffsetsSent,
    /// The transaction is about to be committed.
    Committing,
    /// Records and offsets are committed.
    Committed,
    /// Partitions are about to be given up.
    Revoking,
}

impl Options {
    /// The defaults for a cluster: one worker, until it is stopped, 256 MiB.
    #[must_use]
    pub fn new(connection: Connection, instance: impl Into<String>) -> Self {
        Self {
            connection,
            consumer_properties: Vec::new(),
            producer_properties: Vec::new(),
            instance: instance.into(),
            workers: 1,
            once: false,
            accept_mapping_change: false,
            static_membership: true,
            batch: BatchLimits::default(),
            memory: MEMORY,
            metrics: None,
            sampling: SAMPLING,
            on_step: None,
        }
    }

    /// How much of the memory a worker has.
    pub(crate) fn share(&self) -> Share {
        let each = self.memory / self.workers.max(1);
        // Fetched and unread, on the way from the broker, in the batch, and at the producer.
        Share { fetched: each / 4, fetching: each / 4, writing: each / 4 }
    }

    pub(crate) fn step(&self, step: Step) {
        if let Some(hook) = &self.on_step {
            hook(step);
        }
    }

    /// How long a partition may go without a commit before the run is not ready any more.
    pub(crate) fn readiness(&self) -> Duration {
        self.batch.age * 3 + Duration::from_secs(1)
    }
}

/// Bytes for each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Read from the broker and not yet looked at.
    pub(crate) fetched: usize,
    /// The most that one answer of a broker holds.
    pub(crate) fetching: usize,
    /// Written and not yet with the broker.
    pub(crate) writing: usize,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Properties may hold passwords.
        f.debug_struct("Options")
            .field("connection", &self.connection)
            .field("instance", &self.instance)
            .field("workers", &self.workers)
            .field("once", &self.once)
            .field("batch", &self.batch)
            .field("memory", &self.memory)
            .field("metrics", &self.metrics)
            .finish_non_exhaustive()
    }
}
