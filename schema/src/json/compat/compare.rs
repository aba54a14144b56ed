//! The rules for two schemas: which kinds go together, and what each kind demands.

use super::combined;
use super::difference::Difference;
use super::pairs::{Frame, Pairs, Side, Step};
use super::{arrays, objects};
use crate::json::model::decimal::{self, Multiples};
use crate::json::model::{Criterion, Kind, NodeId, NumberRules, StringRules};

/// Compares the pair of `frame`, whose nodes are no references.
pub(super) fn compare<'m>(pairs: &mut Pairs<'m>, frame: &mut Frame<'m>) {
    if is_carried_by_part(pairs, frame) {
        return;
    }
    let (original, update) = (pairs.node(frame.pair.original), pairs.node(frame.pair.update));
    if original.kind.class() != update.kind.class() {
        let is_harmless = original.kind.is_false()
            || update.kind.is_empty()
            || original.is_connect_bytes && update.is_connect_bytes;
        if !is_harmless {
            pairs.add(frame, Step::Here, Difference::TypeChanged);
        }
        return;
    }
    match (&original.kind, &update.kind) {
        (Kind::String(original), Kind::String(update)) => strings(pairs, frame, original, update),
        (Kind::Number(original), Kind::Number(update)) => numbers(pairs, frame, original, update),
        (Kind::Object(original), Kind::Object(update)) => objects::compare(pairs, frame, original, update),
        (Kind::Array(original), Kind::Array(update)) => arrays::compare(pairs, frame, original, update),
        (Kind::Enum(original), Kind::Enum(update)) => enums(pairs, frame, original, update),
        (Kind::Const(original), Kind::Const(update)) if original != update => {
            pairs.add(frame, Step::Keyword("const"), Difference::EnumArrayChanged);
        }
        (Kind::Not(original), Kind::Not(update)) => {
            // What must not match may only become less: the sides change places.
            let (original, update) = (frame.original(*original), frame.update(*update));
            if pairs.pair(update, original).is_some() {
                pairs.add(frame, Step::Keyword("not"), Difference::NotTypeExtended);
            }
        }
        (Kind::Combined(..), Kind::Combined(..)) => combined::compare(pairs, frame),
        _ => {}
    }
}

/// Where one side is combined and the other is not: whether a part of it alone answers for the whole.
fn is_carried_by_part<'m>(pairs: &mut Pairs<'m>, frame: &Frame<'m>) -> bool {
    let (original, update) = (frame.pair.original, frame.pair.update);
    match (&pairs.node(original).kind, &pairs.node(update).kind) {
        (Kind::Combined(..), Kind::Combined(..)) => false,
        (_, Kind::Combined(criterion, parts)) if *criterion != Criterion::All || parts.len() == 1 => {
            any_part(pairs, parts, |pairs, part| pairs.pair(original, frame.update(part)).is_none())
        }
        (Kind::Combined(criterion, parts), _) if *criterion == Criterion::All || parts.len() == 1 => {
            any_part(pairs, parts, |pairs, part| pairs.pair(frame.original(part), update).is_none())
        }
        _ => false,
    }
}

fn any_part<'m>(
    pairs: &mut Pairs<'m>,
    parts: &[NodeId],
    is_compatible: impl Fn(&mut Pairs<'m>, NodeId) -> bool,
) -> bool {
    parts.iter().any(|&part| pairs.spend(1) && is_compatible(pairs, part))
}

/// What a limit does when it comes new or moves towards less.
pub(super) struct Limit {
    pub(super) keyword: &'static str,
    pub(super) added: Difference,
    pub(super) tightened: Difference,
    /// Whether more is stricter.
    pub(super) is_lower: bool,
}

/// Compares one limit.
pub(super) fn limit<'m, N: PartialOrd>(
    pairs: &Pairs<'m>,
    frame: &mut Frame<'m>,
    rule: &Limit,
    original: Option<N>,
    update: Option<N>,
) {
    let Some(update) = update else { return };
    let difference = match original {
        None => rule.added,
        Some(original) if rule.is_lower && original < update => rule.tightened,
        Some(original) if !rule.is_lower && original > update => rule.tightened,
        Some(_) => return,
    };
    pairs.add(frame, Step::Keyword(rule.keyword), difference);
}

