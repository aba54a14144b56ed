//! Why a run ends before it should.

use super::super::cluster::ClusterError;
use super::super::migration::Direction;
use super::super::translation::RecordFault;

/// See the variants; each message names the place and, where there is one, the cure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The cluster does not do what is asked of it.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The migration asks for something that cannot be run.
    #[error("{0}")]
    Settings(String),
    /// The group has translated with another mapping.
    #[error(
        "the group runs with the mapping {running}, and this is {given}: accept the change of the mapping, or go back"
    )]
    MappingChanged {
        /// The hash of the mapping that the group runs with.
        running: String,
        /// The hash of the one that was given.
        given: String,
    },
    /// Records cannot keep their partitions.
    #[error(
        "`{source_topic}` has {source_count} partitions and `{target_topic}` has {target_count}: records keep their \
         partitions, so the numbers must be equal; add partitions to the smaller one"
    )]
    PartitionCounts {
        /// The topic that is read.
        source_topic: String,
        /// Its partitions.
        source_count: i32,
        /// The topic that is written.
        target_topic: String,
        /// Its partitions.
        target_count: i32,
    },
    /// Records would go to other partitions than those of their keys before.
    #[error(
        "records are placed by {running}, and would be by {given}: keys would change their partitions. Stop all \
         instances and accept the change (`--accept-mapping-change`), or go back"
    )]
    PlacementChanged {
        /// How records are placed.
        running: String,
        /// How they would be.
        given: String,
    },
    /// The partitioner is not known.
    #[error(
        "the partitioner of `{topic}` cannot be detected: {reason}. Name it in the mapping, such as \
         `rehash: {{algorithm: murmur2}}`, which is the Java client's"
    )]
    Partitioner {
        /// The topic that is written.
        topic: String,
        /// What was seen.
        reason: String,
    },
    /// A record cannot be translated, and the error policy is to stop.
    #[error("`{topic}`, partition {partition}, offset {offset}: {fault}")]
    Record {
        /// The topic that is read.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset.
        offset: i64,
        /// What is wrong.
        fault: RecordFault,
    },
    /// A run that is to end at the end cannot get there.
    #[error("partition {partition} of `{topic}` cannot be read to its end: {reason}")]
    Held {
        /// The topic that is read.
        topic: String,
        /// The partition.
        partition: i32,
        /// What it waits for.
        reason: String,
    },
    /// A run that is to end at the end may not begin.
    #[error("the migration is paused: `translator resume` lets it go on")]
    Paused,
    /// A direction is asked for alone, to its end, that has not begun.
    #[error("{0} begins with the cutover: `translator cutover` turns the migration round")]
    NotYet(Direction),
    /// Too many records fail.
    #[error(
        "too many records cannot be translated: correct the mapping, replay the dead-letter queue, start again"
    )]
    BreakerOpen,
    /// More keys wait in the dead-letter queue than can be kept in order.
    #[error(
        "more than a million keys wait in the dead-letter queue: replay it, or give up the order of keys with `fence_key: false`"
    )]
    FenceFull,
    /// Records are gone that were not translated yet.
    #[error(
        "`{0}` does not hold the committed offsets any more: records were deleted before they were translated"
    )]
    OffsetsLost(String),
    /// A translated record is refused for its size.
    #[error("a translated record is larger than `{0}` allows: raise its `max.message.bytes`")]
    TooLarge(String),
    /// Another process takes this one's place again and again.
    #[error("another process runs with the instance name `{0}`: every process needs one of its own")]
    Fenced(String),
    /// The broker will not have it, and trying again will not help.
    #[error("the broker refuses: {0}")]
    Refused(String),
    /// The address for metrics and health cannot be used.
    #[error("cannot answer on {address}: {reason}")]
    Address {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        reason: String,
    },
    /// A thread has ended by itself.
    #[error("a worker has failed: {0}")]
    Worker(String),
}
