//! Looks which partitioner the producers of a topic use.

use super::cluster::{Cluster, ClusterError, Connection, Isolation, OwnedRecord, Span, TopicReader};
use super::partitioner::{Detection, detect};
use super::provenance::{MigrationId, Origin};

/// Keys that are looked at in a topic.
const KEYS_MAX: i64 = 10_000;

/// The newest records with a key that a migration has not written itself, as far as 10,000 offsets go. Blocks.
///
/// # Errors
/// [`ClusterError`].
pub(crate) fn native_keys(
    connection: &Connection,
    cluster: &Cluster,
    topic: &str,
    migration: MigrationId,
) -> Result<Vec<OwnedRecord>, ClusterError> {
    let spans = cluster.spans(topic)?;
    let each = KEYS_MAX / i64::try_from(spans.len().max(1)).unwrap_or(KEYS_MAX);
    let newest = |span: Span| Span { from: span.from.max(span.end - each.max(1)), ..span };
    let spans: Vec<Span> = spans.into_iter().map(newest).collect();
    let mut reader = TopicReader::open(connection, topic, &spans, Isolation::Committed)?;
    let mut records = Vec::new();
    while let Some(record) = reader.read()? {
        let is_own = Origin::of(&record.source(&record.source_headers()), migration).is_some();
        if record.key.is_some() && !is_own {
            records.push(record);
        }
    }
    Ok(records)
}

/// What the keys of records say about a topic of so many partitions.
pub(crate) fn detection(records: &[OwnedRecord], partitions: i32) -> Detection {
    let keys = records.iter().filter_map(|record| Some((record.key.as_deref()?, record.partition)));
    detect(keys, partitions)
}
