//! CEL, the Common Expression Language, with the extension functions for texts and numbers and `sum` of a list.
//!
//! The standard library of CEL reaches nothing impure; the clock is no part of it. Maps are walked in the order of their
//! keys, which the interpreter leaves to chance otherwise. What macros walk through is bounded; the length of texts that
//! functions make is bounded by nothing but the texts they are given.

mod ordered;
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cel::extractors::This;
use cel::{Context, Env, ExecutionError, IdedExpr, Value, extensions};
use serde_json::Value as Json;

use super::{ExpressionError, check_length};

/// Variables that an expression may name.
const VARIABLES: [&str; 9] = ["this", "root", "it", "k", "v", "key", "timestamp", "partition", "offset"];
/// Items and keys that all macros of one evaluation may walk through together.
const STEPS_MAX: usize = 1_000_000;

/// A compiled expression.
#[derive(Clone)]
pub struct Cel {
    code: Arc<IdedExpr>,
    env: Arc<Env>,
}

impl std::fmt::Debug for Cel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cel({:?})", self.code)
    }
}

impl Cel {
    /// Compiles an expression. Variables are `this`, `root`, `it`, `k`, `v`, `key`, `timestamp`, `partition` and
    /// `offset`.
    ///
    /// # Errors
    /// [`ExpressionError`] when the text is none, or names other variables.
    pub fn compile(text: &str) -> Result<Self, ExpressionError> {
        check_length(text)?;
        let mut env = Env::stdlib();
        for extension in [extensions::strings, extensions::math] {
            env.add_extension(extension).map_err(|error| ExpressionError::new(error.to_string()))?;
        }
        let program = env.compile(text).map_err(|errors| ExpressionError::new(errors.to_string()))?;
        let code = ordered::ordered(program.expression(), &VARIABLES)?;
        Ok(Self { code: Arc::new(code), env: Arc::new(env) })
    }

    /// Evaluates the expression. Whole numbers are exact to 64 bits: they are `int`, beyond its range `uint`; numbers
    /// with a point are `double`.
    ///
    /// # Errors
    /// [`ExpressionError`] with what failed.
    pub fn eval(&self, variables: &[(&str, Json)]) -> Result<Json, ExpressionError> {
        let failed = |error: ExecutionError| ExpressionError::new(error.to_string());
        let mut context = Context::with_env(Arc::clone(&self.env));
        let steps = AtomicUsize::new(0);
        let walked = move |value: Value| walk(value, &steps);
        let declared = context.add_function(ordered::FUNCTION, walked);
        let declared = declared.and_then(|()| context.add_function("sum", sum));
        declared.map_err(|error| ExpressionError::new(error.to_string()))?;
        for (name, value) in variables {
            context.add_variable_from_value(*name, values::to_cel(value));
        }
        let result = Value::resolve(&self.code, &context).map_err(failed)?;
        values::to_json(&result)
    }
}

/// What a macro walks through: a list as it is, the keys of a map in their order.
fn walk(value: Value, steps: &AtomicUsize) -> Result<Value, ExecutionError> {
    let value = match value {
        Value::Map(map) => {
            let mut keys: Vec<_> = map.map.keys().cloned().collect();
            keys.sort();
            Value::List(Arc::new(keys.into_iter().map(Value::from).collect()))
        }
        other => other,
    };
    if let Value::List(items) = &value {
        let before = steps.fetch_add(items.len(), Ordering::Relaxed);
        if before.saturating_add(items.len()) > STEPS_MAX {
            let reason = format!("the expression walks through more than {STEPS_MAX} items");
            return Err(ExecutionError::function_error("macro", reason));
        }
    }
    Ok(value)
}

