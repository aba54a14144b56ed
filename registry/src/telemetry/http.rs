//! Requests by route, method and status, and how long they took.
//!
//! Counting a request is one look-up by route and three atomic additions. A row of statuses is made when a route first
//! answers a method, so that the table stays small.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use foldhash::fast::RandomState;
use http::{Method, StatusCode};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "other"];
/// Every status from 100 to 599 has a place.
const STATUS_FIRST: u16 = 100;
const STATUS_COUNT: usize = 500;
const UNMATCHED: &str = "unmatched";

/// Upper ends of the buckets, in nanoseconds and as shown in seconds.
const BUCKETS: [(u64, f64); 16] = [
    (50_000, 0.000_05),
    (100_000, 0.000_1),
    (250_000, 0.000_25),
    (500_000, 0.000_5),
    (1_000_000, 0.001),
    (2_500_000, 0.002_5),
    (5_000_000, 0.005),
    (10_000_000, 0.01),
    (25_000_000, 0.025),
    (50_000_000, 0.05),
    (100_000_000, 0.1),
    (250_000_000, 0.25),
    (500_000_000, 0.5),
    (1_000_000_000, 1.0),
    (5_000_000_000, 5.0),
    (10_000_000_000, 10.0),
];

/// A request in flight, until dropped.
#[derive(Debug)]
pub struct InFlight<'a>(&'a AtomicI64);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Row {
    route: &'static str,
    statuses: [OnceLock<Box<[AtomicU64; STATUS_COUNT]>>; METHODS.len()],
    /// One more than bounds: what is above them all.
    buckets: [AtomicU64; BUCKETS.len() + 1],
    sum_ns: AtomicU64,
}

impl Row {
    fn new(route: &'static str) -> Self {
        Self {
            route,
            statuses: Default::default(),
            buckets: [const { AtomicU64::new(0) }; BUCKETS.len() + 1],
            sum_ns: AtomicU64::new(0),
        }
    }
}

pub(super) struct RequestTable {
    places: HashMap<&'static str, usize, RandomState>,
    rows: Vec<Row>,
    unmatched: Row,
    in_flight: AtomicI64,
}

impl fmt::Debug for RequestTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestTable").field("routes", &self.rows.len()).finish_non_exhaustive()
    }
}

