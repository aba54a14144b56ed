//! What must wait until a text has been read: names used before their definition, and the defaults that depend on
//! them.

use foldhash::{HashSet, HashSetExt};

use super::defaults::{Check, Progress, Rebuilt, Verdict};
use super::names::quoted;
use super::parse::{PENDING_MIN, Parser};
use super::schema::{Kind, Primitive, TypeId};
use super::{STACK_PIECE, STACK_RESERVE};
use crate::format::{ParseError, Strictness};

impl Parser {
    /// Puts the definitions in the place of pending ids. Returns the root.
    pub(super) fn resolve_pending(&mut self, root: TypeId) -> Result<TypeId, ParseError> {
        let targets = self.targets()?;
        self.is_cyclic |= !targets.is_empty();
        // Without cycles and without values for records a second look finds what the first one found.
        if self.strictness == Strictness::New && self.is_cyclic && self.defaults_meet_records {
            self.check_defaults_again(root, &targets)?;
        }
        if targets.is_empty() {
            return Ok(root);
        }
        self.pending.clear();
        let resolve = |id: &mut TypeId| {
            *id = targets[id.0.checked_sub(PENDING_MIN)? as usize];
            Some(*id)
        };
        let mut unions = Vec::new();
        for (index, waiting) in self.types.iter_mut().enumerate().skip(self.first_type as usize) {
            match &mut waiting.kind {
                Kind::Record(record) => record.fields.iter_mut().for_each(|field| {
                    resolve(&mut field.field_type);
                }),
                Kind::Array(inner) | Kind::Map(inner) => {
                    resolve(inner);
                }
                Kind::Union(branches) => {
                    if branches.iter_mut().filter_map(resolve).count() > 0 {
                        unions.push(index);
                    }
                }
                Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => {}
            }
        }
        for index in unions {
            if let Kind::Union(branches) = &self.types[index].kind {
                self.check_branches(branches, self.type_places[index])?;
            }
        }
        let mut root = root;
        resolve(&mut root);
        Ok(root)
    }

    /// The definitions of all pending names.
    fn targets(&self) -> Result<Vec<TypeId>, ParseError> {
        let mut targets = Vec::with_capacity(self.pending.len());
        for pending in &self.pending {
            let Some(target) = self.names.get(&pending.name) else {
                let message = format!(
                    "the type {} is not defined; define it, name it with its namespace, or add a reference to it",
                    quoted(&pending.name)
                );
                return Err(ParseError::at(self.pointer(pending.place), message));
            };
            targets.push(*target);
        }
        Ok(targets)
    }

    /// Checks all defaults against the resolved types, in the order in which the reference registry builds its records
    /// anew: that order decides which defaults it can check.
    fn check_defaults_again(&mut self, root: TypeId, targets: &[TypeId]) -> Result<(), ParseError> {
        let mut budget = self.default_budget;
        let mut rebuild = Rebuild {
            parser: self,
            targets,
            progress: vec![Progress::Untouched; self.types.len()],
            closed: Vec::new(),
            budget: &mut budget,
        };
        // A text without definitions makes the reference registry rebuild only what the text itself uses.
        let has_defined = self.definitions.len() > self.first_definition;
        for start in self.definitions.iter().filter(|_| has_defined) {
            rebuild.visit_from(*start)?;
        }
        let has_unnamed_root =
            self.types.get(root.0 as usize).is_some_and(|found| found.kind.named().is_none());
        if has_unnamed_root {
            rebuild.visit_from(root)?;
        }
        self.default_budget = budget;
        Ok(())
    }
}

struct Rebuild<'a> {
    parser: &'a Parser,
    targets: &'a [TypeId],
    progress: Vec<Progress>,
    /// Records closed since the last visit from outside ended.
    closed: Vec<TypeId>,
    budget: &'a mut usize,
}

enum Step {
    Enter(TypeId),
    Leave(TypeId),
}

impl Rebuild<'_> {
    /// A visit while nothing is open. When it ends, all below the closed records is closed too.
    fn visit_from(&mut self, start: TypeId) -> Result<(), ParseError> {
        self.visit(start)?;
        for id in self.closed.drain(..) {
            self.progress[id.0 as usize] = Progress::Settled;
        }
        Ok(())
    }

    /// Visits everything below `start`. A pending name starts a visit of its own, which may go again through records
    /// that are still open, and closes them.
    fn visit(&mut self, start: TypeId) -> Result<(), ParseError> {
        let parser = self.parser;
        let mut visited = HashSet::new();
        let mut walk = vec![Step::Enter(start)];
        while let Some(step) = walk.pop() {
            *self.budget = self.budget.checked_sub(1).ok_or_else(|| {
                ParseError::new(
                    "types that contain each other make the defaults too much work to check; remove some",
                )
            })?;
            let id = match step {
                Step::Leave(id) => {
                    self.close(id)?;
                    continue;
                }
                Step::Enter(id) => id,
            };
            if let Some(index) = id.0.checked_sub(PENDING_MIN) {
                let target = self.targets[index as usize];
                if self.progress[target.0 as usize] == Progress::Untouched {
                    stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, || self.visit(target))?;
                }
                continue;
            }
            match &parser.types[id.0 as usize].kind {
                Kind::Record(record) => {
                    let progress = &mut self.progress[id.0 as usize];
                    if *progress == Progress::Settled || !visited.insert(id) {
                        continue;
                    }
                    if *progress == Progress::Untouched {
                        *progress = Progress::Open;
                    }
                    walk.push(Step::Leave(id));
                    walk.extend(record.fields.iter().rev().map(|field| Step::Enter(field.field_type)));
                }
                Kind::Array(inner) | Kind::Map(inner) => walk.push(Step::Enter(*inner)),
                // Branches are taken backwards.
                Kind::Union(branches) => walk.extend(branches.iter().map(|branch| Step::Enter(*branch))),
                Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => {}
            }
        }
        Ok(())
    }

    fn close(&mut self, id: TypeId) -> Result<(), ParseError> {
        let parser = self.parser;
        if self.progress[id.0 as usize] != Progress::Open {
            return Ok(());
        }
        let Kind::Record(record) = &parser.types[id.0 as usize].kind else { return Ok(()) };
        for (index, field) in record.fields.iter().enumerate() {
            let Some(value) = &field.default else { continue };
            if parser.is_floating(field.field_type) {
                continue;
            }
            let rebuilt = Rebuilt { targets: self.targets, progress: &self.progress };
            let verdict = Check::again(&parser.types, rebuilt, self.budget).value(field.field_type, value);
            if verdict != Verdict::Fits {
                let place = format!("{}/fields/{index}/default", parser.type_pointer(id));
                return Err(ParseError::at(place, parser.default_message(field, value, verdict)));
            }
        }
        self.progress[id.0 as usize] = Progress::Closed;
        self.closed.push(id);
        Ok(())
    }
}

impl Parser {
    /// Floats and doubles were checked when they were read: there a text may stand for a number.
    fn is_floating(&self, id: TypeId) -> bool {
        let found = self.types.get(id.0 as usize).map(|found| &found.kind);
        matches!(found, Some(Kind::Primitive(Primitive::Float | Primitive::Double)))
    }

    /// Where a type stands; the root for types of earlier texts.
    fn type_pointer(&self, id: TypeId) -> String {
        if id.0 < self.first_type { String::new() } else { self.pointer(self.type_places[id.0 as usize]) }
    }
}
