//! Apache Avro schemas.
//!
//! `schema.rs` is the model: an arena of types, so recursive schemas need no cycles of pointers and a use by name is
//! the same [`schema::TypeId`] as the definition. The rules are those of the Java library that the reference registry
//! uses, since canonical texts and content hashes must agree to the byte.

mod attributes;
mod canonical;
pub(crate) mod compat;
mod defaults;
mod definition_hash;
mod equality;
pub(crate) mod explain;
mod java_number;
mod language;
mod logical;
mod names;
mod normalize;
mod parse;
mod parse_named;
mod pending;
mod resolved;
pub mod schema;
mod tags;
pub mod witness;

pub use schema::AvroSchema;

/// What must be left of the stack before a deeper level runs on a new piece of it.
const STACK_RESERVE: usize = 128 * 1024;
/// The size of such a piece.
const STACK_PIECE: usize = 1024 * 1024;
