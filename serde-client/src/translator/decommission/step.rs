//! The way of the old topic, step by step.

use serde::{Deserialize, Serialize};

use super::gate::Gate;

/// Where the decommissioning is. Until [`Step::Deleted`] every step can be taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Step {
    /// The translator keeps the old topic fed.
    #[default]
    Active,
    /// Nobody needs it any more, as far as is seen.
    Ready,
    /// Translation pauses for a while, under watch.
    Brownout,
    /// Translation is paused for good.
    Stopped,
    /// Nobody can write to the topic.
    ReadOnly,
    /// The evidence is kept outside of the cluster.
    Archived,
    /// The topic is gone.
    Deleted,
}

const ORDER: [Step; 7] =
    [Step::Active, Step::Ready, Step::Brownout, Step::Stopped, Step::ReadOnly, Step::Archived, Step::Deleted];

impl Step {
    /// As people read it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Ready => "READY",
            Self::Brownout => "BROWNOUT",
            Self::Stopped => "STOPPED",
            Self::ReadOnly => "READ_ONLY",
            Self::Archived => "ARCHIVED",
            Self::Deleted => "DELETED",
        }
    }

    fn place(self) -> usize {
        ORDER.iter().position(|step| *step == self).unwrap_or_default()
    }

    /// The step that follows.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        ORDER.get(self.place() + 1).copied()
    }

    /// The step before; none before the first one, and none back from the last.
    #[must_use]
    pub fn back(self) -> Option<Self> {
        if self == Self::Deleted {
            return None;
        }
        ORDER.get(self.place().checked_sub(1)?).copied()
    }

    /// The gates that must be passed to take this step.
    #[must_use]
    pub fn gates(self) -> &'static [Gate] {
        match self {
            Self::Active => &[],
            Self::Ready | Self::Brownout => &Gate::BEFORE_BROWNOUT,
            Self::Stopped | Self::ReadOnly | Self::Archived | Self::Deleted => &Gate::ALL,
        }
    }

    /// Whether translation is paused for good.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        self >= Self::Stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_one_another_and_are_taken_back_until_the_last() {
        let mut step = Step::Active;
        let mut way = vec![step];
        while let Some(next) = step.next() {
            assert_eq!(next.back(), (next != Step::Deleted).then_some(step));
            step = next;
            way.push(step);
        }
        assert_eq!(way, ORDER);
        assert_eq!((Step::Active.back(), Step::Deleted.back()), (None, None));
    }

    #[test]
    fn the_brownout_is_asked_for_only_behind_it() {
        assert!(!Step::Brownout.gates().contains(&Gate::Brownout));
        assert!(Step::Stopped.gates().contains(&Gate::Brownout));
    }
}
