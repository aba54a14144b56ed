//! Rules inside other rules, whose type is what they make by themselves.

use super::actions::Made;
use super::fit::Places;
use super::target::converted;
use super::{Goal, Half, Scope, Typed};
use crate::translator::mapping::problem::Problem;
use crate::translator::mapping::program::{Cast, NumberTo, Op, Split};
use crate::translator::mapping::rule::{Action, Overflow, Rule, Term};
use crate::translator::mapping::shape::{Field, Integer, Kind, RecordType, TypeId};

impl Half<'_> {
    /// What a rule makes, and of which type.
    pub(super) fn natural(&mut self, rule: &Rule, scope: &Scope) -> Made<Typed> {
        let typed = self.unmarked(rule, scope)?;
        self.uses(&typed.path);
        Ok(typed)
    }

    /// The same without a note that all of it is used.
    pub(super) fn unmarked(&mut self, rule: &Rule, scope: &Scope) -> Made<Typed> {
        let wrong = |message: String| Some(Problem::new(rule.at, message));
        match &rule.action {
            Action::Term(Term::Path(path)) => self.path(path, scope).map_err(wrong),
            Action::Term(term) => self.term(term, scope).map_err(wrong),
            Action::Const(literal) => {
                let ty = match &literal.0 {
                    serde_json::Value::Bool(_) => Kind::Boolean,
                    serde_json::Value::String(_) => Kind::String,
                    serde_json::Value::Number(number) if number.is_i64() => Kind::Integer(Integer::I64),
                    serde_json::Value::Number(_) => Kind::Double,
                    _ => return Err(wrong("a fixed value inside another rule is a plain one".to_owned())),
                };
                let ty = self.types.push(ty, None);
                Ok(made(Op::Literal(self.literal(literal, ty, rule.at)?), ty))
            }
            Action::Default { of, value } => {
                let of = self.natural(of, scope)?;
                let (inner, _) = self.types.non_null(of.ty);
                let value = self.literal(value, inner, rule.at)?;
                Ok(made(Op::Default(Box::new(of.op), value), inner))
            }
            Action::Concat(pieces) => self.concat(pieces, scope).map_err(wrong),
            Action::Split { .. } => self.split(rule, scope),
            Action::Time(time) => self.time(rule.at, time, None, scope),
            Action::Cast { .. } => self.plain_cast(rule, scope),
            Action::Coalesce(rules) => self.coalesce(rule, rules, scope),
            Action::Lookup { .. } => {
                let text = self.types.push(Kind::String, None);
                let nullable = self.nullable(text);
                Ok(made(self.made(rule, detour(nullable), scope)?, nullable))
            }
            Action::ToEntries(of) => self.list_of_entries(of, scope),
            Action::FromEntries(of) => self.map_of_entries(of, scope),
            Action::Enum { .. }
            | Action::Union { .. }
            | Action::Each { .. }
            | Action::Entries { .. }
            | Action::Cel(_)
            | Action::Jsonata(_)
            | Action::Case { .. }
            | Action::Record(_) => Err(wrong(
                "this rule takes its type from a target, so it cannot stand inside this one".to_owned(),
            )),
        }
    }

    fn concat(&mut self, pieces: &[Term], scope: &Scope) -> Result<Typed, String> {
        let mut ops = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let typed = self.term(piece, scope)?;
            let (inner, _) = self.types.non_null(typed.ty);
            let kind = self.types.kind(inner).clone();
            if !super::resolve::is_plain(&kind) {
                return Err(format!(
                    "`concat` joins plain values, and this is {}",
                    self.types.describe(inner)
                ));
            }
            ops.push(match &kind {
                Kind::Enum(symbols) => {
                    let text = super::fit::symbol_text(symbols);
                    let nullable = crate::translator::mapping::program::Conversion::Nullable(Box::new(text));
                    Op::Convert(Box::new(typed.op), nullable)
                }
                _ => typed.op,
            });
        }
        let ty = self.types.push(Kind::String, None);
        Ok(made(Op::Concat(ops.into_boxed_slice()), ty))
    }

    fn split(&mut self, rule: &Rule, scope: &Scope) -> Made<Typed> {
        let Action::Split { of, on, limit, index, otherwise } = &rule.action else { return Err(None) };
        let of = self.natural(of, scope)?;
        let (inner, nullable) = self.types.non_null(of.ty);
        if !matches!(self.types.kind(inner), Kind::String) {
            let what = self.types.describe(inner);
            return Err(Some(Problem::new(rule.at, format!("`split` takes a text, and this is {what}"))));
        }
        let text = self.types.push(Kind::String, None);
        let wanted = match otherwise {
            Some(literal) if literal.0.is_null() => self.nullable(text),
            None if nullable => self.nullable(text),
            _ => text,
        };
        let otherwise = otherwise.as_ref().map(|value| self.literal(value, wanted, rule.at)).transpose()?;
        let split = Split { of: of.op, on: on.clone(), limit: *limit, index: *index, otherwise };
        Ok(made(Op::Split(Box::new(split)), wanted))
    }

    fn plain_cast(&mut self, rule: &Rule, scope: &Scope) -> Made<Typed> {
        let Action::Cast { of, to, scale, overflow, value } = &rule.action else { return Err(None) };
        let wrong = |message: String| Some(Problem::new(rule.at, message));
        let (kind, target) = match to.as_str() {
            "int" => (Kind::Integer(Integer::I32), NumberTo::Integer(Integer::I32)),
            "long" => (Kind::Integer(Integer::I64), NumberTo::Integer(Integer::I64)),
            "float" => (Kind::Float, NumberTo::Float),
            "double" => (Kind::Double, NumberTo::Double),
            "string" => (Kind::String, NumberTo::Text),
            "boolean" => (Kind::Boolean, NumberTo::Boolean),
            _ => {
                let known = "`int`, `long`, `float`, `double`, `string`, `boolean`";
                return Err(wrong(format!("inside another rule `to` is one of {known}")));
            }
        };
        let of = self.natural(of, scope)?;
        let (source, nullable) = self.types.non_null(of.ty);
        let (op, from) = self.number_from(of.op, source).map_err(wrong)?;
        let ty = self.types.push(kind, None);
        let overflow = overflow.unwrap_or(Overflow::Error);
        let default = value.as_ref().map(|value| self.literal(value, ty, rule.at)).transpose()?;
        let ty = if nullable || overflow == Overflow::Null { self.nullable(ty) } else { ty };
        let cast = Cast { from, to: target, scale: *scale, overflow, default };
        Ok(made(Op::Cast(Box::new(op), cast), ty))
    }

    fn coalesce(&mut self, rule: &Rule, rules: &[Rule], scope: &Scope) -> Made<Typed> {
        let Some(first) = rules.first() else {
            return Err(Some(Problem::new(rule.at, "`coalesce` lists at least one rule")));
        };
        let first = self.natural(first, scope)?;
        let (inner, nullable) = self.types.non_null(first.ty);
        if !nullable {
            return Ok(first);
        }
        let wanted = self.nullable(inner);
        let mut ops = vec![first.op];
        let mut result = wanted;
        for rule in rules.iter().skip(1) {
            // A rule that cannot be null ends the doubt.
            match self.made(rule, detour(inner), scope) {
                Ok(op) => {
                    ops.push(op);
                    result = inner;
                }
                Err(_) => ops.push(self.made(rule, detour(wanted), scope)?),
            }
        }
        Ok(made(Op::Coalesce(ops.into_boxed_slice()), result))
    }

    fn entry_type(&mut self, value: TypeId) -> TypeId {
        let key = self.types.push(Kind::String, None);
        let field = |name: &str, ty| Field {
            name: name.to_owned(),
            aliases: Vec::new(),
            number: None,
            ty,
            optional: false,
            default: None,
        };
        let fields = vec![field("key", key), field("value", value)];
        self.types.push(Kind::Record(RecordType { name: String::new(), fields }), None)
    }

    fn list_of_entries(&mut self, of: &Rule, scope: &Scope) -> Made<Typed> {
        let map = self.natural(of, scope)?;
        let (inner, nullable) = self.types.non_null(map.ty);
        let Kind::Map(value) = *self.types.kind(inner) else {
            return Err(Some(Problem::new(of.at, "`to_entries` takes a map")));
        };
        let entry = self.entry_type(value);
        let list = self.types.push(Kind::List(entry), None);
        let ty = if nullable { self.nullable(list) } else { list };
        Ok(made(Op::ToEntries(Box::new(map.op)), ty))
    }

    fn map_of_entries(&mut self, of: &Rule, scope: &Scope) -> Made<Typed> {
        let wrong = |message: String| Some(Problem::new(of.at, message));
        let list = self.natural(of, scope)?;
        let (inner, nullable) = self.types.non_null(list.ty);
        let item = match self.types.kind(inner) {
            Kind::List(item) => self.types.non_null(*item).0,
            _ => return Err(wrong("`from_entries` takes a list of records of `key` and `value`".to_owned())),
        };
        let value = match self.types.kind(item) {
            Kind::Record(record) => {
                record.fields.iter().find(|field| field.name == "value").map(|field| field.ty)
            }
            _ => None,
        };
        let value = value.ok_or_else(|| wrong("the items have no field `value`".to_owned()))?;
        let entry = self.entry_type(value);
        let entries = self.types.push(Kind::List(entry), None);
        let wanted = if nullable { self.nullable(entries) } else { entries };
        let places = Places { from: list.path.clone(), to: String::new() };
        // The rows of this detour are none of the target's.
        let rows = self.rows.len();
        let fitted = self.fit(list.ty, wanted, &places).map_err(wrong)?;
        self.rows.truncate(rows);
        let map = self.types.push(Kind::Map(value), None);
        let ty = if nullable { self.nullable(map) } else { map };
        Ok(made(Op::FromEntries(Box::new(converted(list.op, fitted.conversion))), ty))
    }
}

fn made(op: Op, ty: TypeId) -> Typed {
    Typed { op, ty, path: String::new() }
}

/// A goal inside a rule, which has no path of its own.
fn detour(ty: TypeId) -> Goal<'static> {
    Goal { ty, path: "" }
}
