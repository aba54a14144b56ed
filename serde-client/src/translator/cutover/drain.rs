//! Looks at the old topic while what is left of it is translated.

use super::super::cluster::{Cluster, ClusterError, Connection, Span, left};
use super::super::migration::{Direction, Migration};
use super::settling::OldTopic;

/// See the module.
pub(super) struct Drain<'a> {
    connection: &'a Connection,
    topic: &'a str,
    committed: Cluster,
    /// It sees the ends of transactions that are open.
    uncommitted: Cluster,
}

impl<'a> Drain<'a> {
    pub(super) fn open(migration: &'a Migration, connection: &'a Connection) -> Result<Self, ClusterError> {
        let group = migration.group(Direction::OldToNew);
        let mut sees_all = connection.clone();
        sees_all.properties.push(("isolation.level".to_owned(), "read_uncommitted".to_owned()));
        Ok(Self {
            connection,
            topic: &migration.old.topic,
            committed: Cluster::connect(connection, &group)?,
            uncommitted: Cluster::connect(&sees_all, &group)?,
        })
    }

    /// The committed offsets come first: what is translated between the two questions counts as left.
    pub(super) fn look(&self) -> Result<OldTopic, ClusterError> {
        let partitions: Vec<i32> = (0..self.committed.partitions(self.topic)?).collect();
        let positions = self.committed.committed(self.topic, &partitions)?;
        let ends = self.uncommitted.spans(self.topic)?;
        let stable = self.committed.spans(self.topic)?;
        let behind = |(span, (_, position)): (&Span, &(i32, Option<i64>))| Span {
            from: position.unwrap_or(span.from).max(span.from),
            ..*span
        };
        let unread: Vec<Span> = stable.iter().zip(&positions).map(behind).collect();
        let end = |span: &Span| (span.partition, span.end);
        Ok(OldTopic {
            ends: ends.iter().map(end).collect(),
            stable: stable.iter().map(end).collect(),
            left: left(self.connection, self.topic, &unread)?.values().sum(),
        })
    }
}
