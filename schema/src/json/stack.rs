//! Room on the stack for walks that follow references: those are as deep as a chain of them is long.

/// What must be left of the stack before a deeper level runs on a new piece of it.
const STACK_RESERVE: usize = 128 * 1024;
const STACK_PIECE: usize = 1024 * 1024;

/// Runs one level.
pub(super) fn with_room<R>(level: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(STACK_RESERVE, STACK_PIECE, level)
}
