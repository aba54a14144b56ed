//! Records from the wire (`protobuf.dev`, "Encoding").

use std::borrow::Cow;
use std::collections::HashMap;

use super::plan::{Form, Item, Member, Message, Plan, Scalar};
use super::wire::{Cursor, Wire, low};
use crate::codec::{DecodeError, Limits};
use crate::translator::mapping::value::Value;

/// Nanoseconds of a second.
pub(super) const SECOND: i64 = 1_000_000_000;

/// Reads a record of the plan's message.
pub(super) fn record<'a>(plan: &Plan, limits: Limits, bytes: &'a [u8]) -> Result<Value<'a>, DecodeError> {
    let mut source = Source { plan, wire: Cursor { bytes, at: 0 }, budget: limits.allocation_max };
    let mut values = source.empty(plan.root())?;
    source.message(plan.root(), Until::End(bytes.len()), limits.depth_max, &mut values)?;
    Ok(Value::Record(values))
}

struct Source<'p, 'a> {
    plan: &'p Plan,
    wire: Cursor<'a>,
    /// Bytes that may still be allocated.
    budget: usize,
}

/// Where a message is over.
#[derive(Clone, Copy)]
enum Until {
    End(usize),
    /// At the end of the group of this number, and before this position.
    Group(u32, usize),
}

impl Until {
    fn limit(self) -> usize {
        match self {
            Self::End(end) | Self::Group(_, end) => end,
        }
    }
}

