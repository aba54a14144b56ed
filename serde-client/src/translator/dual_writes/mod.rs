//! What producers that write both topics have written to the target themselves, beside what a mapping makes of the source.

mod pairing;
mod target_reader;

pub use self::pairing::{DualWrites, LeafDifference, Pair, Readable, Written, compare};
pub use self::target_reader::{Payload, TargetReader};
