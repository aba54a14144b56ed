//! Random values of a model, and smaller values out of one that fails. The same seed gives the same values.
//!
//! Values are what types allow: numbers are finite, points in time lie in the years 1 to 9999. What only a schema says,
//! such as a pattern of a text, is not known here.

mod heights;
mod scalars;
mod shrink;
#[cfg(test)]
pub(in crate::translator::mapping) mod tests;

use std::borrow::Cow;
use std::collections::HashSet;

use fastrand::Rng;
use serde_json::Value as Json;

use self::heights::Heights;
pub use self::shrink::{minimize, shrink};
use super::shape::{Kind, Model, TypeId};
use super::value::Value;

/// Levels below which values come to an end as soon as they can.
const DEPTH_MAX: usize = 12;
/// Levels at which even values that cannot end do.
const DEPTH_LIMIT: usize = 100;
/// Parts of a value after which it comes to an end as soon as it can.
const PARTS_MAX: usize = 300;

/// Which texts are keys of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Any.
    Texts,
    /// Small numbers: maps of Protobuf may have no other keys, and the model does not tell.
    Numbers,
}

/// Makes values.
#[derive(Debug)]
pub struct Generator<'m> {
    model: &'m Model,
    heights: Heights,
    keys: Keys,
    random: Rng,
    parts: usize,
}

impl<'m> Generator<'m> {
    /// A generator of values of a model.
    #[must_use]
    pub fn new(model: &'m Model, keys: Keys, seed: u64) -> Self {
        Self { model, heights: Heights::of(model), keys, random: Rng::with_seed(seed), parts: 0 }
    }

    /// The next value of the model's root. Where a type has no finite value, null stands in its depth.
    pub fn value(&mut self) -> Value<'static> {
        self.parts = 0;
        self.of(self.model.root, 0)
    }

    fn of(&mut self, id: TypeId, depth: usize) -> Value<'static> {
        self.parts += 1;
        if depth > DEPTH_LIMIT {
            return Value::Null;
        }
        let model = self.model;
        let is_ending = depth > DEPTH_MAX || self.parts > PARTS_MAX;
        let ty = model.get(id);
        match &ty.kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Boolean(self.random.bool()),
            Kind::Integer(width) => scalars::integer(&mut self.random, *width, ty.meaning),
            Kind::Float => Value::Double(scalars::single(&mut self.random)),
            Kind::Double => Value::Double(scalars::double(&mut self.random)),
            Kind::String => Value::String(Cow::Owned(scalars::text(&mut self.random, ty.meaning))),
            Kind::Bytes => scalars::bytes(&mut self.random, None, ty.meaning),
            Kind::Fixed(size) => scalars::bytes(&mut self.random, Some(*size), ty.meaning),
            Kind::Enum(symbols) => {
                let count = u32::try_from(symbols.symbols.len()).unwrap_or(u32::MAX);
                Value::Symbol(self.random.u32(0..count.max(1)))
            }
            Kind::Nullable(_) if is_ending || self.random.u8(0..4) == 0 => Value::Null,
            Kind::Nullable(inner) => self.of(*inner, depth),
            Kind::List(item) => {
                let count = self.count(is_ending);
                Value::List((0..count).map(|_| self.of(*item, depth + 1)).collect())
            }
            Kind::Map(item) => self.map(*item, depth, is_ending),
            Kind::Record(record) => {
                let fields = record.fields.iter().map(|field| {
                    if field.optional && (is_ending || self.random.u8(0..4) == 0) {
                        return Value::Absent;
                    }
                    match &field.default {
                        Some(default) if self.random.u8(0..8) == 0 => default.clone(),
                        _ => self.of(field.ty, depth + 1),
                    }
                });
                Value::Record(fields.collect())
            }
            Kind::Union(union) => {
                let positions = union.branches.iter().zip(0_u32..);
                let chosen = if is_ending {
                    positions.min_by_key(|(branch, _)| self.heights.get(branch.ty))
                } else {
                    positions.clone().nth(self.random.usize(0..union.branches.len().max(1)))
                };
                match chosen {
                    Some((branch, position)) => {
                        Value::Branch(position, Box::new(self.of(branch.ty, depth + 1)))
                    }
                    None => Value::Null,
                }
            }
            Kind::Any => Value::Json(Cow::Owned(self.document(2))),
        }
    }

    fn map(&mut self, item: TypeId, depth: usize, is_ending: bool) -> Value<'static> {
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        for _ in 0..self.count(is_ending) {
            let key = match self.keys {
                Keys::Texts => scalars::text(&mut self.random, None),
                Keys::Numbers => self.random.u8(..).to_string(),
            };
            if seen.insert(key.clone()) {
                let value = self.of(item, depth + 1);
                entries.push((Cow::Owned(key), value));
            }
        }
        Value::Map(entries)
    }

    /// How many items: few as a rule.
    fn count(&mut self, is_ending: bool) -> usize {
        match self.random.u8(0..16) {
            _ if is_ending => 0,
            0..4 => 0,
            4..9 => 1,
            9..15 => self.random.usize(2..5),
            _ => self.random.usize(5..30),
        }
    }

    fn document(&mut self, depth: usize) -> Json {
        match self.random.u8(0..if depth == 0 { 5 } else { 7 }) {
            0 => Json::Null,
            1 => Json::Bool(self.random.bool()),
            2 => Json::from(self.random.i64(..)),
            3 => Json::from(scalars::double(&mut self.random)),
            4 => Json::from(scalars::text(&mut self.random, None)),
            5 => (0..self.random.usize(0..3)).map(|_| self.document(depth - 1)).collect(),
            _ => {
                let count = self.random.usize(0..3);
                let member = |_| (scalars::text(&mut self.random, None), self.document(depth - 1));
                Json::Object((0..count).map(member).collect())
            }
        }
    }
}
