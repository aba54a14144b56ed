//! Pauses translation for a while and watches who needs it.

use super::super::migration::{Opened, millis};
use super::super::output::Out;
use super::super::{Failure, Outcome};
use super::{Advance, pass};
use crate::translator::decommission::{Brownout, Ending, Ledger, Look, Step, falls_behind, observe};
use crate::translator::pause::{Pause, now, time_text};

/// How long translation stays paused when whoever watches has died: so long after the brownout, in milliseconds.
const GRACE: i64 = 60_000;

impl Advance {
    /// A brownout of a length in milliseconds, by somebody; `before` is how the groups are before it.
    pub(super) fn brownout(
        &self,
        out: &mut Out,
        opened: &Opened,
        mut ledger: Ledger,
        before: &Look,
        (length, by): (i64, &str),
    ) -> Result<Outcome, Failure> {
        let (from, journal) = (now(), &opened.journal);
        let until = from.saturating_add(length);
        let mut brownout = Brownout { by: by.to_owned(), from, length, ending: None };
        let pause = Pause {
            by: by.to_owned(),
            reason: "a brownout".to_owned(),
            since: from,
            until: Some(until.saturating_add(GRACE)),
        };
        journal.set_brownout(&brownout).map_err(Failure::new)?;
        pass(opened, &mut ledger, Step::Brownout, by)?;
        journal.set_pause(Some(&pause)).map_err(Failure::new)?;
        out.line(format!("Translation pauses until {}.", time_text(until)));
        let trouble = self.watch(opened, &mut ledger, before, (until, &pause));
        // Whatever has happened, translation goes on: also where the cluster could not be watched.
        journal.set_pause(None).map_err(Failure::new)?;
        let reason = match trouble {
            Ok(None) => {
                brownout.ending = Some(Ending::Passed);
                journal.set_brownout(&brownout).map_err(Failure::new)?;
                out.line("The brownout has passed. Translation goes on until the next step.");
                return Ok(Outcome::Done);
            }
            Ok(Some(reason)) => reason,
            Err(failure) => format!("it could not be watched: {failure}"),
        };
        out.line(format!("Rolled back: {reason}"));
        brownout.ending = Some(Ending::RolledBack(reason));
        journal.set_brownout(&brownout).map_err(Failure::new)?;
        pass(opened, &mut ledger, Step::Ready, by)?;
        out.line(format!("{}: BROWNOUT -> READY. Translation goes on.", opened.migration.name));
        Ok(Outcome::NotSatisfied)
    }

    /// Watches until a time; what has gone wrong before ends it.
    fn watch(
        &self,
        opened: &Opened,
        ledger: &mut Ledger,
        before: &Look,
        (until, pause): (i64, &Pause),
    ) -> Result<Option<String>, Failure> {
        loop {
            let wait = millis(self.interval).min(until.saturating_sub(now()));
            std::thread::sleep(std::time::Duration::from_millis(wait.try_into().unwrap_or_default()));
            let look = observe(&opened.migration, &opened.connection, ledger.samples.last())
                .map_err(Failure::new)?;
            opened.journal.sample(ledger, &look).map_err(Failure::new)?;
            if let Some(reason) = falls_behind(before, &look, self.growth) {
                return Ok(Some(reason));
            }
            // Whoever misses the records resumes translation by hand.
            if opened.journal.read().map_err(Failure::new)?.pause.as_ref() != Some(pause) {
                return Ok(Some("somebody has resumed translation".to_owned()));
            }
            if now() >= until {
                return Ok(None);
            }
        }
    }
}
