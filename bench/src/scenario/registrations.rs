//! New schemas, each durable before it is answered, beside what the disk can do.

use serde_json::{Value, json};

use super::Bench;
use crate::connection::BlockingConnection;
use crate::failure::{Failure, Result};
use crate::measure::{Spread, closed_loop, syncs_per_second};
use crate::report::{Cell, Table};
use crate::schemas::{ad_click, body, with_doc, with_optional_field};
use crate::traffic::{self, Numbers, Traffic};

/// How many times faster than one forced write per registration.
const TIMES_THE_DISK: f64 = 30.0;
/// As fast as anyone needs, however fast the disk.
const PER_SECOND_ENOUGH: f64 = 5_000.0;

/// A run of `#` becomes the number of the client, a run of `%` one that comes only once.
const SUBJECT_PER_CLIENT: &str = "clicks-##";
const ONE_SUBJECT: &str = "clicks";

struct Registrations {
    name: &'static str,
    title: &'static str,
    connections: u64,
    subject: &'static str,
    level: &'static str,
    schema: fn() -> Value,
    has_goal: bool,
}

const REGISTRATIONS: &[Registrations] = &[
    Registrations {
        name: "register-one-client",
        title: "one after the other",
        connections: 1,
        subject: ONE_SUBJECT,
        level: "BACKWARD",
        schema: differing,
        has_goal: false,
    },
    Registrations {
        name: "register-own-subjects",
        title: "each client in its own subject, BACKWARD",
        connections: 64,
        subject: SUBJECT_PER_CLIENT,
        level: "BACKWARD",
        schema: differing,
        has_goal: true,
    },
    Registrations {
        name: "register-one-subject-none",
        title: "all clients in one subject, NONE",
        connections: 64,
        subject: ONE_SUBJECT,
        level: "NONE",
        schema: differing,
        has_goal: true,
    },
    Registrations {
        name: "register-one-subject-backward",
        title: "all clients in one subject, BACKWARD, each adding a field",
        connections: 64,
        subject: ONE_SUBJECT,
        level: "BACKWARD",
        schema: || with_optional_field(ad_click(), "added_%%%%%%%%%%%%"),
        has_goal: true,
    },
];

fn differing() -> Value {
    with_doc(ad_click(), "A text of its own: %%%%%%%%%%%%")
}

pub(super) fn names() -> Vec<&'static str> {
    REGISTRATIONS.iter().map(|registrations| registrations.name).collect()
}

pub(super) fn run(bench: &Bench) -> Result<Vec<Table>> {
    let selected: Vec<_> =
        REGISTRATIONS.iter().filter(|registrations| bench.selects(registrations.name)).collect();
    let mut syncs = Spread::default();
    let mut rates = vec![Spread::default(); selected.len()];
    for _ in 0..bench.rounds {
        syncs.push(syncs_per_second(&bench.ground.directory, bench.duration / 3)?);
        for (registrations, rate) in selected.iter().zip(&mut rates) {
            rate.push(round(bench, registrations)?);
        }
    }
    let goal = (TIMES_THE_DISK * syncs.median()).min(PER_SECOND_ENOUGH);
    let remark = format!(
        "The ad-click schema, new each time; a new database in each round; all versions are counted afterwards. The \
         disk forces one 4 KiB page after the other {:.0} times per second ({:.0}–{:.0}). The goal is {TIMES_THE_DISK} \
         times that, or {PER_SECOND_ENOUGH} per second if that is less.",
        syncs.median(),
        syncs.min(),
        syncs.max()
    );
    let columns = &["new schemas", "clients", "per second", "range", "times the disk", "goal /s", "met"];
    let mut table = Table::new("Registering, fully durable", remark, columns);
    for (registrations, rate) in selected.into_iter().zip(rates) {
        let has_goal = registrations.has_goal;
        table.rows.push(vec![
            Cell::text(registrations.title),
            Cell::text(registrations.connections.to_string()),
            Cell::Number(rate.median(), 0),
            Cell::text(format!("{:.0}–{:.0}", rate.min(), rate.max())),
            Cell::Number(rate.median() / syncs.median(), 1),
            if has_goal { Cell::Number(goal, 0) } else { Cell::Empty },
            if has_goal { Cell::Met(rate.median() >= goal) } else { Cell::Empty },
        ]);
    }
    Ok(vec![table])
}

fn round(bench: &Bench, registrations: &Registrations) -> Result<f64> {
    let registry = bench.ground.empty_registry()?;
    let mut connection = registry.connect()?;
    connection.put("/config", &json!({"compatibility": registrations.level}))?;
    let path = format!("/subjects/{}/versions", registrations.subject);
    let request = traffic::post(&path, &body(&(registrations.schema)()));
    let numbers = [Numbers::Client, Numbers::counted_from(1)];
    let traffic = Traffic::numbered(&request, r#""id":"#, numbers);
    let measured = closed_loop(registry.address, &traffic, bench.load(registrations.connections))?;
    let counted = versions(&mut connection)?;
    if counted != measured.answers {
        let what = format!("versions after {}", registrations.name);
        return Err(Failure::WrongCount { what, counted, expected: measured.answers });
    }
    Ok(measured.per_second)
}

/// Versions of all subjects together.
fn versions(connection: &mut BlockingConnection) -> Result<u64> {
    let subjects = connection.get("/subjects")?;
    let mut count = 0;
    for subject in subjects.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let versions = connection.get(&format!("/subjects/{subject}/versions"))?;
        count += versions.as_array().map_or(0, Vec::len);
    }
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}
