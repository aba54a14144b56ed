//! What is known of a document: everything that the schemas say which it is valid for, in one place.

use std::collections::BTreeSet;

use super::decimal::Decimal;
use super::place::Place;
use super::types::Types;
use crate::document::Json;

/// What is known of a value. Knowing less is always right: a keyword that is not understood is left out.
#[derive(Clone)]
pub(crate) struct Facts<'s> {
    pub(crate) types: Types,
    /// The values that it may have, where they are listed.
    pub(crate) values: Option<Vec<&'s Json>>,
    pub(crate) low: Option<Limit>,
    pub(crate) high: Option<Limit>,
    pub(crate) multiples: Vec<Decimal>,
    pub(crate) length: Counts,
    pub(crate) patterns: Vec<&'s str>,
    /// Keywords that are compared by their text only: the keyword, its value and the edition's reading of it.
    pub(crate) opaque: Vec<(&'static str, &'s str, u8)>,
    pub(crate) items: Counts,
    pub(crate) unique: bool,
    pub(crate) tuples: Vec<Tuple<'s>>,
    pub(crate) contains: Vec<Contains<'s>>,
    pub(crate) members: Counts,
    pub(crate) required: BTreeSet<&'s str>,
    /// Members that it does not have.
    pub(crate) lacking: BTreeSet<&'s str>,
    pub(crate) layers: Vec<Layer<'s>>,
    pub(crate) names: Vec<Place<'s>>,
    /// Schemas that it is not valid for.
    pub(crate) fails: Vec<Place<'s>>,
    /// Alternatives of which one holds, not yet told apart.
    pub(crate) splits: Vec<Split<'s>>,
    /// The schemas that it is valid for.
    pub(crate) holds: Vec<Place<'s>>,
}

/// A bound of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) value: Decimal,
    pub(crate) exclusive: bool,
}

/// A range of counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

impl Counts {
    pub(crate) fn at_least(&mut self, min: u64) {
        self.min = self.min.max(min);
    }

    pub(crate) fn at_most(&mut self, max: u64) {
        self.max = Some(self.max.map_or(max, |old| old.min(max)));
    }

    pub(crate) fn is_empty(self) -> bool {
        self.max.is_some_and(|max| max < self.min)
    }

    pub(crate) fn ends_by(self, max: u64) -> bool {
        self.max.is_some_and(|own| own <= max)
    }
}

/// One schema's say on the items of an array.
#[derive(Clone, Copy)]
pub(crate) struct Tuple<'s> {
    pub(crate) place: Place<'s>,
    pub(crate) prefix: &'s [Json],
    pub(crate) rest: Option<Place<'s>>,
}

impl<'s> Tuple<'s> {
    pub(crate) fn item(&self, index: usize) -> Option<Place<'s>> {
        match self.prefix.get(index) {
            Some(schema) => Some(self.place.within(schema)),
            None => self.rest,
        }
    }
}

/// One schema's say on what an array contains.
#[derive(Clone, Copy)]
pub(crate) struct Contains<'s> {
    pub(crate) schema: Place<'s>,
    pub(crate) counts: Counts,
}

/// One schema's say on the members of an object.
#[derive(Clone, Copy)]
pub(crate) struct Layer<'s> {
    pub(crate) place: Place<'s>,
    pub(crate) properties: &'s [(String, Json)],
    pub(crate) patterns: &'s [(String, Json)],
    pub(crate) rest: Option<Place<'s>>,
}

/// Alternatives of which one holds.
#[derive(Clone)]
pub(crate) struct Split<'s> {
    pub(crate) cases: Vec<Vec<Clause<'s>>>,
}

