//! What a record chooses by a number: branches of unions and symbols of enums.

use super::{Node, Plan};
use crate::codec::DecodeError;
use crate::codec::avro::Input;

impl Plan {
    /// The branch that comes next; the node itself where nothing is chosen.
    #[inline]
    pub(in crate::codec::avro) fn branch<'n>(
        &'n self,
        node: &'n Node,
        input: &mut Input<'_>,
    ) -> Result<&'n Node, DecodeError> {
        match *node {
            Node::Optional(index) => {
                let optional = self.optional(index);
                let branch = input.index(2)?;
                Ok(if branch == usize::from(optional.null) { &Node::Null } else { &optional.node })
            }
            Node::Union(index) => {
                let union = self.union(index);
                let branch = if union.is_written { input.index(union.branches.len())? } else { 0 };
                match union.branches.get(branch) {
                    Some(branch) => Ok(branch),
                    None => Err(input.fault("a union without branches has no values")),
                }
            }
            _ => Ok(node),
        }
    }

    /// The symbol that comes next, as a number of the reader's.
    #[inline]
    pub(in crate::codec::avro) fn symbol(
        &self,
        index: u32,
        input: &mut Input<'_>,
    ) -> Result<u32, DecodeError> {
        let symbols = self.enumeration(index);
        let number = input.index(symbols.count)?;
        match &symbols.mapped {
            // Numbers below the count of symbols fit, as positions in a plan do.
            None => Ok(u32::try_from(number).unwrap_or(u32::MAX)),
            Some(mapped) => match mapped.get(number) {
                Some(Ok(number)) => Ok(*number),
                Some(Err(reason)) => Err(input.fault(&**reason)),
                None => Err(input.fault("an enum without symbols has no values")),
            },
        }
    }
}
