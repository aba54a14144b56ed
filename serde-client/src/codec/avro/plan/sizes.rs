//! The least that a type takes on the wire: what bounds how many items a record of some length can hold.

use super::{Node, Plan};

/// Larger sizes are not told apart.
const SIZE_MAX: usize = 1 << 16;
/// Rounds until sizes are taken as they are. Each round finds the sizes of one more level of records, most of them all.
const ROUNDS_MAX: usize = 64;

/// Fills in `size_min` of records, arrays and maps: from below, so that each round leaves a true lower bound.
pub(super) fn measure(plan: &mut Plan) {
    for _ in 0..ROUNDS_MAX {
        let mut changed = false;
        for at in (0..plan.records.len()).rev() {
            let Some(record) = plan.records.get(at) else { continue };
            let parts = record.steps.iter().filter(|step| !step.again).map(|step| size_min(plan, step.skip));
            let size = parts.fold(0_usize, usize::saturating_add).min(SIZE_MAX);
            if let Some(record) = plan.records.get_mut(at)
                && record.size_min != size
            {
                record.size_min = size;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for at in 0..plan.arrays.len() {
        let size = plan.arrays.get(at).map_or(0, |items| size_min(plan, items.skip));
        if let Some(items) = plan.arrays.get_mut(at) {
            items.size_min = size;
        }
    }
    for at in 0..plan.maps.len() {
        let size = plan.maps.get(at).map_or(0, |items| size_min(plan, items.skip));
        if let Some(items) = plan.maps.get_mut(at) {
            items.size_min = 1 + size;
        }
    }
}

fn size_min(plan: &Plan, node: Node) -> usize {
    match node {
        Node::Null | Node::RawBytes | Node::RawString | Node::RawText | Node::Fail(_) => 0,
        Node::Float | Node::FloatAsDouble => 4,
        Node::Double => 8,
        Node::Fixed(index) => plan.fixed(index).size.min(SIZE_MAX),
        Node::Record(index) => plan.record(index).size_min,
        _ => 1,
    }
}
