//! DocumentValidator made from what is known of them.

use super::search::Search;
use super::texts::{EXAMPLES, sample};
use crate::document::Json;
use crate::json::precise::decimal::Decimal;
use crate::json::precise::evaluate::evaluate;
use crate::json::precise::facts::{Clause, Facts};
use crate::json::precise::types::Types;

/// Levels of a document.
const DEPTH_MAX: usize = 24;
/// Ways that are tried to make one value.
const WAYS_MAX: usize = 8;
/// Characters and items that a value is made of, at most.
const LENGTH_MAX: u64 = 3_000;
const ITEMS_MAX: u64 = 300;

impl Search<'_> {
    /// A value of which the facts are true, as far as can be told; another one for another `variant`.
    pub(super) fn instance(&mut self, facts: &Facts<'_>, variant: usize) -> Option<Json> {
        (0..WAYS_MAX).find_map(|way| {
            let value = self.attempt(facts, variant + way)?;
            self.fits(facts, &value).then_some(value)
        })
    }

    fn attempt(&mut self, facts: &Facts<'_>, variant: usize) -> Option<Json> {
        if !self.visit() || self.depth > DEPTH_MAX {
            return None;
        }
        if let Some(cases) = facts.split() {
            let count = cases.len();
            let case = cases.get(variant % count.max(1))?;
            return self.attempt(case, variant / count.max(1) + variant % count.max(1));
        }
        if let Some(values) = self.prover.values(facts) {
            return values.get(variant % values.len().max(1)).map(|value| (*value).clone());
        }
        let kinds: Vec<Types> = Types::KINDS.into_iter().filter(|kind| facts.types.meets(*kind)).collect();
        let kind = *kinds.get(variant % kinds.len().max(1))?;
        let variant = if kinds.len() > 1 { variant / kinds.len() } else { variant };
        match kind {
            Types::STRING => self.text(facts, variant),
            Types::NUMBER => number(facts, variant),
            Types::OBJECT => self.object(facts, Vec::new(), variant),
            Types::ARRAY => self.array(facts, Vec::new(), variant),
            Types::BOOLEAN => Some(Json::Bool(variant % 2 == 0)),
            _ => Some(Json::Null),
        }
    }

    /// Whether nothing shows that a value contradicts the facts.
    pub(super) fn fits(&self, facts: &Facts<'_>, value: &Json) -> bool {
        !facts.holds.iter().any(|place| evaluate(*place, value, self.matching) == Some(false))
            && !facts.fails.iter().any(|place| evaluate(*place, value, self.matching) == Some(true))
    }

    /// A text that has the length, the patterns and the formats.
    fn text(&self, facts: &Facts<'_>, variant: usize) -> Option<Json> {
        let min = usize::try_from(facts.length.min.min(LENGTH_MAX)).ok()?;
        let samples =
            facts.patterns.iter().flat_map(|pattern| (0..4).filter_map(|variant| sample(pattern, variant)));
        let mut texts: Vec<String> = samples.collect();
        if facts.patterns.is_empty() && facts.opaque.is_empty() {
            texts.push("a".repeat(min));
            if let Some(max) = facts.length.max.filter(|max| *max <= LENGTH_MAX) {
                texts.push("b".repeat(usize::try_from(max).ok()?));
            }
        }
        texts.extend(EXAMPLES.iter().map(|text| (*text).to_owned()));
        let padded: Vec<String> = texts.iter().map(|text| format!("{text}{}", "a".repeat(min))).collect();
        texts.extend(padded);
        let fitting: Vec<String> = texts.into_iter().filter(|text| self.is_text(facts, text)).collect();
        fitting.get(variant % fitting.len().max(1)).cloned().map(Json::String)
    }

    fn is_text(&self, facts: &Facts<'_>, text: &str) -> bool {
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        let drafts = facts.holds.first().map(|place| place.draft);
        length >= facts.length.min
            && facts.length.max.is_none_or(|max| length <= max)
            && facts.patterns.iter().all(|pattern| self.matching.finds(pattern, text) != Some(false))
            && drafts.is_none_or(|draft| {
                facts.opaque.iter().all(|(keyword, value, _)| {
                    self.matching.keyword_takes(keyword, value, draft, text) != Some(false)
                })
            })
    }

    /// An array whose first items are given.
    pub(super) fn array(&mut self, facts: &Facts<'_>, given: Vec<Json>, variant: usize) -> Option<Json> {
        let needed = facts.contains.iter().map(|contains| contains.counts.min).sum::<u64>();
        let room = facts.items.max.unwrap_or(u64::MAX);
        let wished = facts.items.min.max(needed).max(u64::try_from(variant % 3).ok()?).min(room);
        if wished > ITEMS_MAX {
            return None;
        }
        let wished = usize::try_from(wished).ok()?;
        let mut items = given;
        let mut demanded = facts
            .contains
            .iter()
            .flat_map(|contains| (0..contains.counts.min.min(ITEMS_MAX)).map(|_| contains.schema));
        while items.len() < wished {
            let mut item = Facts::of(facts.item(items.len()));
            if let Some(schema) = demanded.next() {
                item.add(Clause::Holds(schema));
            }
            let others = items.clone();
            let found = self.inside(|search| {
                let mut tries = (0..WAYS_MAX).filter_map(|way| search.instance(&item, variant + way));
                tries.find(|value| !facts.unique || !others.contains(value))
            });
            match found {
                Some(value) => items.push(value),
                None if items.len() as u64 >= facts.items.min => break,
                None => return None,
            }
        }
        Some(Json::Array(items))
    }

    /// An object some of whose members are given.
    pub(super) fn object(
        &mut self,
        facts: &Facts<'_>,
        given: Vec<(String, Json)>,
        variant: usize,
    ) -> Option<Json> {
        let mut members = given;
        for name in &facts.required {
            if !has(&members, name) {
                let value = self.member_value(facts, name, variant)?;
                members.push(((*name).to_owned(), value));
            }
        }
        let room = facts.members.max.unwrap_or(u64::MAX);
        if variant % 2 == 1 || (members.len() as u64) < facts.members.min {
            for name in facts.known_names() {
                if !has(&members, name) && (members.len() as u64) < room {
                    let value = self.member_value(facts, name, variant);
                    members.extend(value.map(|value| (name.to_owned(), value)));
                }
            }
        }
        for name in self.fresh_names(facts, variant) {
            if members.len() as u64 >= facts.members.min {
                break;
            }
            if !has(&members, &name) {
                let value = self.member_value(facts, &name, variant);
                members.extend(value.map(|value| (name, value)));
            }
        }
        (members.len() as u64 >= facts.members.min).then_some(Json::Object(members))
    }

    fn member_value(&mut self, facts: &Facts<'_>, name: &str, variant: usize) -> Option<Json> {
        let member = self.prover.member(facts, name);
        self.inside(|search| search.instance(&member, variant))
    }

    /// Names that no schema mentions, those first that some pattern takes.
    pub(super) fn fresh_names(&self, facts: &Facts<'_>, variant: usize) -> Vec<String> {
        let patterns =
            facts.layers.iter().flat_map(|layer| layer.patterns.iter().map(|(pattern, _)| pattern));
        let mut names: Vec<String> = patterns.filter_map(|pattern| sample(pattern, variant)).collect();
        let named = Facts::of(facts.names.iter().copied());
        names.extend(named.patterns.iter().filter_map(|pattern| sample(pattern, variant)));
        let listed = named.values.unwrap_or_default();
        names.extend(listed.into_iter().filter_map(Json::as_str).map(str::to_owned));
        let few = usize::try_from(facts.members.min.min(ITEMS_MAX)).unwrap_or(0) + 2;
        names.extend(
            (0..few).map(|index| if index == 0 { "other".to_owned() } else { format!("other{index}") }),
        );
        let length = usize::try_from(named.length.min.min(LENGTH_MAX)).unwrap_or(0);
        names.push("o".repeat(length.max(1)));
        let known = facts.known_names();
        names.retain(|name| !known.contains(name.as_str()));
        names
    }
}

