//! The clocks: throughput in a closed loop, latency at a fixed rate, and what the disk can do.

mod closed_loop;
mod disk;
mod figures;
mod open_loop;

pub(crate) use closed_loop::{Load, closed_loop};
pub(crate) use disk::syncs_per_second;
pub(crate) use figures::Spread;
pub(crate) use open_loop::open_loop;
