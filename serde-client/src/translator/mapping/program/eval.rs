//! Running a program.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::call::{call, plain_text};
use super::conversion::unexpected;
use super::{
    BranchOp, Case, Code, Condition, Each, Entries, Env, Expression, ExpressionTypes, Fault, Lookup, Op,
    Program, Slot, Split, SymbolMap, TextOtherwise, Union, cast::clip,
};
use crate::translator::mapping::expression::ExpressionError;
use crate::translator::mapping::json_form;
use crate::translator::mapping::shape::TypeId;
use crate::translator::mapping::value::Value;

impl Program {
    /// Makes the target's value.
    ///
    /// # Errors
    /// [`Fault`] when a rule has no answer for the record.
    pub fn run<'v>(&self, env: Env<'v>) -> Result<Value<'v>, Fault> {
        self.eval(&self.op, env)
    }

    pub(crate) fn eval<'v>(&self, op: &Op, env: Env<'v>) -> Result<Value<'v>, Fault> {
        Ok(match op {
            Op::Get(get) => get.value(env)?,
            Op::Header(name) => header(name, env)?,
            Op::Timestamp => env.timestamp.map_or(Value::Null, Value::Int),
            Op::Partition => Value::Int(env.partition.into()),
            Op::Offset => Value::Int(env.offset),
            Op::EntryKey => env.entry.map_or(Value::Null, |(key, _)| Value::String(Cow::Borrowed(key))),
            Op::Literal(value) => value.clone(),
            Op::Convert(of, conversion) => self.convert(conversion, self.eval(of, env)?)?,
            Op::Record(slots) => self.record_of(slots, env)?,
            Op::WhenPresent(test, then) => match test.find(env) {
                Some(found) if found.is_nothing() => Value::Null,
                _ => self.eval(then, env)?,
            },
            Op::Default(of, value) => {
                let found = self.eval(of, env)?;
                if found.is_nothing() { value.clone() } else { found }
            }
            Op::Coalesce(ops) => {
                for op in ops {
                    let value = self.eval(op, env)?;
                    if !value.is_nothing() {
                        return Ok(value);
                    }
                }
                Value::Null
            }
            Op::Each(each) => self.each(each, env)?,
            Op::Entries(entries) => self.entries(entries, env)?,
            Op::ToEntries(of) => list_of(self.eval(of, env)?)?,
            Op::FromEntries(of) => map_of(self.eval(of, env)?)?,
            Op::Split(split) => self.split(split, env)?,
            Op::Concat(pieces) => self.concat(pieces, env)?,
            Op::Call(function, arguments) => {
                let arguments = arguments.iter().map(|argument| self.eval(argument, env));
                call(*function, arguments.collect::<Result<_, _>>()?)?
            }
            Op::Expression(expression) => self.expression(expression, env)?,
            Op::Lookup(lookup) => self.lookup(lookup, env)?,
            Op::Case(case) => self.case(case, env)?,
            Op::Cast(of, cast) => cast.apply(self.eval(of, env)?)?,
            Op::Time(of, time) => time.apply(self.eval(of, env)?)?,
            Op::Symbol(of, symbols) => symbol(symbols, self.eval(of, env)?)?,
            Op::Union(union) => self.union(union, env)?,
            Op::Branch(position, of) => match self.eval(of, env)? {
                value if value.is_nothing() => value,
                value => Value::Branch(*position, Box::new(value)),
            },
        })
    }

    fn concat<'v>(&self, pieces: &[Op], env: Env<'v>) -> Result<Value<'v>, Fault> {
        let mut text = String::new();
        for piece in pieces {
            text.push_str(&plain_text(self.eval(piece, env)?)?);
        }
        Ok(Value::String(Cow::Owned(text)))
    }

    fn lookup<'v>(&self, lookup: &Lookup, env: Env<'v>) -> Result<Value<'v>, Fault> {
        let value = self.eval(&lookup.of, env)?;
        if value.is_nothing() {
            return Ok(value);
        }
        let key = plain_text(value)?;
        match lookup.values.get(&*key).or(lookup.otherwise.as_ref()) {
            Some(found) => Ok(found.clone()),
            None => Err(Fault::new(format!("the table has no row for `{}`", clip(&key)))),
        }
    }

    fn expression(&self, expression: &Expression, env: Env<'_>) -> Result<Value<'static>, Fault> {
        let variables = self.variables(expression.inputs, env);
        let result = match &expression.code {
            Code::Cel(code) => code.eval(&variables),
            Code::Jsonata(code) => code.eval(&variables),
        };
        self.result(expression.result, result)
    }

    fn record_of<'v>(&self, slots: &[Slot], env: Env<'v>) -> Result<Value<'v>, Fault> {
        let mut values = Vec::with_capacity(slots.len());
        for slot in slots {
            let value = self.eval(&slot.op, env).map_err(|fault| fault.within(&slot.name))?;
            let is_left_out = slot.null_is_absent && matches!(value, Value::Null);
            values.push(if is_left_out { Value::Absent } else { value });
        }
        Ok(Value::Record(values))
    }

    fn each<'v>(&self, each: &Each, env: Env<'v>) -> Result<Value<'v>, Fault> {
        if let Op::Get(get) = &each.of
            && let Some(found) = get.find(env)
        {
            return match found {
                Value::List(items) => self.items(each, items, env),
                other => nothing_or_unexpected(other.borrow()),
            };
        }
        match self.eval(&each.of, env)? {
            // What was made on the way does not outlive this call, so neither may what is borrowed from it.
            Value::List(items) => self.items(each, &items, env).map(Value::into_owned),
            other => nothing_or_unexpected(other),
        }
    }

    fn items<'v>(&self, each: &Each, items: &'v [Value<'v>], env: Env<'v>) -> Result<Value<'v>, Fault> {
        let mut made = Vec::with_capacity(items.len());
        for (item, at) in items.iter().zip(0_usize..) {
            let env = Env { this: item, item: Some(item), ..env };
            let value = || {
                if let Some(condition) = &each.condition
                    && !self.holds(condition, env)?
                {
                    return Ok(None);
                }
                self.eval(&each.item, env).map(Some)
            };
            made.extend(value().map_err(|fault: Fault| fault.within(at))?);
        }
        Ok(Value::List(made))
    }

    fn entries<'v>(&self, entries: &Entries, env: Env<'v>) -> Result<Value<'v>, Fault> {
        let found = self.eval(&entries.of, env)?;
        let Value::Map(source) = &found else { return nothing_or_unexpected(found) };
        let mut made: Vec<(Cow<'static, str>, Value<'static>)> = Vec::with_capacity(source.len());
        for (key, value) in source {
            let env = Env { this: value, entry: Some((key, value)), ..env };
            let name = plain_text(self.eval(&entries.key, env).map_err(|fault| fault.within(key))?)?;
            if made.iter().any(|(known, _)| *known == name) {
                let message = format!("two entries would have the key `{}`", clip(&name));
                return Err(Fault::new(message).within(key));
            }
            let value = self.eval(&entries.value, env).map_err(|fault| fault.within(key))?;
            made.push((Cow::Owned(name.into_owned()), value.into_owned()));
        }
        Ok(Value::Map(made))
    }

    fn split<'v>(&self, split: &Split, env: Env<'v>) -> Result<Value<'v>, Fault> {
        let part = match self.eval(&split.of, env)? {
            Value::String(text) => {
                let part = match split.limit {
                    Some(limit) => text.splitn(limit, &split.on).nth(split.index).map(str::to_owned),
                    None => text.split(&split.on).nth(split.index).map(str::to_owned),
                };
                part.map(|part| Value::String(Cow::Owned(part)))
            }
            other => Some(nothing_or_unexpected(other)?),
        };
        match (part, &split.otherwise) {
            (Some(Value::Null | Value::Absent) | None, Some(otherwise)) => Ok(otherwise.clone()),
            (Some(part), _) => Ok(part),
            (None, None) => {
                Err(Fault::new(format!("the text has no part {} between `{}`", split.index, split.on)))
            }
        }
    }

    fn case<'v>(&self, case: &Case, env: Env<'v>) -> Result<Value<'v>, Fault> {
        for (condition, then) in &case.whens {
            if self.holds(condition, env)? {
                return self.eval(then, env);
            }
        }
        match &case.otherwise {
            Some(otherwise) => self.eval(otherwise, env),
            None => Err(Fault::new("no `when` holds and there is no `else`")),
        }
    }

    fn union<'v>(&self, union: &Union, env: Env<'v>) -> Result<Value<'v>, Fault> {
        if let Op::Get(get) = &union.of
            && let Some(found) = get.find(env)
        {
            return self.branch(union, found, env);
        }
        let found = self.eval(&union.of, env)?;
        self.branch(union, &found, env).map(Value::into_owned)
    }

    fn branch<'v>(&self, union: &Union, value: &'v Value<'v>, env: Env<'v>) -> Result<Value<'v>, Fault> {
        let (chosen, inner) = match value {
            nothing if nothing.is_nothing() => (Some(&union.null), nothing),
            Value::Branch(position, inner) => (union.branches.get(*position as usize), &**inner),
            other => (union.branches.first(), other),
        };
        match chosen {
            Some(BranchOp::Op(op)) => self.eval(op, Env { this: inner, ..env }),
            Some(BranchOp::Refused(reason)) => Err(Fault::new(reason.as_str())),
            None => Err(unexpected(value)),
        }
    }

    fn holds(&self, condition: &Condition, env: Env<'_>) -> Result<bool, Fault> {
        match condition.code.eval(&self.variables(condition.inputs, env)) {
            Ok(Json::Bool(answer)) => Ok(answer),
            Ok(_) => Err(Fault::new("the condition is neither true nor false")),
            Err(error) => Err(Fault::new(error.reason)),
        }
    }

    /// What expressions see of a record.
    fn variables(&self, types: ExpressionTypes, env: Env<'_>) -> Vec<(&'static str, Json)> {
        let json = |id: TypeId, value: &Value<'_>| json_form::to_json(&self.types, id, value);
        let mut variables = vec![
            ("this", json(types.this, env.this)),
            ("root", json(types.root, env.root)),
            ("timestamp", env.timestamp.map_or(Json::Null, Json::from)),
            ("partition", env.partition.into()),
            ("offset", env.offset.into()),
        ];
        if let (Some(id), Some(key)) = (types.key, env.key) {
            variables.push(("key", json(id, key)));
        }
        if let (Some(id), Some(item)) = (types.item, env.item) {
            variables.push(("it", json(id, item)));
        }
        if let (Some(id), Some((key, value))) = (types.entry, env.entry) {
            variables.push(("k", Json::from(key)));
            variables.push(("v", json(id, value)));
        }
        variables
    }

    fn result(&self, wanted: TypeId, result: Result<Json, ExpressionError>) -> Result<Value<'static>, Fault> {
        let result = result.map_err(|error| Fault::new(error.reason))?;
        json_form::from_json(&self.types, wanted, &result).map_err(|misfit| {
            let fault = Fault::new(format!("the expression's result does not fit: {}", misfit.reason));
            if misfit.path.is_empty() { fault } else { fault.within(misfit.path) }
        })
    }
}

