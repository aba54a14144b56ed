//! Protocol Buffers schemas.

mod builtin;
mod canonical;
mod compat;
mod descriptor;
mod formats;
mod language;
pub mod names;
mod normalize;
mod parse;
mod schema;
pub mod syntax;
mod witness;

pub use schema::{Dependency, ProtobufSchema};
