//! Reading a Rust type by its own schema.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::mem::size_of;

use crate::codec::avro::{Fault, Input};

/// Memory that is reserved for the items of a block before the first of them was read, in bytes.
const RESERVATION_MAX: usize = 64 << 10;

/// A Rust type that reads itself from what its own schema wrote. It may borrow from the record.
pub trait AvroDecode<'de>: Sized {
    /// Bytes that a value takes on the wire at least.
    const WIRE_MIN: usize;

    /// Reads a value.
    ///
    /// # Errors
    /// [`Fault`] with the path of the field for whatever the bytes hold.
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault>;

    /// Reads a value into an existing one, with the memory that it has.
    ///
    /// # Errors
    /// As [`AvroDecode::avro_decode`]; the value is then partly overwritten.
    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), Fault> {
        *self = Self::avro_decode(input)?;
        Ok(())
    }

    /// Reads a list of these into an existing one.
    ///
    /// # Errors
    /// Those of [`AvroDecode::avro_decode`], with the position in the path.
    #[doc(hidden)]
    #[inline]
    fn avro_decode_list_into(list: &mut Vec<Self>, input: &mut Input<'de>) -> Result<(), Fault> {
        let mut length = 0;
        loop {
            let count = items::<Self>(input)?;
            if count == 0 {
                list.truncate(length);
                return Ok(());
            }
            list.reserve((length + count).saturating_sub(list.len()).min(reservation::<Self>()));
            for _ in 0..count {
                let read = match list.get_mut(length) {
                    Some(item) => item.avro_decode_into(input),
                    None => Self::avro_decode(input).map(|item| list.push(item)),
                };
                read.map_err(|fault| fault.within(length))?;
                length += 1;
            }
        }
    }
}

/// The number of items in the next block, checked against the bytes or the memory that they take.
#[inline]
fn items<'de, T: AvroDecode<'de>>(input: &mut Input<'de>) -> Result<usize, Fault> {
    let count = input.block(T::WIRE_MIN)?.count;
    if T::WIRE_MIN == 0 {
        input.charge(count, size_of::<T>())?;
    }
    Ok(count)
}

/// So many items are reserved at once.
#[inline]
fn reservation<T>() -> usize {
    RESERVATION_MAX / size_of::<T>().max(1)
}

macro_rules! scalars {
    ($($type:ty: $method:ident, $min:literal;)*) => {$(
        impl<'de> AvroDecode<'de> for $type {
            const WIRE_MIN: usize = $min;

            #[inline]
            fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
                input.$method()
            }
        }
    )*};
}

scalars! {
    bool: boolean, 1;
    i32: int, 1;
    i64: long, 1;
    f32: float, 4;
    f64: double, 8;
    &'de str: string, 1;
    &'de [u8]: bytes, 1;
}

macro_rules! narrow {
    ($($type:ty: $method:ident, $bits:literal;)*) => {$(
        impl<'de> AvroDecode<'de> for $type {
            const WIRE_MIN: usize = 1;

            #[inline]
            fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
                let value = input.$method()?;
                Self::try_from(value).map_err(|_| input.fault(format!(concat!("{} is outside ", $bits), value)))
            }
        }
    )*};
}

narrow! {
    i8: int, "8 bits with a sign";
    i16: int, "16 bits with a sign";
    u16: int, "16 bits without a sign";
    u32: long, "32 bits without a sign";
}

/// As an item of a list, a byte of `bytes`.
impl<'de> AvroDecode<'de> for u8 {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        let value = input.int()?;
        Self::try_from(value).map_err(|_| input.fault(format!("{value} is outside 8 bits without a sign")))
    }

    #[inline]
    fn avro_decode_list_into(list: &mut Vec<Self>, input: &mut Input<'de>) -> Result<(), Fault> {
        let bytes = input.bytes()?;
        list.clear();
        list.extend_from_slice(bytes);
        Ok(())
    }
}

