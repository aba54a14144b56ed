//! The state of one search.

use crate::json::precise::matching::Matching;
use crate::json::precise::prover::Prover;

/// Values that are made in one search, at most.
const VISITS_MAX: usize = 20_000;

/// A search for documents that are valid for one schema and not for another.
pub(super) struct Search<'m> {
    pub(super) matching: &'m Matching,
    pub(super) prover: Prover<'m>,
    pub(super) depth: usize,
    visits: usize,
}

impl<'m> Search<'m> {
    pub(super) fn new(matching: &'m Matching) -> Self {
        Self { matching, prover: Prover::new(matching), depth: 0, visits: VISITS_MAX }
    }

    /// Takes one step, unless the budget is spent.
    pub(super) fn visit(&mut self) -> bool {
        match self.visits.checked_sub(1) {
            Some(left) => {
                self.visits = left;
                true
            }
            None => false,
        }
    }

    /// Looks at a value inside the one at hand.
    pub(super) fn inside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let made = stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || work(self));
        self.depth -= 1;
        made
    }
}
