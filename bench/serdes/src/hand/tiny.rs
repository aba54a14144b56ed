//! The tiny record.

use super::input::Input;
use super::output::appended;
use crate::shape::{Tiny, TinyReader, TinyRef};

/// Bytes that most records fit in.
const USUAL: usize = 64;

pub(crate) fn write(value: &Tiny, out: &mut Vec<u8>) {
    appended(out, USUAL, |output| {
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
