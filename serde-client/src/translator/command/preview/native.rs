//! `preview --against-native`: the mapping beside what producers write that know both topics.

use super::super::output::Out;
use super::super::{Failure, Loaded, Outcome};
use crate::framing::{KEY_HEADER, VALUE_HEADER};
use crate::translator::cluster::{
    Cluster, ClusterError, Connection, Isolation, OwnedRecord, Span, TopicReader,
};
use crate::translator::dual_writes::{DualWrites, Payload, TargetReader, Written, compare};
use crate::translator::migration::Direction;
use crate::translator::provenance::{MigrationId, Origin};
use crate::translator::translation::{TargetRecord, Translate};
use crate::translator::typed::TypedDirection;

/// How much earlier than its twin a record may have been written, in milliseconds.
const SLACK: i64 = 60_000;

/// Compares what the mapping makes of records of the source with what was written to the target in the same time.
pub(super) async fn against_native(
    loaded: &Loaded,
    direction: Direction,
    connection: &Connection,
    (mapped, records): (&TypedDirection, &[OwnedRecord]),
) -> Result<DualWrites, Failure> {
    let migration = &loaded.file.migration;
    let id = MigrationId::of(&migration.name);
    let mut reader = TargetReader::new(loaded.store.clone(), &loaded.schemas(direction).await?);
    let mut translated = Vec::new();
    let mut target = TargetRecord::default();
    for record in records {
        let headers = record.source_headers();
        let source = record.source(&headers);
        let is_echo = Origin::of_translated(&source, id, direction.reverse()).is_some();
        if is_echo || mapped.translate(&source, &mut target).is_err() {
            continue;
        }
        let readable = reader.read((&target.key).into(), (&target.value).into()).await;
        let readable = readable.map_err(Failure::new)?;
        translated.push(Written { partition: record.partition, offset: record.offset, readable });
    }
    let begin = records.iter().filter_map(|record| record.timestamp).min();
    let begin = begin.unwrap_or_default().saturating_sub(SLACK).max(0);
    let topic = &migration.target(direction).topic;
    let found = tokio::task::block_in_place(|| natives(connection, topic, begin, (id, direction)));
    let mut native = Vec::new();
    for record in found.map_err(Failure::new)? {
        let headers = record.source_headers();
        let source = record.source(&headers);
        let key = Payload { bytes: source.key, header: source.header(KEY_HEADER) };
        let value = Payload { bytes: source.value, header: source.header(VALUE_HEADER) };
        let readable = reader.read(key, value).await.map_err(Failure::new)?;
        native.push(Written { partition: record.partition, offset: record.offset, readable });
    }
    Ok(compare(translated, native))
}

/// Records of a time or later that this direction has not written itself. Blocks.
fn natives(
    connection: &Connection,
    topic: &str,
    begin: i64,
    (id, direction): (MigrationId, Direction),
) -> Result<Vec<OwnedRecord>, ClusterError> {
    let cluster = Cluster::connect(connection, "srt.preview")?;
    let spans = cluster.spans(topic)?;
    let begins = cluster.offsets_at(topic, begin)?;
    let since = |(partition, from): (i32, i64)| {
        let span = spans.iter().find(|span| span.partition == partition)?;
        Some(Span { from, ..*span })
    };
    let spans: Vec<Span> = begins.into_iter().filter_map(since).collect();
    let mut reader = TopicReader::open(connection, topic, &spans, Isolation::Committed)?;
    let mut records = Vec::new();
    while let Some(record) = reader.read()? {
        let headers = record.source_headers();
        let is_own = Origin::of_translated(&record.source(&headers), id, direction).is_some();
        drop(headers);
        if !is_own {
            records.push(record);
        }
    }
    Ok(records)
}

/// Whether the producers and the mapping say the same.
pub(super) fn outcome(found: &DualWrites) -> Outcome {
    if found.different > 0 {
        Outcome::NotSatisfied
    } else if found.equal == 0 {
        Outcome::Waiting
    } else {
        Outcome::Done
    }
}

pub(super) fn print(out: &mut Out, topic: &str, found: &DualWrites) {
    out.line(format!("beside what producers wrote to `{topic}` themselves in the same time:"));
    out.line(format!(
        "  {} equal, {} different, {} only translated, {} only native, {} that cannot be read",
        found.equal, found.different, found.only_translated, found.only_native, found.unreadable
    ));
    for (path, count) in &found.paths {
        out.line(format!("  {count} differ at `{path}`"));
    }
    for pair in &found.shown {
        let ((partition, offset), (native_partition, native_offset)) = (pair.origin, pair.native);
        out.line(format!(
            "  key {}: partition {partition}, offset {offset}, and natively partition {native_partition}, offset {native_offset}",
            pair.key
        ));
        for leaf in &pair.leaves {
            out.line(format!("    {}: {} translated, {} native", leaf.path, leaf.translated, leaf.native));
        }
    }
    if found.equal + found.different == 0 {
        out.line("  Nothing was written to both topics.");
    }
}
