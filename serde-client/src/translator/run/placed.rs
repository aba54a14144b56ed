//! Decides how a run places records, and remembers it.

use super::super::cluster::{Cluster, CompactedTopic, Connection};
use super::super::eras::Eras;
use super::super::migration::{Direction, Migration, PartitionHash, Partitioning};
use super::super::placement::Placement;
use super::super::provenance::MigrationId;
use super::super::sampled_keys::{detection, native_keys};
use super::error::RunError;
use super::options::Options;

/// How records are placed from now on: as before where the migration does not ask for something else. A change must be
/// accepted, and is noted with the offsets where it begins.
pub(crate) fn settle(
    cluster: &Cluster,
    migration: &Migration,
    direction: Direction,
    partitions: i32,
    options: &Options,
) -> Result<Placement, RunError> {
    let connection = &options.connection;
    let source = &migration.source(direction).topic;
    let state = CompactedTopic::new(connection, migration.state_topic())?;
    let eras = state.decide(
        &Eras::key(direction),
        &transactional_id(migration, direction),
        |known: Option<Eras>| {
            let eras = known.unwrap_or_default();
            let wanted = wanted(connection, cluster, (migration, direction), partitions, eras.now())?;
            if *eras.now() == wanted {
                return Ok((!eras.is_empty()).then_some(eras));
            }
            let all: Vec<i32> = (0..cluster.partitions(source)?).collect();
            let from = cluster.committed(source, &all)?;
            let has_run = from.iter().any(|(_, offset)| offset.is_some());
            if has_run && !options.accept_mapping_change {
                return Err(RunError::PlacementChanged {
                    running: eras.now().to_string(),
                    given: wanted.to_string(),
                });
            }
            Ok(Some(eras.then(wanted, from)))
        },
    )?;
    Ok(eras.unwrap_or_default().now().clone())
}

/// One process at a time decides for a direction.
pub(crate) fn transactional_id(migration: &Migration, direction: Direction) -> String {
    format!("srt.{}.{}.placement", migration.name, direction.slug())
}

fn wanted(
    connection: &Connection,
    cluster: &Cluster,
    (migration, direction): (&Migration, Direction),
    partitions: i32,
    now: &Placement,
) -> Result<Placement, RunError> {
    let (algorithm, key_schema_id) = match &migration.partitioning {
        Partitioning::Preserve => return Ok(Placement::Preserve),
        Partitioning::Field { path } => return Ok(Placement::Field { path: path.clone(), partitions }),
        Partitioning::Rehash { algorithm, key_schema_id } => (*algorithm, *key_schema_id),
    };
    let hash = match (algorithm, now) {
        // What was found once stays, whatever the topic shows by now: most of it may be the translator's own.
        (PartitionHash::Detect, Placement::Rehash { hash, .. }) => *hash,
        (PartitionHash::Detect, _) => {
            let target = &migration.target(direction).topic;
            detected(connection, cluster, target, MigrationId::of(&migration.name), partitions)?
        }
        (named, _) => named,
    };
    Ok(Placement::Rehash { hash, key_schema_id, partitions })
}

fn detected(
    connection: &Connection,
    cluster: &Cluster,
    target: &str,
    id: MigrationId,
    partitions: i32,
) -> Result<PartitionHash, RunError> {
    let detection = detection(&native_keys(connection, cluster, target, id)?, partitions);
    let reason = match (detection.found, detection.matches.first()) {
        (Some(hash), _) => {
            tracing::info!(target, keys = detection.keys, "the partitioner is {hash}");
            return Ok(hash);
        }
        _ if partitions == 1 => "it has one partition, which shows no partitioner".to_owned(),
        (None, Some(best)) if detection.keys > 0 => format!(
            "{} explains {:.1} % of {} keys best, which are too few or too far from all",
            best.hash,
            best.share * 100.0,
            detection.keys
        ),
        _ => "it has no record with a key that its own producers wrote".to_owned(),
    };
    Err(RunError::Partitioner { topic: target.to_owned(), reason })
}
