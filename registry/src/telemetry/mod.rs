//! Figures about the running service, and their text form for Prometheus.
//!
//! [`Metrics`] is made once and passed to whoever counts; there is no global registry. What happens on every request
//! is counted in tables of atomics, without a lock or an allocation; the rest uses ordinary metric families.

mod http;
mod labels;
mod process;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use schema::model::config::CompatibilityLevel;
use schema::model::schema::SchemaType;

use crate::counted_cache::CacheFigures;
use crate::store::Statistics;

pub use self::http::InFlight;
use self::http::RequestTable;
use labels::{CacheLabels, CheckLabels, RegistrationLabels};
pub use labels::{RegistrationOutcome, Verdict};

/// Which build is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct BuildInfo {
    /// Version of the package.
    pub version: &'static str,
    /// Commit it was built from; `unknown` outside the release build.
    pub commit: &'static str,
}

impl BuildInfo {
    /// This build. The commit comes from the variable `REGISTRY_BUILD_COMMIT` at compile time.
    pub const CURRENT: Self = Self {
        version: env!("CARGO_PKG_VERSION"),
        commit: match option_env!("REGISTRY_BUILD_COMMIT") {
            Some(commit) => commit,
            None => "unknown",
        },
    };
}

/// The figures of one cache. Clones count together.
#[derive(Clone, Debug)]
pub struct CacheMetrics {
    hits: Counter,
    misses: Counter,
    bytes: Gauge,
    entries: Gauge,
}

impl CacheMetrics {
    /// How the cache does now. Hits and misses only grow.
    pub fn show(&self, figures: CacheFigures) {
        self.hits.inc_by(figures.hits.saturating_sub(self.hits.get()));
        self.misses.inc_by(figures.misses.saturating_sub(self.misses.get()));
        self.entries.set(figures.entries.try_into().unwrap_or(i64::MAX));
        self.bytes.set(figures.bytes.try_into().unwrap_or(i64::MAX));
    }
}

/// An open client connection, until dropped.
#[derive(Debug)]
pub struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[derive(Default)]
struct StoreGauges {
    contexts: Gauge,
    subjects: Gauge,
    versions: Gauge,
    schemas: Gauge,
    size_bytes: Gauge,
}

/// All figures.
pub struct Metrics {
    registry: Registry,
    requests: Arc<RequestTable>,
    connections: Gauge,
    registrations: Family<RegistrationLabels, Counter>,
    checks: Family<CheckLabels, Counter>,
    cache_hits: Family<CacheLabels, Counter>,
    cache_misses: Family<CacheLabels, Counter>,
    cache_bytes: Family<CacheLabels, Gauge>,
    cache_entries: Family<CacheLabels, Gauge>,
    store: StoreGauges,
    commit_operations: Histogram,
    commit_duration: Histogram,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Starts all figures at zero. `routes` are the patterns that requests are counted under.
    #[must_use]
    pub fn new(build: BuildInfo, routes: &[&'static str]) -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Arc::new(RequestTable::new(routes)),
            connections: Gauge::default(),
            registrations: Family::default(),
            checks: Family::default(),
            cache_hits: Family::default(),
            cache_misses: Family::default(),
            cache_bytes: Family::default(),
            cache_entries: Family::default(),
            store: StoreGauges::default(),
            commit_operations: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
            commit_duration: Histogram::new([
                0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
            ]),
        };
        metrics.register_process(build);
        metrics.register_service();
        metrics.register_caches_and_store();
        metrics
    }

    fn register_process(&mut self, build: BuildInfo) {
        self.registry.register("registry_build", "Version and commit of the running build", Info::new(build));
        self.registry.register_collector(Box::new(process::Process::started_now()));
        self.registry.register_collector(Box::new(Arc::clone(&self.requests)));
        self.registry.register("registry_connections", "Open client connections", self.connections.clone());
    }

