//! Counts the allocations of the measuring thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    // Without a destructor, so that it can be used as long as the thread allocates.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, with a count for each thread.
pub(crate) struct Counting;

/// How often this thread has asked for memory so far: new blocks, and blocks that were to become larger or smaller.
pub(crate) fn count() -> u64 {
    COUNT.get()
}

fn add() {
    COUNT.set(COUNT.get() + 1);
}

#[expect(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: every call goes to `System` with the arguments it came with; counting allocates nothing and cannot panic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add();
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add();
        unsafe { System.realloc(pointer, layout, size) }
    }
}
