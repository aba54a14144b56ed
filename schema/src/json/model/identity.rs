//! When two parts of a combined schema are the same one.
//!
//! The reference registry puts the parts of `allOf`, `anyOf` and `oneOf` into sets by their printed text. What is
//! printed is the model, not the source, so keywords without effect and the order of members do not count. A hash of
//! the same facts stands for the text.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;
use foldhash::{HashMap, HashMapExt};

use super::{Kind, Model, NodeId, NumberRules};
use crate::json::recursion;

/// Hashes of nodes, each computed once.
#[derive(Debug, Default)]
pub(in crate::json) struct Identities {
    known: HashMap<NodeId, u64>,
}

impl Identities {
    /// A number that is equal for nodes that print the same text.
    pub(in crate::json) fn of(&mut self, model: &Model, id: NodeId) -> u64 {
        if let Some(&known) = self.known.get(&id) {
            return known;
        }
        let hash = recursion::level(|| self.compute(model, id));
        self.known.insert(id, hash);
        hash
    }

    /// The nodes of a list of which no two print the same text: the first of each, in order.
    pub(in crate::json) fn distinct(&mut self, model: &Model, ids: &[NodeId]) -> Vec<NodeId> {
        if ids.len() < 2 {
            return ids.to_vec();
        }
        let mut seen = HashMap::with_capacity(ids.len());
        ids.iter().copied().filter(|&id| seen.insert(self.of(model, id), ()).is_none()).collect()
    }

    fn compute(&mut self, model: &Model, id: NodeId) -> u64 {
        let node = model.node(id);
        let mut state = FixedState::with_seed(0).build_hasher();
        node.kind.class().hash(&mut state);
        node.annotations.hash(&mut state);
        let mut inner = |id: &NodeId| self.of(model, *id);
        match &node.kind {
            Kind::Empty | Kind::True | Kind::False | Kind::Boolean | Kind::Null => {}
            Kind::String(rules) => rules.hash(&mut state),
            Kind::Number(rules) => hash_number(rules, &mut state),
            Kind::Object(rules) => {
                let properties = rules.properties.iter();
                sum(properties.map(|property| (&*property.name, inner(&property.schema)))).hash(&mut state);
                sum(rules.patterns.iter().map(|(pattern, schema)| (&*pattern.text, inner(schema))))
                    .hash(&mut state);
                sum(rules.schema_with.iter().map(|(name, schema)| (&**name, inner(schema)))).hash(&mut state);
                rules.required.hash(&mut state);
                rules.required_with.hash(&mut state);
                (rules.is_required, rules.permits_additional).hash(&mut state);
                (rules.min_properties, rules.max_properties).hash(&mut state);
                [rules.additional, rules.unevaluated, rules.names]
                    .map(|id| id.as_ref().map(&mut inner))
                    .hash(&mut state);
            }
            Kind::Array(rules) => {
                rules.tuple.iter().map(&mut inner).collect::<Vec<u64>>().hash(&mut state);
                let schemas = [rules.items, rules.additional, rules.unevaluated, rules.contains];
                schemas.map(|id| id.as_ref().map(&mut inner)).hash(&mut state);
                (rules.is_required, rules.permits_additional, rules.is_unique).hash(&mut state);
                [rules.min_items, rules.max_items, rules.min_contains, rules.max_contains].hash(&mut state);
            }
            Kind::Enum(values) => values.hash(&mut state),
            Kind::Const(value) => value.hash(&mut state),
            Kind::Not(schema) => inner(schema).hash(&mut state),
            Kind::Combined(criterion, parts) => {
                (criterion, node.is_generated).hash(&mut state);
                parts.iter().map(inner).collect::<Vec<u64>>().hash(&mut state);
            }
            Kind::Conditional(parts) => parts.map(|id| id.as_ref().map(&mut inner)).hash(&mut state),
            Kind::Reference(reference) => reference.text.hash(&mut state),
        }
        state.finish()
    }
}

/// A hash of members whose order does not count.
fn sum<'n>(members: impl Iterator<Item = (&'n str, u64)>) -> u64 {
    let one = |(name, schema): (&str, u64)| FixedState::with_seed(1).hash_one((name, schema));
    members.map(one).fold(0, u64::wrapping_add)
}

fn hash_number(rules: &NumberRules, state: &mut impl Hasher) {
    let limits = [rules.minimum, rules.maximum, rules.exclusive_minimum, rules.exclusive_maximum];
    limits.map(|limit| limit.map(f64::to_bits)).hash(state);
    (rules.is_required, rules.is_integer, rules.exclusive_flags, &rules.multiple_of).hash(state);
}
