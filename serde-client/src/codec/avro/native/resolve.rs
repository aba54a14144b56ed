//! Reading by a plan what another schema wrote.

use super::decode::AvroDecode;
use super::own::Own;
use super::schema::AvroSchema;
use crate::codec::avro::de::skip::skip;
use crate::codec::avro::plan::{Node, Plan, RecordPlan, Step};
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

    /// The fields of the record that stands here, for a type that has `N`.
    ///
    /// # Errors
    /// When it is no record, nests too deeply, or has a field that is malformed.
    #[inline]
    pub fn record<const N: usize>(self, input: &mut Input<'_>) -> Result<Fields<'p, N>, Fault> {
        let place = self.settled(input)?;
        let Node::Record(index) = place.node else { return Err(place.refused(input)) };
        input.enter()?;
        Fields::found(place.plan, place.plan.record(index), input)
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

/// Where each of the reader's fields stands in a record.
///
/// The record is passed over once to find them; then code without branches reads them in the type's own order. That is
/// faster than filling places in the writer's order, which takes a jump and two moves for each field.
#[derive(Debug)]
pub struct Fields<'p, const N: usize> {
    plan: &'p Plan,
    steps: &'p [Step],
    found: [Found; N],
    end: usize,
}

/// Where a field begins, and the number of its step plus one; zero where the writer does not have it.
type Found = (u32, u32);

impl<'p, const N: usize> Fields<'p, N> {
    fn found(plan: &'p Plan, record: &'p RecordPlan, input: &mut Input<'_>) -> Result<Self, Fault> {
        let mut found = [(0, 0); N];
        let mut before = 0;
        for (number, step) in (1..).zip(&record.steps) {
            if !step.again {
                let offset = u32::try_from(input.offset());
                before = offset.map_err(|_| input.fault("a record of more than 4 GiB"))?;
                skip(plan, input, step.skip).map_err(|fault| record.within(step, fault))?;
            }
            if let Some(place) = step.field.and_then(|field| found.get_mut(field as usize)) {
                *place = (before, number);
            }
        }
        Ok(Self { plan, steps: &record.steps, found, end: input.offset() })
    }

    /// Reads a field: straight where the writer has the same type, its default where the writer does not have it.
    ///
    /// # Errors
    /// Those of [`AvroDecode`].
    #[inline]
    pub fn read<'de, T: AvroDecode<'de>>(
        &self,
        field: u32,
        own: fn() -> &'static Own,
        input: &mut Input<'de>,
    ) -> Result<T, Fault> {
        let (offset, number) = self.found.get(field as usize).copied().unwrap_or_default();
        let Some(step) = (number as usize).checked_sub(1).and_then(|at| self.steps.get(at)) else {
            return own().default(field);
        };
        input.seek(offset as usize);
        if step.is_same { T::avro_decode(input) } else { self.resolved(step.node, input) }
    }

    /// Few fields are of another type: code for them should not lie between that for the others.
    #[inline(never)]
    fn resolved<'de, T: AvroDecode<'de>>(&self, node: Node, input: &mut Input<'de>) -> Result<T, Fault> {
        T::avro_resolve(Place { plan: self.plan, node }, input)
    }

    /// Goes on behind the record.
    #[inline]
    pub fn end(self, input: &mut Input<'_>) {
        input.seek(self.end);
        input.leave();
    }
}
