//! The piece of text that a node was made from, found again.

use foldhash::{HashMap, HashMapExt, HashSet};

use crate::document::Json;
use crate::json::JsonSchema;

/// The values of a schema and its references at certain addresses.
pub(super) struct Sources<'s> {
    found: HashMap<usize, &'s Json>,
}

impl<'s> Sources<'s> {
    /// Looks for the values at the addresses `wanted`, in one walk.
    pub(super) fn find(schema: &'s JsonSchema, wanted: &HashSet<usize>) -> Self {
        let mut found = HashMap::new();
        let documents = std::iter::once(schema.document()).chain(schema.references());
        let mut open: Vec<&'s Json> = documents.map(|document| &document.root).collect();
        while let Some(value) = open.pop() {
            let address = std::ptr::from_ref(value).addr();
            if wanted.contains(&address) {
                found.insert(address, value);
                if found.len() == wanted.len() {
                    break;
                }
            }
            match value {
                Json::Object(members) => open.extend(members.iter().map(|(_, member)| member)),
                Json::Array(items) => open.extend(items),
                _ => {}
            }
        }
        Self { found }
    }

    /// The value at an address; absent where a meta-schema is meant, which belongs to no schema.
    pub(super) fn get(&self, address: usize) -> Option<&'s Json> {
        self.found.get(&address).copied()
    }
}
