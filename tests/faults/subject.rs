//! What a writer believes about a subject that only it writes to.

use std::collections::BTreeMap;

/// A subject's versions and config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) versions: BTreeMap<i64, Version>,
    pub(crate) level: Option<String>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) id: i64,
    pub(crate) guid: String,
    pub(crate) text: String,
    pub(crate) deleted: bool,
}

impl Subject {
    /// The number that the next version gets: soft-deleted numbers count, numbers deleted for good do not.
    pub(crate) fn next_version(&self) -> i64 {
        self.versions.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    /// The numbers that are live, or those that are not.
    pub(crate) fn numbers(&self, deleted: bool) -> Vec<i64> {
        self.versions
            .iter()
            .filter(|(_, version)| version.deleted == deleted)
            .map(|(number, _)| *number)
            .collect()
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        self.versions.values().any(|version| version.text == text)
    }
}
