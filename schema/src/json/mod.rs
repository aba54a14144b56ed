//! JSON Schema schemas.

mod dialect;
mod language;
mod normalize;
mod number;
mod parse;
mod schema;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
