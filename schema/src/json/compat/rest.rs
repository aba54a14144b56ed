//! What is said about the members and items that a schema does not list: the same for objects and arrays.

use super::compare::sides;
use super::difference::Difference;
use super::pairs::{Frame, Pairs, Step};
use crate::json::model::NodeId;

/// A keyword about the rest, and its kinds of difference.
pub(super) struct Rest {
    pub(super) keyword: &'static str,
    /// Nothing is taken any more.
    pub(super) removed: Difference,
    /// Less is taken.
    pub(super) narrowed: Difference,
}

/// A schema of one keyword; `added` if only the update has it.
pub(super) fn subschema<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    keyword: &'static str,
    [original, update]: [Option<NodeId>; 2],
    added: Difference,
) {
    match sides(frame, original, update) {
        (None, Some(_)) => pairs.add(frame, Step::Keyword(keyword), added),
        (Some(original), Some(update)) => {
            pairs.inner(frame, Step::Keyword(keyword), original, update);
        }
        (_, None) => {}
    }
}

/// `additionalProperties` and `additionalItems`: whether the rest is permitted, and its schema.
pub(super) fn additional<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    [original_permits, update_permits]: [bool; 2],
    schemas: [Option<NodeId>; 2],
    rule: &Rest,
) {
    match (original_permits, update_permits) {
        (true, false) => pairs.add(frame, Step::Keyword(rule.keyword), rule.removed),
        (false, true) => {}
        _ => subschema(pairs, frame, rule.keyword, schemas, rule.narrowed),
    }
}

/// `unevaluatedProperties` and `unevaluatedItems`.
pub(super) fn unevaluated<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    [original, update]: [Option<NodeId>; 2],
    rule: &Rest,
) {
    let step = Step::Keyword(rule.keyword);
    let (original, update) = sides(frame, original, update);
    let Some(update) = update else { return };
    let update_kind = &pairs.node(update).kind;
    let original_kind = original.map(|original| &pairs.node(original).kind);
    let takes_nothing = original_kind.is_some_and(|kind| kind.is_false());
    if update_kind.is_false() && !takes_nothing {
        pairs.add(frame, step, rule.removed);
        return;
    }
    match (original, original_kind) {
        (None, _) => pairs.add(frame, step, rule.narrowed),
        (Some(_), Some(kind)) if kind.is_false() != update_kind.is_false() => {}
        (Some(_), Some(kind)) if kind.is_empty() && !update_kind.is_empty() => {
            pairs.add(frame, step, rule.narrowed);
        }
        (Some(original), Some(kind)) if kind.is_empty() || !update_kind.is_empty() => {
            pairs.inner(frame, step, original, update);
        }
        _ => {}
    }
}
