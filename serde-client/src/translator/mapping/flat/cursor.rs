//! Passing over bytes while making sure that they are what this crate would have written for the same values.
//!
//! `None` means that they are not, or are no record at all: numbers of more bytes than they need and lists in several
//! blocks are legal, and are rare enough to be left to the general path, as is everything that is wrong.

/// The bits of eight bytes that are set when one of them is no ASCII, or is followed by another byte of a number.
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// Bytes of the longest number of 64 bits, and the most that its last one can be.
const LONG_MAX: (usize, u8) = (10, 1);
/// The same for 32 bits.
const INT_MAX: (usize, u8) = (5, 0x0f);

/// A place in a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    #[inline]
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// Bytes of the number at `at`, and the last of them.
    #[inline(always)]
    fn number(&self, at: usize) -> Option<(usize, u8)> {
        let rest = self.bytes.get(at..)?;
        let found = rest.first_chunk().and_then(|word| number_in(*word));
        let (length, last) = match found {
            Some(found) => found,
            None => number_bytewise(rest)?,
        };
        // A last byte without bits says nothing, unless it is the only one.
        (length == 1 || last != 0).then_some((length, last))
    }

    #[inline(always)]
    fn bounded(&mut self, max: (usize, u8)) -> Option<()> {
        let found = self.number(self.at)?;
        self.at += found.0;
        (found <= max).then_some(())
    }

    #[inline]
    pub(super) fn int(&mut self) -> Option<()> {
        self.bounded(INT_MAX)
    }

    #[inline]
    pub(super) fn long(&mut self) -> Option<()> {
        self.bounded(LONG_MAX)
    }

    /// A union of null and a number. Whether there is one is as good as random, so this computes instead of branching.
    #[inline]
    pub(super) fn optional_number(&mut self, null: u8, is_int: bool) -> Option<()> {
        let branch = *self.bytes.get(self.at)?;
        if branch & !2 != 0 {
            return None;
        }
        let is_present = branch >> 1 != null;
        let behind = self.bytes.get(self.at + 1..)?;
        let Some(found) = behind.first_chunk().and_then(|word| number_in(*word)) else {
            self.at += 1;
            return match (is_present, is_int) {
                (false, _) => Some(()),
                (true, true) => self.int(),
                (true, false) => self.long(),
            };
        };
        let is_short = (found.0 == 1) | (found.1 != 0);
        let is_in_range = !is_int | (found <= INT_MAX);
        if is_present & !(is_short & is_in_range) {
            return None;
        }
        self.at += 1 + found.0 * usize::from(is_present);
        Some(())
    }

    /// A union of null and a text.
    #[inline]
    pub(super) fn optional_text(&mut self, null: u8) -> Option<()> {
        let branch = *self.bytes.get(self.at)?;
        if branch & !2 != 0 {
            return None;
        }
        self.at += 1;
        if branch >> 1 == null { Some(()) } else { self.text() }
    }

    /// A number that chooses one of `count`.
    #[inline]
    pub(super) fn index(&mut self, count: usize) -> Option<usize> {
        let byte = *self.bytes.get(self.at)?;
        if byte & 0x81 == 0 && usize::from(byte >> 1) < count {
            self.at += 1;
            return Some(usize::from(byte >> 1));
        }
        self.count().filter(|index| *index < count)
    }

    /// A number that counts: negative ones, which stand before the size of a block, are unusual.
    #[inline]
    pub(super) fn count(&mut self) -> Option<usize> {
        let byte = *self.bytes.get(self.at)?;
        if byte & 0x81 == 0 {
            self.at += 1;
            return Some(usize::from(byte >> 1));
        }
        self.long_count()
    }

    #[inline(never)]
    fn long_count(&mut self) -> Option<usize> {
        let start = self.at;
        self.long()?;
        let bytes = self.bytes.get(start..self.at)?;
        let value = bytes.iter().rev().fold(0_u64, |value, byte| value << 7 | u64::from(byte & 0x7f));
        (value & 1 == 0).then_some(())?;
        usize::try_from(value >> 1).ok()
    }

    /// The next `length` bytes.
    #[inline]
    pub(super) fn raw(&mut self, length: usize) -> Option<&'b [u8]> {
        let bytes = self.bytes.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(bytes)
    }

    #[inline]
    pub(super) fn boolean(&mut self) -> Option<()> {
        (*self.bytes.get(self.at)? <= 1).then_some(())?;
        self.at += 1;
        Some(())
    }

    /// A `float`. What signals as no number would come out of the general path as one that does not.
    #[inline]
    pub(super) fn float(&mut self) -> Option<()> {
        let bits = u32::from_le_bytes(*self.raw(4)?.first_chunk()?);
        let is_signal = bits & 0x7fc0_0000 == 0x7f80_0000 && bits & 0x003f_ffff != 0;
        (!is_signal).then_some(())
    }

    #[inline]
    pub(super) fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = self.count()?;
        self.raw(length)
    }

    #[inline]
    pub(super) fn text(&mut self) -> Option<()> {
        let text = self.bytes()?;
        if high_bits(text) == 0 {
            return Some(());
        }
        is_utf8(text).then_some(())
    }
}

