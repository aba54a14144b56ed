//! Where new to old begins.

use std::collections::BTreeMap;

use super::super::cluster::{Cluster, ClusterError, Connection, Isolation, Span, TopicReader};
use super::super::migration::{Direction, Migration};
use super::super::provenance::{MigrationId, Origin};

/// Finds the first record of each partition of the new topic that a producer has written there. Whoever begins with it
/// passes over nothing, and what came from the old topic is told by its header wherever it stands.
#[derive(Debug, Default)]
pub(super) struct Natives {
    read: BTreeMap<i32, i64>,
    first: BTreeMap<i32, i64>,
}

impl Natives {
    /// Reads on to the end; the offsets where new to old begins.
    pub(super) fn scan(
        &mut self,
        migration: &Migration,
        connection: &Connection,
    ) -> Result<BTreeMap<i32, i64>, ClusterError> {
        let topic = &migration.new.topic;
        let spans = Cluster::connect(connection, &migration.group(Direction::NewToOld))?.spans(topic)?;
        let unread = |span: &Span| {
            let from = self.read.get(&span.partition).copied().unwrap_or(span.from);
            (!self.first.contains_key(&span.partition) && from < span.end).then_some(Span { from, ..*span })
        };
        let unread: Vec<Span> = spans.iter().filter_map(unread).collect();
        if !unread.is_empty() {
            let id = MigrationId::of(&migration.name);
            let mut reader = TopicReader::open(connection, topic, &unread, Isolation::Committed)?;
            while let Some(record) = reader.read()? {
                let headers = record.source_headers();
                if Origin::of_translated(&record.source(&headers), id, Direction::OldToNew).is_none() {
                    self.first.entry(record.partition).or_insert(record.offset);
                }
            }
        }
        self.read = spans.iter().map(|span| (span.partition, span.end)).collect();
        let begin =
            |(partition, end): (&i32, &i64)| (*partition, self.first.get(partition).copied().unwrap_or(*end));
        Ok(self.read.iter().map(begin).collect())
    }

    /// How many partitions hold records that a producer has written there.
    pub(super) fn partitions(&self) -> usize {
        self.first.len()
    }
}
