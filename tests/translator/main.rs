//! The translator's run and its proof, against a real broker.
//!
//! The mapping is a trivial one of the tests' own, so that what is tested is what happens around it: order, offsets,
//! transactions, faults, crashes. Nearly every test ends with the proof that every record is there once, in order.

mod brokers;
mod crashes;
mod cutover;
mod delivery;
mod errors;
mod groups;
mod half_kept;
mod health;
mod mapping;
mod memory;
mod rebalances;
mod records;
mod refusals;
mod rehash;
mod rehash_both;
mod stage;
mod two_way;
