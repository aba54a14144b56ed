//! Reading by a plan what another schema wrote.

use std::slice;

use super::decode::AvroDecode;
use super::schema::AvroSchema;
use crate::codec::avro::de::skip::skip;
use crate::codec::avro::plan::{Node, Plan, Step as Planned};
use crate::codec::avro::{Fault, Input};

/// A place in a record, with how what stands there is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    plan: &'p Plan,
    node: Node,
}

impl<'p> Place<'p> {
    pub(super) fn root(plan: &'p Plan) -> Self {
        Self { plan, node: plan.root }
    }

    pub(super) fn node(self) -> Node {
        self.node
    }

    fn at(self, node: Node) -> Self {
        Self { node, ..self }
    }

    /// The place within the unions that were written here: their indexes are read.
    ///
    /// # Errors
    /// When an index is out of range.
    pub fn settled(mut self, input: &mut Input<'_>) -> Result<Self, Fault> {
        loop {
            let node = match self.node {
                Node::Optional(index) => {
                    let optional = self.plan.optional(index);
                    let is_null = input.index(2)? == usize::from(optional.null);
                    if is_null { Node::Null } else { optional.node }
                }
                Node::Union(index) => {
                    let union = self.plan.union(index);
                    let branch = if union.is_written { input.index(union.branches.len())? } else { 0 };
                    match union.branches.get(branch) {
                        Some(branch) => *branch,
                        None => return Err(input.fault("a union without branches has no values")),
                    }
                }
                _ => return Ok(self),
            };
            self = self.at(node);
        }
    }

    /// Why what stands here cannot be read.
    #[cold]
    pub fn refused(self, input: &Input<'_>) -> Fault {
        match self.node {
            Node::Fail(reason) => input.fault(self.plan.failure(reason)),
            node => input.fault(format!("the type has no place for {}", self.plan.describe(node))),
        }
    }

    /// Whether the reader's branch here is that of `T`.
    #[must_use]
    pub fn is_branch<T: AvroSchema + ?Sized>(self) -> bool {
        self.plan.is_named(self.node, T::BRANCH)
    }

    /// The steps through the record that stands here.
    ///
    /// # Errors
    /// When it is no record or nests too deeply.
    pub fn record(self, input: &mut Input<'_>) -> Result<Steps<'p>, Fault> {
        let place = self.settled(input)?;
        let Node::Record(index) = place.node else { return Err(place.refused(input)) };
        input.enter()?;
        Ok(Steps { place, steps: place.plan.record(index).steps.iter(), before: input.offset() })
    }

    /// The number of the reader's symbol that stands here.
    ///
    /// # Errors
    /// When it is no enum, or the reader does not know the symbol and has no default.
    pub fn symbol(self, input: &mut Input<'_>) -> Result<usize, Fault> {
        let place = self.settled(input)?;
        let Node::Enum(index) = place.node else { return Err(place.refused(input)) };
        let symbols = place.plan.enumeration(index);
        let number = input.index(symbols.count)?;
        match &symbols.mapped {
            None => Ok(number),
            Some(mapped) => match mapped.get(number) {
                Some(Ok(number)) => Ok(*number as usize),
                Some(Err(reason)) => Err(input.fault(&**reason)),
                None => Err(input.fault("an enum without symbols has no values")),
            },
        }
    }

    /// The items of the array, or the values of the map, that stands here, and the least bytes of each.
    pub(super) fn items(self, input: &mut Input<'_>) -> Result<(Self, usize), Fault> {
        let place = self.settled(input)?;
        let items = match place.node {
            Node::Array(index) => place.plan.array(index),
            Node::Map(index) => place.plan.map(index),
            _ => return Err(place.refused(input)),
        };
        Ok((place.at(items.node), items.size_min))
    }
}

/// The fields of a record, in the writer's order.
#[derive(Debug)]
pub struct Steps<'p> {
    place: Place<'p>,
    steps: slice::Iter<'p, Planned>,
    /// Where the last field of the writer began.
    before: usize,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Step<'p> {
    place: Place<'p>,
    field: u32,
    is_same: bool,
}

impl<'p> Steps<'p> {
    /// The next field that the reader has; what it does not have is passed over.
    ///
    /// # Errors
    /// When what is passed over is malformed.
    #[inline]
    pub fn next(&mut self, input: &mut Input<'_>) -> Result<Option<Step<'p>>, Fault> {
        for step in self.steps.by_ref() {
            if step.again {
                input.seek(self.before);
            }
            self.before = input.offset();
            match step.field {
                Some(field) => {
                    let place = self.place.at(step.node);
                    return Ok(Some(Step { place, field, is_same: step.is_same }));
                }
                None => skip(self.place.plan, input, step.skip)?,
            }
        }
        Ok(None)
    }
}

impl Step<'_> {
    /// The number of the reader's field.
    #[inline]
    #[must_use]
    pub fn field(self) -> u32 {
        self.field
    }

    /// Reads the field: straight where the writer has the same type.
    ///
    /// # Errors
    /// Those of [`AvroDecode`].
    #[inline]
    pub fn read<'de, T: AvroDecode<'de>>(self, input: &mut Input<'de>) -> Result<T, Fault> {
        if self.is_same { T::avro_decode(input) } else { T::avro_resolve(self.place, input) }
    }
}
