//! Compiled readers by the schema that records were written with.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use schema::model::ids::{Guid, SchemaId};

use crate::framing::SchemaIdentity;

/// Writer schemas that one topic's deserializer keeps compiled; beyond that it starts anew.
const SCHEMAS_MAX: usize = 2_000;

/// Readers that are found without a lock.
pub(super) struct Prepared<R> {
    table: ArcSwap<Table<R>>,
}

/// Sorted by identity. A topic has few schemas, so a search takes a step or two.
pub(super) struct Table<R> {
    by_id: Vec<(SchemaId, Arc<R>)>,
    by_guid: Vec<(Guid, Arc<R>)>,
}

impl<R> Table<R> {
    /// The reader of a schema.
    #[inline]
    pub(super) fn get(&self, identity: SchemaIdentity) -> Option<&Arc<R>> {
        match identity {
            SchemaIdentity::Id(id) => found(&self.by_id, id),
            SchemaIdentity::Guid(guid) => found(&self.by_guid, guid),
        }
    }
}

fn found<K: Ord + Copy, R>(sorted: &[(K, Arc<R>)], key: K) -> Option<&Arc<R>> {
    if let [(only, reader)] = sorted {
        return (*only == key).then_some(reader);
    }
    let at = sorted.binary_search_by_key(&key, |(known, _)| *known).ok()?;
    sorted.get(at).map(|(_, reader)| reader)
}

fn inserted<K: Ord + Copy, R>(sorted: &[(K, Arc<R>)], key: K, reader: &Arc<R>) -> Vec<(K, Arc<R>)> {
    let mut sorted = if sorted.len() < SCHEMAS_MAX { sorted.to_vec() } else { Vec::new() };
    match sorted.binary_search_by_key(&key, |(known, _)| *known) {
        Ok(at) => sorted.splice(at..=at, [(key, Arc::clone(reader))]).for_each(drop),
        Err(at) => sorted.insert(at, (key, Arc::clone(reader))),
    }
    sorted
}

impl<R> Default for Prepared<R> {
    fn default() -> Self {
        Self { table: ArcSwap::from_pointee(Table { by_id: Vec::new(), by_guid: Vec::new() }) }
    }
}

impl<R> Prepared<R> {
    /// What is prepared now.
    #[inline]
    pub(super) fn load(&self) -> Guard<Arc<Table<R>>> {
        self.table.load()
    }

    /// Keeps a reader.
    pub(super) fn insert(&self, identity: SchemaIdentity, reader: &Arc<R>) {
        self.table.rcu(|table| match identity {
            SchemaIdentity::Id(id) => {
                Table { by_id: inserted(&table.by_id, id, reader), by_guid: table.by_guid.clone() }
            }
            SchemaIdentity::Guid(guid) => {
                Table { by_id: table.by_id.clone(), by_guid: inserted(&table.by_guid, guid, reader) }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_found_by_their_schema() {
        let prepared = Prepared::default();
        let guid = |byte| SchemaIdentity::Guid(Guid([byte; 16]));
        for id in [7, 3, 9, 3] {
            prepared.insert(SchemaIdentity::Id(id), &Arc::new(id));
            prepared.insert(guid(id.to_be_bytes()[3]), &Arc::new(id + 100));
        }
        let table = prepared.load();
        for id in [3, 7, 9] {
            assert_eq!(table.get(SchemaIdentity::Id(id)).map(|reader| **reader), Some(id));
            assert_eq!(table.get(guid(id.to_be_bytes()[3])).map(|reader| **reader), Some(id + 100));
        }
        assert!(table.get(SchemaIdentity::Id(4)).is_none());
        assert_eq!(table.by_id.len(), 3);
    }

    #[test]
    fn the_number_of_readers_is_bounded() {
        let prepared = Prepared::default();
        let reader = Arc::new(());
        let ids = 0..=i32::try_from(SCHEMAS_MAX).unwrap();
        for id in ids.clone() {
            prepared.insert(SchemaIdentity::Id(id), &reader);
        }
        let table = prepared.load();
        assert_eq!(table.by_id.len(), 1);
        assert!(table.get(SchemaIdentity::Id(*ids.end())).is_some());
    }
}
