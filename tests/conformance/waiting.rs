//! The cases that may fail because they need what is not built yet.

use std::collections::BTreeSet;

use crate::case::Case;

/// The names in `waiting.txt`, each `area/name`; `#` begins a comment.
#[derive(Debug)]
pub(crate) struct Waiting(BTreeSet<String>);

impl Waiting {
    pub(crate) fn load() -> Self {
        let text = include_str!("waiting.txt");
        Self(
            text.lines()
                .map(|line| line.split('#').next().unwrap_or_default().trim())
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    pub(crate) fn contains(&self, case: &Case) -> bool {
        self.0.contains(&case.full_name())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
