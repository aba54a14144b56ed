//! Writes into a vector that is longer than what is written, so that a write is one comparison and moves of a fixed
//! size.

/// Bytes that a `long` takes at most.
const LONG_MAX: usize = 10;
/// Texts up to this length are written by two moves.
const SHORT_MAX: usize = 32;

/// A vector, and how far it is filled.
pub(super) struct Output<'a> {
    buffer: &'a mut Vec<u8>,
    at: usize,
}

/// Has `fill` write behind what `out` holds, most often no more than `usual` bytes, and cuts off what is left over.
#[inline(always)]
pub(super) fn appended(out: &mut Vec<u8>, usual: usize, fill: impl FnOnce(&mut Output<'_>)) {
    let at = out.len();
    out.resize(at + usual, 0);
    let mut output = Output { buffer: out, at };
    fill(&mut output);
    let end = output.at;
    out.truncate(end);
}

impl Output<'_> {
    /// The next `N` bytes: one comparison for whatever is written there.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        if self.buffer.len() - self.at < N {
            self.grow(N);
        }
        let room = self.buffer.get_mut(self.at..).and_then(|rest| rest.first_chunk_mut());
        room.unwrap_or_else(|| unreachable!("the buffer has grown"))
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, need: usize) {
        self.buffer.resize(self.at + need.max(self.at), 0);
    }

    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        *self.room() = [byte];
        self.at += 1;
    }

    #[inline(always)]
    pub(super) fn long(&mut self, value: i64) {
        let length = varint(zig_zag(value), self.room());
        self.at += length;
    }

    /// A union of null and an int.
    #[inline(always)]
    pub(super) fn optional_int(&mut self, value: Option<i32>) {
        let Some(value) = value else { return self.byte(0) };
        let room: &mut [u8; 9] = self.room();
        room[0] = 2;
        let zig_zag = zig_zag(i64::from(value));
        let (spread, length) = spread(zig_zag);
        room[1..].copy_from_slice(&spread.to_le_bytes());
        self.at += 1 + length;
    }

    /// A union of null and a string.
    #[inline(always)]
    pub(super) fn optional_text(&mut self, text: Option<&String>) {
        let Some(text) = text else { return self.byte(0) };
        self.byte(2);
        self.bytes(text.as_bytes());
    }

    #[inline(always)]
    pub(super) fn double(&mut self, value: f64) {
        *self.room() = value.to_le_bytes();
        self.at += 8;
    }

    /// A string or bytes. Two moves that may overlap cost less than a call of memcpy.
    #[inline(always)]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let length = bytes.len();
        let room: &mut [u8; 1 + SHORT_MAX] = self.room();
        room[0] = (length << 1) as u8;
        if (8..=16).contains(&length) {
            ends::<8>(bytes, &mut room[1..]);
        } else if (17..=SHORT_MAX).contains(&length) {
            ends::<16>(bytes, &mut room[1..]);
        } else {
            return self.other_bytes(bytes);
        }
        self.at += 1 + length;
    }

    #[inline(never)]
    fn other_bytes(&mut self, bytes: &[u8]) {
        self.long(bytes.len() as i64);
        if self.buffer.len() - self.at < bytes.len() {
            self.grow(bytes.len());
        }
        self.buffer[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }
}

#[inline(always)]
fn ends<const N: usize>(from: &[u8], to: &mut [u8]) {
    let length = from.len();
    to[..N].copy_from_slice(&from[..N]);
    to[length - N..length].copy_from_slice(&from[length - N..]);
}

#[inline(always)]
fn zig_zag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// A number below 2^56 as a varint, and its length; without a branch that could be guessed wrongly.
#[inline(always)]
fn spread(value: u64) -> (u64, usize) {
    let halves = (value & 0x0fff_ffff) | ((value & 0x00ff_ffff_f000_0000) << 4);
    let quarters = (halves & 0x0000_3fff_0000_3fff) | ((halves & 0x0fff_c000_0fff_c000) << 2);
    let bytes = (quarters & 0x007f_007f_007f_007f) | ((quarters & 0x3f80_3f80_3f80_3f80) << 1);
    let length = (70 - (value | 1).leading_zeros() as usize) / 7;
    let more = 0x8080_8080_8080_8080 & ((1_u64 << (8 * (length - 1))) - 1);
    (bytes | more, length)
}

#[inline(always)]
fn varint(value: u64, room: &mut [u8; LONG_MAX]) -> usize {
    if value < 1 << 56 {
        let (bytes, length) = spread(value);
        room[..8].copy_from_slice(&bytes.to_le_bytes());
        return length;
    }
    long_varint(value, room)
}

#[inline(never)]
fn long_varint(mut rest: u64, room: &mut [u8; LONG_MAX]) -> usize {
    let mut length = 0;
    while rest >= 0x80 {
        room[length] = rest as u8 | 0x80;
        rest >>= 7;
        length += 1;
    }
    room[length] = rest as u8;
    length + 1
}
