//! From a schema to what is known of a document that is valid for it.

use super::decimal::Decimal;
use super::facts::{Clause, Contains, Counts, Facts, Layer, Limit, Split, Tuple};
use super::place::{Place, count, members, texts};
use super::types::Types;
use crate::document::Json;
use crate::json::Draft;

/// Schemas at one value, at most. What more would say is left out.
const HOLDS_MAX: usize = 2_000;
/// Alternatives of one keyword, at most.
const CASES_MAX: usize = 200;

impl<'s> Facts<'s> {
    /// Learns one more thing.
    pub(crate) fn add(&mut self, clause: Clause<'s>) {
        match clause {
            Clause::Has(name) => {
                self.required.insert(name);
            }
            Clause::Lacks(name) => {
                self.lacking.insert(name);
            }
            Clause::Fails(place) => self.fails.push(place),
            Clause::Holds(place) => {
                let mut open = vec![place];
                while let Some(place) = open.pop() {
                    let known = self.holds.iter().any(|held| held.address() == place.address());
                    if !known && self.holds.len() < HOLDS_MAX {
                        self.holds.push(place);
                        self.add_schema(place, &mut open);
                    }
                }
            }
        }
    }

    fn add_schema(&mut self, place: Place<'s>, open: &mut Vec<Place<'s>>) {
        if place.schema == &Json::Bool(false) {
            self.types = Types::NONE;
        }
        open.extend(place.target());
        if place.is_only_reference() {
            return;
        }
        self.types = self.types.and(Types::allowed_by(place).unwrap_or(Types::ALL));
        self.add_values(place);
        self.add_number(place);
        self.add_text(place);
        self.add_array(place);
        self.add_object(place);
        open.extend(place.schemas_at("allOf"));
        self.fails.extend(place.schema_at("not"));
        self.add_alternatives(place);
    }

    fn add_values(&mut self, place: Place<'s>) {
        let mut listed: Vec<Vec<&'s Json>> = Vec::new();
        if let Some(Json::Array(values)) = place.keyword("enum") {
            listed.push(values.iter().collect());
        }
        if place.draft > Draft::Draft4 {
            listed.extend(place.keyword("const").map(|value| vec![value]));
        }
        for values in listed {
            // The others are told apart when the values are tried.
            let shorter = self.values.as_ref().is_none_or(|known| values.len() < known.len());
            if shorter {
                self.values = Some(values);
            }
        }
    }

    fn add_number(&mut self, place: Place<'s>) {
        let (low, high) = limits(place);
        for limit in low {
            let tighter = self
                .low
                .is_none_or(|old| limit.value > old.value || (limit.value == old.value && limit.exclusive));
            if tighter {
                self.low = Some(limit);
            }
        }
        for limit in high {
            let tighter = self
                .high
                .is_none_or(|old| limit.value < old.value || (limit.value == old.value && limit.exclusive));
            if tighter {
                self.high = Some(limit);
            }
        }
        self.multiples.extend(place.keyword("multipleOf").and_then(Decimal::of));
    }

    fn add_text(&mut self, place: Place<'s>) {
        add_counts(&mut self.length, place, "minLength", "maxLength");
        self.patterns.extend(place.keyword("pattern").and_then(Json::as_str));
        for keyword in OPAQUE {
            if let Some(text) = place.keyword(keyword).and_then(Json::as_str) {
                self.opaque.push((keyword, text, reading(place.draft)));
            }
        }
    }

    fn add_array(&mut self, place: Place<'s>) {
        add_counts(&mut self.items, place, "minItems", "maxItems");
        self.unique |= place.keyword("uniqueItems") == Some(&Json::Bool(true));
        self.tuples.extend(Tuple::of(place));
        self.contains.extend(Contains::of(place));
    }

    fn add_object(&mut self, place: Place<'s>) {
        add_counts(&mut self.members, place, "minProperties", "maxProperties");
        self.required.extend(texts(place.keyword("required")));
        self.layers.extend(Layer::of(place));
        if place.draft > Draft::Draft4 {
            self.names.extend(place.schema_at("propertyNames"));
        }
    }

    fn add_alternatives(&mut self, place: Place<'s>) {
        let any: Vec<Place<'s>> = place.schemas_at("anyOf").collect();
        if !any.is_empty() && any.len() <= CASES_MAX {
            let cases = any.iter().map(|branch| vec![Clause::Holds(*branch)]).collect();
            self.splits.push(Split { cases });
        }
        let one: Vec<Place<'s>> = place.schemas_at("oneOf").collect();
        if !one.is_empty() && one.len() <= CASES_MAX {
            self.splits.push(Split { cases: (0..one.len()).map(|taken| only(&one, taken)).collect() });
        }
        if let Some(condition) = condition(place) {
            let case = |first, then: Option<Place<'s>>| {
                std::iter::once(first).chain(then.map(Clause::Holds)).collect::<Vec<_>>()
            };
            let cases = vec![
                case(Clause::Holds(condition), place.schema_at("then")),
                case(Clause::Fails(condition), place.schema_at("else")),
            ];
            self.splits.push(Split { cases });
        }
        for (name, dependent) in dependents(place) {
            let mut present = vec![Clause::Has(name)];
            present.extend(dependent.clauses());
            self.splits.push(Split { cases: vec![vec![Clause::Lacks(name)], present] });
        }
    }
}

/// Keywords of texts that are compared by their text only.
pub(crate) const OPAQUE: &[&str] = &["format", "contentEncoding", "contentMediaType"];

