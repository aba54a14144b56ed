//! What inline tags are in every language: their entity types, and how those that are written in JSON are read.

use foldhash::{HashSet, HashSetExt};

use crate::document::Json;

/// The keyword or property of schemas that are JSON.
pub(crate) const TAGS: &str = "confluent:tags";
/// The entity type of records, messages and objects.
pub(crate) const RECORD: &str = "sr_record";
/// The entity type of fields and properties.
pub(crate) const FIELD: &str = "sr_field";

/// A tag as a text: what is no text counts by its JSON.
pub(crate) fn text_of(item: &Json) -> String {
    match item {
        Json::String(text) => text.clone(),
        other => {
            let mut text = String::new();
            other.write_compact(&mut text);
            text
        }
    }
}

/// The tags in their order, each once.
pub(crate) fn distinct(tags: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    tags.filter(|tag| seen.insert(tag.clone())).collect()
}
