//! Writing the primitives of Avro's binary encoding.
//!
//! The vector is kept longer than what is written, so a write is one comparison and moves of a fixed size instead of a
//! call that may allocate. Lengths and integers: `avro.apache.org`, "Binary encoding".

/// Bytes of the longest varint of 64 bits.
const VARINT_MAX: usize = 10;
/// The bits of eight bytes that say that another byte follows.
const CONTINUE: u64 = 0x8080_8080_8080_8080;
/// Texts up to this length are written by moves of a fixed size.
const SHORT_MAX: usize = 32;
/// The first piece by which the vector is made longer, in bytes.
const PIECE_MIN: usize = 96;
/// The largest such piece.
const PIECE_MAX: usize = 64 << 10;
/// A write asks for so much room at most where it does not know how much it takes: a branch, a length and a short text.
const ROOM_MAX: usize = 2 + SHORT_MAX;

/// Bytes being written to the end of a vector. Dropping it leaves the vector as long as what was written.
///
/// ```
/// use serde_client::codec::avro::Output;
///
/// let mut record = Vec::new();
/// let mut out = Output::new(&mut record, 0);
/// out.long(-2);
/// out.string("foo");
/// // Until then the vector is longer than what was written.
/// drop(out);
/// assert_eq!(record, b"\x03\x06foo");
/// ```
#[derive(Debug)]
pub struct Output<'a> {
    /// Written up to `position`; what follows is scratch.
    bytes: &'a mut Vec<u8>,
    position: usize,
}

impl<'a> Output<'a> {
    /// Writes behind what `bytes` holds. `expected` is the size of a usual record in bytes, 0 when it is not known.
    #[inline]
    #[must_use]
    pub fn new(bytes: &'a mut Vec<u8>, expected: usize) -> Self {
        let position = bytes.len();
        let room = expected.min(PIECE_MAX) + ROOM_MAX;
        if room <= PIECE_MIN {
            // A constant length is cleared by a few moves instead of a call.
            bytes.extend_from_slice(&[0; PIECE_MIN]);
        } else {
            bytes.resize(position + room, 0);
        }
        Self { bytes, position }
    }

    /// Bytes in the vector up to here, with those that it held before.
    #[inline]
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// What was written from `start` on.
    #[inline]
    #[must_use]
    pub fn written(&self, start: usize) -> &[u8] {
        self.bytes.get(start..self.position).unwrap_or_default()
    }

    /// Forgets what was written from `position` on.
    #[inline]
    pub fn rewind(&mut self, position: usize) {
        self.position = self.position.min(position);
    }

    /// Moves what was written from `middle` on to `start`, in front of what stands there.
    #[inline]
    pub fn bring_forward(&mut self, start: usize, middle: usize) {
        let behind = self.position.saturating_sub(middle);
        if let Some(bytes) = self.bytes.get_mut(start..self.position)
            && behind <= bytes.len()
        {
            bytes.rotate_right(behind);
        }
    }

    /// Writes the bytes from `start` to `end` once more.
    #[inline]
    pub fn repeat(&mut self, start: usize, end: usize) {
        let length = end.saturating_sub(start);
        if self.bytes.len() - self.position < length {
            self.grow(length);
        }
        if end <= self.position && start <= end {
            self.bytes.copy_within(start..end, self.position);
            self.position += length;
        }
    }

    /// Removes the bytes from `start` to `end`.
    #[inline]
    pub fn cut(&mut self, start: usize, end: usize) {
        if start <= end && end <= self.position {
            self.bytes.copy_within(end..self.position, start);
            self.position -= end - start;
        }
    }

