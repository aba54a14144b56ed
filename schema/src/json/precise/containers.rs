//! Members and items: whether what is known of each makes them valid.

use super::evaluate::evaluate;
use super::facts::{Facts, Layer, Tuple};
use super::implies::{all_required, at_least, at_most};
use super::place::{Place, members};
use super::prover::{Prover, says_nothing};
use super::types::Types;
use crate::document::Json;

/// Combinations of patterns that a name may match, at most.
const COMBINATIONS_MAX: usize = 64;

/// What is known of the members whose names no schema mentions.
pub(crate) struct Unnamed<'s> {
    /// The patterns that the name matches.
    pub(crate) patterns: Vec<&'s str>,
    /// What is said of the value.
    pub(crate) places: Vec<Place<'s>>,
}

impl<'s> Facts<'s> {
    /// The combinations of what may be said of a member whose name no schema mentions; `None` when there are too many.
    /// A name may match several patterns of one schema; then more is known than is listed here.
    pub(crate) fn unnamed(&self) -> Option<Vec<Unnamed<'s>>> {
        let mut combinations = vec![Unnamed { patterns: Vec::new(), places: Vec::new() }];
        for layer in &self.layers {
            let rest = (None, layer.rest);
            let patterns = layer
                .patterns
                .iter()
                .map(|(text, schema)| (Some(text.as_str()), Some(layer.place.within(schema))));
            let choices: Vec<_> = patterns.chain([rest]).collect();
            if choices.len() * combinations.len() > COMBINATIONS_MAX {
                return None;
            }
            let extended = combinations.iter().flat_map(|known| {
                choices.iter().map(|(pattern, place)| Unnamed {
                    patterns: known.patterns.iter().copied().chain(*pattern).collect(),
                    places: known.places.iter().copied().chain(*place).collect(),
                })
            });
            combinations = extended.collect();
        }
        Some(combinations)
    }
}

