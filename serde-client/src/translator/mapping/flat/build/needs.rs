//! What the general program looks at, so that it gets values of that and of nothing else.

use super::Builder;
use super::sites::SiteId;
use crate::translator::mapping::program::{BranchOp, Condition, ExpressionTypes, From, Get, Op};

/// What `$` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The record.
    Outside,
    /// A part of it that an operation around has asked for already.
    Inside,
}

impl Builder<'_> {
    /// Notes what an operation looks at; `None` when that is more than the record.
    pub(super) fn needs(&mut self, op: &Op, root: SiteId, place: Place) -> Option<()> {
        match op {
            Op::Get(get) => self.follows(get, root, place),
            Op::Header(_) | Op::Timestamp | Op::Partition | Op::Offset | Op::EntryKey | Op::Literal(_) => {
                Some(())
            }
            Op::Convert(of, _)
            | Op::Default(of, _)
            | Op::ToEntries(of)
            | Op::FromEntries(of)
            | Op::Cast(of, _)
            | Op::Time(of, _)
            | Op::Symbol(of, _)
            | Op::Branch(_, of) => self.needs(of, root, place),
            Op::Record(slots) => slots.iter().try_for_each(|slot| self.needs(&slot.op, root, place)),
            Op::WhenPresent(test, then) => {
                self.follows(test, root, place)?;
                self.needs(then, root, place)
            }
            Op::Coalesce(ops) | Op::Concat(ops) | Op::Call(_, ops) => {
                ops.iter().try_for_each(|op| self.needs(op, root, place))
            }
            Op::Split(split) => self.needs(&split.of, root, place),
            Op::Lookup(lookup) => self.needs(&lookup.of, root, place),
            Op::Expression(expression) => self.sees_all(expression.inputs, root),
            Op::Case(case) => {
                for (condition, then) in &case.whens {
                    self.decides(Some(condition), root)?;
                    self.needs(then, root, place)?;
                }
                case.otherwise.iter().try_for_each(|op| self.needs(op, root, place))
            }
            Op::Each(each) => {
                self.decides(each.condition.as_ref(), root)?;
                self.needs(&each.of, root, place)?;
                self.needs(&each.item, root, Place::Inside)
            }
            Op::Entries(entries) => {
                self.needs(&entries.of, root, place)?;
                self.needs(&entries.key, root, Place::Inside)?;
                self.needs(&entries.value, root, Place::Inside)
            }
            Op::Union(union) => {
                self.needs(&union.of, root, place)?;
                union.branches.iter().chain([&union.null]).try_for_each(|branch| match branch {
                    BranchOp::Op(op) => self.needs(op, root, Place::Inside),
                    BranchOp::Refused(_) => Some(()),
                })
            }
        }
    }

    fn follows(&mut self, get: &Get, root: SiteId, place: Place) -> Option<()> {
        match (get.from, place) {
            (From::Key, _) => return None,
            (From::Root, _) | (From::This, Place::Outside) => self.need(root, &get.steps),
            (From::This, Place::Inside) | (From::Item | From::EntryValue, _) => {}
        }
        Some(())
    }

    fn decides(&mut self, condition: Option<&Condition>, root: SiteId) -> Option<()> {
        condition.map_or(Some(()), |condition| self.sees_all(condition.inputs, root))
    }

    /// Expressions see the whole record, and the key where there is one.
    fn sees_all(&mut self, inputs: ExpressionTypes, root: SiteId) -> Option<()> {
        self.need(root, &[]);
        inputs.key.is_none().then_some(())
    }
}
