//! A record told as a sequence, in the order of the type's fields, whatever the order of the record.
//!
//! Where the type wants a field that comes later in the record, what stands before it is passed over and its places are
//! noted; when the type wants it, reading goes back there.

use serde::de::{DeserializeSeed, SeqAccess};

use super::Decoder;
use super::node::NodeReader;
use super::skip::skip;
use crate::codec::avro::fault::Fault;
use crate::codec::avro::plan::{Node, RecordPlan};
use crate::codec::avro::value::ValueReader;

/// Places that are noted in one record, at most.
pub(super) const PLACES_MAX: usize = 64;

/// How each field of a type gets its value, in the order of the type.
#[derive(Debug)]
pub(super) struct Seats {
    seats: Box<[Seat]>,
    /// Whether places are noted.
    pub(super) jumps: bool,
    /// The first step that no field has passed.
    end: usize,
}

#[derive(Clone, Copy, Debug)]
struct Seat {
    node: Node,
    /// The field of the record, for messages.
    field: u32,
    before: Before,
}

/// What is done before a field is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    /// Passing over the steps from the first to before the second.
    Pass(u32, u32),
    /// Going back to the place of a step.
    Return(u32),
    /// Nothing is read: the field gets its default.
    Default(u32),
}

/// Seats a type: `None` when not all of its names are fields of the record, or they are not in the order of `numbers`.
pub(super) fn assign(fields: &[&str], record: &RecordPlan, numbers: &[u64]) -> Option<Seats> {
    let mut order = vec![None; fields.len()];
    for (at, field) in record.shape.fields.iter().enumerate() {
        let number = usize::try_from(*numbers.get(at)?).ok()?;
        if fields.contains(&&*field.name) {
            if fields.get(number) != Some(&&*field.name) {
                return None;
            }
            *order.get_mut(number)? = u32::try_from(at).ok();
        }
    }
    let order: Option<Vec<u32>> = order.into_iter().collect();
    seat(record, &order?)
}

/// Seats the fields of a record in an order.
pub(super) fn seat(record: &RecordPlan, order: &[u32]) -> Option<Seats> {
    if record.steps.iter().any(|step| step.again) {
        return None;
    }
    let mut passed = 0_usize;
    let mut jumps = false;
    let mut seats = Vec::with_capacity(order.len());
    for &field in order {
        let at = record.steps.iter().position(|step| step.field == Some(field));
        let seat = match at.and_then(|at| Some((at, record.steps.get(at)?))) {
            None => {
                let default = record.defaults.iter().position(|default| default.field == field)?;
                Seat { node: Node::Null, field, before: Before::Default(u32::try_from(default).ok()?) }
            }
            Some((at, step)) => {
                let before = if at < passed {
                    jumps = true;
                    Before::Return(u32::try_from(at).ok()?)
                } else if at == passed {
                    Before::Nothing
                } else {
                    Before::Pass(u32::try_from(passed).ok()?, u32::try_from(at).ok()?)
                };
                passed = passed.max(at + 1);
                Seat { node: step.node, field, before }
            }
        };
        seats.push(seat);
    }
    (!jumps || record.steps.len() <= PLACES_MAX).then(|| Seats { seats: seats.into(), jumps, end: passed })
}

/// A record as a sequence.
#[derive(Debug)]
pub(super) struct InTurn<'a, 'p, 'de> {
    decoder: &'a mut Decoder<'p, 'de>,
    record: &'a RecordPlan,
    seats: &'a Seats,
    /// By step, where it stands; empty when nothing is noted.
    places: &'a mut [usize],
    at: usize,
    /// Whether the type wanted more than there are fields.
    is_overdrawn: bool,
}

impl<'a, 'p, 'de> InTurn<'a, 'p, 'de> {
    #[inline]
    pub(super) fn new(
        decoder: &'a mut Decoder<'p, 'de>,
        record: &'a RecordPlan,
        seats: &'a Seats,
        places: &'a mut [usize],
    ) -> Self {
        Self { decoder, record, seats, places, at: 0, is_overdrawn: false }
    }

    /// Whether the type took each field and no more.
    pub(super) fn is_exact(&self) -> bool {
        self.at == self.seats.seats.len() && !self.is_overdrawn
    }

    /// Passes over what no field took.
    #[inline]
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        if self.at != self.seats.seats.len() {
            return Err(self.decoder.input.fault("the type left fields unread"));
        }
        if self.seats.end != self.record.steps.len() {
            self.pass(self.seats.end, self.record.steps.len())
        } else {
            Ok(())
        }
    }

    #[inline(never)]
    fn pass(&mut self, from: usize, to: usize) -> Result<(), Fault> {
        for at in from..to {
            if let Some(place) = self.places.get_mut(at) {
                *place = self.decoder.input.offset();
            }
            if let Some(step) = self.record.steps.get(at) {
                skip(self.decoder.plan, &mut self.decoder.input, step.skip)?;
            }
        }
        Ok(())
    }

    fn go_back<T: DeserializeSeed<'de>>(
        &mut self,
        step: u32,
        node: Node,
        seed: T,
    ) -> Result<T::Value, Fault> {
        let ahead = self.decoder.input.offset();
        self.decoder.input.seek(self.places.get(step as usize).copied().unwrap_or(usize::MAX));
        let value = seed.deserialize(NodeReader { decoder: self.decoder, node })?;
        self.decoder.input.seek(ahead);
        Ok(value)
    }

    fn default<T: DeserializeSeed<'de>>(&mut self, default: u32, seed: T) -> Result<T::Value, Fault> {
        match self.record.defaults.get(default as usize) {
            Some(default) => seed.deserialize(ValueReader(&default.value)),
            None => Err(self.decoder.input.fault("a field without a value")),
        }
    }

    #[cold]
    #[inline(never)]
    fn misread(&self, fault: Fault, field: u32) -> Fault {
        let name = self.record.shape.fields.get(field as usize).map_or("", |field| &*field.name);
        fault.at(self.decoder.input.offset()).within(name)
    }
}

impl<'de> SeqAccess<'de> for InTurn<'_, '_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(seat) = self.seats.seats.get(self.at) else {
            self.is_overdrawn = true;
            return Ok(None);
        };
        self.at += 1;
        let read = match seat.before {
            Before::Nothing => seed.deserialize(NodeReader { decoder: self.decoder, node: seat.node }),
            Before::Pass(from, to) => match self.pass(from as usize, to as usize) {
                Ok(()) => seed.deserialize(NodeReader { decoder: self.decoder, node: seat.node }),
                Err(fault) => Err(fault),
            },
            Before::Return(step) => self.go_back(step, seat.node, seed),
            Before::Default(default) => self.default(default, seed),
        };
        match read {
            Ok(value) => Ok(Some(value)),
            Err(fault) => Err(self.misread(fault, seat.field)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.seats.seats.len() - self.at)
    }
}