impl RequestTable {
    pub(super) fn new(routes: &[&'static str]) -> Self {
        let mut places = HashMap::default();
        let mut rows = Vec::new();
        for route in routes.iter().copied().filter(|route| *route != UNMATCHED) {
            places.entry(route).or_insert_with(|| {
                rows.push(Row::new(route));
                rows.len() - 1
            });
        }
        Self { places, rows, unmatched: Row::new(UNMATCHED), in_flight: AtomicI64::new(0) }
    }

    pub(super) fn started(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(&self.in_flight)
    }

    pub(super) fn answered(&self, route: &'static str, method: &Method, status: StatusCode, took: Duration) {
        let row = self.places.get(route).and_then(|place| self.rows.get(*place)).unwrap_or(&self.unmatched);
        let place = usize::from(status.as_u16().saturating_sub(STATUS_FIRST));
        if let Some(counter) = row.statuses.get(place_of(method)).and_then(|statuses| {
            statuses.get_or_init(|| Box::new([const { AtomicU64::new(0) }; STATUS_COUNT])).get(place)
        }) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        if let Some(bucket) = row.buckets.get(BUCKETS.partition_point(|(bound, _)| *bound < took)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        row.sum_ns.fetch_add(took, Ordering::Relaxed);
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().chain([&self.unmatched])
    }

    fn encode_counts(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Answered requests, by route, method and status";
        let mut family =
            encoder.encode_descriptor("registry_http_requests", help, None, MetricType::Counter)?;
        for row in self.rows() {
            for (method, statuses) in METHODS.iter().zip(&row.statuses) {
                let Some(statuses) = statuses.get() else { continue };
                for (status, counter) in (STATUS_FIRST..).zip(statuses.iter()) {
                    let count = counter.load(Ordering::Relaxed);
                    if count > 0 {
                        let status = status.to_string();
                        let labels = [("route", row.route), ("method", method), ("status", &status)];
                        ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn encode_durations(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let name = "registry_http_request_duration_seconds";
        let help = "Time from the head of a request to its answer, by route";
        let mut family = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for row in self.rows() {
            let bounds = BUCKETS.iter().map(|(_, seconds)| *seconds).chain([f64::INFINITY]);
            let buckets: Vec<(f64, u64)> =
                bounds.zip(row.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed))).collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            if count > 0 {
                let sum = Duration::from_nanos(row.sum_ns.load(Ordering::Relaxed)).as_secs_f64();
                family
                    .encode_family(&[("route", row.route)])?
                    .encode_histogram::<[(&str, &str); 0]>(sum, count, &buckets, None)?;
            }
        }
        Ok(())
    }
}

/// Where a method is in [`METHODS`].
fn place_of(method: &Method) -> usize {
    match *method {
        Method::GET => 0,
        Method::HEAD => 1,
        Method::POST => 2,
        Method::PUT => 3,
        Method::DELETE => 4,
        Method::PATCH => 5,
        Method::OPTIONS => 6,
        _ => 7,
    }
}

impl Collector for RequestTable {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.encode_counts(&mut encoder)?;
        self.encode_durations(&mut encoder)?;
        let in_flight = ConstGauge::new(self.in_flight.load(Ordering::Relaxed));
        let name = "registry_http_requests_in_flight";
        let help = "Requests that are being answered";
        in_flight.encode(encoder.encode_descriptor(name, help, None, in_flight.metric_type())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::{BuildInfo, Metrics};

    fn metrics() -> Metrics {
        Metrics::new(BuildInfo::CURRENT, &["/subjects", "/schemas/ids/{id}", "/subjects"])
    }

    fn check(metrics: &Metrics, line: &str, present: bool) {
        let text = metrics.encode();
        assert_eq!(text.lines().any(|other| other == line), present, "{line} in\n{text}");
    }

    #[test]
    fn requests_are_counted_by_route_method_and_status() {
        let metrics = metrics();
        let took = Duration::from_micros(60);
        metrics.request("/subjects", &Method::GET, StatusCode::OK, took);
        metrics.request("/subjects", &Method::GET, StatusCode::OK, took);
        metrics.request("/subjects", &Method::POST, StatusCode::NOT_FOUND, took);
        metrics.request("/nowhere", &Method::from_bytes(b"BREW").unwrap(), StatusCode::NOT_FOUND, took);
        let count = |labels: &str, count: u8| format!("registry_http_requests_total{{{labels}}} {count}");
        check(&metrics, &count(r#"route="/subjects",method="GET",status="200""#, 2), true);
        check(&metrics, &count(r#"route="/subjects",method="POST",status="404""#, 1), true);
        check(&metrics, &count(r#"route="unmatched",method="other",status="404""#, 1), true);
        check(&metrics, &count(r#"route="/schemas/ids/{id}",method="GET",status="200""#, 0), false);
    }

    #[test]
    fn durations_fall_into_the_bucket_whose_end_they_do_not_exceed() {
        let metrics = metrics();
        for took in [Duration::from_millis(1), Duration::from_nanos(1_000_001), Duration::from_secs(60)] {
            metrics.request("/subjects", &Method::GET, StatusCode::OK, took);
        }
        let bucket = |le: &str, count: u8| {
            let name = "registry_http_request_duration_seconds_bucket";
            format!(r#"{name}{{le="{le}",route="/subjects"}} {count}"#)
        };
        check(&metrics, &bucket("0.0005", 0), true);
        check(&metrics, &bucket("0.001", 1), true);
        check(&metrics, &bucket("0.0025", 2), true);
        check(&metrics, &bucket("10.0", 2), true);
        check(&metrics, &bucket("+Inf", 3), true);
        check(&metrics, r#"registry_http_request_duration_seconds_count{route="/subjects"} 3"#, true);
    }

    #[test]
    fn every_status_has_a_place() {
        let metrics = metrics();
        for status in [100, 599, 600, 999] {
            let status = StatusCode::from_u16(status).unwrap();
            metrics.request("/subjects", &Method::GET, status, Duration::ZERO);
        }
        check(
            &metrics,
            r#"registry_http_requests_total{route="/subjects",method="GET",status="599"} 1"#,
            true,
        );
        check(&metrics, r#"registry_http_request_duration_seconds_count{route="/subjects"} 4"#, true);
    }

    #[test]
    fn requests_in_flight_end_with_their_guard() {
        let metrics = metrics();
        let guards = (metrics.request_started(), metrics.request_started());
        check(&metrics, "registry_http_requests_in_flight 2", true);
        drop(guards);
        check(&metrics, "registry_http_requests_in_flight 0", true);
    }
}
