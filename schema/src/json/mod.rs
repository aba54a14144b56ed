//! JSON Schema schemas.

mod dialect;
mod fields;
mod language;
mod loadable;
mod normalize;
mod number;
mod parse;
mod recursion;
mod references;
mod schema;
mod tags;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
