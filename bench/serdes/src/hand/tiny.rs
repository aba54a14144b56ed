//! The tiny record.

use super::input::Input;
use super::output::{LENGTH_MAX, LONG_MAX, reserved};
use crate::shape::{Tiny, TinyReader, TinyRef};

pub(crate) fn write(value: &Tiny, out: &mut Vec<u8>) {
    let bound = LONG_MAX + LENGTH_MAX + value.name.len() + 8;
    reserved(out, bound, |output| {
        output.long(value.id);
        output.bytes(value.name.as_bytes());
        output.double(value.price);
    });
}

pub(crate) fn read(bytes: &[u8]) -> Option<Tiny> {
    let TinyRef { id, name, price } = read_borrowed(bytes)?;
    Some(Tiny { id, name: name.to_owned(), price })
}

pub(crate) fn read_borrowed(bytes: &[u8]) -> Option<TinyRef<'_>> {
    let mut input = Input::new(bytes);
    Some(TinyRef { id: input.long()?, name: input.text()?, price: input.double()? })
}

pub(crate) fn read_into(bytes: &[u8], value: &mut Tiny) -> Option<()> {
    let mut input = Input::new(bytes);
    value.id = input.long()?;
    input.text_into(&mut value.name)?;
    value.price = input.double()?;
    Some(())
}

pub(crate) fn read_reader(bytes: &[u8]) -> Option<TinyReader> {
    let mut input = Input::new(bytes);
    let id = input.long()?;
    input.bytes()?;
    Some(TinyReader { price: input.double()?, id, qty: 1 })
}
