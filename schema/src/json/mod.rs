//! JSON Schema schemas.

mod compat;
mod dialect;
mod language;
mod load;
mod loadable;
mod model;
mod normalize;
mod number;
mod parse;
mod references;
mod schema;
mod stack;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
