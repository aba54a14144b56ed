//! The next step.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::runtime::Handle;

use super::super::migration::{Opened, millis};
use super::super::output::Out;
use super::super::status::gates_table;
use super::super::{Failure, Outcome, RegistryArgs};
use super::subjects::Leaving;
use super::{Advance, pass, passable};
use crate::translator::cluster::Administration;
use crate::translator::cutover::{Turn, turn};
use crate::translator::decommission::{Criteria, Ledger, Look, Step, gates, observe};
use crate::translator::migration::Direction;
use crate::translator::pause::{Pause, now};

/// Bytes of the largest batch that a topic takes which is to take none. The marker of a transaction has 78 and must still
/// be written; a batch with a record of ten bytes is larger.
const READ_ONLY_BYTES: &str = "78";

pub(super) const SIZE_SETTING: &str = "max.message.bytes";

/// How long all runs may take to obey a pause. They look every second, and end what they have in hand.
const PAUSE_WAIT: Duration = Duration::from_secs(5);

impl Advance {
    pub(super) fn run(
        &self,
        out: &mut Out,
        opened: &Opened,
        criteria: &Criteria,
        registry: &RegistryArgs,
    ) -> Result<Outcome, Failure> {
        let by = self.by.name()?;
        let at = opened.journal.read().map_err(Failure::new)?.step.step;
        let next = at
            .next()
            .ok_or_else(|| Failure("the old topic is deleted: there is no further step".to_owned()))?;
        check_turned(opened)?;
        if next == Step::Deleted {
            self.check_name(&opened.migration.old.topic)?;
        } else if self.delete_topic.is_some() {
            return Err(Failure(format!(
                "the next step is {}: --delete-topic is for the last one",
                next.word()
            )));
        }
        let leaving = Leaving::new(&opened.migration, registry, &self.delete_subject)?;
        let (mut ledger, look) = opened.sample()?;
        let reports = gates(&opened.migration, &ledger, criteria, now());
        let passable = passable(&reports, next);
        if passable != Outcome::Done {
            gates_table(out, &reports);
            out.line(format!("It stays {}: a gate that {} needs is not open.", at.word(), next.word()));
            return Ok(passable);
        }
        if next == Step::Brownout
            && let Some(pause) = ledger.pause.as_ref().filter(|pause| pause.holds(now()))
        {
            let by = &pause.by;
            return Err(Failure(format!("the migration is paused by {by}: `translator resume` it first")));
        }
        match next {
            Step::Active | Step::Ready => {}
            Step::Brownout => {
                let length = self.length.map_or(criteria.brownout, millis);
                return self.brownout(out, opened, ledger, &look, (length, &by));
            }
            Step::Stopped => stop(opened, &mut ledger, &by)?,
            Step::ReadOnly => make_read_only(out, opened, &mut ledger)?,
            Step::Archived => self.report.write(out, opened, &ledger, criteria)?,
            Step::Deleted => {
                self.report.write(out, opened, &ledger, criteria)?;
                if let Some(leaving) = leaving {
                    leaving.delete(out)?;
                }
                let topic = &opened.migration.old.topic;
                let admin = Administration::connect(&opened.connection).map_err(Failure::new)?;
                Handle::current().block_on(admin.delete_topic(topic)).map_err(Failure::new)?;
                out.line(format!("The topic `{topic}` is deleted."));
            }
        }
        pass(opened, &mut ledger, next, &by)?;
        out.line(format!("{}: {} -> {}", opened.migration.name, at.word(), next.word()));
        Ok(Outcome::Done)
    }

    fn check_name(&self, topic: &str) -> Result<(), Failure> {
        match &self.delete_topic {
            Some(named) if named == topic => Ok(()),
            Some(named) => {
                Err(Failure(format!("the old topic is `{topic}` and not `{named}`: nothing is deleted")))
            }
            None => Err(Failure(format!(
                "the next step deletes `{topic}` with all its records: name it with --delete-topic"
            ))),
        }
    }
}

/// Until the cutover the old topic is the one that producers write.
fn check_turned(opened: &Opened) -> Result<(), Failure> {
    let cutover = opened.journal.read().map_err(Failure::new)?.cutover;
    match turn(&opened.migration, Direction::NewToOld, cutover.as_ref()) {
        Turn::NotYet => Err(Failure(format!(
            "producers write to `{}` until `translator cutover`: there is nothing to decommission yet",
            opened.migration.old.topic
        ))),
        Turn::Now | Turn::Over => Ok(()),
    }
}

/// Pauses translation for good, and keeps how far it came.
fn stop(opened: &Opened, ledger: &mut Ledger, by: &str) -> Result<(), Failure> {
    let reason = "the old topic is being decommissioned".to_owned();
    let pause = Pause { by: by.to_owned(), reason, since: now(), until: None };
    opened.journal.set_pause(Some(&pause)).map_err(Failure::new)?;
    std::thread::sleep(PAUSE_WAIT);
    let look = observe(&opened.migration, &opened.connection, ledger.samples.last()).map_err(Failure::new)?;
    ledger.step.offsets = offsets(&look);
    Ok(())
}

fn offsets(look: &Look) -> BTreeMap<String, BTreeMap<i32, i64>> {
    let translators = look.translators.iter();
    translators
        .map(|translator| {
            let known = translator.partitions.iter().filter_map(|lag| Some((lag.partition, lag.committed?)));
            (translator.group.clone(), known.collect())
        })
        .collect()
}

fn make_read_only(out: &mut Out, opened: &Opened, ledger: &mut Ledger) -> Result<(), Failure> {
    let topic = &opened.migration.old.topic;
    let (admin, runtime) =
        (Administration::connect(&opened.connection).map_err(Failure::new)?, Handle::current());
    let before = runtime.block_on(admin.topic_settings(topic)).map_err(Failure::new)?;
    let mut settings: Vec<(String, String)> =
        before.iter().filter(|(name, _)| name != SIZE_SETTING).cloned().collect();
    settings.push((SIZE_SETTING.to_owned(), READ_ONLY_BYTES.to_owned()));
    // Kept first: a topic whose settings nobody knows any more could not be taken back.
    ledger.step.settings = Some(before);
    opened.journal.set_step(&ledger.step).map_err(Failure::new)?;
    runtime.block_on(admin.set_topic_settings(topic, &settings)).map_err(Failure::new)?;
    out.line(format!("`{topic}` takes no batch above {READ_ONLY_BYTES} bytes any more ({SIZE_SETTING})."));
    out.line("Where the brokers have an authorizer, deny it too:");
    out.line(format!(
        "  kafka-acls.sh --bootstrap-server {} --add --deny-principal 'User:*' --operation Write --topic {topic}",
        opened.connection.bootstrap
    ));
    Ok(())
}
