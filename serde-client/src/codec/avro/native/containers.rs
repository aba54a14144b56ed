//! Reading types that hold others.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use super::decode::AvroDecode;
use super::resolve::Place;
use crate::codec::DecodeError;
use crate::codec::avro::Input;
use crate::codec::avro::plan::Node;

/// Borrows from the record.
impl<'de, T: ToOwned + ?Sized> AvroDecode<'de> for Cow<'de, T>
where
    &'de T: AvroDecode<'de>,
{
    const WIRE_MIN: usize = <&'de T>::WIRE_MIN;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        <&'de T>::avro_decode(input).map(Cow::Borrowed)
    }

    #[inline]
    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        <&'de T>::avro_resolve(place, input).map(Cow::Borrowed)
    }
}

impl<'de, T: AvroDecode<'de>> AvroDecode<'de> for Box<T> {
    // A type may hold itself in a box.
    const WIRE_MIN: usize = 0;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        T::avro_decode(input).map(Self::new)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), DecodeError> {
        (**self).avro_decode_into(input)
    }

    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        T::avro_resolve(place, input).map(Self::new)
    }
}

impl<'de, L, T: AvroDecode<'de, L>> AvroDecode<'de, L> for Option<T> {
    const WIRE_MIN: usize = 1;

    #[inline(always)]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        match input.index(2)? {
            0 => Ok(None),
            _ => T::avro_decode(input).map(Some),
        }
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), DecodeError> {
        match (input.index(2)?, self.as_mut()) {
            (0, _) => *self = None,
            (_, Some(value)) => value.avro_decode_into(input)?,
            (_, None) => *self = Some(T::avro_decode(input)?),
        }
        Ok(())
    }

    #[inline]
    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let place = place.settled(input)?;
        match place.node() {
            Node::Null => Ok(None),
            _ => T::avro_resolve(place, input).map(Some),
        }
    }
}

impl<'de, L, T: AvroDecode<'de, L>> AvroDecode<'de, L> for Vec<T> {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let mut list = Self::new();
        T::avro_decode_list_into(&mut list, input)?;
        Ok(list)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), DecodeError> {
        T::avro_decode_list_into(self, input)
    }

    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        T::avro_resolve_list(place, input)
    }
}

/// Reads the entries of a map, block by block. `read` reads a value, which takes at least `size_min` bytes with its key.
#[inline]
fn entries<'de, K: AvroDecode<'de>, T>(
    input: &mut Input<'de>,
    size_min: usize,
    read: impl Fn(&mut Input<'de>) -> Result<T, DecodeError>,
    mut insert: impl FnMut(K, T),
) -> Result<(), DecodeError> {
    loop {
        let block = input.block(size_min)?;
        if block.count == 0 {
            return Ok(());
        }
        for _ in 0..block.count {
            let before = input.offset();
            let key = K::avro_decode(input)?;
            match read(input) {
                Ok(value) => insert(key, value),
                Err(fault) => return Err(within_key(before, input, fault)),
            }
        }
    }
}

/// Names the entry that an error happened in: its key is read again.
#[cold]
fn within_key(before: usize, input: &Input<'_>, fault: DecodeError) -> DecodeError {
    let fault = fault.at(input.offset());
    let mut again = input.clone();
    again.seek(before);
    match again.string() {
        Ok(key) => fault.within(key),
        Err(_) => fault,
    }
}

impl<'de, L, K: AvroDecode<'de> + Ord, T: AvroDecode<'de, L>> AvroDecode<'de, L> for BTreeMap<K, T> {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let mut map = Self::new();
        entries(input, 1 + T::WIRE_MIN, T::avro_decode, |key, value| drop(map.insert(key, value)))?;
        Ok(map)
    }

    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let (place, size_min) = place.items(input)?;
        let mut map = Self::new();
        let read = |input: &mut Input<'de>| T::avro_resolve(place, input);
        entries(input, size_min, read, |key, value| drop(map.insert(key, value)))?;
        Ok(map)
    }
}

impl<'de, L, K, T, S> AvroDecode<'de, L> for HashMap<K, T, S>
where
    K: AvroDecode<'de> + Eq + Hash,
    T: AvroDecode<'de, L>,
    S: BuildHasher + Default,
{
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let mut map = Self::default();
        map.avro_decode_into(input)?;
        Ok(map)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), DecodeError> {
        self.clear();
        entries(input, 1 + T::WIRE_MIN, T::avro_decode, |key, value| drop(self.insert(key, value)))
    }

    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let (place, size_min) = place.items(input)?;
        let mut map = Self::default();
        let read = |input: &mut Input<'de>| T::avro_resolve(place, input);
        entries(input, size_min, read, |key, value| drop(map.insert(key, value)))?;
        Ok(map)
    }
}
