//! The built-in functions.

use std::borrow::Cow;

use super::Fault;
use super::conversion::unexpected;
use crate::translator::mapping::rule::Function;
use crate::translator::mapping::value::Value;

/// Calls a function. Nothing in, nothing out; the compiler has checked number and types of the arguments.
pub(super) fn call<'v>(function: Function, arguments: Vec<Value<'v>>) -> Result<Value<'v>, Fault> {
    if arguments.iter().any(Value::is_nothing) {
        return Ok(Value::Null);
    }
    let mut arguments = arguments.into_iter();
    let mut next = || arguments.next().unwrap_or(Value::Null);
    let owned = |text: String| Value::String(Cow::Owned(text));
    Ok(match (function, next()) {
        (Function::Lower, Value::String(text)) => owned(text.to_lowercase()),
        (Function::Upper, Value::String(text)) => owned(text.to_uppercase()),
        (Function::Trim, Value::String(Cow::Borrowed(text))) => Value::String(Cow::Borrowed(text.trim())),
        (Function::Trim, Value::String(text)) => owned(text.trim().to_owned()),
        (Function::Size, value) => Value::Int(i64::try_from(size(&value)?).unwrap_or(i64::MAX)),
        (Function::Substring, Value::String(text)) => {
            let from = count(&next());
            let length = match next() {
                Value::Null => usize::MAX,
                value => count(&value),
            };
            owned(text.chars().skip(from).take(length).collect())
        }
        (Function::Replace, Value::String(text)) => match (next(), next()) {
            (Value::String(from), Value::String(to)) if !from.is_empty() => owned(text.replace(&*from, &to)),
            _ => Value::String(text),
        },
        (Function::Text, value) => Value::String(plain_text(value)?),
        (Function::Abs, Value::Int(value)) => Value::Int(
            value.checked_abs().ok_or_else(|| Fault::new("the number has no absolute value in 64 bits"))?,
        ),
        (Function::Abs, Value::Unsigned(value)) => Value::Unsigned(value),
        (Function::Abs, Value::Double(value)) => Value::Double(value.abs()),
        (Function::Join, Value::List(items)) => {
            let Value::String(between) = next() else {
                return Err(Fault::new("`join` needs a text in between"));
            };
            let texts = items.into_iter().filter(|item| !item.is_nothing()).map(plain_text);
            owned(texts.collect::<Result<Vec<_>, _>>()?.join(&*between))
        }
        (_, value) => return Err(unexpected(&value)),
    })
}

fn size(value: &Value<'_>) -> Result<usize, Fault> {
    Ok(match value {
        Value::String(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        other => return Err(unexpected(other)),
    })
}

/// A number of characters; negative ones count as none.
fn count(value: &Value<'_>) -> usize {
    match value {
        Value::Int(value) => usize::try_from((*value).max(0)).unwrap_or(usize::MAX),
        _ => 0,
    }
}

/// A plain value as text.
pub(crate) fn plain_text(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    Ok(match value {
        Value::String(text) => text,
        Value::Int(value) => Cow::Owned(value.to_string()),
        Value::Unsigned(value) => Cow::Owned(value.to_string()),
        Value::Double(value) => Cow::Owned(value.to_string()),
        Value::Boolean(value) => Cow::Borrowed(if value { "true" } else { "false" }),
        Value::Null | Value::Absent => Cow::Borrowed(""),
        other => return Err(unexpected(&other)),
    })
}
