//! JSON Schema schemas.

mod dialect;
mod language;
mod loadable;
mod normalize;
mod number;
mod parse;
mod references;
mod schema;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
