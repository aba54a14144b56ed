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
mod precise;
mod recursion;
mod references;
mod schema;
mod tags;
mod validate;
mod view;
mod witness;

pub use dialect::Draft;
pub use schema::{Document, JsonSchema};
pub use validate::{DocumentValidator, Verdict};
pub use view::{View, ViewNode};
