//! The evidence for a decommissioning, as one document.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::cutover::Cutover;
use super::super::migration::Migration;
use super::brownout::Brownout;
use super::gate::GateReport;
use super::gates::{Criteria, gates};
use super::ledger::{Ledger, Passage, Proof};
use super::look::Side;
use super::sample::{GroupSample, groups};
use super::step::Step;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceReport {
    /// The migration.
    pub migration: String,
    /// The topic that goes.
    pub old_topic: String,
    /// The topic that stays.
    pub new_topic: String,
    /// When it was written, in milliseconds since 1970-01-01.
    pub at: i64,
    /// Where the decommissioning is.
    pub step: Step,
    /// How it got there.
    pub passages: Vec<Passage>,
    /// How the migration was turned round, where it was.
    pub cutover: Option<Cutover>,
    /// How long gates must have held, in milliseconds.
    pub window: i64,
    /// All gates.
    pub gates: Vec<GateReport>,
    /// The hash of the mapping that each direction runs with.
    pub mappings: BTreeMap<String, String>,
    /// The proof of each direction.
    pub proofs: BTreeMap<String, Proof>,
    /// The last one.
    pub brownout: Option<Brownout>,
    /// What the translator's groups had committed when it was stopped.
    pub offsets: BTreeMap<String, BTreeMap<i32, i64>>,
    /// Looks that samples hold.
    pub looks: u64,
    /// When the first of them was taken, in milliseconds since 1970-01-01.
    pub first_look: Option<i64>,
    /// The last one.
    pub last_look: Option<i64>,
    /// Every group that was seen on either topic.
    pub groups: Vec<GroupSample>,
}

impl EvidenceReport {
    /// Gathers it at a time, in milliseconds since 1970-01-01.
    #[must_use]
    pub fn gather(migration: &Migration, ledger: &Ledger, criteria: &Criteria, now: i64) -> Self {
        let mut seen = groups(ledger.samples.iter(), Side::Old);
        seen.extend(groups(ledger.samples.iter(), Side::New));
        Self {
            migration: migration.name.clone(),
            old_topic: migration.old.topic.clone(),
            new_topic: migration.new.topic.clone(),
            at: now,
            step: ledger.step.step,
            passages: ledger.step.passages.clone(),
            cutover: ledger.cutover.clone(),
            window: criteria.window,
            gates: gates(migration, ledger, criteria, now),
            mappings: ledger.mappings.clone(),
            proofs: ledger.proofs.clone(),
            brownout: ledger.brownout.clone(),
            offsets: ledger.step.offsets.clone(),
            looks: ledger.samples.iter().map(|sample| u64::from(sample.looks)).sum(),
            first_look: ledger.samples.first().map(|sample| sample.from),
            last_look: ledger.samples.last().map(|sample| sample.to),
            groups: seen,
        }
    }
}
