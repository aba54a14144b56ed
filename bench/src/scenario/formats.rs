//! Large schemas of Protobuf and JSON Schema, without a server: parsing, and checking against an earlier version.

use std::time::{Duration, Instant};

use schema::compat::{self, Earlier, Newer, Question};
use schema::format::{ParseError, Strictness};
use schema::model::config::CompatibilityLevel;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;

use super::Bench;
use crate::failure::{Failure, Result};
use crate::large;
use crate::measure::Spread;
use crate::report::{Cell, Table};

/// Times that each is done per round.
const REPEATED: usize = 20;

struct Large {
    name: &'static str,
    title: &'static str,
    schema_type: SchemaType,
    references: fn() -> ResolvedReferences,
    text: fn(usize) -> String,
    /// Most milliseconds for everything together.
    goal_ms: f64,
}

const LARGE: &[Large] = &[
    Large {
        name: "protobuf-large",
        title: "`.proto` of 500 messages with 5 imports",
        schema_type: SchemaType::Protobuf,
        references: large::parts,
        text: large::messages,
        goal_ms: 20.0,
    },
    Large {
        name: "json-large",
        title: "JSON Schema of 1,000 properties",
        schema_type: SchemaType::Json,
        references: ResolvedReferences::none,
        text: large::properties,
        goal_ms: 10.0,
    },
];

pub(super) fn names() -> Vec<&'static str> {
    LARGE.iter().map(|large| large.name).collect()
}

pub(super) fn run(bench: &Bench) -> Result<Vec<Table>> {
    let mut table = Table::new(
        "Large schemas, without a server",
        "Milliseconds of one core. Parsing includes the canonical text; linking is what a registration asks besides: \
         whether everything that is named is there; the check is BACKWARD against an earlier version that differs. \
         All but normalising is what a registration costs, once: what is known is not parsed again.",
        &["schema", "KiB", "parse", "link", "check", "together", "goal", "normalise", "met"],
    );
    for large in LARGE.iter().filter(|large| bench.selects(large.name)) {
        table.rows.push(row(bench, large)?);
    }
    Ok(vec![table])
}

#[derive(Default)]
struct Times {
    parse: Spread,
    link: Spread,
    check: Spread,
    together: Spread,
    normalise: Spread,
}

fn row(bench: &Bench, large: &Large) -> Result<Vec<Cell>> {
    let references = (large.references)();
    let (earlier, newer) = ((large.text)(0), (large.text)(1));
    let earlier = parsed(large, &earlier, &references)?;
    // What follows from a version that exists is known by then.
    check(large, &parsed(large, &newer, &references)?, &earlier)?;
    let mut times = Times::default();
    for _ in 0..usize::try_from(bench.rounds).unwrap_or(1) * REPEATED {
        let (schema, parse) = timed(|| parsed(large, &newer, &references));
        let schema = schema?;
        let (linked, link) = timed(|| schema.linked());
        linked.map_err(|error| refused(large, &error))?;
        let (verdict, check) = timed(|| check(large, &schema, &earlier));
        verdict?;
        let (normalized, normalise) = timed(|| schema.normalized());
        normalized.map_err(|error| refused(large, &error))?;
        times.parse.push(milliseconds(parse));
        times.link.push(milliseconds(link));
        times.check.push(milliseconds(check));
        times.together.push(milliseconds(parse + link + check));
        times.normalise.push(milliseconds(normalise));
    }
    let kib = u32::try_from(newer.len() / 1024).unwrap_or(u32::MAX);
    Ok(vec![
        Cell::text(large.title),
        Cell::Number(f64::from(kib), 0),
        Cell::Number(times.parse.median(), 2),
        Cell::Number(times.link.median(), 2),
        Cell::Number(times.check.median(), 2),
        Cell::Number(times.together.median(), 2),
        Cell::text(format!("< {}", large.goal_ms)),
        Cell::Number(times.normalise.median(), 2),
        Cell::Met(times.together.median() < large.goal_ms),
    ])
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn parsed(large: &Large, text: &str, references: &ResolvedReferences) -> Result<ParsedSchema> {
    ParsedSchema::parse(large.schema_type, text, references, Strictness::New)
        .map_err(|error| refused(large, &error))
}

fn check(large: &Large, newer: &ParsedSchema, earlier: &ParsedSchema) -> Result<()> {
    let question = Question::at(CompatibilityLevel::Backward);
    let newer = Newer { version: 2, schema: newer };
    let verdict = compat::check(question, newer, &[Earlier { version: 1, schema: earlier }]);
    if verdict.is_compatible() {
        return Ok(());
    }
    Err(Failure::Refused { what: large.title, reason: verdict.messages().join(", ") })
}

fn refused(large: &Large, error: &ParseError) -> Failure {
    Failure::Refused { what: large.title, reason: error.to_string() }
}
