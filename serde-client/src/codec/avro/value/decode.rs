//! Records into values, without `serde` in between.

use std::borrow::Cow;
use std::mem::size_of;
use std::sync::Arc;

use super::{Record, Value};
use crate::codec::DecodeError;
use crate::codec::avro::de::{Decoder, skip::skip};
use crate::codec::avro::plan::{ItemPlan, Node, RecordPlan};

impl<'de> Decoder<'_, 'de> {
    /// Reads what stands at `node`.
    pub(in crate::codec::avro) fn value(&mut self, node: Node) -> Result<Value<'de>, DecodeError> {
        let input = &mut self.input;
        Ok(match node {
            Node::Null => Value::Null,
            Node::Boolean => Value::Boolean(input.boolean()?),
            Node::Int => Value::Int(input.int()?),
            Node::Long => Value::Long(input.long()?),
            Node::Float => Value::Float(input.float()?),
            Node::Double => Value::Double(input.double()?),
            Node::IntAsLong => Value::Long(input.int()?.into()),
            Node::IntAsFloat => Value::Float(input.int()? as f32),
            Node::IntAsDouble => Value::Double(input.int()?.into()),
            Node::LongAsFloat => Value::Float(input.long()? as f32),
            Node::LongAsDouble => Value::Double(input.long()? as f64),
            Node::FloatAsDouble => Value::Double(input.float()?.into()),
            Node::String | Node::BytesAsString => Value::String(Cow::Borrowed(input.string()?)),
            Node::Bytes | Node::StringAsBytes => Value::Bytes(Cow::Borrowed(input.bytes()?)),
            Node::Fixed(index) => {
                let shape = self.plan.fixed(index);
                let bytes = self.input.raw(shape.size)?;
                Value::Fixed(Arc::clone(shape), Cow::Borrowed(bytes))
            }
            Node::Enum(index) => {
                let number = self.symbol(index)?;
                Value::Enum(Arc::clone(&self.plan.enumeration(index).shape), number)
            }
            Node::Array(index) => Value::Array(self.array(*self.plan.array(index))?),
            Node::Map(index) => Value::Map(self.map(*self.plan.map(index))?),
            Node::Record(index) => Value::Record(self.record(self.plan.record(index))?),
            Node::Optional(_) | Node::Union(_) => {
                let branch = *self.branch(&node)?;
                return self.value(branch);
            }
            Node::Fail(index) => return Err(self.refused(index)),
            Node::RawBytes => Value::Bytes(Cow::Borrowed(input.take_rest())),
            Node::RawString | Node::RawText => {
                let bytes = input.take_rest();
                Value::String(Cow::Borrowed(input.text(bytes)?))
            }
            Node::Byte => Value::Int(input.raw(1)?.first().copied().unwrap_or_default().into()),
        })
    }

    fn record(&mut self, plan: &RecordPlan) -> Result<Record<'de>, DecodeError> {
        self.input.enter()?;
        let values = if plan.is_plain { self.in_order(plan)? } else { self.out_of_order(plan)? };
        self.input.leave();
        Ok(Record { shape: Arc::clone(&plan.shape), values: values.into_boxed_slice() })
    }

    fn in_order(&mut self, plan: &RecordPlan) -> Result<Vec<Value<'de>>, DecodeError> {
        let mut values = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            match self.value(step.node) {
                Ok(value) => values.push(value),
                Err(fault) => return Err(self.misread(fault, plan, step.field)),
            }
        }
        Ok(values)
    }

    fn out_of_order(&mut self, plan: &RecordPlan) -> Result<Vec<Value<'de>>, DecodeError> {
        let mut values = vec![Value::Null; plan.shape.fields.len()];
        let mut place = self.input.offset();
        for step in &plan.steps {
            if step.again {
                self.input.seek(place);
            }
            place = self.input.offset();
            let Some(slot) = step.field.and_then(|field| values.get_mut(field as usize)) else {
                skip(self.plan, &mut self.input, step.skip)?;
                continue;
            };
            match self.value(step.node) {
                Ok(value) => *slot = value,
                Err(fault) => return Err(self.misread(fault, plan, step.field)),
            }
        }
        for default in &plan.defaults {
            if let Some(slot) = values.get_mut(default.field as usize) {
                *slot = default.value.clone();
            }
        }
        Ok(values)
    }

    #[cold]
    #[inline(never)]
    fn misread(&self, fault: DecodeError, plan: &RecordPlan, field: Option<u32>) -> DecodeError {
        let name = field.and_then(|field| plan.shape.fields.get(field as usize));
        fault.at(self.input.offset()).within(name.map_or("", |field| &*field.name))
    }

    fn array(&mut self, plan: ItemPlan) -> Result<Vec<Value<'de>>, DecodeError> {
        self.input.enter()?;
        let mut items = Vec::new();
        loop {
            let count = self.block::<Value<'_>>(plan)?;
            if count == 0 {
                break;
            }
            items.reserve_exact(self.room::<Value<'_>>(count));
            for _ in 0..count {
                match self.value(plan.node) {
                    Ok(value) => items.push(value),
                    Err(fault) => return Err(fault.at(self.input.offset()).within(items.len())),
                }
            }
        }
        self.input.leave();
        Ok(items)
    }

    fn map(&mut self, plan: ItemPlan) -> Result<Vec<(Cow<'de, str>, Value<'de>)>, DecodeError> {
        self.input.enter()?;
        let mut entries = Vec::new();
        loop {
            let count = self.block::<(Cow<'_, str>, Value<'_>)>(plan)?;
            if count == 0 {
                break;
            }
            entries.reserve_exact(self.room::<(Cow<'_, str>, Value<'_>)>(count));
            for _ in 0..count {
                let key = self.input.string()?;
                match self.value(plan.node) {
                    Ok(value) => entries.push((Cow::Borrowed(key), value)),
                    Err(fault) => return Err(fault.at(self.input.offset()).within(key)),
                }
            }
        }
        self.input.leave();
        Ok(entries)
    }

    /// Items of the next block.
    fn block<T>(&mut self, plan: ItemPlan) -> Result<usize, DecodeError> {
        let count = self.input.block(plan.size_min)?.count;
        if plan.size_min == 0 {
            self.input.charge(count, size_of::<T>())?;
        }
        Ok(count)
    }

    /// How many items get memory in advance: all of a block, up to the limit for a record.
    fn room<T>(&self, count: usize) -> usize {
        count.min(self.input.allocation_left() / size_of::<T>().max(1))
    }
}
