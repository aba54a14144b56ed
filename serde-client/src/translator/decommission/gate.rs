//! What must hold before the old topic goes.

use serde::{Deserialize, Serialize};

/// A condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Nobody but the translator writes to the old topic.
    Native,
    /// No consumer group needs it.
    Groups,
    /// Those that were to move read the new topic.
    Consumers,
    /// Nobody reads it without a group.
    Readers,
    /// The dead-letter queue is empty, and a proof has passed.
    Proof,
    /// A brownout has passed.
    Brownout,
}

impl Gate {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Native, Self::Groups, Self::Consumers, Self::Readers, Self::Proof, Self::Brownout];

    /// Those that do not need translation to pause.
    pub const BEFORE_BROWNOUT: [Self; 5] =
        [Self::Native, Self::Groups, Self::Consumers, Self::Readers, Self::Proof];

    /// As the command line and metrics spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Groups => "groups",
            Self::Consumers => "consumers",
            Self::Readers => "readers",
            Self::Proof => "proof",
            Self::Brownout => "brownout",
        }
    }

    /// From 1, as the documentation counts.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|gate| *gate == self).unwrap_or_default() + 1
    }

    /// Reads a word or a number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.word() == text || gate.number().to_string() == text)
    }

    /// What it demands.
    #[must_use]
    pub fn demand(self) -> &'static str {
        match self {
            Self::Native => "no native record on the old topic",
            Self::Groups => "no consumer group needs the old topic",
            Self::Consumers => "every entry of `consumers` reads the new topic",
            Self::Readers => "no other readers of the old topic",
            Self::Proof => "the dead-letter queue is empty and `verify` has passed",
            Self::Brownout => "a brownout has passed",
        }
    }
}

/// Whether a gate can be passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Open,
    /// It does not.
    Closed,
    /// Nothing seen says so or otherwise.
    Unknown,
}

impl Verdict {
    /// As tables show it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
        }
    }
}

/// Somebody takes the responsibility for a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// A person's name.
    pub by: String,
    /// A sentence.
    pub reason: String,
    /// Milliseconds since 1970-01-01.
    pub at: i64,
}

/// What is known about a gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GateReport {
    /// The gate.
    pub gate: Gate,
    /// By the evidence alone.
    pub verdict: Verdict,
    /// What the evidence is.
    pub reason: String,
    /// What would open it; empty when it is open.
    pub opens: String,
    /// Whoever takes the responsibility where it is not.
    pub waiver: Option<Waiver>,
}

impl GateReport {
    /// Whether it is open or waived.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.verdict == Verdict::Open || self.waiver.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_named_by_word_or_number() {
        assert_eq!(Gate::parse("readers"), Some(Gate::Readers));
        assert_eq!(Gate::parse("4"), Some(Gate::Readers));
        assert_eq!((Gate::parse("0"), Gate::parse("7"), Gate::parse("reader")), (None, None, None));
    }
}
