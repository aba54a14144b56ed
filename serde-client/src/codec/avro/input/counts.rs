//! Numbers that choose or count: indexes of unions and enums, heads of blocks.

use super::Input;
use crate::codec::DecodeError;

/// The head of a block of an array or a map.
///
/// ```
/// use serde_client::codec::Limits;
/// use serde_client::codec::avro::{Block, Input};
///
/// let mut list = Input::new(&[4, 14, 16, 0], Limits::default());
/// assert_eq!(list.block(1)?, Block { count: 2, size: None });
/// assert_eq!((list.long()?, list.long()?), (7, 8));
/// assert_eq!(list.block(1)?.count, 0, "no more blocks");
///
/// let mut hostile = Input::new(&[254, 255, 3, 14], Limits::default());
/// assert!(hostile.block(1).is_err(), "a record of four bytes does not hold 32767 items");
/// # Ok::<_, serde_client::codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Items in the block; 0 ends the array or the map.
    pub count: usize,
    /// Bytes that the items take together, where the writer said so.
    pub size: Option<usize>,
}

impl<'de> Input<'de> {
    /// The index of a union's branch or an enum's symbol, out of `count`.
    ///
    /// # Errors
    /// When it is negative or not below `count`.
    #[inline]
    pub fn index(&mut self, count: usize) -> Result<usize, DecodeError> {
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
    fn index_long(&mut self, count: usize) -> Result<usize, DecodeError> {
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
    pub fn block(&mut self, size_min: usize) -> Result<Block, DecodeError> {
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
    fn block_size(&mut self, before: &'de [u8]) -> Result<usize, DecodeError> {
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
    fn overfull(&mut self, before: &'de [u8], count: i64) -> DecodeError {
        let left = self.rest.len();
        self.rest = before;
        let count = count.unsigned_abs();
        self.fault(format!("a block of {count} items where the record has {left} bytes left"))
    }
}
