//! Writes into a slice that was reserved for the whole record, so that no write grows it.

/// Bytes that a number takes at most.
pub(super) const NUMBER_LENGTH_MAX: usize = 10;
/// Bytes that a text takes at most, beside its own.
pub(super) const TEXT_OVERHEAD: usize = NUMBER_LENGTH_MAX;

/// A reserved slice and how far it is filled.
pub(super) struct Output<'a> {
    buffer: &'a mut [u8],
    at: usize,
}

/// Reserves `bound` bytes behind what `out` holds, has them filled, and cuts off what is left over.
pub(super) fn reserved(out: &mut Vec<u8>, bound: usize, fill: impl FnOnce(&mut Output<'_>)) {
    let start = out.len();
    out.resize(start + bound, 0);
    let mut output = Output { buffer: &mut out[start..], at: 0 };
    fill(&mut output);
    let end = start + output.at;
    out.truncate(end);
}

impl Output<'_> {
    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.buffer[self.at] = byte;
        self.at += 1;
    }

    #[inline(always)]
    pub(super) fn long(&mut self, value: i64) {
        let mut rest = ((value << 1) ^ (value >> 63)) as u64;
        if rest < 0x80 {
            return self.byte(rest as u8);
        }
        let target = &mut self.buffer[self.at..self.at + NUMBER_LENGTH_MAX];
        let mut length = 0;
        while rest >= 0x80 {
            target[length] = rest as u8 | 0x80;
            rest >>= 7;
            length += 1;
        }
        target[length] = rest as u8;
        self.at += length + 1;
    }

    #[inline(always)]
    pub(super) fn double(&mut self, value: f64) {
        self.buffer[self.at..self.at + 8].copy_from_slice(&value.to_le_bytes());
        self.at += 8;
    }

    #[inline(always)]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.long(bytes.len() as i64);
        let length = bytes.len();
        let target = &mut self.buffer[self.at..self.at + length];
        // Two moves of eight bytes that may overlap cost less than a call of memcpy.
        if (8..=16).contains(&length) {
            target[..8].copy_from_slice(&bytes[..8]);
            target[length - 8..].copy_from_slice(&bytes[length - 8..]);
        } else {
            target.copy_from_slice(bytes);
        }
        self.at += length;
    }

    /// A union of null and something else.
    #[inline(always)]
    pub(super) fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => {
                self.byte(2);
                write(self, value);
            }
            None => self.byte(0),
        }
    }
}
