//! Values as JSON for people: in fixtures, previews and expressions.
//!
//! Numbers are numbers, but decimals are texts such as `"12.50"`. Times are integers in the unit of their type; RFC 3339 is
//! read too. Bytes are base64, UUIDs their text, symbols their names, a union's branch is `{label: value}`, and what was left out is absent.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schema::model::ids::Guid;
use serde_json::{Map, Value as Json};

use super::program::rfc3339_nanos;
use super::shape::{EnumType, Integer, Kind, Model, RecordType, TypeId, UnionType};
use super::value::Value;
use crate::codec::avro::LogicalType;
use crate::codec::avro::logical::Decimal;

/// Why JSON is no value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}", if .path.is_empty() { String::new() } else { format!(" at `{path}`") })]
pub struct Misfit {
    /// Names from the root, joined by dots.
    pub path: String,
    /// A lowercase fragment.
    pub reason: String,
}

impl Misfit {
    fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    fn within(mut self, name: impl std::fmt::Display) -> Self {
        self.path = if self.path.is_empty() { name.to_string() } else { format!("{name}.{}", self.path) };
        self
    }
}

/// A value as JSON. What is no value of the type shows as null.
#[must_use]
pub fn to_json(types: &Model, id: TypeId, value: &Value<'_>) -> Json {
    let ty = types.get(id);
    match (&ty.kind, value) {
        (Kind::Nullable(inner), value) if !value.is_nothing() => to_json(types, *inner, value),
        (_, Value::Boolean(value)) => Json::Bool(*value),
        (_, Value::Int(value)) => (*value).into(),
        (_, Value::Unsigned(value)) => (*value).into(),
        (_, Value::Double(value)) => double(*value),
        (_, Value::String(text)) => Json::String(text.clone().into_owned()),
        (_, Value::Bytes(bytes)) => Json::String(bytes_text(ty.meaning, bytes)),
        (Kind::Enum(symbols), Value::Symbol(position)) => {
            let symbol = symbols.symbols.get(*position as usize);
            symbol.map_or(Json::Null, |symbol| Json::String(symbol.name.clone()))
        }
        (Kind::List(item), Value::List(items)) => {
            Json::Array(items.iter().map(|value| to_json(types, *item, value)).collect())
        }
        (Kind::Map(item), Value::Map(entries)) => {
            let entry = |(key, value): &(Cow<'_, str>, Value<'_>)| {
                (key.clone().into_owned(), to_json(types, *item, value))
            };
            Json::Object(entries.iter().map(entry).collect())
        }
        (Kind::Record(record), Value::Record(values)) => {
            let fields =
                record.fields.iter().zip(values).filter(|(_, value)| !matches!(value, Value::Absent));
            Json::Object(
                fields.map(|(field, value)| (field.name.clone(), to_json(types, field.ty, value))).collect(),
            )
        }
        (Kind::Union(union), Value::Branch(position, value)) => {
            match union.branches.get(*position as usize) {
                Some(branch) => {
                    Json::Object(Map::from_iter([(branch.label.clone(), to_json(types, branch.ty, value))]))
                }
                None => Json::Null,
            }
        }
        (_, Value::Json(document)) => document.clone().into_owned(),
        _ => Json::Null,
    }
}

/// JSON has no spelling for the numbers that are none; Avro's Java library writes these texts.
fn double(value: f64) -> Json {
    serde_json::Number::from_f64(value).map_or_else(
        || {
            let infinite = if value > 0.0 { "Infinity" } else { "-Infinity" };
            Json::String(if value.is_nan() { "NaN" } else { infinite }.to_owned())
        },
        Json::Number,
    )
}

fn bytes_text(meaning: Option<LogicalType>, bytes: &[u8]) -> String {
    let special = match meaning {
        Some(LogicalType::Decimal { scale, .. }) => Decimal::read(bytes, scale).and_then(Decimal::text),
        Some(LogicalType::Uuid) => <[u8; 16]>::try_from(bytes).ok().map(|bytes| Guid(bytes).to_string()),
        _ => None,
    };
    special.unwrap_or_else(|| STANDARD.encode(bytes))
}

