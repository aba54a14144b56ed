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

/// The metrics of a process, of all directions that it translates.
pub(crate) struct MetricsRegistry {
    registry: Registry,
    families: Families,
}

/// Handles of the same metrics: a clone counts into the same ones.
#[derive(Clone)]
struct Families {
    records: Family<RecordLabels, Counter>,
    lag_records: Family<PartitionLabels, Gauge>,
    lag_seconds: Family<DirectionLabels, Gauge<f64, std::sync::atomic::AtomicU64>>,
    latency: Family<DirectionLabels, Histogram>,
    batches: Family<OutcomeLabels, Counter>,
    batch_records: Family<DirectionLabels, Histogram>,
    batch_bytes: Family<DirectionLabels, Histogram>,
    buffer: Family<DirectionLabels, Gauge>,
    rebalances: Family<DirectionLabels, Counter>,
    held: Family<HoldLabels, Gauge>,
    drift: Family<PartitionLabels, Gauge>,
    gates: Family<GateLabels, Gauge>,
    groups: Family<GroupLabels, Gauge>,
    native: Counter,
}

impl Default for Families {
    fn default() -> Self {
        let (records, lag_records, lag_seconds, batches, held) = Default::default();
        let (buffer, rebalances, drift, gates, groups, native) = Default::default();
        Self {
            records,
            lag_records,
            lag_seconds,
            latency: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 16))),
            batches,
            batch_records: Family::new_with_constructor(|| Histogram::new(exponential_buckets(1.0, 4.0, 8))),
            batch_bytes: Family::new_with_constructor(|| Histogram::new(exponential_buckets(256.0, 4.0, 10))),
            buffer,
            rebalances,
            held,
            drift,
            gates,
            groups,
            native,
        }
    }
}

impl MetricsRegistry {
    /// Registers everything.
    pub(crate) fn new() -> Self {
        let (mut registry, families) = (Registry::with_prefix("srt"), Families::default());
        registry.register("records", "Records by what became of them", families.records.clone());
        registry.register("lag_records", "Offsets that are not read yet", families.lag_records.clone());
        registry.register(
            "lag_seconds",
            "Age of the record that was written last, while more are to be read",
            families.lag_seconds.clone(),
        );
        registry.register(
            "latency_seconds",
            "From the first record of a batch to its commit",
            families.latency.clone(),
        );
        registry.register(
            "txn",
            "Transactions, or batches at least once, by how they ended",
            families.batches.clone(),
        );
        registry.register("batch_records", "Records of a batch", families.batch_records.clone());
        registry.register("batch_bytes", "Bytes of a batch", families.batch_bytes.clone());
        registry.register("buffer_bytes", "Bytes of records in hand", families.buffer.clone());
        registry.register("rebalance", "Decisions of the group", families.rebalances.clone());
        registry.register("held", "1 for each partition that waits, by reason", families.held.clone());
        registry.register(
            "schema_drift",
            "1 for each partition that waits for a new mapping",
            families.drift.clone(),
        );
        families.register_evidence(&mut registry);
        Self { registry, families }
    }

    /// The metrics of a direction.
    pub(crate) fn of(&self, direction: Direction) -> Metrics {
        let families = &self.families;
        let labels = DirectionLabels { dir: direction.slug() };
        Metrics {
            dir: direction.slug(),
            lag_seconds: families.lag_seconds.get_or_create(&labels).clone(),
            latency: families.latency.get_or_create(&labels).clone(),
            batch_records: families.batch_records.get_or_create(&labels).clone(),
            batch_bytes: families.batch_bytes.get_or_create(&labels).clone(),
            buffer: families.buffer.get_or_create(&labels).clone(),
            rebalances: families.rebalances.get_or_create(&labels).clone(),
            sampled: AtomicI64::default(),
            families: families.clone(),
        }
    }

    /// What a scrape gets.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _always = encode(&mut text, &self.registry);
        text
    }
}

impl Families {
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
}

