//! Records that are left to read. Offsets alone do not tell: markers of transactions and aborted records have some too.

use super::connection::{ClusterError, Connection};
use super::reader::{Isolation, Span, TopicReader};

/// Offsets of a partition that are looked at; what lies behind them is taken for records.
const OFFSETS_MAX: i64 = 10_000;

/// Counts what a reader of committed records would still get of each span.
///
/// # Errors
/// [`ClusterError`].
pub fn left(connection: &Connection, topic: &str, spans: &[Span]) -> Result<Vec<(i32, u64)>, ClusterError> {
    let mut left: Vec<(i32, u64)> = Vec::with_capacity(spans.len());
    let mut read = Vec::new();
    for span in spans {
        let end = span.end.min(span.from.saturating_add(OFFSETS_MAX));
        left.push((span.partition, u64::try_from(span.end - end).unwrap_or_default()));
        if span.from < end {
            read.push(Span { end, ..*span });
        }
    }
    if read.is_empty() {
        return Ok(left);
    }
    let mut reader = TopicReader::open(connection, topic, &read, Isolation::Committed)?;
    while let Some(record) = reader.read()? {
        if let Some((_, count)) = left.iter_mut().find(|(partition, _)| *partition == record.partition) {
            *count += 1;
        }
    }
    Ok(left)
}
