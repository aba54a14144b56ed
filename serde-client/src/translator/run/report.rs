//! What a run has done.

use std::collections::BTreeMap;

use super::batch::Fate;

/// Counts of a run, of all workers together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunReport {
    /// Records by what became of them. At least once, some may be counted that will be translated again.
    pub records: BTreeMap<Fate, u64>,
    /// Transactions that were committed, or batches at least once.
    pub commits: u64,
    /// Transactions that were aborted and tried again.
    pub aborts: u64,
    /// How often a worker had to start anew: another producer had taken its place, or an outcome was unknown.
    pub restarts: u64,
}

impl RunReport {
    /// Records with a fate.
    #[must_use]
    pub fn count(&self, fate: Fate) -> u64 {
        self.records.get(&fate).copied().unwrap_or_default()
    }
}
