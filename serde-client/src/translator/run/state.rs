//! What a migration remembers beside its offsets: which mapping its group runs with.
//!
//! A compacted topic of one partition. Its records are JSON under keys such as `mapping/new-old`.

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::super::cluster::{Cluster, CompactedTopic};
use super::super::migration::{Direction, Migration};
use super::error::RunError;
use super::options::Options;

/// The mapping of a direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MappingState {
    hash: String,
    /// By partition: the first offset that is translated with it.
    from: Vec<(i32, Option<i64>)>,
}

/// Refuses another mapping than the group runs with, unless the change is accepted; then it is noted where it begins.
pub(crate) fn check_mapping(
    cluster: &Cluster,
    migration: &Migration,
    direction: Direction,
    hash: &str,
    options: &Options,
    runtime: &Handle,
) -> Result<(), RunError> {
    let state = CompactedTopic::new(&options.connection, migration.state_topic())?;
    state.create(runtime)?;
    let key = format!("mapping/{}", direction.slug());
    let running = state.latest::<MappingState>(&key)?;
    match running {
        Some(running) if running.hash == hash => return Ok(()),
        Some(running) if !options.accept_mapping_change => {
            return Err(RunError::MappingChanged { running: running.hash, given: hash.to_owned() });
        }
        _ => {}
    }
    let source = &migration.source(direction).topic;
    let partitions: Vec<i32> = (0..cluster.partitions(source)?).collect();
    let from = cluster.committed(source, &partitions)?;
    let entry = state.entry(key, &MappingState { hash: hash.to_owned(), from })?;
    Ok(state.write(&[entry])?)
}
