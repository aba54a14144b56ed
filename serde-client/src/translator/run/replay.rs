//! Translates what waits in the dead-letter queue with the mapping as it is now.
//!
//! The records of a key are replayed together or not at all, and the marker that lets the key go is written in the same
//! transaction. Nothing may translate meanwhile: a record that followed its key into the queue after it was read would
//! count as replayed.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::super::cluster::{
    Cluster, ClusterError, CompactedTopic, Connection, GroupState, Isolation, OwnedRecord, TopicReader,
};
use super::super::eras::Eras;
use super::super::migration::{Delivery, Direction, ErrorPolicy, Migration, OnError, Partitioning};
use super::super::pause::{PAUSE_KEY, Pause, now};
use super::super::placement::Placement;
use super::super::translation::{RecordFault, SchemaProblem, SourceHeader, SourceRecord, Translate};
use super::batch::{Batch, Destination, Fate, Place};
use super::dead_letter::{
    self, CODE_HEADER, DeadLetter, MAPPING_HEADER, MESSAGE_HEADER, OFFSET_HEADER, PARTITION_HEADER,
    PATH_HEADER, REPLAYED_HEADER, TOPIC_HEADER,
};
use super::exactly_once::{self, Outcome};
use super::letters::{LetterPlace, Letters};
use super::options::Options;
use super::producer::Outlet;
use super::session::Interruption;
use super::traces::Sinks;
use super::transactional;
use super::treatment::{Refusal, Treatment};

/// How long members of the group may take to be gone: the broker keeps the place of a static one so long.
const MEMBERS_WAIT: Duration = Duration::from_secs(20);

/// One look at the group.
const TICK: Duration = Duration::from_millis(500);

/// How long a transaction may take.
const PATIENCE: Duration = Duration::from_secs(14);

/// How often a transaction is tried.
const ATTEMPTS_MAX: u32 = 5;

/// Schemas of a record that may have to be asked for.
const PREPARES_MAX: u32 = 4;

/// Headers that the queue has added.
const OWN_HEADERS: [&str; 8] = [
    CODE_HEADER,
    PATH_HEADER,
    MESSAGE_HEADER,
    MAPPING_HEADER,
    TOPIC_HEADER,
    PARTITION_HEADER,
    OFFSET_HEADER,
    REPLAYED_HEADER,
];

/// What was replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayReport {
    /// Records that are in the target now.
    pub replayed: u64,
    /// Keys that pass again.
    pub keys: u64,
    /// Records that wait as before: they, or others of their keys, cannot be translated.
    pub waiting: u64,
    /// Why, for the first record of each key that cannot: partition and offset of the source.
    pub faults: Vec<(i32, i64, RecordFault)>,
}

/// Why nothing more can be replayed. What was replayed before stays.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayError {
    /// The cluster does not do what is asked of it.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// There is nothing to replay from.
    #[error("the mapping has no dead-letter queue (`errors: {{policy: dlq, topic: …}}`)")]
    NoQueue,
    /// Something translates.
    #[error("the group `{0}` has members: pause the migration (`translator pause`), or stop its runs")]
    Running(String),
    /// Nobody knows where the records belong.
    #[error("{0}")]
    Placement(&'static str),
    /// A schema cannot be made ready.
    #[error("{0}")]
    Schema(SchemaProblem),
    /// The broker takes no transaction.
    #[error("nothing can be written: {0}")]
    Refused(String),
}

/// Reads the records of a direction that wait in the dead-letter queue. Blocks.
///
/// # Errors
/// [`ReplayError::Cluster`] and [`ReplayError::NoQueue`].
pub fn dead_letters(
    migration: &Migration,
    connection: &Connection,
) -> Result<Letters<OwnedRecord>, ReplayError> {
    let OnError::DeadLetter { topic } = &migration.errors.on_error else {
        return Err(ReplayError::NoQueue);
    };
    let spans = Cluster::connect(connection, "srt.dlq")?.spans(topic)?;
    let mut reader = TopicReader::open(connection, topic, &spans, Isolation::Committed)?;
    let mut letters = Letters::default();
    while let Some(record) = reader.read()? {
        let headers = record.source_headers();
        if let Some(letter) = DeadLetter::of(&record.source(&headers)) {
            letters.take(letter, record.key.clone(), record);
        }
    }
    Ok(letters)
}

