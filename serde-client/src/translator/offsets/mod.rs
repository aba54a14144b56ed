//! Moves consumer groups from one topic of a migration to the other, without a record lost or read twice.
//!
//! A translated record says where it came from, so a position in one topic is a position in the other one.

mod plan;
mod position;
mod spread;
mod turned;

pub use plan::{Move, OffsetsError, PartitionMove, Undo, apply, plan, undo};
pub use position::{Position, ToSource, ToTarget};
pub use spread::{FromSources, ToSources};
