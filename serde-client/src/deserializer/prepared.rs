//! Compiled readers by the schema that records were written with.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use schema::model::ids::{Guid, SchemaId};

use crate::framing::SchemaIdentity;

/// Writer schemas that one topic's deserializer keeps compiled; beyond that it starts anew.
const SCHEMAS_MAX: usize = 2_000;

/// Schemas that are found fastest: those that were met first.
const FIRST: usize = 4;

/// Readers that are found without a lock.
pub(super) struct Prepared<R> {
    /// Filled one after the other and never changed: looking here costs a load and a comparison.
    first: [OnceLock<(SchemaIdentity, Arc<R>)>; FIRST],
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
        let table = Table { by_id: Vec::new(), by_guid: Vec::new() };
        Self { first: [const { OnceLock::new() }; FIRST], table: ArcSwap::from_pointee(table) }
    }
}

impl<R> Prepared<R> {
    /// What `read` makes of the reader of a schema; `None` when there is no reader yet.
    #[inline]
    pub(super) fn with<O>(&self, identity: SchemaIdentity, read: impl FnOnce(&R) -> O) -> Option<O> {
        match self.first(identity) {
            Some(reader) => Some(read(reader)),
            None => self.table.load().get(identity).map(|reader| read(reader)),
        }
    }

    /// The reader of a schema that was met early: what is made of it need not be carried out of a closure.
    #[inline]
    pub(super) fn first(&self, identity: SchemaIdentity) -> Option<&R> {
        for first in &self.first {
            match first.get() {
                Some((known, reader)) if *known == identity => return Some(reader),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }

    /// Keeps a reader.
    pub(super) fn insert(&self, identity: SchemaIdentity, reader: &Arc<R>) {
        for first in &self.first {
            let (known, _) = first.get_or_init(|| (identity, Arc::clone(reader)));
            if *known == identity {
                return;
            }
        }
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
        let find = |identity| prepared.with(identity, |reader| *reader);
        assert_eq!(find(SchemaIdentity::Id(3)), None);
        for id in [7, 3, 9, 3, 1] {
            prepared.insert(SchemaIdentity::Id(id), &Arc::new(id));
            prepared.insert(guid(id.to_be_bytes()[3]), &Arc::new(id + 100));
        }
        for id in [1, 3, 7, 9] {
            assert_eq!(find(SchemaIdentity::Id(id)), Some(id));
            assert_eq!(find(guid(id.to_be_bytes()[3])), Some(id + 100));
        }
        assert_eq!(find(SchemaIdentity::Id(4)), None);
    }

    #[test]
    fn the_number_of_readers_is_bounded() {
        let prepared = Prepared::default();
        let reader = Arc::new(());
        let last = i32::try_from(SCHEMAS_MAX + FIRST).unwrap();
        for id in 0..=last {
            prepared.insert(SchemaIdentity::Id(id), &reader);
        }
        assert_eq!(prepared.table.load().by_id.len(), 1);
        assert!(prepared.with(SchemaIdentity::Id(last), |()| ()).is_some());
        assert!(prepared.with(SchemaIdentity::Id(0), |()| ()).is_some(), "the first stay");
    }
}
