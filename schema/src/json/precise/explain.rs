//! From "not proven" to findings: down to the keywords that do not follow.

use foldhash::HashSet;

use super::facts::{Facts, Layer, Tuple};
use super::findings::{Failure, missing_names, token};
use super::place::Place;
use super::prover::{Prover, keywords};
use crate::document::Json;
use crate::incompatibility::Incompatibility;

/// Levels that are followed down.
const DEPTH_MAX: usize = 60;
/// Findings of one comparison, at most.
const FINDINGS_MAX: usize = 200;

/// Collects the findings of one comparison.
pub(super) struct Explanation<'p, 'm> {
    pub(super) prover: &'p mut Prover<'m>,
    pub(super) findings: Vec<Incompatibility>,
    depth: usize,
    /// What was explained already: schemas may contain themselves.
    seen: HashSet<(usize, Vec<usize>)>,
}

impl<'p, 'm> Explanation<'p, 'm> {
    pub(super) fn new(prover: &'p mut Prover<'m>) -> Self {
        Self { prover, findings: Vec::new(), depth: 0, seen: HashSet::default() }
    }

    /// Adds what keeps the values from being valid at `goal`. Says whether anything does, here or where it was added
    /// before.
    pub(super) fn explain<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, path: &str) -> bool {
        if self.prover.implies(facts, goal) {
            return false;
        }
        let is_new = self.seen.insert((goal.address(), facts.key()));
        if !is_new || self.findings.len() >= FINDINGS_MAX {
            return true;
        }
        if self.depth >= DEPTH_MAX {
            self.push(facts, goal, "false", None, path);
            return true;
        }
        self.depth += 1;
        stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.explain_case(facts, goal, path));
        self.depth -= 1;
        if self.findings.is_empty() {
            self.push(facts, goal, "false", None, path);
        }
        true
    }

    fn explain_case<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, path: &str) {
        let cases = facts.split().unwrap_or_default();
        let failing = cases.iter().find(|case| !self.prover.implies(case, goal));
        if let Some(case) = failing.filter(|_| self.depth < DEPTH_MAX) {
            // The case may be known by the same key: it is a part of what is being explained.
            self.depth += 1;
            stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || self.explain_case(case, goal, path));
            self.depth -= 1;
            return;
        }
        let mut is_explained = false;
        if matches!(goal.schema, Json::Object(_)) {
            for keyword in keywords(goal) {
                if !self.prover.holds(facts, goal, keyword) {
                    self.explain_keyword(facts, goal, keyword, path);
                    is_explained = true;
                }
            }
        }
        if !is_explained {
            self.push(facts, goal, "false", None, path);
        }
    }

    fn explain_keyword<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, keyword: &'s str, path: &str) {
        let mut is_explained = false;
        match keyword {
            "$ref" => {
                if let Some(target) = goal.target() {
                    is_explained |= self.explain(facts, target, path);
                }
            }
            "allOf" => {
                for (index, part) in goal.schemas_at(keyword).enumerate() {
                    is_explained |= self.explain(facts, part, &join(path, &format!("allOf/{index}")));
                }
            }
            "required" => {
                for name in missing_names(facts, goal) {
                    self.push(facts, goal, keyword, Some(name), &join(path, &format!("required/{name}")));
                }
                return;
            }
            "properties" => {
                let layer = Layer::of(goal);
                for (name, schema) in layer.map(|layer| layer.properties).unwrap_or_default() {
                    let member = self.prover.member(facts, name);
                    let path = join(path, &format!("properties/{name}"));
                    is_explained |= self.explain(&member, goal.within(schema), &path);
                }
            }
            "items" | "prefixItems" | "additionalItems" => {
                is_explained = self.explain_items(facts, goal, path)
            }
            _ => {}
        }
        if !is_explained {
            let path = token(keyword).map_or_else(|| path.to_owned(), |token| join(path, token));
            self.push(facts, goal, keyword, None, &path);
        }
    }

    fn explain_items<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, path: &str) -> bool {
        let Some(tuple) = Tuple::of(goal) else { return false };
        let mut is_explained = false;
        for index in 0..=tuple.prefix.len() {
            let Some(schema) = tuple.item(index) else { continue };
            let step = if index < tuple.prefix.len() { format!("items/{index}") } else { "items".to_owned() };
            let item = Facts::of(facts.item(index));
            is_explained |= self.explain(&item, schema, &join(path, &step));
        }
        is_explained
    }

    fn push<'s>(
        &mut self,
        facts: &Facts<'s>,
        goal: Place<'s>,
        keyword: &'s str,
        name: Option<&'s str>,
        path: &str,
    ) {
        let path = path.to_owned();
        let finding = Failure { keyword, name, path }.finding(facts, goal);
        let known = |other: &Incompatibility| other.path == finding.path && other.kind == finding.kind;
        if !self.findings.iter().any(known) {
            self.findings.push(finding);
        }
    }
}

fn join(path: &str, token: &str) -> String {
    if path.ends_with('/') { format!("{path}{token}") } else { format!("{path}/{token}") }
}
