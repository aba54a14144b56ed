//! Pairs of schemas and what is known about them.
//!
//! A pair is compared once; what was found is kept relative to it. Recursive schemas make the question circular: a pair
//! that is still open counts as compatible. That may be wrong, so whenever it was assumed, everything is compared
//! again with the pairs that turned out incompatible known as such, until their number no longer grows. The answer is
//! the largest set of compatible pairs, as in the reference registry.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::difference::Difference;
use super::{FINDINGS_MAX, compare};

use crate::json::model::identity::Identities;
use crate::json::model::{Model, Node, NodeId};
use crate::json::recursion;
use crate::model::config::CompatibilityPolicy;

/// A node of either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Side {
    pub(super) of_reader: bool,
    pub(super) id: NodeId,
}

/// What was written and what it is read with. Under `not` the two models change places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub(super) original: Side,
    pub(super) update: Side,
}

/// The way from a pair to a place in it: the tokens of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'m> {
    /// The pair itself.
    Here,
    /// A keyword.
    Keyword(&'static str),
    /// A keyword and a name under it.
    Named(&'static str, &'m str),
    /// A keyword and a number under it.
    Index(&'static str, usize),
}

/// The index of an [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct OutcomeId(usize);

/// Why a pair is incompatible.
#[derive(Debug)]
pub(super) struct Outcome<'m> {
    pub(super) pair: Pair,
    /// Never empty; the first of them if there are more than a report holds.
    pub(super) items: Vec<Item<'m>>,
}

/// One reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'m> {
    pub(super) step: Step<'m>,
    pub(super) what: What,
}

/// What is wrong at a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// A difference, and for combined schemas the part that has no partner.
    Found(Difference, Option<Side>),
    /// Everything that is wrong with the pair that lies there.
    Inner(OutcomeId),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// More steps than one check may take.
    TooMuchWork,
    /// A `$ref` that leads nowhere.
    Dangling(Side),
}

/// Compares the two models.
pub(super) struct Pairs<'m> {
    pub(super) writer: &'m Model,
    pub(super) reader: &'m Model,
    policy: CompatibilityPolicy,
    work_left: u64,
    fault: Option<Fault>,
    known: HashMap<Pair, Option<OutcomeId>>,
    open: HashSet<Pair>,
    seed: HashMap<Pair, OutcomeId>,
    outcomes: Vec<Outcome<'m>>,
    has_assumed: bool,
    identities: [Identities; 2],
}

impl<'m> Pairs<'m> {
    pub(super) fn new(
        writer: &'m Model,
        reader: &'m Model,
        policy: CompatibilityPolicy,
        work_max: u64,
    ) -> Self {
        Self {
            writer,
            reader,
            policy,
            work_left: work_max,
            fault: None,
            known: HashMap::new(),
            open: HashSet::new(),
            seed: HashMap::new(),
            outcomes: Vec::new(),
            has_assumed: false,
            identities: [Identities::default(), Identities::default()],
        }
    }

    /// Compares the roots; `None` means that the reader takes everything.
    pub(super) fn run(&mut self) -> Result<Option<OutcomeId>, Fault> {
        let root = Pair {
            original: Side { of_reader: false, id: self.writer.root() },
            update: Side { of_reader: true, id: self.reader.root() },
        };
        loop {
            let outcome = self.pair(root.original, root.update);
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            let incompatible: HashMap<Pair, OutcomeId> =
                self.known.iter().filter_map(|(&pair, outcome)| Some((pair, (*outcome)?))).collect();
            let is_settled = incompatible.len() == self.seed.len()
                && incompatible.keys().all(|pair| self.seed.contains_key(pair));
            if !self.has_assumed || is_settled {
                return Ok(outcome);
            }
            self.seed = incompatible;
            self.known.clear();
            self.has_assumed = false;
        }
    }

