//! How fields are passed over, worked out in advance: what most of them are is told by one look.

use super::{Node, Plan, Step};

/// How a field is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::codec::avro) enum Pass {
    Number,
    Bytes,
    /// A union of null and a number: the number of its branch `null`.
    OptionalNumber(u8),
    /// The same with bytes.
    OptionalBytes(u8),
    /// Anything else, and how blocks in it are passed over.
    Node(Node, Blocks),
}

/// How blocks of arrays and maps are passed over. Writers may say how many bytes a block has; a wrong number says something
/// else than the items do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::codec::avro) enum Blocks {
    /// By their sizes: nobody will read them.
    BySize,
    /// Item by item, as they are read before or afterwards.
    ByItem,
}

impl Pass {
    #[inline]
    pub(in crate::codec::avro) fn of(plan: &Plan, node: Node, blocks: Blocks) -> Self {
        match node {
            Node::Int | Node::Long => Self::Number,
            Node::Bytes | Node::String => Self::Bytes,
            Node::Optional(index) => {
                let optional = plan.optional(index);
                match optional.node {
                    Node::Int | Node::Long => Self::OptionalNumber(optional.null),
                    Node::Bytes | Node::String => Self::OptionalBytes(optional.null),
                    _ => Self::Node(node, blocks),
                }
            }
            node => Self::Node(node, blocks),
        }
    }
}

impl Step {
    fn pass(&self, plan: &Plan) -> Pass {
        let blocks = if self.field.is_some() { Blocks::ByItem } else { Blocks::BySize };
        Pass::of(plan, self.skip, blocks)
    }
}

/// Fills in how the fields of all records are passed over.
pub(super) fn prepare(plan: &mut Plan) {
    let passes = |record: &super::RecordPlan| -> Box<[Pass]> {
        record.steps.iter().map(|step| step.pass(plan)).collect()
    };
    let all: Vec<_> = plan.records.iter().map(passes).collect();
    for (record, passes) in plan.records.iter_mut().zip(all) {
        record.passes = passes;
    }
}