fn has(members: &[(String, Json)], name: &str) -> bool {
    members.iter().any(|(key, _)| key == name)
}

/// A number within the bounds.
fn number(facts: &Facts<'_>, variant: usize) -> Option<Json> {
    let step = facts.multiples.iter().try_fold(None, |step: Option<Decimal>, own| match step {
        None => Some(Some(*own)),
        Some(step) => step.common_multiple(*own).map(Some),
    })?;
    let half = Decimal::parse("0.5")?;
    let zero = Decimal::from_integer(0);
    let (low, high) = (facts.low().map(|limit| limit.value), facts.high().map(|limit| limit.value));
    let mut numbers = Vec::new();
    for limit in [low, high].into_iter().flatten() {
        numbers.extend([
            limit,
            limit.plus(Decimal::ONE),
            limit.minus(Decimal::ONE),
            limit.plus(half),
            limit.minus(half),
        ]);
    }
    numbers.extend(low.zip(high).map(|(low, high)| low.middle(high)));
    numbers.extend([zero, Decimal::ONE, zero.minus(Decimal::ONE), half, Decimal::from_integer(7)]);
    numbers.push(Decimal::from_integer(1_000_003));
    if let Some(step) = step {
        let around: Vec<Decimal> = numbers
            .iter()
            .flat_map(|number| [number.down_to(step), number.down_to(step).plus(step)])
            .collect();
        numbers.extend(around);
    }
    let fits = |number: &Decimal| {
        let is_whole = number.is_integer();
        let typed = facts.types.meets(if is_whole { Types::INTEGER } else { Types::FRACTION })
            || (is_whole && facts.types.meets(Types::WHOLE));
        typed
            && facts.low().is_none_or(|low| *number > low.value || (*number == low.value && !low.exclusive))
            && facts
                .high()
                .is_none_or(|high| *number < high.value || (*number == high.value && !high.exclusive))
            && step.is_none_or(|step| number.is_multiple_of(step))
    };
    numbers.retain(fits);
    let number = numbers.get(variant % numbers.len().max(1))?.json();
    match number {
        Json::Number(text) if !facts.types.meets(Types::INTEGER) && !text.contains('.') => {
            Some(Json::Number(format!("{text}.0")))
        }
        other => Some(other),
    }
}