/// JSON as a value of a type.
///
/// # Errors
/// [`Misfit`] with the path of what does not fit.
pub fn from_json(types: &Model, id: TypeId, json: &Json) -> Result<Value<'static>, Misfit> {
    let ty = types.get(id);
    let unfit = || Misfit::new(format!("{} where {} is needed", word(json), types.describe(id)));
    Ok(match (&ty.kind, json) {
        (Kind::Nullable(_) | Kind::Null, Json::Null) => Value::Null,
        (Kind::Nullable(inner), json) => from_json(types, *inner, json)?,
        (Kind::Any, json) => Value::Json(Cow::Owned(json.clone())),
        (Kind::Boolean, Json::Bool(value)) => Value::Boolean(*value),
        (Kind::Integer(width), json) => integer(*width, ty.meaning, json).ok_or_else(unfit)?,
        (Kind::Float | Kind::Double, json) => number(json, &ty.kind).ok_or_else(unfit)?,
        (Kind::String, Json::String(text)) => Value::String(Cow::Owned(text.clone())),
        (Kind::Bytes | Kind::Fixed(_), json) => bytes(&ty.kind, ty.meaning, json).ok_or_else(unfit)?,
        (Kind::Enum(symbols), Json::String(name)) => symbol(symbols, name)?,
        (Kind::List(item), Json::Array(items)) => {
            let read = |(json, at): (&Json, usize)| {
                from_json(types, *item, json).map_err(|misfit| misfit.within(at))
            };
            Value::List(items.iter().zip(0..).map(read).collect::<Result<_, _>>()?)
        }
        (Kind::Map(item), Json::Object(members)) => {
            let read = |(key, json): (&String, &Json)| match from_json(types, *item, json) {
                Ok(value) => Ok((Cow::Owned(key.clone()), value)),
                Err(misfit) => Err(misfit.within(key)),
            };
            Value::Map(members.iter().map(read).collect::<Result<_, _>>()?)
        }
        (Kind::Record(shape), Json::Object(members)) => record(types, shape, members)?,
        (Kind::Union(union), json) => branch(types, union, json)?,
        _ => return Err(unfit()),
    })
}

fn word(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn integer(width: Integer, meaning: Option<LogicalType>, json: &Json) -> Option<Value<'static>> {
    let value = match json {
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(value), _, _) => i128::from(value),
            (_, Some(value), _) => i128::from(value),
            // Expressions may make whole numbers of floating point.
            (_, _, Some(value)) => Decimal::parse(&format!("{value:e}"))?.at_scale(0)?.unscaled,
            _ => return None,
        },
        Json::String(text) => counted(meaning?, text)?,
        _ => return None,
    };
    let (least, greatest) = width.range();
    if !(least..=greatest).contains(&value) {
        return None;
    }
    match width {
        Integer::U64 => u64::try_from(value).ok().map(Value::Unsigned),
        _ => i64::try_from(value).ok().map(Value::Int),
    }
}

/// A time as people write it, in the unit of its type; `None` where it lies between two units.
fn counted(meaning: LogicalType, text: &str) -> Option<i128> {
    const NANOS_PER_DAY: i128 = 86_400_000_000_000;
    let (text, unit) = match meaning {
        LogicalType::TimestampMillis | LogicalType::LocalTimestampMillis => (text.to_owned(), 1_000_000),
        LogicalType::TimestampMicros | LogicalType::LocalTimestampMicros => (text.to_owned(), 1_000),
        LogicalType::TimestampNanos | LogicalType::LocalTimestampNanos => (text.to_owned(), 1),
        LogicalType::Date => (format!("{text}T00:00:00Z"), NANOS_PER_DAY),
        LogicalType::TimeMillis => (format!("1970-01-01T{text}Z"), 1_000_000),
        LogicalType::TimeMicros => (format!("1970-01-01T{text}Z"), 1_000),
        LogicalType::Decimal { .. } | LogicalType::Uuid | LogicalType::Duration => return None,
    };
    let nanos = rfc3339_nanos(&text)?;
    (nanos % unit == 0).then_some(nanos / unit)
}

fn number(json: &Json, kind: &Kind) -> Option<Value<'static>> {
    let value = match json {
        Json::Number(number) => number.as_f64()?,
        Json::String(text) => match text.as_str() {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => return None,
        },
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float in JSON is the float that is nearest to its digits"
    )]
    let value = if matches!(kind, Kind::Float) { f64::from(value as f32) } else { value };
    Some(Value::Double(value))
}

fn bytes(kind: &Kind, meaning: Option<LogicalType>, json: &Json) -> Option<Value<'static>> {
    let size = match kind {
        Kind::Fixed(size) => Some(*size),
        _ => None,
    };
    let bytes = match (meaning, json) {
        (Some(LogicalType::Decimal { precision, scale }), json) => {
            let text = match json {
                Json::String(text) => text.clone(),
                Json::Number(number) => number.to_string(),
                _ => return None,
            };
            let decimal = Decimal::parse(&text)?.at_scale(i32::try_from(scale).ok()?)?;
            decimal.fits(precision).then_some(())?;
            decimal.sized(size)?
        }
        (Some(LogicalType::Uuid), Json::String(text)) => Guid::parse(text)?.0.to_vec(),
        (_, Json::String(text)) => STANDARD.decode(text).ok()?,
        _ => return None,
    };
    size.is_none_or(|size| size == bytes.len()).then_some(Value::Bytes(Cow::Owned(bytes)))
}

fn symbol(symbols: &EnumType, name: &str) -> Result<Value<'static>, Misfit> {
    symbols.position(name).map(Value::Symbol).ok_or_else(|| {
        let known: Vec<&str> = symbols.symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        Misfit::new(format!("`{name}` is no symbol; there are `{}`", known.join("`, `")))
    })
}

