//! Takes a cutover step by step.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::super::cluster::{Cluster, ClusterError, Connection};
use super::super::decommission::{Journal, JournalError, Step};
use super::super::migration::{Direction, Migration, OnError, Pairing};
use super::super::pause::{now, time_text};
use super::super::run::{ReplayError, dead_letters};
use super::drain::Drain;
use super::natives::Natives;
use super::record::{Cutover, CutoverPassage, CutoverStep};
use super::settling::{Settling, Wait};

/// The time between two looks.
const TICK: Duration = Duration::from_millis(200);

/// How a cutover is done.
#[derive(Clone)]
pub struct CutoverOptions {
    /// Who is responsible for it.
    pub by: String,
    /// How long nothing may arrive on the old topic.
    pub settle: Duration,
    /// How long is waited in all; whoever calls again goes on waiting.
    pub patience: Duration,
    /// Whether records of the old topic may be left in the dead-letter queue.
    pub leave_dead_letters: bool,
    /// Called between the steps.
    pub on_moment: Option<CutoverHook>,
}

impl std::fmt::Debug for CutoverOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CutoverOptions")
            .field("by", &self.by)
            .field("settle", &self.settle)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// See [`CutoverOptions::on_moment`].
pub type CutoverHook = Arc<dyn Fn(CutoverMoment) + Send + Sync>;

/// Where a cutover is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CutoverMoment {
    /// The state topic knows that it has begun.
    Begun,
    /// The old topic is quiet, and everything of it is translated.
    Drained,
    /// The state topic knows the offsets.
    Recorded,
    /// The group of new to old has its first offsets.
    Positioned,
    /// The state topic says that new to old translates.
    Flipped,
}

/// How a call has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CutoverEnd {
    /// New to old translates.
    Flipped(Cutover),
    /// It did so before.
    Already(Cutover),
    /// The time was over, with what was waited for. The cutover goes on with the next call.
    Waiting(String),
}

/// Why a cutover cannot go on. Nothing has changed for anybody.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CutoverError {
    /// The mapping is none that is turned round.
    #[error(
        "only a mapping with `directions: cutover` is turned round; with `directions: both` producers move one by one, as \
         both directions translate all the time"
    )]
    Pairing,
    /// The state topic is of no use.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The cluster does not do what is asked of it.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The dead-letter queue cannot be read.
    #[error(transparent)]
    DeadLetters(#[from] ReplayError),
    /// Records of the old topic are in no other topic.
    #[error(
        "{0} records of the old topic wait in the dead-letter queue, and later records of their keys would overtake them: \
         replay them (`translator dlq`), or leave them behind with --leave-dead-letters"
    )]
    DeadLettersWait(u64),
    /// Nothing is translated meanwhile.
    #[error("the migration is paused by {0}: `translator resume` it first")]
    Paused(String),
    /// The old topic is on its way out.
    #[error("the decommissioning is at {0}: there is nothing to turn round any more")]
    Decommissioning(&'static str),
    /// Somebody has given it up.
    #[error("{0} has taken the cutover back")]
    TakenBack(String),
    /// There is nothing to take back.
    #[error("no cutover has begun")]
    NotBegun,
    /// Records are translated back already.
    #[error(
        "new->old translates since {0}: what came to the new topic since then was never old, so there is no way back"
    )]
    Flipped(String),
    /// The group of new to old takes no offsets.
    #[error(
        "the offsets of `{group}` cannot be set, as if it had members; stop whoever translates new->old: {reason}"
    )]
    Positions {
        /// The group.
        group: String,
        /// What the cluster says.
        reason: ClusterError,
    },
}

/// Turns a migration round, or goes on with it where an earlier call has ended. Producers of the old topic must have
/// stopped. `tell` hears what is waited for. Blocks; not for a task of the runtime.
///
/// # Errors
/// [`CutoverError`].
pub fn cut_over(
    migration: &Migration,
    connection: &Connection,
    runtime: &Handle,
    options: &CutoverOptions,
    tell: &mut dyn FnMut(&str),
) -> Result<CutoverEnd, CutoverError> {
    if migration.pairing != Pairing::Cutover {
        return Err(CutoverError::Pairing);
    }
    let journal = Journal::open(connection, migration)?;
    journal.create(runtime)?;
    let mut steps = Steps { migration, connection, journal, options, natives: Natives::default() };
    match steps.begin(tell)? {
        Begun::Already(cutover) => Ok(CutoverEnd::Already(cutover)),
        Begun::GoesOn(cutover) => steps.drain(cutover, tell),
    }
}

