//! The findings after a no: every place where reader and writer differ in a way that matters.

use foldhash::{HashSet, HashSetExt};

use super::difference::Difference;
use super::explain::{self, Case};
use super::pairs::{Item, OutcomeId, Pair, Pairs, Side, Step, What};
use super::source::Sources;
use super::{FINDINGS_LENGTH_MAX, FINDINGS_MAX};
use crate::incompatibility::Incompatibility;
use crate::json::JsonSchema;

/// Walks what was found about the roots.
pub(super) struct Report<'p, 'm> {
    pairs: &'p Pairs<'m>,
    reader: &'m JsonSchema,
    writer: &'m JsonSchema,
}

/// A difference and the way to it.
pub(super) struct Place<'m> {
    pub(super) difference: Difference,
    pub(super) pair: Pair,
    /// The part of a combined schema that it is about.
    pub(super) about: Option<Side>,
    /// The steps from the root; the last one leads from the pair to the difference.
    pub(super) steps: Vec<Step<'m>>,
}

impl<'p, 'm> Report<'p, 'm> {
    pub(super) fn new(pairs: &'p Pairs<'m>, reader: &'m JsonSchema, writer: &'m JsonSchema) -> Self {
        Self { pairs, reader, writer }
    }

    pub(super) fn findings(&self, root: OutcomeId) -> Vec<Incompatibility> {
        let places = self.places(root, FINDINGS_MAX);
        let inner: Vec<Option<Place<'m>>> = places.iter().map(|place| self.inner(place)).collect();
        let all = || places.iter().chain(inner.iter().flatten());
        let [reader, writer] = [true, false].map(|of_reader| {
            let mut wanted = HashSet::new();
            for place in all() {
                let sides = [Some(place.pair.original), Some(place.pair.update), place.about];
                let sides = sides.into_iter().flatten().filter(|side| side.of_reader == of_reader);
                wanted.extend(sides.map(|side| self.pairs.node(side).source));
            }
            Sources::find(if of_reader { self.reader } else { self.writer }, &wanted)
        });
        let mut findings: Vec<Incompatibility> = Vec::new();
        let mut length = 0;
        for (place, inner) in places.iter().zip(&inner) {
            let case = |place| Case::new(self.pairs, place, [&reader, &writer]);
            let inner = inner.as_ref().map(|place| explain::finding(&case(place), None));
            let finding = explain::finding(&case(place), inner.as_ref());
            length += finding.text_length();
            if length > FINDINGS_LENGTH_MAX && !findings.is_empty() {
                break;
            }
            findings.push(finding);
        }
        findings
    }

    /// The differences below an outcome, at most `count_max`. Paths are bounded, too: they are part of the text.
    fn places(&self, root: OutcomeId, count_max: usize) -> Vec<Place<'m>> {
        let mut places = Vec::new();
        let mut steps: Vec<Step<'m>> = Vec::new();
        let mut steps_left = FINDINGS_LENGTH_MAX;
        // Outcomes that are being walked, each with the number of its next item.
        let mut open: Vec<(OutcomeId, usize)> = vec![(root, 0)];
        while let Some((outcome, next)) = open.last_mut() {
            let outcome = self.pairs.outcome(*outcome);
            let Some(&Item { step, what }) = outcome.items.get(*next) else {
                open.pop();
                steps.pop();
                continue;
            };
            *next += 1;
            steps.push(step);
            match what {
                What::Inner(inner) => open.push((inner, 0)),
                What::Found(difference, about) => {
                    let Some(left) = steps_left.checked_sub(steps.len()) else { return places };
                    steps_left = left;
                    places.push(Place { difference, pair: outcome.pair, about, steps: steps.clone() });
                    steps.pop();
                    if places.len() == count_max {
                        return places;
                    }
                }
            }
        }
        places
    }

    /// What keeps a lonely part of a combined schema from the first part of the other side that is of its kind.
    fn inner(&self, place: &Place<'m>) -> Option<Place<'m>> {
        let about = place.about?;
        let Pair { original, update } = place.pair;
        let other = if about.of_reader == original.of_reader { update } else { original };
        let outcome =
            explain::parts(self.pairs, other).filter(|&part| self.is_twin(about, part)).find_map(|part| {
                if about.of_reader == original.of_reader {
                    self.pairs.known(about, part)
                } else {
                    self.pairs.known(part, about)
                }
            })?;
        let mut inner = self.places(outcome, 1).pop()?;
        let mut steps = place.steps.clone();
        steps.append(&mut inner.steps);
        Some(Place { steps, about: None, ..inner })
    }

    fn is_twin(&self, one: Side, other: Side) -> bool {
        let class = |side: Side| {
            let model = self.pairs.model(side);
            model.resolved(side.id).map(|id| model.node(id).kind.class())
        };
        class(one).is_some() && class(one) == class(other)
    }
}
