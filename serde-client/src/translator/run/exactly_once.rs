//! Records and offsets in one transaction.

use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaError};
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode;

use super::batch::Batch;
use super::commit_note::{CommitNote, LENGTH_MAX};
use super::consumer::{GroupConsumer, list};
use super::error::RunError;
use super::ledger::{Delivered, Ledger};
use super::options::{Options, Step};
use super::producer::Outlet;
use super::session::Interruption;

/// How long the first call of a producer may take: a transaction that another one left open must end first.
const INIT_PATIENCE: Duration = Duration::from_secs(30);

/// How long one call may block before the reports of the client are looked at.
const CALL: Duration = Duration::from_millis(500);

/// How long the end of an aborted transaction may take.
const ABORT_PATIENCE: Duration = Duration::from_secs(10);

/// What became of a transaction.
#[derive(Debug)]
pub(crate) enum Outcome {
    Committed,
    /// Nothing of it is seen by readers of committed records; it can be tried again.
    Aborted(String),
}

/// What an error of the client asks for.
#[derive(Debug)]
pub(crate) enum Trouble {
    Again(String),
    Abort(String),
    /// The producer is of no use any more, or nobody knows what became of the transaction.
    Stop(Interruption),
}

/// Takes the place of an earlier producer of the same id, whose open transaction is aborted.
pub(crate) fn init(outlet: &Outlet, is_stopped: impl Fn() -> bool) -> Result<(), Interruption> {
    let until = Instant::now() + INIT_PATIENCE;
    loop {
        match outlet.client().init_transactions(CALL).map_err(|error| trouble(&error)) {
            Ok(()) => return Ok(()),
            Err(Trouble::Again(_)) if Instant::now() < until && !is_stopped() => {}
            Err(trouble) => return Err(interruption(trouble)),
        }
    }
}

/// A transaction that is aborted, whatever becomes of what fills it.
pub(crate) fn undone(
    outlet: &Outlet,
    until: Instant,
    fill: impl FnOnce() -> Result<(), Trouble>,
) -> Result<(), Interruption> {
    begin(outlet, until).map_err(interruption)?;
    let filled = fill();
    if let Err(Trouble::Stop(interruption)) = filled {
        return Err(interruption);
    }
    abort(outlet, "it was to be".to_owned(), ABORT_PATIENCE)?;
    filled.map_err(interruption)
}

/// Of a call that is not made again.
fn interruption(trouble: Trouble) -> Interruption {
    match trouble {
        Trouble::Again(reason) | Trouble::Abort(reason) => Interruption::rejoin(reason),
        Trouble::Stop(interruption) => interruption,
    }
}

/// Who has read a batch, and what is known of its topics.
pub(crate) struct Reader<'a> {
    pub(crate) consumer: &'a GroupConsumer,
    pub(crate) ledger: &'a mut Ledger,
}

/// Writes a batch, and the offsets behind it where somebody has read it, all or nothing.
pub(crate) fn transact(
    outlet: &Outlet,
    reader: Option<Reader<'_>>,
    batch: &Batch,
    options: &Options,
    patience: Duration,
) -> Result<Outcome, Interruption> {
    let until = Instant::now() + patience;
    // Reports of an earlier transaction say nothing about this one.
    outlet.serve();
    drop(outlet.reports());
    let filled = begin(outlet, until).and_then(|()| fill(outlet, reader.as_ref(), batch, options, until));
    let trouble = match filled {
        Ok(delivered) => {
            commit(outlet, options, until)?;
            if let Some(Reader { ledger, .. }) = reader {
                ledger.commit(batch, &delivered);
            }
            return Ok(Outcome::Committed);
        }
        Err(trouble) => trouble,
    };
    match trouble {
        Trouble::Again(reason) | Trouble::Abort(reason) => abort(outlet, reason, patience),
        Trouble::Stop(interruption) => Err(interruption),
    }
}

fn begin(outlet: &Outlet, until: Instant) -> Result<(), Trouble> {
    again_until(until, || outlet.client().begin_transaction()).map_err(|trouble| match trouble {
        // There is no transaction that could be aborted.
        Trouble::Abort(reason) => Trouble::Stop(Interruption::rejoin(reason)),
        other => other,
    })
}

fn fill(
    outlet: &Outlet,
    reader: Option<&Reader<'_>>,
    batch: &Batch,
    options: &Options,
    until: Instant,
) -> Result<Vec<Delivered>, Trouble> {
    options.step(Step::Begun);
    let half = batch.outgoing().len() / 2;
    for (number, record) in batch.outgoing().enumerate() {
        if number == half {
            options.step(Step::Producing);
        }
        while !outlet.send(&record, number).map_err(|error| trouble(&error))? {
            outlet.wait();
            if Instant::now() >= until {
                return Err(Trouble::Again("the broker takes no records".to_owned()));
            }
        }
    }
    if !outlet.flush(until) {
        return Err(refused(outlet));
    }
    let Some(Reader { consumer, ledger }) = reader else {
        return Ok(Vec::new());
    };
    let delivered = outlet.delivered(batch);
    let positions: Vec<_> = batch.positions().map(|(partition, offset)| (partition, Some(offset))).collect();
    let offsets = list(consumer.topic(), &positions).map_err(|error| trouble(&error))?;
    let notes = ledger.notes(batch, &delivered);
    for mut offset in offsets.elements() {
        let note = notes.get(&offset.partition()).map(CommitNote::text).unwrap_or_default();
        if !note.is_empty() {
            offset.set_metadata(note);
        }
    }
    send_offsets(outlet, &offsets, || consumer.metadata(), until)?;
    options.step(Step::OffsetsSent);
    Ok(delivered)
}

