//! The state topic of a decommissioning.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tokio::runtime::Handle;

use super::super::cluster::{ClusterError, CompactedTopic, Connection, Entry};
use super::super::cutover::{self, CUTOVER_KEY, Cutover};
use super::super::migration::{Direction, Migration};
use super::super::pause::{PAUSE_KEY, Pause};
use super::brownout::Brownout;
use super::gate::{Gate, Waiver};
use super::ledger::{
    BROWNOUT_KEY, Ledger, Proof, STEP_KEY, StepRecord, Unreadable, proof_key, sample_key, waiver_key,
};
use super::look::Look;
use super::sample::{Sample, fold};

/// Why the state topic is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The cluster does not do what is asked of it.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// It holds something of another form.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Reads and writes the state topic. Calls block.
#[derive(Debug)]
pub struct Journal {
    state: CompactedTopic,
    cutover_id: String,
    kept: RefCell<Kept>,
}

/// What was read of the topic so far.
#[derive(Debug, Default)]
struct Kept {
    entries: BTreeMap<String, Vec<u8>>,
    end: i64,
}

impl Journal {
    /// The state topic of a migration.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn open(connection: &Connection, migration: &Migration) -> Result<Self, JournalError> {
        let state = CompactedTopic::new(connection, migration.state_topic())?;
        let cutover_id = cutover::transactional_id(migration);
        Ok(Self { state, cutover_id, kept: RefCell::default() })
    }

    /// Creates the topic where it is not there.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn create(&self, runtime: &Handle) -> Result<(), JournalError> {
        Ok(self.state.create(runtime)?)
    }

    /// All that is known.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn read(&self) -> Result<Ledger, JournalError> {
        let mut kept = self.kept.borrow_mut();
        let end = kept.end;
        kept.end = self.state.update(&mut kept.entries, end)?;
        Ok(Ledger::read(&kept.entries)?)
    }

    /// Keeps a look, and folds samples that are old.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn sample(&self, ledger: &mut Ledger, look: &Look) -> Result<(), JournalError> {
        let sample = Sample::of(look, ledger.samples.last());
        let mut entries = vec![self.state.entry(sample_key(sample.to), &sample)?];
        ledger.samples.push(sample);
        let (folded, gone) = fold(&ledger.samples, look.at);
        for sample in &folded {
            entries.push(self.state.entry(sample_key(sample.to), sample)?);
        }
        entries.extend(gone.iter().map(|to| (sample_key(*to), None)));
        self.state.write(&entries)?;
        ledger.samples.retain(|sample| {
            !gone.contains(&sample.to) && !folded.iter().any(|folded| folded.to == sample.to)
        });
        ledger.samples.extend(folded);
        ledger.samples.sort_by_key(|sample| sample.to);
        Ok(())
    }

    /// Keeps where the decommissioning is.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn set_step(&self, step: &StepRecord) -> Result<(), JournalError> {
        self.put(self.state.entry(STEP_KEY, step)?)
    }

    /// Keeps a waiver, or takes it back.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn set_waiver(&self, gate: Gate, waiver: Option<&Waiver>) -> Result<(), JournalError> {
        self.put(match waiver {
            Some(waiver) => self.state.entry(waiver_key(gate), waiver)?,
            None => (waiver_key(gate), None),
        })
    }

    /// Keeps a brownout.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn set_brownout(&self, brownout: &Brownout) -> Result<(), JournalError> {
        self.put(self.state.entry(BROWNOUT_KEY, brownout)?)
    }

    /// Keeps a proof.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn set_proof(&self, direction: Direction, proof: &Proof) -> Result<(), JournalError> {
        self.put(self.state.entry(proof_key(direction.slug()), proof)?)
    }

    /// Pauses translation in all runs, or lets it go on.
    ///
    /// # Errors
    /// [`JournalError::Cluster`].
    pub fn set_pause(&self, pause: Option<&Pause>) -> Result<(), JournalError> {
        self.put(match pause {
            Some(pause) => self.state.entry(PAUSE_KEY, pause)?,
            None => (PAUSE_KEY.to_owned(), None),
        })
    }

    /// Decides how far a cutover has come, by what is known of it: nobody else does so meanwhile. All runs obey it.
    /// `decide` may be called more than once.
    ///
    /// # Errors
    /// What `decide` says, and [`ClusterError`].
    pub fn decide_cutover<E: From<ClusterError>>(
        &self,
        decide: impl Fn(Option<Cutover>) -> Result<Option<Cutover>, E>,
    ) -> Result<Option<Cutover>, E> {
        self.state.decide(CUTOVER_KEY, &self.cutover_id, decide)
    }

    fn put(&self, entry: Entry) -> Result<(), JournalError> {
        Ok(self.state.write(&[entry])?)
    }
}
