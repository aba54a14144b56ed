//! The language of mappings.

pub mod language;
pub mod shape;
pub mod value;
