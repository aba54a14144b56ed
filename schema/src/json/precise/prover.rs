//! Proofs that what is known of a document makes it valid for a schema.
//!
//! A proof is right or there is none: where a keyword is not understood, or a budget is spent, nothing is proven. Proofs
//! about schemas that contain themselves go by the size of documents: what is being proven may be taken for granted of
//! the values inside the document at hand, and of nothing else.

use foldhash::HashSet;

use super::evaluate::evaluate;
use super::facts::Facts;
use super::matching::Matching;
use super::place::{Place, members};
use super::same::same;
use super::types::Types;
use crate::document::Json;

/// Questions of one proof, at most.
const STEPS_MAX: u64 = 20_000;
/// Alternatives that are told apart one within the other, at most.
const SPLITS_MAX: usize = 8;
/// Questions within questions, at most.
const DEPTH_MAX: usize = 400;
/// Schemas at one value whose wording is compared with the goal's.
const ALIKE_MAX: usize = 16;

/// The state of one proof.
pub(crate) struct Prover<'m> {
    pub(super) matching: &'m Matching,
    steps: u64,
    /// How far inside the document the question at hand is.
    pub(super) level: usize,
    splits: usize,
    depth: usize,
    open: Vec<(Question, usize)>,
    proven: HashSet<Question>,
    /// The outermost open question that was taken for granted.
    granted: usize,
}

/// A schema, and what is known: the addresses of what it follows from.
type Question = (usize, Vec<usize>);

impl<'m> Prover<'m> {
    pub(crate) fn new(matching: &'m Matching) -> Self {
        Self {
            matching,
            steps: STEPS_MAX,
            level: 0,
            splits: 0,
            depth: 0,
            open: Vec::new(),
            proven: HashSet::default(),
            granted: usize::MAX,
        }
    }

    /// Whether every value of which `facts` are true is valid at `goal`.
    pub(crate) fn implies(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        if says_nothing(goal) {
            return true;
        }
        if !self.step() {
            return false;
        }
        if is_among(facts, goal) {
            return true;
        }
        let question = (goal.address(), facts.key());
        if self.proven.contains(&question) {
            return true;
        }
        if let Some(at) = self.open.iter().position(|(open, _)| *open == question) {
            let inside = self.open.get(at).is_some_and(|(_, level)| *level < self.level);
            if inside {
                self.granted = self.granted.min(at);
            }
            return inside;
        }
        self.open.push((question, self.level));
        let proven = self.deeper(|prover| prover.prove(facts, goal));
        self.close(proven);
        proven
    }

