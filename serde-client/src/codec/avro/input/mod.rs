//! Reading the primitives of Avro's binary encoding from bytes that may hold anything.
//!
//! Nothing here allocates. A length or a count is compared with what is left before it is used.

mod counts;
mod skips;
mod texts;

use crate::codec::{DecodeError, Limits};

pub use counts::Block;
use texts::Run;

/// The bits of eight bytes that are set when one of them is no ASCII, or is followed by another byte of a varint.
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// Bytes of the longest varint of 64 bits.
const VARINT_MAX: usize = 10;

/// What an item counts at least when memory is accounted for, in bytes: items of no size take time all the same.
const ITEM_SIZE_MIN: usize = 16;

/// A record being read.
///
/// ```
/// use serde_client::codec::Limits;
/// use serde_client::codec::avro::Input;
///
/// let mut input = Input::new(b"\x03\x06foo\x08ba", Limits::default());
/// assert_eq!((input.long()?, input.string()?), (-2, "foo"));
/// let error = input.string().unwrap_err();
/// assert_eq!(error.to_string(), "a text of 4 bytes where the record has 2 left (byte 6)");
/// # Ok::<_, serde_client::codec::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Input<'de> {
    rest: &'de [u8],
    record: &'de [u8],
    depth_left: usize,
    allocation_left: usize,
    /// What is known to be text.
    run: Run<'de>,
}

impl<'de> Input<'de> {
    /// Reads `record` from its start.
    #[inline]
    #[must_use]
    pub fn new(record: &'de [u8], limits: Limits) -> Self {
        Self {
            rest: record,
            record,
            depth_left: limits.depth_max,
            allocation_left: limits.allocation_max,
            run: Run::default(),
        }
    }

