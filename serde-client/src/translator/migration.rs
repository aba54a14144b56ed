//! A migration and its settings, once they are read and valid.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Two topics, and how the records of one become records of the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// Names the migration in group ids, transactional ids, headers and metrics: letters, digits, `.`, `_`, `-`.
    pub name: String,
    /// Where the schemas are.
    pub registry: RegistryPlace,
    /// The topic that is left.
    pub old: TopicSchemas,
    /// The topic that is moved to.
    pub new: TopicSchemas,
    /// Which ways records are translated; never empty.
    pub directions: BTreeSet<Direction>,
    /// How two directions get along.
    pub pairing: Pairing,
    /// What a crash may do to records.
    pub delivery: Delivery,
    /// Which partition a translated record goes to.
    pub partitioning: Partitioning,
    /// Where a translator begins that has no committed offsets.
    pub start: Start,
    /// What becomes of headers.
    pub headers: Headers,
    /// What becomes of records that cannot be translated.
    pub errors: ErrorPolicy,
    /// Who moves from which consumer group to which.
    pub consumers: Vec<ConsumerMove>,
}

/// The registry that holds the schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryPlace {
    /// Base URLs; may be left to the command line.
    pub urls: Vec<String>,
    /// The context of the subjects, such as `.staging`; `None` is the default context.
    pub context: Option<String>,
}

/// A topic and the schemas that its records are taken to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSchemas {
    /// The topic.
    pub topic: String,
    /// The pinned schema of keys; `None`: keys are bytes that are copied.
    pub key: Option<PinnedSchema>,
    /// The pinned schema of values.
    pub value: PinnedSchema,
}

impl TopicSchemas {
    /// The subjects of its values and of its keys.
    #[must_use]
    pub fn subjects(&self) -> Vec<&str> {
        [Some(&self.value), self.key.as_ref()]
            .into_iter()
            .flatten()
            .map(|pinned| pinned.subject.as_str())
            .collect()
    }
}

/// A version that never moves: `latest` would pick tomorrow's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedSchema {
    /// The subject.
    pub subject: String,
    /// The version, from 1.
    pub version: u32,
    /// Full name of the Protobuf message; `None` is the first one of the file.
    pub message: Option<String>,
}

/// Which topic is read and which is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Reads the new topic and keeps the old one fed: producers move first.
    NewToOld,
    /// Reads the old topic and keeps the new one fed: consumers move first.
    OldToNew,
}

impl Direction {
    /// As mapping files spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NewToOld => "new->old",
            Self::OldToNew => "old->new",
        }
    }

    /// For ids and labels, where `>` may not stand.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::NewToOld => "new-old",
            Self::OldToNew => "old-new",
        }
    }

    /// The other way.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::NewToOld => Self::OldToNew,
            Self::OldToNew => Self::NewToOld,
        }
    }
}

/// How the two directions of a migration get along. A key that is written on both sides at once has no order that both
/// topics could agree on, so it has to be said why that does not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pairing {
    /// Nothing is said: for one direction.
    #[default]
    Undeclared,
    /// Both translate at the same time, and every key has a single writer, in one of the topics.
    SingleWriterPerKey,
    /// One after the other: old to new until the cutover, new to old from then on.
    Cutover,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Migration {
    /// The topic that a direction reads.
    #[must_use]
    pub fn source(&self, direction: Direction) -> &TopicSchemas {
        match direction {
            Direction::NewToOld => &self.new,
            Direction::OldToNew => &self.old,
        }
    }

    /// The topic that a direction writes.
    #[must_use]
    pub fn target(&self, direction: Direction) -> &TopicSchemas {
        self.source(direction.reverse())
    }

    /// Why its directions, its pairing and its provenance do not go together, with the cure.
    ///
    /// # Errors
    /// A sentence.
    pub fn check_pairing(&self) -> Result<(), &'static str> {
        let both = self.directions.len() > 1;
        if both && self.headers.provenance == Provenance::Off {
            return Err(
                "two directions need provenance, or each would translate what the other one has written: leave \
                 `provenance: off` away",
            );
        }
        match self.pairing {
            Pairing::Undeclared if both => Err(
                "a key that is written to both topics at once has no order that both could keep: where every key has one \
                 writer at a time, say so with `writers: single-per-key`; where producers move all at once, use \
                 `directions: cutover`",
            ),
            Pairing::SingleWriterPerKey | Pairing::Cutover if !both => {
                Err("`writers` and cutovers are for two directions: leave them away, or name both")
            }
            _ => Ok(()),
        }
    }

    /// The consumer group of a direction.
    #[must_use]
    pub fn group(&self, direction: Direction) -> String {
        format!("srt.{}.{}", self.name, direction.slug())
    }

    /// The compacted topic in which the migration keeps what is not in offsets.
    #[must_use]
    pub fn state_topic(&self) -> String {
        format!("__srt_{}", self.name)
    }
}

