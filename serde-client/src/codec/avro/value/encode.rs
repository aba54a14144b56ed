//! Values into records, without `serde` in between.

use super::{Record, Value};
use crate::codec::EncodeError;
use crate::codec::avro::output::Output;
use crate::codec::avro::plan::{Node, Plan};
use crate::codec::avro::shape::TypeName;

/// Writes `value` as what stands at `node`.
pub(in crate::codec::avro) fn encode(
    plan: &Plan,
    out: &mut Output<'_>,
    node: Node,
    value: &Value<'_>,
) -> Result<(), EncodeError> {
    match (node, value) {
        (Node::Null, Value::Null) => {}
        (Node::Boolean, Value::Boolean(value)) => out.boolean(*value),
        (Node::Int, Value::Int(value)) => out.int(*value),
        (Node::Long, Value::Long(value)) => out.long(*value),
        (Node::Long, Value::Int(value)) => out.int(*value),
        (Node::Float, Value::Float(value)) => out.float(*value),
        (Node::Double, Value::Double(value)) => out.double(*value),
        (Node::Double, Value::Float(value)) => out.double((*value).into()),
        (Node::Double, Value::Int(value)) => out.double((*value).into()),
        (Node::String, Value::String(value)) => out.string(value),
        (Node::Bytes, Value::Bytes(value)) => out.bytes(value),
        (Node::RawBytes, Value::Bytes(value)) => out.raw(value),
        (Node::Fixed(index), Value::Fixed(_, bytes) | Value::Bytes(bytes))
            if plan.fixed(index).size == bytes.len() =>
        {
            out.raw(bytes);
        }
        (Node::Enum(index), Value::Enum(shape, number)) => {
            let symbol = shape.symbols.get(*number as usize).map_or("", |symbol| symbol);
            return symbol_of(plan, out, (node, index), symbol);
        }
        (Node::Enum(index), Value::String(symbol)) => return symbol_of(plan, out, (node, index), symbol),
        (Node::Array(index), Value::Array(items)) => {
            let node = plan.array(index).node;
            if !items.is_empty() {
                out.count(items.len());
            }
            for (item, at) in items.iter().zip(0_usize..) {
                encode(plan, out, node, item).map_err(|misfit| misfit.within(at))?;
            }
            out.byte(0);
        }
        (Node::Map(index), Value::Map(entries)) => {
            let node = plan.map(index).node;
            if !entries.is_empty() {
                out.count(entries.len());
            }
            for (key, value) in entries {
                out.string(key);
                encode(plan, out, node, value).map_err(|misfit| misfit.within(key))?;
            }
            out.byte(0);
        }
        (Node::Record(index), Value::Record(record)) => return encode_record(plan, out, index, record),
        (Node::Optional(index), value) => {
            let optional = plan.optional(index);
            if matches!(value, Value::Null) {
                out.byte(optional.null << 1);
            } else {
                out.byte((1 - optional.null) << 1);
                return encode(plan, out, optional.node, value);
            }
        }
        (Node::Union(index), value) => {
            let ranked = plan.union(index).branches.iter().zip(0..);
            let fitting = ranked.filter_map(|(node, at)| Some((rank(plan, *node, value)?, at, *node)));
            let Some((_, branch, chosen)) = fitting.min_by_key(|best| best.0) else {
                return Err(misfit(plan, node, value));
            };
            out.long(branch);
            return encode(plan, out, chosen, value);
        }
        _ => return Err(misfit(plan, node, value)),
    }
    Ok(())
}

#[cold]
#[inline(never)]
fn misfit(plan: &Plan, node: Node, value: &Value<'_>) -> EncodeError {
    EncodeError::new(format!("{} where the schema has {}", value.word(), plan.expected(node)))
}

fn symbol_of(
    plan: &Plan,
    out: &mut Output<'_>,
    (node, index): (Node, u32),
    symbol: &str,
) -> Result<(), EncodeError> {
    let symbols = &plan.enumeration(index).shape.symbols;
    match symbols.iter().zip(0..).find(|(known, _)| ***known == *symbol) {
        Some((_, number)) => out.long(number),
        None => {
            let schema = plan.expected(node);
            return Err(EncodeError::new(format!(
                "the text `{symbol}` is no symbol of the schema's {schema}"
            )));
        }
    }
    Ok(())
}

fn encode_record(
    plan: &Plan,
    out: &mut Output<'_>,
    index: u32,
    record: &Record<'_>,
) -> Result<(), EncodeError> {
    let wanted = plan.record(index);
    let is_same = wanted.shape.fields == record.shape.fields;
    if !is_same
        && let Some(extra) =
            record.shape.fields.iter().find(|field| wanted.shape.position(&field.name).is_none())
    {
        let name = &wanted.shape.name;
        return Err(EncodeError::new(format!(
            "the record {name} of the schema has no field `{}`",
            extra.name
        )));
    }
    for ((step, field), at) in wanted.steps.iter().zip(&wanted.shape.fields).zip(0_usize..) {
        let value = if is_same { record.values.get(at) } else { record.get(&field.name) };
        let written = match (value, wanted.absent.get(at)) {
            (Some(value), _) => encode(plan, out, step.node, value),
            (None, Some(Some(bytes))) => {
                out.raw(bytes);
                Ok(())
            }
            _ => Err(EncodeError::new("the record has no such field, and the schema has no default for it")),
        };
        written.map_err(|misfit| misfit.within(&field.name))?;
    }
    Ok(())
}

/// How well a branch fits, best first.
fn rank(plan: &Plan, node: Node, value: &Value<'_>) -> Option<u8> {
    let same =
        |name: &TypeName, other: &TypeName, otherwise| match (name == other, name.simple() == other.simple())
        {
            (true, _) => 0,
            (_, true) => 1,
            _ => otherwise,
        };
    Some(match (node, value) {
        (Node::Null, Value::Null)
        | (Node::Boolean, Value::Boolean(_))
        | (Node::Int, Value::Int(_))
        | (Node::Long, Value::Long(_))
        | (Node::Float, Value::Float(_))
        | (Node::Double, Value::Double(_))
        | (Node::String, Value::String(_))
        | (Node::Bytes, Value::Bytes(_))
        | (Node::Array(_), Value::Array(_))
        | (Node::Map(_), Value::Map(_)) => 0,
        (Node::Record(index), Value::Record(record)) => {
            let wanted = &plan.record(index).shape;
            let fits = || {
                wanted.fields.iter().map(|field| &field.name).eq(record
                    .shape
                    .fields
                    .iter()
                    .map(|field| &field.name))
            };
            match same(&wanted.name, &record.shape.name, 3) {
                3 if !fits() => 4,
                rank => rank,
            }
        }
        (Node::Enum(index), Value::Enum(shape, number)) => {
            let symbol = shape.symbols.get(*number as usize)?;
            let wanted = &plan.enumeration(index).shape;
            wanted.symbols.contains(symbol).then(|| same(&wanted.name, &shape.name, 3))?
        }
        (Node::Fixed(index), Value::Fixed(shape, _)) => {
            let wanted = plan.fixed(index);
            (wanted.size == shape.size).then(|| same(&wanted.name, &shape.name, 3))?
        }
        (Node::Long, Value::Int(_)) | (Node::Double, Value::Float(_)) => 1,
        (Node::Fixed(index), Value::Bytes(bytes)) if plan.fixed(index).size == bytes.len() => 2,
        (Node::Enum(index), Value::String(symbol)) => {
            plan.enumeration(index).shape.symbols.iter().any(|known| **known == **symbol).then_some(2)?
        }
        (Node::Double, Value::Int(_)) => 3,
        _ => return None,
    })
}
