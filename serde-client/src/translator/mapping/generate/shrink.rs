//! Smaller values.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::codec::avro::LogicalType;
use crate::codec::avro::logical::Decimal;
use crate::translator::mapping::shape::{Kind, Model, RecordType, TypeId};
use crate::translator::mapping::value::Value;

/// Values that are tried at most to make one smaller.
const TRIALS_MAX: usize = 5_000;

/// A value that still fails and of which no single step of [`shrink`] does, as far as a bounded number of trials goes.
pub fn minimize(
    model: &Model,
    value: Value<'static>,
    mut fails: impl FnMut(&Value<'static>) -> bool,
) -> Value<'static> {
    let mut least = value;
    let mut trials = 0;
    loop {
        let candidates = shrink(model, model.root, &least).take(TRIALS_MAX - trials);
        let smaller = candidates.inspect(|_| trials += 1).find(&mut fails);
        match smaller {
            Some(smaller) => least = smaller,
            None => return least,
        }
    }
}

/// Values of the type that are smaller than this one in a single place, the boldest steps first. They are made as they
/// are asked for.
pub fn shrink<'v>(
    model: &'v Model,
    id: TypeId,
    value: &'v Value<'static>,
) -> impl Iterator<Item = Value<'static>> + 'v {
    let weight = weigh(value);
    candidates(model, id, value).filter(move |candidate| weigh(candidate) < weight)
}

type Smaller<'v, T> = Box<dyn Iterator<Item = T> + 'v>;

fn candidates<'v>(model: &'v Model, id: TypeId, value: &'v Value<'static>) -> Smaller<'v, Value<'static>> {
    let ty = model.get(id);
    match (&ty.kind, value) {
        (Kind::Nullable(inner), value) => {
            Box::new(std::iter::once(Value::Null).chain(candidates(model, *inner, value)))
        }
        (Kind::Record(record), Value::Record(values)) => fields(model, record, values),
        (Kind::List(item), Value::List(items)) => {
            Box::new(parts(items, |value| candidates(model, *item, value)).map(Value::List))
        }
        (Kind::Map(item), Value::Map(entries)) => {
            let entry = |(key, value): &'v (Cow<'static, str>, Value<'static>)| -> Smaller<'v, _> {
                Box::new(candidates(model, *item, value).map(|value| (key.clone(), value)))
            };
            Box::new(parts(entries, entry).map(Value::Map))
        }
        (Kind::Union(union), Value::Branch(position, value)) => {
            match union.branches.get(*position as usize) {
                Some(branch) => Box::new(
                    candidates(model, branch.ty, value)
                        .map(|value| Value::Branch(*position, Box::new(value))),
                ),
                None => Box::new(std::iter::empty()),
            }
        }
        (kind, Value::Bytes(bytes)) => Box::new(smaller_bytes(kind, ty.meaning, bytes).into_iter()),
        (_, value) => Box::new(scalar(value).into_iter()),
    }
}

fn fields<'v>(
    model: &'v Model,
    record: &'v RecordType,
    values: &'v [Value<'static>],
) -> Smaller<'v, Value<'static>> {
    let places = record.fields.iter().zip(values).zip(0_usize..);
    let bold = places.clone().flat_map(|((field, _), at)| {
        let absent = field.optional.then_some(Value::Absent);
        absent.into_iter().chain(field.default.clone()).map(move |value| (at, value))
    });
    let others = places.flat_map(move |((field, value), at)| {
        candidates(model, field.ty, value).map(move |value| (at, value))
    });
    Box::new(bold.chain(others).map(|(at, value)| Value::Record(replaced(values, at, value))))
}

fn replaced<T: Clone>(items: &[T], at: usize, item: T) -> Vec<T> {
    let mut changed = items.to_vec();
    if let Some(slot) = changed.get_mut(at) {
        *slot = item;
    }
    changed
}

/// Lists with fewer items, then with smaller ones.
fn parts<'v, T: Clone + 'v>(
    items: &'v [T],
    shrunk: impl Fn(&'v T) -> Smaller<'v, T> + 'v,
) -> impl Iterator<Item = Vec<T>> + 'v {
    let (first, second) = items.split_at(items.len() / 2);
    let fewer = (0..items.len()).map(|at| {
        let others = items.iter().zip(0..).filter(|(_, other)| *other != at);
        others.map(|(item, _)| item.clone()).collect()
    });
    let smaller = items
        .iter()
        .zip(0..)
        .flat_map(move |(item, at)| shrunk(item).map(move |item| replaced(items, at, item)));
    [Vec::new(), first.to_vec(), second.to_vec()].into_iter().chain(fewer).chain(smaller)
}

/// For items that cannot be smaller.
fn none<'v, T>(_: &'v T) -> Smaller<'v, T> {
    Box::new(std::iter::empty())
}

