//! Reading the primitives of Avro's binary encoding from bytes that may hold anything.
//!
//! Nothing here allocates. A length or a count is compared with what is left before it is used.

use std::str;

use super::fault::Fault;
use crate::codec::Limits;

/// The bits of eight bytes that are set when one of them is no ASCII, or is followed by another byte of a varint.
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// Bytes of the longest varint of 64 bits.
const VARINT_MAX: usize = 10;

/// A record being read.
#[derive(Clone, Debug)]
pub struct Input<'de> {
    rest: &'de [u8],
    record: &'de [u8],
    depth_left: usize,
    allocation_left: usize,
}

/// The head of a block of an array or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Items in the block; 0 ends the array or the map.
    pub count: usize,
    /// Bytes that the items take together, where the writer said so.
    pub size: Option<usize>,
}

impl<'de> Input<'de> {
    /// Reads `record` from its start.
    #[inline]
    #[must_use]
    pub fn new(record: &'de [u8], limits: Limits) -> Self {
        Self { rest: record, record, depth_left: limits.depth_max, allocation_left: limits.allocation_max }
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

    /// A string of bytes that were read before.
    ///
    /// # Errors
    /// When they are no UTF-8.
    #[inline]
    pub fn text(&self, bytes: &'de [u8]) -> Result<&'de str, Fault> {
        match str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => Err(self.no_text(bytes, error)),
        }
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
    pub fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault::new(reason).at(self.offset())
    }

    #[cold]
    #[inline(never)]
    fn cut_off(&self, what: &str, need: u64) -> Fault {
        let left = self.rest.len();
        self.fault(format!("{what} of {need} bytes where the record has {left} left"))
    }

    /// Goes one level down; [`Input::leave`] goes back.
    ///
    /// # Errors
    /// When values nest deeper than the limit.
    #[inline]
    pub fn enter(&mut self) -> Result<(), Fault> {
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
    fn too_deep(&self) -> Fault {
        self.fault("values nest deeper than the limit `depth_max` allows")
    }

    /// Accounts for memory that no byte of the record stands for.
    ///
    /// # Errors
    /// When it is more than the limit for a record.
    #[inline]
    pub fn charge(&mut self, items: usize, size: usize) -> Result<(), Fault> {
        match items.checked_mul(size.max(1)).and_then(|bytes| self.allocation_left.checked_sub(bytes)) {
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
    fn too_large(&self, items: usize) -> Fault {
        self.fault(format!(
            "{items} items of no bytes need more memory than the limit `allocation_max` allows"
        ))
    }

    /// The next `N` bytes.
    #[inline(always)]
    fn chunk<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Fault> {
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
    pub fn raw(&mut self, length: usize) -> Result<&'de [u8], Fault> {
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
    pub fn boolean(&mut self) -> Result<bool, Fault> {
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
    pub fn long(&mut self) -> Result<i64, Fault> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    /// An `int`.
    ///
    /// # Errors
    /// When it is cut off or has more than 32 bits.
    #[inline]
    pub fn int(&mut self) -> Result<i32, Fault> {
        let before = self.rest;
        let value = self.long()?;
        match i32::try_from(value) {
            Ok(value) => Ok(value),
            Err(_) => Err(self.outside_int(before, value)),
        }
    }

    #[cold]
    #[inline(never)]
    fn outside_int(&mut self, before: &'de [u8], value: i64) -> Fault {
        self.rest = before;
        self.fault(format!("an int is {value}, which has more than 32 bits"))
    }

    #[inline(always)]
    fn varint(&mut self) -> Result<u64, Fault> {
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
    fn varint_long(&mut self) -> Result<u64, Fault> {
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
    fn varint_bytewise(&mut self) -> Result<u64, Fault> {
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
    pub fn float(&mut self) -> Result<f32, Fault> {
        self.chunk("a float").map(f32::from_le_bytes)
    }

    /// A `double`.
    ///
    /// # Errors
    /// When it is cut off.
    #[inline]
    pub fn double(&mut self) -> Result<f64, Fault> {
        self.chunk("a double").map(f64::from_le_bytes)
    }

    /// `bytes`, borrowed from the record.
    ///
    /// # Errors
    /// When the length is negative or more than what is left.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'de [u8], Fault> {
        // One byte of length is the usual case and cannot be too long for the comparison below.
        if let [length, rest @ ..] = self.rest
            && *length < 0x80
            && *length & 1 == 0
            && let Some((bytes, rest)) = rest.split_at_checked(usize::from(*length >> 1))
        {
            self.rest = rest;
            return Ok(bytes);
        }
        self.bytes_long()
    }

    #[inline(never)]
    fn bytes_long(&mut self) -> Result<&'de [u8], Fault> {
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

    /// A `string`, borrowed from the record.
    ///
    /// # Errors
    /// When the length is negative or more than what is left, or the bytes are no UTF-8.
    #[inline]
    pub fn string(&mut self) -> Result<&'de str, Fault> {
        let bytes = self.bytes()?;
        self.text(bytes)
    }

    #[cold]
    #[inline(never)]
    fn no_text(&self, bytes: &[u8], error: str::Utf8Error) -> Fault {
        let start = self.offset() - bytes.len();
        Fault::new("a string is no UTF-8").at(start + error.valid_up_to())
    }

    /// The index of a union's branch or an enum's symbol, out of `count`.
    ///
    /// # Errors
    /// When it is negative or not below `count`.
    #[inline]
    pub fn index(&mut self, count: usize) -> Result<usize, Fault> {
        if let [index, rest @ ..] = self.rest
            && *index < 0x80
            && *index & 1 == 0
            && usize::from(*index >> 1) < count
        {
            self.rest = rest;
            return Ok(usize::from(*index >> 1));
        }
        self.index_long(count)
    }

    #[inline(never)]
    fn index_long(&mut self, count: usize) -> Result<usize, Fault> {
        let before = self.rest;
        let index = self.long()?;
        match usize::try_from(index) {
            Ok(index) if index < count => Ok(index),
            _ => {
                self.rest = before;
                Err(self.fault(format!("an index is {index} where the schema has {count} choices")))
            }
        }
    }

    /// The head of a block. `size_min` is what an item takes on the wire at least, in bytes.
    ///
    /// # Errors
    /// When the count is more than what is left could hold, or a size is negative or more than what is left.
    #[inline]
    pub fn block(&mut self, size_min: usize) -> Result<Block, Fault> {
        let before = self.rest;
        let count = self.long()?;
        let size = if count < 0 { Some(self.block_size(before)?) } else { None };
        let Ok(items) = usize::try_from(count.unsigned_abs()) else {
            return Err(self.overfull(before, count));
        };
        if size_min > 0 && items > self.rest.len() / size_min {
            return Err(self.overfull(before, count));
        }
        Ok(Block { count: items, size })
    }

    #[inline(never)]
    fn block_size(&mut self, before: &'de [u8]) -> Result<usize, Fault> {
        let size = self.long()?;
        match usize::try_from(size) {
            Ok(size) if size <= self.rest.len() => Ok(size),
            _ => {
                let left = self.rest.len();
                self.rest = before;
                Err(self.fault(format!("a block of {size} bytes where the record has {left} left")))
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn overfull(&mut self, before: &'de [u8], count: i64) -> Fault {
        let left = self.rest.len();
        self.rest = before;
        let count = count.unsigned_abs();
        self.fault(format!("a block of {count} items where the record has {left} bytes left"))
    }

    /// Passes over a number.
    ///
    /// # Errors
    /// When it is cut off or has more than 64 bits.
    #[inline]
    pub fn skip_number(&mut self) -> Result<(), Fault> {
        self.varint().map(drop)
    }

    /// Ends the record.
    ///
    /// # Errors
    /// When bytes are left.
    #[inline]
    pub fn finish(&self) -> Result<(), Fault> {
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
mod tests {
    use super::super::output::Output;
    use super::*;

    fn input(bytes: &[u8]) -> Input<'_> {
        Input::new(bytes, Limits { depth_max: 2, allocation_max: 100 })
    }

    fn reason<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
        result.unwrap_err().into_error().to_string()
    }

    #[test]
    fn numbers_round_trip_at_every_length() {
        let mut value = 1_i64;
        let mut values = vec![0, i64::MIN, i64::MAX];
        while value < i64::MAX / 2 {
            values.extend([value, value - 1, -value, -value - 1]);
            value *= 2;
        }
        for value in values {
            let mut bytes = Vec::new();
            Output::new(&mut bytes, 0).long(value);
            for padding in [0, 9] {
                let mut padded = bytes.clone();
                padded.resize(bytes.len() + padding, 0xff);
                let mut input = input(&padded);
                assert_eq!(input.long().unwrap(), value);
                assert_eq!(input.offset(), bytes.len());
            }
            for end in 0..bytes.len() {
                assert!(input(&bytes[..end]).long().is_err());
            }
        }
    }

    #[test]
    fn what_cannot_be_a_number() {
        let nines = [0xff; 9];
        for (last, fits) in [(0x01, true), (0x02, false), (0x81, false)] {
            let bytes = [&nines[..], &[last, 0]].concat();
            assert_eq!(input(&bytes).long().is_ok(), fits, "{last}");
        }
        assert_eq!(reason(input(&[]).long()), "the record ends within a number (byte 0)");
        let too_large = [0x80, 0x80, 0x80, 0x80, 0x10];
        assert_eq!(
            reason(input(&too_large).int()),
            "an int is 2147483648, which has more than 32 bits (byte 0)"
        );
    }

    #[test]
    fn lengths_are_compared_with_what_is_left() {
        assert_eq!(input(b"\x06foo").string().unwrap(), "foo");
        assert_eq!(
            reason(input(b"\x06fo").string()),
            "a text of 3 bytes where the record has 2 left (byte 1)"
        );
        assert_eq!(reason(input(b"\x01").string()), "a length is -1 (byte 0)");
        assert_eq!(reason(input(b"\x06f\xffo").string()), "a string is no UTF-8 (byte 2)");
        let two_gib = [0x80, 0x80, 0x80, 0x80, 0x10, 0];
        assert!(reason(input(&two_gib).bytes()).contains("2147483648 bytes"));
        assert!(reason(input(&two_gib).block(1)).contains("2147483648 items"));
        assert_eq!(input(&[3, 2, 0, 0]).block(0).unwrap(), Block { count: 2, size: Some(1) });
        assert!(reason(input(&[3, 1]).block(0)).contains("a block of -1 bytes"));
        assert!(input(&[3, 6, 0, 0]).block(0).is_err());
    }

    #[test]
    fn choices_have_bounds() {
        assert_eq!(input(&[2]).index(2).unwrap(), 1);
        assert_eq!(reason(input(&[4]).index(2)), "an index is 2 where the schema has 2 choices (byte 0)");
        assert_eq!(reason(input(&[1]).index(2)), "an index is -1 where the schema has 2 choices (byte 0)");
        assert!(reason(input(&[2]).finish()).contains("1 bytes follow"));
        assert!(reason(input(&[2]).boolean()).contains("0x02"));
    }

    #[test]
    fn depth_and_memory_have_limits() {
        let mut input = input(&[]);
        input.enter().and_then(|()| input.enter()).unwrap();
        assert!(input.enter().is_err());
        input.leave();
        input.enter().unwrap();
        input.charge(10, 10).unwrap();
        assert!(input.charge(1, 1).is_err() && input.charge(usize::MAX, 2).is_err());
    }
}
