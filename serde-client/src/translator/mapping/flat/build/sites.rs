//! Parts of the source that rules look into.

use schema::avro::schema::{Field, Kind, TypeId};

use super::Builder;
use super::versions::Encoding;
use crate::codec::avro::{default_bytes, sources};
use crate::translator::mapping::flat::node::{Held, Node, Version, held};
use crate::translator::mapping::program::GetStep;

/// Parts that a program may look into; those below are evaluated or copied as a whole.
const SITES_MAX: usize = 1 << 10;
/// Levels that a program may look into: types that contain themselves have any number of them.
const LEVELS_MAX: usize = 12;

/// A part of the source.
#[derive(Debug)]
pub(super) struct Site {
    /// As the rules see it.
    pub(super) ty: TypeId,
    /// As it is written.
    encoding: Encoding,
    /// Whether the two are the same, so that it can be taken as it is.
    pub(super) is_whole: bool,
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
    Fields {
        /// In the order of the rules.
        fields: Vec<SiteId>,
        /// In the order of the record, each with the mark behind it.
        passage: Vec<(Passed, usize)>,
    },
    Branches {
        branch: usize,
        content: usize,
        arms: Vec<(Held, SiteId)>,
    },
}

/// What stands in a record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Passed {
    Field(SiteId),
    /// No rule knows it.
    Other(Encoding),
}

impl Builder<'_> {
    pub(super) fn mark(&mut self) -> usize {
        self.marks += 1;
        self.marks - 1
    }

    /// The record.
    pub(super) fn root(&mut self) -> SiteId {
        let (encoding, ty) = self.versions.root();
        self.apart(encoding, ty)
    }

    /// The items of a list or the values of a map, each looked into from its own start.
    pub(super) fn item(&mut self, site: SiteId) -> Option<SiteId> {
        let Site { encoding, .. } = self.sites[site.0];
        match (self.kind(site), self.versions.kind(encoding)) {
            (Kind::Array(ty), Kind::Array(written)) | (Kind::Map(ty), Kind::Map(written)) => {
                let ty = *ty;
                Some(self.apart(Encoding { ty: *written, ..encoding }, ty))
            }
            _ => None,
        }
    }

    /// A part with marks of its own.
    fn apart(&mut self, encoding: Encoding, ty: TypeId) -> SiteId {
        let (start, end) = (self.mark(), self.mark());
        self.push(encoding, ty, start, end, 0)
    }

    fn push(&mut self, encoding: Encoding, ty: TypeId, start: usize, end: usize, level: usize) -> SiteId {
        let ty = self.versions.seen(encoding, ty);
        let is_whole = self.versions.is_whole(encoding, ty);
        let parts = Parts::Closed;
        self.sites.push(Site { ty, encoding, is_whole, start, end, parts, is_needed: false, level });
        SiteId(self.sites.len() - 1)
    }

    pub(super) fn start(&self, site: SiteId) -> usize {
        self.sites[site.0].start
    }

    pub(super) fn node(&mut self, site: SiteId) -> Node {
        self.versions.node(&mut self.nodes, self.sites[site.0].encoding)
    }

    fn room(&self, site: SiteId, more: usize) -> Option<usize> {
        let level = self.sites[site.0].level + 1;
        (self.sites.len() + more <= SITES_MAX && level <= LEVELS_MAX).then_some(level)
    }

    /// The fields of a record as the rules see it. Those that follow each other in the record share a mark.
    pub(super) fn fields(&mut self, site: SiteId) -> Option<Vec<SiteId>> {
        if let Parts::Fields { fields, .. } = &self.sites[site.0].parts {
            return Some(fields.clone());
        }
        let Site { encoding, mut start, end, .. } = self.sites[site.0];
        let source = self.source;
        let Kind::Record(record) = &source.get(self.sites[site.0].ty).kind else { return None };
        let Kind::Record(written) = self.versions.kind(encoding) else { return None };
        let level = self.room(site, record.fields.len())?;
        let sources = sources(written, record);
        let mut fields = vec![None; record.fields.len()];
        let mut passage = Vec::with_capacity(written.fields.len());
        for (at, from) in written.fields.iter().enumerate() {
            let behind = if at + 1 == written.fields.len() { end } else { self.mark() };
            let encoding = Encoding { ty: from.field_type, ..encoding };
            let filled = sources.iter().position(|source| *source == Some(at));
            let passed =
                match filled.and_then(|filled| Some((record.fields.get(filled)?, fields.get_mut(filled)?))) {
                    Some((field, place)) => {
                        let field = self.push(encoding, field.field_type, start, behind, level);
                        *place = Some(field);
                        Passed::Field(field)
                    }
                    None => Passed::Other(encoding),
                };
            passage.push((passed, behind));
            start = behind;
        }
        let mut all = Vec::with_capacity(fields.len());
        for (field, place) in record.fields.iter().zip(fields) {
            all.push(match place {
                Some(place) => place,
                None => self.defaulted(field)?,
            });
        }
        self.sites[site.0].parts = Parts::Fields { fields: all.clone(), passage };
        Some(all)
    }

    /// A field that the writer does not have.
    fn defaulted(&mut self, field: &Field) -> Option<SiteId> {
        let bytes = default_bytes(self.source, field)?;
        let encoding = Encoding { version: Version::Pinned, ty: field.field_type };
        let site = self.apart(encoding, field.field_type);
        self.defaulted.push((site, bytes));
        Some(site)
    }

    /// The branches of a union, with the place of the number that was chosen.
    pub(super) fn branches(&mut self, site: SiteId) -> Option<(usize, Vec<(Held, SiteId)>)> {
        if let Parts::Branches { branch, arms, .. } = &self.sites[site.0].parts {
            return Some((*branch, arms.clone()));
        }
        let Site { encoding, .. } = self.sites[site.0];
        let (Kind::Union(types), Kind::Union(written)) = (self.kind(site), self.versions.kind(encoding))
        else {
            return None;
        };
        let (types, held) = (types.clone(), held(self.source, types));
        let level = self.room(site, types.len())?;
        let (branch, content) = (self.mark(), self.mark());
        let end = self.sites[site.0].end;
        let mut arms = Vec::with_capacity(types.len());
        for ((held, ty), written) in held.into_iter().zip(types).zip(written) {
            let encoding = Encoding { ty: *written, ..encoding };
            arms.push((held, self.push(encoding, ty, content, end, level)));
        }
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
            None if self.sites[site.0].is_whole => self.sites[site.0].is_needed = true,
            None => self.need_parts(site),
        }
    }

    /// Notes that the general program needs all of what is written in another way.
    fn need_parts(&mut self, site: SiteId) {
        let parts = match self.kind(site) {
            Kind::Record(_) => self.fields(site),
            Kind::Union(_) => {
                self.branches(site).map(|(_, arms)| arms.into_iter().map(|(_, arm)| arm).collect())
            }
            _ => None,
        };
        match parts {
            Some(parts) if !parts.is_empty() => parts.into_iter().for_each(|part| self.need(part, &[])),
            _ => self.is_beyond = true,
        }
    }
}
