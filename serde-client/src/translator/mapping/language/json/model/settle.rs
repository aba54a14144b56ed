//! Unions as the model has them: no branch is null, nullable, a union or anything at all.

use super::Shapes;
use crate::codec::PrepareError;
use crate::translator::mapping::shape::{Branch, Kind, TypeId, UnionType};

/// Unions in unions.
const ROUNDS_MAX: usize = 32;

impl Shapes<'_, '_> {
    /// Takes null out of what is nullable already, and unions out of unions.
    pub(super) fn settle(&mut self) -> Result<(), PrepareError> {
        for _ in 0..ROUNDS_MAX {
            let mut is_settled = true;
            for id in self.all.clone() {
                let settled = match self.model.kind(id).clone() {
                    Kind::Nullable(inner) => match self.model.kind(inner) {
                        Kind::Nullable(inner) if *inner == id => Some(Kind::Any),
                        kind @ (Kind::Any | Kind::Null | Kind::Nullable(_)) => Some(kind.clone()),
                        _ => None,
                    },
                    Kind::Union(union) => self.flat(id, union),
                    _ => None,
                };
                if let Some(kind) = settled {
                    is_settled = false;
                    self.model.replace(id, kind, None);
                }
            }
            if is_settled {
                return Ok(());
            }
        }
        Err(PrepareError("unions of the schema stand in each other".to_owned()))
    }

    /// A union without null, unions and anything else that no branch may be; `None` where it is that already.
    fn flat(&mut self, id: TypeId, union: UnionType) -> Option<Kind> {
        let is_nested = |branch: &Branch| {
            matches!(self.model.kind(branch.ty), Kind::Any | Kind::Null | Kind::Nullable(_) | Kind::Union(_))
        };
        if !union.branches.iter().any(is_nested) {
            return None;
        }
        let mut is_nullable = false;
        let mut branches: Vec<Branch> = Vec::new();
        for branch in union.branches {
            match self.model.kind(branch.ty).clone() {
                Kind::Any => return Some(Kind::Any),
                Kind::Null => is_nullable = true,
                Kind::Nullable(inner) => {
                    is_nullable = true;
                    branches.push(Branch { ty: inner, ..branch });
                }
                Kind::Union(_) if branch.ty == id => {}
                Kind::Union(inner) => {
                    for inner in inner.branches {
                        let label = unique(inner.label.clone(), &branches);
                        branches.push(Branch { label, ..inner });
                    }
                }
                _ => branches.push(branch),
            }
        }
        for (branch, number) in branches.iter_mut().zip(0..) {
            branch.number = number;
        }
        let kind = Kind::Union(UnionType { branches });
        Some(if is_nullable { Kind::Nullable(self.push(kind)) } else { kind })
    }
}

/// The label, with a number where another branch has it already.
pub(super) fn unique(label: String, branches: &[Branch]) -> String {
    let is_free = |label: &str| branches.iter().all(|branch| branch.label != label);
    if is_free(&label) {
        return label;
    }
    let numbered = (2_usize..).map(|number| format!("{label}{number}"));
    numbered.into_iter().find(|label| is_free(label)).unwrap_or(label)
}
