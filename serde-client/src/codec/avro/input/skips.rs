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

    /// Passes over a union of null and a number, if that is easily done: not at the end of the record and not over
    /// numbers of more than eight bytes.
    #[inline]
    pub(in crate::codec::avro) fn skip_optional_number(&mut self, null: u8) -> bool {
        let [branch, rest @ ..] = self.rest else { return false };
        let Some(length) = rest.first_chunk().and_then(|word| length_of(*word)) else { return false };
        self.pass_branch(*branch, null, length)
    }

    /// The same for a union of null and bytes of less than 64.
    #[inline]
    pub(in crate::codec::avro) fn skip_optional_bytes(&mut self, null: u8) -> bool {
        let [branch, length, ..] = self.rest else { return false };
        // What stands behind a null is no length.
        let is_present = u8::from(*branch >> 1 != null);
        if length & 0x81 & is_present.wrapping_neg() != 0 {
            return false;
        }
        self.pass_branch(*branch, null, 1 + usize::from(*length >> 1))
    }

    #[inline(always)]
    fn pass_branch(&mut self, branch: u8, null: u8, length: usize) -> bool {
        let is_present = usize::from(branch >> 1 != null);
        match self.rest.get(1 + is_present * length..) {
            Some(rest) if branch & !2 == 0 => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

/// Bytes of the number at the start, if it ends among these.
#[inline(always)]
fn length_of(word: [u8; 8]) -> Option<usize> {
    let ends = !u64::from_le_bytes(word) & HIGH_BITS;
    (ends != 0).then(|| (ends.trailing_zeros() as usize + 1) / 8)
}