/// The sum of a list of numbers of one type; 0 for an empty list.
fn sum(This(items): This<Arc<Vec<Value>>>) -> Result<Value, ExecutionError> {
    let wrong = |reason: &str| ExecutionError::function_error("sum", reason);
    let mut total: Option<Value> = None;
    for item in items.iter() {
        total = Some(match (total, item) {
            (None, Value::Int(_) | Value::UInt(_) | Value::Float(_)) => item.clone(),
            (Some(Value::Int(total)), Value::Int(item)) => {
                Value::Int(total.checked_add(*item).ok_or_else(|| wrong("integer overflow"))?)
            }
            (Some(Value::UInt(total)), Value::UInt(item)) => {
                Value::UInt(total.checked_add(*item).ok_or_else(|| wrong("integer overflow"))?)
            }
            (Some(Value::Float(total)), Value::Float(item)) => Value::Float(total + item),
            _ => {
                return Err(wrong(
                    "the items are not numbers of one type: convert them with double() or int()",
                ));
            }
        });
    }
    Ok(total.unwrap_or(Value::Int(0)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn eval(text: &str, this: Json) -> Result<Json, String> {
        let cel = Cel::compile(text).map_err(|error| error.reason)?;
        cel.eval(&[("this", this), ("timestamp", json!(1_700_000_000_000_i64))]).map_err(|error| error.reason)
    }

    #[test]
    fn what_rules_ask_for_is_there() {
        let this = json!({
            "items": [{"unit": {"price": 1.5}, "qty": 2}, {"unit": {"price": 0.25}, "qty": 4}],
            "name": "Ada Lovelace", "id": i64::MAX, "big": u64::MAX, "vip": true, "none": null,
            "attrs": {"b": "2", "a": "1", "c": "3"}, "whole": 2.0,
        });
        for (text, expected) in [
            ("this.items.map(i, i.unit.price * double(i.qty)).sum()", json!(4.0)),
            ("sum(this.items.map(i, i.qty))", json!(6)),
            ("this.id", json!(i64::MAX)),
            ("this.id - 1", json!(i64::MAX - 1)),
            ("this.big", json!(u64::MAX)),
            ("this.whole", json!(2.0)),
            ("this.none == null", json!(true)),
            ("has(this.name) && !has(this.other)", json!(true)),
            ("size(this.name) + this.items.size()", json!(14)),
            ("this.name.startsWith('Ada') && this.name.contains('Love')", json!(true)),
            ("this.name.matches('^A.*e$')", json!(true)),
            ("this.name.split(' ')[1].upperAscii()", json!("LOVELACE")),
            ("this.items.filter(i, i.qty > 2).map(i, i.qty)", json!([4])),
            ("this.items.exists(i, i.qty == 4) && this.items.all(i, i.qty > 1)", json!(true)),
            ("this.attrs.map(k, this.attrs[k])", json!(["1", "2", "3"])),
            ("{'z': 1, 'a': [b'x']}", json!({"a": ["eA=="], "z": 1})),
            ("int('7') + int(2.9)", json!(9)),
            ("string(5) + '!'", json!("5!")),
            ("this.vip ? 'GOLD' : 'STD'", json!("GOLD")),
            ("math.greatest(1, 3)", json!(3)),
            ("timestamp + 1", json!(1_700_000_000_001_i64)),
            ("type(this.id) == int", json!(true)),
            ("timestamp('2020-02-28T23:00:00Z') + duration('2h')", json!("2020-02-29T01:00:00Z")),
            ("timestamp('2020-02-28T23:00:00Z').getFullYear()", json!(2020)),
        ] {
            assert_eq!(eval(text, this.clone()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn maps_are_walked_in_the_order_of_their_keys() {
        let attributes: serde_json::Map<String, Json> =
            (0..100).rev().map(|at| (format!("{at:03}"), json!(at))).collect();
        let expected: Vec<i64> = (0..100).collect();
        assert_eq!(eval("this.map(k, this[k])", Json::Object(attributes)), Ok(json!(expected)));
    }

    #[test]
    fn mistakes_are_found_when_compiling() {
        for text in ["", "1 +", "that.x", "this.map(x, y)", "now()", &"(".repeat(10_000), &" ".repeat(70_000)]
        {
            let found = Cel::compile(text).and_then(|cel| cel.eval(&[("this", json!([1]))]));
            assert!(found.is_err(), "{text}: {found:?}");
        }
        assert_eq!(
            Cel::compile("that.x").unwrap_err().reason,
            "there is no variable `that`: there are `this`, `root`, `it`, `k`, `v`, `key`, `timestamp`, `partition` and `offset`"
        );
    }

    #[test]
    fn failures_are_errors() {
        for (text, this) in [
            ("this.x", json!({})),
            ("this.x + 'a'", json!({"x": 1})),
            ("this.x + 1", json!({"x": i64::MAX})),
            ("[1, 2.0].sum()", json!({})),
            ("this.x / 0", json!({"x": 1})),
        ] {
            assert!(eval(text, this).is_err(), "{text}");
        }
    }

    #[test]
    fn walks_are_bounded() {
        let items: Vec<i64> = (0..1000).collect();
        let error = eval("this.all(a, this.all(b, this.all(c, c >= 0)))", json!(items)).unwrap_err();
        assert!(error.contains("more than 1000000 items"), "{error}");
    }

    #[test]
    fn expressions_are_shared_between_threads() {
        let cel = Cel::compile("this + 1").unwrap();
        std::thread::scope(|scope| {
            let evals: Vec<_> = (0..4)
                .map(|at| {
                    scope.spawn({
                        let cel = &cel;
                        move || cel.eval(&[("this", json!(at))])
                    })
                })
                .collect();
            for (eval, at) in evals.into_iter().zip(1..) {
                assert_eq!(eval.join().unwrap(), Ok(json!(at)));
            }
        });
    }
}