/// Gives up a cutover that has not flipped: old to new goes on as before, because it has never stopped. Blocks.
///
/// # Errors
/// [`CutoverError::NotBegun`], [`CutoverError::Flipped`], [`CutoverError::Journal`].
pub fn take_back(migration: &Migration, connection: &Connection, by: &str) -> Result<(), CutoverError> {
    let journal = Journal::open(connection, migration)?;
    let decided = journal.decide_cutover(|known| {
        let mut cutover = known.ok_or(CutoverError::NotBegun)?;
        match cutover.step {
            CutoverStep::Flipped => {
                return Err(CutoverError::Flipped(cutover.last().map_or_else(String::new, told)));
            }
            CutoverStep::TakenBack => {}
            CutoverStep::Draining | CutoverStep::Recorded => {
                cutover.pass(CutoverStep::TakenBack, now(), by);
            }
        }
        Ok(Some(cutover))
    });
    decided.map(drop)
}

/// What has flipped; an error when there is no cutover any more.
fn ended(known: Option<Cutover>) -> Result<Option<Cutover>, CutoverError> {
    let known = known.ok_or(CutoverError::NotBegun)?;
    match known.step {
        CutoverStep::Flipped => Ok(Some(known)),
        CutoverStep::TakenBack => {
            Err(CutoverError::TakenBack(known.last().map_or_else(String::new, |last| last.by.clone())))
        }
        CutoverStep::Draining | CutoverStep::Recorded => Ok(None),
    }
}

/// When and by whom a step was taken.
fn told(passage: &CutoverPassage) -> String {
    format!("{}, by {}", time_text(passage.at), passage.by)
}

enum Begun {
    GoesOn(Cutover),
    Already(Cutover),
}

struct Steps<'a> {
    migration: &'a Migration,
    connection: &'a Connection,
    journal: Journal,
    options: &'a CutoverOptions,
    natives: Natives,
}

