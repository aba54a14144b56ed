//! Reading by a plan what another schema wrote.

use std::mem;

use super::decode::AvroDecode;
use super::schema::AvroSchema;
use crate::codec::DecodeError;
use crate::codec::avro::Input;
use crate::codec::avro::de::skip::pass;
use crate::codec::avro::plan::{Node, Pass, Plan, RecordPlan, Step, Turn};

/// A place in a record, with how what stands there is to be read.
#[doc(hidden)]
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
    #[inline]
    pub fn settled(self, input: &mut Input<'_>) -> Result<Self, DecodeError> {
        match self.node {
            Node::Optional(_) | Node::Union(_) => self.settled_in_unions(input),
            _ => Ok(self),
        }
    }

    #[inline(never)]
    fn settled_in_unions(self, input: &mut Input<'_>) -> Result<Self, DecodeError> {
        self.plan.branch(&self.node, input).map(|branch| self.at(*branch))
    }

    /// Why what stands here cannot be read.
    #[cold]
    pub fn refused(self, input: &Input<'_>) -> DecodeError {
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

    /// The way through the record that stands here.
    ///
    /// # Errors
    /// When it is no record, or nests too deeply.
    #[inline]
    pub fn record(self, input: &mut Input<'_>) -> Result<Steps<'p>, DecodeError> {
        let place = self.settled(input)?;
        let Node::Record(index) = place.node else { return Err(place.refused(input)) };
        input.enter()?;
        let record = place.plan.record(index);
        Ok(Steps { plan: place.plan, record, start: input.offset(), next: 0 })
    }

    /// The number of the reader's symbol that stands here.
    ///
    /// # Errors
    /// When it is no enum, or the reader does not know the symbol and has no default.
    pub fn symbol(self, input: &mut Input<'_>) -> Result<usize, DecodeError> {
        let place = self.settled(input)?;
        let Node::Enum(index) = place.node else { return Err(place.refused(input)) };
        place.plan.symbol(index, input).map(|number| number as usize)
    }

    /// The items of the array, or the values of the map, that stands here, and the least bytes of each.
    pub(super) fn items(self, input: &mut Input<'_>) -> Result<(Self, usize), DecodeError> {
        let place = self.settled(input)?;
        let items = match place.node {
            Node::Array(index) => place.plan.array(index),
            Node::Map(index) => place.plan.map(index),
            _ => return Err(place.refused(input)),
        };
        Ok((place.at(items.node), items.size_min))
    }
}

/// The way through a record of the writer, field by field.
///
/// Code for a type asks for each of its fields in turn whether it is the next one, so fields that stand in the type's own
/// order are read without a jump and without a look here; another order takes the code more than once through its fields.
#[doc(hidden)]
#[derive(Debug)]
pub struct Steps<'p> {
    plan: &'p Plan,
    record: &'p RecordPlan,
    /// Where the record begins.
    start: usize,
    /// The step behind the current one.
    next: usize,
}

impl<'p> Steps<'p> {
    /// Added to the number of a field whose type is not the writer's: it is read by [`Steps::resolved`].
    pub const OTHER: u32 = Turn::OTHER;
    /// Instead of a number: there is no field left.
    pub const END: u32 = Turn::END;

    /// Goes to the next field of the writer that the type has, and says its number in the type, and the number behind the
    /// fields from it on that are read in turn.
    ///
    /// # Errors
    /// When a field that the type does not have is malformed.
    #[inline(never)]
    pub fn next(&mut self, input: &mut Input<'_>) -> Result<(u32, u32), DecodeError> {
        let Some(turn) = self.record.turns.get(self.next) else { return Ok((Self::END, Self::END)) };
        match turn.field() {
            Some(field) => {
                self.next += if field < Self::OTHER { (turn.end - field) as usize } else { 1 };
                Ok((field, turn.end))
            }
            None => self.look(input).map(|field| (field, field.wrapping_add(1))),
        }
    }

    /// Passes over what the type does not have, and goes back for what it reads more than once.
    #[cold]
    #[inline(never)]
    fn look(&mut self, input: &mut Input<'_>) -> Result<u32, DecodeError> {
        while let (Some(step), Some(way)) =
            (self.record.steps.get(self.next), self.record.passes.get(self.next))
        {
            if step.again {
                self.go_back(input)?;
            }
            self.next += 1;
            if let Some(field) = step.field {
                return Ok(field | Turn::kind(step));
            }
            self.pass(step, *way, input)?;
        }
        Ok(Self::END)
    }

    /// Goes to the beginning of the field before the next step.
    fn go_back(&self, input: &mut Input<'_>) -> Result<(), DecodeError> {
        input.seek(self.start);
        let before = self.record.steps.get(..self.next).unwrap_or_default();
        let written = before.iter().rposition(|step| !step.again).unwrap_or_default();
        let mut passed = before.iter().zip(&self.record.passes).take(written).filter(|(step, _)| !step.again);
        passed.try_for_each(|(step, way)| self.pass(step, *way, input))
    }

    fn pass(&self, step: &Step, way: Pass, input: &mut Input<'_>) -> Result<(), DecodeError> {
        pass(self.plan, input, way).map_err(|fault| self.record.within(step, fault))
    }

    /// The type's fields that the writer does not have.
    #[inline]
    pub fn absent(&self) -> impl Iterator<Item = u32> + use<'p> {
        self.record.defaults.iter().map(|default| default.field)
    }

    /// Reads the current field, whose type is not the writer's.
    ///
    /// # Errors
    /// Those of [`AvroDecode`].
    #[inline(never)]
    pub fn resolved<'de, L, T: AvroDecode<'de, L>>(&self, input: &mut Input<'de>) -> Result<T, DecodeError> {
        let step = self.next.checked_sub(1).and_then(|at| self.record.steps.get(at));
        let node = step.map_or(Node::Null, |step| step.node);
        T::avro_resolve(Place { plan: self.plan, node }, input)
    }
}

/// Puts a value into a slot, which is empty: there is nothing to drop.
#[doc(hidden)]
#[inline(always)]
pub fn put<T>(slot: &mut Option<T>, value: Option<T>) {
    mem::forget(mem::replace(slot, value));
}

/// Calls what fills `slots`, apart: a compiler that sees both the slots and the way through the fields keeps the slots in
/// registers, and writes the code for every way that they can be filled.
///
/// # Errors
/// Those of `fill`.
#[doc(hidden)]
#[inline(never)]
pub fn apart<S>(
    slots: &mut S,
    fill: impl FnOnce(&mut S) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    fill(slots)
}
