//! Passing over values without looking at them.
//!
//! Whether a value is null and how long it is are as good as random, so a branch on either is often guessed wrong; these
//! compute with both instead.

use super::{HIGH_BITS, Input};
use crate::codec::DecodeError;

impl Input<'_> {
    /// Passes over a number.
    ///
    /// # Errors
    /// When it is cut off or has more than 64 bits.
    #[inline]
    pub fn skip_number(&mut self) -> Result<(), DecodeError> {
        if let Some(length) = self.rest.first_chunk().and_then(|word| length_of(*word)) {
            self.rest = self.rest.get(length..).unwrap_or_default();
            return Ok(());
        }
        self.varint().map(drop)
    }

    /// Passes over up to `count` unions of null and a number, as long as that is easily done: not at the end of the record
    /// and not over numbers of more than eight bytes. Says how many it were.
    #[inline]
    pub(in crate::codec::avro) fn skip_optional_numbers(&mut self, null: u8, count: usize) -> usize {
        self.skip_easily(count, |rest| {
            let [branch, behind @ ..] = rest else { return None };
            let length = length_of(*behind.first_chunk()?)?;
            let is_present = is_present(*branch, null)?;
            rest.get(1 + (length & is_present)..)
        })
    }

    /// The same for unions of null and bytes of less than 64.
    #[inline]
    pub(in crate::codec::avro) fn skip_optional_bytes(&mut self, null: u8, count: usize) -> usize {
        self.skip_easily(count, |rest| {
            let [branch, length, ..] = rest else { return None };
            let is_present = is_present(*branch, null)?;
            let length = usize::from(*length);
            // What stands behind a null is no length.
            if length & 0x81 & is_present != 0 {
                return None;
            }
            rest.get(1 + ((1 + (length >> 1)) & is_present)..)
        })
    }

    /// Goes on while `past` says what is behind a value; the place is kept in a register meanwhile.
    #[inline(always)]
    fn skip_easily(&mut self, count: usize, past: impl Fn(&[u8]) -> Option<&[u8]>) -> usize {
        let mut rest = self.rest;
        let mut left = count;
        while left > 0
            && let Some(behind) = past(rest)
        {
            rest = behind;
            left -= 1;
        }
        self.rest = rest;
        count - left
    }
}

/// All bits set if the branch is not null, none if it is; nothing if there is no such branch.
#[inline(always)]
fn is_present(branch: u8, null: u8) -> Option<usize> {
    (branch & !2 == 0).then(|| ((usize::from(branch) >> 1) ^ usize::from(null)).wrapping_neg())
}

/// Bytes of the number at the start, if it ends among these.
#[inline(always)]
fn length_of(word: [u8; 8]) -> Option<usize> {
    let ends = !u64::from_le_bytes(word) & HIGH_BITS;
    (ends != 0).then(|| (ends.trailing_zeros() as usize + 1) / 8)
}
