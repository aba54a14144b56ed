use std::collections::BTreeSet;

use super::super::brownout::Brownout;
use super::super::gate::Waiver;
use super::super::ledger::Proof;
use super::super::look::Look;
use super::super::sample::tests::{look, samples};
use super::*;
use crate::translator::migration::{
    Delivery, Direction, ErrorPolicy, Headers, Pairing, Partitioning, PinnedSchema, RegistryPlace, Start,
    TopicSchemas,
};

const WINDOW: i64 = 100_000;

const CRITERIA: Criteria = Criteria { window: WINDOW, lag: 10, brownout: 60_000 };

fn migration() -> Migration {
    let topic = |topic: &str| TopicSchemas {
        topic: topic.to_owned(),
        key: None,
        value: PinnedSchema { subject: format!("{topic}-value"), version: 1, message: None },
    };
    Migration {
        name: "orders".to_owned(),
        registry: RegistryPlace::default(),
        old: topic("old"),
        new: topic("new"),
        directions: BTreeSet::from([Direction::NewToOld]),
        pairing: Pairing::default(),
        delivery: Delivery::ExactlyOnce,
        partitioning: Partitioning::Preserve,
        start: Start::Earliest,
        headers: Headers::default(),
        errors: ErrorPolicy::default(),
        consumers: vec![ConsumerMove {
            old: "billing".to_owned(),
            new: "billing-v2".to_owned(),
            owner: Some("team-pay".to_owned()),
        }],
    }
}

/// Looks of the whole window; each has the old group as it is given, and a new one that reads.
fn looks(old: [(Option<usize>, i64, u64); 3]) -> Vec<Look> {
    let looks = [0, 50_000, 100_000].into_iter().zip(old);
    looks
        .map(|(at, (members, position, left))| {
            let mut seen = look(at, members, position, left);
            let mut new = look(at, Some(1), at, 0).groups.remove(0);
            (new.group, new.side) = ("billing-v2".to_owned(), Side::New);
            seen.groups.push(new);
            seen
        })
        .collect()
}

fn ledger(looks: &[Look]) -> Ledger {
    let proof = Proof { at: 90_000, passed: true, mapping: "abc".to_owned(), records: 5, differences: 0 };
    Ledger {
        samples: samples(looks),
        proofs: [("new-old".to_owned(), proof)].into(),
        mappings: [("new-old".to_owned(), "abc".to_owned())].into(),
        ..Ledger::default()
    }
}

fn verdict(ledger: &Ledger, gate: Gate) -> (Verdict, String) {
    let mut reports = gates(&migration(), ledger, &CRITERIA, WINDOW);
    let report = reports.remove(gate.number() - 1);
    assert_eq!(report.opens.is_empty(), report.verdict == Verdict::Open, "{report:?}");
    (report.verdict, report.reason)
}

const GONE: [(Option<usize>, i64, u64); 3] = [(Some(0), 4, 9); 3];

#[test]
fn everything_that_was_seen_for_the_window_opens() {
    let ledger = ledger(&looks(GONE));
    let verdicts: Vec<Verdict> =
        gates(&migration(), &ledger, &CRITERIA, WINDOW).iter().map(|report| report.verdict).collect();
    let unknown = Verdict::Unknown;
    let open = Verdict::Open;
    assert_eq!(verdicts, [open, open, open, unknown, open, unknown]);
}

#[test]
fn a_window_that_was_not_watched_is_unknown() {
    let mut ledger = ledger(&looks(GONE));
    ledger.samples.remove(0);
    for gate in [Gate::Native, Gate::Groups, Gate::Consumers] {
        assert_eq!(verdict(&ledger, gate).0, Verdict::Unknown, "{gate:?}");
    }
}

#[test]
fn a_native_record_closes_until_the_window_is_over() {
    let mut seen = looks(GONE);
    seen[1].native = Some(2);
    let ledger = ledger(&seen);
    let (verdict, reason) = verdict(&ledger, Gate::Native);
    assert_eq!(verdict, Verdict::Closed);
    assert_eq!(reason, "2 records that the translator did not write, the last one 50 s ago");
    let later = Criteria { window: 40_000, ..CRITERIA };
    assert_eq!(gates(&migration(), &ledger, &later, WINDOW)[0].verdict, Verdict::Open);
}

