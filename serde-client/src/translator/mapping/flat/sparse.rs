//! What the general program sees of a record: values of the fields that it names, null elsewhere.

use super::node::{Held, Node};
use super::{FlatProgram, Marks};
use crate::codec::Limits;
use crate::codec::avro::Input;
use crate::translator::mapping::value::Value;

/// A part of the source.
#[derive(Debug)]
pub(super) enum Sparse {
    /// Nothing looks at it.
    Hidden,
    /// All of what begins at a mark.
    Whole {
        at: usize,
        node: Node,
    },
    Record(Box<[Sparse]>),
    /// By branch.
    Union {
        branch: usize,
        arms: Box<[(Held, Sparse)]>,
    },
}

impl FlatProgram {
    pub(super) fn value_of<'v>(&self, part: &Sparse, record: &'v [u8], marks: &Marks) -> Option<Value<'v>> {
        Some(match part {
            Sparse::Hidden => Value::Null,
            Sparse::Whole { at, node } => self.read(*node, record, *marks.get(*at)?)?,
            Sparse::Record(fields) => {
                let mut values = Vec::with_capacity(fields.len());
                for field in fields {
                    values.push(self.value_of(field, record, marks)?);
                }
                Value::Record(values)
            }
            Sparse::Union { branch, arms } => {
                let (held, part) = arms.get(*marks.get(*branch)?)?;
                held.around(self.value_of(part, record, marks)?)
            }
        })
    }

    /// The value of a type that begins at `at`.
    pub(super) fn read<'v>(&self, node: Node, record: &'v [u8], at: usize) -> Option<Value<'v>> {
        let mut input = Input::new(record, Limits::default());
        input.seek(at);
        self.nodes.value(&mut input, node)
    }
}