    /// The next `N` bytes, where the vector is that long.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        self.bytes.get_mut(self.position..)?.first_chunk_mut()
    }

    /// Lets `fill` write into the next `N` bytes; it says how many of them count. One write of two things costs less than
    /// two, as each has to wait for the position that the one before leaves behind.
    #[inline(always)]
    fn put<const N: usize>(&mut self, fill: impl FnOnce(&mut [u8; N]) -> usize) {
        let start = self.position;
        match self.room() {
            Some(room) => self.position = start + fill(room),
            None => self.put_in_more(fill),
        }
    }

    /// The same when there are too few bytes. Nothing is done behind the call, so what is usual needs no registers saved.
    #[cold]
    #[inline(never)]
    fn put_in_more<const N: usize>(&mut self, fill: impl FnOnce(&mut [u8; N]) -> usize) {
        self.grow(N);
        if let Some(room) = self.room() {
            self.position += fill(room);
        }
    }

    #[cold]
    fn grow(&mut self, need: usize) {
        let piece = self.position.clamp(PIECE_MIN, PIECE_MAX).max(need);
        self.bytes.resize(self.position + piece, 0);
    }

    /// A byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.put(move |room| {
            *room = [byte];
            1
        });
    }

    /// A `boolean`.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        self.byte(u8::from(value));
    }

    /// An `int`; on the wire it is no different from a `long`.
    #[inline]
    pub fn int(&mut self, value: i32) {
        self.long(i64::from(value));
    }

    /// A `long`, the index of an enum or a union, or the count of a block.
    #[inline]
    pub fn long(&mut self, value: i64) {
        self.varint(zig_zag(value));
    }

    /// The count of a block or the length of a text.
    #[inline]
    pub fn count(&mut self, count: usize) {
        self.varint((count as u64) << 1);
    }

    #[inline]
    fn varint(&mut self, value: u64) {
        self.put(move |room| write_varint(value, room));
    }

    /// A `long` in a union, behind the byte that says which branch it is.
    #[inline(always)]
    pub(super) fn long_of_branch(&mut self, branch: u8, value: i64) {
        self.put(move |[first, room @ ..]: &mut [u8; 1 + VARINT_MAX]| {
            *first = branch;
            1 + write_varint(zig_zag(value), room)
        });
    }

    /// A `double` in a union.
    #[inline(always)]
    pub(super) fn double_of_branch(&mut self, branch: u8, value: f64) {
        self.put(move |[first, room @ ..]: &mut [u8; 9]| {
            *first = branch;
            *room = value.to_le_bytes();
            9
        });
    }

    /// A `float`.
    #[inline]
    pub fn float(&mut self, value: f32) {
        self.put(move |room| {
            *room = value.to_le_bytes();
            4
        });
    }

    /// A `double`.
    #[inline]
    pub fn double(&mut self, value: f64) {
        self.put(move |room| {
            *room = value.to_le_bytes();
            8
        });
    }

    /// A `string`.
    #[inline]
    pub fn string(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// `bytes` with their length.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.short_bytes(bytes) {
            return;
        }
        self.any_bytes(bytes);
    }

    /// `bytes` with their length, if they are short and there is room for them; says whether it did.
    #[inline(always)]
    pub(super) fn short_bytes(&mut self, bytes: &[u8]) -> bool {
        let start = self.position;
        if bytes.len() > SHORT_MAX {
            return false;
        }
        let Some(room) = self.room() else { return false };
        self.position = start + write_short(bytes, room);
        true
    }

    /// The same in a union, behind the byte that says which branch it is.
    #[inline(always)]
    pub(super) fn short_bytes_of_branch(&mut self, branch: u8, bytes: &[u8]) -> bool {
        let start = self.position;
        if bytes.len() > SHORT_MAX {
            return false;
        }
        let Some([first, room @ ..]) = self.room::<ROOM_MAX>() else { return false };
        *first = branch;
        self.position = start + 1 + write_short(bytes, room);
        true
    }

    #[inline(never)]
    fn any_bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    /// Bytes without a length, such as those of a `fixed`.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        if self.bytes.len() - self.position < bytes.len() {
            self.grow(bytes.len());
        }
        let end = self.position + bytes.len();
        self.bytes[self.position..end].copy_from_slice(bytes);
        self.position = end;
    }
}

impl Drop for Output<'_> {
    #[inline]
    fn drop(&mut self) {
        self.bytes.truncate(self.position);
    }
}

/// Numbers near zero get small ones, whatever their sign.
#[inline(always)]
fn zig_zag(value: i64) -> u64 {
    (value << 1).cast_unsigned() ^ (value >> 63).cast_unsigned()
}

/// Writes a varint; gives its length. Only short ones are worth their code in each place that writes a number.
#[inline(always)]
fn write_varint(value: u64, room: &mut [u8; VARINT_MAX]) -> usize {
    if value < 1 << 7 {
        room[0] = (value & 0x7f) as u8;
        return 1;
    }
    if value < 1 << 14 {
        room[0] = (value & 0x7f) as u8 | 0x80;
        room[1] = (value >> 7 & 0x7f) as u8;
        return 2;
    }
    write_long_varint(value, room)
}

#[inline(never)]
fn write_long_varint(value: u64, room: &mut [u8; VARINT_MAX]) -> usize {
    if value >= 1 << 56 {
        return write_longest_varint(value, room);
    }
    let length = (70 - value.leading_zeros()) / 7;
    let more = CONTINUE & ((1 << (8 * (length - 1))) - 1);
    room[..8].copy_from_slice(&(spread(value) | more).to_le_bytes());
    length as usize
}

