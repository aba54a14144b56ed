//! What `translator check --topics` finds out about the topics of a direction.

use serde::Serialize;

use super::Failure;
use super::keys::{key_pairs, key_schema_id, merged, moved, shared};
use crate::translator::cluster::{Administration, Cluster, ClusterError, Connection};
use crate::translator::eras::Eras;
use crate::translator::migration::{Direction, Migration, PartitionHash, Partitioning};
use crate::translator::partitioner::Detection;
use crate::translator::placement::Placement;
use crate::translator::provenance::MigrationId;
use crate::translator::sampled_keys::{detection, native_keys};
use crate::translator::typed::TypedDirection;

/// The topics of a direction.
#[derive(Debug, Default, Serialize)]
pub(super) struct TopicsReport {
    /// What keeps the direction from running as the mapping says.
    pub(super) problems: Vec<String>,
    /// What somebody should know.
    pub(super) notes: Vec<String>,
}

/// Looks at both topics of a direction.
pub(super) async fn look(
    migration: &Migration,
    direction: Direction,
    mapped: &TypedDirection,
    connection: &Connection,
    accept_key_merge: bool,
) -> Result<TopicsReport, Failure> {
    let mut report = TopicsReport::default();
    let (source, target) = (&migration.source(direction).topic, &migration.target(direction).topic);
    let cluster = Cluster::connect(connection, &migration.group(direction)).map_err(Failure::new)?;
    let counts = tokio::task::block_in_place(|| -> Result<_, ClusterError> {
        Ok((cluster.partitions(source)?, cluster.partitions(target)?))
    });
    let (from, to) = counts.map_err(Failure::new)?;
    if from != to && migration.partitioning == Partitioning::Preserve {
        let message = format!(
            "`{source}` has {from} partitions and `{target}` has {to}: `preserve` needs equal numbers, `rehash` does not"
        );
        report.problems.push(message);
    }
    settings(migration, (source, target), connection, &mut report).await?;
    let id = MigrationId::of(&migration.name);
    let (read, written, eras) = tokio::task::block_in_place(|| -> Result<_, ClusterError> {
        let (read, written) =
            (native_keys(connection, &cluster, source, id)?, native_keys(connection, &cluster, target, id)?);
        Ok((read, written, Eras::read(connection, migration, direction)?))
    })
    .map_err(Failure::new)?;
    let known = described(target, &detection(&written, to), to, &mut report);
    described(source, &detection(&read, from), from, &mut report);
    if !eras.is_empty() {
        report.notes.push(format!("the runs of this direction place records by {}", eras.now()));
    }
    let detects =
        matches!(migration.partitioning, Partitioning::Rehash { algorithm: PartitionHash::Detect, .. });
    if detects && known.is_none() && eras.is_empty() {
        report
            .problems
            .push(format!("`detect` finds no partitioner in `{target}`: name it under `algorithm`"));
    }
    let pairs = key_pairs(migration, mapped, &read).await;
    if let Some(merged) = merged(&pairs) {
        if accept_key_merge { report.notes.push(merged) } else { report.problems.push(merged) }
    }
    if let Some(shared) = shared(&pairs).filter(|_| migration.partitioning != Partitioning::Preserve) {
        report.notes.push(shared);
    }
    if let Some(hash) = known {
        let key_schema_id = migration.target(direction).key.as_ref().and_then(|_| key_schema_id(&written));
        moved(migration, &pairs, &Placement::Rehash { hash, key_schema_id, partitions: to }, &mut report);
    }
    Ok(report)
}

/// Settings that differ where records would live shorter, or be refused.
async fn settings(
    migration: &Migration,
    (source, target): (&str, &str),
    connection: &Connection,
    report: &mut TopicsReport,
) -> Result<(), Failure> {
    let asked = Administration::connect(connection).map_err(Failure::new)?;
    let (from, to) = (
        asked.record_settings(source).await.map_err(Failure::new)?,
        asked.record_settings(target).await.map_err(Failure::new)?,
    );
    let value = |settings: &[(String, String)], name: &str| {
        let found = settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        found.unwrap_or_else(|| "the broker's default".to_owned())
    };
    if let Partitioning::Field { path } = &migration.partitioning
        && !path.starts_with("@key")
        && value(&to, "cleanup.policy").contains("compact")
    {
        report.problems.push(format!(
            "`{target}` is compacted, and tombstones have no value: `field: {path}` cannot place them where their keys \
             are, so name a path of the key (`@key.…`)"
        ));
    }
    for (name, why) in [
        ("cleanup.policy", "history may be kept in one of them only"),
        ("retention.ms", "translated history that is older than the target keeps is deleted at once"),
        ("retention.bytes", "the older part of the history may be deleted at once"),
        ("max.message.bytes", "a large record may be refused"),
        ("message.timestamp.type", "translated records keep their times only with CreateTime"),
    ] {
        let (one, other) = (value(&from, name), value(&to, name));
        if one != other {
            report.notes.push(format!("`{name}` is {one} for `{source}` and {other} for `{target}`: {why}"));
        }
    }
    Ok(())
}

fn word(hash: PartitionHash) -> &'static str {
    match hash {
        PartitionHash::Murmur2 => "murmur2 (the Java client's)",
        PartitionHash::Crc32 => "crc32 (librdkafka's default)",
        PartitionHash::Fnv1a => "fnv1a (sarama's)",
        PartitionHash::Detect => "unknown",
    }
}

fn described(
    topic: &str,
    detection: &Detection,
    partitions: i32,
    report: &mut TopicsReport,
) -> Option<PartitionHash> {
    let note = match (detection.found, detection.matches.first()) {
        _ if partitions == 1 => format!("`{topic}` has one partition, which shows no partitioner"),
        (Some(hash), _) => {
            format!("`{topic}` is partitioned by {}, seen by {} keys", word(hash), detection.keys)
        }
        (None, Some(best)) if detection.keys > 0 => format!(
            "the partitioner of `{topic}` is not known: {} explains {:.1} % of {} keys best",
            word(best.hash),
            best.share * 100.0,
            detection.keys
        ),
        _ => format!("`{topic}` has no records with keys that would show its partitioner"),
    };
    report.notes.push(note);
    detection.found
}