    /// Takes one step, unless the budget is spent.
    fn step(&mut self) -> bool {
        if self.depth >= DEPTH_MAX {
            return false;
        }
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => return false,
        }
        true
    }

    fn deeper(&mut self, question: impl FnOnce(&mut Self) -> bool) -> bool {
        self.depth += 1;
        let answer = stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || question(self));
        self.depth -= 1;
        answer
    }

    /// What rests on an open question is not kept: that may yet turn out to be wrong.
    fn close(&mut self, proven: bool) {
        let Some((question, _)) = self.open.pop() else { return };
        let at = self.open.len();
        if self.granted >= at {
            self.granted = usize::MAX;
            if proven {
                self.proven.insert(question);
            }
        }
    }

    fn prove(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        if let Some(values) = self.values(facts) {
            return values.iter().all(|value| evaluate(goal, value, self.matching) == Some(true));
        }
        if self.direct(facts, goal) || self.is_impossible(facts) {
            return true;
        }
        let cases =
            facts.split().or_else(|| if has_alternatives(goal) { facts.split_by_kind() } else { None });
        let Some(cases) = cases else { return false };
        self.within_split(|prover| cases.iter().all(|case| prover.implies(case, goal)))
    }

    fn within_split(&mut self, question: impl FnOnce(&mut Self) -> bool) -> bool {
        if self.splits >= SPLITS_MAX {
            return false;
        }
        self.splits += 1;
        let answer = question(self);
        self.splits -= 1;
        answer
    }

    /// Whether each keyword by itself follows from the facts, without telling alternatives apart.
    fn direct(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        match goal.schema {
            Json::Bool(answer) => *answer,
            Json::Object(_) => keywords(goal).all(|keyword| self.holds(facts, goal, keyword)),
            _ => false,
        }
    }

    /// The values that are left where they are listed. Some of them may be impossible.
    pub(crate) fn values<'s>(&self, facts: &Facts<'s>) -> Option<Vec<&'s Json>> {
        const SIMPLE: &[Json] = &[Json::Null, Json::Bool(true), Json::Bool(false)];
        let listed = match &facts.values {
            Some(values) => values.clone(),
            None if facts.types.lies_in(Types::NULL.or(Types::BOOLEAN)) => SIMPLE.iter().collect(),
            None => return None,
        };
        let possible = |value: &&Json| {
            Types::of(value).is_none_or(|types| types.lies_in(facts.types))
                && !facts.holds.iter().any(|place| evaluate(*place, value, self.matching) == Some(false))
                && !facts.fails.iter().any(|place| evaluate(*place, value, self.matching) == Some(true))
        };
        Some(listed.into_iter().filter(possible).collect())
    }

    /// Whether there is no value of which the facts are true.
    pub(crate) fn is_impossible(&mut self, facts: &Facts<'_>) -> bool {
        if live_types(facts).is_none() || self.values(facts).is_some_and(|values| values.is_empty()) {
            return true;
        }
        if !self.step() {
            return false;
        }
        self.deeper(|prover| {
            prover.live_containers(facts).is_none()
                || facts.fails.iter().any(|place| prover.implies(facts, *place))
                || prover.each_case_is_impossible(facts)
        })
    }

    fn each_case_is_impossible(&mut self, facts: &Facts<'_>) -> bool {
        let kinds = || if facts.fails.is_empty() { None } else { facts.split_by_kind() };
        let Some(cases) = facts.split().or_else(kinds) else { return false };
        self.within_split(|prover| cases.iter().all(|case| prover.is_impossible(case)))
    }

    /// The types that are left when members and items that must be there are impossible.
    fn live_containers(&mut self, facts: &Facts<'_>) -> Types {
        let mut types = live_types(facts);
        if types.meets(Types::OBJECT) {
            let required: Vec<&str> = facts.required.iter().copied().collect();
            let impossible = required.into_iter().any(|name| {
                let member = self.member(facts, name);
                self.inside(|prover| prover.is_impossible(&member))
            });
            if impossible {
                types = types.without(Types::OBJECT);
            }
        }
        if types.meets(Types::ARRAY) {
            let count = usize::try_from(facts.items.min).unwrap_or(usize::MAX).min(facts.prefix_length() + 1);
            let impossible = (0..count).any(|index| {
                let item = Facts::of(facts.item(index));
                self.inside(|prover| prover.is_impossible(&item))
            });
            if impossible {
                types = types.without(Types::ARRAY);
            }
        }
        types
    }

    /// Asks about a value inside the one at hand.
    pub(super) fn inside<T>(&mut self, question: impl FnOnce(&mut Self) -> T) -> T {
        self.level += 1;
        let answer = question(self);
        self.level -= 1;
        answer
    }
}

/// The types that the facts leave, as far as that shows at once.
pub(super) fn live_types(facts: &Facts<'_>) -> Types {
    let mut types = facts.types;
    if let (Some(low), Some(high)) = (facts.low(), facts.high())
        && (low.value > high.value || (low.value == high.value && (low.exclusive || high.exclusive)))
    {
        types = types.without(Types::NUMBER);
    }
    if facts.length.is_empty() {
        types = types.without(Types::STRING);
    }
    if facts.items.is_empty() {
        types = types.without(Types::ARRAY);
    }
    let needed = u64::try_from(facts.required.len()).unwrap_or(u64::MAX);
    let crowded = facts.members.max.is_some_and(|max| max < needed);
    if facts.members.is_empty() || crowded || facts.required.iter().any(|name| facts.lacking.contains(name)) {
        types = types.without(Types::OBJECT);
    }
    types
}

/// Keywords of a schema that count.
pub(crate) fn keywords<'s>(place: Place<'s>) -> impl Iterator<Item = &'s str> + use<'s> {
    let only_reference = place.is_only_reference();
    let names = members(Some(place.schema)).iter().map(|(name, _)| name.as_str());
    names.filter(move |name| !only_reference || *name == "$ref")
}

pub(crate) fn says_nothing(place: Place<'_>) -> bool {
    match place.schema {
        Json::Bool(answer) => *answer,
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn is_among(facts: &Facts<'_>, goal: Place<'_>) -> bool {
    facts.holds.iter().any(|place| place.address() == goal.address())
        || facts.holds.iter().take(ALIKE_MAX).any(|place| same(*place, goal))
}

fn has_alternatives(goal: Place<'_>) -> bool {
    ["anyOf", "oneOf", "not", "if"].iter().any(|keyword| goal.keyword(keyword).is_some())
}
