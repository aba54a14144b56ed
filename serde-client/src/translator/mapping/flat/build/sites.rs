//! Parts of the source that rules look into.

use schema::avro::schema::{Kind, TypeId};

use super::Builder;
use crate::translator::mapping::flat::node::{Held, Node, held};
use crate::translator::mapping::program::GetStep;

/// Parts that a program may look into; those below are evaluated or copied as a whole.
const SITES_MAX: usize = 1 << 10;
/// Levels that a program may look into: types that contain themselves have any number of them.
const LEVELS_MAX: usize = 12;

/// A part of the source.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) ty: TypeId,
    /// The mark where it begins.
    pub(super) start: usize,
    /// The mark where it ends.
    pub(super) end: usize,
    pub(super) parts: Parts,
    /// Whether the general program needs all of it.
    pub(super) is_needed: bool,
    level: usize,
}

/// The position of a [`Site`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SiteId(pub(super) usize);

/// What is inside of a part.
#[derive(Clone, Debug)]
pub(super) enum Parts {
    Closed,
    Fields(Vec<SiteId>),
    Branches { branch: usize, content: usize, arms: Vec<(Held, SiteId)> },
}

impl Builder<'_> {
    pub(super) fn mark(&mut self) -> usize {
        self.marks += 1;
        self.marks - 1
    }

    /// A part that is looked into from its own start.
    pub(super) fn site(&mut self, ty: TypeId) -> SiteId {
        let (start, end) = (self.mark(), self.mark());
        self.push(ty, start, end, 0)
    }

    fn push(&mut self, ty: TypeId, start: usize, end: usize, level: usize) -> SiteId {
        self.sites.push(Site { ty, start, end, parts: Parts::Closed, is_needed: false, level });
        SiteId(self.sites.len() - 1)
    }

    pub(super) fn start(&self, site: SiteId) -> usize {
        self.sites[site.0].start
    }

    pub(super) fn node(&mut self, site: SiteId) -> Node {
        self.nodes.of(self.source, self.sites[site.0].ty)
    }

    fn room(&self, site: SiteId, more: usize) -> Option<usize> {
        let level = self.sites[site.0].level + 1;
        (self.sites.len() + more <= SITES_MAX && level <= LEVELS_MAX).then_some(level)
    }

    /// The fields of a record, each ending where the next one begins.
    pub(super) fn fields(&mut self, site: SiteId) -> Option<Vec<SiteId>> {
        if let Parts::Fields(fields) = &self.sites[site.0].parts {
            return Some(fields.clone());
        }
        let Kind::Record(record) = self.kind(site) else { return None };
        let types: Vec<TypeId> = record.fields.iter().map(|field| field.field_type).collect();
        let level = self.room(site, types.len())?;
        let (mut start, end) = (self.sites[site.0].start, self.sites[site.0].end);
        let mut fields = Vec::with_capacity(types.len());
        for (ty, left) in types.iter().zip((0..types.len()).rev()) {
            let next = if left == 0 { end } else { self.mark() };
            fields.push(self.push(*ty, start, next, level));
            start = next;
        }
        self.sites[site.0].parts = Parts::Fields(fields.clone());
        Some(fields)
    }

    /// The branches of a union, with the place of the number that was chosen.
    pub(super) fn branches(&mut self, site: SiteId) -> Option<(usize, Vec<(Held, SiteId)>)> {
        if let Parts::Branches { branch, arms, .. } = &self.sites[site.0].parts {
            return Some((*branch, arms.clone()));
        }
        let Kind::Union(types) = self.kind(site) else { return None };
        let (types, held) = (types.clone(), held(self.source, types));
        let level = self.room(site, types.len())?;
        let (branch, content) = (self.mark(), self.mark());
        let end = self.sites[site.0].end;
        let arms = held.into_iter().zip(&types);
        let arms: Vec<_> = arms.map(|(held, ty)| (held, self.push(*ty, content, end, level))).collect();
        self.sites[site.0].parts = Parts::Branches { branch, content, arms: arms.clone() };
        Some((branch, arms))
    }

    /// Notes that the general program follows a path.
    pub(super) fn need(&mut self, site: SiteId, steps: &[GetStep]) {
        let next = match (steps.first(), self.kind(site)) {
            (Some(GetStep::Field(position)), Kind::Record(_)) => {
                self.fields(site).and_then(|fields| Some(vec![(*fields.get(*position)?, 1)]))
            }
            (Some(GetStep::Field(_)), Kind::Union(_)) => self.branches(site).map(|(_, arms)| {
                let plain = arms.iter().filter(|(held, _)| *held == Held::Plain);
                plain.map(|(_, arm)| (*arm, 0)).collect()
            }),
            (Some(GetStep::Branch(wanted)), Kind::Union(_)) => self.branches(site).map(|(_, arms)| {
                let chosen = arms.iter().filter(|(held, _)| *held == Held::Branch(*wanted));
                chosen.map(|(_, arm)| (*arm, 1)).collect()
            }),
            _ => None,
        };
        match next {
            Some(next) => {
                for (site, taken) in next {
                    self.need(site, steps.get(taken..).unwrap_or_default());
                }
            }
            None => self.sites[site.0].is_needed = true,
        }
    }
}
