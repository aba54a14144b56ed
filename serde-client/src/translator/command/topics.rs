//! What `translator check --topics` finds out about the topics of a direction.

use serde::Serialize;

use super::Failure;
use crate::translator::cluster::{
    Administration, Cluster, Connection, Isolation, OwnedRecord, Span, TopicReader,
};
use crate::translator::migration::{Direction, Migration, PartitionHash, Partitioning};
use crate::translator::partitioner::{Detection, detect, partition_of};
use crate::translator::translation::{TargetRecord, Translate, TranslateError};
use crate::translator::typed::TypedDirection;

/// Keys that are looked at in each topic.
const KEYS_MAX: i64 = 10_000;

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
) -> Result<TopicsReport, Failure> {
    let mut report = TopicsReport::default();
    let (source, target) = (&migration.source(direction).topic, &migration.target(direction).topic);
    let cluster = Cluster::connect(connection, &migration.group(direction)).map_err(Failure::new)?;
    let counts =
        tokio::task::block_in_place(|| Ok((cluster.partitions(source)?, cluster.partitions(target)?)));
    let (from, to) = counts.map_err(|error: crate::translator::cluster::ClusterError| Failure::new(error))?;
    if from != to && migration.partitioning == Partitioning::Preserve {
        let message = format!(
            "`{source}` has {from} partitions and `{target}` has {to}: `preserve` needs equal numbers"
        );
        report.problems.push(message);
    }
    settings(source, target, connection, &mut report).await?;
    let (read, written) = tokio::task::block_in_place(|| -> Result<_, Failure> {
        Ok((keyed(connection, &cluster, source)?, keyed(connection, &cluster, target)?))
    })?;
    let known = described(target, &detection(&written, to), to, &mut report);
    described(source, &detection(&read, from), from, &mut report);
    if let Some(hash) = known.filter(|_| from == to) {
        moved(mapped, &read, (hash, to), &mut report).await;
    }
    Ok(report)
}

/// Settings that differ where records would live shorter, or be refused.
async fn settings(
    source: &str,
    target: &str,
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

/// The newest records with a key, as far as [`KEYS_MAX`] goes.
fn keyed(connection: &Connection, cluster: &Cluster, topic: &str) -> Result<Vec<OwnedRecord>, Failure> {
    let spans = cluster.spans(topic).map_err(Failure::new)?;
    let each = KEYS_MAX / i64::try_from(spans.len().max(1)).unwrap_or(KEYS_MAX);
    let newest = |span: Span| Span { from: span.from.max(span.end - each.max(1)), ..span };
    let spans: Vec<Span> = spans.into_iter().map(newest).collect();
    let mut reader =
        TopicReader::open(connection, topic, &spans, Isolation::Committed).map_err(Failure::new)?;
    let mut records = Vec::new();
    while let Some(record) = reader.read().map_err(Failure::new)? {
        if record.key.is_some() {
            records.push(record);
        }
    }
    Ok(records)
}

fn detection(records: &[OwnedRecord], partitions: i32) -> Detection {
    let keys = records.iter().filter_map(|record| Some((record.key.as_deref()?, record.partition)));
    detect(keys, partitions)
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

/// How many keys `preserve` would put elsewhere than the target's own producers did.
async fn moved(
    mapped: &TypedDirection,
    records: &[OwnedRecord],
    (hash, partitions): (PartitionHash, i32),
    report: &mut TopicsReport,
) {
    let mut target = TargetRecord::default();
    let (mut all, mut elsewhere) = (0_u32, 0_u32);
    for record in records {
        let headers = record.source_headers();
        let source = record.source(&headers);
        // Without a value only the key is translated.
        let key_only = crate::translator::translation::SourceRecord { value: None, ..source };
        if let Err(TranslateError::Unprepared(schema)) = mapped.translate(&key_only, &mut target)
            && mapped.prepare(schema).await.is_err()
        {
            continue;
        }
        if mapped.translate(&key_only, &mut target).is_err() {
            continue;
        }
        let Some(key) = target.key.payload() else { continue };
        all += 1;
        elsewhere += u32::from(partition_of(hash, key, partitions) != Some(record.partition));
    }
    if elsewhere > 0 {
        let share = f64::from(elsewhere) * 100.0 / f64::from(all.max(1));
        report.notes.push(format!(
            "with `preserve`, {share:.1} % of {all} keys land in another partition than their history: readers that \
             join or compact by key see both"
        ));
    }
}
