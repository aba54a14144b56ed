//! Calls that memory can answer, beside a bare server that returns the same bytes.

use std::sync::Arc;

use serde_json::Value;

use super::{Bench, CLIENTS};
use crate::connection::BlockingConnection;
use crate::failure::Result;
use crate::measure::{Spread, closed_loop, open_loop};
use crate::report::{Cell, Table};
use crate::schemas::{ad_click, body, json_body, protobuf_body};
use crate::server::Server;
use crate::traffic::{self, Traffic};

/// Longest p99 at half load, in milliseconds.
const P99_MS_MAX: f64 = 2.0;

const SUBJECT: &str = "/subjects/ad-clicks-value";
const VERSIONS: &str = "/subjects/ad-clicks-value/versions";

struct Call {
    name: &'static str,
    title: &'static str,
    /// Least share of the bare server's throughput.
    share: f64,
    /// The body that registers the schema.
    body: fn() -> Value,
    /// The request, given the id of the schema that is registered.
    request: fn(&Value) -> String,
    /// Whether an answer is right, given the same id.
    is_right: fn(&Value, &Value) -> bool,
}

const CALLS: &[Call] = &[
    Call {
        name: "get-by-id",
        title: "GET /schemas/ids/{id}",
        share: 0.7,
        body: avro_body,
        request: |id| traffic::get(&format!("/schemas/ids/{id}")),
        is_right: |answer, _| has_text(answer),
    },
    Call {
        name: "get-latest",
        title: "GET /subjects/{subject}/versions/latest",
        share: 0.7,
        body: avro_body,
        request: |_| traffic::get("/subjects/ad-clicks-value/versions/latest"),
        is_right: |answer, id| has_text(answer) && answer["id"] == *id,
    },
    Call {
        name: "lookup",
        title: "POST /subjects/{subject}, known schema",
        share: 0.5,
        body: avro_body,
        request: |_| traffic::post(SUBJECT, &avro_body()),
        is_right: |answer, id| has_text(answer) && answer["id"] == *id && answer["version"] == 1,
    },
    Call {
        name: "re-register",
        title: "POST /subjects/{subject}/versions, known schema",
        share: 0.5,
        body: avro_body,
        request: |_| traffic::post(VERSIONS, &avro_body()),
        is_right: |answer, id| answer["id"] == *id,
    },
    Call {
        name: "lookup-protobuf",
        title: "POST /subjects/{subject}, known Protobuf schema",
        share: 0.5,
        body: protobuf_body,
        request: |_| traffic::post(SUBJECT, &protobuf_body()),
        is_right: |answer, id| answer["id"] == *id && answer["version"] == 1,
    },
    Call {
        name: "re-register-protobuf",
        title: "POST /subjects/{subject}/versions, known Protobuf schema",
        share: 0.5,
        body: protobuf_body,
        request: |_| traffic::post(VERSIONS, &protobuf_body()),
        is_right: |answer, id| answer["id"] == *id,
    },
    Call {
        name: "lookup-json",
        title: "POST /subjects/{subject}, known JSON Schema",
        share: 0.5,
        body: json_body,
        request: |_| traffic::post(SUBJECT, &json_body()),
        is_right: |answer, id| answer["id"] == *id && answer["version"] == 1,
    },
    Call {
        name: "re-register-json",
        title: "POST /subjects/{subject}/versions, known JSON Schema",
        share: 0.5,
        body: json_body,
        request: |_| traffic::post(VERSIONS, &json_body()),
        is_right: |answer, id| answer["id"] == *id,
    },
];

fn avro_body() -> Value {
    body(&ad_click())
}

/// Whether an answer carries the ad-click schema.
fn has_text(answer: &Value) -> bool {
    let text = answer["schema"].as_str().unwrap_or_default();
    serde_json::from_str::<Value>(text).is_ok_and(|schema| schema == ad_click())
}

pub(super) fn names() -> Vec<&'static str> {
    CALLS.iter().map(|call| call.name).collect()
}

pub(super) fn run(bench: &Bench) -> Result<Vec<Table>> {
    let remark = format!(
        "{CLIENTS} connections. Requests per second in a closed loop; p99 in milliseconds of an open loop at half of \
         the server's own throughput; CPU is the server's processor time per request in the closed loop. Medians, \
         and the ratio's range, over all rounds."
    );
    let mut table = Table::new(
        "Known schemas, beside a bare axum server that returns the same bytes",
        remark,
        &[
            "call",
            "bare /s",
            "registry /s",
            "ratio",
            "range",
            "goal",
            "bare CPU µs",
            "registry CPU µs",
            "p99 ms",
            "bare p99 ms",
            "p99 goal ms",
            "met",
        ],
    );
    for call in CALLS.iter().filter(|call| bench.selects(call.name)) {
        table.rows.push(row(bench, call)?);
    }
    Ok(vec![table])
}

#[derive(Default)]
struct Side {
    per_second: Spread,
    p99_ms: Spread,
    processor_us: Spread,
}

impl Side {
    fn measure(&mut self, bench: &Bench, server: &Server, traffic: &Arc<Traffic>) -> Result<f64> {
        let throughput = closed_loop(server, traffic, bench.load(CLIENTS))?;
        let per_second = throughput.per_second;
        let latencies = open_loop(server.address, traffic, per_second / 2.0, bench.duration)?;
        self.per_second.push(per_second);
        self.processor_us.push(throughput.processor_us);
        self.p99_ms.push(latencies.percentile_ms(99));
        Ok(per_second)
    }
}

fn row(bench: &Bench, call: &Call) -> Result<Vec<Cell>> {
    let registry = bench.ground.empty_registry()?;
    let (request, expected) = prepare(call, &mut registry.connect()?)?;
    let bare = bench.ground.bare(&expected)?;
    let traffic = Traffic::same(&request, &expected);
    let (mut ours, mut its, mut ratio) = (Side::default(), Side::default(), Spread::default());
    for _ in 0..bench.rounds {
        let best = its.measure(bench, &bare, &traffic)?;
        ratio.push(ours.measure(bench, &registry, &traffic)? / best);
    }
    let reads = request.starts_with("GET");
    let in_time = !reads || ours.p99_ms.median() < P99_MS_MAX;
    Ok(vec![
        Cell::text(call.title),
        Cell::Number(its.per_second.median(), 0),
        Cell::Number(ours.per_second.median(), 0),
        Cell::Number(ratio.median(), 2),
        Cell::text(format!("{:.2}–{:.2}", ratio.min(), ratio.max())),
        Cell::text(format!("≥ {:.2}", call.share)),
        Cell::Number(its.processor_us.median(), 0),
        Cell::Number(ours.processor_us.median(), 0),
        Cell::Number(ours.p99_ms.median(), 2),
        Cell::Number(its.p99_ms.median(), 2),
        if reads { Cell::text(format!("< {P99_MS_MAX}")) } else { Cell::Empty },
        Cell::Met(ratio.median() >= call.share && in_time),
    ])
}

/// Registers the schema; returns the request and the one right answer.
fn prepare(call: &Call, connection: &mut BlockingConnection) -> Result<(String, Vec<u8>)> {
    let registered = connection.post(VERSIONS, &(call.body)())?;
    let id = &registered["id"];
    let request = (call.request)(id);
    let answer = connection.exchange(request.as_bytes())?;
    let value: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    if answer.status != 200 || !(call.is_right)(&value, id) {
        let expected = format!("200 with the ad-click schema and the id {id}");
        return Err(traffic::wrong(request.as_bytes(), answer, expected.as_bytes()));
    }
    Ok((request, answer.body.to_vec()))
}