const MAX_LENGTH: Limit = Limit {
    keyword: "maxLength",
    added: Difference::MaxLengthAdded,
    tightened: Difference::MaxLengthDecreased,
    is_lower: false,
};
const MIN_LENGTH: Limit = Limit {
    keyword: "minLength",
    added: Difference::MinLengthAdded,
    tightened: Difference::MinLengthIncreased,
    is_lower: true,
};
const MAXIMUM: Limit = Limit {
    keyword: "maximum",
    added: Difference::MaximumAdded,
    tightened: Difference::MaximumDecreased,
    is_lower: false,
};
const MINIMUM: Limit = Limit {
    keyword: "minimum",
    added: Difference::MinimumAdded,
    tightened: Difference::MinimumIncreased,
    is_lower: true,
};
const EXCLUSIVE_MAXIMUM: Limit = Limit {
    keyword: "exclusiveMaximum",
    added: Difference::ExclusiveMaximumAdded,
    tightened: Difference::ExclusiveMaximumDecreased,
    is_lower: false,
};
const EXCLUSIVE_MINIMUM: Limit = Limit {
    keyword: "exclusiveMinimum",
    added: Difference::ExclusiveMinimumAdded,
    tightened: Difference::ExclusiveMinimumIncreased,
    is_lower: true,
};

fn strings<'m>(pairs: &Pairs<'m>, frame: &mut Frame<'m>, original: &'m StringRules, update: &'m StringRules) {
    limit(pairs, frame, &MAX_LENGTH, original.max_length, update.max_length);
    limit(pairs, frame, &MIN_LENGTH, original.min_length, update.min_length);
    let difference = match (&original.pattern, &update.pattern) {
        (None, Some(_)) => Difference::PatternAdded,
        (Some(original), Some(update)) if original != update => Difference::PatternChanged,
        _ => return,
    };
    pairs.add(frame, Step::Keyword("pattern"), difference);
}

fn numbers<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    original: &'m NumberRules,
    update: &'m NumberRules,
) {
    limit(pairs, frame, &MAXIMUM, original.maximum, update.maximum);
    limit(pairs, frame, &MINIMUM, original.minimum, update.minimum);
    limit(pairs, frame, &EXCLUSIVE_MAXIMUM, original.exclusive_maximum, update.exclusive_maximum);
    limit(pairs, frame, &EXCLUSIVE_MINIMUM, original.exclusive_minimum, update.exclusive_minimum);
    if let Some(difference) = multiples(pairs, original.multiple_of.as_deref(), update.multiple_of.as_deref())
    {
        pairs.add(frame, Step::Keyword("multipleOf"), difference);
    }
    if update.is_integer && !original.is_integer {
        pairs.add(frame, Step::Here, Difference::TypeNarrowed);
    }
}

fn multiples(pairs: &mut Pairs<'_>, original: Option<&str>, update: Option<&str>) -> Option<Difference> {
    let update = update?;
    let Some(original) = original else {
        return Some(Difference::MultipleOfAdded);
    };
    if original == update || !pairs.spend(decimal::cost(original, update)) {
        return None;
    }
    match decimal::multiples(original, update) {
        Multiples::Same | Multiples::Reduced => None,
        Multiples::Expanded => Some(Difference::MultipleOfExpanded),
        Multiples::Unrelated => Some(Difference::MultipleOfChanged),
    }
}

/// Both lists are sorted and have no value twice.
fn enums<'m>(pairs: &mut Pairs<'m>, frame: &mut Frame<'m>, original: &'m [Box<str>], update: &'m [Box<str>]) {
    if original == update || !pairs.spend(original.len() + update.len()) || includes(update, original) {
        return;
    }
    let is_narrowed = includes(original, update);
    let difference = if is_narrowed { Difference::EnumArrayNarrowed } else { Difference::EnumArrayChanged };
    pairs.add(frame, Step::Keyword("enum"), difference);
}

/// Whether a sorted list has every value of another one.
pub(super) fn includes(list: &[Box<str>], other: &[Box<str>]) -> bool {
    let mut rest = list.iter();
    other.iter().all(|value| rest.any(|candidate| candidate == value))
}

/// The sides of two optional nodes.
pub(super) fn sides(
    frame: &Frame<'_>,
    original: Option<NodeId>,
    update: Option<NodeId>,
) -> (Option<Side>, Option<Side>) {
    (original.map(|id| frame.original(id)), update.map(|id| frame.update(id)))
}
