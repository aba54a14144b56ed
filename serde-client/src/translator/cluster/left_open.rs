//! Transactions that do not come to an end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::connection::{ClusterError, Connection};
use super::reader::{GROUP, Isolation, Span, TopicReader};
use super::record::OwnedRecord;
use super::topics::Cluster;

/// How long a transaction is given to end.
const PATIENCE: Duration = Duration::from_millis(500);

/// One wait for it.
const TICK: Duration = Duration::from_millis(50);

/// The first open record of every partition where the same transaction stays open for half a second. It may be of anybody.
///
/// # Errors
/// [`ClusterError`].
pub(crate) fn left_open(connection: &Connection, topic: &str) -> Result<Vec<OwnedRecord>, ClusterError> {
    let committed = Cluster::connect(connection, GROUP)?;
    let mut open = open(connection, &committed, topic)?;
    let until = Instant::now() + PATIENCE;
    while !open.is_empty() && Instant::now() < until {
        std::thread::sleep(TICK);
        let begins = committed.ends(topic)?;
        open.retain(|begin| begins.contains(begin));
    }
    first(connection, topic, open)
}

/// The first open record of every partition that has one now.
///
/// # Errors
/// [`ClusterError`].
pub(crate) fn first_open(connection: &Connection, topic: &str) -> Result<Vec<OwnedRecord>, ClusterError> {
    first(connection, topic, open(connection, &Cluster::connect(connection, GROUP)?, topic)?)
}

/// The partitions that have open transactions, and where these begin.
fn open(connection: &Connection, committed: &Cluster, topic: &str) -> Result<Vec<(i32, i64)>, ClusterError> {
    let all = Cluster::of_all_records(connection)?;
    // In this order: what begins in between does not count.
    let ends: BTreeMap<i32, i64> = all.ends(topic)?.into_iter().collect();
    let is_open = |begin: &(i32, i64)| ends.get(&begin.0).is_some_and(|end| begin.1 < *end);
    Ok(committed.ends(topic)?.into_iter().filter(is_open).collect())
}

fn first(
    connection: &Connection,
    topic: &str,
    begins: Vec<(i32, i64)>,
) -> Result<Vec<OwnedRecord>, ClusterError> {
    if begins.is_empty() {
        return Ok(Vec::new());
    }
    let span = |(partition, from)| Span { partition, from, end: from + 1 };
    let spans: Vec<Span> = begins.into_iter().map(span).collect();
    TopicReader::open(connection, topic, &spans, Isolation::Uncommitted)?.read_all()
}
