//! JSON Schema schemas.

mod language;

/// A parsed schema of this language.
#[derive(Clone, Debug)]
pub struct JsonSchema {
    canonical: String,
}
