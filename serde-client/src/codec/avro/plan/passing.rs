//! How fields are passed over, worked out in advance: what most of them are is told by one look.

use super::{Node, Plan};

/// How a field is passed over.
#[derive(Clone, Copy, Debug)]
pub(in crate::codec::avro) enum Pass {
    Number,
    Bytes,
    /// A union of null and a number: the number of its branch `null`, and its own among those of the [`Plan`].
    OptionalNumber(u8, u32),
    /// The same with bytes.
    OptionalBytes(u8, u32),
    /// Anything else.
    Node(Node),
}

impl Pass {
    #[inline]
    pub(in crate::codec::avro) fn of(plan: &Plan, node: Node) -> Self {
        match node {
            Node::Int | Node::Long => Self::Number,
            Node::Bytes | Node::String => Self::Bytes,
            Node::Optional(index) => {
                let optional = plan.optional(index);
                match optional.node {
                    Node::Int | Node::Long => Self::OptionalNumber(optional.null, index),
                    Node::Bytes | Node::String => Self::OptionalBytes(optional.null, index),
                    _ => Self::Node(node),
                }
            }
            node => Self::Node(node),
        }
    }
}

/// Fills in how the fields of all records are passed over.
pub(super) fn prepare(plan: &mut Plan) {
    let passes = |record: &super::RecordPlan| -> Box<[Pass]> {
        record.steps.iter().map(|step| Pass::of(plan, step.skip)).collect()
    };
    let all: Vec<_> = plan.records.iter().map(passes).collect();
    for (record, passes) in plan.records.iter_mut().zip(all) {
        record.passes = passes;
    }
}