impl<'a> Source<'_, 'a> {
    fn empty(&mut self, message: &Message) -> Result<Vec<Value<'a>>, DecodeError> {
        self.charge(message.empty.len())?;
        Ok(message.empty.clone())
    }

    fn charge(&mut self, values: usize) -> Result<(), DecodeError> {
        let left = self.budget.checked_sub(values.saturating_mul(size_of::<Value<'_>>()));
        self.budget = left.ok_or_else(|| {
            DecodeError::new("the record would take more memory than a record may").at(self.wire.at)
        })?;
        Ok(())
    }

    fn message(
        &mut self,
        message: &Message,
        until: Until,
        depth: usize,
        values: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| DecodeError::new("messages nest too deeply").at(self.wire.at))?;
        let end = until.limit();
        loop {
            if self.wire.at >= end {
                if let Until::Group(number, _) = until {
                    return Err(DecodeError::new(format!("the group {number} has no end")).at(self.wire.at));
                }
                break;
            }
            let start = self.wire.at;
            let (number, wire) = self.wire.key(end)?;
            if wire == Wire::GROUP_END {
                if matches!(until, Until::Group(own, _) if own == number) {
                    break;
                }
                return Err(DecodeError::new(format!("the group {number} ends but never began")).at(start));
            }
            match message.member(number) {
                Some(member) => self
                    .member(member, wire, end, depth, values)
                    .map_err(|fault| fault.at(start).within(&member.name))?,
                None => self.skip(number, wire, end, depth)?,
            }
        }
        self.finish(message, values)
    }

    /// What can only be said once all of a message is read.
    fn finish(&self, message: &Message, values: &mut [Value<'a>]) -> Result<(), DecodeError> {
        if message.has_maps {
            values.iter_mut().for_each(last_of_each_key);
        }
        for member in &message.members {
            if matches!(values.get(member.position), Some(Value::Absent)) {
                return Err(DecodeError::new("the field is required and not set")
                    .at(self.wire.at)
                    .within(&member.name));
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        member: &Member,
        wire: Wire,
        end: usize,
        depth: usize,
        values: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let Some(seat) = values.get_mut(member.position) else { return Ok(()) };
        match (member.form, seat) {
            (Form::List { .. }, Value::List(items)) => {
                if wire != Wire::LENGTH || !member.item.is_packable() {
                    self.charge(1)?;
                    items.push(self.item(&member.item, wire, end, depth, None)?);
                    return Ok(());
                }
                let end = self.wire.length(end)?;
                while self.wire.at < end {
                    self.charge(1)?;
                    items.push(self.item(&member.item, member.item.wire(), end, depth, None)?);
                }
            }
            (Form::Map(key), Value::Map(entries)) => {
                self.wire.expect(wire, Wire::LENGTH)?;
                let end = self.wire.length(end)?;
                self.charge(2)?;
                entries.push(self.entry(key, &member.item, end, depth)?);
            }
            (Form::Branch { position, .. }, seat) => {
                let before = match std::mem::replace(seat, Value::Null) {
                    Value::Branch(set, value) if set == position => Some(*value),
                    _ => None,
                };
                let value = self.item(&member.item, wire, end, depth, before)?;
                *seat = Value::Branch(position, Box::new(value));
            }
            (_, seat) => {
                let before = std::mem::replace(seat, Value::Null);
                *seat = self.item(&member.item, wire, end, depth, Some(before))?;
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        key: Scalar,
        item: &Item,
        end: usize,
        depth: usize,
    ) -> Result<(Cow<'a, str>, Value<'a>), DecodeError> {
        let (mut name, mut value) = (None, None);
        while self.wire.at < end {
            let (number, wire) = self.wire.key(end)?;
            match number {
                1 => name = Some(self.wire.scalar(key, wire, end)?),
                2 => value = Some(self.item(item, wire, end, depth, value.take())?),
                _ => self.skip(number, wire, end, depth)?,
            }
        }
        let name = match name {
            Some(Value::String(text)) => text,
            Some(Value::Boolean(value)) => Cow::Owned(value.to_string()),
            Some(Value::Int(value)) => Cow::Owned(value.to_string()),
            Some(Value::Unsigned(value)) => Cow::Owned(value.to_string()),
            _ => Cow::Borrowed(match key {
                Scalar::String => "",
                Scalar::Bool => "false",
                _ => "0",
            }),
        };
        let value = match value {
            Some(value) => value,
            // A value that is the default of its type need not be written.
            None => self.item_of(item, self.wire.at, depth)?,
        };
        Ok((name, value))
    }

    /// A value of which nothing was written.
    fn item_of(&mut self, item: &Item, end: usize, depth: usize) -> Result<Value<'a>, DecodeError> {
        Ok(match item {
            Item::Message { at, .. } => {
                let message = &self.plan.messages[*at];
                let mut values = self.empty(message)?;
                self.message(message, Until::End(end), depth, &mut values)?;
                Value::Record(values)
            }
            item => item.zero(),
        })
    }

    /// One value. A message that was there before goes on, as the encoding has it.
    fn item(
        &mut self,
        item: &Item,
        wire: Wire,
        end: usize,
        depth: usize,
        before: Option<Value<'a>>,
    ) -> Result<Value<'a>, DecodeError> {
        match item {
            Item::Scalar(scalar) => self.wire.scalar(*scalar, wire, end),
            Item::Enum(numbers) => {
                self.wire.expect(wire, Wire::VARINT)?;
                let number = low(self.wire.varint(end)?).cast_signed();
                symbol(numbers, number)
            }
            Item::Message { at, group } => {
                let message = &self.plan.messages[*at];
                let mut values = match before {
                    Some(Value::Record(values)) => values,
                    _ => self.empty(message)?,
                };
                self.wire.expect(wire, item.wire())?;
                let until = match group {
                    Some(number) => Until::Group(*number, end),
                    None => Until::End(self.wire.length(end)?),
                };
                self.message(message, until, depth, &mut values)?;
                Ok(Value::Record(values))
            }
            Item::Wrapper(_) | Item::Timestamp | Item::Decimal { .. } => {
                self.wire.expect(wire, Wire::LENGTH)?;
                let end = self.wire.length(end)?;
                self.special(item, end, depth)
            }
        }
    }

    fn special(&mut self, item: &Item, end: usize, depth: usize) -> Result<Value<'a>, DecodeError> {
        let fields: [Scalar; 3] = match item {
            Item::Wrapper(scalar) => [*scalar; 3],
            Item::Timestamp => [Scalar::Int64, Scalar::Int32, Scalar::Int32],
            _ => [Scalar::Bytes, Scalar::Uint32, Scalar::Int32],
        };
        let known = match item {
            Item::Wrapper(_) => 1,
            Item::Timestamp => 2,
            _ => 3,
        };
        let mut found = [None, None, None];
        while self.wire.at < end {
            let (number, wire) = self.wire.key(end)?;
            match (number as usize).checked_sub(1).filter(|at| *at < known) {
                Some(at) => found[at] = Some(self.wire.scalar(fields[at], wire, end)?),
                None => self.skip(number, wire, end, depth)?,
            }
        }
        let [first, second, third] = found;
        let whole = |value: Option<Value<'_>>| match value {
            Some(Value::Int(value)) => value,
            _ => 0,
        };
        match item {
            Item::Timestamp => timestamp(whole(first), whole(second)),
            Item::Decimal { scale, .. } => {
                let found = whole(third);
                if found != i64::from(*scale) {
                    let reason = format!("a decimal of scale {found}, where the schema fixes {scale}");
                    return Err(DecodeError::new(reason));
                }
                Ok(match first {
                    Some(Value::Bytes(bytes)) if !bytes.is_empty() => Value::Bytes(bytes),
                    _ => Value::Bytes(Cow::Borrowed(&[0])),
                })
            }
            item => Ok(first.unwrap_or_else(|| item.zero())),
        }
    }

    fn skip(&mut self, number: u32, wire: Wire, end: usize, depth: usize) -> Result<(), DecodeError> {
        if wire == Wire::GROUP_START {
            return self.message(&Message::default(), Until::Group(number, end), depth, &mut []);
        }
        self.wire.skip(number, wire, end)
    }
}

/// Of entries with one key, the last one counts; it stands where the first one stood.
fn last_of_each_key(value: &mut Value<'_>) {
    let Value::Map(entries) = value else { return };
    if entries.len() < 2 {
        return;
    }
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(entries.len());
    let mut kept: Vec<(Cow<'_, str>, Value<'_>)> = Vec::with_capacity(entries.len());
    for (key, value) in std::mem::take(entries) {
        match places.get(&key) {
            Some(place) => kept[*place].1 = value,
            None => {
                places.insert(key.clone(), kept.len());
                kept.push((key, value));
            }
        }
    }
    *entries = kept;
}

fn symbol(numbers: &[i32], number: i32) -> Result<Value<'static>, DecodeError> {
    let place = numbers.iter().zip(0..).find(|(known, _)| **known == number);
    let (_, position) =
        place.ok_or_else(|| DecodeError::new(format!("the number {number} is no symbol of the enum")))?;
    Ok(Value::Symbol(position))
}

fn timestamp(seconds: i64, nanos: i64) -> Result<Value<'static>, DecodeError> {
    // Wide, since the seconds of the first moments are out of range without their nanoseconds.
    let whole = i128::from(seconds) * i128::from(SECOND) + i128::from(nanos);
    let whole = i64::try_from(whole).ok().filter(|_| (0..SECOND).contains(&nanos));
    whole.map(Value::Int).ok_or_else(|| {
        DecodeError::new(format!(
            "the timestamp of {seconds} s and {nanos} ns has no nanoseconds of 64 bits (the years 1677 to 2262 have)"
        ))
    })
}
