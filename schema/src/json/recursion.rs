//! Recursion over what was read from a text: as deep as the text nests, which is bounded, on a stack that grows.

/// What must be left of the stack before a deeper level runs on a new piece of it.
const RESERVE: usize = 64 * 1024;
const PIECE: usize = 1024 * 1024;

/// Runs one level.
pub(super) fn level<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RESERVE, PIECE, run)
}
