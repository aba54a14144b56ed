//! Records that are left to read. Offsets alone do not tell: markers of transactions and aborted records have some too.

use std::collections::BTreeMap;

use super::connection::{ClusterError, Connection};
use super::reader::{Isolation, Span, TopicReader};

/// Offsets of a partition that are looked at. Longer spans are taken for records as they are: to know that somebody is
/// far behind, nobody needs to read what lies between.
const OFFSETS_MAX: i64 = 1_000;

/// Counts by partition what a reader of committed records would still get of each span; of spans longer than a thousand
/// offsets it gives their length, which may be more.
///
/// # Errors
/// [`ClusterError`].
pub fn left(
    connection: &Connection,
    topic: &str,
    spans: &[Span],
) -> Result<BTreeMap<i32, u64>, ClusterError> {
    let mut left = BTreeMap::new();
    let mut read = Vec::new();
    for span in spans {
        let length = span.end.saturating_sub(span.from);
        let unread = if length > OFFSETS_MAX { length } else { 0 };
        left.insert(span.partition, u64::try_from(unread).unwrap_or_default());
        if (1..=OFFSETS_MAX).contains(&length) {
            read.push(*span);
        }
    }
    if read.is_empty() {
        return Ok(left);
    }
    let mut reader = TopicReader::open(connection, topic, &read, Isolation::Committed)?;
    while let Some(record) = reader.read()? {
        *left.entry(record.partition).or_default() += 1;
    }
    Ok(left)
}
