//! Writing a Rust type by its own schema.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::logical::Plain;
use crate::codec::EncodeError;
use crate::codec::avro::Output;

/// The wire's index of the branch `null` of an optional value.
const NULL_BRANCH: u8 = 0;
/// The wire's index, zig-zag, of the other branch.
const VALUE_BRANCH: u8 = 2;

/// A Rust type that writes itself by its own schema: as it is, or as the logical type `L`.
///
/// ```
/// use serde_client::AvroRecord;
/// use serde_client::codec::avro::Output;
/// use serde_client::codec::avro::native::AvroEncode;
///
/// #[derive(AvroRecord)]
/// struct Click<'a> {
///     id: i64,
///     url: &'a str,
/// }
///
/// let mut record = Vec::new();
/// <Click<'_> as AvroEncode>::avro_encode(&Click { id: 7, url: "/" }, &mut Output::new(&mut record, 0))?;
/// assert_eq!(record, [14, 2, b'/'], "one field behind the other, without names");
/// # Ok::<_, serde_client::codec::EncodeError>(())
/// ```
pub trait AvroEncode<L = Plain> {
    /// Appends the value.
    ///
    /// # Errors
    /// [`EncodeError`] when the value has no form on the wire.
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError>;

    /// Appends a list of these.
    ///
    /// # Errors
    /// Those of [`AvroEncode::avro_encode`], with the position in the path.
    #[doc(hidden)]
    #[inline]
    fn avro_encode_list(list: &[Self], out: &mut Output<'_>) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        block(list.len(), out)?;
        for (position, item) in list.iter().enumerate() {
            Self::avro_encode(item, out).map_err(|misfit| misfit.within(position))?;
        }
        out.byte(0);
        Ok(())
    }
}

/// The head of a block that holds all items; nothing when there are none.
#[inline]
fn block(count: usize, out: &mut Output<'_>) -> Result<(), EncodeError> {
    if count > 0 {
        let count = i64::try_from(count).map_err(|_| EncodeError::new("a list has more than 2^63 items"))?;
        out.long(count);
    }
    Ok(())
}

macro_rules! scalars {
    ($($type:ty: $method:ident as $wire:ty;)*) => {$(
        impl AvroEncode for $type {
            #[inline]
            fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
                out.$method(<$wire>::from(*self));
                Ok(())
            }
        }
    )*};
}

scalars! {
    bool: boolean as bool;
    i8: int as i32;
    i16: int as i32;
    i32: int as i32;
    i64: long as i64;
    u16: int as i32;
    u32: long as i64;
    f32: float as f32;
    f64: double as f64;
}

/// As an item of a list, a byte of `bytes`.
impl AvroEncode for u8 {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        out.int(i32::from(*self));
        Ok(())
    }

    #[inline]
    fn avro_encode_list(list: &[Self], out: &mut Output<'_>) -> Result<(), EncodeError> {
        out.bytes(list);
        Ok(())
    }
}

/// A `null`, which takes no bytes.
impl AvroEncode for () {
    #[inline]
    fn avro_encode(&self, _out: &mut Output<'_>) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl AvroEncode for str {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        out.string(self);
        Ok(())
    }
}

impl AvroEncode for String {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        out.string(self);
        Ok(())
    }
}

/// A `fixed`.
impl<const N: usize> AvroEncode for [u8; N] {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        out.raw(self);
        Ok(())
    }
}

impl<T: AvroEncode + ToOwned + ?Sized> AvroEncode for Cow<'_, T> {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        (**self).avro_encode(out)
    }
}

impl<T: AvroEncode + ?Sized> AvroEncode for &T {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        (**self).avro_encode(out)
    }
}

impl<T: AvroEncode + ?Sized> AvroEncode for Box<T> {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        (**self).avro_encode(out)
    }
}

impl<L, T: AvroEncode<L>> AvroEncode<L> for Option<T> {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        match self {
            None => {
                out.byte(NULL_BRANCH);
                Ok(())
            }
            Some(value) => {
                out.byte(VALUE_BRANCH);
                value.avro_encode(out)
            }
        }
    }
}

impl<L, T: AvroEncode<L>> AvroEncode<L> for [T] {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        T::avro_encode_list(self, out)
    }
}

impl<L, T: AvroEncode<L>> AvroEncode<L> for Vec<T> {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        T::avro_encode_list(self, out)
    }
}

#[inline]
fn entries<'a, L, K: AsRef<str> + 'a, T: AvroEncode<L> + 'a>(
    entries: impl ExactSizeIterator<Item = (&'a K, &'a T)>,
    out: &mut Output<'_>,
) -> Result<(), EncodeError> {
    block(entries.len(), out)?;
    for (key, value) in entries {
        out.string(key.as_ref());
        value.avro_encode(out).map_err(|misfit| misfit.within(key.as_ref()))?;
    }
    out.byte(0);
    Ok(())
}

impl<L, K: AsRef<str>, T: AvroEncode<L>> AvroEncode<L> for BTreeMap<K, T> {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        entries(self.iter(), out)
    }
}

impl<L, K: AsRef<str>, T: AvroEncode<L>, S> AvroEncode<L> for HashMap<K, T, S> {
    #[inline]
    fn avro_encode(&self, out: &mut Output<'_>) -> Result<(), EncodeError> {
        entries(self.iter(), out)
    }
}
