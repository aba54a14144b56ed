//! The scan, and what the general program sees, once it is known which marks are looked at.

use std::collections::HashSet;

use super::Builder;
use super::sites::{Parts, Passed, Site, SiteId};
use crate::translator::mapping::flat::Defaults;
use crate::translator::mapping::flat::emit::{Emit, Piece};
use crate::translator::mapping::flat::node::depth_max;
use crate::translator::mapping::flat::scan::Scan;
use crate::translator::mapping::flat::sparse::Sparse;

type Used = HashSet<usize>;

impl Builder<'_> {
    /// Passes over the record, and over no more of it one by one than is looked at.
    pub(super) fn finished(
        &mut self,
        root: SiteId,
        emits: &[Emit],
    ) -> Option<(Vec<Scan>, Option<Sparse>, Defaults)> {
        let mut used = Used::new();
        emits.iter().for_each(|emit| uses(emit, &mut used));
        let sparse = if self.is_evaluating { Some(self.sparse(root, &mut used)) } else { None };
        Some((self.scan(root, &used)?, sparse, self.defaults(&used)?))
    }

    /// Those that are looked at.
    fn defaults(&mut self, used: &Used) -> Option<Defaults> {
        let mut defaults = Defaults::default();
        for (site, bytes) in std::mem::take(&mut self.defaulted) {
            let Site { start, end, .. } = self.sites[site.0];
            if used.contains(&start) || used.contains(&end) || self.is_looked_into(site, used) {
                defaults.bytes.extend(bytes);
                defaults.scan.extend(self.scan(site, used)?);
            }
        }
        Some(defaults)
    }

    /// The same for a part of its own.
    pub(super) fn scan_of(&mut self, root: SiteId, emits: &[Emit]) -> Option<Vec<Scan>> {
        let mut used = Used::new();
        emits.iter().for_each(|emit| uses(emit, &mut used));
        self.scan(root, &used)
    }

    fn scan(&mut self, root: SiteId, used: &Used) -> Option<Vec<Scan>> {
        let mut steps = Vec::new();
        let (start, end) = (self.sites[root.0].start, self.sites[root.0].end);
        mark(&mut steps, start, used);
        self.inside(root, depth_max(), used, &mut steps)?;
        mark(&mut steps, end, used);
        Some(steps)
    }

    fn inside(&mut self, site: SiteId, depth: usize, used: &Used, steps: &mut Vec<Scan>) -> Option<()> {
        if !self.is_looked_into(site, used) {
            let node = self.node(site);
            pass(steps, node, depth);
            return Some(());
        }
        match self.sites[site.0].parts.clone() {
            Parts::Closed => {}
            Parts::Fields { passage, .. } => {
                let depth = depth.checked_sub(1)?;
                let end = self.sites[site.0].end;
                for (passed, behind) in passage {
                    match passed {
                        Passed::Field(field) => self.inside(field, depth, used, steps)?,
                        Passed::Other(encoding) => {
                            let node = self.versions.node(&mut self.nodes, encoding);
                            pass(steps, node, depth);
                        }
                    }
                    if behind != end {
                        mark(steps, behind, used);
                    }
                }
            }
            Parts::Branches { branch, content, arms } => {
                let mut scans = Vec::with_capacity(arms.len());
                for (_, arm) in arms {
                    let mut steps = Vec::new();
                    self.inside(arm, depth, used, &mut steps)?;
                    scans.push(steps.into_boxed_slice());
                }
                steps.push(Scan::Union { branch, content, arms: scans.into_boxed_slice() });
            }
        }
        Some(())
    }

    fn is_looked_into(&self, site: SiteId, used: &Used) -> bool {
        match &self.sites[site.0].parts {
            Parts::Closed => false,
            Parts::Fields { passage, .. } => {
                let end = self.sites[site.0].end;
                passage.iter().any(|(passed, behind)| {
                    let is_field = |passed: &Passed| match passed {
                        Passed::Field(field) => self.is_looked_into(*field, used),
                        Passed::Other(_) => false,
                    };
                    (*behind != end && used.contains(behind)) || is_field(passed)
                })
            }
            Parts::Branches { branch, content, arms } => {
                used.contains(branch)
                    || used.contains(content)
                    || arms.iter().any(|(_, arm)| self.is_looked_into(*arm, used))
            }
        }
    }

    fn sparse(&mut self, site: SiteId, used: &mut Used) -> Sparse {
        if self.sites[site.0].is_needed {
            let at = self.sites[site.0].start;
            used.insert(at);
            return Sparse::Whole { at, node: self.node(site) };
        }
        match self.sites[site.0].parts.clone() {
            Parts::Closed => Sparse::Hidden,
            Parts::Fields { fields, .. } => {
                let fields: Vec<_> = fields.into_iter().map(|field| self.sparse(field, used)).collect();
                let is_hidden = fields.iter().all(|field| matches!(field, Sparse::Hidden));
                if is_hidden { Sparse::Hidden } else { Sparse::Record(fields.into_boxed_slice()) }
            }
            Parts::Branches { branch, arms, .. } => {
                let arms: Vec<_> =
                    arms.into_iter().map(|(held, arm)| (held, self.sparse(arm, used))).collect();
                if arms.iter().all(|(_, arm)| matches!(arm, Sparse::Hidden)) {
                    return Sparse::Hidden;
                }
                used.insert(branch);
                Sparse::Union { branch, arms: arms.into_boxed_slice() }
            }
        }
    }
}

fn mark(steps: &mut Vec<Scan>, mark: usize, used: &Used) {
    if used.contains(&mark) {
        steps.push(Scan::Mark(mark));
    }
}

fn pass(steps: &mut Vec<Scan>, node: crate::translator::mapping::flat::node::Node, depth: usize) {
    match steps.last_mut() {
        Some(Scan::Pass { nodes, depth: same }) if *same == depth => nodes.push(node),
        _ => steps.push(Scan::Pass { nodes: vec![node], depth }),
    }
}

/// Notes the marks and branches that a step looks at.
fn uses(emit: &Emit, used: &mut Used) {
    match emit {
        Emit::Copy { from, to } => used.extend([*from, *to]),
        Emit::Switch { branch, arms } => {
            used.insert(*branch);
            arms.iter().flatten().for_each(|emit| uses(emit, used));
        }
        Emit::Symbols { at, .. } | Emit::Typed { at, .. } => {
            used.insert(*at);
        }
        Emit::Text(pieces) => used.extend(pieces.iter().filter_map(|piece| match piece {
            Piece::Fixed(_) => None,
            Piece::Text { at } | Piece::Plain { at, .. } => Some(*at),
        })),
        Emit::Items(items) => {
            used.insert(items.at);
            items.emits.iter().for_each(|emit| uses(emit, used));
        }
        Emit::Raw(_) | Emit::Evaluated { .. } | Emit::Unusual => {}
    }
}