/// One more thing that is known.
#[derive(Clone, Copy)]
pub(crate) enum Clause<'s> {
    /// The value is valid for the schema.
    Holds(Place<'s>),
    /// The value is not valid for the schema.
    Fails(Place<'s>),
    /// If the value is an object, it has the member.
    Has(&'s str),
    /// If the value is an object, it has no such member.
    Lacks(&'s str),
}

impl<'s> Facts<'s> {
    /// Nothing is known.
    pub(crate) fn none() -> Self {
        Self {
            types: Types::ALL,
            values: None,
            low: None,
            high: None,
            multiples: Vec::new(),
            length: Counts::default(),
            patterns: Vec::new(),
            opaque: Vec::new(),
            items: Counts::default(),
            unique: false,
            tuples: Vec::new(),
            contains: Vec::new(),
            members: Counts::default(),
            required: BTreeSet::new(),
            lacking: BTreeSet::new(),
            layers: Vec::new(),
            names: Vec::new(),
            fails: Vec::new(),
            splits: Vec::new(),
            holds: Vec::new(),
        }
    }

    /// What follows from being valid for all of these.
    pub(crate) fn of(places: impl IntoIterator<Item = Place<'s>>) -> Self {
        let mut facts = Self::none();
        for place in places {
            facts.add(Clause::Holds(place));
        }
        facts
    }

    /// The same, and more.
    pub(crate) fn with(&self, clauses: &[Clause<'s>]) -> Self {
        let mut facts = self.clone();
        for clause in clauses {
            facts.add(*clause);
        }
        facts
    }

    /// The same for values of some types only.
    pub(crate) fn of_types(&self, types: Types) -> Self {
        let mut facts = self.clone();
        facts.types = facts.types.and(types);
        facts
    }

    /// The cases of the first alternatives that are not told apart yet, if any.
    pub(crate) fn split(&self) -> Option<Vec<Self>> {
        let mut rest = self.clone();
        if rest.splits.is_empty() {
            return None;
        }
        let split = rest.splits.remove(0);
        Some(split.cases.iter().map(|clauses| rest.with(clauses)).collect())
    }

    /// The cases by kind of value, if there is more than one.
    pub(crate) fn split_by_kind(&self) -> Option<Vec<Self>> {
        if self.types.kinds() < 2 {
            return None;
        }
        let kinds = Types::KINDS.iter().filter(|kind| self.types.meets(**kind));
        Some(kinds.map(|kind| self.of_types(*kind)).collect())
    }

    /// The lower bound. Integers start at a whole number.
    pub(crate) fn low(&self) -> Option<Limit> {
        let low = self.low?;
        if self.types.meets(Types::FRACTION) {
            return Some(low);
        }
        let value = low.value.ceiling();
        let skip = low.exclusive && value == low.value;
        Some(Limit { value: if skip { value.plus(Decimal::ONE) } else { value }, exclusive: false })
    }

    /// The upper bound. Integers end at a whole number.
    pub(crate) fn high(&self) -> Option<Limit> {
        let high = self.high?;
        if self.types.meets(Types::FRACTION) {
            return Some(high);
        }
        let value = high.value.floor();
        let skip = high.exclusive && value == high.value;
        Some(Limit { value: if skip { value.minus(Decimal::ONE) } else { value }, exclusive: false })
    }

    /// Tells what is known from what else may be known: everything that was learned, whatever the order.
    pub(crate) fn key(&self) -> Vec<usize> {
        let text = |name: &&str| name.as_ptr().addr();
        let mut key: Vec<usize> = self.holds.iter().map(|place| place.address()).collect();
        key.sort_unstable();
        let mut fails: Vec<usize> = self.fails.iter().map(|place| place.address()).collect();
        fails.sort_unstable();
        key.push(0);
        key.extend(fails);
        key.push(0);
        key.extend(self.required.iter().map(text));
        key.push(0);
        key.extend(self.lacking.iter().map(text));
        key.push(self.types.bits());
        key
    }

    /// The names that some schema or requirement mentions.
    pub(crate) fn known_names(&self) -> BTreeSet<&'s str> {
        let mut names = self.required.clone();
        names.extend(&self.lacking);
        for layer in &self.layers {
            names.extend(layer.properties.iter().map(|(name, _)| name.as_str()));
        }
        names
    }

    /// Everything that is said of the item at an index.
    pub(crate) fn item(&self, index: usize) -> Vec<Place<'s>> {
        self.tuples.iter().filter_map(|tuple| tuple.item(index)).collect()
    }

    /// The length of the longest tuple.
    pub(crate) fn prefix_length(&self) -> usize {
        self.tuples.iter().map(|tuple| tuple.prefix.len()).max().unwrap_or(0)
    }
}
