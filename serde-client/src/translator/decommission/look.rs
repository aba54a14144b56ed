//! What the cluster shows at one moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::cluster::GroupState;

/// A topic of the migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one that is to go.
    Old,
    /// The one that stays.
    New,
}

impl Side {
    /// As tables show it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Milliseconds since 1970-01-01.
    pub at: i64,
    /// Records of the old topic since the last look that the translator did not write; `None` where records do not tell.
    pub native: Option<u64>,
    /// By partition of the old topic: where the next look begins to count.
    pub scanned: BTreeMap<i32, i64>,
    /// Consumer groups of both topics, the translator's own left out.
    pub groups: Vec<GroupLook>,
    /// The dead-letter queue.
    pub dead_letters: DeadLettersWaiting,
    /// The translator's own groups.
    pub translators: Vec<TranslatorLook>,
}

/// A consumer group of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupLook {
    /// Its id.
    pub group: String,
    /// The topic.
    pub side: Side,
    /// What it is doing.
    pub state: GroupState,
    /// Client ids and hosts of its members; `None` where they are not told.
    pub clients: Option<Vec<String>>,
    /// What it has committed, by partition.
    pub positions: BTreeMap<i32, i64>,
    /// Records behind that, see [`super::super::cluster::left`].
    pub left: u64,
}

/// Records of the dead-letter queue that were not replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLettersWaiting {
    /// How many.
    pub records: u64,
    /// Keys that are fenced by them.
    pub keys: u64,
    /// The ends of the queue's partitions: while they stay, nothing needs to be counted again.
    pub ends: BTreeMap<i32, i64>,
}

/// How far a direction has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TranslatorLook {
    /// `new->old` or `old->new`.
    pub direction: String,
    /// Its group.
    pub group: String,
    /// What the group is doing; `None`: there is no such group yet.
    pub state: Option<GroupState>,
    /// Client ids and hosts.
    pub clients: Vec<String>,
    /// By partition: committed, end, records that are left.
    pub partitions: Vec<PartitionLag>,
    /// Records that are left in all partitions.
    pub left: u64,
}

/// A partition that a direction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PartitionLag {
    /// The partition.
    pub partition: i32,
    /// What is committed; `None`: nothing yet.
    pub committed: Option<i64>,
    /// The offset behind the last one.
    pub end: i64,
    /// Records between the two. Markers of transactions are none.
    pub left: u64,
}
