//! What the state topic says about a cutover. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::migration::{Direction, Migration, Pairing};

/// The key of the record in the state topic.
pub const CUTOVER_KEY: &str = "cutover";

/// One process at a time decides about a cutover.
#[must_use]
pub fn transactional_id(migration: &Migration) -> String {
    format!("srt.{}.cutover", migration.name)
}

/// How far a cutover has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CutoverStep {
    /// Producers of the old topic have stopped; what they wrote is still being translated.
    Draining,
    /// The offsets are known. Nobody goes by them yet.
    Recorded,
    /// New to old translates, old to new is over.
    Flipped,
    /// It was given up before anything had changed.
    TakenBack,
}

impl CutoverStep {
    /// As people read it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draining => "DRAINING",
            Self::Recorded => "RECORDED",
            Self::Flipped => "FLIPPED",
            Self::TakenBack => "TAKEN_BACK",
        }
    }
}

/// A cutover, as the state topic keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cutover {
    /// How far it has come.
    pub step: CutoverStep,
    /// All that was done, also what was taken back.
    pub passages: Vec<CutoverPassage>,
    /// How long nothing had to arrive on the old topic, in milliseconds.
    pub settle: i64,
    /// By partition of the old topic: everything before it is in the new topic, and nothing but translated records belongs
    /// behind it.
    pub old: BTreeMap<i32, i64>,
    /// By partition of the new topic: everything before it came from the old one, and new to old begins here.
    pub new: BTreeMap<i32, i64>,
}

/// A step was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutoverPassage {
    /// To where.
    pub step: CutoverStep,
    /// Milliseconds since 1970-01-01.
    pub at: i64,
    /// Who has asked for it.
    pub by: String,
}

impl Cutover {
    /// One that has not begun.
    #[must_use]
    pub fn beginning(settle: i64) -> Self {
        let (passages, old, new) = Default::default();
        Self { step: CutoverStep::Draining, passages, settle, old, new }
    }

    /// Takes a step.
    pub fn pass(&mut self, step: CutoverStep, at: i64, by: &str) {
        self.step = step;
        self.passages.push(CutoverPassage { step, at, by: by.to_owned() });
    }

    /// Whether new to old translates.
    #[must_use]
    pub fn is_flipped(&self) -> bool {
        self.step == CutoverStep::Flipped
    }

    /// Whether it has begun and not come to an end.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        matches!(self.step, CutoverStep::Draining | CutoverStep::Recorded) && !self.passages.is_empty()
    }

    /// When and by whom the last step was taken.
    #[must_use]
    pub fn last(&self) -> Option<&CutoverPassage> {
        self.passages.last()
    }
}

/// Whether a direction translates just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It does.
    Now,
    /// It begins with the cutover.
    NotYet,
    /// It has ended with the cutover.
    Over,
}

/// Whose turn it is.
#[must_use]
pub fn turn(migration: &Migration, direction: Direction, cutover: Option<&Cutover>) -> Turn {
    let flipped = cutover.is_some_and(Cutover::is_flipped);
    match (migration.pairing, direction) {
        (Pairing::Cutover, Direction::NewToOld) if !flipped => Turn::NotYet,
        (Pairing::Cutover, Direction::OldToNew) if flipped => Turn::Over,
        _ => Turn::Now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translator::mapping::file::MappingFile;

    #[test]
    fn one_direction_ends_where_the_other_one_begins() {
        let text = |directions: &str| {
            format!(
                "apiVersion: srt/v1\nkind: TopicMigration\nname: m\n\
                 old: {{topic: a, value: {{subject: a, version: 1}}}}\nnew: {{topic: b, value: {{subject: b, version: 1}}}}\n\
                 directions: {directions}\nmap: {{new->old: {{}}, old->new: {{}}}}\n"
            )
        };
        let migration = |directions: &str| MappingFile::parse(&text(directions)).unwrap().migration;
        let turns = |migration: &Migration, cutover: Option<&Cutover>| {
            [Direction::OldToNew, Direction::NewToOld].map(|direction| turn(migration, direction, cutover))
        };
        let (turned, two_way) = (migration("cutover"), migration("both\nwriters: single-per-key"));
        assert_eq!(turns(&turned, None), [Turn::Now, Turn::NotYet]);
        let mut cutover = Cutover::beginning(0);
        for step in [CutoverStep::Draining, CutoverStep::Recorded, CutoverStep::TakenBack] {
            cutover.pass(step, 0, "eva");
            assert_eq!(turns(&turned, Some(&cutover)), [Turn::Now, Turn::NotYet]);
        }
        cutover.pass(CutoverStep::Flipped, 0, "eva");
        assert_eq!(turns(&turned, Some(&cutover)), [Turn::Over, Turn::Now]);
        assert_eq!(turns(&two_way, Some(&cutover)), [Turn::Now, Turn::Now]);
    }
}
