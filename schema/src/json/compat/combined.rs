//! The rules for `allOf`, `anyOf` and `oneOf` on both sides.

use super::difference::Difference;
use super::matching::{Matching, largest};
use super::pairs::{Frame, Pairs, Side, Step};
use crate::json::model::{Criterion, Kind};

pub(super) fn compare<'m>(pairs: &mut Pairs<'m>, frame: &mut Frame<'m>) {
    let (original, update) = (frame.pair.original, frame.pair.update);
    let (Kind::Combined(original_criterion, originals), Kind::Combined(update_criterion, updates)) =
        (&pairs.node(original).kind, &pairs.node(update).kind)
    else {
        return;
    };
    let (original_criterion, update_criterion) = (*original_criterion, *update_criterion);
    let is_extended = original_criterion == update_criterion
        || update_criterion == Criterion::Any
        || originals.len() == 1 && updates.len() == 1
        || originals.len() == 1 && update_criterion == Criterion::One
        || updates.len() == 1 && original_criterion == Criterion::All;
    if !is_extended {
        pairs.add(frame, Step::Here, Difference::CombinedTypeChanged);
        return;
    }
    if !pairs.spend(originals.len() + updates.len()) {
        return;
    }
    let (originals, updates) = (pairs.distinct(original, originals), pairs.distinct(update, updates));
    if originals.len() < updates.len() && update_criterion == Criterion::All {
        pairs.add(frame, Step::Here, Difference::ProductTypeExtended);
    } else if originals.len() > updates.len() && original_criterion != Criterion::All {
        pairs.add(frame, Step::Here, Difference::SumTypeNarrowed);
    }
    let Some(matching) = best(pairs, &originals, &updates) else { return };
    if matching.size() < originals.len().min(updates.len()) {
        let alone = lonely(&matching, &originals, &updates);
        pairs.add_about(frame, Step::Here, Difference::CombinedTypeSubschemasChanged, alone);
    }
}

/// A largest matching of parts that go together. Every pair is compared, as in the reference registry, whose answers
/// about recursive schemas depend on it.
fn best(pairs: &mut Pairs<'_>, originals: &[Side], updates: &[Side]) -> Option<Matching> {
    let mut partners = Vec::with_capacity(originals.len());
    for &original in originals {
        let mut compatible = Vec::new();
        for (number, &update) in (0_u32..).zip(updates) {
            if !pairs.spend(1) {
                return None;
            }
            if pairs.pair(original, update).is_none() {
                compatible.push(number);
            }
        }
        partners.push(compatible);
    }
    largest(&partners, updates.len(), |steps| pairs.spend(steps))
}

/// A part without a partner, of the side that has fewer of them.
fn lonely(matching: &Matching, originals: &[Side], updates: &[Side]) -> Option<Side> {
    if originals.len() <= updates.len() {
        let at = matching.partner.iter().position(Option::is_none)?;
        originals.get(at).copied()
    } else {
        let at = matching.owner.iter().position(Option::is_none)?;
        updates.get(at).copied()
    }
}