fn header<'v>(name: &str, env: Env<'v>) -> Result<Value<'v>, Fault> {
    let header = env.headers.iter().rev().find(|header| header.name == name).and_then(|header| header.value);
    match header.map(std::str::from_utf8) {
        None => Ok(Value::Null),
        Some(Ok(text)) => Ok(Value::String(Cow::Borrowed(text))),
        Some(Err(_)) => Err(Fault::new(format!("the header `{name}` is no text of UTF-8"))),
    }
}

fn list_of(map: Value<'_>) -> Result<Value<'_>, Fault> {
    let Value::Map(entries) = map else { return nothing_or_unexpected(map) };
    let entry = |(key, value)| Value::Record(vec![Value::String(key), value]);
    Ok(Value::List(entries.into_iter().map(entry).collect()))
}

fn map_of(list: Value<'_>) -> Result<Value<'_>, Fault> {
    let Value::List(items) = list else { return nothing_or_unexpected(list) };
    items.into_iter().map(entry_of).collect::<Result<_, _>>().map(Value::Map)
}

fn symbol<'v>(symbols: &SymbolMap, value: Value<'v>) -> Result<Value<'v>, Fault> {
    Ok(match (symbols, value) {
        (SymbolMap::Positions(positions), Value::Symbol(position)) => {
            match positions.get(position as usize) {
                Some(Some(target)) => Value::Symbol(*target),
                _ => return Err(Fault::new(format!("the symbol number {position} has no counterpart"))),
            }
        }
        (SymbolMap::Names(names, otherwise), Value::String(name)) => {
            match names.get(&*name).or(otherwise.as_ref()) {
                Some(position) => Value::Symbol(*position),
                None => return Err(no_counterpart(&name)),
            }
        }
        (SymbolMap::Texts(names, otherwise), Value::String(name)) => match (names.get(&*name), otherwise) {
            (Some(text), _) | (None, TextOtherwise::Text(text)) => Value::String(Cow::Owned(text.clone())),
            (None, TextOtherwise::Same) => Value::String(name),
            (None, TextOtherwise::Error) => return Err(no_counterpart(&name)),
        },
        (_, other) => nothing_or_unexpected(other)?,
    })
}

fn entry_of(item: Value<'_>) -> Result<(Cow<'_, str>, Value<'_>), Fault> {
    match item {
        Value::Record(fields) => match <[Value<'_>; 2]>::try_from(fields) {
            Ok([key, value]) => Ok((plain_text(key)?, value)),
            Err(_) => Err(Fault::new("an entry has a key and a value")),
        },
        other => Err(unexpected(&other)),
    }
}

fn nothing_or_unexpected(value: Value<'_>) -> Result<Value<'_>, Fault> {
    if value.is_nothing() { Ok(Value::Null) } else { Err(unexpected(&value)) }
}

#[cold]
fn no_counterpart(name: &str) -> Fault {
    Fault::new(format!("the symbol `{}` has no counterpart", clip(name)))
}
