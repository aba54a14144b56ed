//! Finding a part of the source record.

use super::{Env, Fault};
use crate::translator::mapping::value::Value;

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    This,
    Root,
    Key,
    Item,
    EntryValue,
}

/// A path with its names resolved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Get {
    pub(crate) from: From,
    pub(crate) steps: Box<[GetStep]>,
}

/// A step with its name resolved. Nothing stays nothing, whatever step follows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GetStep {
    Field(usize),
    /// Nothing when the union has another branch.
    Branch(u32),
    /// Nothing when the map has no such key.
    Entry(String),
    Items,
}

static NOTHING: Value<'static> = Value::Null;

impl Get {
    /// The part, without copying it; `None` when the path goes through lists.
    pub(super) fn find<'v>(&self, env: Env<'v>) -> Option<&'v Value<'v>> {
        let mut at = start(self.from, env);
        for step in &self.steps {
            at = match step {
                GetStep::Items => return None,
                step => child(at, step),
            };
        }
        Some(at)
    }

    pub(super) fn value<'v>(&self, env: Env<'v>) -> Result<Value<'v>, Fault> {
        match self.find(env) {
            Some(found) => Ok(found.borrow()),
            None => collect(start(self.from, env), &self.steps),
        }
    }
}

fn start<'v>(from: From, env: Env<'v>) -> &'v Value<'v> {
    match from {
        From::This => env.this,
        From::Root => env.root,
        From::Key => env.key.unwrap_or(&NOTHING),
        From::Item => env.item.unwrap_or(&NOTHING),
        From::EntryValue => env.entry.map_or(&NOTHING, |(_, value)| value),
    }
}

fn child<'v>(at: &'v Value<'v>, step: &GetStep) -> &'v Value<'v> {
    let found = match (at, step) {
        (Value::Record(fields), GetStep::Field(position)) => fields.get(*position),
        (Value::Branch(branch, value), GetStep::Branch(wanted)) if branch == wanted => Some(&**value),
        (Value::Map(entries), GetStep::Entry(wanted)) => {
            // The last entry of a key is the one that counts, as in the maps of other languages.
            entries.iter().rev().find(|(key, _)| key == wanted).map(|(_, value)| value)
        }
        _ => None,
    };
    found.unwrap_or(&NOTHING)
}

fn collect<'v>(mut at: &'v Value<'v>, steps: &[GetStep]) -> Result<Value<'v>, Fault> {
    for (index, step) in steps.iter().enumerate() {
        match (step, at) {
            (GetStep::Items, Value::List(items)) => {
                let rest = steps.get(index + 1..).unwrap_or_default();
                let items = items.iter().map(|item| collect(item, rest));
                return items.collect::<Result<_, _>>().map(Value::List);
            }
            (GetStep::Items, _) => return Ok(Value::Null),
            (step, found) => at = child(found, step),
        }
    }
    Ok(at.borrow())
}
