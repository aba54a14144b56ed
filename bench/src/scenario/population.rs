//! Many schemas in many subjects, and one subject with very many versions; filled through the API.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::failure::{Attempt, Failure, Result};
use crate::interruption::Interruption;
use crate::schemas::{body, event};
use crate::server::Server;
use crate::traffic::{self, Template};

/// Clients that fill a registry together.
const CLIENTS: u64 = 64;
/// Number of the subject with very many versions; above those of all other subjects.
const LONG: u64 = 999_999;

/// Path of a subject: a run of `#` becomes its number.
pub(super) const SUBJECT: &str = "/subjects/events-######";
/// The `doc` of a schema: tells it from all others. A run of `%` becomes its number in its subject.
pub(super) const DOC: &str = "subject ###### schema %%%%%%%%";

/// The body that carries a schema of the population.
pub(super) fn event_body() -> Value {
    body(&event(DOC, "added_%%%%%%%%"))
}

/// How many schemas there are, and where.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// Subjects beside the long one.
    subjects: u64,
    /// Versions of the long subject.
    long_versions: u64,
    /// All schemas.
    total: u64,
}

impl Plan {
    /// Five schemas a subject on average, and a tenth of all in one subject.
    pub(super) fn of(total: u64) -> Self {
        Self { subjects: (total / 5).saturating_sub(1).max(1), long_versions: total / 10, total }
    }

    /// One schema in one subject.
    pub(super) fn single() -> Self {
        Self { subjects: 1, long_versions: 0, total: 1 }
    }

    /// The schema that comes in this place, and its subject.
    fn place(self, index: u64) -> [u64; 2] {
        let spread = self.total - self.long_versions;
        match index.checked_sub(spread) {
            Some(index) => [LONG, index + 1],
            None => [index % self.subjects, index / self.subjects + 1],
        }
    }

    /// The first subject's first schema.
    pub(super) fn hot() -> Selection {
        Selection { subjects: 0..1, schemas: 1..2 }
    }

    /// All subjects but the long one.
    pub(super) fn all(self) -> Selection {
        let per_subject = (self.total - self.long_versions) / self.subjects;
        Selection { subjects: 0..self.subjects, schemas: 1..per_subject + 1 }
    }

    /// The long subject.
    pub(super) fn long(self) -> Selection {
        Selection { subjects: LONG..LONG + 1, schemas: 1..self.long_versions + 1 }
    }

    pub(super) fn describe(self) -> String {
        format!(
            "{} schemas in {} subjects, {} of them in one",
            self.total,
            self.subjects + u64::from(self.long_versions > 0),
            self.long_versions
        )
    }
}

/// A part of a population: subjects and the numbers of schemas in them.
#[derive(Clone)]
pub(super) struct Selection {
    pub(super) subjects: Range<u64>,
    pub(super) schemas: Range<u64>,
}

/// A registered schema.
#[derive(Clone, Copy)]
pub(super) struct Registered {
    pub(super) id: u64,
    pub(super) numbers: [u64; 2],
}

/// Registers all of it and returns the ids.
pub(super) fn fill(server: &Server, plan: Plan) -> Result<Vec<Registered>> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().attempt("start a runtime")?;
    runtime.block_on(async {
        let next = Arc::new(AtomicU64::new(0));
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS.min(plan.total) {
            let connection = Connection::open(server.address).await?;
            let work = Work { next: Arc::clone(&next), plan, interruption: server.interruption.clone() };
            clients.spawn(client(connection, work));
        }
        let mut all = Vec::new();
        while let Some(ended) = clients.join_next().await {
            all.extend(ended.map_err(|error| Failure::Unreadable(error.to_string()))??);
        }
        let mut ids: Vec<u64> = all.iter().map(|registered: &Registered| registered.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let counted = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        if counted == plan.total {
            return Ok(all);
        }
        Err(Failure::WrongCount { what: "different ids".to_owned(), counted, expected: plan.total })
    })
}

/// What clients that fill a registry share.
struct Work {
    /// The place of the next schema.
    next: Arc<AtomicU64>,
    plan: Plan,
    interruption: Interruption,
}

async fn client(mut connection: Connection, work: Work) -> Result<Vec<Registered>> {
    let template = Template::new(&traffic::post(&format!("{SUBJECT}/versions"), &event_body()));
    let (mut all, mut request) = (Vec::new(), Vec::new());
    loop {
        work.interruption.check()?;
        let index = work.next.fetch_add(1, Ordering::Relaxed);
        if index >= work.plan.total {
            return Ok(all);
        }
        let numbers = work.plan.place(index);
        template.fill(numbers, &mut request);
        let answer = connection.exchange(&request).await?;
        let value: Option<Value> = serde_json::from_slice(answer.body).ok();
        let id = value.and_then(|value| value["id"].as_u64()).filter(|_| answer.status == 200);
        let id = id.ok_or_else(|| traffic::wrong(&request, answer, b"200 with an id"))?;
        all.push(Registered { id, numbers });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_schema_has_a_place_of_its_own() {
        let plan = Plan::of(10_000);
        let places: HashSet<_> = (0..10_000).map(|index| plan.place(index)).collect();
        assert_eq!(places.len(), 10_000);
        assert_eq!(places.iter().filter(|[subject, _]| *subject == LONG).count(), 1_000);
        assert_eq!(places.iter().map(|[subject, _]| subject).collect::<HashSet<_>>().len(), 2_000);
    }

    #[test]
    fn selections_hold_only_what_is_registered() {
        let plan = Plan::of(10_000);
        let places: HashSet<_> = (0..10_000).map(|index| plan.place(index)).collect();
        for selection in [Plan::hot(), plan.all(), plan.long()] {
            for subject in selection.subjects {
                for schema in selection.schemas.clone() {
                    assert!(places.contains(&[subject, schema]), "{subject} {schema}");
                }
            }
        }
        assert_eq!(Plan::single().place(0), [0, 1]);
    }
}