/// Editions with the same reading of such a keyword have the same number.
pub(crate) fn reading(draft: Draft) -> u8 {
    match draft {
        Draft::Draft4 => 0,
        Draft::Draft6 => 1,
        Draft::Draft7 => 2,
        Draft::Draft201909 | Draft::Draft202012 => 3,
    }
}

/// One branch holds, the others do not.
fn only<'s>(branches: &[Place<'s>], taken: usize) -> Vec<Clause<'s>> {
    let clause = |(index, branch): (usize, &Place<'s>)| {
        if index == taken { Clause::Holds(*branch) } else { Clause::Fails(*branch) }
    };
    branches.iter().enumerate().map(clause).collect()
}

/// The bounds of numbers that a schema sets.
pub(crate) fn limits(place: Place<'_>) -> (Vec<Limit>, Vec<Limit>) {
    let number = |keyword: &str| place.keyword(keyword).and_then(Decimal::of);
    let plain = |keyword: &str, flag: &str| {
        let exclusive = place.draft == Draft::Draft4 && place.keyword(flag) == Some(&Json::Bool(true));
        number(keyword).map(|value| Limit { value, exclusive })
    };
    let own = |keyword: &str| {
        let value = if place.draft == Draft::Draft4 { None } else { number(keyword) };
        value.map(|value| Limit { value, exclusive: true })
    };
    let low = plain("minimum", "exclusiveMinimum").into_iter().chain(own("exclusiveMinimum")).collect();
    let high = plain("maximum", "exclusiveMaximum").into_iter().chain(own("exclusiveMaximum")).collect();
    (low, high)
}

fn add_counts(counts: &mut Counts, place: Place<'_>, min: &str, max: &str) {
    if let Some(min) = place.keyword(min).and_then(count) {
        counts.at_least(min);
    }
    if let Some(max) = place.keyword(max).and_then(count) {
        counts.at_most(max);
    }
}

/// The schema of `if`, in the editions that have it.
pub(crate) fn condition<'s>(place: Place<'s>) -> Option<Place<'s>> {
    if place.draft < Draft::Draft7 { None } else { place.schema_at("if") }
}

/// What a member's presence demands.
#[derive(Clone, Copy)]
pub(crate) enum Dependent<'s> {
    /// Other members.
    Names(&'s Json),
    /// Validity for a schema.
    Schema(Place<'s>),
}

impl<'s> Dependent<'s> {
    pub(crate) fn clauses(self) -> Vec<Clause<'s>> {
        match self {
            Self::Names(names) => texts(Some(names)).map(Clause::Has).collect(),
            Self::Schema(schema) => vec![Clause::Holds(schema)],
        }
    }
}

/// The dependencies that a schema states, by member.
pub(crate) fn dependents<'s>(place: Place<'s>) -> Vec<(&'s str, Dependent<'s>)> {
    let mut found = Vec::new();
    for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
        if keyword != "dependencies" && !place.draft.is_modern() {
            continue;
        }
        for (name, value) in members(place.keyword(keyword)) {
            let dependent = match value {
                Json::Array(_) => Dependent::Names(value),
                _ => Dependent::Schema(place.within(value)),
            };
            found.push((name.as_str(), dependent));
        }
    }
    found
}

impl<'s> Layer<'s> {
    /// What a schema says of members, if anything.
    pub(crate) fn of(place: Place<'s>) -> Option<Self> {
        let properties = members(place.keyword("properties"));
        let patterns = members(place.keyword("patternProperties"));
        let evaluates = place.draft.is_modern() && !place.has_applicators();
        let unevaluated = if evaluates { place.schema_at("unevaluatedProperties") } else { None };
        let rest = place.schema_at("additionalProperties").or(unevaluated);
        let says = !properties.is_empty() || !patterns.is_empty() || rest.is_some();
        says.then_some(Self { place, properties, patterns, rest })
    }
}

impl<'s> Tuple<'s> {
    /// What a schema says of items, if anything.
    pub(crate) fn of(place: Place<'s>) -> Option<Self> {
        let (prefix, rest) = if place.draft == Draft::Draft202012 {
            (place.keyword("prefixItems"), place.schema_at("items"))
        } else {
            match place.keyword("items") {
                Some(list @ Json::Array(_)) => (Some(list), place.schema_at("additionalItems")),
                Some(schema) => (None, Some(place.within(schema))),
                None => (None, None),
            }
        };
        let prefix: &'s [Json] = match prefix {
            Some(Json::Array(list)) => list,
            _ => &[],
        };
        let evaluates =
            place.draft.is_modern() && !place.has_applicators() && place.keyword("contains").is_none();
        let unevaluated = if evaluates { place.schema_at("unevaluatedItems") } else { None };
        let rest = rest.or(unevaluated);
        (!prefix.is_empty() || rest.is_some()).then_some(Self { place, prefix, rest })
    }
}

impl<'s> Contains<'s> {
    /// What a schema says of contained items, if anything.
    pub(crate) fn of(place: Place<'s>) -> Option<Self> {
        if place.draft < Draft::Draft6 {
            return None;
        }
        let schema = place.schema_at("contains")?;
        let modern =
            |keyword| if place.draft.is_modern() { place.keyword(keyword).and_then(count) } else { None };
        let counts = Counts { min: modern("minContains").unwrap_or(1), max: modern("maxContains") };
        Some(Self { schema, counts })
    }
}
