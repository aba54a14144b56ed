//! A registry with very many schemas beside an empty one: start, memory, and the latency of every call.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Bench;
use super::population::{DOC, Plan, Registered, SUBJECT, Selection, event_body, fill};
use crate::failure::{Attempt, Result};
use crate::measure::{Load, Spread, closed_loop};
use crate::report::{Cell, Table};
use crate::traffic::{self, Numbers, Template, Traffic};

const READY_MS_MAX: f64 = 1_000.0;
const FILLED_MB_MAX: f64 = 150.0;
const EMPTY_MB_MAX: f64 = 20.0;
const BINARY_MB_MAX: f64 = 30.0;
/// Most that a call may cost beside the same call to an empty registry.
const RATIO_MAX: f64 = 1.3;

/// When a process that has become ready counts as idle.
const SETTLE: Duration = Duration::from_secs(1);
/// Numbers of schemas that are not registered yet; a population's own are lower.
const NEW: u64 = 50_000_000;

struct Call {
    title: &'static str,
    traffic: fn(&[Registered], Selection) -> Arc<Traffic>,
}

const CALLS: &[Call] = &[
    Call { title: "GET /schemas/ids/{id}", traffic: by_id },
    Call {
        title: "GET /subjects/{subject}/versions/latest",
        traffic: |_, selection| {
            let expected = r#""subject":"events-######""#;
            known(&traffic::get(&format!("{SUBJECT}/versions/latest")), expected, selection)
        },
    },
    Call {
        title: "POST /subjects/{subject}, known schema",
        traffic: |_, selection| known(&traffic::post(SUBJECT, &event_body()), DOC, selection),
    },
    Call {
        title: "POST /subjects/{subject}/versions, known schema",
        traffic: |_, selection| {
            known(&traffic::post(&format!("{SUBJECT}/versions"), &event_body()), r#""id":"#, selection)
        },
    },
    Call {
        title: "POST /compatibility/…/latest, differing bodies",
        traffic: |_, selection| {
            let path = format!("/compatibility{SUBJECT}/versions/latest");
            unknown(&traffic::post(&path, &event_body()), r#""is_compatible":true"#, selection)
        },
    },
    Call {
        title: "POST /subjects/{subject}/versions, new schema",
        traffic: |_, selection| {
            unknown(&traffic::post(&format!("{SUBJECT}/versions"), &event_body()), r#""id":"#, selection)
        },
    },
];

fn by_id(registered: &[Registered], selection: Selection) -> Arc<Traffic> {
    let doc = Template::new(DOC);
    let is_selected = |one: &&Registered| {
        selection.subjects.contains(&one.numbers[0]) && selection.schemas.contains(&one.numbers[1])
    };
    let pair = |one: &Registered| {
        let mut expected = Vec::new();
        doc.fill(one.numbers, &mut expected);
        (traffic::get(&format!("/schemas/ids/{}", one.id)).into_bytes(), expected)
    };
    Arc::new(Traffic::Among(registered.iter().filter(is_selected).map(pair).collect()))
}

fn known(request: &str, expected: &str, selection: Selection) -> Arc<Traffic> {
    let numbers = [Numbers::Uniform(selection.subjects), Numbers::Uniform(selection.schemas)];
    Traffic::numbered(request, expected, numbers)
}

fn unknown(request: &str, expected: &str, selection: Selection) -> Arc<Traffic> {
    let numbers = [Numbers::Uniform(selection.subjects), Numbers::counted_from(NEW)];
    Traffic::numbered(request, expected, numbers)
}

pub(super) fn names() -> Vec<&'static str> {
    vec!["filled"]
}

pub(super) fn run(bench: &Bench) -> Result<Vec<Table>> {
    let plan = Plan::of(bench.schemas);
    let place = bench.ground.place()?;
    let registered = fill(bench.ground.registry(place.path())?.address, plan)?;
    let (mut ready_empty, mut ready_filled) = (Spread::default(), Spread::default());
    let mut empty_mb = Spread::default();
    for _ in 0..bench.rounds {
        let empty = bench.ground.empty_registry()?;
        thread::sleep(SETTLE);
        empty_mb.push(empty.resident_mb()?);
        ready_empty.push(empty.ready_after.as_secs_f64() * 1e3);
        ready_filled.push(bench.ground.registry(place.path())?.ready_after.as_secs_f64() * 1e3);
    }
    let empty = bench.ground.empty_registry()?;
    let single = fill(empty.address, Plan::single())?;
    let filled = bench.ground.registry(place.path())?;
    let before_mb = filled.resident_mb()?;
    let latencies = latencies(bench, plan, [(empty.address, &single), (filled.address, &registered)])?;
    let after_mb = filled.resident_mb()?;

    let mut table = Table::new(
        "Start, memory and size",
        format!("Filled: {}.", plan.describe()),
        &["what", "value", "unit", "goal", "met"],
    );
    let file = std::fs::metadata(&bench.ground.registry).attempt("look at the binary")?;
    for (what, value, unit, goal) in [
        ("ready after start, empty", ready_empty.median(), "ms", Some(READY_MS_MAX)),
        ("ready after start, filled", ready_filled.median(), "ms", Some(READY_MS_MAX)),
        ("resident memory, empty and idle", empty_mb.median(), "MB", Some(EMPTY_MB_MAX)),
        ("resident memory, filled, before the first request", before_mb, "MB", None),
        ("resident memory, filled, after all calls below", after_mb, "MB", Some(FILLED_MB_MAX)),
        ("release binary", file.len() as f64 / 1e6, "MB", Some(BINARY_MB_MAX)),
    ] {
        table.rows.push(vec![
            Cell::text(what),
            Cell::Number(value, 1),
            Cell::text(unit),
            goal.map_or(Cell::Empty, |goal| Cell::text(format!("< {goal}"))),
            goal.map_or(Cell::Empty, |goal| Cell::Met(value < goal)),
        ]);
    }
    Ok(vec![table, latencies])
}

/// Latencies of one call, per part of the population.
#[derive(Clone, Default)]
struct Measured {
    empty: Spread,
    parts: [Spread; 3],
}

fn latencies(bench: &Bench, plan: Plan, [empty, filled]: [(SocketAddr, &[Registered]); 2]) -> Result<Table> {
    let mut table = Table::new(
        "Latency with very many schemas, beside an empty registry",
        "Median in microseconds, one client, after a restart. Hot: one schema over and over. Random: uniformly over all \
         subjects and versions. Long: uniformly over the versions of the longest subject. Ratios are to the empty \
         registry, which holds one schema.",
        &["call", "empty", "hot", "hot ratio", "random", "random ratio", "long", "long ratio", "goal", "met"],
    );
    let parts = [Plan::hot(), plan.all(), plan.long()];
    let traffics: Vec<_> = CALLS
        .iter()
        .map(|call| {
            let of_parts = parts.clone().map(|part| (call.traffic)(filled.1, part));
            ((call.traffic)(empty.1, Plan::hot()), of_parts)
        })
        .collect();
    let mut measured = vec![Measured::default(); CALLS.len()];
    for _ in 0..bench.rounds {
        for ((on_empty, on_parts), measured) in traffics.iter().zip(&mut measured) {
            measured.empty.push(median_us(bench, empty.0, on_empty)?);
            for (traffic, spread) in on_parts.iter().zip(&mut measured.parts) {
                spread.push(median_us(bench, filled.0, traffic)?);
            }
        }
    }
    for (call, measured) in CALLS.iter().zip(&measured) {
        table.rows.push(row(call, measured));
    }
    Ok(table)
}

fn median_us(bench: &Bench, address: SocketAddr, traffic: &Arc<Traffic>) -> Result<f64> {
    let duration = bench.duration / 2;
    let load = Load { connections: 1, warm_up: duration / 4, duration };
    Ok(closed_loop(address, traffic, load)?.latencies.percentile_ms(50) * 1e3)
}

fn row(call: &Call, measured: &Measured) -> Vec<Cell> {
    let empty = measured.empty.median();
    let ratios = measured.parts.each_ref().map(|part| part.median() / empty);
    let mut row = vec![Cell::text(call.title), Cell::Number(empty, 0)];
    for (part, ratio) in measured.parts.iter().zip(ratios) {
        row.push(Cell::Number(part.median(), 0));
        row.push(Cell::Number(ratio, 2));
    }
    row.push(Cell::text(format!("≤ {RATIO_MAX}")));
    row.push(Cell::Met(ratios.iter().all(|ratio| *ratio <= RATIO_MAX)));
    row
}
