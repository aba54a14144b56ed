//! Protocol Buffers schemas.

mod builtin;
mod canonical;
mod imports;
mod language;
mod link;
pub mod names;
mod parse;
mod schema;
pub mod syntax;
mod tags;

pub use schema::{Dependency, ProtobufSchema};
