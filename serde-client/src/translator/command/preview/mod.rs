//! `translator preview`: what real records become, without writing any.

mod native;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::Value as Json;

use super::kafka::{KafkaArgs, direction};
use super::output::Out;
use super::{Failure, Format, MappingArgs, Outcome};
use crate::translator::cluster::{Cluster, Isolation, OwnedRecord, Span, TopicReader};
use crate::translator::dual_writes::DualWrites;
use crate::translator::mapped::Shown;
use crate::translator::migration::Direction;
use crate::translator::translation::{SourceRecord, TargetRecord, Translate, TranslateError};
use crate::translator::typed::TypedDirection;

#[derive(Debug, Args)]
pub(super) struct Preview {
    #[command(flatten)]
    mapping: MappingArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Which way, where the mapping has both.
    #[arg(long, value_parser = direction, value_name = "DIRECTION")]
    direction: Option<Direction>,
    /// Offsets of each partition to look at, from its end.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..))]
    records: i64,
    /// Records to show side by side.
    #[arg(long, default_value_t = 3)]
    show: usize,
    /// Compare with what producers that write both topics have written to the target themselves; ends with 2 when something
    /// differs, with 3 when nothing was written to both.
    #[arg(long)]
    against_native: bool,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    /// Records that were looked at.
    records: u64,
    translated: u64,
    tombstones: u64,
    /// Records that the error policy would get, by reason.
    refused: BTreeMap<String, u64>,
    /// Bytes of keys and values.
    bytes_in: u64,
    bytes_out: u64,
    /// Largest record that would be written.
    largest_out: usize,
    /// Records translated in a second, one thread.
    per_second: u64,
    partitions: BTreeMap<i32, u64>,
    shown: Vec<Side>,
    /// With `--against-native`.
    #[serde(skip_serializing_if = "Option::is_none")]
    native: Option<DualWrites>,
}

#[derive(Debug, Serialize)]
struct Side {
    partition: i32,
    offset: i64,
    source: Json,
    target: Json,
}

impl Preview {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let loaded = self.mapping.load()?;
        let direction = loaded.direction(self.direction)?;
        let connection = self.kafka.connection()?;
        let mapped = loaded.mapped(direction).await?;
        let topic = loaded.file.migration.source(direction).topic.clone();
        let group = loaded.file.migration.group(direction);
        let records = tokio::task::block_in_place(|| {
            let cluster = Cluster::connect(&connection, &group).map_err(Failure::new)?;
            let newest = |span: Span| Span { from: span.from.max(span.end - self.records), ..span };
            let spans: Vec<Span> =
                cluster.spans(&topic).map_err(Failure::new)?.into_iter().map(newest).collect();
            let reader = TopicReader::open(&connection, &topic, &spans, Isolation::Committed);
            reader.and_then(TopicReader::read_all).map_err(Failure::new)
        })?;
        prepare(&mapped, &records).await?;
        let mut report = self.look_at(&mapped, &records);
        if self.against_native {
            let both = (&*mapped, records.as_slice());
            report.native = Some(native::against_native(&loaded, direction, &connection, both).await?);
        }
        match self.mapping.output {
            Format::Json => out.json(&report),
            Format::Text => {
                print(out, &report);
                if let Some(found) = &report.native {
                    native::print(out, &loaded.file.migration.target(direction).topic, found);
                }
            }
        }
        Ok(match &report.native {
            _ if !report.refused.is_empty() => Outcome::NotSatisfied,
            Some(found) => native::outcome(found),
            None => Outcome::Done,
        })
    }

    fn look_at(&self, mapped: &TypedDirection, records: &[OwnedRecord]) -> Report {
        let mut report = Report::default();
        let mut target = TargetRecord::default();
        let mut spent = Duration::ZERO;
        for record in records {
            let headers = record.source_headers();
            let source = record.source(&headers);
            let started = Instant::now();
            let translated = mapped.translate(&source, &mut target);
            spent += started.elapsed();
            report.count(&source, &target, translated);
            if report.shown.len() < self.show
                && let Ok(Shown { source: before, target: after }) = mapped.shown(&source)
            {
                let (partition, offset) = (record.partition, record.offset);
                report.shown.push(Side { partition, offset, source: before, target: after });
            }
        }
        let nanos = spent.as_nanos().max(1);
        report.per_second =
            u64::try_from(u128::from(report.records) * 1_000_000_000 / nanos).unwrap_or(u64::MAX);
        report
    }
}

/// Makes ready for every writer schema that the records name.
async fn prepare(mapped: &TypedDirection, records: &[OwnedRecord]) -> Result<(), Failure> {
    let mut target = TargetRecord::default();
    for record in records {
        let headers = record.source_headers();
        // The key's schema and the value's.
        for _ in 0..2 {
            if let Err(TranslateError::Unprepared(schema)) =
                mapped.translate(&record.source(&headers), &mut target)
            {
                mapped.prepare(schema).await.map_err(Failure::new)?;
            }
        }
    }
    Ok(())
}

impl Report {
    fn count(
        &mut self,
        source: &SourceRecord<'_>,
        target: &TargetRecord,
        translated: Result<(), TranslateError>,
    ) {
        let length = |part: Option<&[u8]>| part.map_or(0, <[u8]>::len);
        self.records += 1;
        *self.partitions.entry(source.partition).or_default() += 1;
        let size = length(source.key) + length(source.value);
        self.bytes_in += u64::try_from(size).unwrap_or(u64::MAX);
        match translated {
            Ok(()) => {
                self.translated += 1;
                self.tombstones += u64::from(source.value.is_none());
                let size = length(target.key.payload()) + length(target.value.payload());
                self.bytes_out += u64::try_from(size).unwrap_or(u64::MAX);
                self.largest_out = self.largest_out.max(size);
            }
            Err(error) => *self.refused.entry(error.to_string()).or_default() += 1,
        }
    }
}

fn print(out: &mut Out, report: &Report) {
    for side in &report.shown {
        out.line(format!("partition {}, offset {}", side.partition, side.offset));
        out.line(format!("  from {}", side.source));
        out.line(format!("  to   {}", side.target));
    }
    let refused: u64 = report.refused.values().sum();
    out.line(format!(
        "{} records: {} translated ({} of them tombstones), {refused} for the error policy",
        report.records, report.translated, report.tombstones
    ));
    out.line(format!(
        "{} bytes in, {} bytes out, the largest {} bytes; {} records a second on one thread",
        report.bytes_in, report.bytes_out, report.largest_out, report.per_second
    ));
    for (reason, count) in &report.refused {
        out.line(format!("  {count}: {reason}"));
    }
    let spread: Vec<String> =
        report.partitions.iter().map(|(partition, count)| format!("{partition}: {count}")).collect();
    out.line(format!("by partition: {}", spread.join(", ")));
}
