//! Whether the old topic may go: the gates, answered from what was seen. Pure.

use super::super::migration::{ConsumerMove, Migration, Provenance};
use super::brownout::Ending;
use super::coverage::{covered, duration};
use super::gate::{Gate, GateReport, Verdict};
use super::ledger::Ledger;
use super::look::Side;
use super::sample::{GroupSample, Sample, groups};

/// What is demanded of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criteria {
    /// How long gates must have held, in milliseconds.
    pub window: i64,
    /// Records by which a group of the new topic may be behind.
    pub lag: u64,
    /// How long a brownout must be, in milliseconds.
    pub brownout: i64,
}

impl Default for Criteria {
    /// Seven days, ten thousand records, fifteen minutes.
    fn default() -> Self {
        Self { window: 7 * 86_400_000, lag: 10_000, brownout: 900_000 }
    }
}

/// What a gate says: verdict, reason, and what would open it.
struct Finding(Verdict, String, String);

impl Finding {
    fn open(reason: impl Into<String>) -> Self {
        Self(Verdict::Open, reason.into(), String::new())
    }

    fn closed(reason: impl Into<String>, opens: impl Into<String>) -> Self {
        Self(Verdict::Closed, reason.into(), opens.into())
    }

    fn unknown(reason: impl Into<String>, opens: impl Into<String>) -> Self {
        Self(Verdict::Unknown, reason.into(), opens.into())
    }
}

/// All gates at a time, in milliseconds since 1970-01-01.
#[must_use]
pub fn gates(migration: &Migration, ledger: &Ledger, criteria: &Criteria, now: i64) -> Vec<GateReport> {
    let seen = covered(&ledger.samples, now, criteria.window);
    Gate::ALL
        .into_iter()
        .map(|gate| {
            let Finding(verdict, reason, opens) = match gate {
                Gate::Native => native(migration, ledger, criteria, seen.as_ref(), now),
                Gate::Groups => old_groups(migration, ledger, criteria, seen.as_ref(), now),
                Gate::Consumers => consumers(migration, ledger, criteria, seen.as_ref(), now),
                Gate::Readers => Finding::unknown(
                    "readers without a group are not seen from here",
                    "look at the broker's bytes-out of the topic and at the registry's look-ups, then waive it by name",
                ),
                Gate::Proof => proof(migration, ledger, criteria, now),
                Gate::Brownout => brownout(ledger, criteria),
            };
            GateReport { gate, verdict, reason, opens, waiver: ledger.waivers.get(&gate).cloned() }
        })
        .collect()
}

/// Samples that reach into the window, whether or not they cover it: one that shows a fault closes a gate in any case.
fn recent<'a>(ledger: &'a Ledger, criteria: &Criteria, now: i64) -> impl Iterator<Item = &'a Sample> + Clone {
    let begin = now.saturating_sub(criteria.window);
    let last = ledger.samples.len().saturating_sub(1);
    ledger
        .samples
        .iter()
        .enumerate()
        .filter(move |(at, sample)| *at == last || sample.to >= begin)
        .map(|(_, sample)| sample)
}

fn uncovered(reason: &str) -> Finding {
    Finding::unknown(reason, "samples of the whole window: `run` takes them, or `status --sample --watch`")
}

type Seen<'a> = Result<&'a (), &'a String>;

fn native(migration: &Migration, ledger: &Ledger, criteria: &Criteria, seen: Seen<'_>, now: i64) -> Finding {
    if migration.headers.provenance == Provenance::Off {
        let opens = "`provenance: compact` in the mapping, or a waiver";
        return Finding::unknown("records do not say where they come from", opens);
    }
    let found = recent(ledger, criteria, now).filter_map(|sample| Some((sample.native_at?, sample.native?)));
    let (latest, count) = found.fold((None, 0_u64), |(latest, count), (at, native)| {
        (Some(latest.map_or(at, |latest: i64| latest.max(at))), count.saturating_add(native))
    });
    if let Some(latest) = latest {
        let ago = duration(now.saturating_sub(latest));
        return Finding::closed(
            format!("{count} records that the translator did not write, the last one {ago} ago"),
            format!("its producer moves to the new topic, and {} pass", duration(criteria.window)),
        );
    }
    match seen {
        Ok(_) => Finding::open(format!("no such record for {}", duration(criteria.window))),
        Err(reason) => uncovered(reason),
    }
}

fn old_groups(
    migration: &Migration,
    ledger: &Ledger,
    criteria: &Criteria,
    seen: Seen<'_>,
    now: i64,
) -> Finding {
    let all = groups(recent(ledger, criteria, now), Side::Old);
    let owner = |name: &str| {
        let found = migration.consumers.iter().find(|consumer| consumer.old == name);
        found
            .and_then(|consumer| consumer.owner.as_ref())
            .map(|owner| format!(", ask {owner}"))
            .unwrap_or_default()
    };
    let needs: Vec<String> = all
        .iter()
        .filter_map(|group| Some(format!("`{}` {}{}", group.group, need(group)?, owner(&group.group))))
        .collect();
    if !needs.is_empty() {
        let opens = format!(
            "they move to the new topic (`translator offsets`) and stop, and read here what is left or stay away for {}",
            duration(criteria.window)
        );
        return Finding::closed(needs.join("; "), opens);
    }
    let hidden: Vec<&str> =
        all.iter().filter(|group| group.members_max.is_none()).map(|group| group.group.as_str()).collect();
    if !hidden.is_empty() {
        return Finding::unknown(
            format!("whether these groups have members is not told: {}", hidden.join(", ")),
            "groups of the newer protocol are deleted when they have moved, or waived by name",
        );
    }
    match seen {
        Ok(_) => Finding::open(format!("{} groups were seen, none needs it", all.len())),
        Err(reason) => uncovered(reason),
    }
}