/// Bytes of the number at the start, and the last of them, if it ends among these.
#[inline(always)]
fn number_in(word: [u8; 8]) -> Option<(usize, u8)> {
    let word = u64::from_le_bytes(word);
    let ends = !word & HIGH_BITS;
    if ends == 0 {
        return None;
    }
    let end = ends.trailing_zeros();
    let last = (word >> (end - 7)).to_le_bytes()[0];
    Some(((end as usize + 1) / 8, last))
}

#[inline(never)]
fn number_bytewise(rest: &[u8]) -> Option<(usize, u8)> {
    let (at, last) = rest.iter().enumerate().take(LONG_MAX.0).find(|(_, byte)| **byte < 0x80)?;
    Some((at + 1, *last))
}

/// Not 0 where a byte is no ASCII.
#[inline(always)]
fn high_bits(text: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        let ends = u64::from_le_bytes(*first) | u64::from_le_bytes(*last);
        let inner = text.chunks_exact(8).skip(1).filter_map(|chunk| chunk.first_chunk::<8>());
        return inner.fold(ends, |high, chunk| high | u64::from_le_bytes(*chunk)) & HIGH_BITS;
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let ends = u32::from_le_bytes(*first) | u32::from_le_bytes(*last);
        return u64::from(ends) & HIGH_BITS;
    }
    u64::from(text.iter().fold(0, |high, byte| high | byte)) & HIGH_BITS
}

#[inline(never)]
fn is_utf8(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes<'b>(bytes: &'b [u8], pass: impl FnOnce(&mut Cursor<'b>) -> Option<()>) -> bool {
        let mut cursor = Cursor::new(bytes, 0);
        pass(&mut cursor).is_some() && cursor.is_at_end()
    }

    #[test]
    fn only_the_shortest_spelling_of_a_number_passes() {
        for (bytes, is_long, is_int) in [
            (&[0x00][..], true, true),
            (&[0x80, 0x00], false, false),
            (&[0x80, 0x01], true, true),
            (&[0xff, 0xff, 0xff, 0xff, 0x0f], true, true),
            (&[0xff, 0xff, 0xff, 0xff, 0x1f], true, false),
            (&[0xff, 0xff, 0xff, 0xff, 0x8f, 0x00], false, false),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], true, false),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], false, false),
            (&[0xff, 0xff], false, false),
            (&[], false, false),
        ] {
            assert_eq!(passes(bytes, Cursor::long), is_long, "{bytes:x?}");
            assert_eq!(passes(bytes, Cursor::int), is_int, "{bytes:x?}");
            let optional: Vec<u8> = [2].iter().chain(bytes).copied().collect();
            assert_eq!(passes(&optional, |cursor| cursor.optional_number(0, false)), is_long, "{bytes:x?}");
            assert_eq!(passes(&optional, |cursor| cursor.optional_number(0, true)), is_int, "{bytes:x?}");
        }
    }

    #[test]
    fn texts_are_utf8_wherever_the_other_bytes_stand() {
        for length in 0..30 {
            let mut text = vec![b'a'; length];
            let framed = |text: &[u8]| [&[u8::try_from(text.len()).unwrap() << 1], text].concat();
            assert!(passes(&framed(&text), Cursor::text));
            for at in 0..length {
                text[at] = 0xff;
                assert!(!passes(&framed(&text), Cursor::text), "{at} of {length}");
                text[at] = b'a';
            }
            text.extend("ü".bytes());
            assert!(passes(&framed(&text), Cursor::text));
        }
    }

    #[test]
    fn counts_are_not_negative() {
        let count = |bytes: &[u8]| Cursor::new(bytes, 0).count();
        assert_eq!(count(&[0x7e]), Some(63));
        assert_eq!(count(&[0x80, 0x01]), Some(64));
        assert_eq!(count(&[0x01]), None);
        assert_eq!(count(&[0x81, 0x01]), None);
        assert_eq!(Cursor::new(&[0x04], 0).index(2), None);
    }
}
