//! The rules for objects.

use super::compare::{Limit, includes, limit};
use super::difference::Difference;
use super::pairs::{Frame, Pairs, Side, Step};
use super::rest::{Rest, additional, unevaluated};
use crate::json::model::ObjectRules;
use crate::json::model::properties::Property;
use crate::json::model::rules::Content;

const MAX_PROPERTIES: Limit = Limit {
    keyword: "maxProperties",
    added: Difference::MaxPropertiesAdded,
    tightened: Difference::MaxPropertiesDecreased,
    is_lower: false,
};
const MIN_PROPERTIES: Limit = Limit {
    keyword: "minProperties",
    added: Difference::MinPropertiesAdded,
    tightened: Difference::MinPropertiesIncreased,
    is_lower: true,
};

pub(super) fn compare<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    original: &'m ObjectRules,
    update: &'m ObjectRules,
) {
    if !pairs.spend(original.properties.len() + update.properties.len()) {
        return;
    }
    required(pairs, frame, original, update);
    for (at, property) in original.properties.iter().enumerate() {
        let step = Step::Named("properties", &property.name);
        match update.properties.find(&property.name, at) {
            Some(other) => {
                let (one, other) = (frame.original(property.schema), frame.update(other.schema));
                pairs.inner(frame, step, one, other);
            }
            None => removed(pairs, frame, property, update),
        }
    }
    for (at, property) in update.properties.iter().enumerate() {
        if original.properties.find(&property.name, at).is_none() {
            added(pairs, frame, original, property);
        }
    }
    dependencies(pairs, frame, original, update);
    additional(
        pairs,
        frame,
        [original.permits_additional, update.permits_additional],
        [original.additional, update.additional],
        &Rest {
            keyword: "additionalProperties",
            removed: Difference::AdditionalPropertiesRemoved,
            narrowed: Difference::AdditionalPropertiesNarrowed,
        },
    );
    unevaluated(
        pairs,
        frame,
        [original.unevaluated, update.unevaluated],
        &Rest {
            keyword: "unevaluatedProperties",
            removed: Difference::UnevaluatedPropertiesRemoved,
            narrowed: Difference::UnevaluatedPropertiesNarrowed,
        },
    );
    limit(pairs, frame, &MAX_PROPERTIES, original.max_properties, update.max_properties);
    limit(pairs, frame, &MIN_PROPERTIES, original.min_properties, update.min_properties);
}

fn required<'m>(
    pairs: &Pairs<'m>,
    frame: &mut Frame<'m>,
    original: &'m ObjectRules,
    update: &'m ObjectRules,
) {
    for (at, property) in original.properties.iter().enumerate() {
        if property.is_required {
            continue;
        }
        let other = update.properties.find(&property.name, at);
        let Some(other) = other.filter(|other| other.is_required) else { continue };
        if !pairs.node(frame.update(other.schema)).has_default {
            pairs.add(frame, Step::Named("required", &property.name), Difference::RequiredAttributeAdded);
        }
    }
}

/// A property that only the original has: the update's content model decides.
fn removed<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    property: &'m Property,
    update: &'m ObjectRules,
) {
    let step = Step::Named("properties", &property.name);
    let original = frame.original(property.schema);
    match content(pairs, frame.pair.update, update, &property.name) {
        Content::Open => {}
        Content::Partial(schema) => {
            let schema = frame.update(schema);
            if !pairs.inner(frame, step, original, schema) {
                pairs.add(frame, step, Difference::PropertyRemovedNotCovered);
            }
        }
        Content::Closed if pairs.node(original).kind.is_false() => {}
        Content::Closed => pairs.add(frame, step, Difference::PropertyRemovedFromClosed),
    }
}

/// A property that only the update has: the original's content model decides.
fn added<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    original: &'m ObjectRules,
    property: &'m Property,
) {
    let step = Step::Named("properties", &property.name);
    let update = frame.update(property.schema);
    let node = pairs.node(update);
    match content(pairs, frame.pair.original, original, &property.name) {
        Content::Open if node.kind.is_empty() => return,
        Content::Open => {
            let difference = match (property.is_required, node.has_default) {
                (true, true) => Difference::RequiredPropertyWithDefaultAddedToOpen,
                (true, false) => Difference::RequiredPropertyAddedToOpen,
                (false, _) => Difference::OptionalPropertyAddedToOpen,
            };
            pairs.add(frame, step, difference);
            return;
        }
        Content::Partial(schema) => {
            let schema = frame.original(schema);
            if !pairs.inner(frame, step, schema, update) {
                pairs.add(frame, step, Difference::PropertyAddedNotCovered);
            }
        }
        Content::Closed => {}
    }
    if property.is_required && !node.has_default {
        pairs.add(frame, step, Difference::RequiredPropertyAddedToUnopen);
    }
}

/// What an object schema says about a name that it does not list.
fn content(pairs: &mut Pairs<'_>, side: Side, rules: &ObjectRules, name: &str) -> Content {
    let model = pairs.model(side);
    let unevaluated = rules.unevaluated.map(|id| (id, &model.node(id).kind));
    let has_additional = !rules.permits_additional || rules.additional.is_some();
    if !has_additional && rules.patterns.is_empty() && unevaluated.is_none_or(|(_, kind)| kind.is_empty()) {
        return Content::Open;
    }
    let mut patterns = rules.patterns.iter();
    if let Some((_, schema)) =
        patterns.find(|(pattern, _)| pairs.spend(pattern.cost()) && pattern.finds(name))
    {
        return Content::Partial(*schema);
    }
    match (rules.additional, unevaluated) {
        (Some(schema), _) => Content::Partial(schema),
        (None, Some((schema, kind))) if !has_additional && !kind.is_false() && !kind.is_empty() => {
            Content::Partial(schema)
        }
        _ => Content::Closed,
    }
}

fn dependencies<'m>(
    pairs: &mut Pairs<'m>,
    frame: &mut Frame<'m>,
    original: &'m ObjectRules,
    update: &'m ObjectRules,
) {
    for (name, names) in &update.required_with {
        let other = original.required_with.iter().find(|(other, _)| other == name).map(|(_, names)| names);
        if !pairs.spend(original.required_with.len() + names.len()) {
            return;
        }
        let difference = match other {
            None => Difference::DependencyArrayAdded,
            Some(other) if other == names => continue,
            Some(other) if includes(names, other) => Difference::DependencyArrayExtended,
            Some(other) if includes(other, names) => continue,
            Some(_) => Difference::DependencyArrayChanged,
        };
        pairs.add(frame, Step::Named("dependencies", name), difference);
    }
    for (name, schema) in &update.schema_with {
        let step = Step::Named("dependencies", name);
        if !pairs.spend(original.schema_with.len()) {
            return;
        }
        match original.schema_with.iter().find(|(other, _)| other == name) {
            None => pairs.add(frame, step, Difference::DependencySchemaAdded),
            Some((_, other)) => {
                let (one, other) = (frame.original(*other), frame.update(*schema));
                pairs.inner(frame, step, one, other);
            }
        }
    }
}
