//! A registry with very many schemas beside an empty one: start, memory, and the latency of every call.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Bench;
use super::population::{DOC, Plan, Registered, SUBJECT, Selection, event_body, fill};
use crate::failure::{Attempt, Result};
use crate::measure::{Load, Spread, closed_loop};
use crate::report::{Cell, Table};
use crate::server::Server;
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
    let registered = fill(&bench.ground.registry(place.path())?, plan)?;
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
    let single = fill(&empty, Plan::single())?;
    let filled = bench.ground.registry(place.path())?;
    let before_mb = filled.resident_mb()?;
    let [latency, processor] = calls(bench, plan, [(&empty, &single), (&filled, &registered)])?;
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
    Ok(vec![table, latency, processor])
}

/// One call to the empty registry and to the parts of the filled one.
#[derive(Clone, Default)]
struct Measured {
    latency_us: [Spread; 4],
    processor_us: [Spread; 4],
}

const LATENCY_COLUMNS: &[&str] =
    &["call", "empty", "hot", "hot ratio", "random", "random ratio", "long", "long ratio", "goal", "met"];
const PROCESSOR_COLUMNS: &[&str] =
    &["call", "empty", "hot", "hot ratio", "random", "random ratio", "long", "long ratio"];

/// Latency, and the processor time behind it.
fn calls(bench: &Bench, plan: Plan, [empty, filled]: [(&Server, &[Registered]); 2]) -> Result<[Table; 2]> {
    let mut latency = Table::new(
        "Latency with very many schemas, beside an empty registry",
        "Median in microseconds, one client, after a restart. Hot: one schema over and over. Random: uniformly over all \
         subjects and versions. Long: uniformly over the versions of the longest subject. Ratios are to the empty \
         registry, which holds one schema.",
        LATENCY_COLUMNS,
    );
    let remark = "The server's processor time per request in microseconds, for the same calls.";
    let mut processor = Table::new("Processor time with very many schemas", remark, PROCESSOR_COLUMNS);
    let parts = [(empty, Plan::hot()), (filled, Plan::hot()), (filled, plan.all()), (filled, plan.long())];
    let traffics: Vec<_> = CALLS
        .iter()
        .map(|call| {
            parts.clone().map(|((server, registered), part)| (server, (call.traffic)(registered, part)))
        })
        .collect();
    let mut measured = vec![Measured::default(); CALLS.len()];
    for _ in 0..bench.rounds {
        for (traffics, measured) in traffics.iter().zip(&mut measured) {
            for (part, (server, traffic)) in traffics.iter().enumerate() {
                let throughput = closed_loop(server, traffic, one_client(bench))?;
                measured.latency_us[part].push(throughput.latencies.percentile_ms(50) * 1e3);
                measured.processor_us[part].push(throughput.processor_us);
            }
        }
    }
    for (call, measured) in CALLS.iter().zip(&measured) {
        let (mut row, ratios) = row(call, &measured.latency_us);
        row.push(Cell::text(format!("≤ {RATIO_MAX}")));
        row.push(Cell::Met(ratios.iter().all(|ratio| *ratio <= RATIO_MAX)));
        latency.rows.push(row);
        processor.rows.push(self::row(call, &measured.processor_us).0);
    }
    Ok([latency, processor])
}

fn one_client(bench: &Bench) -> Load {
    let duration = bench.duration / 2;
    Load { connections: 1, warm_up: duration / 4, duration }
}

/// The cells of a call and the ratios among them.
fn row(call: &Call, [empty, parts @ ..]: &[Spread; 4]) -> (Vec<Cell>, [f64; 3]) {
    let ratios = parts.each_ref().map(|part| part.median() / empty.median());
    let mut row = vec![Cell::text(call.title), Cell::Number(empty.median(), 0)];
    for (part, ratio) in parts.iter().zip(ratios) {
        row.push(Cell::Number(part.median(), 0));
        row.push(Cell::Number(ratio, 2));
    }
    (row, ratios)
}
