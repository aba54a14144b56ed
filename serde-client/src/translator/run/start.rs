//! What is looked at before a run begins.

use tokio::runtime::Handle;

use super::super::cluster::{Cluster, ClusterError, Span};
use super::super::migration::{
    Delivery, Direction, Migration, OnError, Pairing, Partitioning, Provenance, Start,
};
use super::super::placement::Placement;
use super::error::RunError;
use super::options::Options;
use super::{placed, state};

/// What the cluster says about the topics of a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topics {
    pub(crate) target_partitions: i32,
    pub(crate) placement: Placement,
    pub(crate) dead_letter_partitions: Option<i32>,
    /// What the source holds, for a run that is to end there; empty otherwise.
    pub(crate) ends: Vec<Span>,
}

/// Refuses what cannot be run, and lets the group begin where the migration says.
pub(crate) fn prepare(
    migration: &Migration,
    direction: Direction,
    mapping_hash: &str,
    options: &Options,
    runtime: &Handle,
) -> Result<Topics, RunError> {
    check(migration, direction, options)?;
    let (source, target) = (&migration.source(direction).topic, &migration.target(direction).topic);
    let cluster = Cluster::connect(&options.connection, &migration.group(direction))?;
    let (source_count, target_count) = (cluster.partitions(source)?, cluster.partitions(target)?);
    if source_count != target_count && migration.partitioning == Partitioning::Preserve {
        return Err(RunError::PartitionCounts {
            source_topic: source.clone(),
            source_count,
            target_topic: target.clone(),
            target_count,
        });
    }
    let dead_letter_partitions = match &migration.errors.on_error {
        OnError::DeadLetter { topic } => Some(cluster.partitions(topic)?),
        OnError::Fail | OnError::Skip => None,
    };
    state::check_mapping(&cluster, migration, direction, mapping_hash, options, runtime)?;
    let placement = placed::settle(&cluster, migration, direction, target_count, options)?;
    begin(&cluster, migration, direction)?;
    let ends = if options.once { cluster.spans(source)? } else { Vec::new() };
    Ok(Topics { target_partitions: target_count, placement, dead_letter_partitions, ends })
}

/// What needs no cluster.
fn check(migration: &Migration, direction: Direction, options: &Options) -> Result<(), RunError> {
    let settings = |text: &str| Err(RunError::Settings(text.to_owned()));
    if !migration.directions.contains(&direction) {
        return settings(&format!("the migration `{}` has no direction {direction}", migration.name));
    }
    if let Err(reason) = migration.check_pairing() {
        return settings(reason);
    }
    if migration.headers.provenance == Provenance::Off && migration.delivery == Delivery::AtLeastOnce {
        return settings("`provenance: off` is for exactly once: without it duplicates cannot be told");
    }
    if options.instance.is_empty() || options.workers == 0 {
        return settings("a run needs an instance name and at least one worker");
    }
    Ok(())
}

/// Commits the first offsets of a group that has none.
///
/// They are committed for every partition at once: one that is added later has none, and begins with its oldest record
/// whatever the migration says.
fn begin(cluster: &Cluster, migration: &Migration, direction: Direction) -> Result<(), RunError> {
    let topic = &migration.source(direction).topic;
    // Where a cutover begins is what the cutover says.
    let is_turned = migration.pairing == Pairing::Cutover && direction == Direction::NewToOld;
    if migration.start == Start::Earliest || is_turned {
        return Ok(());
    }
    let spans = cluster.spans(topic)?;
    let partitions: Vec<i32> = spans.iter().map(|span| span.partition).collect();
    if cluster.committed(topic, &partitions)?.iter().any(|(_, offset)| offset.is_some()) {
        return Ok(());
    }
    let offsets = first_offsets(cluster, topic, &migration.start, &spans)?;
    if let Err(error) = cluster.commit(topic, &offsets) {
        // A group with members is one that another process has begun.
        tracing::info!("the group has begun already: {error}");
    }
    Ok(())
}

fn first_offsets(
    cluster: &Cluster,
    topic: &str,
    start: &Start,
    spans: &[Span],
) -> Result<Vec<(i32, i64)>, ClusterError> {
    Ok(match start {
        Start::Earliest => spans.iter().map(|span| (span.partition, span.from)).collect(),
        Start::Latest => spans.iter().map(|span| (span.partition, span.end)).collect(),
        Start::Timestamp(timestamp) => cluster.offsets_at(topic, *timestamp)?,
        Start::Offsets(offsets) => {
            let named =
                |partition| offsets.iter().find(|(of, _)| *of == partition).map(|(_, offset)| *offset);
            spans.iter().map(|span| (span.partition, named(span.partition).unwrap_or(span.from))).collect()
        }
    })
}
