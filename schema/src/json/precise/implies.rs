//! Keyword by keyword: whether it follows from what is known.

use super::decimal::Decimal;
use super::facts::{Clause, Contains, Facts};
use super::gather::{condition, dependents, limits, reading};
use super::place::{Place, count, texts};
use super::prover::{Prover, live_types, says_nothing};
use super::types::Types;
use crate::document::Json;
use crate::json::Draft;

/// Formats that some edition's validators know.
const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];
/// Patterns that every text has.
const ANYTHING: &[&str] = &["", ".*", "^", "$"];

impl Prover<'_> {
    /// Whether a keyword of `goal` is met by every value of which the facts are true.
    pub(crate) fn holds(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
        let types = live_types(facts);
        match keyword {
            "$ref" => goal.target().is_some_and(|target| self.implies(facts, target)),
            "$dynamicRef" | "$recursiveRef" => !goal.draft.is_modern(),
            "type" => Types::allowed_by(goal).is_some_and(|allowed| types.lies_in(allowed)),
            "enum" => false,
            "const" => goal.draft == Draft::Draft4,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                !types.meets(Types::NUMBER) || number_holds(facts, goal, keyword)
            }
            "minLength" | "maxLength" | "pattern" | "format" | "contentEncoding" | "contentMediaType" => {
                !types.meets(Types::STRING) || text_holds(facts, goal, keyword)
            }
            "minItems" | "maxItems" | "uniqueItems" | "items" | "prefixItems" | "additionalItems"
            | "contains" | "unevaluatedItems" => {
                !types.meets(Types::ARRAY) || self.array_holds(facts, goal, keyword)
            }
            "required"
            | "properties"
            | "patternProperties"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "propertyNames"
            | "minProperties"
            | "maxProperties" => !types.meets(Types::OBJECT) || self.object_holds(facts, goal, keyword),
            "dependencies" | "dependentRequired" | "dependentSchemas" => {
                !types.meets(Types::OBJECT) || self.dependencies_hold(facts, goal)
            }
            "allOf" => {
                well_formed(goal, keyword) && goal.schemas_at(keyword).all(|part| self.implies(facts, part))
            }
            "anyOf" => goal.schemas_at(keyword).any(|branch| self.implies(facts, branch)),
            "oneOf" => self.exactly_one(facts, goal),
            "not" => goal.schema_at(keyword).is_some_and(|schema| self.excludes(facts, schema)),
            "if" => self.condition_holds(facts, goal),
            _ => true,
        }
    }

    /// Whether no value of which the facts are true is valid for `schema`.
    pub(crate) fn excludes<'s>(&mut self, facts: &Facts<'s>, schema: Place<'s>) -> bool {
        let both = facts.with(&[Clause::Holds(schema)]);
        self.is_impossible(&both)
    }

    fn exactly_one<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>) -> bool {
        let branches: Vec<Place<'_>> = goal.schemas_at("oneOf").collect();
        let Some(taken) = branches.iter().position(|branch| self.implies(facts, *branch)) else {
            return false;
        };
        let mut others = branches.iter().enumerate().filter(|(index, _)| *index != taken);
        others.all(|(_, branch)| self.excludes(facts, *branch))
    }

    fn condition_holds<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>) -> bool {
        let Some(condition) = condition(goal) else { return true };
        let mut case = |clause, keyword| match goal.schema_at(keyword) {
            Some(schema) => says_nothing(schema) || self.implies(&facts.with(&[clause]), schema),
            None => true,
        };
        case(Clause::Holds(condition), "then") && case(Clause::Fails(condition), "else")
    }

    fn dependencies_hold<'s>(&mut self, facts: &Facts<'s>, goal: Place<'s>) -> bool {
        dependents(goal).into_iter().all(|(name, dependent)| {
            let present = facts.with(&[Clause::Has(name)]);
            dependent.clauses().into_iter().all(|clause| match clause {
                Clause::Holds(schema) => self.implies(&present, schema),
                Clause::Has(other) => present.required.contains(other) || self.is_impossible(&present),
                Clause::Fails(_) | Clause::Lacks(_) => false,
            })
        })
    }

    fn array_holds(&mut self, facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
        match keyword {
            "minItems" => at_least(goal, keyword, facts.items.min),
            "maxItems" => at_most(goal, keyword, facts.items.max),
            "uniqueItems" => match goal.keyword(keyword) {
                Some(Json::Bool(true)) => facts.unique || facts.items.ends_by(1),
                Some(Json::Bool(false)) => true,
                _ => false,
            },
            "contains" => goal.draft < Draft::Draft6 || self.contains_holds(facts, goal),
            _ => self.items_hold(facts, goal, keyword),
        }
    }

    fn contains_holds(&mut self, facts: &Facts<'_>, goal: Place<'_>) -> bool {
        let Some(Contains { schema, counts }) = Contains::of(goal) else { return false };
        let readable = ["minContains", "maxContains"].iter().all(|keyword| {
            !goal.draft.is_modern() || goal.keyword(keyword).is_none_or(|value| count(value).is_some())
        });
        let mut enough = counts.min == 0;
        let mut bounded = counts.max.is_none_or(|max| facts.items.ends_by(max));
        for known in facts.contains.clone() {
            enough |= known.counts.min >= counts.min
                && self.inside(|prover| prover.implies(&Facts::of([known.schema]), schema));
            let fewer = matches!((known.counts.max, counts.max), (Some(own), Some(max)) if own <= max);
            bounded |= fewer && self.inside(|prover| prover.implies(&Facts::of([schema]), known.schema));
        }
        enough |= facts.items.min >= counts.min
            && (0..=facts.prefix_length()).all(|index| self.item_implies(facts, index, schema));
        readable && enough && bounded
    }
}

