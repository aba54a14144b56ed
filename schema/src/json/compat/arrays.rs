//! The rules for arrays.

use super::compare::{Limit, limit};
use super::difference::Difference;
use super::pairs::{Frame, Pairs, Step};
use super::rest::{Rest, additional, subschema, unevaluated};
use crate::json::model::rules::Content;
use crate::json::model::{ArrayRules, Model};

const MAX_ITEMS: Limit = Limit {
    keyword: "maxItems",
    added: Difference::MaxItemsAdded,
    tightened: Difference::MaxItemsDecreased,
    is_lower: false,
};
const MIN_ITEMS: Limit = Limit {
    keyword: "minItems",
    added: Difference::MinItemsAdded,
    tightened: Difference::MinItemsIncreased,
    is_lower: true,
};
const MAX_CONTAINS: Limit = Limit {
    keyword: "maxContains",
    added: Difference::MaxContainsAdded,
    tightened: Difference::MaxContainsDecreased,
    is_lower: false,
};
const MIN_CONTAINS: Limit = Limit {
    keyword: "minContains",
    added: Difference::MinContainsAdded,
    tightened: Difference::MinContainsIncreased,
    is_lower: true,
};

pub(super) fn compare<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    original: &'m ArrayRules,
    update: &'m ArrayRules,
) {
    if !pairs.spend(original.tuple.len() + update.tuple.len()) {
        return;
    }
    subschema(pairs, frame, "items", [original.items, update.items], Difference::SchemaAdded);
    tuple(pairs, frame, original, update);
    additional(
        pairs,
        frame,
        [original.permits_additional, update.permits_additional],
        [original.additional, update.additional],
        &Rest {
            keyword: "additionalItems",
            removed: Difference::AdditionalItemsRemoved,
            narrowed: Difference::AdditionalItemsNarrowed,
        },
    );
    unevaluated(
        pairs,
        frame,
        [original.unevaluated, update.unevaluated],
        &Rest {
            keyword: "unevaluatedItems",
            removed: Difference::UnevaluatedItemsRemoved,
            narrowed: Difference::UnevaluatedItemsNarrowed,
        },
    );
    limit(pairs, frame, &MAX_ITEMS, original.max_items, update.max_items);
    limit(pairs, frame, &MIN_ITEMS, original.min_items, update.min_items);
    if update.is_unique && !original.is_unique {
        pairs.add(frame, Step::Keyword("uniqueItems"), Difference::UniqueItemsAdded);
    }
    limit(pairs, frame, &MAX_CONTAINS, original.max_contains, update.max_contains);
    limit(pairs, frame, &MIN_CONTAINS, original.min_contains, update.min_contains);
}

fn tuple<'m>(pairs: &mut Pairs<'m>, frame: &mut Frame<'m>, original: &'m ArrayRules, update: &'m ArrayRules) {
    for (index, (&one, &other)) in original.tuple.iter().zip(&update.tuple).enumerate() {
        let (one, other) = (frame.original(one), frame.update(other));
        pairs.inner(frame, Step::Index("items", index), one, other);
    }
    for (index, &item) in original.tuple.iter().enumerate().skip(update.tuple.len()) {
        let (step, item) = (Step::Index("items", index), frame.original(item));
        match content(pairs.model(frame.pair.update), update) {
            Content::Open => {}
            Content::Partial(schema) => {
                let schema = frame.update(schema);
                if !pairs.inner(frame, step, item, schema) {
                    pairs.add(frame, step, Difference::ItemRemovedNotCovered);
                }
            }
            Content::Closed if pairs.node(item).kind.is_false() => {}
            Content::Closed => pairs.add(frame, step, Difference::ItemRemovedFromClosed),
        }
    }
    for (index, &item) in update.tuple.iter().enumerate().skip(original.tuple.len()) {
        let (step, item) = (Step::Index("items", index), frame.update(item));
        match content(pairs.model(frame.pair.original), original) {
            Content::Open if pairs.node(item).kind.is_empty() => {}
            Content::Open => pairs.add(frame, step, Difference::ItemAddedToOpen),
            Content::Partial(schema) => {
                let schema = frame.original(schema);
                if !pairs.inner(frame, step, schema, item) {
                    pairs.add(frame, step, Difference::ItemAddedNotCovered);
                }
            }
            Content::Closed => {}
        }
    }
}

/// What an array schema says about items behind its tuple.
fn content(model: &Model, rules: &ArrayRules) -> Content {
    if !rules.permits_additional {
        return Content::Closed;
    }
    if let Some(schema) = rules.additional {
        return Content::Partial(schema);
    }
    match rules.unevaluated.map(|id| (id, &model.node(id).kind)) {
        Some((_, kind)) if kind.is_false() => Content::Closed,
        Some((schema, kind)) if !kind.is_empty() => Content::Partial(schema),
        _ => Content::Open,
    }
}
