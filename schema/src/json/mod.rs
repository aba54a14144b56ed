//! JSON Schema schemas.

mod dialect;
mod language;
mod loadable;
mod normalize;
mod number;
mod parse;
mod precise;
mod references;
mod schema;
mod validate;
mod witness;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
