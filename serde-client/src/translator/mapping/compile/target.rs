//! Targets, each with exactly one rule: a written one, an inferred one, or the schema's default.

use std::sync::Arc;

use super::fit::{Places, counterpart};
use super::{Goal, Half, Open, Scope, Typed};
use crate::translator::mapping::file::Auto;
use crate::translator::mapping::program::{Get, Op, Slot};
use crate::translator::mapping::report::Class;
use crate::translator::mapping::rule::TargetRule;
use crate::translator::mapping::shape::{Field, Kind, RecordType, TypeId};
use crate::translator::mapping::value::Value;

/// What is to be filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat<'v> {
    pub(super) ty: TypeId,
    /// Whether it may be left out.
    pub(super) optional: bool,
    /// What it is when nothing fills it.
    pub(super) default: Option<&'v Value<'static>>,
}

/// A rule with what is left of its target's names.
pub(super) type Aimed<'r> = (&'r [String], &'r TargetRule);

impl Half<'_> {
    /// Fills a target. `auto` is its counterpart in the source. Nothing comes back when something was noted as a problem.
    pub(super) fn fill(
        &mut self,
        seat: &Seat<'_>,
        rules: &[Aimed<'_>],
        scope: &Scope,
        auto: Option<Typed>,
        path: &str,
    ) -> Option<Op> {
        let (whole, parts): (Vec<Aimed<'_>>, Vec<Aimed<'_>>) =
            rules.iter().partition(|(names, _)| names.is_empty());
        let wanted = if seat.optional { self.nullable(seat.ty) } else { seat.ty };
        match (whole.as_slice(), parts.as_slice()) {
            ([], []) => self.infer(seat, wanted, auto, path),
            ([(_, only)], []) => match self.rule(&only.rule, Goal { ty: wanted, path }, scope) {
                Ok(op) => Some(op),
                Err(problem) => {
                    self.problems.extend(problem);
                    None
                }
            },
            ([], parts) => self.parts(seat.ty, parts, scope, auto, path),
            ([(_, first), (_, second), ..], _) | ([(_, first)], [(_, second), ..]) => {
                let message = format!("`{path}` is filled twice: there is another rule at {}", first.at);
                self.problem(second.at, message);
                None
            }
        }
    }

    /// A record, field by field.
    fn parts(
        &mut self,
        ty: TypeId,
        rules: &[Aimed<'_>],
        scope: &Scope,
        auto: Option<Typed>,
        path: &str,
    ) -> Option<Op> {
        let (inner, _) = self.types.non_null(ty);
        let Kind::Record(record) = self.types.kind(inner).clone() else {
            for (names, rule) in rules {
                let below = names.first().map_or("", String::as_str);
                let what = self.types.describe(inner);
                self.problem(rule.at, format!("`{path}` is {what} and has no field `{below}`"));
            }
            return None;
        };
        let test = auto.as_ref().and_then(|auto| match (&auto.op, self.types.non_null(auto.ty).1) {
            (Op::Get(get), true) => Some(get.clone()),
            _ => None,
        });
        let op = self.record(&record, rules, scope, auto, path)?;
        Some(match test {
            Some(test) if inner != ty => Op::WhenPresent(test, Box::new(op)),
            _ => op,
        })
    }

    /// The fields of a record.
    pub(super) fn record(
        &mut self,
        record: &RecordType,
        rules: &[Aimed<'_>],
        scope: &Scope,
        auto: Option<Typed>,
        path: &str,
    ) -> Option<Op> {
        for (names, rule) in rules {
            let Some(name) = names.first() else { continue };
            if record.position(name).is_none() {
                let message = unknown_target(record, name, path);
                self.problem(rule.at, message);
            }
        }
        let mut slots = Vec::with_capacity(record.fields.len());
        let mut is_whole = true;
        for field in &record.fields {
            let own = rules.iter().filter(|(names, _)| names.first() == Some(&field.name));
            let own: Vec<Aimed<'_>> =
                own.map(|(names, rule)| (names.get(1..).unwrap_or_default(), *rule)).collect();
            let below = if path.is_empty() {
                crate::translator::mapping::rule::path::spell_target(std::slice::from_ref(&field.name))
            } else {
                format!("{path}{}", crate::translator::mapping::rule::Step::Name(field.name.clone()))
            };
            let counterpart = auto.as_ref().and_then(|auto| self.below(auto, field));
            let seat = Seat { ty: field.ty, optional: field.optional, default: field.default.as_ref() };
            match self.fill(&seat, &own, scope, counterpart, &below) {
                Some(op) => {
                    let null_is_absent =
                        field.optional && !matches!(self.types.kind(field.ty), Kind::Nullable(_));
                    slots.push(Slot { name: field.name.clone(), op: Arc::new(op), null_is_absent });
                }
                None => is_whole = false,
            }
        }
        is_whole.then(|| Op::Record(slots.into_boxed_slice()))
    }

    /// The counterpart of a field below the counterpart of its record.
    fn below(&mut self, record: &Typed, field: &Field) -> Option<Typed> {
        let (inner, nullable) = self.types.non_null(record.ty);
        let Kind::Record(source) = self.types.kind(inner).clone() else { return None };
        let (position, _) = counterpart(&source, field, self.auto)?;
        let found = source.fields.get(position)?;
        let Op::Get(get) = &record.op else { return None };
        let mut steps = get.steps.to_vec();
        steps.push(crate::translator::mapping::program::GetStep::Field(position));
        let ty = if nullable || found.optional { self.nullable(found.ty) } else { found.ty };
        let step = crate::translator::mapping::rule::Step::Name(found.name.clone());
        let op = Op::Get(Get { from: get.from, steps: steps.into_boxed_slice() });
        Some(Typed { op, ty, path: format!("{}{step}", record.path) })
    }

    /// What nobody wrote a rule for.
    fn infer(&mut self, seat: &Seat<'_>, wanted: TypeId, auto: Option<Typed>, path: &str) -> Option<Op> {
        if let Some(auto) = auto.filter(|_| self.auto > Auto::None) {
            let places = Places { from: auto.path.clone(), to: path.to_owned() };
            return match self.fit(auto.ty, wanted, &places) {
                Ok(fitted) => {
                    let is_widened = fitted.class == Some(Class::Widened);
                    if is_widened && self.auto < Auto::Widen {
                        self.unmapped(path, seat.ty, "the types differ, and `auto: exact` does not widen");
                        return None;
                    }
                    if let Some(class) = fitted.class {
                        let class = if last(path) == last(&auto.path) { class } else { Class::Aliased };
                        self.row(path, auto.path.clone(), class, "");
                        self.uses(&auto.path);
                    }
                    Some(converted(auto.op, fitted.conversion))
                }
                Err(reason) => {
                    self.unmapped(path, seat.ty, &format!("`{}`: {reason}", auto.path));
                    None
                }
            };
        }
        match seat.default {
            Some(default) => {
                self.row(path, "the schema's default", Class::Defaulted, "");
                Some(Op::Literal(default.clone()))
            }
            None if seat.optional => {
                self.row(path, "left out", Class::Defaulted, "");
                Some(Op::Literal(Value::Absent))
            }
            None => {
                let hint = self.hint(seat.ty);
                self.unmapped(path, seat.ty, &hint);
                None
            }
        }
    }

    /// The value of a target without a counterpart; a problem is noted where it has none.
    pub(super) fn unfilled(&mut self, field: &Field, path: &str) -> Value<'static> {
        match &field.default {
            Some(default) => {
                self.row(path, "the schema's default", Class::Defaulted, "");
                default.clone()
            }
            None if field.optional => {
                self.row(path, "left out", Class::Defaulted, "");
                Value::Absent
            }
            None => {
                let hint = self.hint(field.ty);
                self.unmapped(path, field.ty, &hint);
                Value::Null
            }
        }
    }

    fn hint(&self, ty: TypeId) -> String {
        match self.types.kind(ty) {
            Kind::Nullable(_) => "nothing fills it: write a rule, or `{const: null}`".to_owned(),
            _ => "nothing fills it: write a rule".to_owned(),
        }
    }

    /// Notes a target that nothing fills.
    pub(super) fn unmapped(&mut self, path: &str, ty: TypeId, reason: &str) {
        self.row(path, "", Class::Unmapped, reason);
        let ty = self.types.describe(ty);
        let shown = match (self.is_key, path) {
            (true, "") => "@key".to_owned(),
            (true, path) => format!("@key.{path}"),
            (false, "") => "$".to_owned(),
            (false, path) => path.to_owned(),
        };
        self.problem(super::Place::default(), format!("`{shown}` ({ty}) is unmapped: {reason}"));
        self.open.push(Open { in_key: self.is_key, path: path.to_owned(), ty });
    }
}

/// An operation with a conversion behind it, where there is something to convert.
pub(super) fn converted(op: Op, conversion: crate::translator::mapping::program::Conversion) -> Op {
    match conversion {
        crate::translator::mapping::program::Conversion::Copy => op,
        conversion => Op::Convert(Box::new(op), conversion),
    }
}

fn last(path: &str) -> &str {
    path.rsplit(['.', ']', '}']).next().unwrap_or(path)
}

fn unknown_target(record: &RecordType, name: &str, path: &str) -> String {
    let place = if path.is_empty() { "the target".to_owned() } else { format!("`{path}`") };
    match record.nearest(name) {
        Some(field) => format!("{place} has no field `{name}`: did you mean `{}`?", field.name),
        None => {
            let names: Vec<&str> = record.fields.iter().map(|field| field.name.as_str()).collect();
            format!("{place} has no field `{name}`; it has `{}`", names.join("`, `"))
        }
    }
}
