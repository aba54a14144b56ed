//! Candidates: documents of which some facts are true and that may yet be invalid for a schema.

use super::aim::Aim;
use super::search::Search;
use super::texts::sample;
use crate::document::Json;
use crate::json::precise::evaluate::evaluate;
use crate::json::precise::facts::{Clause, Contains, Facts, Layer, Tuple};
use crate::json::precise::gather::{condition, dependents};
use crate::json::precise::place::Place;
use crate::json::precise::prover::{keywords, says_nothing};
use crate::json::precise::types::Types;

/// Candidates of one value, at most.
const CANDIDATES_MAX: usize = 48;
/// Levels that are followed down.
const DEPTH_MAX: usize = 24;
/// Cases and pairs of alternatives that are looked at.
const CASES_MAX: usize = 24;

impl Search<'_> {
    /// Values of which the facts are true, made to be invalid at `goal`. They are not tried here.
    pub(super) fn refute<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, aim: Aim<'_>) -> Vec<Json> {
        if self.depth > DEPTH_MAX || says_nothing(goal) || !self.visit() || self.prover.implies(facts, goal) {
            return Vec::new();
        }
        self.inside(|search| search.refute_unproven(facts, goal, aim))
    }

    fn refute_unproven<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, aim: Aim<'_>) -> Vec<Json> {
        if let Some(cases) = facts.split() {
            let mut found = Vec::new();
            for case in cases.iter().take(CASES_MAX) {
                found.push(self.refute(case, goal, aim));
            }
            return take_turns(found);
        }
        if let Some(values) = self.prover.values(facts) {
            let refused =
                values.into_iter().filter(|value| evaluate(goal, value, self.matching) != Some(true));
            return refused.take(CANDIDATES_MAX).cloned().collect();
        }
        if goal.schema == &Json::Bool(false) {
            return self.some(facts, 6);
        }
        let aimed: Vec<&str> = keywords(goal).filter(|keyword| aim.allows(keyword)).collect();
        let found = self.counter_all(facts, goal, aim, &aimed);
        if found.is_empty() && aim.is_at_keyword() {
            let all: Vec<&str> = keywords(goal).collect();
            return self.counter_all(facts, goal, Aim::anywhere(), &all);
        }
        found
    }

    fn counter_all<'s>(
        &mut self,
        facts: &Facts<'s>,
        goal: Place<'s>,
        aim: Aim<'_>,
        keywords: &[&str],
    ) -> Vec<Json> {
        let mut found = Vec::new();
        for keyword in keywords {
            if *keyword == "enum" || *keyword == "const" || !self.prover.holds(facts, goal, keyword) {
                found.push(self.counter(facts, goal, keyword, aim));
            }
        }
        take_turns(found)
    }

    /// A few values of which the facts are true.
    fn some(&mut self, facts: &Facts<'_>, count: usize) -> Vec<Json> {
        let mut found: Vec<Json> = Vec::new();
        for variant in 0..count {
            let made = self.instance(facts, variant);
            found.extend(made.filter(|value| !found.contains(value)));
        }
        found
    }

    /// Values made to break one keyword.
    fn counter<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, keyword: &str, aim: Aim<'_>) -> Vec<Json> {
        match keyword {
            "$ref" => goal.target().map_or_else(Vec::new, |target| self.refute(facts, target, aim)),
            "type" => {
                let allowed = Types::allowed_by(goal).unwrap_or(Types::NONE);
                let wrong = facts.of_types(Types::ALL.without(allowed));
                self.some(&wrong, 8)
            }
            "enum" | "const" => self.some(facts, 12),
            "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" | "multipleOf" => {
                self.counter_number(facts, goal, keyword)
            }
            "minLength" | "maxLength" | "pattern" | "format" | "contentEncoding" | "contentMediaType" => {
                self.counter_text(facts, goal, keyword)
            }
            "minItems" | "maxItems" | "uniqueItems" | "contains" | "items" | "prefixItems"
            | "additionalItems" | "unevaluatedItems" => self.counter_array(facts, goal, keyword, aim),
            "required"
            | "properties"
            | "patternProperties"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "propertyNames"
            | "minProperties"
            | "maxProperties" => self.counter_object(&facts.of_types(Types::OBJECT), goal, keyword, aim),
            "dependencies" | "dependentRequired" | "dependentSchemas" => {
                self.counter_dependencies(&facts.of_types(Types::OBJECT), goal, aim)
            }
            "allOf" => {
                let parts: Vec<Place<'s>> = goal.schemas_at(keyword).collect();
                take_turns(parts.into_iter().map(|part| self.refute(facts, part, aim)).collect())
            }
            "anyOf" | "oneOf" => self.counter_branches(facts, goal, keyword, aim),
            "not" => goal
                .schema_at(keyword)
                .map_or_else(Vec::new, |schema| self.some(&facts.with(&[Clause::Holds(schema)]), 8)),
            "if" => self.counter_condition(facts, goal, aim),
            _ => Vec::new(),
        }
    }

    fn counter_branches<'s>(
        &mut self,
        facts: &Facts<'s>,
        goal: Place<'s>,
        keyword: &str,
        aim: Aim<'_>,
    ) -> Vec<Json> {
        if let Some(kinds) = facts.split_by_kind() {
            return take_turns(kinds.iter().map(|kind| self.refute(kind, goal, aim)).collect());
        }
        let branches: Vec<Place<'s>> = goal.schemas_at(keyword).collect();
        let none: Vec<Clause<'s>> = branches.iter().map(|branch| Clause::Fails(*branch)).collect();
        let outside = facts.with(&none);
        let mut found = vec![self.some(&outside, 8)];
        for branch in branches.iter().take(CASES_MAX) {
            let mut refuted = self.refute(facts, *branch, aim);
            refuted.retain(|value| self.fits(&outside, value));
            found.push(refuted);
        }
        if keyword == "oneOf" {
            let mut pairs = 0;
            for (at, one) in branches.iter().enumerate() {
                for other in branches.get(at + 1..).unwrap_or_default() {
                    pairs += 1;
                    if pairs <= CASES_MAX {
                        let both = facts.with(&[Clause::Holds(*one), Clause::Holds(*other)]);
                        found.push(self.some(&both, 4));
                    }
                }
            }
        }
        take_turns(found)
    }

    fn counter_condition<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, aim: Aim<'_>) -> Vec<Json> {
        let Some(condition) = condition(goal) else { return Vec::new() };
        let cases = [(Clause::Holds(condition), "then"), (Clause::Fails(condition), "else")];
        let found = cases.into_iter().filter_map(|(clause, keyword)| {
            let schema = goal.schema_at(keyword)?;
            Some(self.refute(&facts.with(&[clause]), schema, aim))
        });
        take_turns(found.collect())
    }

    fn counter_dependencies<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>, aim: Aim<'_>) -> Vec<Json> {
        let mut found = Vec::new();
        for (name, dependent) in dependents(goal) {
            let present = facts.with(&[Clause::Has(name)]);
            for clause in dependent.clauses() {
                match clause {
                    Clause::Has(other) if !present.required.contains(other) => {
                        found.push(self.some(&present.with(&[Clause::Lacks(other)]), 4));
                    }
                    Clause::Holds(schema) => found.push(self.refute(&present, schema, aim)),
                    _ => {}
                }
            }
        }
        take_turns(found)
    }

    fn counter_array<'s>(
        &mut self,
        facts: &Facts<'s>,
        goal: Place<'s>,
        keyword: &str,
        aim: Aim<'_>,
    ) -> Vec<Json> {
        let facts = facts.of_types(Types::ARRAY);
        let count = goal.keyword(keyword).and_then(crate::json::precise::place::count);
        match keyword {
            "minItems" | "maxItems" => match self.resized(&facts, keyword, count) {
                Some(facts) => self.some(&facts, 4),
                None => Vec::new(),
            },
            "uniqueItems" => {
                let first = Facts::of(facts.item(0).into_iter().chain(facts.item(1)));
                let item = self.inside(|search| search.instance(&first, 0));
                let array = item.and_then(|item| self.array(&facts, vec![item.clone(), item], 0));
                array.into_iter().collect()
            }
            "contains" => self.counter_contains(&facts, goal),
            _ => {
                let Some(tuple) = Tuple::of(goal) else { return Vec::new() };
                let length = tuple.prefix.len().max(facts.prefix_length());
                let mut found = Vec::new();
                for index in (0..=length).filter(|index| aim.reaches_item(*index)) {
                    let Some(schema) = tuple.item(index) else { continue };
                    found.push(self.with_item(&facts, index, schema, aim.item()));
                }
                take_turns(found)
            }
        }
    }

    fn with_item<'s>(
        &mut self,
        facts: &Facts<'s>,
        index: usize,
        schema: Place<'s>,
        aim: Aim<'_>,
    ) -> Vec<Json> {
        if facts.items.ends_by(u64::try_from(index).unwrap_or(u64::MAX)) {
            return Vec::new();
        }
        let bad = self.refute(&Facts::of(facts.item(index)), schema, aim);
        let before = (0..index).map(|at| {
            let item = Facts::of(facts.item(at));
            self.inside(|search| search.instance(&item, at))
        });
        let Some(before) = before.collect::<Option<Vec<Json>>>() else { return Vec::new() };
        let arrays = bad
            .into_iter()
            .filter_map(|value| self.array(facts, before.iter().cloned().chain([value]).collect(), 0));
        arrays.collect()
    }

    fn counter_contains<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>) -> Vec<Json> {
        let Some(Contains { schema, counts }) = Contains::of(goal) else { return Vec::new() };
        let item = Facts::of(facts.item(facts.prefix_length()));
        let other = self.refute(&item, schema, Aim::anywhere());
        let mut found = self.some(facts, 4);
        let least = usize::try_from(facts.items.min.clamp(1, 50)).unwrap_or(1);
        found.extend(other.into_iter().map(|value| Json::Array(vec![value; least])));
        if let Some(max) = counts.max.and_then(|max| usize::try_from(max.min(100)).ok()) {
            let inside = item.with(&[Clause::Holds(schema)]);
            let values: Vec<Json> = (0..=max)
                .filter_map(|variant| self.inside(|search| search.instance(&inside, variant)))
                .collect();
            found.push(Json::Array(values));
        }
        found
    }

    fn counter_object<'s>(
        &mut self,
        facts: &Facts<'s>,
        goal: Place<'s>,
        keyword: &str,
        aim: Aim<'_>,
    ) -> Vec<Json> {
        let count = goal.keyword(keyword).and_then(crate::json::precise::place::count);
        match keyword {
            "required" => {
                let names = crate::json::precise::place::texts(goal.keyword(keyword));
                let free = names.filter(|name| !facts.required.contains(name) && aim.reaches_required(name));
                let found = free.map(|name| self.some(&facts.with(&[Clause::Lacks(name)]), 4));
                take_turns(found.collect())
            }
            "minProperties" | "maxProperties" => match self.resized(facts, keyword, count) {
                Some(facts) => self.some(&facts, 4),
                None => Vec::new(),
            },
            "propertyNames" => {
                let Some(names) = goal.schema_at(keyword) else { return Vec::new() };
                let known = Facts::of(facts.names.iter().copied()).of_types(Types::STRING);
                let refused = self.refute(&known, names, Aim::anywhere());
                let texts = refused.iter().filter_map(Json::as_str).map(str::to_owned);
                let names = texts.chain(facts.known_names().into_iter().map(str::to_owned));
                self.with_names(facts, names.collect())
            }
            _ => self.counter_layer(facts, goal, keyword, aim),
        }
    }

    /// Objects that have a member of one of the names.
    fn with_names(&mut self, facts: &Facts<'_>, names: Vec<String>) -> Vec<Json> {
        let mut found = Vec::new();
        for name in names.into_iter().take(CANDIDATES_MAX) {
            let member = self.prover.member(facts, &name);
            let value = self.inside(|search| search.instance(&member, 0));
            found.extend(value.and_then(|value| self.object(facts, vec![(name, value)], 0)));
        }
        found
    }

    fn counter_layer<'s>(
        &mut self,
        facts: &Facts<'s>,
        goal: Place<'s>,
        keyword: &str,
        aim: Aim<'_>,
    ) -> Vec<Json> {
        let Some(layer) = Layer::of(goal) else { return Vec::new() };
        let mut found = Vec::new();
        match keyword {
            "properties" => {
                for (name, schema) in layer.properties {
                    if let Some(aim) = aim.member(name) {
                        found.push(self.with_member(facts, name, layer.place.within(schema), aim));
                    }
                }
            }
            "patternProperties" => {
                for (pattern, schema) in layer.patterns {
                    let samples = (0..3).filter_map(|variant| sample(pattern, variant));
                    let known = facts.known_names().into_iter().map(str::to_owned);
                    for name in known.chain(samples).collect::<Vec<_>>() {
                        if self.matching.finds(pattern, &name) == Some(true)
                            && let Some(aim) = aim.member(&name)
                        {
                            found.push(self.with_member(facts, &name, layer.place.within(schema), aim));
                        }
                    }
                }
            }
            _ => {
                let Some(rest) = layer.rest else { return Vec::new() };
                let known = facts.known_names().into_iter().map(str::to_owned);
                for name in known.chain(self.fresh_names(facts, 0)).collect::<Vec<_>>() {
                    let declared = layer.properties.iter().any(|(key, _)| *key == name);
                    if !declared && let Some(aim) = aim.member(&name) {
                        found.push(self.with_member(facts, &name, rest, aim));
                    }
                }
            }
        }
        take_turns(found)
    }

    fn with_member<'s>(
        &mut self,
        facts: &Facts<'s>,
        name: &str,
        schema: Place<'s>,
        aim: Aim<'_>,
    ) -> Vec<Json> {
        let member = self.prover.member(facts, name);
        let mut bad = self.refute(&member, schema, aim);
        bad.truncate(CANDIDATES_MAX);
        let mut found = Vec::new();
        for (at, value) in bad.into_iter().enumerate() {
            let object = (0..3).find_map(|way| {
                let object = self.object(facts, vec![(name.to_owned(), value.clone())], (at + way) % 4)?;
                self.fits(facts, &object).then_some(object)
            });
            found.extend(object);
        }
        found
    }
}

/// One of each list, then the second of each, and so on: what comes first is tried first.
fn take_turns(lists: Vec<Vec<Json>>) -> Vec<Json> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut found: Vec<Json> = Vec::new();
    for at in 0..longest {
        found.extend(lists.iter().filter_map(|list| list.get(at)).cloned());
    }
    found.truncate(CANDIDATES_MAX);
    found
}
