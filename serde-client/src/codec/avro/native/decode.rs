//! Reading a Rust type by its own schema.

use std::mem::size_of;

use super::logical::Plain;
use super::resolve::Place;
use crate::codec::DecodeError;
use crate::codec::avro::Input;
use crate::codec::avro::plan::Node;

/// Memory that is reserved for the items of a block before the first of them was read, in bytes.
const RESERVATION_MAX: usize = 64 << 10;

/// A Rust type that reads itself from what its own schema wrote, as it is or as the logical type `L`. It may borrow from the
/// record.
///
/// ```
/// use serde_client::AvroRecord;
/// use serde_client::codec::Limits;
/// use serde_client::codec::avro::Input;
/// use serde_client::codec::avro::native::AvroDecode;
///
/// #[derive(AvroRecord)]
/// struct Click<'a> {
///     id: i64,
///     url: &'a str,
/// }
///
/// let mut input = Input::new(&[14, 2, b'/'], Limits::default());
/// let click = <Click<'_> as AvroDecode<'_>>::avro_decode(&mut input)?;
/// assert_eq!((click.id, click.url), (7, "/"));
/// assert_eq!(<Click<'_> as AvroDecode<'_>>::WIRE_MIN, 2, "a short number, and the length of a text");
/// # Ok::<_, serde_client::codec::DecodeError>(())
/// ```
pub trait AvroDecode<'de, L = Plain>: Sized {
    /// Bytes that a value takes on the wire at least.
    const WIRE_MIN: usize;

    /// Reads a value.
    ///
    /// # Errors
    /// [`DecodeError`] with the path of the field for whatever the bytes hold.
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError>;

    /// Reads a value into an existing one, with the memory that it has.
    ///
    /// # Errors
    /// As [`AvroDecode::avro_decode`]; the value is then partly overwritten.
    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), DecodeError> {
        *self = Self::avro_decode(input)?;
        Ok(())
    }

    /// Reads what another schema wrote, by the plan for the two.
    ///
    /// # Errors
    /// As [`AvroDecode::avro_decode`], and when the plan says that what stands there cannot be read.
    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError>;

    /// Reads a list of these that another schema wrote.
    ///
    /// # Errors
    /// As [`AvroDecode::avro_resolve`].
    #[doc(hidden)]
    fn avro_resolve_list(place: Place<'_>, input: &mut Input<'de>) -> Result<Vec<Self>, DecodeError> {
        let (place, size_min) = place.items(input)?;
        let mut list = Vec::new();
        loop {
            let count = input.block(size_min)?.count;
            if count == 0 {
                return Ok(list);
            }
            if size_min == 0 {
                input.charge(count, size_of::<Self>())?;
            }
            list.reserve(count.min(reservation::<Self>()));
            for _ in 0..count {
                let length = list.len();
                list.push(Self::avro_resolve(place, input).map_err(|fault| fault.within(length))?);
            }
        }
    }

    /// Reads a list of these into an existing one.
    ///
    /// # Errors
    /// Those of [`AvroDecode::avro_decode`], with the position in the path.
    #[doc(hidden)]
    #[inline]
    fn avro_decode_list_into(list: &mut Vec<Self>, input: &mut Input<'de>) -> Result<(), DecodeError> {
        let mut length = 0;
        loop {
            let count = items::<L, Self>(input)?;
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
fn items<'de, L, T: AvroDecode<'de, L>>(input: &mut Input<'de>) -> Result<usize, DecodeError> {
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
    ($($type:ty: $method:ident, $min:literal, { $($node:pat => $read:ident $(as $via:ty)?),* };)*) => {$(
        impl<'de> AvroDecode<'de> for $type {
            const WIRE_MIN: usize = $min;

            #[inline]
            fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
                input.$method()
            }

            #[inline]
            fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let place = place.settled(input)?;
                match place.node() {
                    $($node => Ok(input.$read()? $(as $via)?),)*
                    _ => Err(place.refused(input)),
                }
            }
        }
    )*};
}