impl Steps<'_> {
    fn begin(&self, tell: &mut dyn FnMut(&str)) -> Result<Begun, CutoverError> {
        let ledger = self.journal.read()?;
        if let Some(flipped) = ledger.cutover.as_ref().filter(|cutover| cutover.is_flipped()) {
            return Ok(Begun::Already(flipped.clone()));
        }
        if ledger.step.step != Step::Active {
            return Err(CutoverError::Decommissioning(ledger.step.step.word()));
        }
        if let Some(pause) = ledger.pause.filter(|pause| pause.holds(now())) {
            return Err(CutoverError::Paused(pause.by));
        }
        self.check_dead_letters()?;
        let settle = i64::try_from(self.options.settle.as_millis()).unwrap_or(i64::MAX);
        let begun = self.journal.decide_cutover(|known| {
            let mut cutover = known.unwrap_or_else(|| Cutover::beginning(settle));
            if !cutover.goes_on() && !cutover.is_flipped() {
                cutover.pass(CutoverStep::Draining, now(), &self.options.by);
            }
            Ok::<_, CutoverError>(Some(cutover))
        })?;
        let mut cutover = begun.ok_or(CutoverError::NotBegun)?;
        if cutover.is_flipped() {
            return Ok(Begun::Already(cutover));
        }
        if let (Some(_), Some(last)) = (ledger.cutover.filter(Cutover::goes_on), cutover.last()) {
            tell(&format!("It goes on where it was: {} since {}.", cutover.step.word(), told(last)));
        }
        cutover.settle = settle;
        self.moment(CutoverMoment::Begun);
        Ok(Begun::GoesOn(cutover))
    }

    fn check_dead_letters(&self) -> Result<(), CutoverError> {
        if self.options.leave_dead_letters
            || !matches!(self.migration.errors.on_error, OnError::DeadLetter { .. })
        {
            return Ok(());
        }
        let letters = dead_letters(self.migration, self.connection)?;
        let of_old = letters.waiting().filter(|(place, _)| place.topic == self.migration.old.topic);
        let count: usize = of_old.map(|(_, letters)| letters.len()).sum();
        match u64::try_from(count).unwrap_or(u64::MAX) {
            0 => Ok(()),
            count => Err(CutoverError::DeadLettersWait(count)),
        }
    }

    fn drain(
        &mut self,
        mut cutover: Cutover,
        tell: &mut dyn FnMut(&str),
    ) -> Result<CutoverEnd, CutoverError> {
        let drain = Drain::open(self.migration, self.connection)?;
        let mut settling = Settling::new(self.options.settle);
        let started = Instant::now();
        let mut told = None;
        loop {
            if let Some(flipped) = self.overtaken()? {
                return Ok(CutoverEnd::Already(flipped));
            }
            let old = drain.look()?;
            let wait = settling.see(&old, started.elapsed());
            if wait == Wait::Ready {
                self.moment(CutoverMoment::Drained);
                cutover.old = old.ends;
                self.find_beginning(&mut cutover, tell)?;
                if let Some(flipped) = self.record(&mut cutover)? {
                    return Ok(CutoverEnd::Already(flipped));
                }
                // Whatever has arrived meanwhile is waited for once more.
                let again = drain.look()?;
                if again.ends == cutover.old && again.left == 0 {
                    return self.flip(cutover);
                }
                continue;
            }
            if told.as_ref() != Some(&wait) {
                tell(&format!("Waiting: {wait}."));
            }
            if started.elapsed() > self.options.patience {
                return Ok(CutoverEnd::Waiting(wait.to_string()));
            }
            told = Some(wait);
            std::thread::sleep(TICK);
        }
    }

    /// What somebody else has made of it meanwhile: a cutover that has flipped.
    fn overtaken(&self) -> Result<Option<Cutover>, CutoverError> {
        ended(self.journal.read()?.cutover)
    }

    /// Takes a step, unless somebody else has ended the cutover: then what has flipped.
    fn pass(&self, cutover: &mut Cutover, step: CutoverStep) -> Result<Option<Cutover>, CutoverError> {
        cutover.pass(step, now(), &self.options.by);
        let decided = self.journal.decide_cutover(|known| {
            let flipped = ended(known)?;
            Ok::<_, CutoverError>(flipped.or_else(|| Some(cutover.clone())))
        })?;
        Ok(decided.filter(|decided| decided != cutover))
    }

    /// Reads the new topic, which may take a while.
    fn find_beginning(
        &mut self,
        cutover: &mut Cutover,
        tell: &mut dyn FnMut(&str),
    ) -> Result<(), CutoverError> {
        cutover.new = self.natives.scan(self.migration, self.connection)?;
        if self.natives.partitions() > 0 {
            tell(&format!(
                "Producers have written to {} partitions of `{}` already: new->old begins with their first records.",
                self.natives.partitions(),
                self.migration.new.topic
            ));
        }
        Ok(())
    }

    /// Keeps the offsets, and lets new to old begin there. Its runs wait until it has flipped, so this may happen again
    /// with other offsets.
    fn record(&self, cutover: &mut Cutover) -> Result<Option<Cutover>, CutoverError> {
        if let Some(flipped) = self.pass(cutover, CutoverStep::Recorded)? {
            return Ok(Some(flipped));
        }
        self.moment(CutoverMoment::Recorded);
        let group = self.migration.group(Direction::NewToOld);
        let offsets: Vec<(i32, i64)> =
            cutover.new.iter().map(|(partition, offset)| (*partition, *offset)).collect();
        let positioned =
            Cluster::connect(self.connection, &group)?.commit(&self.migration.new.topic, &offsets);
        positioned.map_err(|reason| CutoverError::Positions { group, reason })?;
        self.moment(CutoverMoment::Positioned);
        Ok(None)
    }

    fn flip(&self, mut cutover: Cutover) -> Result<CutoverEnd, CutoverError> {
        if let Some(flipped) = self.pass(&mut cutover, CutoverStep::Flipped)? {
            return Ok(CutoverEnd::Already(flipped));
        }
        self.moment(CutoverMoment::Flipped);
        Ok(CutoverEnd::Flipped(cutover))
    }

    fn moment(&self, moment: CutoverMoment) {
        if let Some(hook) = &self.options.on_moment {
            hook(moment);
        }
    }
}
