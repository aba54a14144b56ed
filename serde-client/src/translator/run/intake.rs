//! Records on their way from the consumer into the batch.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::Message;
use rdkafka::message::BorrowedMessage;

use super::super::cluster::{OwnedRecord, headers, unreadable_headers};
use super::super::translation::{RecordFault, SchemaProblem, SourceRecord, WriterSchema};
use super::batch::{Batch, Fate, Place};
use super::dead_letter;
use super::error::RunError;
use super::inbox::{Hold, Inbox};
use super::treatment::{Refusal, Treatment};
use super::worker::Job;

/// How long the registry may take for a schema while records wait.
const PREPARE_PATIENCE: Duration = Duration::from_secs(10);

/// How often a record may name a schema that is not prepared: key and value, and each once more.
const PREPARES_MAX: usize = 4;

/// How long until a drifted schema is asked for again: somebody has to do something about it.
const DRIFT_WAIT: Duration = Duration::from_secs(30);

/// Waits for the registry.
const REGISTRY_WAIT_MIN: Duration = Duration::from_millis(200);
const REGISTRY_WAIT_MAX: Duration = Duration::from_secs(10);

/// See the module.
pub(crate) struct Intake {
    job: Arc<Job>,
    treatment: Treatment,
    pub(crate) inbox: Inbox,
    registry_wait: Duration,
    /// By partition: records that are written already, see `evidence`.
    done: BTreeMap<i32, BTreeMap<i64, Fate>>,
    /// Ends the run once everything before it is written.
    pub(crate) failure: Option<RunError>,
}

/// Why a record is not in the batch.
enum Stop {
    Wait(Hold, Duration),
    Fail(RunError),
}

impl Intake {
    pub(crate) fn new(job: &Arc<Job>) -> Self {
        let (migration, translate) = (Arc::clone(&job.migration), Arc::clone(&job.translate));
        let treatment = Treatment::new(migration, job.direction, translate, job.placement.clone());
        Self {
            job: Arc::clone(job),
            treatment,
            inbox: Inbox::default(),
            registry_wait: REGISTRY_WAIT_MIN,
            done: BTreeMap::new(),
            failure: None,
        }
    }

    /// Takes a record that has just been read: into the batch, or behind others that wait.
    pub(crate) fn take(&mut self, message: &BorrowedMessage<'_>, batch: &mut Batch) {
        if self.inbox.is_before(message.partition()) {
            self.keep(message);
            return;
        }
        let read = headers(message);
        let record = SourceRecord {
            key: message.key(),
            value: message.payload(),
            headers: read.as_deref().unwrap_or_default(),
            timestamp: message.timestamp().to_millis(),
            partition: message.partition(),
            offset: message.offset(),
        };
        let damage = read.is_none().then(unreadable_headers);
        if let Err(stop) = self.treat(&record, damage, batch) {
            self.stop(stop, OwnedRecord::of(message));
        }
    }

    /// Takes a record that has waited.
    pub(crate) fn take_owned(&mut self, record: OwnedRecord, batch: &mut Batch) {
        let headers = record.source_headers();
        let damage = record.headers.is_none().then(unreadable_headers);
        if let Err(stop) = self.treat(&record.source(&headers), damage, batch) {
            drop(headers);
            self.stop(stop, record);
        }
    }

    /// Keeps a record for later.
    pub(crate) fn keep(&mut self, message: &BorrowedMessage<'_>) {
        self.inbox.push(OwnedRecord::of(message));
    }

    fn stop(&mut self, stop: Stop, record: OwnedRecord) {
        let partition = record.partition;
        self.inbox.put_back(record);
        match stop {
            Stop::Wait(hold, wait) => {
                tracing::warn!(group = self.job.group(), partition, "the partition waits: {}", hold.reason());
                self.inbox.hold(partition, hold, wait);
            }
            Stop::Fail(error) => self.failure = Some(error),
        }
    }

    fn treat(
        &mut self,
        record: &SourceRecord<'_>,
        damage: Option<RecordFault>,
        batch: &mut Batch,
    ) -> Result<(), Stop> {
        if let Some(fate) = self.done.get_mut(&record.partition).and_then(|done| done.remove(&record.offset))
        {
            batch.read(&Place::of(record), fate);
            return Ok(());
        }
        let before = self.treatment.faults();
        let mut treated = match damage {
            Some(fault) => self.treatment.refuse(record, &fault, batch),
            None => self.treatment.treat(record, batch),
        };
        for _attempt in 0..PREPARES_MAX {
            let Err(Refusal::Unprepared(schema)) = treated else {
                break;
            };
            treated = match self.prepare(record.partition, schema)? {
                Ok(()) => self.treatment.treat(record, batch),
                Err(fault) => self.treatment.refuse(record, &fault, batch),
            };
        }
        self.job.count(self.treatment.faults() - before);
        match treated {
            Ok(_) => Ok(()),
            Err(Refusal::Fault(fault)) => Err(Stop::Fail(self.failed(record, fault))),
            Err(Refusal::FenceFull) => Err(Stop::Fail(RunError::FenceFull)),
            Err(Refusal::Unprepared(schema)) => {
                let reason =
                    format!("the schema of the {} is not ready, however often it is prepared", schema.part);
                Err(Stop::Wait(Hold::Registry(reason), REGISTRY_WAIT_MAX))
            }
        }
    }

    fn failed(&self, record: &SourceRecord<'_>, fault: RecordFault) -> RunError {
        let topic = self.job.migration.source(self.job.direction).topic.clone();
        RunError::Record { topic, partition: record.partition, offset: record.offset, fault }
    }

    /// Asks for a schema. The inner error makes the record one that cannot be translated.
    fn prepare(&mut self, partition: i32, schema: WriterSchema) -> Result<Result<(), RecordFault>, Stop> {
        let prepared = self.job.prepare(schema, PREPARE_PATIENCE);
        if prepared.is_ok() {
            self.registry_wait = REGISTRY_WAIT_MIN;
        }
        match prepared {
            Ok(()) => Ok(Ok(())),
            Err(SchemaProblem::Unknown(reason)) => Ok(Err(dead_letter::unknown_schema(reason))),
            Err(SchemaProblem::Unreachable(reason)) => {
                let wait = self.registry_wait;
                self.registry_wait = (wait * 2).min(REGISTRY_WAIT_MAX);
                Err(Stop::Wait(Hold::Registry(reason), wait))
            }
            Err(SchemaProblem::Drift(reason)) if self.job.options.once => {
                let topic = self.job.migration.source(self.job.direction).topic.clone();
                Err(Stop::Fail(RunError::Held { topic, partition, reason }))
            }
            Err(SchemaProblem::Drift(reason)) => Err(Stop::Wait(Hold::Drift(reason), DRIFT_WAIT)),
        }
    }

    pub(crate) fn treatment(&mut self) -> &mut Treatment {
        &mut self.treatment
    }

    /// Leaves out records of a partition that are written already.
    pub(crate) fn leave_out(&mut self, partition: i32, done: BTreeMap<i64, Fate>) {
        self.done.insert(partition, done);
    }

    /// Forgets a partition that somebody else reads now.
    pub(crate) fn forget(&mut self, partition: i32) {
        self.done.remove(&partition);
        self.inbox.forget(partition);
        self.treatment.forget(partition);
    }
}
