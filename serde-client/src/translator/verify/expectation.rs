//! What must have become of a record of the source.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::super::cluster::{OwnedRecord, unreadable_headers};
use super::super::eras::Eras;
use super::super::migration::{Direction, ErrorPolicy, Migration, OnError};
use super::super::run::batch::{Batch, BatchLimits, Destination, Fate};
use super::super::run::treatment::{Refusal, Treatment};
use super::super::translation::{RecordFault, SchemaProblem, SourceRecord, Translate, WriterSchema};
use super::comparison::{Expected, Written};
use super::proof::VerifyError;

/// How long the registry may take for a schema.
const PATIENCE: Duration = Duration::from_secs(30);

/// Key and value, and each once more.
const PREPARES_MAX: usize = 4;

/// Translates records as a run does, but for what it does with those that cannot be.
pub(crate) struct Expectation {
    treatment: Treatment,
    eras: Eras,
    translate: Arc<dyn Translate>,
    on_error: OnError,
    runtime: Handle,
    batch: Batch,
    prepared: BTreeMap<String, Option<RecordFault>>,
}

impl Expectation {
    pub(crate) fn new(
        migration: &Migration,
        direction: Direction,
        translate: &Arc<dyn Translate>,
        runtime: Handle,
        eras: Eras,
    ) -> Self {
        // Faults come back as such; which keys were fenced is what the dead-letter queue says.
        let errors = ErrorPolicy { on_error: OnError::Fail, fence_key: false, ..migration.errors.clone() };
        let on_error = migration.errors.on_error.clone();
        let migration = Arc::new(Migration { errors, ..migration.clone() });
        Self {
            treatment: Treatment::new(migration, direction, Arc::clone(translate), eras.now().clone()),
            eras,
            translate: Arc::clone(translate),
            on_error,
            runtime,
            batch: Batch::default(),
            prepared: BTreeMap::new(),
        }
    }

    /// `dead_lettered`: whether the record is in the dead-letter queue.
    pub(crate) fn of(&mut self, record: &OwnedRecord, dead_lettered: bool) -> Result<Expected, VerifyError> {
        if dead_lettered {
            return Ok(Expected::DeadLettered);
        }
        self.batch.clear(&BatchLimits::default());
        self.treatment.place_by(self.eras.at(record.partition, record.offset));
        let headers = record.source_headers();
        let treated = match record.headers {
            Some(_) => self.treat(&record.source(&headers))?,
            None => Err(unreadable_headers()),
        };
        Ok(match treated {
            Ok(Fate::Echo | Fate::SuspectEcho) => Expected::Echo,
            Ok(_) => Expected::Written(self.written()),
            Err(_) if self.on_error == OnError::Skip => Expected::Skipped,
            Err(fault) => Expected::Missing(fault.to_string()),
        })
    }

    /// Where the record belongs that was asked about last, if it is written to the target.
    pub(crate) fn partition(&self) -> Option<i32> {
        match self.batch.outgoing().next()?.destination {
            Destination::Target(partition) => Some(partition),
            Destination::DeadLetters => None,
        }
    }

    fn treat(&mut self, record: &SourceRecord<'_>) -> Result<Result<Fate, RecordFault>, VerifyError> {
        for _attempt in 0..PREPARES_MAX {
            match self.treatment.treat(record, &mut self.batch) {
                Ok(fate) => return Ok(Ok(fate)),
                Err(Refusal::Fault(fault)) => return Ok(Err(fault)),
                Err(Refusal::FenceFull) => break,
                Err(Refusal::Unprepared(schema)) => {
                    if let Some(fault) = self.prepare(schema)? {
                        return Ok(Err(fault));
                    }
                }
            }
        }
        Err(VerifyError::Schema("a schema is not ready, however often it is prepared".to_owned()))
    }

    /// The fault of records whose schema the registry does not know.
    fn prepare(&mut self, schema: WriterSchema) -> Result<Option<RecordFault>, VerifyError> {
        let name = format!("{} {}", schema.part, schema.identity);
        if let Some(Some(fault)) = self.prepared.get(&name) {
            return Ok(Some(fault.clone()));
        }
        let prepare = self.translate.prepare(schema);
        let prepared = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, prepare).await });
        let fault = match prepared {
            Ok(Ok(())) => None,
            Ok(Err(SchemaProblem::Unknown(reason))) => Some(super::super::run::unknown_schema(reason)),
            Ok(Err(problem)) => return Err(VerifyError::Schema(problem.to_string())),
            Err(_late) => return Err(VerifyError::Schema(format!("{name}: no answer in time"))),
        };
        self.prepared.insert(name, fault.clone());
        Ok(fault)
    }

    fn written(&self) -> Written {
        let Some(record) = self.batch.outgoing().next() else {
            return Written::default();
        };
        let headers = record.headers();
        Written {
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: headers
                .map(|header| (header.name.to_owned(), header.value.map(<[u8]>::to_vec)))
                .collect(),
            // To the client, no time and the first millisecond of 1970 both mean: now.
            timestamp: record.place.timestamp.filter(|timestamp| *timestamp > 0),
        }
    }
}
