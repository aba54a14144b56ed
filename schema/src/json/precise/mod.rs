//! The `PRECISE` policy: what the documents themselves demand.

mod containers;
pub(super) mod decimal;
pub(super) mod evaluate;
pub(super) mod facts;
pub(super) mod gather;
mod implies;
pub(super) mod matching;
pub(super) mod place;
pub(super) mod prover;
mod same;
pub(super) mod types;
