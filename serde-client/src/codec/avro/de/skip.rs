//! Passing over values.

use super::super::input::Input;
use super::super::plan::{Blocks, ItemPlan, Node, Pass, Plan};
use crate::codec::DecodeError;

/// Passes over what stands at `node` and nobody reads, as the writer's schema says.
#[inline(never)]
pub(in crate::codec::avro) fn skip(
    plan: &Plan,
    input: &mut Input<'_>,
    node: Node,
) -> Result<(), DecodeError> {
    skip_as(plan, input, node, Blocks::BySize)
}

fn skip_as(plan: &Plan, input: &mut Input<'_>, node: Node, blocks: Blocks) -> Result<(), DecodeError> {
    pass(plan, input, Pass::of(plan, node, blocks))
}

/// Passes over a field.
pub(in crate::codec::avro) fn pass(plan: &Plan, input: &mut Input<'_>, way: Pass) -> Result<(), DecodeError> {
    match way {
        Pass::Number => input.skip_number(),
        Pass::Bytes => input.bytes().map(drop),
        Pass::OptionalNumber(null) if input.index(2)? != usize::from(null) => input.skip_number(),
        Pass::OptionalBytes(null) if input.index(2)? != usize::from(null) => input.bytes().map(drop),
        Pass::OptionalNumber(_) | Pass::OptionalBytes(_) => Ok(()),
        Pass::Node(node, blocks) => skip_any(plan, input, node, blocks),
    }
}

/// Passes over `count` fields that lie side by side and are passed over in the same way.
#[inline]
pub(in crate::codec::avro) fn pass_alike(
    plan: &Plan,
    input: &mut Input<'_>,
    way: Pass,
    count: usize,
) -> Result<(), DecodeError> {
    let mut left = count;
    while left > 0 {
        match way {
            Pass::OptionalNumber(null) => left -= input.skip_optional_numbers(null, left),
            Pass::OptionalBytes(null) => left -= input.skip_optional_bytes(null, left),
            _ => {}
        }
        if left > 0 {
            pass(plan, input, way)?;
            left -= 1;
        }
    }
    Ok(())
}

#[inline(never)]
fn skip_any(plan: &Plan, input: &mut Input<'_>, node: Node, blocks: Blocks) -> Result<(), DecodeError> {
    match node {
        Node::Null => Ok(()),
        Node::Boolean => input.boolean().map(drop),
        Node::Int | Node::IntAsLong | Node::IntAsFloat | Node::IntAsDouble | Node::Long => {
            input.skip_number()
        }
        Node::LongAsFloat | Node::LongAsDouble => input.skip_number(),
        Node::Float | Node::FloatAsDouble => input.raw(4).map(drop),
        Node::Double => input.raw(8).map(drop),
        Node::Bytes | Node::String | Node::BytesAsString | Node::StringAsBytes => input.bytes().map(drop),
        Node::Fixed(index) => input.raw(plan.fixed(index).size).map(drop),
        Node::Enum(index) => input.index(plan.enumeration(index).count).map(drop),
        Node::Optional(index) => {
            let optional = plan.optional(index);
            if input.index(2)? == usize::from(optional.null) {
                return Ok(());
            }
            skip_as(plan, input, optional.node, blocks)
        }
        Node::Union(index) => {
            let union = plan.union(index);
            let branch = if union.is_written { input.index(union.branches.len())? } else { 0 };
            skip_as(plan, input, union.branches.get(branch).copied().unwrap_or(Node::Null), blocks)
        }
        Node::Record(index) => {
            input.enter()?;
            let record = plan.record(index);
            for step in record.steps.iter().filter(|step| !step.again) {
                skip_as(plan, input, step.skip, blocks).map_err(|fault| record.within(step, fault))?;
            }
            input.leave();
            Ok(())
        }
        Node::Array(index) => items(plan, input, plan.array(index), false, blocks),
        Node::Map(index) => items(plan, input, plan.map(index), true, blocks),
        Node::RawBytes | Node::RawString | Node::RawText => {
            let _ = input.take_rest();
            Ok(())
        }
        Node::Byte => input.raw(1).map(drop),
        Node::Fail(index) => Err(input.fault(plan.failure(index))),
    }
}

fn items(
    plan: &Plan,
    input: &mut Input<'_>,
    items: &ItemPlan,
    has_keys: bool,
    blocks: Blocks,
) -> Result<(), DecodeError> {
    input.enter()?;
    let mut passed = 0;
    loop {
        let block = input.block(items.size_min)?;
        if block.count == 0 {
            break;
        }
        if blocks == Blocks::BySize
            && let Some(size) = block.size
        {
            input.raw(size)?;
            continue;
        }
        if items.size_min == 0 {
            input.charge(block.count, 1)?;
        }
        for number in passed..passed + block.count {
            if has_keys {
                input.bytes()?;
            }
            skip_as(plan, input, items.skip, blocks).map_err(|fault| fault.within(number))?;
        }
        passed += block.count;
    }
    input.leave();
    Ok(())
}
