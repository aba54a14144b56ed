//! Proves what became of every record: both topics are read, and each translated record is translated again.
//!
//! Per partition of the target the origin offsets must rise without gaps, but for what was left out or is in the
//! dead-letter queue, and every record must be what the mapping makes of its origin. Compacted topics keep the latest
//! record of a key, so there the latest ones are compared.
//!
//! Where records choose their own partitions, each must stand in the one that the mapping chooses for it, and those of one
//! partition of the source must be in order in each partition of the target.
//!
//! Proved is what the group has committed: a translator may go on running. A direction that a cutover has ended is proved to
//! the end of its source: what a producer has written there since is lost.
//!
//! Where both directions translate, [`divergence`] finds keys that were written on both sides.

mod comparison;
mod divergence;
mod elsewhere;
mod expectation;
mod latest;
mod proof;
mod report;
mod scattered;
mod writers;

pub use divergence::{Divergence, DivergenceReport, Position};
pub use proof::{VerifyError, verify};
pub use report::{Counts, Difference, DifferenceKind, Scope, VerifyReport};
pub use writers::divergence;