/// A `null`, which takes no bytes.
impl<'de> AvroDecode<'de> for () {
    const WIRE_MIN: usize = 0;

    #[inline]
    fn avro_decode(_input: &mut Input<'de>) -> Result<Self, Fault> {
        Ok(())
    }
}

impl<'de> AvroDecode<'de> for String {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        input.string().map(str::to_owned)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), Fault> {
        let text = input.string()?;
        self.clear();
        self.push_str(text);
        Ok(())
    }
}

/// A `fixed`.
impl<'de, const N: usize> AvroDecode<'de> for [u8; N] {
    const WIRE_MIN: usize = N;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        let bytes = input.raw(N)?;
        Self::try_from(bytes).map_err(|_| input.fault("a fixed is cut off"))
    }
}

/// Borrows from the record.
impl<'de, T: ToOwned + ?Sized> AvroDecode<'de> for Cow<'de, T>
where
    &'de T: AvroDecode<'de>,
{
    const WIRE_MIN: usize = <&'de T>::WIRE_MIN;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        <&'de T>::avro_decode(input).map(Cow::Borrowed)
    }
}

impl<'de, T: AvroDecode<'de>> AvroDecode<'de> for Box<T> {
    // A type may hold itself in a box.
    const WIRE_MIN: usize = 0;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        T::avro_decode(input).map(Self::new)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), Fault> {
        (**self).avro_decode_into(input)
    }
}

impl<'de, T: AvroDecode<'de>> AvroDecode<'de> for Option<T> {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        match input.index(2)? {
            0 => Ok(None),
            _ => T::avro_decode(input).map(Some),
        }
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), Fault> {
        match (input.index(2)?, self.as_mut()) {
            (0, _) => *self = None,
            (_, Some(value)) => value.avro_decode_into(input)?,
            (_, None) => *self = Some(T::avro_decode(input)?),
        }
        Ok(())
    }
}

impl<'de, T: AvroDecode<'de>> AvroDecode<'de> for Vec<T> {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        let mut list = Self::new();
        T::avro_decode_list_into(&mut list, input)?;
        Ok(list)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), Fault> {
        T::avro_decode_list_into(self, input)
    }
}

/// Reads the entries of a map, block by block.
#[inline]
fn entries<'de, K: AvroDecode<'de>, T: AvroDecode<'de>>(
    input: &mut Input<'de>,
    mut insert: impl FnMut(K, T),
) -> Result<(), Fault> {
    loop {
        let block = input.block(1 + T::WIRE_MIN)?;
        if block.count == 0 {
            return Ok(());
        }
        for _ in 0..block.count {
            let before = input.rest();
            let key = K::avro_decode(input)?;
            match T::avro_decode(input) {
                Ok(value) => insert(key, value),
                Err(fault) => return Err(within_key(before, input, fault)),
            }
        }
    }
}

/// Names the entry that an error happened in: the key was given away by then, so it is read again.
#[cold]
fn within_key<'de>(before: &'de [u8], input: &Input<'de>, fault: Fault) -> Fault {
    let mut again = input.clone();
    again.seek(before);
    match again.string() {
        Ok(key) => fault.within(key),
        Err(_) => fault,
    }
}

impl<'de, K: AvroDecode<'de> + Ord, T: AvroDecode<'de>> AvroDecode<'de> for BTreeMap<K, T> {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        let mut map = Self::new();
        entries(input, |key, value| drop(map.insert(key, value)))?;
        Ok(map)
    }
}

impl<'de, K, T, S> AvroDecode<'de> for HashMap<K, T, S>
where
    K: AvroDecode<'de> + Eq + Hash,
    T: AvroDecode<'de>,
    S: BuildHasher + Default,
{
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, Fault> {
        let mut map = Self::default();
        entries(input, |key, value| drop(map.insert(key, value)))?;
        Ok(map)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), Fault> {
        self.clear();
        entries(input, |key, value| drop(self.insert(key, value)))
    }
}
