//! Reads both topics for keys that producers have written on both sides.

use std::sync::Arc;

use super::super::cluster::{Cluster, ClusterError, Connection, Isolation, TopicReader};
use super::super::migration::{Direction, Migration, Provenance};
use super::super::provenance::{MigrationId, Origin};
use super::divergence::{DivergenceReport, Position, Seen, Writers};
use super::proof::VerifyError;

/// Finds keys that producers have written to both topics. Topics are read as far as they go now, and whole.
///
/// # Errors
/// [`VerifyError`].
pub async fn divergence(
    migration: Arc<Migration>,
    connection: Connection,
) -> Result<DivergenceReport, VerifyError> {
    if migration.headers.provenance == Provenance::Off {
        return Err(VerifyError::Settings("without provenance no record says who has written it"));
    }
    let (send, receive) = tokio::sync::oneshot::channel();
    // It takes as long as the topics are long, and reading blocks: it gets a thread of its own.
    std::thread::spawn(move || {
        let _abandoned = send.send(read(&migration, &connection));
    });
    Ok(receive.await.map_err(|_gone| VerifyError::Panicked)??)
}

fn read(migration: &Migration, connection: &Connection) -> Result<DivergenceReport, ClusterError> {
    let mut writers = Writers::default();
    each(migration, connection, Direction::OldToNew, |key, seen| writers.see_new(key, seen))?;
    writers.turn();
    if writers.has_candidates() {
        each(migration, connection, Direction::NewToOld, |key, seen| writers.see_old(key, seen))?;
    }
    Ok(writers.finish())
}

/// The records with keys of the topic that a direction writes.
fn each(
    migration: &Migration,
    connection: &Connection,
    direction: Direction,
    mut see: impl FnMut(&[u8], Seen),
) -> Result<(), ClusterError> {
    let topic = &migration.target(direction).topic;
    let id = MigrationId::of(&migration.name);
    let spans = Cluster::connect(connection, &migration.group(direction))?.spans(topic)?;
    let mut reader = TopicReader::open(connection, topic, &spans, Isolation::Committed)?;
    while let Some(record) = reader.read()? {
        let Some(key) = record.key.as_deref() else { continue };
        let headers = record.source_headers();
        let own = Origin::of_translated(&record.source(&headers), id, direction);
        let origin = own.map(|origin| Position { partition: origin.partition, offset: origin.offset });
        see(key, Seen { at: Position { partition: record.partition, offset: record.offset }, origin });
    }
    Ok(())
}
