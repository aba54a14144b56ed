//! A record told as a sequence, in the order of the type's fields, whatever the order of the record.
//!
//! Where the type wants a field that comes later in the record, what stands before it is passed over and its places are
//! noted; when the type wants it, reading goes back there.

use std::marker::PhantomData;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, SeqAccess, Visitor};

use super::Decoder;
use super::node::NodeReader;
use super::skip::pass_alike;
use crate::codec::DecodeError;
use crate::codec::avro::plan::{Node, Pass, RecordPlan};
use crate::codec::avro::value::ValueReader;

/// Places that are noted in one record, at most.
pub(super) const PLACES_MAX: usize = 64;

/// How each field of a type gets its value, in the order of the type.
#[derive(Debug)]
pub(super) struct Seats {
    seats: Box<[Seat]>,
    /// What the moves pass over.
    stretches: Box<[Stretch]>,
    /// How many places are noted: those that reading goes back to.
    pub(super) places: usize,
    /// What is done behind the last field.
    end: Option<Move>,
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
    /// The field stands where reading is.
    Nothing,
    Move(Move),
    /// Nothing is read: the field gets its default.
    Default(u32),
}

/// How reading gets to where a field stands. The furthest place is the one behind all that was read or passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    /// From the furthest place, over the stretches from the first to before the second.
    Pass(u32, u32),
    /// From the furthest place back to a noted one.
    Leave(u32),
    /// From elsewhere back to a noted place.
    Return(u32),
    /// From elsewhere to the furthest place, then over stretches.
    Resume(u32, u32),
}

/// Steps that lie side by side and are passed over in the same way.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    way: Pass,
    count: usize,
    /// Under which number the place of the first step is noted.
    place: Option<usize>,
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
    let mut route = Route::default();
    let mut seats = Vec::with_capacity(order.len());
    for &field in order {
        let at = record.steps.iter().position(|step| step.field == Some(field));
        let seat = match at.and_then(|at| Some((at, record.steps.get(at)?))) {
            None => {
                let default = record.defaults.iter().position(|default| default.field == field)?;
                Seat { node: Node::Null, field, before: Before::Default(u32::try_from(default).ok()?) }
            }
            Some((at, step)) => {
                let before = route.to(u32::try_from(at).ok()?).map_or(Before::Nothing, Before::Move);
                Seat { node: step.node, field, before }
            }
        };
        seats.push(seat);
    }
    let mut end = route.to(u32::try_from(record.steps.len()).ok()?);
    let mut stretches = Vec::new();
    for way in seats.iter_mut().filter_map(Seat::way).chain(&mut end) {
        if let Move::Pass(from, to) | Move::Resume(from, to) = way {
            let start = u32::try_from(stretches.len()).ok()?;
            route.stretch(record, *from as usize..*to as usize, &mut stretches);
            (*from, *to) = (start, u32::try_from(stretches.len()).ok()?);
        }
    }
    let places = route.noted.len();
    (places <= PLACES_MAX).then(|| Seats { seats: seats.into(), stretches: stretches.into(), places, end })
}

impl Seat {
    fn way(&mut self) -> Option<&mut Move> {
        match &mut self.before {
            Before::Move(way) => Some(way),
            _ => None,
        }
    }
}

/// Where reading is, in steps.
#[derive(Debug, Default)]
struct Route {
    at: u32,
    furthest: u32,
    /// The steps that were gone back to: their places are noted under the numbers that they have here.
    noted: Vec<u32>,
}

impl Route {
    /// The move to a step, which is read then. What is passed over is told in steps.
    fn to(&mut self, step: u32) -> Option<Move> {
        let (at, furthest) = (self.at, self.furthest);
        (self.at, self.furthest) = (step + 1, furthest.max(step + 1));
        if step == at {
            return None;
        }
        let away = at != furthest;
        if step >= furthest {
            return Some(if away { Move::Resume(furthest, step) } else { Move::Pass(furthest, step) });
        }
        let place = u32::try_from(self.noted.len()).unwrap_or(u32::MAX);
        self.noted.push(step);
        Some(if away { Move::Return(place) } else { Move::Leave(place) })
    }

    /// Adds the stretches of steps that are passed over.
    fn stretch(&self, record: &RecordPlan, steps: Range<usize>, stretches: &mut Vec<Stretch>) {
        let start = stretches.len();
        for (way, step) in record.passes.iter().zip(0..).take(steps.end).skip(steps.start) {
            let place = self.noted.iter().position(|noted| *noted == step);
            match stretches.get_mut(start..).and_then(<[Stretch]>::last_mut) {
                Some(last) if place.is_none() && last.way == *way => last.count += 1,
                _ => stretches.push(Stretch { way: *way, count: 1, place }),
            }
        }
    }
}

