//! Values that stay as they are: the same bytes where both sides write them alike.

use std::collections::HashSet;
use std::sync::Arc;

use schema::avro::schema::{Kind, Primitive, TypeId};

use super::sites::{Site, SiteId};
use super::{Builder, append};
use crate::translator::mapping::flat::emit::{Change, Emit, Items};
use crate::translator::mapping::flat::node::{Held, held};

impl Builder<'_> {
    /// A part of the source as a type of the target that holds its values in the same way.
    pub(super) fn copy(&mut self, site: SiteId, to: TypeId) -> Option<Vec<Emit>> {
        self.copy_by_step(site, to).or_else(|| self.by_value(site, Change::Encoding, to))
    }

    /// A value of any type, made and changed as a whole: what has no steps.
    pub(super) fn by_value(&mut self, site: SiteId, change: Change, to: TypeId) -> Option<Vec<Emit>> {
        self.is_flat = false;
        self.typed(site, change, to)
    }

    fn copy_by_step(&mut self, site: SiteId, to: TypeId) -> Option<Vec<Emit>> {
        let Site { ty, start, end, is_whole, .. } = self.sites[site.0];
        if is_whole && self.is_alike(ty, to, &mut HashSet::new()) {
            return self.spend(vec![Emit::Copy { from: start, to: end }]);
        }
        if matches!(self.kind(site), Kind::Union(_)) {
            return self.switch(site, |builder, held, arm| match (held, builder.seat(to, held)) {
                (Held::Null, _) => Some(builder.null(to)),
                (_, None) => Some(vec![Emit::Unusual]),
                (_, Some((mut emits, to))) => {
                    append(&mut emits, builder.copy(arm, to)?);
                    Some(emits)
                }
            });
        }
        if matches!(self.kind(site), Kind::Primitive(Primitive::Null)) {
            return Some(self.null(to));
        }
        let (mut emits, to) = self.seat(to, Held::Plain)?;
        let more = if is_whole && self.is_alike(ty, to, &mut HashSet::new()) {
            vec![Emit::Copy { from: start, to: end }]
        } else {
            self.parts(site, to)?
        };
        append(&mut emits, more);
        self.spend(emits)
    }

    /// Parts that are written in another way, one by one. Neither side is a union.
    fn parts(&mut self, site: SiteId, to: TypeId) -> Option<Vec<Emit>> {
        match (self.kind(site), self.target_kind(to)) {
            (Kind::Record(source), Kind::Record(target)) if source.fields.len() == target.fields.len() => {
                let types: Vec<TypeId> = target.fields.iter().map(|field| field.field_type).collect();
                let mut emits = Vec::new();
                for (field, to) in self.fields(site)?.into_iter().zip(types) {
                    append(&mut emits, self.copy(field, to)?);
                }
                Some(emits)
            }
            (Kind::Array(_), Kind::Array(_)) | (Kind::Map(_), Kind::Map(_)) => {
                self.items(site, to, |builder, item, to| builder.copy(item, to))
            }
            (Kind::Record(_) | Kind::Array(_) | Kind::Map(_) | Kind::Union(_), _) => None,
            _ => self.typed(site, Change::Encoding, to),
        }
    }

    /// The value of a part, changed on the way.
    pub(super) fn typed(&mut self, site: SiteId, change: Change, to: TypeId) -> Option<Vec<Emit>> {
        self.sites[site.0].is_whole.then_some(())?;
        let (at, node) = (self.start(site), self.node(site));
        self.spend(vec![Emit::Typed { at, node, change, to }])
    }

    /// A step for each branch of a union.
    pub(super) fn switch(
        &mut self,
        site: SiteId,
        mut arm: impl FnMut(&mut Self, Held, SiteId) -> Option<Vec<Emit>>,
    ) -> Option<Vec<Emit>> {
        let (branch, arms) = self.branches(site)?;
        let arms = arms.into_iter().map(|(held, site)| arm(self, held, site)).collect::<Option<_>>()?;
        self.spend(vec![Emit::Switch { branch, arms }])
    }

    /// The items of a list, or the values of a map.
    pub(super) fn items(
        &mut self,
        site: SiteId,
        to: TypeId,
        item: impl FnOnce(&mut Self, SiteId, TypeId) -> Option<Vec<Emit>>,
    ) -> Option<Vec<Emit>> {
        let (to, has_keys) = match (self.kind(site), self.target_kind(to)) {
            (Kind::Array(_), Kind::Array(to)) => (*to, false),
            (Kind::Map(_), Kind::Map(to)) => (*to, true),
            _ => return None,
        };
        let inner = self.item(site)?;
        let emits = item(self, inner, to)?;
        let scan = self.scan_of(inner, &emits)?;
        let items = Items { at: self.start(site), has_keys, scan, emits };
        self.spend(vec![Emit::Items(Arc::new(items))])
    }

    /// Whether the bytes of a type of the source are those that the target's writer makes of its values. Types hold
    /// themselves at most through other types, so a pair that is met again within itself counts as alike.
    fn is_alike(&self, from: TypeId, to: TypeId, met: &mut HashSet<(TypeId, TypeId)>) -> bool {
        let from = self.source.first_definition(from);
        let to = self.writer.schema().first_definition(to);
        if !met.insert((from, to)) {
            return true;
        }
        match (&self.source.get(from).kind, self.target_kind(to)) {
            (Kind::Primitive(from), Kind::Primitive(to)) => {
                from == to || (*from, *to) == (Primitive::Int, Primitive::Long)
            }
            (Kind::Fixed(from), Kind::Fixed(to)) => from.size == to.size,
            (Kind::Enum(from), Kind::Enum(to)) => from.symbols.len() <= to.symbols.len(),
            (Kind::Array(from), Kind::Array(to)) | (Kind::Map(from), Kind::Map(to)) => {
                self.is_alike(*from, *to, met)
            }
            (Kind::Record(from), Kind::Record(to)) => {
                from.fields.len() == to.fields.len()
                    && from
                        .fields
                        .iter()
                        .zip(&to.fields)
                        .all(|(from, to)| self.is_alike(from.field_type, to.field_type, met))
            }
            (Kind::Union(from), Kind::Union(to)) => self.are_alike(from, to, met),
            _ => false,
        }
    }

    /// Whether every branch has the number that the writer gives to its values.
    fn are_alike(&self, from: &[TypeId], to: &[TypeId], met: &mut HashSet<(TypeId, TypeId)>) -> bool {
        let (held_from, held_to) = (held(self.source, from), held(self.writer.schema(), to));
        let others: Vec<usize> =
            held_to.iter().enumerate().filter(|(_, held)| **held != Held::Null).map(|(at, _)| at).collect();
        held_from.iter().zip(from).enumerate().all(|(number, (held, from))| {
            let wanted = match held {
                Held::Null => held_to.iter().position(|held| *held == Held::Null),
                Held::Plain => others.first().copied(),
                Held::Branch(position) => others.get(*position as usize).copied(),
            };
            wanted == Some(number) && to.get(number).is_some_and(|to| self.is_alike(*from, *to, met))
        })
    }
}
