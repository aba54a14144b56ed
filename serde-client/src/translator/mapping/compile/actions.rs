//! Rules at a target whose type is known.

use std::collections::HashMap;

use super::fit::Places;
use super::target::converted;
use super::wording::{class_of, spelled};
use super::{Anchor, Goal, Half, Scope, Typed};
use crate::codec::avro::LogicalType;
use crate::translator::mapping::expression::ExpressionError;
use crate::translator::mapping::expression::{cel::Cel, jsonata::Jsonata};
use crate::translator::mapping::json_form;
use crate::translator::mapping::problem::{Place, Problem};
use crate::translator::mapping::program::{
    Case, Cast, Code, Condition, Each, Entries, Expression, ExpressionTypes, From, Lookup, NumberFrom,
    NumberTo, Op, SymbolMap, TextOtherwise,
};
use crate::translator::mapping::rule::{Action, Body, Literal, Otherwise, Overflow, Rule, Term};
use crate::translator::mapping::shape::{Kind, TypeId};
use crate::translator::mapping::value::Value;

/// An operation, or a problem; no problem where it was noted already.
pub(super) type Made<T = Op> = Result<T, Option<Problem>>;

impl Half<'_> {
    /// The rule of a target, with its row in the report.
    pub(super) fn rule(&mut self, rule: &Rule, goal: Goal<'_>, scope: &Scope) -> Made {
        let before = self.rows.len();
        let made = self.made(rule, goal, scope);
        // Rules that make compound values have written the rows of their leaves.
        if made.is_ok() && self.rows.len() == before {
            let (class, note) = class_of(rule);
            self.row(goal.path, spelled(rule), class, note);
        }
        made.map_err(|problem| problem.map(|problem| problem.or_at(rule.at)))
    }

    /// What a rule makes of type `wanted`.
    pub(super) fn made(&mut self, rule: &Rule, goal: Goal<'_>, scope: &Scope) -> Made {
        let Goal { ty: wanted, path } = goal;
        let wrong = |message: String| Some(Problem::new(rule.at, message));
        match &rule.action {
            Action::Term(Term::Path(source)) => {
                let typed = self.path(source, scope).map_err(wrong)?;
                self.fitted(typed, goal).map_err(wrong)
            }
            Action::Const(literal) => self.literal(literal, wanted, rule.at).map(Op::Literal),
            Action::Default { of, value } => {
                let nullable = Goal { ty: self.nullable(wanted), path };
                let of = self.made(of, nullable, scope)?;
                Ok(Op::Default(Box::new(of), self.literal(value, wanted, rule.at)?))
            }
            Action::Cast { .. } => self.cast(rule, wanted, scope),
            Action::Time(time) => self.time(rule.at, time, Some(wanted), scope).map(|typed| typed.op),
            Action::Enum { .. } => self.enumeration(rule, wanted, scope),
            Action::Union { of, branches } => self.union((rule.at, of), branches, goal, scope),
            Action::Each { of, item, condition } => {
                self.each((rule.at, of), (item, condition.as_deref()), goal, scope)
            }
            Action::Entries { of, key, value } => self.entries(of, (key, value), goal, scope),
            Action::Cel(_) | Action::Jsonata(_) => self.expression(rule, wanted, scope),
            Action::Lookup { of, file, otherwise } => {
                self.lookup(rule.at, of, (file, otherwise.as_ref()), wanted, scope)
            }
            Action::Coalesce(rules) => {
                let nullable = Goal { ty: self.nullable(wanted), path };
                let mut ops = Vec::with_capacity(rules.len());
                for (rule, left) in rules.iter().zip((0..rules.len()).rev()) {
                    ops.push(self.made(rule, if left == 0 { goal } else { nullable }, scope)?);
                }
                Ok(Op::Coalesce(ops.into_boxed_slice()))
            }
            Action::Case { whens, otherwise } => {
                self.case(rule.at, (whens, otherwise.as_deref()), goal, scope)
            }
            Action::Record(rules) => {
                let body = Body::Map(rules.clone());
                self.body((rule.at, &body), goal, scope, None)
            }
            Action::Term(_)
            | Action::Concat(_)
            | Action::Split { .. }
            | Action::ToEntries(_)
            | Action::FromEntries(_) => {
                let typed = self.natural(rule, scope)?;
                self.fitted(typed, goal).map_err(wrong)
            }
        }
    }

    /// Something of the source as the target's type.
    pub(super) fn fitted(&mut self, typed: Typed, goal: Goal<'_>) -> Result<Op, String> {
        let places = Places { from: typed.path.clone(), to: goal.path.to_owned() };
        let fitted = self.fit(typed.ty, goal.ty, &places)?;
        if fitted.class.is_some() {
            self.uses(&typed.path);
        }
        Ok(converted(typed.op, fitted.conversion))
    }

    fn expression(&mut self, rule: &Rule, wanted: TypeId, scope: &Scope) -> Made {
        let wrong = |error: ExpressionError| Some(Problem::new(rule.at, error.reason));
        let code = match &rule.action {
            Action::Cel(text) => {
                self.uses_of_text(text, scope, false);
                Code::Cel(Cel::compile(text).map_err(wrong)?)
            }
            Action::Jsonata(text) => {
                self.uses_of_text(text, scope, true);
                Code::Jsonata(Jsonata::compile(text).map_err(wrong)?)
            }
            _ => return Err(None),
        };
        let inputs = self.inputs(scope);
        Ok(Op::Expression(Box::new(Expression { code, inputs, result: wanted })))
    }

    fn case(
        &mut self,
        at: Place,
        (whens, otherwise): (&[(String, Rule)], Option<&Rule>),
        goal: Goal<'_>,
        scope: &Scope,
    ) -> Made {
        let mut made = Vec::with_capacity(whens.len());
        for (when, then) in whens {
            let condition = self.condition(when, at, scope)?;
            made.push((condition, self.made(then, goal, scope)?));
        }
        let otherwise = otherwise.map(|rule| self.made(rule, goal, scope)).transpose()?;
        Ok(Op::Case(Box::new(Case { whens: made, otherwise })))
    }

    /// A value that is written in the mapping.
    pub(super) fn literal(&self, literal: &Literal, wanted: TypeId, at: Place) -> Made<Value<'static>> {
        json_form::from_json(&self.types, wanted, &literal.0).map_err(|misfit| {
            let wanted = self.types.describe(wanted);
            Some(Problem::new(at, format!("the value is no {wanted}: {}", misfit.reason)))
        })
    }

    fn inputs(&self, scope: &Scope) -> ExpressionTypes {
        ExpressionTypes {
            root: scope.root.ty,
            this: scope.this.ty,
            key: if self.is_key { None } else { self.key },
            item: scope.item.as_ref().map(|item| item.ty),
            entry: scope.entry.as_ref().map(|entry| entry.ty),
        }
    }

    fn condition(&mut self, text: &str, at: Place, scope: &Scope) -> Made<Condition> {
        self.uses_of_text(text, scope, false);
        let code = Cel::compile(text).map_err(|error| Some(Problem::new(at, error.reason)))?;
        Ok(Condition { code, inputs: self.inputs(scope) })
    }

    fn cast(&mut self, rule: &Rule, wanted: TypeId, scope: &Scope) -> Made {
        let Action::Cast { of, to, scale, overflow, value } = &rule.action else { return Err(None) };
        let wrong = |message: String| Some(Problem::new(rule.at, message));
        let typed = self.natural(of, scope)?;
        let (inner, nullable) = self.types.non_null(wanted);
        let target = self.number_to(inner).filter(|target| is_word_for(to, *target)).ok_or_else(|| {
            wrong(format!("`to: {to}` does not fit the target, which is {}", self.types.describe(inner)))
        })?;
        let overflow = overflow.unwrap_or(Overflow::Error);
        let (source, may_be_null) = self.types.non_null(typed.ty);
        if !nullable && (may_be_null || overflow == Overflow::Null) {
            return Err(wrong(
                "the result can be null and the target cannot: put `default` around the cast".to_owned(),
            ));
        }
        let default = value.as_ref().map(|value| self.literal(value, wanted, rule.at)).transpose()?;
        let (op, from) = self.number_from(typed.op, source).map_err(wrong)?;
        Ok(Op::Cast(Box::new(op), Cast { from, to: target, scale: *scale, overflow, default }))
    }

    /// How a type holds a number, if it does.
    pub(super) fn number_to(&self, ty: TypeId) -> Option<NumberTo> {
        let found = self.types.get(ty);
        Some(match (&found.kind, found.meaning) {
            (Kind::Bytes, Some(LogicalType::Decimal { precision, scale })) => {
                NumberTo::Decimal { precision, scale, size: None }
            }
            (Kind::Fixed(size), Some(LogicalType::Decimal { precision, scale })) => {
                NumberTo::Decimal { precision, scale, size: Some(*size) }
            }
            (Kind::Integer(width), _) => NumberTo::Integer(*width),
            (Kind::Float, _) => NumberTo::Float,
            (Kind::Double, _) => NumberTo::Double,
            (Kind::String, _) => NumberTo::Text,
            (Kind::Boolean, _) => NumberTo::Boolean,
            _ => return None,
        })
    }

    pub(super) fn number_from(&self, op: Op, ty: TypeId) -> Result<(Op, NumberFrom), String> {
        let found = self.types.get(ty);
        match (&found.kind, found.meaning) {
            (Kind::Bytes | Kind::Fixed(_), Some(LogicalType::Decimal { scale, .. })) => {
                Ok((op, NumberFrom::Decimal(scale)))
            }
            (Kind::Enum(symbols), _) => {
                Ok((Op::Convert(Box::new(op), super::fit::symbol_text(symbols)), NumberFrom::Plain))
            }
            (Kind::Integer(_) | Kind::Float | Kind::Double | Kind::String | Kind::Boolean, _) => {
                Ok((op, NumberFrom::Plain))
            }
            _ => Err(format!("{} cannot be cast", self.types.describe(ty))),
        }
    }

    fn enumeration(&mut self, rule: &Rule, wanted: TypeId, scope: &Scope) -> Made {
        let Action::Enum { of, symbols, otherwise } = &rule.action else { return Err(None) };
        let wrong = |message: String| Some(Problem::new(rule.at, message));
        let typed = self.natural(of, scope)?;
        let (source, may_be_null) = self.types.non_null(typed.ty);
        let (inner, nullable) = self.types.non_null(wanted);
        if may_be_null && !nullable {
            return Err(wrong(
                "the source can be null and the target cannot: put `default` around it".to_owned(),
            ));
        }
        let (source, target) = (self.types.kind(source).clone(), self.types.kind(inner).clone());
        let position = |name: &str| match &target {
            Kind::Enum(target) => target
                .position(name)
                .map(Some)
                .ok_or_else(|| wrong(format!("the target has no symbol `{name}`"))),
            Kind::String => Ok(None),
            _ => Err(wrong("`enum` makes an enum or a text".to_owned())),
        };
        for (_, to) in symbols {
            position(to)?;
        }
        let op = match &source {
            Kind::Enum(source) => {
                if let Some((from, _)) = symbols.iter().find(|(from, _)| source.position(from).is_none()) {
                    return Err(wrong(format!("the source has no symbol `{from}`")));
                }
                Op::Convert(Box::new(typed.op), super::fit::symbol_text(source))
            }
            Kind::String => typed.op,
            _ => return Err(wrong("`enum` takes an enum or a text".to_owned())),
        };
        let Kind::Enum(target) = &target else {
            let names = symbols.iter().cloned().collect();
            let otherwise = match otherwise {
                Otherwise::Error => TextOtherwise::Error,
                Otherwise::Symbol(text) => TextOtherwise::Text(text.clone()),
                Otherwise::Same => TextOtherwise::Same,
            };
            return Ok(Op::Symbol(Box::new(op), SymbolMap::Texts(names, otherwise)));
        };
        let same = target.symbols.iter().map(|symbol| &symbol.name).filter(|_| *otherwise == Otherwise::Same);
        let listed = same.map(|name| (name, name)).chain(symbols.iter().map(|(from, to)| (from, to)));
        let names: HashMap<String, u32> =
            listed.filter_map(|(from, to)| Some((from.clone(), target.position(to)?))).collect();
        let others = match otherwise {
            Otherwise::Symbol(name) => position(name)?,
            _ => None,
        };
        // Symbols of the source's schema are looked up once, here.
        if let (Kind::Enum(source), Op::Convert(of, _)) = (&source, &op) {
            let positions = source.symbols.iter().map(|symbol| names.get(&symbol.name).copied().or(others));
            let get = matches!(**of, Op::Get(_));
            if get && let Op::Convert(of, _) = op {
                return Ok(Op::Symbol(of, SymbolMap::Positions(positions.collect())));
            }
        }
        Ok(Op::Symbol(Box::new(op), SymbolMap::Names(names, others)))
    }

    fn each(
        &mut self,
        (at, of): (Place, &Rule),
        (body, condition): (&Body, Option<&str>),
        goal: Goal<'_>,
        scope: &Scope,
    ) -> Made {
        let Goal { ty: wanted, path } = goal;
        let wrong = |message: String| Some(Problem::new(at, message));
        let list = self.unmarked(of, scope)?;
        let (inner, may_be_null) = self.types.non_null(list.ty);
        let (target, nullable) = self.types.non_null(wanted);
        let (Kind::List(item), Kind::List(made)) =
            (self.types.kind(inner).clone(), self.types.kind(target).clone())
        else {
            let (from, to) = (self.types.describe(inner), self.types.describe(target));
            return Err(wrong(format!("`each` makes a list of a list, and this is {to} of {from}")));
        };
        if may_be_null && !nullable {
            return Err(wrong(
                "the list can be null and the target cannot: put `default` around `each`".to_owned(),
            ));
        }
        let anchor = Anchor { from: From::This, ty: item, path: format!("{}[]", list.path) };
        let it = Anchor { from: From::Item, ..anchor.clone() };
        let inside = Scope { this: anchor.clone(), item: Some(it), ..scope.clone() };
        let condition = condition.map(|text| self.condition(text, at, &inside)).transpose()?;
        let auto = self.anchored(&anchor);
        let path = format!("{path}[]");
        let item = self.body((at, body), Goal { ty: made, path: &path }, &inside, Some(auto))?;
        Ok(Op::Each(Box::new(Each { of: list.op, item, condition })))
    }

    /// What becomes of an item or a branch.
    pub(super) fn body(
        &mut self,
        (at, body): (Place, &Body),
        goal: Goal<'_>,
        scope: &Scope,
        auto: Option<Typed>,
    ) -> Made {
        let Goal { ty: wanted, path } = goal;
        match body {
            Body::Rule(rule) => self.rule(rule, goal, scope),
            Body::Map(rules) => {
                let (inner, _) = self.types.non_null(wanted);
                if !matches!(self.types.kind(inner), Kind::Record(_)) {
                    let what = self.types.describe(inner);
                    return Err(Some(Problem::new(
                        at,
                        format!("`map` makes a record, and `{path}` is {what}"),
                    )));
                }
                let rules: Vec<_> = rules.iter().map(|rule| (rule.target.as_slice(), rule)).collect();
                let Kind::Record(record) = self.types.kind(inner).clone() else { return Err(None) };
                self.record(&record, &rules, scope, auto, path).ok_or(None)
            }
        }
    }

    fn entries(&mut self, of: &Rule, (key, value): (&Rule, &Rule), goal: Goal<'_>, scope: &Scope) -> Made {
        let Goal { ty: wanted, path } = goal;
        let map = self.unmarked(of, scope)?;
        let (inner, may_be_null) = self.types.non_null(map.ty);
        let (target, nullable) = self.types.non_null(wanted);
        let (Kind::Map(item), Kind::Map(made)) =
            (self.types.kind(inner).clone(), self.types.kind(target).clone())
        else {
            return Err(Some(Problem::new(
                of.at,
                "`entries` makes a map of a map: `to_entries` makes a list of one",
            )));
        };
        if may_be_null && !nullable {
            let message = "the map can be null and the target cannot: put `default` around `entries`";
            return Err(Some(Problem::new(of.at, message)));
        }
        let anchor = Anchor { from: From::EntryValue, ty: item, path: format!("{}{{}}", map.path) };
        let this = Anchor { from: From::This, ..anchor.clone() };
        let inside = Scope { this, entry: Some(anchor), ..scope.clone() };
        let text = self.types.push(Kind::String, None);
        let key = self.made(key, Goal { ty: text, path }, &inside)?;
        let path = format!("{path}{{}}");
        let value = self.made(value, Goal { ty: made, path: &path }, &inside)?;
        Ok(Op::Entries(Box::new(Entries { of: map.op, key, value })))
    }

    fn lookup(
        &mut self,
        at: Place,
        of: &Rule,
        (file, otherwise): (&str, Option<&Literal>),
        wanted: TypeId,
        scope: &Scope,
    ) -> Made {
        let wrong = |message: String| Some(Problem::new(at, message));
        let typed = self.natural(of, scope)?;
        let (inner, may_be_null) = self.types.non_null(typed.ty);
        if may_be_null && !self.types.non_null(wanted).1 {
            return Err(wrong(
                "the key can be null and the target cannot: put `default` around `lookup`".to_owned(),
            ));
        }
        let kind = self.types.kind(inner).clone();
        if !super::resolve::is_plain(&kind) {
            return Err(wrong(format!(
                "`lookup` takes a plain value, and this is {}",
                self.types.describe(inner)
            )));
        }
        let of = match &kind {
            Kind::Enum(symbols) => Op::Convert(Box::new(typed.op), super::fit::symbol_text(symbols)),
            _ => typed.op,
        };
        let rows = self.tables.rows(file).map_err(wrong)?;
        let mut values = HashMap::with_capacity(rows.len());
        for (key, text) in rows {
            let as_text = serde_json::Value::String(text.clone());
            let read = json_form::from_json(&self.types, wanted, &as_text).or_else(|misfit| {
                let number = serde_json::from_str(&text).map_err(|_| misfit)?;
                json_form::from_json(&self.types, wanted, &number)
            });
            let value = read.map_err(|misfit| wrong(format!("`{file}`, row `{key}`: {}", misfit.reason)))?;
            values.insert(key, value);
        }
        let otherwise = otherwise.map(|value| self.literal(value, wanted, at)).transpose()?;
        Ok(Op::Lookup(Box::new(Lookup { of, values, otherwise })))
    }
}

/// Whether a word of the mapping names how a number is held.
fn is_word_for(word: &str, target: NumberTo) -> bool {
    use crate::translator::mapping::shape::Integer;
    matches!(
        (word, target),
        ("int" | "int32", NumberTo::Integer(Integer::I32))
            | ("long" | "int64", NumberTo::Integer(Integer::I64))
            | ("uint" | "uint32", NumberTo::Integer(Integer::U32))
            | ("ulong" | "uint64", NumberTo::Integer(Integer::U64))
            | ("float", NumberTo::Float)
            | ("double" | "number", NumberTo::Double)
            | ("decimal", NumberTo::Decimal { .. })
            | ("string", NumberTo::Text)
            | ("boolean" | "bool", NumberTo::Boolean)
    )
}