/// Replays the records of a direction whose place `chosen` accepts. Blocks; not for a task of the runtime.
///
/// # Errors
/// [`ReplayError`]. Records that cannot be translated are in the report.
pub fn replay(
    migration: &Migration,
    direction: Direction,
    translate: &Arc<dyn Translate>,
    connection: &Connection,
    runtime: &Handle,
    chosen: impl Fn(&LetterPlace) -> bool,
) -> Result<ReplayReport, ReplayError> {
    let OnError::DeadLetter { topic } = &migration.errors.on_error else {
        return Err(ReplayError::NoQueue);
    };
    let cluster = Cluster::connect(connection, "srt.dlq")?;
    let state = CompactedTopic::new(connection, migration.state_topic())?;
    let is_paused = state.latest::<Pause>(PAUSE_KEY)?.is_some_and(|pause| pause.holds(now()));
    wait_for_silence(&cluster, &migration.group(direction), is_paused)?;
    let placement = placement(&cluster, migration, direction, connection)?;
    let outlets = Outlets {
        // In a transaction also where the run has none: records and marker belong together.
        migration: Migration { delivery: Delivery::ExactlyOnce, ..migration.clone() },
        direction,
        options: Options::new(connection.clone(), "replay"),
        partitions: cluster.partitions(topic)?,
    };
    let outlet = outlets.open()?;
    let letters = dead_letters(migration, connection)?;
    let source = &migration.source(direction).topic;
    let waiting: Vec<_> =
        letters.waiting().filter(|(place, _)| place.topic == *source && chosen(place)).collect();
    let strict = ErrorPolicy { on_error: OnError::Fail, ..migration.errors.clone() };
    let own = Arc::new(Migration { errors: strict, ..outlets.migration.clone() });
    let mut replay = Replay {
        treatment: Treatment::new(own, direction, Arc::clone(translate), placement),
        translate,
        runtime,
        outlets,
        outlet,
        done: done(migration, direction, connection, &waiting)?,
        report: ReplayReport::default(),
    };
    for (place, letters) in waiting {
        if place.key.is_some() {
            replay.together(place, letters)?;
        } else {
            for (offset, letter) in letters {
                replay.together(place, &BTreeMap::from([(*offset, letter.clone())]))?;
            }
        }
    }
    Ok(replay.report)
}

/// Records that wait and are in the target all the same: a replay has written them, and a broker has not kept its markers.
fn done(
    migration: &Migration,
    direction: Direction,
    connection: &Connection,
    waiting: &[(&LetterPlace, &BTreeMap<i64, OwnedRecord>)],
) -> Result<HashSet<(i32, i64)>, ClusterError> {
    let places = |(place, letters): &(&LetterPlace, &BTreeMap<i64, OwnedRecord>)| {
        let partition = place.partition;
        letters.keys().map(move |offset| (partition, *offset)).collect::<Vec<_>>()
    };
    let waiting: HashSet<(i32, i64)> = waiting.iter().flat_map(places).collect();
    let mut done = HashSet::new();
    if !waiting.is_empty() {
        let target = Sinks::whole_target(connection, migration, direction)?;
        target.visible(&mut |partition, offset| {
            done.extend(waiting.get(&(partition, offset)));
        })?;
    }
    Ok(done)
}

/// Where the runs have put the records of their keys, and would put them now.
fn placement(
    cluster: &Cluster,
    migration: &Migration,
    direction: Direction,
    connection: &Connection,
) -> Result<Placement, ReplayError> {
    let placement = Eras::read(connection, migration, direction)?.now().clone();
    if placement.partitions().is_none() && migration.partitioning != Partitioning::Preserve {
        return Err(ReplayError::Placement("no run has settled yet how records are placed: start one first"));
    }
    let target = cluster.partitions(&migration.target(direction).topic)?;
    if placement.partitions().is_some_and(|partitions| partitions != target) {
        return Err(ReplayError::Placement(
            "the target has other partitions than records are placed by: start a run with `--accept-mapping-change` first",
        ));
    }
    Ok(placement)
}

/// Nobody waits for runs that are not about to leave.
fn wait_for_silence(cluster: &Cluster, group: &str, is_paused: bool) -> Result<(), ReplayError> {
    let started = Instant::now();
    loop {
        let groups = cluster.groups()?;
        let found = groups.iter().find(|found| found.name == group);
        if found.is_none_or(|found| found.state == GroupState::Empty) {
            return Ok(());
        }
        if !is_paused || started.elapsed() > MEMBERS_WAIT {
            return Err(ReplayError::Running(group.to_owned()));
        }
        std::thread::sleep(TICK);
    }
}

/// Opens producers.
struct Outlets {
    migration: Migration,
    direction: Direction,
    options: Options,
    /// Of the dead-letter queue.
    partitions: i32,
}

