//! Metrics of a run, for Prometheus.

use std::sync::atomic::{AtomicI64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::super::decommission::{GateReport, Sample, Verdict};
use super::super::migration::Direction;
use super::batch::{Batch, Fate};
use super::inbox::Hold;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RecordLabels {
    dir: &'static str,
    partition: i32,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartitionLabels {
    dir: &'static str,
    partition: i32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DirectionLabels {
    dir: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    dir: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HoldLabels {
    dir: &'static str,
    partition: i32,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GateLabels {
    gate: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GroupLabels {
    group: String,
    topic: &'static str,
    verdict: &'static str,
}

/// How a transaction, or a batch at least once, has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchEnd {
    Committed,
    Aborted,
    Fenced,
}

impl BatchEnd {
    fn word(self) -> &'static str {
        match self {
            Self::Committed => "commit",
            Self::Aborted => "abort",
            Self::Fenced => "fenced",
        }
    }
}

/// See the module.
pub(crate) struct Metrics {
    registry: Registry,
    dir: &'static str,
    records: Family<RecordLabels, Counter>,
    lag_records: Family<PartitionLabels, Gauge>,
    lag_seconds: Family<DirectionLabels, Gauge<f64, std::sync::atomic::AtomicU64>>,
    latency: Histogram,
    batches: Family<OutcomeLabels, Counter>,
    batch_records: Histogram,
    batch_bytes: Histogram,
    buffer: Gauge,
    rebalances: Counter,
    held: Family<HoldLabels, Gauge>,
    drift: Family<PartitionLabels, Gauge>,
    gates: Family<GateLabels, Gauge>,
    groups: Family<GroupLabels, Gauge>,
    native: Counter,
    /// The end of the sample that was counted last.
    sampled: AtomicI64,
}

impl Metrics {
    pub(crate) fn new(direction: Direction) -> Self {
        let mut registry = Registry::with_prefix("srt");
        let (records, lag_records, lag_seconds, batches, held) = Default::default();
        let (buffer, rebalances, drift) = Default::default();
        let (gates, groups, native, sampled) = Default::default();
        let metrics = Self {
            dir: direction.slug(),
            records,
            lag_records,
            lag_seconds,
            latency: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            batches,
            batch_records: Histogram::new(exponential_buckets(1.0, 4.0, 8)),
            batch_bytes: Histogram::new(exponential_buckets(256.0, 4.0, 10)),
            buffer,
            rebalances,
            held,
            drift,
            gates,
            groups,
            native,
            sampled,
            registry: Registry::default(),
        };
        registry.register("records", "Records by what became of them", metrics.records.clone());
        registry.register("lag_records", "Offsets that are not read yet", metrics.lag_records.clone());
        registry.register(
            "lag_seconds",
            "Age of the record that was written last, while more are to be read",
            metrics.lag_seconds.clone(),
        );
        registry.register(
            "latency_seconds",
            "From the first record of a batch to its commit",
            metrics.latency.clone(),
        );
        registry.register(
            "txn",
            "Transactions, or batches at least once, by how they ended",
            metrics.batches.clone(),
        );
        registry.register("batch_records", "Records of a batch", metrics.batch_records.clone());
        registry.register("batch_bytes", "Bytes of a batch", metrics.batch_bytes.clone());
        registry.register("buffer_bytes", "Bytes of records in hand", metrics.buffer.clone());
        registry.register("rebalance", "Decisions of the group", metrics.rebalances.clone());
        registry.register("held", "1 for each partition that waits, by reason", metrics.held.clone());
        registry.register(
            "schema_drift",
            "1 for each partition that waits for a new mapping",
            metrics.drift.clone(),
        );
        metrics.register_evidence(&mut registry);
        Self { registry, ..metrics }
    }

    fn register_evidence(&self, registry: &mut Registry) {
        registry.register(
            "gate",
            "1 for a gate of the decommissioning that is open, 0 closed, -1 unknown",
            self.gates.clone(),
        );
        registry.register("group_state", "1 for each group of a topic, by what it does", self.groups.clone());
        registry.register(
            "native_old_records",
            "Records of the old topic that the translator did not write",
            self.native.clone(),
        );
    }

    /// What the evidence says about the gates.
    pub(crate) fn gates(&self, reports: &[GateReport]) {
        for report in reports {
            let value = match report.verdict {
                Verdict::Open => 1,
                Verdict::Closed => 0,
                Verdict::Unknown => -1,
            };
            self.gates.get_or_create(&GateLabels { gate: report.gate.word() }).set(value);
        }
    }

    /// What a sample has seen.
    pub(crate) fn sampled(&self, sample: &Sample) {
        self.groups.clear();
        for group in &sample.groups {
            let (topic, verdict) = (group.side.word(), group.state.word());
            self.groups.get_or_create(&GroupLabels { group: group.group.clone(), topic, verdict }).set(1);
        }
        // Another instance may have taken it, and it may have been counted.
        if self.sampled.swap(sample.to, Ordering::Relaxed) != sample.to {
            self.native.inc_by(sample.native.unwrap_or_default());
        }
    }

    /// A batch was written. `latency` is in seconds.
    pub(crate) fn wrote(&self, batch: &Batch, latency: f64) {
        for (partition, fate, count) in batch.fates() {
            self.count(partition, fate, count);
        }
        self.latency.observe(latency);
        self.batch_records.observe(float(batch.records()));
        self.batch_bytes.observe(float(batch.bytes()));
        self.ended(BatchEnd::Committed);
    }

    fn count(&self, partition: i32, fate: Fate, count: u64) {
        let labels = RecordLabels { dir: self.dir, partition, result: fate.word() };
        self.records.get_or_create(&labels).inc_by(count);
    }

    pub(crate) fn ended(&self, end: BatchEnd) {
        self.batches.get_or_create(&OutcomeLabels { dir: self.dir, result: end.word() }).inc();
    }

    pub(crate) fn lag(&self, partition: i32, records: i64) {
        self.lag_records.get_or_create(&PartitionLabels { dir: self.dir, partition }).set(records);
    }

    pub(crate) fn lag_seconds(&self, seconds: f64) {
        self.lag_seconds.get_or_create(&DirectionLabels { dir: self.dir }).set(seconds);
    }

    pub(crate) fn buffered(&self, bytes: usize) {
        self.buffer.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub(crate) fn rebalanced(&self) {
        self.rebalances.inc();
    }

    /// Whether a partition waits now.
    pub(crate) fn held(&self, partition: i32, hold: Option<&Hold>) {
        for reason in Hold::WORDS {
            self.held.remove(&HoldLabels { dir: self.dir, partition, reason });
        }
        if let Some(hold) = hold {
            self.held.get_or_create(&HoldLabels { dir: self.dir, partition, reason: hold.word() }).set(1);
        }
        let drifted = i64::from(matches!(hold, Some(Hold::Drift(_))));
        self.drift.get_or_create(&PartitionLabels { dir: self.dir, partition }).set(drifted);
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&self, partition: i32) {
        self.held(partition, None);
        self.drift.remove(&PartitionLabels { dir: self.dir, partition });
        self.lag_records.remove(&PartitionLabels { dir: self.dir, partition });
    }

    /// What a scrape gets.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _always = encode(&mut text, &self.registry);
        text
    }
}

#[expect(clippy::cast_precision_loss, reason = "a batch has far fewer than 2^52 bytes")]
fn float(count: usize) -> f64 {
    count as f64
}
