//! Protocol Buffers schemas.

mod builtin;
mod canonical;
mod compat;
mod compile;
mod descriptor;
mod formats;
mod imports;
mod language;
mod link;
mod messages;
pub mod names;
mod normalize;
mod parse;
mod schema;
pub mod syntax;
mod tags;
mod witness;

pub use messages::is_built_in;
pub use schema::{Dependency, ProtobufSchema};