fn number_holds(facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
    match goal.keyword(keyword) {
        // The flags of draft 4 are looked at with the limit.
        Some(Json::Bool(_)) if goal.draft == Draft::Draft4 && keyword.starts_with("exclusive") => {
            return true;
        }
        Some(value) if Decimal::of(value).is_some() => {}
        _ => return false,
    }
    let (low, high) = limits(goal);
    match keyword {
        "minimum" | "exclusiveMinimum" => low.iter().all(|low| {
            facts.low().is_some_and(|own| {
                own.value > low.value || (own.value == low.value && (own.exclusive || !low.exclusive))
            })
        }),
        "maximum" | "exclusiveMaximum" => high.iter().all(|high| {
            facts.high().is_some_and(|own| {
                own.value < high.value || (own.value == high.value && (own.exclusive || !high.exclusive))
            })
        }),
        _ => goal.keyword(keyword).and_then(Decimal::of).is_some_and(|step| {
            let whole = !facts.types.meets(Types::FRACTION) && Decimal::ONE.is_multiple_of(step);
            whole || facts.multiples.iter().any(|own| own.is_multiple_of(step))
        }),
    }
}

fn text_holds(facts: &Facts<'_>, goal: Place<'_>, keyword: &str) -> bool {
    match keyword {
        "minLength" => return at_least(goal, keyword, facts.length.min),
        "maxLength" => return at_most(goal, keyword, facts.length.max),
        _ => {}
    }
    let Some(text) = goal.keyword(keyword).and_then(Json::as_str) else { return false };
    let reading = reading(goal.draft);
    match keyword {
        "pattern" => ANYTHING.contains(&text) || facts.patterns.contains(&text),
        "format" if reading == 3 || !FORMATS.contains(&text) => true,
        "contentEncoding" | "contentMediaType" if !matches!(goal.draft, Draft::Draft6 | Draft::Draft7) => {
            true
        }
        _ => facts
            .opaque
            .iter()
            .any(|(name, known, read)| *name == keyword && *known == text && *read == reading),
    }
}

pub(super) fn at_least(goal: Place<'_>, keyword: &str, known: u64) -> bool {
    goal.keyword(keyword).and_then(count).is_some_and(|min| known >= min)
}

pub(super) fn at_most(goal: Place<'_>, keyword: &str, known: Option<u64>) -> bool {
    let max = goal.keyword(keyword).and_then(count);
    max.is_some_and(|max| known.is_some_and(|known| known <= max))
}

/// Whether a keyword holds a list: another value says nothing that could be proven.
fn well_formed(goal: Place<'_>, keyword: &str) -> bool {
    matches!(goal.keyword(keyword), Some(Json::Array(_)))
}

/// Whether all names in a list are known to be there.
pub(super) fn all_required(facts: &Facts<'_>, goal: Place<'_>) -> bool {
    let listed = match goal.keyword("required") {
        Some(Json::Array(names)) => names.iter().all(|name| name.as_str().is_some()),
        _ => false,
    };
    listed && texts(goal.keyword("required")).all(|name| facts.required.contains(name))
}
