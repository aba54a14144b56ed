//! A step back.

use tokio::runtime::Handle;

use super::super::migration::{ByArgs, Opened};
use super::super::output::Out;
use super::super::{Failure, Outcome};
use super::pass;
use crate::translator::cluster::{Administration, Cluster};
use crate::translator::decommission::{Ledger, Step};
use crate::translator::migration::{Direction, Migration};

pub(super) fn run(out: &mut Out, opened: &Opened, by: &ByArgs) -> Result<Outcome, Failure> {
    let mut ledger = opened.journal.read().map_err(Failure::new)?;
    let at = ledger.step.step;
    let to = at.back().ok_or_else(|| Failure(format!("there is no way back from {}", at.word())))?;
    match at {
        Step::ReadOnly => make_writable(out, opened, &mut ledger)?,
        Step::Stopped => {
            restore_offsets(out, opened, &ledger)?;
            opened.journal.set_pause(None).map_err(Failure::new)?;
            out.line("Translation goes on within two seconds.");
        }
        Step::Brownout => opened.journal.set_pause(None).map_err(Failure::new)?,
        Step::Active | Step::Ready | Step::Archived | Step::Deleted => {}
    }
    pass(opened, &mut ledger, to, &by.name()?)?;
    out.line(format!("{}: {} -> {}", opened.migration.name, at.word(), to.word()));
    Ok(Outcome::Done)
}

fn make_writable(out: &mut Out, opened: &Opened, ledger: &mut Ledger) -> Result<(), Failure> {
    let topic = &opened.migration.old.topic;
    let Some(before) = ledger.step.settings.take() else {
        return Err(Failure(format!("what the settings of `{topic}` were is not known")));
    };
    let admin = Administration::connect(&opened.connection).map_err(Failure::new)?;
    Handle::current().block_on(admin.set_topic_settings(topic, &before)).map_err(Failure::new)?;
    out.line(format!(
        "`{topic}` has its settings of before. An ACL that denies writing must be taken back too."
    ));
    Ok(())
}

/// The brokers forget the offsets of groups that are gone for a week, as a rule. Without them the translator would begin
/// anew.
fn restore_offsets(out: &mut Out, opened: &Opened, ledger: &Ledger) -> Result<(), Failure> {
    for (group, kept) in &ledger.step.offsets {
        let Some(topic) = source(&opened.migration, group) else { continue };
        let cluster = Cluster::connect(&opened.connection, group).map_err(Failure::new)?;
        let partitions: Vec<i32> = kept.keys().copied().collect();
        let known = cluster.committed(topic, &partitions).map_err(Failure::new)?;
        let forgotten: Vec<(i32, i64)> = known
            .into_iter()
            .filter(|(_, offset)| offset.is_none())
            .filter_map(|(partition, _)| Some((partition, *kept.get(&partition)?)))
            .collect();
        if !forgotten.is_empty() {
            cluster.commit(topic, &forgotten).map_err(Failure::new)?;
            out.line(format!("The group `{group}` has its offsets of then."));
        }
    }
    Ok(())
}

fn source<'a>(migration: &'a Migration, group: &str) -> Option<&'a str> {
    let directions = [Direction::NewToOld, Direction::OldToNew];
    let direction = directions.into_iter().find(|direction| migration.group(*direction) == group)?;
    Some(&migration.source(direction).topic)
}
