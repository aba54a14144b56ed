//! Compatibility checks, with one body over and over and with bodies that never come twice.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Bench, CLIENTS};
use crate::connection::BlockingConnection;
use crate::failure::{Failure, Result};
use crate::measure::{Spread, closed_loop};
use crate::report::{Cell, Table};
use crate::schemas::{ad_click, ad_click_evolved, body, wide, with_doc};
use crate::traffic::{self, Numbers, Traffic};

/// Versions that the transitive check compares with.
const VERSIONS: u64 = 1_000;
const COMPATIBLE: &str = r#""is_compatible":true"#;
/// A run of `%` becomes a number that comes only once.
const DIFFERING_DOC: &str = "A text of its own: %%%%%%%%%%%%";

/// What is to be reached.
#[derive(Clone, Copy)]
enum Goal {
    PerSecond(f64),
    MedianMs(f64),
}

struct Check {
    name: &'static str,
    title: &'static str,
    connections: u64,
    goal: Goal,
    set_up: fn(&mut BlockingConnection) -> Result<()>,
    path: &'static str,
    body: fn() -> Value,
}

const LATEST: &str = "/compatibility/subjects/ad-clicks-value/versions/latest";
const ALL: &str = "/compatibility/subjects/wide-value/versions";

const CHECKS: &[Check] = &[
    Check {
        name: "check-same",
        title: "Ad-click schema against the latest version, same body",
        connections: CLIENTS,
        goal: Goal::PerSecond(8_000.0),
        set_up: register_ad_click,
        path: LATEST,
        body: || body(&ad_click_evolved()),
    },
    Check {
        name: "check-differing",
        title: "Ad-click schema against the latest version, differing bodies",
        connections: CLIENTS,
        goal: Goal::PerSecond(8_000.0),
        set_up: register_ad_click,
        path: LATEST,
        body: || body(&with_doc(ad_click_evolved(), DIFFERING_DOC)),
    },
    Check {
        name: "transitive-same",
        title: "50 fields against 1,000 versions, same body",
        connections: 1,
        goal: Goal::MedianMs(20.0),
        set_up: register_wide,
        path: ALL,
        body: || body(&wide("own_99999999")),
    },
    Check {
        name: "transitive-differing",
        title: "50 fields against 1,000 versions, differing bodies",
        connections: 1,
        goal: Goal::MedianMs(20.0),
        set_up: register_wide,
        path: ALL,
        body: || body(&with_doc(wide("own_99999999"), DIFFERING_DOC)),
    },
];

pub(super) fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.name).collect()
}

pub(super) fn run(bench: &Bench) -> Result<Vec<Table>> {
    let mut table = Table::new(
        "Compatibility checks",
        "Closed loop. The body is a later version of the schema, never the registered text itself.",
        &["check", "connections", "per second", "median ms", "p99 ms", "goal", "met"],
    );
    for check in CHECKS.iter().filter(|check| bench.selects(check.name)) {
        table.rows.push(row(bench, check)?);
    }
    Ok(vec![table])
}

fn row(bench: &Bench, check: &Check) -> Result<Vec<Cell>> {
    let registry = bench.ground.empty_registry()?;
    (check.set_up)(&mut registry.connect()?)?;
    let request = traffic::post(check.path, &(check.body)());
    let traffic = Traffic::numbered(&request, COMPATIBLE, [Numbers::Client, Numbers::counted_from(0)]);
    let (mut per_second, mut median_ms, mut p99_ms) = Default::default();
    for _ in 0..bench.rounds {
        round(bench, check, registry.address, &traffic, [&mut per_second, &mut median_ms, &mut p99_ms])?;
    }
    let (goal, met) = match check.goal {
        Goal::PerSecond(least) => (format!("≥ {least} /s"), per_second.median() >= least),
        Goal::MedianMs(most) => (format!("< {most} ms"), median_ms.median() < most),
    };
    Ok(vec![
        Cell::text(check.title),
        Cell::text(check.connections.to_string()),
        Cell::Number(per_second.median(), 0),
        Cell::Number(median_ms.median(), 2),
        Cell::Number(p99_ms.median(), 2),
        Cell::text(goal),
        Cell::Met(met),
    ])
}

fn round(
    bench: &Bench,
    check: &Check,
    address: std::net::SocketAddr,
    traffic: &Arc<Traffic>,
    [per_second, median_ms, p99_ms]: [&mut Spread; 3],
) -> Result<()> {
    let throughput = closed_loop(address, traffic, bench.load(check.connections))?;
    per_second.push(throughput.per_second);
    median_ms.push(throughput.latencies.percentile_ms(50));
    p99_ms.push(throughput.latencies.percentile_ms(99));
    Ok(())
}

fn register_ad_click(connection: &mut BlockingConnection) -> Result<()> {
    connection.post("/subjects/ad-clicks-value/versions", &body(&ad_click()))?;
    Ok(())
}

/// Registers all versions without checks, which are not what is measured here, and turns the checks on.
fn register_wide(connection: &mut BlockingConnection) -> Result<()> {
    connection.put("/config/wide-value", &json!({"compatibility": "NONE"}))?;
    for version in 0..VERSIONS {
        connection.post("/subjects/wide-value/versions", &body(&wide(&format!("own_{version:08}"))))?;
    }
    connection.put("/config/wide-value", &json!({"compatibility": "BACKWARD_TRANSITIVE"}))?;
    let versions = connection.get("/subjects/wide-value/versions")?;
    let counted = versions.as_array().map_or(0, Vec::len);
    if u64::try_from(counted) == Ok(VERSIONS) {
        return Ok(());
    }
    let counted = u64::try_from(counted).unwrap_or(u64::MAX);
    Err(Failure::WrongCount { what: "versions of wide-value".to_owned(), counted, expected: VERSIONS })
}
