//! Transactional producers whose id has left nothing behind.
//!
//! A broker can end a transaction and leave parts of it open: where it was fenced just then, as one is that has stood still
//! or has started again, it finds no leader for its own partitions and leaves out their markers (seen with Kafka 4.4). What
//! is left belongs to no transaction any more, and the next one of the same transactional id that ends there takes it along:
//! commits make records visible that were aborted and sent again, and offsets valid whose records were aborted. Until then
//! nobody reads beyond such records, and offsets stay unstable.
//!
//! So before a producer is used, another one of its id aborts a transaction that has a part wherever something may be left.
//! The new epoch that this leaves there also refuses what an earlier producer still has under way.
//!
//! What is left may also belong to a transaction that was committed: then its other parts are visible, and this aborts the
//! rest. Nobody can tell before; `evidence` sees afterwards which records and offsets have lost one another.

use std::time::{Duration, Instant};

use super::super::cluster::{Cluster, OwnedRecord, left_open};
use super::super::migration::{Direction, Migration};
use super::consumer::list;
use super::exactly_once::{self, refused, send_offsets, trouble};
use super::options::Options;
use super::producer::Outlet;
use super::session::Interruption;

/// How long it may take to send what is aborted afterwards.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the producer of worker `number`. `dead_letter_partitions` is how many the queue has.
///
/// It waits until a transaction that an earlier producer of its id has left open is over.
pub(crate) fn open(
    options: &Options,
    migration: &Migration,
    direction: Direction,
    number: usize,
    dead_letter_partitions: Option<i32>,
    is_stopped: impl Fn() -> bool,
) -> Result<Outlet, Interruption> {
    let producer = || Outlet::open(options, migration, direction, number, dead_letter_partitions);
    let outlet = producer()?;
    exactly_once::init(&outlet, &is_stopped)?;
    let mut left = Vec::new();
    for topic in outlet.topics() {
        left.extend(left_open(&options.connection, topic)?.into_iter().map(|record| (topic, record)));
    }
    let group = Cluster::connect(&options.connection, &migration.group(direction))?;
    sweep(&outlet, &left, &group, &migration.source(direction).topic)?;
    // With offsets sent for nobody, the client was seen not to find the coordinator of its group again when that moved.
    drop(outlet);
    let outlet = producer()?;
    exactly_once::init(&outlet, is_stopped)?;
    Ok(outlet)
}

/// Aborts a transaction with offsets of a group, and with records that are there already: whoever reads aborted ones too
/// reads no others than before.
fn sweep(
    outlet: &Outlet,
    left: &[(&str, OwnedRecord)],
    group: &Cluster,
    source: &str,
) -> Result<(), Interruption> {
    let until = Instant::now() + PATIENCE;
    exactly_once::undone(outlet, until, || {
        for (number, (topic, record)) in left.iter().enumerate() {
            let (partition, offset) = (record.partition, record.offset);
            tracing::info!(topic, partition, offset, "what a transaction has left open is aborted");
            outlet.repeat(topic, record, number).map_err(|error| trouble(&error))?;
        }
        if !outlet.flush(until) {
            return Err(refused(outlet));
        }
        let any = list(source, &[(0, Some(0))]).map_err(|error| trouble(&error))?;
        send_offsets(outlet, &any, || group.outsider(), until)
    })
}
