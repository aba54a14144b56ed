//! The rule `union`.

use super::actions::Made;
use super::{Anchor, Goal, Half, Scope};
use crate::translator::mapping::problem::{Place, Problem};
use crate::translator::mapping::program::{BranchOp, From, Op, Union};
use crate::translator::mapping::rule::{BranchRule, BranchTarget, Rule};
use crate::translator::mapping::shape::{Branch, Kind, TypeId, UnionType};
use crate::translator::mapping::value::Value;

/// The branch of a label: its full one, or the last part of it where that is clear.
pub(super) fn branch_of<'u>(union: &'u UnionType, label: &str) -> Option<(&'u Branch, u32)> {
    let positions = || union.branches.iter().zip(0..);
    let full = positions().find(|(branch, _)| branch.label == label);
    full.or_else(|| {
        let simple = |label: &str| label.rsplit('.').next().unwrap_or_default().to_owned();
        let mut named = positions().filter(|(branch, _)| simple(&branch.label) == simple(label));
        named.next().filter(|_| named.next().is_none())
    })
}

impl Half<'_> {
    pub(super) fn union(
        &mut self,
        (at, of): (Place, &Rule),
        rules: &[BranchRule],
        goal: Goal<'_>,
        scope: &Scope,
    ) -> Made {
        let typed = self.unmarked(of, scope)?;
        let (inner, may_be_null) = self.types.non_null(typed.ty);
        let branches = match self.types.kind(inner).clone() {
            Kind::Union(union) => union.branches,
            _ => vec![Branch { label: self.label(inner), ty: inner, number: 0 }],
        };
        let source = UnionType { branches };
        for rule in rules {
            if !["null", "*"].contains(&rule.from.as_str()) && branch_of(&source, &rule.from).is_none() {
                let labels: Vec<&str> = source.branches.iter().map(|branch| branch.label.as_str()).collect();
                let message =
                    format!("the source has no branch `{}`; it has `{}`", rule.from, labels.join("`, `"));
                return Err(Some(Problem::new(rule.at, message)));
            }
        }
        let is_single = source.branches.len() == 1 && !matches!(self.types.kind(inner), Kind::Union(_));
        let mut ops = Vec::with_capacity(source.branches.len());
        for (branch, position) in source.branches.iter().zip(0..) {
            let own = rules
                .iter()
                .find(|rule| branch_of(&source, &rule.from).is_some_and(|(_, found)| found == position));
            let rule = own.or_else(|| rules.iter().find(|rule| rule.from == "*"));
            let Some(rule) = rule else {
                let message = format!("the branch `{}` has no rule: add one, or `\"*\": dlq`", branch.label);
                return Err(Some(Problem::new(at, message)));
            };
            let step = crate::translator::mapping::rule::Step::Name(branch.label.clone()).to_string();
            let place = if is_single { typed.path.clone() } else { format!("{}{step}", typed.path) };
            let this = Anchor { from: From::This, ty: branch.ty, path: place };
            let inside = Scope { this, ..scope.clone() };
            ops.push(self.branch(rule, branch, goal, &inside)?);
        }
        let null = self.null_branch(at, rules, may_be_null, goal.ty)?;
        Ok(Op::Union(Box::new(Union { of: typed.op, null, branches: ops })))
    }

    /// The word under which a type that is no union is named in `branches`.
    fn label(&self, ty: TypeId) -> String {
        match self.types.kind(ty) {
            Kind::Record(record) => record.name.clone(),
            Kind::Enum(symbols) => symbols.name.clone(),
            kind => kind.to_string(),
        }
    }

    fn null_branch(
        &mut self,
        at: Place,
        rules: &[BranchRule],
        may_be_null: bool,
        wanted: TypeId,
    ) -> Made<BranchOp> {
        let refused = || BranchOp::Refused("the union is null".to_owned());
        if !may_be_null {
            return Ok(refused());
        }
        let rule = rules.iter().find(|rule| rule.from == "null");
        match rule.map(|rule| &rule.to) {
            Some(BranchTarget::Error) => Ok(refused()),
            None | Some(BranchTarget::Null) if self.types.non_null(wanted).1 => {
                Ok(BranchOp::Op(Op::Literal(Value::Null)))
            }
            _ => {
                let at = rule.map_or(at, |rule| rule.at);
                let message = "the source can be null and the target cannot: say `null: dlq`, or put `default` around it";
                Err(Some(Problem::new(at, message)))
            }
        }
    }

    fn branch(
        &mut self,
        rule: &BranchRule,
        source: &Branch,
        goal: Goal<'_>,
        scope: &Scope,
    ) -> Made<BranchOp> {
        let Goal { ty: wanted, path } = goal;
        let wrong = |message: String| Some(Problem::new(rule.at, message));
        let (label, body) = match &rule.to {
            BranchTarget::Error => {
                self.uses(&scope.this.path.clone());
                let reason = format!("the branch `{}` is not translated", source.label);
                return Ok(BranchOp::Refused(reason));
            }
            BranchTarget::Null => {
                return if self.types.non_null(wanted).1 {
                    Ok(BranchOp::Op(Op::Literal(Value::Null)))
                } else {
                    Err(wrong("the target cannot be null".to_owned()))
                };
            }
            BranchTarget::Branch { label, body } => (label, body),
        };
        let (inner, _) = self.types.non_null(wanted);
        let (target, position) = match (self.types.kind(inner).clone(), label) {
            (Kind::Union(union), Some(label)) => {
                let found = branch_of(&union, label).map(|(branch, position)| (branch.ty, Some(position)));
                found.ok_or_else(|| {
                    let labels: Vec<&str> =
                        union.branches.iter().map(|branch| branch.label.as_str()).collect();
                    wrong(format!("the target has no branch `{label}`; it has `{}`", labels.join("`, `")))
                })?
            }
            (Kind::Union(_), None) => return Err(wrong("`to` names a branch of the target".to_owned())),
            (_, Some(label)) if self.label(inner) != *label => {
                return Err(wrong(format!("the target is no union, and is not `{label}`")));
            }
            _ => (inner, None),
        };
        let auto = self.anchored(&scope.this);
        let goal = Goal { ty: target, path };
        let op = match body {
            Some(body) => self.body((rule.at, body), goal, scope, Some(auto))?,
            None => self.fitted(auto, goal).map_err(wrong)?,
        };
        Ok(BranchOp::Op(match position {
            Some(position) => Op::Branch(position, Box::new(op)),
            None => op,
        }))
    }
}
