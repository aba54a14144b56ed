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

use foldhash::HashSet;

use crate::document::Json;

/// The keyword.
const TAGS: &str = "confluent:tags";
/// The entity type of objects.
const RECORD: &str = "sr_record";
/// The entity type of properties.
const FIELD: &str = "sr_field";

/// The tags of a schema object, each once.
fn tags_of(node: &Json) -> Vec<String> {
    match node.get(TAGS) {
        Some(Json::Array(items)) => distinct(items.iter().map(text_of)),
        _ => Vec::new(),
    }
}

fn text_of(item: &Json) -> String {
    match item {
        Json::String(text) => text.clone(),
        other => {
            let mut text = String::new();
            other.write_compact(&mut text);
            text
        }
    }
}

fn distinct(tags: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::default();
    tags.filter(|tag| seen.insert(tag.clone())).collect()
}

#[cfg(test)]
mod tests;
