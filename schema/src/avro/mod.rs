//! Apache Avro schemas.
//!
//! `schema.rs` is the model: an arena of types, so recursive schemas need no cycles of pointers and a use by name is
//! the same [`schema::TypeId`] as the definition.

pub mod schema;