/// What a crash may do to records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Records and the offsets they came from are committed in one transaction.
    #[default]
    ExactlyOnce,
    /// After a crash some records are written again.
    AtLeastOnce,
}

/// Which partition a translated record goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Partitioning {
    /// The one with the number of its source.
    #[default]
    Preserve,
    /// The one that a partitioner chooses for the target's key.
    Rehash {
        /// The partitioner.
        algorithm: PartitionHash,
        /// The schema id that stands in front of the key bytes that are hashed; `None` is the id of the pinned key schema.
        key_schema_id: Option<u32>,
    },
    /// The one that Java's partitioner chooses for a key that is the text of a value of the source record.
    Field {
        /// Path of the value.
        path: String,
    },
}

/// The hash functions of the common partitioners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartitionHash {
    /// Whatever the records of the target topic show.
    Detect,
    /// The Java client's, and that of most others.
    Murmur2,
    /// librdkafka's `consistent`.
    Crc32,
    /// `fnv1a` of librdkafka, and sarama's.
    Fnv1a,
}

impl fmt::Display for PartitionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Detect => "detect",
            Self::Murmur2 => "murmur2",
            Self::Crc32 => "crc32",
            Self::Fnv1a => "fnv1a",
        })
    }
}

/// Where a translator begins that has no committed offsets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With the oldest record.
    #[default]
    Earliest,
    /// Behind the newest record.
    Latest,
    /// With the first record of that time: milliseconds since 1970-01-01.
    Timestamp(i64),
    /// By partition; those that are not named begin with the oldest record.
    Offsets(Vec<(i32, i64)>),
}

/// What becomes of headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    /// Whether the source's headers are copied at all.
    pub copy: bool,
    /// Names of headers that are not copied.
    pub drop: Vec<String>,
    /// How a record says where it came from.
    pub provenance: Provenance,
}

impl Default for Headers {
    fn default() -> Self {
        Self { copy: true, drop: Vec::new(), provenance: Provenance::default() }
    }
}

/// How a translated record says where it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provenance {
    /// One binary header of about forty bytes.
    #[default]
    Compact,
    /// The same, and readable headers beside it.
    Full,
    /// Not at all: only one way and exactly once.
    Off,
}

/// What becomes of records that cannot be translated.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorPolicy {
    /// Where they go.
    pub on_error: OnError,
    /// When to stop instead of emptying a topic into the dead-letter queue.
    pub breaker: Option<Breaker>,
    /// Whether the later records of a key follow its first one into the dead-letter queue, so that its order survives.
    pub fence_key: bool,
    /// Whether records without a known framing are copied as they are.
    pub passthrough: bool,
}

impl Default for ErrorPolicy {
    fn default() -> Self {
        Self { on_error: OnError::Fail, breaker: None, fence_key: true, passthrough: false }
    }
}

/// Where records go that cannot be translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnError {
    /// Nowhere: the translator stops.
    Fail,
    /// To this topic, as they were, with headers that say why.
    DeadLetter {
        /// The topic.
        topic: String,
    },
    /// They are counted and left out.
    Skip,
}

/// Opens when too many records fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breaker {
    /// Failed records of all records, 0 to 1.
    pub ratio: f64,
    /// Over how long.
    pub window: Duration,
}

/// A consumer group that moves from the old topic to the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerMove {
    /// Its group on the old topic.
    pub old: String,
    /// Its group on the new topic.
    pub new: String,
    /// Whom to ask.
    pub owner: Option<String>,
}
