//! The click on an advertisement.

use super::input::Input;
use super::output::appended;
use crate::shape::{
    AdClick, AdClickReader, AdClickReaderRef, AdClickRef, Device, DeviceRef, Os, with_fields,
};

/// Bytes that most records fit in.
const USUAL: usize = 512;

macro_rules! write {
    ([$(($int:ident $_int:literal))*] [$(($low:ident $_low:literal))*] [$(($high:ident $_high:literal))*]
     $value:ident $output:ident) => {
        $output.long($value.event_time);
        $output.bytes($value.user_id.as_bytes());
        $output.long($value.campaign_id);
        $output.long($value.label.into());
        $output.optional_int($value.i1);
        $($output.optional_int($value.$int);)*
        $($output.optional_text($value.$low.as_ref());)*
        $output.optional_text($value.c13.as_ref());
        $($output.optional_text($value.$high.as_ref());)*
    };
}

pub(crate) fn write(value: &AdClick, out: &mut Vec<u8>) {
    appended(out, USUAL, |output| {
        with_fields! { write! value output }
        output.long(value.device.os as i64);
        output.bytes(value.device.browser.as_bytes());
        output.bytes(&value.device.ip_hash);
        if !value.tags.is_empty() {
            output.long(value.tags.len() as i64);
            value.tags.iter().for_each(|tag| output.bytes(tag.as_bytes()));
        }
        output.byte(0);
        if !value.scores.is_empty() {
            output.long(value.scores.len() as i64);
            for (key, score) in &value.scores {
                output.bytes(key.as_bytes());
                output.double(*score);
            }
        }
        output.byte(0);
    });
}

#[inline(always)]
fn os(input: &mut Input<'_>) -> Option<Os> {
    Os::ALL.get(usize::try_from(input.long()?).ok()?).copied()
}

#[inline(always)]
fn owned_text(input: &mut Input<'_>) -> Option<String> {
    input.text().map(str::to_owned)
}

#[inline(always)]
fn owned_device(input: &mut Input<'_>) -> Option<Device> {
    Some(Device { os: os(input)?, browser: owned_text(input)?, ip_hash: input.bytes()?.to_owned() })
}

#[inline(always)]
fn borrowed_device<'de>(input: &mut Input<'de>) -> Option<DeviceRef<'de>> {
    Some(DeviceRef { os: os(input)?, browser: input.text()?, ip_hash: input.bytes()? })
}

// The fields of a struct expression are evaluated as they are written: in the order of the writer schema.
macro_rules! read {
    ([$(($int:ident $_int:literal))*] [$(($low:ident $_low:literal))*] [$(($high:ident $_high:literal))*]
     $target:ident, $input:ident, $text:path, $device:path, $number:ident, [$($c13:ident)?] { $($more:tt)* }) => {{
        let event_time = $input.long()?;
        let user_id = $text(&mut $input)?;
        let campaign_id = $input.long()?;
        let label = $input.$number()?;
        let i1 = $input.optional(Input::$number)?;
        $(let $int = $input.optional(Input::int)?;)*
        $(let $low = $input.optional($text)?;)*
        read!(@thirteenth $input $text $(, $c13)?);
        $(let $high = $input.optional($text)?;)*
        let device = $device(&mut $input)?;
        let tags = $input.list($text)?;
        let scores = $input.map(|input| Some(($text(input)?, input.double()?)))?;
        Some($target {
            event_time, user_id, campaign_id, label, i1, $($int,)* $($low,)* $($c13,)? $($high,)*
            device, tags, scores, $($more)*
        })
    }};
    (@thirteenth $input:ident $text:path) => { $input.optional(Input::bytes)?; };
    (@thirteenth $input:ident $text:path, $c13:ident) => { let $c13 = $input.optional($text)?; };
}

pub(crate) fn read(bytes: &[u8]) -> Option<AdClick> {
    let mut input = Input::new(bytes);
    with_fields! { read! AdClick, input, owned_text, owned_device, int, [c13] {} }
}

pub(crate) fn read_borrowed(bytes: &[u8]) -> Option<AdClickRef<'_>> {
    let mut input = Input::new(bytes);
    with_fields! { read! AdClickRef, input, Input::text, borrowed_device, int, [c13] {} }
}

pub(crate) fn read_reader(bytes: &[u8]) -> Option<AdClickReader> {
    let mut input = Input::new(bytes);
    with_fields! { read! AdClickReader, input, owned_text, owned_device, long, [] { bid_micros: 7, } }
}

pub(crate) fn read_reader_borrowed(bytes: &[u8]) -> Option<AdClickReaderRef<'_>> {
    let mut input = Input::new(bytes);
    with_fields! { read! AdClickReaderRef, input, Input::text, borrowed_device, long, [] { bid_micros: 7, } }
}

macro_rules! read_into {
    ([$(($int:ident $_int:literal))*] [$(($low:ident $_low:literal))*] [$(($high:ident $_high:literal))*]
     $value:ident $input:ident) => {
        $value.event_time = $input.long()?;
        $input.text_into(&mut $value.user_id)?;
        $value.campaign_id = $input.long()?;
        $value.label = $input.int()?;
        $value.i1 = $input.optional(Input::int)?;
        $($value.$int = $input.optional(Input::int)?;)*
        $($input.optional_text_into(&mut $value.$low)?;)*
        $input.optional_text_into(&mut $value.c13)?;
        $($input.optional_text_into(&mut $value.$high)?;)*
    };
}

pub(crate) fn read_into(bytes: &[u8], value: &mut AdClick) -> Option<()> {
    let mut input = Input::new(bytes);
    with_fields! { read_into! value input }
    value.device.os = os(&mut input)?;
    input.text_into(&mut value.device.browser)?;
    let hash = input.bytes()?;
    value.device.ip_hash.clear();
    value.device.ip_hash.extend_from_slice(hash);
    let mut count = 0;
    let tags = &mut value.tags;
    input.items(|input, block| {
        for _ in 0..block {
            match tags.get_mut(count) {
                Some(tag) => input.text_into(tag)?,
                None => tags.push(owned_text(input)?),
            }
            count += 1;
        }
        Some(())
    })?;
    value.tags.truncate(count);
    value.scores = input.map(|input| Some((owned_text(input)?, input.double()?)))?;
    Some(())
}
