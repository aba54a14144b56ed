//! Whether the reference registry would load a schema: every keyword that it reads has a value of the right kind, and
//! every `$ref` that it follows leads to a schema.
//!
//! Only what is reachable counts: unknown keywords, and in older editions `definitions` that nothing refers to, may hold
//! anything. Each node is looked at once, so the walk takes time in proportion to the texts.

mod keywords;
mod pattern;
mod walk;

use super::schema::JsonSchema;
use crate::document::Json;
use crate::format::ParseError;

/// What is wrong, with its place, if anything is.
pub(super) fn check(schema: &JsonSchema) -> Result<(), ParseError> {
    match schema.root() {
        Json::Bool(_) => Ok(()),
        Json::Object(_) => walk::Walk::new(schema).run(),
        other => {
            let found = kind(other);
            Err(ParseError::new(format!("a schema is an object, `true` or `false`, found {found}")))
        }
    }
}

/// What kind of value this is, for messages.
fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
