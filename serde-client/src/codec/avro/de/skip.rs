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
#[inline(always)]
pub(in crate::codec::avro) fn pass(
    plan: &Plan,
    input: &mut Input<'_>,
    pass: Pass,
) -> Result<(), DecodeError> {
    let optional = match pass {
        Pass::Number => return input.skip_number(),
        Pass::Bytes => return input.bytes().map(drop),
        Pass::OptionalNumber(null, index) => {
            if input.skip_optional_number(null) {
                return Ok(());
            }
            index
        }
        Pass::OptionalBytes(null, index) => {
            if input.skip_optional_bytes(null) {
                return Ok(());
            }
            index
        }
        Pass::Node(node, blocks) => return skip_any(plan, input, node, blocks),
    };
    skip_any(plan, input, Node::Optional(optional), Blocks::BySize)
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