scalars! {
    bool: boolean, 1, { Node::Boolean => boolean };
    i32: int, 1, { Node::Int => int };
    i64: long, 1, { Node::Long => long, Node::IntAsLong => int as Self };
    // As in the Java library, numbers that have no exact float are rounded.
    f32: float, 4, { Node::Float => float, Node::IntAsFloat => int as Self, Node::LongAsFloat => long as Self };
    f64: double, 8, {
        Node::Double => double, Node::IntAsDouble => int as Self, Node::LongAsDouble => long as Self,
        Node::FloatAsDouble => float as Self
    };
    &'de str: string, 1, { Node::String | Node::BytesAsString => string };
    &'de [u8]: bytes, 1, { Node::Bytes | Node::StringAsBytes => bytes };
}

macro_rules! narrow {
    ($($type:ty: $method:ident as $wide:ty, $bits:literal;)*) => {$(
        impl<'de> AvroDecode<'de> for $type {
            const WIRE_MIN: usize = 1;

            #[inline]
            fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let value = input.$method()?;
                Self::try_from(value).map_err(|_| outside(value, $bits, input))
            }

            #[inline]
            fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
                let value = <$wide as AvroDecode<'de>>::avro_resolve(place, input)?;
                Self::try_from(value).map_err(|_| outside(value, $bits, input))
            }
        }
    )*};
}

#[cold]
fn outside(value: impl std::fmt::Display, bits: &str, input: &Input<'_>) -> DecodeError {
    input.fault(format!("{value} is outside {bits}"))
}

narrow! {
    i8: int as i32, "8 bits with a sign";
    i16: int as i32, "16 bits with a sign";
    u16: int as i32, "16 bits without a sign";
    u32: long as i64, "32 bits without a sign";
}

/// What a byte can hold.
const BYTE: &str = "8 bits without a sign";

/// As an item of a list, a byte of `bytes`.
impl<'de> AvroDecode<'de> for u8 {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let value = input.int()?;
        Self::try_from(value).map_err(|_| outside(value, BYTE, input))
    }

    #[inline]
    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let value = <i32 as AvroDecode<'de>>::avro_resolve(place, input)?;
        Self::try_from(value).map_err(|_| outside(value, BYTE, input))
    }

    #[inline]
    fn avro_resolve_list(place: Place<'_>, input: &mut Input<'de>) -> Result<Vec<Self>, DecodeError> {
        <&[u8]>::avro_resolve(place, input).map(<[u8]>::to_vec)
    }

    #[inline]
    fn avro_decode_list_into(list: &mut Vec<Self>, input: &mut Input<'de>) -> Result<(), DecodeError> {
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
    fn avro_decode(_input: &mut Input<'de>) -> Result<Self, DecodeError> {
        Ok(())
    }

    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let place = place.settled(input)?;
        if place.node() == Node::Null { Ok(()) } else { Err(place.refused(input)) }
    }
}

impl<'de> AvroDecode<'de> for String {
    const WIRE_MIN: usize = 1;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        input.string().map(str::to_owned)
    }

    #[inline]
    fn avro_decode_into(&mut self, input: &mut Input<'de>) -> Result<(), DecodeError> {
        let text = input.string()?;
        self.clear();
        self.push_str(text);
        Ok(())
    }

    #[inline]
    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        <&str>::avro_resolve(place, input).map(str::to_owned)
    }
}

/// A `fixed`.
impl<'de, const N: usize> AvroDecode<'de> for [u8; N] {
    const WIRE_MIN: usize = N;

    #[inline]
    fn avro_decode(input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let bytes = input.raw(N)?;
        Self::try_from(bytes).map_err(|_| input.fault("a fixed is cut off"))
    }

    fn avro_resolve(place: Place<'_>, input: &mut Input<'de>) -> Result<Self, DecodeError> {
        let place = place.settled(input)?;
        match place.node() {
            Node::Fixed(_) => Self::avro_decode(input),
            _ => Err(place.refused(input)),
        }
    }
}