#[inline(never)]
fn write_longest_varint(value: u64, room: &mut [u8; VARINT_MAX]) -> usize {
    room[..8].copy_from_slice(&(spread(value) | CONTINUE).to_le_bytes());
    let top = value >> 56;
    if top < 1 << 7 {
        room[8] = (top & 0x7f) as u8;
        return 9;
    }
    room[8] = (top & 0x7f) as u8 | 0x80;
    room[9] = (top >> 7 & 0x7f) as u8;
    10
}

/// Puts 7 bits into each byte.
#[inline]
fn spread(value: u64) -> u64 {
    let halves = (value & 0x0fff_ffff) | ((value & 0x00ff_ffff_f000_0000) << 4);
    let quarters = (halves & 0x0000_3fff_0000_3fff) | ((halves & 0x0fff_c000_0fff_c000) << 2);
    (quarters & 0x007f_007f_007f_007f) | ((quarters & 0x3f80_3f80_3f80_3f80) << 1)
}

/// Writes at most [`SHORT_MAX`] bytes with their length; gives the length of both.
#[inline(always)]
fn write_short(bytes: &[u8], room: &mut [u8; 1 + SHORT_MAX]) -> usize {
    let [first, room @ ..] = room;
    // Below 64 the zig-zag length is one byte.
    *first = bytes.len().to_le_bytes()[0] << 1;
    copy_short(bytes, room);
    1 + bytes.len()
}

/// Copies at most [`SHORT_MAX`] bytes by two moves that may overlap; a call of `memcpy` costs more than the copy.
#[inline(always)]
fn copy_short(from: &[u8], to: &mut [u8; SHORT_MAX]) {
    let length = from.len();
    if length >= 16 {
        copy_ends(from, to, u128::from_ne_bytes, u128::to_ne_bytes);
    } else if length >= 8 {
        copy_ends(from, to, u64::from_ne_bytes, u64::to_ne_bytes);
    } else if length >= 4 {
        copy_ends(from, to, u32::from_ne_bytes, u32::to_ne_bytes);
    } else if let [first, .., last] = from {
        to[0] = *first;
        to[length / 2] = from[length / 2];
        to[length - 1] = *last;
    } else if let [only] = from {
        to[0] = *only;
    }
}

/// Copies the first and the last `N` bytes, as numbers: copies of bytes that differ in nothing but their size are merged
/// by the compiler into a call.
#[inline(always)]
fn copy_ends<const N: usize, T>(
    from: &[u8],
    to: &mut [u8; SHORT_MAX],
    read: impl Fn([u8; N]) -> T,
    write: impl Fn(T) -> [u8; N],
) {
    let (Some(first), Some(last)) = (from.first_chunk(), from.last_chunk()) else { return };
    let (first, last) = (write(read(*first)), write(read(*last)));
    to[..N].copy_from_slice(&first);
    let length = from.len();
    to[length - N..length].copy_from_slice(&last);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Output<'_>)) -> Vec<u8> {
        let mut bytes = vec![9];
        write(&mut Output::new(&mut bytes, 0));
        assert_eq!(bytes.remove(0), 9, "what was there stays");
        bytes
    }

    #[test]
    fn the_numbers_of_the_specification() {
        for (value, expected) in
            [(0, "00"), (-1, "01"), (1, "02"), (-2, "03"), (-64, "7f"), (64, "8001"), (8192, "808001")]
        {
            let bytes = written(|out| out.long(value));
            assert_eq!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), expected);
        }
        assert_eq!(written(|out| out.string("foo")), b"\x06foo");
        assert_eq!(written(|out| out.double(1.0)), 1.0_f64.to_le_bytes());
        assert_eq!(written(|out| out.float(-2.5)), (-2.5_f32).to_le_bytes());
        assert_eq!(written(|out| out.boolean(true)), [1]);
    }

    #[test]
    fn texts_of_every_length() {
        let text: String = ('a'..='z').cycle().take(5000).collect();
        for length in (0..200).chain([4999, 5000]) {
            let bytes = written(|out| out.string(&text[..length]));
            let mut expected = written(|out| out.count(length));
            expected.extend_from_slice(&text.as_bytes()[..length]);
            assert_eq!(bytes, expected, "{length}");
        }
    }

    #[test]
    fn parts_change_places() {
        let bytes = written(|out| {
            out.raw(b"xab");
            let middle = out.position();
            out.raw(b"cde");
            out.bring_forward(2, middle);
            assert_eq!(out.written(2), b"cdeab");
            out.rewind(out.position() - 1);
            out.repeat(1, 3);
            out.cut(2, 4);
        });
        assert_eq!(bytes, b"xeaxc");
    }
}
