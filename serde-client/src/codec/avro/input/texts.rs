//! Texts, borrowed from the record and checked to be UTF-8.
//!
//! Texts of records are short, and to check each by itself costs more than to read it. But most lie side by side, with
//! nothing between them but lengths and numbers of branches, which are ASCII as well. So the ASCII that stands where a text
//! begins is checked in one go, and the texts in it are slices of that.

use std::str;

use ascii::AsciiStr;

use super::{HIGH_BITS, Input};
use crate::codec::DecodeError;

/// So far ahead of a text ASCII is looked for, in bytes. What is found in vain costs some nanoseconds.
const AHEAD_MAX: usize = 256;

/// In smaller records, in bytes, texts are checked alone.
const RECORD_MIN: usize = 64;

/// With less ASCII behind a text, in bytes, it is checked alone: there can hardly be another one in it.
const MORE_MIN: usize = 12;

/// ASCII of a record that has been checked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run<'de> {
    text: &'de str,
    /// Where it stands in the record.
    start: usize,
}

impl<'de> Run<'de> {
    /// A text that lies in it.
    #[inline(always)]
    fn get(&self, start: usize, length: usize) -> Option<&'de str> {
        let from = start.wrapping_sub(self.start);
        self.text.get(from..from.wrapping_add(length))
    }
}

impl<'de> Input<'de> {
    /// A `string`, borrowed from the record.
    ///
    /// # Errors
    /// When the length is negative or more than what is left, or the bytes are no UTF-8.
    #[inline]
    pub fn string(&mut self) -> Result<&'de str, DecodeError> {
        if self.record.len() >= RECORD_MIN {
            return self.string_of_run();
        }
        let bytes = self.bytes()?;
        self.text(bytes)
    }

    /// The same, where a call costs less than the code: in every field of every type.
    #[inline(always)]
    pub(in crate::codec::avro) fn string_by_call(&mut self) -> Result<&'de str, DecodeError> {
        if self.record.len() >= RECORD_MIN { self.string_of_run() } else { self.string_alone() }
    }

    #[inline(never)]
    fn string_alone(&mut self) -> Result<&'de str, DecodeError> {
        self.string()
    }

    #[inline(never)]
    fn string_of_run(&mut self) -> Result<&'de str, DecodeError> {
        let Some(bytes) = self.short_bytes() else { return self.long_string() };
        match self.run.get(self.offset() - bytes.len(), bytes.len()) {
            Some(text) => Ok(text),
            None => self.checked(bytes),
        }
    }

    #[inline(never)]
    fn long_string(&mut self) -> Result<&'de str, DecodeError> {
        let bytes = self.bytes_long()?;
        self.checked(bytes)
    }

    /// Checks the ASCII that begins with a text that was read just now; the text alone if there is hardly more.
    #[inline(never)]
    fn checked(&mut self, bytes: &'de [u8]) -> Result<&'de str, DecodeError> {
        let start = self.offset() - bytes.len();
        let rest = self.record.get(start..).unwrap_or(bytes);
        let ahead = rest.get(..AHEAD_MAX).unwrap_or(rest);
        let worth = bytes.len() + MORE_MIN;
        if ahead.len() >= worth
            && let Some(ascii) = ahead.get(..ascii_length(ahead))
            && ascii.len() >= worth
            && let Some(text) = text_of(ascii)
        {
            self.run = Run { text, start };
            if let Some(text) = text.get(..bytes.len()) {
                return Ok(text);
            }
        }
        self.text(bytes)
    }

    /// A string of bytes that were read before.
    ///
    /// # Errors
    /// When they are no UTF-8.
    #[inline]
    pub fn text(&self, bytes: &'de [u8]) -> Result<&'de str, DecodeError> {
        match text_of(bytes) {
            Some(text) => Ok(text),
            None => Err(self.no_text(bytes)),
        }
    }

    #[cold]
    #[inline(never)]
    fn no_text(&self, bytes: &[u8]) -> DecodeError {
        let start = self.offset() - bytes.len();
        let valid = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
        DecodeError::new("a string is no UTF-8").at(start + valid)
    }
}

/// The text that bytes are. Most are ASCII, which is told in half the time.
#[inline(never)]
fn text_of(bytes: &[u8]) -> Option<&str> {
    match AsciiStr::from_ascii(bytes) {
        Ok(text) => Some(text.as_str()),
        Err(_) => str::from_utf8(bytes).ok(),
    }
}

/// How many bytes are ASCII from the first on.
fn ascii_length(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    for (word, at) in words.iter().zip(0..) {
        let high = u64::from_le_bytes(*word) & HIGH_BITS;
        if high != 0 {
            return 8 * at + high.trailing_zeros() as usize / 8;
        }
    }
    8 * words.len() + rest.iter().take_while(|byte| byte.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AHEAD_MAX, ascii_length};
    use crate::codec::Limits;
    use crate::codec::avro::Output;
    use crate::codec::avro::input::Input;

    #[test]
    fn ascii_is_counted_to_its_end() {
        for length in 0..40 {
            let mut bytes = vec![b'a'; length];
            assert_eq!(ascii_length(&bytes), length);
            bytes.extend([0x80, b'b']);
            assert_eq!(ascii_length(&bytes), length, "and no further");
        }
    }

    /// A value of a record: a text, or bytes that are none.
    fn piece() -> impl Strategy<Value = (bool, Vec<u8>)> {
        prop_oneof![
            8 => "[a-z]{0,20}".prop_map(|text| (true, text.into_bytes())),
            2 => "\\PC{0,12}".prop_map(|text| (true, text.into_bytes())),
            1 => "[a-z]{200,300}".prop_map(|text| (true, text.into_bytes())),
            1 => prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| (true, bytes)),
            2 => prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| (false, bytes)),
        ]
    }

    proptest! {
        /// Each text is what checking it by itself says, at its place, in whatever order texts are read.
        #[test]
        fn texts_are_what_they_are_alone(pieces in prop::collection::vec(piece(), 0..30), order in any::<u64>()) {
            let mut record = Vec::new();
            let mut places = Vec::new();
            for (is_text, bytes) in &pieces {
                let mut out = Output::new(&mut record, 0);
                places.push((out.position(), *is_text, bytes));
                out.bytes(bytes);
            }
            if !places.is_empty() {
                let turn = usize::try_from(order).unwrap_or(0) % places.len();
                places.rotate_left(if order % 2 == 0 { 0 } else { turn });
            }
            let mut input = Input::new(&record, Limits::default());
            for (place, is_text, bytes) in places {
                input.seek(place);
                if is_text {
                    let alone = std::str::from_utf8(bytes);
                    match input.string() {
                        Ok(text) => prop_assert_eq!(Ok(text), alone),
                        Err(fault) => {
                            let error = alone.expect_err("what is no UTF-8 alone");
                            let offset = input.offset() - bytes.len() + error.valid_up_to();
                            prop_assert!(fault.at(0).offset() == offset);
                        }
                    }
                } else {
                    prop_assert_eq!(input.bytes().ok(), Some(&**bytes));
                }
            }
        }
    }

    #[test]
    fn a_text_may_be_longer_than_what_is_looked_ahead() {
        let text = "x".repeat(3 * AHEAD_MAX);
        let mut record = Vec::new();
        let mut out = Output::new(&mut record, 0);
        (0..3).for_each(|_| out.string(&text));
        drop(out);
        let mut input = Input::new(&record, Limits::default());
        for _ in 0..3 {
            assert_eq!(input.string().ok(), Some(&*text));
        }
        assert!(input.finish().is_ok());
    }
}