fn record(types: &Model, shape: &RecordType, members: &Map<String, Json>) -> Result<Value<'static>, Misfit> {
    if let Some((name, _)) = members.iter().find(|(name, _)| shape.position(name).is_none()) {
        return Err(Misfit::new(format!("there is no field `{name}`")));
    }
    let mut values = Vec::with_capacity(shape.fields.len());
    for field in &shape.fields {
        let value = match (members.get(&field.name), &field.default) {
            (Some(json), _) => {
                from_json(types, field.ty, json).map_err(|misfit| misfit.within(&field.name))?
            }
            (None, _) if field.optional => Value::Absent,
            (None, Some(default)) => default.clone(),
            (None, None) if matches!(types.kind(field.ty), Kind::Nullable(_)) => Value::Null,
            (None, None) => return Err(Misfit::new(format!("the field `{}` is missing", field.name))),
        };
        values.push(value);
    }
    Ok(Value::Record(values))
}

/// `{label: value}`, or the value alone where only one branch takes it.
fn branch(types: &Model, union: &UnionType, json: &Json) -> Result<Value<'static>, Misfit> {
    if let Json::Object(members) = json
        && let Some((label, inner)) = members.iter().next().filter(|_| members.len() == 1)
        && let Some(position) = union.position(label)
        && let Some(branch) = union.branches.get(position as usize)
    {
        let value = from_json(types, branch.ty, inner).map_err(|misfit| misfit.within(label))?;
        return Ok(Value::Branch(position, Box::new(value)));
    }
    let fitting = union.branches.iter().zip(0..).filter_map(|(branch, position)| {
        Some(Value::Branch(position, Box::new(from_json(types, branch.ty, json).ok()?)))
    });
    let mut fitting = fitting;
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        _ => {
            let labels: Vec<&str> = union.branches.iter().map(|branch| branch.label.as_str()).collect();
            Err(Misfit::new(format!(
                "a union's value is written as `{{branch: value}}`, with one of `{}`",
                labels.join("`, `")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(kind: Kind, meaning: Option<LogicalType>, json: &Json) -> Result<Json, String> {
        let mut types = Model::empty();
        types.root = types.push(kind, meaning);
        let value = from_json(&types, types.root, json).map_err(|misfit| misfit.to_string())?;
        Ok(to_json(&types, types.root, &value))
    }

    #[test]
    fn what_people_write_is_read_in_the_form_of_the_type() {
        let long = || Kind::Integer(Integer::I64);
        let decimal = Some(LogicalType::Decimal { precision: 5, scale: 2 });
        let uuid = "095d71cf-1255-6b9d-5e33-0ad575b3df5d";
        for (kind, meaning, written, shown) in [
            (Kind::Bytes, decimal, json!("12.5"), json!("12.50")),
            (Kind::Fixed(4), decimal, json!(-1), json!("-1.00")),
            (long(), Some(LogicalType::TimestampMillis), json!("1970-01-01T00:00:01.5Z"), json!(1500)),
            (long(), Some(LogicalType::TimeMicros), json!("00:00:01"), json!(1_000_000)),
            (Kind::Integer(Integer::I32), Some(LogicalType::Date), json!("1969-12-31"), json!(-1)),
            (Kind::Integer(Integer::U64), None, json!(u64::MAX), json!(u64::MAX)),
            (long(), None, json!(3.0), json!(3)),
            (Kind::Fixed(16), Some(LogicalType::Uuid), json!(uuid), json!(uuid)),
            (Kind::Bytes, None, json!("AP8="), json!("AP8=")),
            (Kind::Double, None, json!("-Infinity"), json!("-Infinity")),
            (Kind::Double, None, json!(2), json!(2.0)),
            (Kind::Any, None, json!({"a": [1]}), json!({"a": [1]})),
        ] {
            assert_eq!(read(kind.clone(), meaning, &written), Ok(shown), "{written} as {kind}");
        }
    }

    #[test]
    fn what_does_not_fit_exactly_is_refused() {
        let long = || Kind::Integer(Integer::I64);
        let decimal = Some(LogicalType::Decimal { precision: 3, scale: 2 });
        for (kind, meaning, written) in [
            (Kind::Bytes, decimal, json!("1.255")),
            (Kind::Bytes, decimal, json!("12.50")),
            (Kind::Fixed(1), decimal, json!("9.99")),
            (long(), Some(LogicalType::TimestampMillis), json!("1970-01-01T00:00:00.0001Z")),
            (long(), Some(LogicalType::Date), json!("1970-02-30")),
            (long(), None, json!(1.5)),
            (long(), None, json!(u64::MAX)),
            (Kind::Integer(Integer::U32), None, json!(-1)),
            (Kind::Fixed(16), Some(LogicalType::Uuid), json!("095d71cf")),
            (Kind::Fixed(3), None, json!("AP8=")),
            (Kind::Boolean, None, Json::Null),
        ] {
            assert!(read(kind.clone(), meaning, &written).is_err(), "{written} as {kind}");
        }
    }
}
