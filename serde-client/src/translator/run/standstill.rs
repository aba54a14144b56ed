//! Why a direction does not translate just now, although nothing is wrong with it. Pure.

use std::sync::atomic::{AtomicU8, Ordering};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standstill {
    /// The state topic has a pause.
    Paused,
    /// The direction begins with the cutover.
    NotYet,
    /// The direction has ended with the cutover.
    Over,
}

impl Standstill {
    const ALL: [Self; 3] = [Self::Paused, Self::NotYet, Self::Over];

    /// As health and log say it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Paused => "it is paused",
            Self::NotYet => "it waits for the cutover",
            Self::Over => "it has ended with the cutover",
        }
    }
}

/// One that workers look at for every record.
#[derive(Debug, Default)]
pub(crate) struct SharedStandstill(AtomicU8);

impl SharedStandstill {
    pub(crate) fn get(&self) -> Option<Standstill> {
        of(self.0.load(Ordering::Relaxed))
    }

    /// Sets it, and says what it was.
    pub(crate) fn set(&self, standstill: Option<Standstill>) -> Option<Standstill> {
        of(self.0.swap(code(standstill), Ordering::Relaxed))
    }
}

fn of(code: u8) -> Option<Standstill> {
    Standstill::ALL.get(usize::from(code.checked_sub(1)?)).copied()
}

fn code(standstill: Option<Standstill>) -> u8 {
    match standstill {
        None => 0,
        Some(Standstill::Paused) => 1,
        Some(Standstill::NotYet) => 2,
        Some(Standstill::Over) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_got() {
        let shared = SharedStandstill::default();
        let mut before = None;
        for standstill in Standstill::ALL.map(Some).into_iter().chain([None]) {
            assert_eq!(shared.set(standstill), before);
            assert_eq!(shared.get(), standstill);
            before = standstill;
        }
    }
}