fn scalar(value: &Value<'static>) -> Vec<Value<'static>> {
    match value {
        Value::Boolean(_) => vec![Value::Boolean(false)],
        Value::Int(value) => [0, value / 2, value - value.signum()].map(Value::Int).to_vec(),
        Value::Unsigned(value) => [0, value / 2, value.saturating_sub(1)].map(Value::Unsigned).to_vec(),
        Value::Double(value) => [0.0, value.trunc(), value / 2.0].map(Value::Double).to_vec(),
        Value::Symbol(position) => [0, position / 2].map(Value::Symbol).to_vec(),
        Value::String(text) => texts(text).into_iter().map(|text| Value::String(Cow::Owned(text))).collect(),
        Value::Json(document) => {
            let smaller = documents(document).into_iter();
            smaller.map(|document| Value::Json(Cow::Owned(document))).collect()
        }
        _ => Vec::new(),
    }
}

fn texts(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut smaller: Vec<String> = parts(&characters, none).map(|part| part.into_iter().collect()).collect();
    smaller.push("a".repeat(characters.len()));
    smaller
}

fn documents(document: &Json) -> Vec<Json> {
    let mut smaller = vec![Json::Null];
    match document {
        Json::Array(items) => {
            smaller.extend(parts(items, |item| Box::new(documents(item).into_iter())).map(Json::Array))
        }
        Json::Object(members) => {
            let entries: Vec<_> = members.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let smaller_entries = parts(&entries, |(name, value)| {
                Box::new(documents(value).into_iter().map(|value| (name.clone(), value)))
            });
            smaller.extend(smaller_entries.map(|entries| Json::Object(entries.into_iter().collect())));
        }
        Json::String(text) => smaller.extend(texts(text).into_iter().map(Json::from)),
        _ => {}
    }
    smaller
}

fn smaller_bytes(kind: &Kind, meaning: Option<LogicalType>, bytes: &[u8]) -> Vec<Value<'static>> {
    let size = match kind {
        Kind::Fixed(size) => Some(*size),
        _ => None,
    };
    let smaller: Vec<Vec<u8>> = match (meaning, size) {
        (Some(LogicalType::Decimal { .. }), size) => {
            let unscaled = Decimal::read(bytes, 0).map_or(0, |decimal| decimal.unscaled);
            let smaller = [0, unscaled / 10, unscaled / 2].into_iter();
            smaller.filter_map(|unscaled| Decimal { unscaled, scale: 0 }.sized(size)).collect()
        }
        (_, Some(size)) => vec![vec![0; size]],
        (_, None) => parts(bytes, none).collect(),
    };
    smaller.into_iter().map(|bytes| Value::Bytes(Cow::Owned(bytes))).collect()
}

/// How great a value is. Whatever is a step of shrinking weighs less, so that steps come to an end.
fn weigh(value: &Value<'_>) -> u128 {
    let sum = |parts: &mut dyn Iterator<Item = u128>| {
        parts.fold(2_u128, |sum, part| sum.saturating_add(part).saturating_add(1))
    };
    match value {
        Value::Absent => 0,
        Value::Null => 1,
        Value::Boolean(value) => 2 + u128::from(*value),
        Value::Int(value) => 2 + u128::from(value.unsigned_abs()) * 2 + u128::from(*value < 0),
        Value::Unsigned(value) => 2 + u128::from(*value) * 2,
        Value::Double(value) => weigh_double(*value),
        Value::String(text) => weigh_text(text),
        // The number that the bytes spell counts for decimals, the length for all others.
        Value::Bytes(bytes) => {
            let ones = bytes.iter().map(|byte| u128::from(byte.count_ones().min(8 - byte.count_ones())));
            sum(&mut ones.map(|ones| ones + 8))
        }
        Value::Symbol(position) => 2 + u128::from(*position),
        Value::List(items) => sum(&mut items.iter().map(weigh)),
        Value::Map(entries) => {
            sum(&mut entries.iter().map(|(key, value)| weigh_text(key).saturating_add(weigh(value))))
        }
        Value::Record(fields) => sum(&mut fields.iter().map(weigh)),
        Value::Branch(position, value) => weigh(value).saturating_add(2 + u128::from(*position)),
        Value::Json(document) => 2 + weigh_document(document),
    }
}

fn weigh_double(value: f64) -> u128 {
    /// More than any double that is no integer.
    const FRACTION: u128 = 1 << 60;
    // Bits of doubles of one sign are in the order of the doubles.
    let magnitude = u128::from(value.abs().to_bits());
    2 + magnitude + u128::from(value.is_sign_negative()) + if value.fract() == 0.0 { 0 } else { FRACTION }
}

fn weigh_text(text: &str) -> u128 {
    let weights = text.chars().map(|character| if character == 'a' { 2 } else { 3 });
    2 + weights.sum::<u128>()
}

fn weigh_document(document: &Json) -> u128 {
    match document {
        Json::Null => 0,
        Json::Bool(_) | Json::Number(_) => 1,
        Json::String(text) => weigh_text(text),
        Json::Array(items) => items.iter().map(weigh_document).sum::<u128>() + items.len() as u128 + 2,
        Json::Object(members) => {
            members.iter().map(|(name, value)| weigh_text(name) + weigh_document(value)).sum::<u128>() + 2
        }
    }
}