impl Outlets {
    fn open(&self) -> Result<Outlet, ReplayError> {
        let partitions = Some(self.partitions);
        let opened =
            transactional::open(&self.options, &self.migration, self.direction, 0, partitions, || false);
        opened.map_err(refused)
    }
}

struct Replay<'a> {
    treatment: Treatment,
    translate: &'a Arc<dyn Translate>,
    runtime: &'a Handle,
    outlets: Outlets,
    outlet: Outlet,
    /// See [`done`].
    done: HashSet<(i32, i64)>,
    report: ReplayReport,
}

impl Replay<'_> {
    /// All of these records, or none.
    fn together(
        &mut self,
        place: &LetterPlace,
        letters: &BTreeMap<i64, OwnedRecord>,
    ) -> Result<(), ReplayError> {
        let count = u64::try_from(letters.len()).unwrap_or(u64::MAX);
        let mut batch = Batch::default();
        let left = letters.iter().filter(|(offset, _)| !self.done.contains(&(place.partition, **offset)));
        for (offset, letter) in left.collect::<Vec<_>>() {
            if let Err(fault) = self.treat(place, *offset, letter, &mut batch)? {
                self.report.waiting += count;
                self.report.faults.push((place.partition, *offset, fault));
                return Ok(());
            }
        }
        if let Some((offset, letter)) = letters.last_key_value() {
            mark(&mut batch, place, *offset, letter);
        }
        self.write(&batch)?;
        self.report.replayed += count;
        self.report.keys += u64::from(place.key.is_some());
        Ok(())
    }

    /// The inner error is what is wrong with the record, still.
    fn treat(
        &mut self,
        place: &LetterPlace,
        offset: i64,
        letter: &OwnedRecord,
        batch: &mut Batch,
    ) -> Result<Result<Fate, RecordFault>, ReplayError> {
        let headers: Vec<SourceHeader<'_>> = letter
            .source_headers()
            .into_iter()
            .filter(|header| !OWN_HEADERS.contains(&header.name))
            .collect();
        let record = SourceRecord { partition: place.partition, offset, ..letter.source(&headers) };
        for _attempt in 0..PREPARES_MAX {
            match self.treatment.treat(&record, batch) {
                Ok(fate) => return Ok(Ok(fate)),
                Err(Refusal::Fault(fault)) => return Ok(Err(fault)),
                Err(Refusal::FenceFull) => break,
                Err(Refusal::Unprepared(schema)) => {
                    match self.runtime.block_on(self.translate.prepare(schema)) {
                        Ok(()) => {}
                        Err(SchemaProblem::Unknown(reason)) => {
                            return Ok(Err(dead_letter::unknown_schema(reason)));
                        }
                        Err(problem) => return Err(ReplayError::Schema(problem)),
                    }
                }
            }
        }
        let reason = "its schema is not ready, however often it is prepared".to_owned();
        Ok(Err(dead_letter::unknown_schema(reason)))
    }

    fn write(&mut self, batch: &Batch) -> Result<(), ReplayError> {
        let mut reason = String::new();
        for _attempt in 0..ATTEMPTS_MAX {
            let written = exactly_once::transact(&self.outlet, None, batch, &self.outlets.options, PATIENCE);
            match written.map_err(refused)? {
                Outcome::Committed => return Ok(()),
                Outcome::Aborted(why) => reason = why,
            }
            // What a broker has left open of it must not come with the next one.
            self.outlet = self.outlets.open()?;
        }
        Err(ReplayError::Refused(reason))
    }
}

/// Says that everything of a key up to here was replayed.
fn mark(batch: &mut Batch, place: &LetterPlace, offset: i64, letter: &OwnedRecord) {
    let at = Place { partition: place.partition, offset, timestamp: letter.timestamp };
    batch.push(Destination::DeadLetters, at, place.key.as_deref(), None);
    batch.header(REPLAYED_HEADER, Some(b""));
    let (partition, offset) = (place.partition.to_string(), offset.to_string());
    for (name, value) in [
        (CODE_HEADER, "replayed"),
        (TOPIC_HEADER, &place.topic),
        (PARTITION_HEADER, &partition),
        (OFFSET_HEADER, &offset),
    ] {
        batch.header(name, Some(value.as_bytes()));
    }
}

fn refused(interruption: Interruption) -> ReplayError {
    match interruption {
        Interruption::Failed(error) => ReplayError::Refused(error.to_string()),
        Interruption::Rejoin { reason, .. } => ReplayError::Refused(reason),
        Interruption::StandsStill => ReplayError::Refused("the migration stands still".to_owned()),
    }
}
