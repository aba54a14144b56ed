//! Avro: the binary encoding of `avro.apache.org`, "Binary encoding", written from and read into any `serde` type.

mod fault;
mod input;
mod output;

pub use fault::{Fault, Misfit};
pub use input::{Block, Input};
pub use output::Output;
