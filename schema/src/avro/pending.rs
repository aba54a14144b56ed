//! What must wait until a text has been read: names used before their definition, and the defaults that depend on
//! them.

use super::defaults::{Check, Progress, Verdict};
use super::names::quoted;
use super::parse::{PENDING_MIN, Parser};
use super::schema::{Kind, Type, TypeId};
use crate::format::{ParseError, Strictness};

impl Parser {
    /// Puts the definitions in the place of pending ids. Returns the root.
    pub(super) fn resolve_pending(
        &mut self,
        root: TypeId,
        first_type: usize,
        first_definition: usize,
    ) -> Result<TypeId, ParseError> {
        if self.pending.is_empty() {
            return Ok(root);
        }
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
        self.pending.clear();
        let resolve = |id: &mut TypeId| match id.0.checked_sub(PENDING_MIN) {
            Some(index) => {
                *id = targets[index as usize];
                true
            }
            None => false,
        };
        let mut unions = Vec::new();
        for (index, waiting) in self.types.iter_mut().enumerate().skip(first_type) {
            match &mut waiting.kind {
                Kind::Record(record) => record.fields.iter_mut().for_each(|field| {
                    resolve(&mut field.field_type);
                }),
                Kind::Array(inner) | Kind::Map(inner) => {
                    resolve(inner);
                }
                Kind::Union(branches) => {
                    if branches.iter_mut().fold(false, |any, branch| resolve(branch) || any) {
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
        if self.strictness == Strictness::New {
            self.check_defaults_again(root, first_type, first_definition)?;
        }
        Ok(root)
    }

    /// Checks all defaults of the text against the resolved types, in the order in which the reference registry builds
    /// its records anew: that order decides which defaults it can check.
    fn check_defaults_again(
        &mut self,
        root: TypeId,
        first_type: usize,
        first_definition: usize,
    ) -> Result<(), ParseError> {
        let mut progress = vec![Progress::Closed; first_type];
        progress.resize(self.types.len(), Progress::Untouched);
        let mut budget = self.default_budget;
        let starts = self.definitions[first_definition..].iter().copied().chain([root]);
        for start in starts {
            let mut walk = vec![Visit::Enter(start)];
            while let Some(visit) = walk.pop() {
                match visit {
                    Visit::Enter(id) => enter(&self.types, id, &mut progress, &mut walk),
                    Visit::Leave(id) => {
                        self.check_record(id, &progress, &mut budget)?;
                        progress[id.0 as usize] = Progress::Closed;
                    }
                }
            }
        }
        Ok(())
    }

    fn check_record(&self, id: TypeId, progress: &[Progress], budget: &mut usize) -> Result<(), ParseError> {
        let Kind::Record(record) = &self.types[id.0 as usize].kind else { return Ok(()) };
        for (index, field) in record.fields.iter().enumerate() {
            let Some(value) = &field.default else { continue };
            if self.is_double(field.field_type) {
                continue;
            }
            let verdict = Check::new(&self.types, Some(progress), budget).value(field.field_type, value);
            if verdict != Verdict::Fits {
                let record_place = self.pointer(self.type_places[id.0 as usize]);
                let message = self.default_message(field, value, verdict);
                return Err(ParseError::at(format!("{record_place}/fields/{index}/default"), message));
            }
        }
        Ok(())
    }

    /// Floats and doubles were checked when they were read: there a text may stand for a number.
    fn is_double(&self, id: TypeId) -> bool {
        use super::schema::Primitive::{Double, Float};
        matches!(self.types[id.0 as usize].kind, Kind::Primitive(Float | Double))
    }
}

enum Visit {
    Enter(TypeId),
    Leave(TypeId),
}

/// Pushes what lies below a type so that it is taken in the reference registry's order: fields forwards, branches
/// backwards.
fn enter(types: &[Type], id: TypeId, progress: &mut [Progress], walk: &mut Vec<Visit>) {
    match &types[id.0 as usize].kind {
        Kind::Record(record) => {
            if progress[id.0 as usize] != Progress::Untouched {
                return;
            }
            progress[id.0 as usize] = Progress::Open;
            walk.push(Visit::Leave(id));
            walk.extend(record.fields.iter().rev().map(|field| Visit::Enter(field.field_type)));
        }
        Kind::Array(inner) | Kind::Map(inner) => walk.push(Visit::Enter(*inner)),
        Kind::Union(branches) => walk.extend(branches.iter().map(|branch| Visit::Enter(*branch))),
        Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => {}
    }
}
