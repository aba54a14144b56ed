//! Everything that the state topic knows about a decommissioning. Pure.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::cutover::{CUTOVER_KEY, Cutover};
use super::super::pause::{PAUSE_KEY, Pause};
use super::brownout::Brownout;
use super::gate::{Gate, Waiver};
use super::sample::Sample;
use super::step::Step;

pub(super) const STEP_KEY: &str = "step";
pub(super) const BROWNOUT_KEY: &str = "brownout";
const WAIVER: &str = "waiver/";
const SAMPLE: &str = "sample/";
const PROOF: &str = "proof/";
const MAPPING: &str = "mapping/";

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Where the decommissioning is.
    pub step: StepRecord,
    /// By gate.
    pub waivers: BTreeMap<Gate, Waiver>,
    /// In the order of time.
    pub samples: Vec<Sample>,
    /// The last one.
    pub brownout: Option<Brownout>,
    /// The last one of each direction, by [`super::super::migration::Direction::slug`].
    pub proofs: BTreeMap<String, Proof>,
    /// Whether translation is paused.
    pub pause: Option<Pause>,
    /// How far the cutover has come, where there was one.
    pub cutover: Option<Cutover>,
    /// The hash of the mapping that each direction runs with.
    pub mappings: BTreeMap<String, String>,
}

/// Where the decommissioning is, and how it got there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The step.
    pub step: Step,
    /// All that were taken, also those that were taken back.
    pub passages: Vec<Passage>,
    /// What the translator's groups had committed when it was stopped: the brokers forget offsets of groups that are gone
    /// for a while. By group, and by partition.
    pub offsets: BTreeMap<String, BTreeMap<i32, i64>>,
    /// The settings of the topic before it became read-only.
    pub settings: Option<Vec<(String, String)>>,
}

/// A step was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// To where.
    pub step: Step,
    /// Milliseconds since 1970-01-01.
    pub at: i64,
    /// Who has asked for it.
    pub by: String,
}

/// A `verify` that was run for the decommissioning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Milliseconds since 1970-01-01.
    pub at: i64,
    /// See [`super::super::verify::VerifyReport::passed`].
    pub passed: bool,
    /// The hash of the mapping.
    pub mapping: String,
    /// Records of the source that were compared.
    pub records: u64,
    /// Lost, doubled, reordered, wrong or of no origin; and keys that were written on both sides at once.
    pub differences: u64,
}

#[derive(Deserialize)]
struct MappingState {
    hash: String,
}

/// A record of the state topic is of another form: a later version of the translator has written it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state topic's `{key}` cannot be read, perhaps because a newer translator wrote it: {reason}")]
pub struct Unreadable {
    /// The record's key.
    pub key: String,
    /// What does not fit.
    pub reason: String,
}

pub(super) fn waiver_key(gate: Gate) -> String {
    format!("{WAIVER}{}", gate.word())
}

/// Keys sort as their samples do.
pub(super) fn sample_key(to: i64) -> String {
    format!("{SAMPLE}{to:015}")
}

pub(super) fn proof_key(direction: &str) -> String {
    format!("{PROOF}{direction}")
}

impl Ledger {
    /// Reads the latest values of the state topic.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(entries: &BTreeMap<String, Vec<u8>>) -> Result<Self, Unreadable> {
        let mut ledger = Self::default();
        for (key, value) in entries {
            if key == STEP_KEY {
                ledger.step = parse(key, value)?;
            } else if key == BROWNOUT_KEY {
                ledger.brownout = Some(parse(key, value)?);
            } else if key == PAUSE_KEY {
                ledger.pause = Some(parse(key, value)?);
            } else if key == CUTOVER_KEY {
                ledger.cutover = Some(parse(key, value)?);
            } else if key.starts_with(SAMPLE) {
                ledger.samples.push(parse(key, value)?);
            } else if let Some(direction) = key.strip_prefix(PROOF) {
                ledger.proofs.insert(direction.to_owned(), parse(key, value)?);
            } else if let Some(direction) = key.strip_prefix(MAPPING) {
                let MappingState { hash } = parse(key, value)?;
                ledger.mappings.insert(direction.to_owned(), hash);
            } else if let Some(gate) = key.strip_prefix(WAIVER).and_then(Gate::parse) {
                ledger.waivers.insert(gate, parse(key, value)?);
            }
        }
        ledger.samples.sort_by_key(|sample| sample.to);
        Ok(ledger)
    }
}

fn parse<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(value)
        .map_err(|error| Unreadable { key: key.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::{look, samples};
    use super::*;

    fn entry(key: impl Into<String>, value: &impl Serialize) -> (String, Vec<u8>) {
        (key.into(), serde_json::to_vec(value).unwrap())
    }

    #[test]
    fn what_is_written_is_read() {
        let taken = samples(&[look(900, Some(1), 3, 0), look(1_000, Some(0), 4, 0)]);
        let waiver = Waiver { by: "eva".to_owned(), reason: "no metrics".to_owned(), at: 7 };
        let step = StepRecord { step: Step::ReadOnly, ..StepRecord::default() };
        let entries = BTreeMap::from([
            entry(sample_key(1_000), &taken[1]),
            entry(sample_key(900), &taken[0]),
            entry(waiver_key(Gate::Readers), &waiver),
            entry(STEP_KEY, &step),
            ("mapping/new-old".to_owned(), br#"{"hash":"abc","from":[[0,null]]}"#.to_vec()),
            ("of a later version".to_owned(), b"[]".to_vec()),
        ]);
        let ledger = Ledger::read(&entries).unwrap();
        assert_eq!((&ledger.samples, &ledger.step), (&taken, &step));
        assert_eq!(ledger.waivers, [(Gate::Readers, waiver)].into());
        assert_eq!(ledger.mappings["new-old"], "abc");
    }

    #[test]
    fn a_waiver_that_cannot_be_read_is_no_waiver_and_said() {
        let entries = BTreeMap::from([(waiver_key(Gate::Proof), b"{}".to_vec())]);
        let refused = Ledger::read(&entries).unwrap_err();
        assert_eq!(refused.key, "waiver/proof");
    }
}