    /// Bytes read so far.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.record.len() - self.rest.len()
    }

    /// Goes back, or on, to a place of the record that [`Input::offset`] gave.
    #[inline]
    pub fn seek(&mut self, offset: usize) {
        self.rest = self.record.get(offset..).unwrap_or_default();
    }

    /// All that is left.
    #[inline]
    #[must_use]
    pub fn take_rest(&mut self) -> &'de [u8] {
        let (rest, end) = self.rest.split_at(self.rest.len());
        self.rest = end;
        rest
    }

    /// Bytes that are left.
    #[inline]
    #[must_use]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// An error at the position.
    #[cold]
    #[inline(never)]
    pub fn fault(&self, reason: impl Into<String>) -> DecodeError {
        DecodeError::new(reason).at(self.offset())
    }

    #[cold]
    #[inline(never)]
    fn cut_off(&self, what: &str, need: u64) -> DecodeError {
        let left = self.rest.len();
        self.fault(format!("{what} of {need} bytes where the record has {left} left"))
    }

    /// Goes one level down; [`Input::leave`] goes back.
    ///
    /// # Errors
    /// When values nest deeper than the limit.
    #[inline]
    pub fn enter(&mut self) -> Result<(), DecodeError> {
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => return Err(self.too_deep()),
        }
        Ok(())
    }

    /// Goes one level up.
    #[inline]
    pub fn leave(&mut self) {
        self.depth_left += 1;
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&self) -> DecodeError {
        self.fault("values nest deeper than the limit `depth_max` allows")
    }

    /// Accounts for memory that no byte of the record stands for.
    ///
    /// # Errors
    /// When it is more than the limit for a record.
    #[inline]
    pub fn charge(&mut self, items: usize, size: usize) -> Result<(), DecodeError> {
        match items
            .checked_mul(size.max(ITEM_SIZE_MIN))
            .and_then(|bytes| self.allocation_left.checked_sub(bytes))
        {
            Some(left) => self.allocation_left = left,
            None => return Err(self.too_large(items)),
        }
        Ok(())
    }

    /// What may still be allocated in advance, in bytes.
    #[inline]
    #[must_use]
    pub(super) fn allocation_left(&self) -> usize {
        self.allocation_left
    }

    #[cold]
    #[inline(never)]
    fn too_large(&self, items: usize) -> DecodeError {
        self.fault(format!(
            "{items} items of no bytes need more memory than the limit `allocation_max` allows"
        ))
    }

    /// The next `N` bytes.
    #[inline(always)]
    fn chunk<const N: usize>(&mut self, what: &str) -> Result<[u8; N], DecodeError> {
        match self.rest.split_first_chunk() {
            Some((chunk, rest)) => {
                self.rest = rest;
                Ok(*chunk)
            }
            None => Err(self.cut_off(what, N as u64)),
        }
    }

    /// The next `length` bytes, such as those of a `fixed`.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn raw(&mut self, length: usize) -> Result<&'de [u8], DecodeError> {
        match self.rest.split_at_checked(length) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.cut_off("a value", length as u64)),
        }
    }

    /// A `boolean`.
    ///
    /// # Errors
    /// When it is neither 0 nor 1, or cut off.
    #[inline]
    pub fn boolean(&mut self) -> Result<bool, DecodeError> {
        match self.rest.split_first() {
            Some((value @ (0 | 1), rest)) => {
                self.rest = rest;
                Ok(*value == 1)
            }
            Some((other, _)) => {
                Err(self.fault(format!("a boolean is the byte {other:#04x}; it must be 0 or 1")))
            }
            None => Err(self.cut_off("a boolean", 1)),
        }
    }

    /// A `long`.
    ///
    /// # Errors
    /// When it is cut off or has more than 64 bits.
    #[inline]
    pub fn long(&mut self) -> Result<i64, DecodeError> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    /// An `int`.
    ///
    /// # Errors
    /// When it is cut off or has more than 32 bits.
    #[inline(always)]
    pub fn int(&mut self) -> Result<i32, DecodeError> {
        let before = self.rest;
        let value = self.long()?;
        match i32::try_from(value) {
            Ok(value) => Ok(value),
            Err(_) => Err(self.outside_int(before, value)),
        }
    }

    #[cold]
    #[inline(never)]
    fn outside_int(&mut self, before: &'de [u8], value: i64) -> DecodeError {
        self.rest = before;
        self.fault(format!("an int is {value}, which has more than 32 bits"))
    }

    #[inline(always)]
    fn varint(&mut self) -> Result<u64, DecodeError> {
        match self.rest {
            [first, rest @ ..] if *first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*first))
            }
            [first, second, rest @ ..] if *second < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*first & 0x7f) | u64::from(*second) << 7)
            }
            _ => self.varint_long(),
        }
    }

    #[inline]
    fn varint_long(&mut self) -> Result<u64, DecodeError> {
        if let Some(chunk) = self.rest.first_chunk::<8>() {
            let word = u64::from_le_bytes(*chunk);
            let ends = !word & HIGH_BITS;
            if ends != 0 {
                // All bits up to the top one of the byte that ends the number.
                let mask = ends ^ (ends - 1);
                let length = (ends.trailing_zeros() as usize + 1) / 8;
                self.rest = self.rest.get(length..).unwrap_or_default();
                return Ok(gather(word & mask));
            }
        }
        self.varint_bytewise()
    }

    #[inline(never)]
    fn varint_bytewise(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0_u64;
        for (at, byte) in self.rest.iter().enumerate().take(VARINT_MAX) {
            value |= u64::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                if at + 1 == VARINT_MAX && *byte > 1 {
                    break;
                }
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        Err(if self.rest.len() < VARINT_MAX {
            self.fault("the record ends within a number")
        } else {
            self.fault("a number has more than 64 bits")
        })
    }

    /// A `float`.
    ///
    /// # Errors
    /// When it is cut off.
    #[inline]
    pub fn float(&mut self) -> Result<f32, DecodeError> {
        self.chunk("a float").map(f32::from_le_bytes)
    }

    /// A `double`.
    ///
    /// # Errors
    /// When it is cut off.
    #[inline]
    pub fn double(&mut self) -> Result<f64, DecodeError> {
        self.chunk("a double").map(f64::from_le_bytes)
    }

    /// `bytes`, borrowed from the record.
    ///
    /// # Errors
    /// When the length is negative or more than what is left.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        match self.short_bytes() {
            Some(bytes) => Ok(bytes),
            None => self.bytes_long(),
        }
    }

    /// `bytes` of which the length is one byte, the usual case; it cannot be too long for the comparison.
    #[inline(always)]
    fn short_bytes(&mut self) -> Option<&'de [u8]> {
        let [length, rest @ ..] = self.rest else { return None };
        if *length & 0x81 != 0 {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked(usize::from(*length >> 1))?;
        self.rest = rest;
        Some(bytes)
    }

    #[inline(never)]
    fn bytes_long(&mut self) -> Result<&'de [u8], DecodeError> {
        let before = self.rest;
        let length = self.long()?;
        let Ok(unsigned) = usize::try_from(length) else {
            self.rest = before;
            return Err(self.fault(format!("a length is {length}")));
        };
        match self.rest.split_at_checked(unsigned) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.cut_off("a text", unsigned as u64)),
        }
    }

    /// Ends the record.
    ///
    /// # Errors
    /// When bytes are left.
    #[inline]
    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self.fault(format!("{} bytes follow the record", self.rest.len())))
    }
}

/// Takes 7 bits out of each byte.
#[inline]
fn gather(word: u64) -> u64 {
    let pairs = (word & 0x007f_007f_007f_007f) | ((word & 0x7f00_7f00_7f00_7f00) >> 1);
    let quarters = (pairs & 0x0000_3fff_0000_3fff) | ((pairs & 0x3fff_0000_3fff_0000) >> 2);
    (quarters & 0x0fff_ffff) | ((quarters & 0x0fff_ffff_0000_0000) >> 4)
}

#[cfg(test)]
mod tests;