fn commit(outlet: &Outlet, options: &Options, until: Instant) -> Result<(), Interruption> {
    options.step(Step::Committing);
    match again_until(until, || outlet.client().commit_transaction(CALL)) {
        Ok(()) => {
            options.step(Step::Committed);
            Ok(())
        }
        // The broker may have committed it, whatever the client makes of it: the committed offsets will tell the next
        // producer.
        Err(Trouble::Again(reason) | Trouble::Abort(reason)) => Err(Interruption::rejoin(reason)),
        Err(Trouble::Stop(interruption)) => Err(interruption),
    }
}

fn abort(outlet: &Outlet, reason: String, patience: Duration) -> Result<Outcome, Interruption> {
    let until = Instant::now() + patience.min(ABORT_PATIENCE);
    outlet.purge();
    let aborted = again_until(until, || {
        // The call waits for reports that only this thread takes, so it may not wait for long.
        outlet.serve();
        outlet.client().abort_transaction(CALL / 10)
    });
    drop(outlet.reports());
    match aborted {
        Ok(()) => Ok(Outcome::Aborted(reason)),
        Err(Trouble::Again(why) | Trouble::Abort(why)) => {
            Err(Interruption::rejoin(format!("{reason}; {why}")))
        }
        Err(Trouble::Stop(interruption)) => Err(interruption),
    }
}

/// Sends offsets in the name of a member of the group. Unlike other calls this one begins anew whenever it is made again, so
/// it gets all the time that is left: to find a coordinator that has moved can take longer than [`CALL`].
pub(crate) fn send_offsets(
    outlet: &Outlet,
    offsets: &TopicPartitionList,
    member: impl Fn() -> Option<ConsumerGroupMetadata>,
    until: Instant,
) -> Result<(), Trouble> {
    again_until(until, || {
        let member = member().ok_or(KafkaError::Canceled)?;
        let left = until.saturating_duration_since(Instant::now()).max(CALL);
        outlet.client().send_offsets_to_transaction(offsets, &member, left)
    })
}

/// Calls again what may be called again.
fn again_until(until: Instant, call: impl Fn() -> Result<(), KafkaError>) -> Result<(), Trouble> {
    loop {
        match call().map_err(|error| trouble(&error)) {
            Err(Trouble::Again(_)) if Instant::now() < until => {}
            result => return result,
        }
    }
}

/// What the records say that were not delivered. The broker may have them all the same, so that only a new producer,
/// which ends the open transaction first, can send them again.
pub(crate) fn refused(outlet: &Outlet) -> Trouble {
    if let Some((code, reason)) = outlet.client().client().fatal_error() {
        return Trouble::Stop(Interruption::Rejoin { reason, fenced: is_fence(code) });
    }
    let failed = outlet.reports().into_iter().find_map(|report| report.result.err());
    match failed {
        Some(code) => match refusal(code, outlet) {
            Some(error) => Trouble::Stop(Interruption::Failed(error)),
            None => Trouble::Stop(Interruption::rejoin(format!("a record was not delivered: {code}"))),
        },
        None => Trouble::Stop(Interruption::rejoin("the broker does not confirm the records in time")),
    }
}

/// Whether a record will be refused however often it is sent.
pub(crate) fn refusal(code: RDKafkaErrorCode, outlet: &Outlet) -> Option<RunError> {
    match code {
        RDKafkaErrorCode::MessageSizeTooLarge => Some(RunError::TooLarge(outlet.target().to_owned())),
        RDKafkaErrorCode::TopicAuthorizationFailed
        | RDKafkaErrorCode::ClusterAuthorizationFailed
        | RDKafkaErrorCode::TransactionalIdAuthorizationFailed
        | RDKafkaErrorCode::InvalidRecord => Some(RunError::Refused(code.to_string())),
        _ => None,
    }
}

pub(crate) fn trouble(error: &KafkaError) -> Trouble {
    match error {
        KafkaError::Transaction(error) => of_transaction(error),
        KafkaError::Flush(_) => Trouble::Again(error.to_string()),
        // A partition that was just added; a new producer asks for it at once.
        KafkaError::MessageProduction(RDKafkaErrorCode::UnknownPartition) => {
            Trouble::Stop(Interruption::rejoin(error.to_string()))
        }
        _ => Trouble::Abort(error.to_string()),
    }
}

/// Whether another one has the producer's id, or the member's.
fn is_fence(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::Fenced
            | RDKafkaErrorCode::ProducerFenced
            | RDKafkaErrorCode::FencedInstanceId
            | RDKafkaErrorCode::InvalidProducerEpoch
    )
}

fn of_transaction(error: &RDKafkaError) -> Trouble {
    let reason = format!("{}: {error}", error.name());
    match error.code() {
        RDKafkaErrorCode::TransactionalIdAuthorizationFailed
        | RDKafkaErrorCode::GroupAuthorizationFailed
        | RDKafkaErrorCode::InvalidTransactionTimeout => {
            Trouble::Stop(Interruption::Failed(RunError::Refused(reason)))
        }
        RDKafkaErrorCode::OffsetMetadataTooLarge => {
            Trouble::Stop(Interruption::Failed(RunError::Refused(format!(
                "{reason}: what is kept beside each offset takes up to {LENGTH_MAX} bytes, the default of \
             `offset.metadata.max.bytes`; raise it"
            ))))
        }
        code if is_fence(code) => Trouble::Stop(Interruption::Rejoin { reason, fenced: true }),
        _ if error.is_fatal() => Trouble::Stop(Interruption::rejoin(reason)),
        _ if error.txn_requires_abort() => Trouble::Abort(reason),
        _ if error.is_retriable() => Trouble::Again(reason),
        _ => Trouble::Stop(Interruption::rejoin(reason)),
    }
}
