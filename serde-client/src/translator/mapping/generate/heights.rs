//! How deep the least deep value of each type is.

use std::collections::HashMap;

use crate::translator::mapping::shape::{Kind, Model, TypeId};

/// Levels of the least deep value, by type; types without a finite value are not there.
#[derive(Debug)]
pub(super) struct Heights(HashMap<TypeId, usize>);

impl Heights {
    pub(super) fn of(model: &Model) -> Self {
        let types = reachable(model);
        let mut heights = Self(HashMap::new());
        // Heights only fall, and one of them is final after each round.
        loop {
            let mut has_changed = false;
            for id in &types {
                let height = heights.by_parts(model, *id);
                if height < heights.get(*id) {
                    heights.0.insert(*id, height);
                    has_changed = true;
                }
            }
            if !has_changed {
                return heights;
            }
        }
    }

    pub(super) fn get(&self, id: TypeId) -> usize {
        self.0.get(&id).copied().unwrap_or(usize::MAX)
    }

    fn by_parts(&self, model: &Model, id: TypeId) -> usize {
        let below = match model.kind(id) {
            Kind::Record(record) => {
                let needed = record.fields.iter().filter(|field| !field.optional);
                needed.map(|field| self.get(field.ty)).max().unwrap_or(0)
            }
            Kind::Union(union) => {
                union.branches.iter().map(|branch| self.get(branch.ty)).min().unwrap_or(usize::MAX)
            }
            _ => return 0,
        };
        below.saturating_add(1)
    }
}

/// All types that a value of the model may hold.
fn reachable(model: &Model) -> Vec<TypeId> {
    let mut seen = HashMap::from([(model.root, ())]);
    let mut found = vec![model.root];
    let mut at = 0;
    while let Some(id) = found.get(at).copied() {
        at += 1;
        let mut push = |id: TypeId| {
            if seen.insert(id, ()).is_none() {
                found.push(id);
            }
        };
        match model.kind(id) {
            Kind::Record(record) => record.fields.iter().for_each(|field| push(field.ty)),
            Kind::Union(union) => union.branches.iter().for_each(|branch| push(branch.ty)),
            Kind::List(inner) | Kind::Map(inner) | Kind::Nullable(inner) => push(*inner),
            _ => {}
        }
    }
    found
}