    /// Why `update` does not take what `original` describes; `None` if it does.
    pub(super) fn pair(&mut self, original: Side, update: Side) -> Option<OutcomeId> {
        let pair = Pair { original: self.resolved(original)?, update: self.resolved(update)? };
        if let Some(&known) = self.known.get(&pair) {
            return known;
        }
        if !self.spend(1) {
            return None;
        }
        if !self.open.insert(pair) {
            let seeded = self.seed.get(&pair).copied();
            self.has_assumed |= seeded.is_none();
            return seeded;
        }
        let mut frame = Frame { pair, items: Vec::new() };
        recursion::level(|| compare::compare(self, &mut frame));
        self.open.remove(&pair);
        let outcome = (!frame.items.is_empty()).then(|| {
            self.outcomes.push(Outcome { pair, items: frame.items });
            OutcomeId(self.outcomes.len() - 1)
        });
        self.known.insert(pair, outcome);
        outcome
    }

    /// What is known about a pair after a run.
    pub(super) fn known(&self, original: Side, update: Side) -> Option<OutcomeId> {
        let pair = Pair { original: self.behind(original)?, update: self.behind(update)? };
        self.known.get(&pair).copied().flatten()
    }

    pub(super) fn outcome(&self, id: OutcomeId) -> &Outcome<'m> {
        &self.outcomes[id.0]
    }

    fn behind(&self, side: Side) -> Option<Side> {
        self.model(side).resolved(side.id).map(|id| Side { id, ..side })
    }

    fn resolved(&mut self, side: Side) -> Option<Side> {
        let resolved = self.behind(side);
        if resolved.is_none() && self.fault.is_none() {
            self.fault = Some(Fault::Dangling(side));
        }
        resolved
    }

    /// Counts steps; false when no more may be taken.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.work_left.checked_sub(steps) {
            Some(left) => self.work_left = left,
            None => {
                self.work_left = 0;
                self.fault.get_or_insert(Fault::TooMuchWork);
            }
        }
        self.fault.is_none()
    }

    pub(super) fn model(&self, side: Side) -> &'m Model {
        if side.of_reader { self.reader } else { self.writer }
    }

    pub(super) fn node(&self, side: Side) -> &'m Node {
        self.model(side).node(side.id)
    }

    /// The parts of a combined schema of which no two are the same.
    pub(super) fn distinct(&mut self, side: Side, parts: &[NodeId]) -> Vec<Side> {
        let model = self.model(side);
        let distinct = self.identities[usize::from(side.of_reader)].distinct(model, parts);
        distinct.into_iter().map(|id| Side { id, ..side }).collect()
    }

    /// Adds a difference, unless the policy takes it for harmless.
    pub(super) fn add(&self, frame: &mut Frame<'m>, step: Step<'m>, difference: Difference) {
        self.add_about(frame, step, difference, None);
    }

    pub(super) fn add_about(
        &self,
        frame: &mut Frame<'m>,
        step: Step<'m>,
        difference: Difference,
        about: Option<Side>,
    ) {
        if !difference.is_harmless(self.policy) {
            frame.push(Item { step, what: What::Found(difference, about) });
        }
    }

    /// Compares what lies at `step` of the pair; true if it is compatible.
    pub(super) fn inner(
        &mut self,
        frame: &mut Frame<'m>,
        step: Step<'m>,
        original: Side,
        update: Side,
    ) -> bool {
        match self.pair(original, update) {
            Some(outcome) => {
                frame.push(Item { step, what: What::Inner(outcome) });
                false
            }
            None => true,
        }
    }
}

/// A pair that is being compared.
pub(super) struct Frame<'m> {
    pub(super) pair: Pair,
    items: Vec<Item<'m>>,
}

impl<'m> Frame<'m> {
    /// Each item is worth at least one finding, so that more of them would never be reported.
    fn push(&mut self, item: Item<'m>) {
        if self.items.len() < FINDINGS_MAX {
            self.items.push(item);
        }
    }

    /// A node that belongs to the same model as the original.
    pub(super) fn original(&self, id: NodeId) -> Side {
        Side { id, ..self.pair.original }
    }

    /// A node that belongs to the same model as the update.
    pub(super) fn update(&self, id: NodeId) -> Side {
        Side { id, ..self.pair.update }
    }
}
