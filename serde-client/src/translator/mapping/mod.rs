//! The language of mappings: how records of one schema become records of another.
//!
//! [`file`] reads what people write into [`rule`]s; [`shape`] and [`value`] are one model of types and values for all
//! schema languages, and [`language`] stands between it and bytes; [`compile`] joins rules and types into a
//! [`program`], with a [`report`] on every leaf. Pure: no I/O, no clock, no randomness that is not seeded.

pub mod check;
pub mod compile;
pub mod expression;
pub mod field;
pub mod file;
pub mod flat;
pub mod generate;
pub mod json_form;
pub mod language;
pub mod problem;
pub mod program;
pub mod report;
pub mod rule;
pub mod shape;
pub mod suggest;
pub mod value;

#[cfg(test)]
mod tests;