/// The metrics of one direction.
pub(crate) struct Metrics {
    families: Families,
    dir: &'static str,
    lag_seconds: Gauge<f64, std::sync::atomic::AtomicU64>,
    latency: Histogram,
    batch_records: Histogram,
    batch_bytes: Histogram,
    buffer: Gauge,
    rebalances: Counter,
    /// The end of the sample that was counted last.
    sampled: AtomicI64,
}

impl Metrics {
    /// What the evidence says about the gates.
    pub(crate) fn gates(&self, reports: &[GateReport]) {
        for report in reports {
            let value = match report.verdict {
                Verdict::Open => 1,
                Verdict::Closed => 0,
                Verdict::Unknown => -1,
            };
            self.families.gates.get_or_create(&GateLabels { gate: report.gate.word() }).set(value);
        }
    }

    /// What a sample has seen.
    pub(crate) fn sampled(&self, sample: &Sample) {
        self.families.groups.clear();
        for group in &sample.groups {
            let (topic, verdict) = (group.side.word(), group.state.word());
            self.families
                .groups
                .get_or_create(&GroupLabels { group: group.group.clone(), topic, verdict })
                .set(1);
        }
        // Another instance may have taken it, and it may have been counted.
        if self.sampled.swap(sample.to, Ordering::Relaxed) != sample.to {
            self.families.native.inc_by(sample.native.unwrap_or_default());
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
        self.families.records.get_or_create(&labels).inc_by(count);
    }

    pub(crate) fn ended(&self, end: BatchEnd) {
        self.families.batches.get_or_create(&OutcomeLabels { dir: self.dir, result: end.word() }).inc();
    }

    pub(crate) fn lag(&self, partition: i32, records: i64) {
        self.families.lag_records.get_or_create(&PartitionLabels { dir: self.dir, partition }).set(records);
    }

    pub(crate) fn lag_seconds(&self, seconds: f64) {
        self.lag_seconds.set(seconds);
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
            self.families.held.remove(&HoldLabels { dir: self.dir, partition, reason });
        }
        if let Some(hold) = hold {
            self.families
                .held
                .get_or_create(&HoldLabels { dir: self.dir, partition, reason: hold.word() })
                .set(1);
        }
        let drifted = i64::from(matches!(hold, Some(Hold::Drift(_))));
        self.families.drift.get_or_create(&PartitionLabels { dir: self.dir, partition }).set(drifted);
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&self, partition: i32) {
        self.held(partition, None);
        self.families.drift.remove(&PartitionLabels { dir: self.dir, partition });
        self.families.lag_records.remove(&PartitionLabels { dir: self.dir, partition });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a batch has far fewer than 2^52 bytes")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Names of our metrics in a text, without the endings that counters and histograms add.
    fn names(text: &str) -> BTreeSet<&str> {
        let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let all = text.split(|character| !word(character)).filter(|name| name.starts_with("srt_"));
        let endings = ["_total", "_bucket", "_sum", "_count"];
        all.map(|name| endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)).collect()
    }

    #[test]
    fn alerts_and_the_dashboard_know_every_metric_by_its_name() {
        let registry = MetricsRegistry::new();
        let metrics = registry.of(Direction::NewToOld);
        metrics.count(0, Fate::Ok, 1);
        metrics.lag(0, 1);
        metrics.ended(BatchEnd::Committed);
        metrics.held(0, Some(&Hold::Drift(String::new())));
        let families = &registry.families;
        families.gates.get_or_create(&GateLabels { gate: "producers" }).set(1);
        let group = GroupLabels { group: String::new(), topic: "old", verdict: "active" };
        families.groups.get_or_create(&group).set(1);
        let text = registry.text();
        let known = names(&text);
        let alerts = include_str!("../../../../docs/monitoring/translator-alerts.yaml");
        let dashboard = include_str!("../../../../docs/monitoring/translator-dashboard.json");
        assert_eq!(names(alerts).difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(names(dashboard), known, "the dashboard shows every metric");
    }
}
