//! What a proof has found.

use serde::Serialize;

use super::super::migration::Delivery;

/// Differences that a report shows; all are counted.
pub(crate) const DIFFERENCES_MAX: usize = 20;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every record that the source still holds.
    Full,
    /// The newest records of each partition: this many offsets.
    Newest(u32),
    /// The latest record of each key, for compacted topics.
    LatestByKey,
}

/// Records by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records of the source; by key: keys.
    pub source: u64,
    /// Found once in the target, equal to what the mapping makes of them.
    pub translated: u64,
    /// In the dead-letter queue.
    pub dead_lettered: u64,
    /// Left out, because they cannot be translated and the policy says so.
    pub skipped: u64,
    /// Left out, because the other direction had written them.
    pub echoes: u64,
    /// Records of the target that the translator did not write.
    pub native: u64,
    /// Nowhere.
    pub lost: u64,
    /// More than once in the target or the dead-letter queue.
    pub doubled: u64,
    /// Behind a later record of the same partition.
    pub reordered: u64,
    /// Not what the mapping makes of their origins.
    pub wrong: u64,
    /// In the target, from an origin that the source does not hold.
    pub orphans: u64,
}

impl Counts {
    /// Records that are not as they should be.
    #[must_use]
    pub fn differences(&self) -> u64 {
        self.lost + self.doubled + self.reordered + self.wrong + self.orphans
    }

    /// Counts of another partition too.
    pub(crate) fn add(&mut self, other: &Self) {
        self.source += other.source;
        self.translated += other.translated;
        self.dead_lettered += other.dead_lettered;
        self.skipped += other.skipped;
        self.echoes += other.echoes;
        self.native += other.native;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.wrong += other.wrong;
        self.orphans += other.orphans;
    }
}

/// Kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// See [`Counts::lost`].
    Lost,
    /// See [`Counts::doubled`].
    Doubled,
    /// See [`Counts::reordered`].
    Reordered,
    /// See [`Counts::wrong`].
    Wrong,
    /// See [`Counts::orphans`].
    Orphan,
}

/// One record that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What is wrong.
    pub kind: DifferenceKind,
    /// The partition of the source; that of the target where the source has no such record.
    pub partition: i32,
    /// The offset in the source.
    pub origin: i64,
    /// The offset in the target, where there is such a record.
    pub target: Option<i64>,
    /// A sentence about it.
    pub detail: String,
}

/// The result of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// The migration.
    pub migration: String,
    /// `new->old` or `old->new`.
    pub direction: String,
    /// The mapping, see [`crate::translator::translation::Translate::mapping_hash`].
    pub mapping: String,
    /// What was compared.
    pub scope: Scope,
    /// Whether a crash may have doubled records.
    pub duplicates_allowed: bool,
    /// Offsets of the source that were compared, by partition: from, and behind the last one.
    pub spans: Vec<(i32, i64, i64)>,
    /// All partitions together.
    pub counts: Counts,
    /// Where records choose their partitions: keys with records of several partitions of the source, whose order nothing
    /// says.
    pub shared_keys: u64,
    /// The first ones.
    pub differences: Vec<Difference>,
}

impl VerifyReport {
    /// Whether everything is as the migration promises.
    #[must_use]
    pub fn passed(&self) -> bool {
        let Counts { lost, doubled, reordered, wrong, orphans, .. } = self.counts;
        lost + reordered + wrong + orphans == 0 && (doubled == 0 || self.duplicates_allowed)
    }

    pub(crate) fn allows_duplicates(delivery: Delivery) -> bool {
        delivery == Delivery::AtLeastOnce
    }
}