/// A record as a sequence.
#[derive(Debug)]
pub(super) struct InTurn<'a, 's, 'p, 'de> {
    decoder: &'a mut Decoder<'p, 'de>,
    record: &'s RecordPlan,
    seats: &'s Seats,
    /// The noted places.
    places: &'a mut [usize],
    progress: &'a mut Progress<'s>,
}

/// How far a type has come; it outlives the sequence, which the type takes.
#[derive(Debug, Default)]
struct Progress<'s> {
    /// The seats that are left.
    rest: &'s [Seat],
    /// The furthest place, while reading is elsewhere.
    furthest: usize,
    /// Whether the type wanted more than there are fields.
    is_overdrawn: bool,
}

/// Reads a record as a sequence.
#[inline(always)]
pub(super) fn read<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    record: &RecordPlan,
    seats: &Seats,
    places: &mut [usize],
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let mut progress = Progress { rest: &seats.seats, ..Progress::default() };
    let turns = InTurn { decoder, record, seats, places, progress: &mut progress };
    let mut read = visitor.visit_seq(turns);
    if read.is_ok()
        && let Err(fault) = (InTurn { decoder, record, seats, places, progress: &mut progress }).finish()
    {
        read = Err(fault);
    }
    read
}

impl<'de> InTurn<'_, '_, '_, 'de> {
    /// Ends the record: the type must have taken each field and wanted no more.
    #[inline]
    fn finish(&mut self) -> Result<(), DecodeError> {
        if !self.progress.rest.is_empty() || self.progress.is_overdrawn {
            return Err(self.inexact());
        }
        match self.seats.end {
            None => Ok(()),
            Some(end) => self.go(end),
        }
    }

    #[cold]
    #[inline(never)]
    fn inexact(&self) -> DecodeError {
        self.decoder.input.fault("the type takes its fields in another way than in turn")
    }

    #[inline(never)]
    fn go(&mut self, way: Move) -> Result<(), DecodeError> {
        let input = &mut self.decoder.input;
        match way {
            Move::Pass(from, to) => return self.pass(from, to),
            Move::Leave(place) => {
                self.progress.furthest = input.offset();
                input.seek(self.places.get(place as usize).copied().unwrap_or(usize::MAX));
            }
            Move::Return(place) => input.seek(self.places.get(place as usize).copied().unwrap_or(usize::MAX)),
            Move::Resume(from, to) => {
                input.seek(self.progress.furthest);
                return self.pass(from, to);
            }
        }
        Ok(())
    }

    /// Passes over stretches and notes where they stand.
    fn pass(&mut self, from: u32, to: u32) -> Result<(), DecodeError> {
        let Decoder { plan, input, .. } = &mut *self.decoder;
        for stretch in self.seats.stretches.get(from as usize..to as usize).unwrap_or_default() {
            if let Some(place) = stretch.place.and_then(|place| self.places.get_mut(place)) {
                *place = input.offset();
            }
            pass_alike(plan, input, stretch.way, stretch.count)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn read_elsewhere<T: DeserializeSeed<'de>>(
        &mut self,
        before: Before,
        node: &Node,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        match before {
            Before::Default(default) => return self.default(default, seed),
            Before::Move(way) => self.go(way)?,
            Before::Nothing => {}
        }
        seed.deserialize(NodeReader { decoder: self.decoder, node })
    }

    fn default<T: DeserializeSeed<'de>>(&mut self, default: u32, seed: T) -> Result<T::Value, DecodeError> {
        match self.record.defaults.get(default as usize) {
            Some(default) => seed.deserialize(ValueReader(&default.value)),
            None => Err(self.decoder.input.fault("a field without a value")),
        }
    }

    #[cold]
    #[inline(never)]
    fn misread(&self, fault: DecodeError, field: u32) -> DecodeError {
        let name = self.record.shape.fields.get(field as usize).map_or("", |field| &*field.name);
        fault.at(self.decoder.input.offset()).within(name)
    }
}

impl<'de> SeqAccess<'de> for InTurn<'_, '_, '_, 'de> {
    type Error = DecodeError;

    #[inline(always)]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        let [seat, rest @ ..] = self.progress.rest else {
            self.progress.is_overdrawn = true;
            return Ok(None);
        };
        self.progress.rest = rest;
        let read = match seat.before {
            Before::Nothing => seed.deserialize(NodeReader { decoder: self.decoder, node: &seat.node }),
            before => self.read_elsewhere(before, &seat.node, seed),
        };
        match read {
            Ok(value) => Ok(Some(value)),
            Err(fault) => Err(self.misread(fault, seat.field)),
        }
    }

    #[inline(always)]
    fn next_element<T: Deserialize<'de>>(&mut self) -> Result<Option<T>, DecodeError> {
        self.next_element_seed(PhantomData)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.progress.rest.len())
    }
}