    fn register_service(&mut self) {
        self.registry.register(
            "registry_registrations",
            "Requests to register a schema, by schema type and outcome",
            self.registrations.clone(),
        );
        self.registry.register(
            "registry_compatibility_checks",
            "Compatibility checks, by level and verdict",
            self.checks.clone(),
        );
    }

    fn register_caches_and_store(&mut self) {
        let r = &mut self.registry;
        r.register("registry_cache_hits", "Look-ups that a cache answered", self.cache_hits.clone());
        r.register(
            "registry_cache_misses",
            "Look-ups that a cache did not answer",
            self.cache_misses.clone(),
        );
        r.register("registry_cache_size_bytes", "Bytes that a cache holds", self.cache_bytes.clone());
        r.register("registry_cache_entries", "Entries that a cache holds", self.cache_entries.clone());
        r.register("registry_store_contexts", "Contexts with schemas", self.store.contexts.clone());
        r.register("registry_store_subjects", "Subjects with a live version", self.store.subjects.clone());
        r.register("registry_store_versions", "Live versions of all subjects", self.store.versions.clone());
        r.register("registry_store_schemas", "Distinct schemas", self.store.schemas.clone());
        r.register("registry_store_size_bytes", "Bytes of the store on disk", self.store.size_bytes.clone());
        let help = "Operations that shared one transaction";
        r.register("registry_store_commit_operations", help, self.commit_operations.clone());
        let help = "Time that a transaction took, from its first statement to its durable end";
        r.register("registry_store_commit_duration_seconds", help, self.commit_duration.clone());
    }

