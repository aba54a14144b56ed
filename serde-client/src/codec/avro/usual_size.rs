//! How large records of a schema are, so that the room for one is reserved at once.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Sizes of records are remembered up to this one, in bytes: each record pays for the zeroes it does not need.
const SIZE_MAX: usize = 1 << 10;

/// The size of the largest record so far, in bytes.
#[derive(Debug, Default)]
pub(super) struct UsualSize(AtomicUsize);

impl UsualSize {
    /// What to reserve.
    #[inline]
    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Remembers the size of a record. Written only when it grows, as threads share it.
    #[inline]
    pub(super) fn learn(&self, size: usize) {
        if size > self.get() {
            self.grow(size.min(SIZE_MAX));
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&self, size: usize) {
        if size > self.get() {
            self.0.store(size, Ordering::Relaxed);
        }
    }
}
