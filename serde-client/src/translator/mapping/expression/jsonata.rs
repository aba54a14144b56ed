//! JSONata, for parity with the rules of data contracts. Slow: the expression is walked for each record.
//!
//! Functions that need a clock, chance or another expression's text are refused. JSONata has no numbers but doubles:
//! integers that are none exactly are handed in as texts, so that they pass through unharmed and cannot be calculated with.
//! Depth, length of sequences and time are bounded; the length of texts is not.

use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::parser;
use jsonata_core::value::JValue;
use serde_json::Value as Json;

use super::{ExpressionError, check_length};

/// Functions whose result is not a function of their arguments, or that would evade this very list.
const IMPURE: [&str; 5] = ["now", "millis", "random", "shuffle", "eval"];
/// Levels of calls.
const DEPTH_MAX: usize = 200;
/// Items of a sequence.
const SEQUENCE_MAX: usize = 1_000_000;
/// Milliseconds of one evaluation. Nothing else stops an endless loop.
const TIMEOUT_MS: u64 = 5_000;
/// The greatest integer up to which all are doubles.
const EXACT_MAX: u64 = 1 << 53;

/// A compiled expression.
#[derive(Debug)]
pub struct Jsonata {
    code: AstNode,
}

impl Jsonata {
    /// Compiles an expression.
    ///
    /// # Errors
    /// [`ExpressionError`] when the text is none, or names a function that is not pure.
    pub fn compile(text: &str) -> Result<Self, ExpressionError> {
        check_length(text)?;
        let code = parser::parse(text).map_err(|error| ExpressionError::new(error.display_message()))?;
        let tree = serde_json::to_value(&code).map_err(|error| ExpressionError::new(error.to_string()))?;
        match impure(&tree) {
            Some(name) => Err(ExpressionError::new(format!(
                "`${name}` is refused: a mapping must give the same result for the same record"
            ))),
            None => Ok(Self { code }),
        }
    }

    /// Evaluates the expression. The document is the variable `this`; the others are there as `$it`, `$key` and so on.
    ///
    /// # Errors
    /// [`ExpressionError`] with what failed.
    pub fn eval(&self, variables: &[(&str, Json)]) -> Result<Json, ExpressionError> {
        let mut context = Context::new();
        let mut document = JValue::Null;
        for (name, value) in variables {
            let value = JValue::from(exact(value));
            if *name == "this" {
                document = value;
            } else {
                context.bind((*name).to_owned(), value);
            }
        }
        let options = EvaluatorOptions {
            timeout_ms: Some(TIMEOUT_MS),
            max_stack_depth: Some(DEPTH_MAX),
            max_sequence_length: Some(SEQUENCE_MAX),
            ..EvaluatorOptions::default()
        };
        let result = Evaluator::with_options(context, options).evaluate(&self.code, &document);
        to_json(&result.map_err(|error| ExpressionError::new(error.to_string()))?)
    }
}

/// The first impure function that a tree names, as a call or as a value.
fn impure(tree: &Json) -> Option<&str> {
    match tree {
        Json::Array(items) => items.iter().find_map(impure),
        Json::Object(members) => members.iter().find_map(|(node, inner)| {
            let name = match node.as_str() {
                "Function" => inner.get("name").and_then(Json::as_str),
                "Variable" => inner.as_str(),
                _ => None,
            };
            name.filter(|name| IMPURE.contains(name)).or_else(|| impure(inner))
        }),
        _ => None,
    }
}

/// The document with integers that no double is as texts.
fn exact(document: &Json) -> Json {
    match document {
        Json::Number(number) => {
            let magnitude = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            match magnitude {
                Some(magnitude) if magnitude > EXACT_MAX => Json::from(number.to_string()),
                _ => document.clone(),
            }
        }
        Json::Array(items) => items.iter().map(exact).collect(),
        Json::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.clone(), exact(value))).collect())
        }
        _ => document.clone(),
    }
}

fn to_json(value: &JValue) -> Result<Json, ExpressionError> {
    Ok(match value {
        JValue::Null | JValue::Undefined => Json::Null,
        JValue::Bool(value) => Json::Bool(*value),
        JValue::Number(value) => number(*value)?,
        JValue::String(text) => Json::from(&**text),
        JValue::Array(items) => Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        JValue::Object(members) => {
            let members = members.iter().map(|(name, value)| Ok((name.clone(), to_json(value)?)));
            Json::Object(members.collect::<Result<_, ExpressionError>>()?)
        }
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => {
            return Err(ExpressionError::new("the result is a function, which records do not have"));
        }
    })
}

