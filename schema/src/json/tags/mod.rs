//! Inline tags: `confluent:tags` of objects and properties.
//!
//! Places are named as in the reference registry: `object.prop`, `array.object`, `oneof.0.object.prop`,
//! `object.definitions.X.object`. Parts of combined schemas are numbered after sorting, so that their order in the text
//! does not matter; keywords of several types beside each other count as an `allOf`.

mod change;
mod collect;
mod order;
mod view;

pub(super) use change::change;
pub(super) use collect::collect;
pub(super) use view::is_object;

use crate::document::Json;
use crate::tags::{FIELD, RECORD, TAGS, distinct, text_of};

/// The tags of a schema object, each once.
fn tags_of(node: &Json) -> Vec<String> {
    match node.get(TAGS) {
        Some(Json::Array(items)) => distinct(items.iter().map(text_of)),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
