//! Records: which way a type is told its fields.

use serde::de::Visitor;

use super::fields::{Fields, Telling};
use super::layout::{Found, Key, Layout, Mode};
use super::seats::{self, PLACES_MAX};
use super::{Decoder, Naming};
use crate::codec::DecodeError;
use crate::codec::avro::plan::RecordPlan;

/// As many places are noted in most records, at most.
const PLACES_FEW: usize = 8;

/// Reads a record as a type with named fields.
///
/// Here as below a result is checked where it lies and returned as it is: types with many fields are large, and each
/// `?` on the way out would copy them.
#[inline]
pub(super) fn read<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    index: u32,
    fields: &'static [&'static str],
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let plan = decoder.plan;
    let record = plan.record(index);
    let key = Key::of::<V, V::Value>(fields);
    if let Some(layout) = record.layouts.first(key)
        && let Some(seats) = layout.in_sequence()
        && seats.places == 0
        && decoder.naming == Naming::Learned
    {
        decoder.input.enter()?;
        let read = seats::read(decoder, record, seats, &mut [], visitor);
        if read.is_ok() {
            decoder.input.leave();
        } else {
            decoder.suspect(index, 0);
        }
        return read;
    }
    read_otherwise(decoder, index, (key, fields), visitor)
}

#[inline(never)]
fn read_otherwise<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    index: u32,
    (key, fields): (Key, &'static [&'static str]),
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let plan = decoder.plan;
    let record = plan.record(index);
    let (slot, layout) = match record.layouts.find(key) {
        _ if decoder.naming == Naming::ByName => return by_name(decoder, index, visitor),
        Found::Layout(slot, layout) => (slot, layout),
        Found::Vacant(slot) => return learn(decoder, index, (slot, key, fields), visitor),
        Found::Full => return by_name(decoder, index, visitor),
    };
    let mode = layout.mode();
    decoder.input.enter()?;
    let read = match (mode, &layout.seats) {
        (Mode::Sequence | Mode::TrySequence, Some(seats)) => {
            let (mut few, mut many);
            let places: &mut [usize] = if seats.places <= PLACES_FEW {
                few = [0; PLACES_FEW];
                &mut few
            } else {
                many = [0; PLACES_MAX];
                &mut many
            };
            seats::read(decoder, record, seats, places, visitor)
        }
        (Mode::ByNumber, _) => told(decoder, record, Telling::ByNumber(layout), visitor),
        (Mode::TryNumbers, _) => told(decoder, record, Telling::Trying(layout), visitor),
        _ => told(decoder, record, Telling::ByName, visitor),
    };
    if read.is_ok() {
        decoder.input.leave();
        if matches!(mode, Mode::TryNumbers | Mode::TrySequence) {
            layout.promote();
        }
    } else if mode != Mode::ByName {
        decoder.suspect(index, slot);
    }
    read
}

/// Reads a record for whatever takes names.
#[inline(never)]
pub(super) fn by_name<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    index: u32,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let plan = decoder.plan;
    decoder.input.enter()?;
    let value = told(decoder, plan.record(index), Telling::ByName, visitor)?;
    decoder.input.leave();
    Ok(value)
}

/// Reads a record for a tuple: by the order of the schema.
#[inline(never)]
pub(super) fn in_turn<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    index: u32,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let plan = decoder.plan;
    let record = plan.record(index);
    let order: Vec<u32> = record.shape.fields.iter().zip(0..).map(|(_, at)| at).collect();
    let Some(seats) = seats::seat(record, &order) else {
        return Err(decoder
            .input
            .fault("a tuple cannot take the fields of this record; use a type with named fields"));
    };
    decoder.input.enter()?;
    let mut places = vec![0; seats.places];
    let value = seats::read(decoder, record, &seats, &mut places, visitor)?;
    decoder.input.leave();
    Ok(value)
}

/// Reads the first record of a type.
#[inline(never)]
fn learn<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    index: u32,
    (slot, key, names): (usize, Key, &'static [&'static str]),
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let plan = decoder.plan;
    let record = plan.record(index);
    decoder.input.enter()?;
    let numbers = vec![u64::MAX; record.shape.fields.len()];
    let mut fields = Fields::new(decoder, record, Telling::Learning(Some(numbers)));
    let value = visitor.visit_map(&mut fields)?;
    fields.finish()?;
    let numbers = fields.learned();
    record.layouts.learn(slot, Layout::learned(key, names, record, numbers));
    decoder.input.leave();
    Ok(value)
}

#[inline]
fn told<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'_, 'de>,
    record: &RecordPlan,
    telling: Telling<'_>,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let mut fields = Fields::new(decoder, record, telling);
    let mut read = visitor.visit_map(&mut fields);
    if read.is_ok()
        && let Err(fault) = fields.finish()
    {
        read = Err(fault);
    }
    read
}
