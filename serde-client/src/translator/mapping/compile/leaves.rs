//! Which leaves of the source nothing is made of.

use super::{Half, Open};
use crate::translator::mapping::file::Dropped;
use crate::translator::mapping::report::{Class, Row};
use crate::translator::mapping::rule::Step;
use crate::translator::mapping::shape::{Kind, Model, TypeId};

/// Leaves that are listed of one schema at most: a schema can ask for any number of them.
const LEAVES_MAX: usize = 20_000;

/// A leaf of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) path: String,
    pub(crate) ty: TypeId,
}

/// The leaves of a type; what contains itself is a leaf where it comes again.
pub(crate) fn leaves(types: &Model, root: TypeId, path: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(types, root, path.to_owned(), &mut Vec::new(), &mut found);
    found
}

fn collect(types: &Model, id: TypeId, path: String, around: &mut Vec<TypeId>, found: &mut Vec<Leaf>) {
    if found.len() >= LEAVES_MAX {
        return;
    }
    match types.kind(id) {
        Kind::Nullable(inner) => collect(types, *inner, path, around, found),
        Kind::Record(record) if !around.contains(&id) && !record.fields.is_empty() => {
            around.push(id);
            for field in &record.fields {
                let step = Step::Name(field.name.clone());
                collect(types, field.ty, format!("{path}{step}"), around, found);
            }
            around.pop();
        }
        Kind::List(item) => collect(types, *item, format!("{path}[]"), around, found),
        Kind::Map(value) => collect(types, *value, format!("{path}{{}}"), around, found),
        Kind::Union(union) => {
            for branch in &union.branches {
                let step = Step::Name(branch.label.clone());
                collect(types, branch.ty, format!("{path}{step}"), around, found);
            }
        }
        _ => found.push(Leaf { path, ty: id }),
    }
}

/// Whether a path is another one or lies below it.
pub(crate) fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
}

impl Half<'_> {
    /// Remembers that something is made of a path and everything below it.
    pub(super) fn uses(&mut self, path: &str) {
        if !path.is_empty() {
            self.used.insert(path.to_owned());
        }
    }

    fn is_used(&self, path: &str) -> bool {
        self.used.iter().any(|used| is_below(path, used))
    }

    /// Rows for what gets lost, and the leaves that get lost without a word.
    pub(super) fn lost(&mut self, drops: &[&Dropped]) -> Vec<Open> {
        let root = if self.is_key { "@key" } else { "$" };
        let leaves = leaves(&self.types, self.source, root);
        let mut open = Vec::new();
        let mut hits = vec![false; drops.len()];
        for leaf in &leaves {
            let mut dropped = None;
            for (drop, hit) in drops.iter().zip(&mut hits) {
                if is_below(&leaf.path, &drop.path.to_string()) {
                    *hit = true;
                    dropped = Some(drop);
                }
            }
            if self.is_used(&leaf.path) {
                continue;
            }
            let (class, note) = match dropped {
                Some(drop) => {
                    let by =
                        drop.approved_by.as_ref().map_or(String::new(), |by| format!(" (approved by {by})"));
                    (Class::Dropped, format!("{}{by}", drop.reason))
                }
                None => (Class::Unmapped, "nothing uses it: list it under `drop`".to_owned()),
            };
            self.rows.push(Row { target: String::new(), source: leaf.path.clone(), class, note });
            if dropped.is_none() {
                let ty = self.types.describe(leaf.ty);
                open.push(Open { in_key: self.is_key, path: leaf.path.clone(), ty });
            }
        }
        for (drop, hit) in drops.iter().zip(hits) {
            if !hit {
                self.problem(
                    drop.at,
                    format!("`drop` names `{}`, which the source does not have", drop.path),
                );
            }
        }
        open
    }

    /// Notes what the names in an expression use: `this.a.b` and the like, as far as they are fields.
    pub(super) fn uses_of_text(&mut self, text: &str, scope: &super::Scope, bare_names: bool) {
        let words = text.split(|character: char| !(character.is_alphanumeric() || "_.$".contains(character)));
        for word in words.filter(|word| !word.is_empty()) {
            if bare_names {
                let names = word.trim_start_matches('$').split('.').filter(|name: &&str| !name.is_empty());
                self.uses_names(&scope.this.clone(), names);
                continue;
            }
            let mut names = word.split('.').filter(|name: &&str| !name.is_empty());
            let anchor = match names.next() {
                Some("this") => Some(scope.this.clone()),
                Some("root") => Some(scope.root.clone()),
                Some("it") => scope.item.clone(),
                Some("v") => scope.entry.clone(),
                _ => None,
            };
            if let Some(anchor) = anchor {
                self.uses_names(&anchor, names);
            }
        }
    }

    fn uses_names<'n>(&mut self, anchor: &super::Anchor, names: impl Iterator<Item = &'n str>) {
        let (mut at, mut path, mut steps) = (anchor.ty, anchor.path.clone(), 0);
        for name in names {
            let (inner, _) = self.types.non_null(at);
            let next = match self.types.kind(inner) {
                Kind::Record(record) => {
                    record.fields.iter().find(|field| field.name == name).map(|field| field.ty)
                }
                _ => None,
            };
            let Some(next) = next else { break };
            path.push_str(&Step::Name(name.to_owned()).to_string());
            at = next;
            steps += 1;
        }
        if steps > 0 {
            self.uses(&path);
        }
    }
}
