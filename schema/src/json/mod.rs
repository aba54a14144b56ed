//! JSON Schema schemas.

mod compat;
mod dialect;
mod fields;
mod language;
mod load;
mod loadable;
mod model;
mod normalize;
mod number;
mod parse;
mod recursion;
mod references;
mod schema;
mod tags;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
