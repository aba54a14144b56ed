//! Code for the two shapes, written as well as safe Rust allows: what every other figure is a ratio to.
//!
//! Nothing here is general. It trusts that it was given a record of the schema, and says `None` otherwise.

pub(crate) mod ad;
mod input;
mod output;
pub(crate) mod tiny;