/// Why a group still needs the old topic.
fn need(group: &GroupSample) -> Option<String> {
    if group.reads_alone {
        return Some(
            "goes on without a member: somebody reads who has assigned partitions to himself".to_owned(),
        );
    }
    match (group.members_max, group.members) {
        (Some(0), _) => None,
        (_, Some(0)) if group.left == 0 => None,
        (_, Some(0)) => Some(format!("had members within the window, and {} records are left", group.left)),
        (None, None) if group.progress == 0 => None,
        (_, None) => Some("goes on".to_owned()),
        (_, Some(members)) => Some(format!("has members ({members}): {}", group.clients.join(", "))),
    }
}

fn consumers(
    migration: &Migration,
    ledger: &Ledger,
    criteria: &Criteria,
    seen: Seen<'_>,
    now: i64,
) -> Finding {
    if migration.consumers.is_empty() {
        return Finding::open("the mapping lists no `consumers`");
    }
    let all = groups(recent(ledger, criteria, now), Side::New);
    let looks: u32 = recent(ledger, criteria, now).map(|sample| sample.looks).fold(0, u32::saturating_add);
    let missing = |consumer: &ConsumerMove| {
        let group = all.iter().find(|group| group.group == consumer.new);
        let reason = absent(group, looks, criteria.lag)?;
        let owner = consumer.owner.as_ref().map(|owner| format!(", ask {owner}")).unwrap_or_default();
        Some(format!("`{}` {reason}{owner}", consumer.new))
    };
    let missing: Vec<String> = migration.consumers.iter().filter_map(missing).collect();
    if !missing.is_empty() {
        let opens = format!("they read the new topic without a break for {}", duration(criteria.window));
        return Finding::closed(missing.join("; "), opens);
    }
    match seen {
        Ok(_) => Finding::open(format!("all {} read the new topic", migration.consumers.len())),
        Err(reason) => uncovered(reason),
    }
}

/// Why a group does not read the new topic as it should.
fn absent(group: Option<&GroupSample>, looks: u32, lag: u64) -> Option<String> {
    let Some(group) = group else {
        return Some("was not seen on the new topic".to_owned());
    };
    if group.members == Some(0) {
        return Some("has no members".to_owned());
    }
    if group.left_max > lag {
        return Some(format!("was {} records behind, and {lag} are allowed", group.left_max));
    }
    if group.progress == 0 && group.left > 0 {
        return Some(format!("does not go on, with {} records left", group.left));
    }
    if group.looks < looks || group.members_min == Some(0) {
        return Some("was not there all the time".to_owned());
    }
    None
}

fn proof(migration: &Migration, ledger: &Ledger, criteria: &Criteria, now: i64) -> Finding {
    let waiting = ledger.samples.last().map_or(0, |sample| sample.dead_letters.records);
    if waiting > 0 {
        let reason = format!("{waiting} records wait in the dead-letter queue");
        return Finding::closed(reason, "correct the mapping, then `translator dlq replay`");
    }
    let again = "`translator decommission … verify`";
    for direction in &migration.directions {
        let Some(proof) = ledger.proofs.get(direction.slug()) else {
            return Finding::unknown(format!("{direction} was not verified"), again);
        };
        if !proof.passed {
            let reason = format!("{direction}: {} records are not as they should be", proof.differences);
            return Finding::closed(reason, format!("mend it, then {again}"));
        }
        if ledger.mappings.get(direction.slug()).is_some_and(|running| *running != proof.mapping) {
            return Finding::unknown(format!("{direction} was verified with another mapping"), again);
        }
        if proof.at < now.saturating_sub(criteria.window) {
            let ago = duration(now.saturating_sub(proof.at));
            return Finding::unknown(format!("{direction} was verified {ago} ago"), again);
        }
    }
    if ledger.samples.is_empty() {
        return uncovered("nothing was sampled yet");
    }
    let records: u64 = ledger.proofs.values().map(|proof| proof.records).sum();
    Finding::open(format!("no dead letters, {records} records verified"))
}

fn brownout(ledger: &Ledger, criteria: &Criteria) -> Finding {
    let again = "`translator decommission … advance` through BROWNOUT";
    let Some(brownout) = &ledger.brownout else {
        return Finding::unknown("there was none", again);
    };
    let length = duration(brownout.length);
    match &brownout.ending {
        None => Finding::unknown("it goes on, or nobody watched it to its end", again),
        Some(Ending::RolledBack(reason)) => {
            Finding::closed(format!("it was rolled back: {reason}"), format!("mend that, then {again}"))
        }
        Some(Ending::Passed) if brownout.length < criteria.brownout => {
            let demanded = duration(criteria.brownout);
            Finding::closed(format!("it was {length} long, and {demanded} are demanded"), again)
        }
        Some(Ending::Passed) => {
            Finding::open(format!("{length} without translation, and nobody fell behind"))
        }
    }
}

#[cfg(test)]
mod tests;