#[test]
fn a_group_with_members_or_records_left_needs_the_old_topic() {
    let (verdict_now, reason) = verdict(&ledger(&looks([(Some(1), 4, 0); 3])), Gate::Groups);
    assert_eq!(
        (verdict_now, reason.as_str()),
        (Verdict::Closed, "`billing` has members (1): c0@host, ask team-pay")
    );
    let left = verdict(&ledger(&looks([(Some(1), 4, 9), (Some(0), 5, 8), (Some(0), 5, 8)])), Gate::Groups);
    assert_eq!(left.0, Verdict::Closed);
    assert!(left.1.contains("8 records are left"), "{}", left.1);
    let done = verdict(&ledger(&looks([(Some(1), 4, 9), (Some(0), 13, 0), (Some(0), 13, 0)])), Gate::Groups);
    assert_eq!(done.0, Verdict::Open, "it has read everything and is gone");
}

#[test]
fn who_reads_without_membership_is_seen_by_the_offsets() {
    let alone = verdict(&ledger(&looks([(Some(0), 4, 9), (Some(0), 9, 4), (Some(0), 13, 0)])), Gate::Groups);
    assert_eq!(alone.0, Verdict::Closed);
    assert!(alone.1.contains("without a member"), "{}", alone.1);
    assert_eq!(verdict(&ledger(&looks([(None, 4, 9); 3])), Gate::Groups).0, Verdict::Unknown);
    assert_eq!(
        verdict(&ledger(&looks([(None, 4, 9), (None, 5, 8), (None, 5, 8)])), Gate::Groups).0,
        Verdict::Closed
    );
}

#[test]
fn consumers_that_are_not_on_the_new_topic_close() {
    let change = |change: fn(&mut Look)| {
        let mut seen = looks(GONE);
        change(&mut seen[2]);
        verdict(&ledger(&seen), Gate::Consumers)
    };
    assert_eq!(change(|_| {}).0, Verdict::Open);
    let gone = change(|look| look.groups[1].clients = Some(Vec::new()));
    assert_eq!(gone, (Verdict::Closed, "`billing-v2` has no members, ask team-pay".to_owned()));
    assert!(change(|look| look.groups[1].left = 11).1.contains("11 records behind"));
    let mut seen = looks(GONE);
    seen[0].groups.pop();
    assert!(verdict(&ledger(&seen), Gate::Consumers).1.contains("not there all the time"));
    seen.iter_mut().for_each(|look| look.groups.truncate(1));
    assert!(verdict(&ledger(&seen), Gate::Consumers).1.contains("was not seen"));
}

#[test]
fn the_proof_is_of_the_running_mapping_and_recent() {
    let sound = ledger(&looks(GONE));
    let mut other = sound.clone();
    other.mappings.insert("new-old".to_owned(), "another".to_owned());
    assert_eq!(verdict(&other, Gate::Proof).0, Verdict::Unknown);
    let mut failed = sound.clone();
    failed.proofs.get_mut("new-old").unwrap().passed = false;
    assert_eq!(verdict(&failed, Gate::Proof).0, Verdict::Closed);
    let mut old = sound.clone();
    old.proofs.get_mut("new-old").unwrap().at = -1;
    assert_eq!(verdict(&old, Gate::Proof).0, Verdict::Unknown);
    let mut letters = sound;
    letters.samples.last_mut().unwrap().dead_letters.records = 3;
    assert_eq!(verdict(&letters, Gate::Proof).1, "3 records wait in the dead-letter queue");
}

#[test]
fn a_brownout_counts_when_it_passed_and_was_long_enough() {
    let with = |length, ending| {
        let brownout = Some(Brownout { by: "eva".to_owned(), from: 0, length, ending });
        verdict(&Ledger { brownout, ..ledger(&looks(GONE)) }, Gate::Brownout)
    };
    assert_eq!(with(60_000, Some(Ending::Passed)).0, Verdict::Open);
    assert_eq!(with(59_999, Some(Ending::Passed)).0, Verdict::Closed);
    assert_eq!(with(60_000, None).0, Verdict::Unknown);
    let rolled_back = with(60_000, Some(Ending::RolledBack("x fell behind".to_owned())));
    assert_eq!(rolled_back, (Verdict::Closed, "it was rolled back: x fell behind".to_owned()));
}

#[test]
fn a_waiver_lets_pass_what_is_not_open_and_changes_no_verdict() {
    let waiver = Waiver { by: "eva".to_owned(), reason: "no metrics here".to_owned(), at: 3 };
    let mut ledger = ledger(&looks(GONE));
    ledger.waivers.insert(Gate::Readers, waiver.clone());
    let reports = gates(&migration(), &ledger, &CRITERIA, WINDOW);
    let readers = &reports[3];
    assert_eq!(
        (readers.verdict, readers.waiver.as_ref(), readers.passes()),
        (Verdict::Unknown, Some(&waiver), true)
    );
    assert!(!reports[5].passes());
}