    /// Counts a request as in flight until the guard is dropped.
    #[must_use]
    pub fn request_started(&self) -> InFlight<'_> {
        self.requests.started()
    }

    /// Counts an answered request. A route that is not among those given to [`Metrics::new`] counts as `unmatched`.
    pub fn request(
        &self,
        route: &'static str,
        method: &::http::Method,
        status: ::http::StatusCode,
        took: Duration,
    ) {
        self.requests.answered(route, method, status, took);
    }

    /// Counts a client connection as open until the guard is dropped.
    #[must_use]
    pub fn connection_opened(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    /// Counts a request to register a schema.
    pub fn registration(&self, schema_type: SchemaType, outcome: RegistrationOutcome) {
        let labels = RegistrationLabels { r#type: schema_type.as_str(), outcome: outcome.as_str() };
        self.registrations.get_or_create(&labels).inc();
    }

    /// Counts a compatibility check.
    pub fn compatibility_check(&self, level: CompatibilityLevel, verdict: Verdict) {
        self.checks.get_or_create(&CheckLabels { level: level.as_str(), verdict: verdict.as_str() }).inc();
    }

    /// The figures of the cache of this name: to be asked for once and kept.
    #[must_use]
    pub fn cache(&self, name: &'static str) -> CacheMetrics {
        let labels = CacheLabels { cache: name };
        CacheMetrics {
            hits: self.cache_hits.get_or_create_owned(&labels),
            misses: self.cache_misses.get_or_create_owned(&labels),
            bytes: self.cache_bytes.get_or_create_owned(&labels),
            entries: self.cache_entries.get_or_create_owned(&labels),
        }
    }

    /// Sets what the store holds: to be called before [`Metrics::encode`].
    pub fn store(&self, figures: Statistics) {
        let set = |gauge: &Gauge, figure: u64| gauge.set(figure.try_into().unwrap_or(i64::MAX));
        set(&self.store.contexts, figures.contexts);
        set(&self.store.subjects, figures.subjects);
        set(&self.store.versions, figures.versions);
        set(&self.store.schemas, figures.schemas);
        set(&self.store.size_bytes, figures.size_bytes);
    }

    /// Counts a transaction that became durable.
    pub fn commit(&self, operations: usize, took: Duration) {
        self.commit_operations.observe(f64::from(u32::try_from(operations).unwrap_or(u32::MAX)));
        self.commit_duration.observe(took.as_secs_f64());
    }

    /// Everything in the OpenMetrics text format.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _infallible = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics() -> Metrics {
        Metrics::new(BuildInfo { version: "1.2.3", commit: "abc" }, &["/subjects"])
    }

    /// The value of a series, or nothing when it is absent.
    fn value(metrics: &Metrics, series: &str) -> Option<String> {
        metrics
            .encode()
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' ').map(str::to_owned))
    }

    fn check(metrics: &Metrics, series: &str, expected: &str) {
        assert_eq!(value(metrics, series).as_deref(), Some(expected), "{series} in\n{}", metrics.encode());
    }

    #[test]
    fn service_figures_have_their_labels() {
        let metrics = metrics();
        metrics.registration(SchemaType::Avro, RegistrationOutcome::Created);
        metrics.registration(SchemaType::Avro, RegistrationOutcome::Created);
        metrics.registration(SchemaType::Json, RegistrationOutcome::Incompatible);
        metrics.compatibility_check(CompatibilityLevel::FullTransitive, Verdict::Compatible);
        check(&metrics, r#"registry_registrations_total{type="AVRO",outcome="created"}"#, "2");
        check(&metrics, r#"registry_registrations_total{type="JSON",outcome="incompatible"}"#, "1");
        let checks = r#"registry_compatibility_checks_total{level="FULL_TRANSITIVE",verdict="compatible"}"#;
        check(&metrics, checks, "1");
    }

    #[test]
    fn caches_are_told_apart_and_clones_count_together() {
        let metrics = metrics();
        let answers = metrics.cache("answers");
        answers.show(CacheFigures { hits: 1, misses: 1, entries: 2, bytes: 1024 });
        answers.clone().show(CacheFigures { hits: 2, misses: 1, entries: 3, bytes: 4096 });
        metrics.cache("schemas").show(CacheFigures { misses: 1, ..CacheFigures::default() });
        check(&metrics, r#"registry_cache_hits_total{cache="answers"}"#, "2");
        check(&metrics, r#"registry_cache_misses_total{cache="answers"}"#, "1");
        check(&metrics, r#"registry_cache_size_bytes{cache="answers"}"#, "4096");
        check(&metrics, r#"registry_cache_entries{cache="answers"}"#, "3");
        check(&metrics, r#"registry_cache_hits_total{cache="schemas"}"#, "0");
    }

    #[test]
    fn store_figures() {
        let metrics = metrics();
        metrics.store(Statistics { contexts: 1, subjects: 2, versions: 3, schemas: 4, size_bytes: 5 });
        metrics.commit(3, Duration::from_millis(2));
        check(&metrics, "registry_store_subjects", "2");
        check(&metrics, "registry_store_size_bytes", "5");
        check(&metrics, r#"registry_store_commit_operations_bucket{le="4.0"}"#, "1");
        check(&metrics, "registry_store_commit_operations_sum", "3.0");
        check(&metrics, "registry_store_commit_duration_seconds_count", "1");
    }

    #[test]
    fn the_process_is_described() {
        let metrics = metrics();
        check(&metrics, r#"registry_build_info{version="1.2.3",commit="abc"}"#, "1");
        let number = |series| value(&metrics, series).unwrap().parse::<f64>().unwrap();
        assert!(number("process_resident_memory_bytes") > 1e6);
        assert!(number("process_start_time_seconds") > 1.7e9);
        assert!(number("process_open_fds") >= 3.0);
    }

    #[test]
    fn the_text_ends_as_the_format_asks() {
        assert!(metrics().encode().ends_with("# EOF\n"));
    }

    #[test]
    fn two_registries_do_not_meet() {
        let (one, other) = (metrics(), metrics());
        let connection = one.connection_opened();
        check(&one, "registry_connections", "1");
        check(&other, "registry_connections", "0");
        drop(connection);
        check(&one, "registry_connections", "0");
    }
}