impl Prover<'_> {
    /// What is known of the member of a name.
    pub(crate) fn member<'s>(&self, facts: &Facts<'s>, name: &str) -> Facts<'s> {
        let refused = facts.lacking.contains(name)
            || facts
                .names
                .iter()
                .any(|names| evaluate(*names, &Json::String(name.to_owned()), self.matching) == Some(false));
        if refused || facts.members.max == Some(0) {
            return Facts::none().of_types(Types::NONE);
        }
        let places = facts.layers.iter().flat_map(|layer| {
            layer.at(name, self.matching).unwrap_or_else(|| {
                let declared = layer.properties.iter().filter(|(key, _)| key == name);
                declared.map(|(_, schema)| layer.place.within(schema)).collect()
            })
        });
        Facts::of(places)
    }

    pub(super) fn object_holds(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
        match keyword {
            "required" => all_required(facts, goal),
            "minProperties" => {
                let needed = u64::try_from(facts.required.len()).unwrap_or(0);
                at_least(goal, keyword, facts.members.min.max(needed))
            }
            "maxProperties" => at_most(goal, keyword, facts.members.max) || self.few_names(facts, goal),
            "propertyNames" => goal.draft < crate::json::Draft::Draft6 || self.names_hold(facts, goal),
            "unevaluatedProperties" => self.unevaluated_holds(facts, goal),
            _ => self.layer_holds(facts, goal, keyword),
        }
    }

    fn unevaluated_holds(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        if !goal.draft.is_modern() || goal.schema_at("unevaluatedProperties").is_some_and(says_nothing) {
            return true;
        }
        !goal.has_applicators() && self.layer_holds(facts, goal, "additionalProperties")
    }

    fn layer_holds(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
        if !matches!(goal.keyword(keyword), Some(Json::Object(_) | Json::Bool(_)))
            && keyword != "additionalProperties"
        {
            return false;
        }
        let Some(layer) = Layer::of(goal) else { return true };
        match keyword {
            "properties" => layer
                .properties
                .iter()
                .all(|(name, schema)| self.member_implies(facts, name, layer.place.within(schema))),
            "patternProperties" => layer
                .patterns
                .iter()
                .all(|(pattern, schema)| self.matched_hold(facts, pattern, layer.place.within(schema))),
            _ => layer.rest.is_none_or(|rest| says_nothing(rest) || self.rest_holds(facts, &layer, rest)),
        }
    }

    fn member_implies(&mut self, facts: &Facts<'_>, name: &str, schema: Place<'_>) -> bool {
        let member = self.member(facts, name);
        self.inside(|prover| prover.implies(&member, schema))
    }

    /// Whether every member whose name matches is valid.
    fn matched_hold(&mut self, facts: &Facts<'_>, pattern: &str, schema: Place<'_>) -> bool {
        let named = facts.known_names().into_iter().all(|name| {
            self.matching.finds(pattern, name) == Some(false) || self.member_implies(facts, name, schema)
        });
        let Some(unnamed) = self.unnamed(facts) else { return false };
        named
            && unnamed.iter().all(|one| {
                // Where a schema has this very pattern, its say on it holds.
                let own = facts.layers.iter().filter_map(|layer| {
                    let found = layer.patterns.iter().find(|(text, _)| text == pattern);
                    found.map(|(_, schema)| layer.place.within(schema))
                });
                let known = Facts::of(own.chain(one.places.iter().copied().filter(|place| {
                    // The rest of a schema with this pattern says nothing of a name that matches it.
                    !facts.layers.iter().any(|layer| {
                        layer.rest.is_some_and(|rest| rest.address() == place.address())
                            && layer.patterns.iter().any(|(text, _)| text == pattern)
                    })
                })));
                self.inside(|prover| prover.implies(&known, schema))
            })
    }

    /// Whether every member that the goal neither names nor matches is valid for the rest.
    fn rest_holds(&mut self, facts: &Facts<'_>, layer: &Layer<'_>, rest: Place<'_>) -> bool {
        let named = facts.known_names().into_iter().all(|name| {
            let declared = layer.properties.iter().any(|(key, _)| key == name);
            let matched =
                || layer.patterns.iter().any(|(text, _)| self.matching.finds(text, name) == Some(true));
            declared || matched() || self.member_implies(facts, name, rest)
        });
        let Some(unnamed) = self.unnamed(facts) else { return false };
        named
            && unnamed.iter().all(|one| {
                let matched = layer.patterns.iter().any(|(text, _)| one.patterns.contains(&text.as_str()));
                matched || {
                    let known = Facts::of(one.places.iter().copied());
                    self.inside(|prover| prover.implies(&known, rest))
                }
            })
    }

    /// As [`Facts::unnamed`], without what cannot be.
    fn unnamed<'s>(&mut self, facts: &Facts<'s>) -> Option<Vec<Unnamed<'s>>> {
        let listed = facts.names.iter().any(|names| Facts::of([*names]).values.is_some());
        if listed || facts.members.max == Some(0) {
            return self.names_are_known(facts).then(Vec::new);
        }
        facts.unnamed()
    }

    /// Whether every name that `propertyNames` lists is mentioned elsewhere, too.
    fn names_are_known(&self, facts: &Facts<'_>) -> bool {
        let known = facts.known_names();
        facts.members.max == Some(0)
            || facts.names.iter().any(|names| {
                let listed = Facts::of([*names]).values;
                listed.is_some_and(|values| {
                    values.iter().all(|value| value.as_str().is_none_or(|name| known.contains(name)))
                })
            })
    }

    fn few_names(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        let max = goal.keyword("maxProperties").and_then(super::place::count);
        let Some(max) = max else { return false };
        let known = facts.known_names();
        let possible = known.iter().filter(|name| {
            let member = self.member(facts, name);
            !self.inside(|prover| prover.is_impossible(&member))
        });
        let possible = u64::try_from(possible.count()).unwrap_or(u64::MAX);
        possible <= max && self.names_are_closed(facts)
    }

    /// Whether there are no members but those that some schema mentions.
    fn names_are_closed(&mut self, facts: &Facts<'_>) -> bool {
        let Some(unnamed) = self.unnamed(facts) else { return false };
        unnamed.iter().all(|one| {
            let known = Facts::of(one.places.iter().copied());
            self.inside(|prover| prover.is_impossible(&known))
        })
    }

    fn names_hold(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        let Some(names) = goal.schema_at("propertyNames") else { return true };
        let mut known = Facts::of(facts.names.iter().copied()).of_types(Types::STRING);
        if self.inside(|prover| prover.implies(&known, names)) {
            return true;
        }
        let mentioned = facts.known_names().into_iter().all(|name| {
            evaluate(names, &Json::String(name.to_owned()), self.matching) == Some(true) || {
                let member = self.member(facts, name);
                self.inside(|prover| prover.is_impossible(&member))
            }
        });
        let Some(unnamed) = self.unnamed(facts) else { return false };
        mentioned
            && unnamed.iter().all(|one| {
                known.patterns.clone_from(&one.patterns);
                known.patterns.extend(Facts::of(facts.names.iter().copied()).patterns);
                let value = Facts::of(one.places.iter().copied());
                self.inside(|prover| prover.is_impossible(&value) || prover.direct_text(&known, names))
            })
    }

    pub(super) fn items_hold(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
        if keyword == "unevaluatedItems" {
            let trivial = !goal.draft.is_modern() || goal.schema_at(keyword).is_some_and(says_nothing);
            if trivial || goal.has_applicators() || goal.keyword("contains").is_some() {
                return trivial;
            }
        }
        let Some(tuple) = Tuple::of(goal) else { return true };
        let length = tuple.prefix.len().max(facts.prefix_length());
        (0..=length).all(|index| match tuple.item(index) {
            Some(schema) => self.item_implies(facts, index, schema),
            None => true,
        })
    }

    pub(super) fn item_implies(&mut self, facts: &Facts<'_>, index: usize, schema: Place<'_>) -> bool {
        let position = u64::try_from(index).unwrap_or(u64::MAX);
        if facts.items.ends_by(position) {
            return true;
        }
        let item = Facts::of(facts.item(index));
        self.inside(|prover| prover.implies(&item, schema))
    }

    /// As [`Prover::implies`] where what is known has no address of its own, so that it cannot be remembered.
    fn direct_text(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        members(Some(goal.schema)).iter().all(|(keyword, _)| {
            !matches!(keyword.as_str(), "$ref" | "allOf" | "anyOf" | "oneOf" | "not" | "if")
                && self.holds(facts, goal, keyword)
        })
    }
}
