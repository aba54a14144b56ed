//! Measures the service as clients see it: requests per second and latencies, with every answer checked.
//!
//! `make bench` runs it against the release binary. `BENCH_SECONDS` sets how long each row runs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use registry_tests::{Answer, Client, Registry};
use serde_json::json;

/// Clients at once, each with a connection of its own.
const CLIENTS: &[usize] = &[1, 16];

/// Schemas that the reading rows choose from.
const STORED: usize = 1_000;

/// One row of the table: what a client does with a number that counts up.
struct Row {
    name: &'static str,
    request: fn(&Client, usize) -> Answer,
    is_right: fn(&Answer, usize) -> bool,
}

const ROWS: &[Row] = &[
    Row {
        name: "register a new schema",
        request: |client, number| client.register(&format!("new-{}", number % 100), &schema(STORED + number)),
        is_right: |answer, _| answer.status == 200 && answer.json()["id"].is_i64(),
    },
    Row {
        name: "register a known schema",
        request: |client, number| client.register(&subject(number), &schema(number % STORED)),
        is_right: |answer, _| answer.status == 200 && answer.json()["version"] == 1,
    },
    Row {
        name: "get a schema by its id",
        request: |client, number| client.get(&format!("/schemas/ids/{}", 1 + number % STORED)),
        is_right: |answer, number| answer.status == 200 && answer.json()["schema"] == schema(number % STORED),
    },
    Row {
        name: "get the latest version",
        request: |client, number| client.get(&format!("/subjects/{}/versions/latest", subject(number))),
        is_right: |answer, number| answer.status == 200 && answer.json()["schema"] == schema(number % STORED),
    },
    Row {
        name: "check compatibility",
        request: |client, number| {
            let path = format!("/compatibility/subjects/{}/versions/latest", subject(number));
            client.post(&path, &json!({ "schema": schema(number) }))
        },
        is_right: |answer, _| answer.json() == json!({ "is_compatible": true }),
    },
];

fn main() {
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5.0);
    let registry = Registry::start_with(&["--log-level", "warn"]);
    for number in 0..STORED {
        let answer = registry.register(&subject(number), &schema(number));
        assert_eq!((answer.status, &answer.json()["id"]), (200, &json!(number + 1)), "{}", answer.text());
    }
    println!(
        "{:<26} {:>7} {:>10} {:>9} {:>9} {:>9}",
        "", "clients", "requests/s", "p50 µs", "p99 µs", "max µs"
    );
    let mut next = 0;
    for row in ROWS {
        for &clients in CLIENTS {
            next = measure(&registry, row, clients, Duration::from_secs_f64(seconds), next);
        }
    }
}

/// Runs a row and prints it; returns the number that the next row may begin with.
fn measure(registry: &Registry, row: &Row, clients: usize, duration: Duration, first: usize) -> usize {
    let next = AtomicUsize::new(first);
    let started = Instant::now();
    let mut micros: Vec<u128> = thread::scope(|scope| {
        let workers: Vec<_> = (0..clients)
            .map(|_| scope.spawn(|| request_until(&registry.connect(), row, started + duration, &next)))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("right answers")).collect()
    });
    let elapsed = started.elapsed();
    micros.sort_unstable();
    let per_second = micros.len() as u128 * 1_000_000 / elapsed.as_micros().max(1);
    let quantile = |percent: usize| micros[(micros.len() - 1) * percent / 100];
    let (name, median, high, highest) = (row.name, quantile(50), quantile(99), quantile(100));
    println!("{name:<26} {clients:>7} {per_second:>10} {median:>9} {high:>9} {highest:>9}");
    next.into_inner()
}

fn request_until(client: &Client, row: &Row, end: Instant, next: &AtomicUsize) -> Vec<u128> {
    let mut micros = Vec::new();
    while Instant::now() < end || micros.is_empty() {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let asked = Instant::now();
        let answer = (row.request)(client, number);
        micros.push(asked.elapsed().as_micros());
        assert!((row.is_right)(&answer, number), "{}: {} {}", row.name, answer.status, answer.text());
    }
    micros
}

fn subject(number: usize) -> String {
    format!("stored-{}", number % STORED)
}

fn schema(number: usize) -> String {
    format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":"int"}},{{"name":"b","type":"string","default":""}}],"number":{number}}}"#
    )
}