/// Whole numbers are integers again.
fn number(value: f64) -> Result<Json, ExpressionError> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !value.is_finite() {
        return Err(ExpressionError::new("the result is not a finite number"));
    }
    if value.fract() == 0.0 && value.abs() <= EXACT {
        let whole = format!("{value:.0}").parse::<i64>();
        return Ok(whole.map_or_else(|_| Json::from(value), Json::from));
    }
    Ok(Json::from(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn eval(text: &str, this: Json) -> Result<Json, String> {
        let code = Jsonata::compile(text).map_err(|error| error.reason)?;
        code.eval(&[("this", this), ("it", json!(5)), ("k", json!("name"))]).map_err(|error| error.reason)
    }

    #[test]
    fn what_rules_ask_for_is_there() {
        let this =
            json!({"items": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 3}], "name": "Ada", "none": null});
        for (text, expected) in [
            ("$join(items.sku, ',')", json!("a,b")),
            ("$sum(items.qty)", json!(5)),
            (
                "$merge([$sift($, function($v, $k) {$k != 'items'}), {'x': 1.5}])",
                json!({"name": "Ada", "none": null, "x": 1.5}),
            ),
            ("items[qty > 2].sku", json!("b")),
            ("missing", Json::Null),
            ("$it + 1", json!(6)),
            ("$uppercase($lookup($, $k))", json!("ADA")),
            ("$map(items, function($i) { $i.qty * 2 })", json!([4, 6])),
            ("$toMillis('2020-01-01T00:00:00Z')", json!(1_577_836_800_000_i64)),
            ("{'a': 1, 'b': [true]}", json!({"a": 1, "b": [true]})),
        ] {
            assert_eq!(eval(text, this.clone()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn impure_functions_are_refused() {
        for text in [
            "$now()",
            "$millis()",
            "$random() > 2",
            "items[$random() > 0.5]",
            "$map([1], function($x) { $shuffle([$x]) })",
            "$eval('$now()')",
            "($f := $random; $f())",
            "$map([1, 2], $random)",
            "{'a': $now('[Y]')}",
            "$x ~> $shuffle",
            "items^($random())",
            "items{sku: $millis()}",
            "($now := function(){1}; $now())",
        ] {
            let error = Jsonata::compile(text).expect_err(text);
            assert!(error.reason.contains("is refused"), "{text}: {error}");
        }
        assert!(Jsonata::compile("now.random & $string(millis)").is_ok(), "fields of these names");
    }

    #[test]
    fn great_integers_pass_as_texts() {
        let this = json!({"id": 9_007_199_254_740_993_i64, "small": 9_007_199_254_740_992_i64});
        assert_eq!(eval("id", this.clone()), Ok(json!("9007199254740993")));
        assert_eq!(eval("small", this.clone()), Ok(json!(9_007_199_254_740_992_i64)));
        assert!(eval("id + 1", this).is_err());
    }

    #[test]
    fn what_never_ends_is_stopped() {
        let error = eval("($f := function($n) { 1 + $f($n + 1) }; $f(0))", json!({})).unwrap_err();
        assert!(error.contains("D1011") || error.contains("U1001"), "{error}");
        assert!(eval("[1..2000000]", json!({})).is_err());
    }

    #[test]
    fn results_that_are_no_values_are_errors() {
        for text in ["$sum", "function($x) { $x }", "[$sum]", "1 / 0", "'a' + 1"] {
            assert!(eval(text, json!({})).is_err(), "{text}");
        }
        for text in ["", "1 +", "$sum(", &"[".repeat(3_000)] {
            assert!(Jsonata::compile(text).is_err(), "{text}");
        }
    }

    #[test]
    fn expressions_are_shared_between_threads() {
        let code = Jsonata::compile("$ + 1").unwrap();
        std::thread::scope(|scope| {
            let evals: Vec<_> = (0..4)
                .map(|at| {
                    scope.spawn({
                        let code = &code;
                        move || code.eval(&[("this", json!(at))])
                    })
                })
                .collect();
            for (eval, at) in evals.into_iter().zip(1..) {
                assert_eq!(eval.join().unwrap(), Ok(json!(at)));
            }
        });
    }
}
