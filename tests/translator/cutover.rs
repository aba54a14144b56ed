//! From consumers first to producers moved, with whatever dies on the way.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_client::translator::cluster::{Cluster, Isolation};
use serde_client::translator::cutover::{
    Cutover, CutoverEnd, CutoverError, CutoverMoment, CutoverOptions, CutoverStep, cut_over, take_back,
};
use serde_client::translator::decommission::Journal;
use serde_client::translator::migration::{Delivery, Direction, Pairing};
use serde_client::translator::offsets::{Move, Position, plan};
use serde_client::translator::pause::Pause;
use serde_client::translator::run::{Fate, Options, RunError};
use serde_client::translator::verify::{Scope, VerifyReport};
use tokio::runtime::Handle;

use crate::crashes::kill_myself;
use crate::mapping::BAD;
use crate::records::{self, New, many};
use crate::stage::{PATIENCE, Stage};

/// What the processes that are killed read: bootstrap, migration, delivery, and what to do.
const ORDER: &str = "CUTOVER_CHILD";

const MOMENTS: [CutoverMoment; 5] = [
    CutoverMoment::Begun,
    CutoverMoment::Drained,
    CutoverMoment::Recorded,
    CutoverMoment::Positioned,
    CutoverMoment::Flipped,
];

async fn turnable(name: &str, partitions: i32, delivery: Delivery) -> Stage {
    Stage::new(name, partitions, delivery).await.paired(Pairing::Cutover)
}

pub(crate) fn options() -> CutoverOptions {
    CutoverOptions {
        by: "eva".to_owned(),
        settle: Duration::from_millis(300),
        patience: PATIENCE,
        leave_dead_letters: false,
        on_moment: None,
    }
}

pub(crate) async fn turned(stage: &Stage, options: CutoverOptions) -> Result<CutoverEnd, CutoverError> {
    let (stage, runtime) = (stage.clone(), Handle::current());
    let turn = move || cut_over(&stage.migration, &stage.connection, &runtime, &options, &mut |_| ());
    tokio::task::spawn_blocking(turn).await.expect("it does not panic")
}

fn known(stage: &Stage) -> Cutover {
    let journal = Journal::open(&stage.connection, &stage.migration).expect("a client");
    journal.read().expect("a state topic").cutover.expect("a cutover")
}

async fn flipped(stage: &Stage) -> Cutover {
    match turned(stage, options()).await.expect("a cutover") {
        CutoverEnd::Flipped(cutover) | CutoverEnd::Already(cutover) => cutover,
        CutoverEnd::Waiting(reason) => panic!("{reason}"),
    }
}

/// Both eras: what came to the old topic before, and what came to the new one since.
pub(crate) async fn prove_both(stage: &Stage, old: usize, new: usize) -> [VerifyReport; 2] {
    let there = stage.verify_in(Direction::OldToNew, Scope::Full).await;
    let back = stage.verify_in(Direction::NewToOld, Scope::Full).await;
    for (report, count) in [(&there, old), (&back, new)] {
        assert!(report.passed() && report.counts.doubled == 0, "{report:#?}");
        assert_eq!(report.counts.translated, count as u64, "{report:#?}");
    }
    let told = stage.divergence().await;
    assert_eq!(told.diverging, 0, "{told:#?}");
    [there, back]
}

#[tokio::test(flavor = "multi_thread")]
async fn producers_move_and_both_eras_are_proved() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = turnable(&format!("turned-{delivery:?}"), 3, delivery).await;
        stage.produce_old(&many(900, 3));
        let running = stage.start_all(stage.options("turned"));
        let cutover = flipped(&stage).await;
        assert_eq!(cutover.step, CutoverStep::Flipped);
        assert_eq!(cutover.old, [(0, 300), (1, 300), (2, 300)].into());
        stage.produce(&many(600, 3));
        stage.wait_for(1500).await;
        assert!(matches!(turned(&stage, options()).await, Ok(CutoverEnd::Already(same)) if same == cutover));
        let reports = running.stop().await.expect("a clean end");
        let [back, there] = [Direction::NewToOld, Direction::OldToNew].map(|way| &reports[&way]);
        assert_eq!((there.count(Fate::Ok), back.count(Fate::Ok)), (900, 600), "{reports:?}");
        assert_eq!(back.count(Fate::Echo), 0, "it begins behind what came from the old topic: {reports:?}");
        prove_both(&stage, 900, 600).await;
    }
}

/// The processes of a cutover and of the translators die at every moment.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_moment_nothing_is_lost_or_doubled() {
    let stage = turnable("turned-killed", 3, Delivery::ExactlyOnce).await;
    stage.produce_old(&many(600, 3));
    let mut translator = start(&stage, "translate");
    for moment in MOMENTS {
        let running = stage.clone();
        let killed = move || {
            let status = start(&running, &format!("{moment:?}")).wait().expect("an end");
            assert_eq!(status.signal(), Some(9), "{moment:?}: {status}");
        };
        tokio::task::spawn_blocking(killed).await.expect("a killed process");
        assert_eq!(known(&stage).is_flipped(), moment == CutoverMoment::Flipped, "{moment:?}");
        translator.kill().expect("it can be killed");
        translator.wait().expect("an end");
        translator = start(&stage, "translate");
        if moment == CutoverMoment::Recorded {
            // Somebody was not done after all; the next call waits for what he wrote.
            stage.produce_old(&many(60, 3));
        }
    }
    assert!(matches!(turned(&stage, options()).await, Ok(CutoverEnd::Already(_))));
    stage.produce(&many(300, 3));
    stage.wait_for(960).await;
    translator.kill().expect("it can be killed");
    translator.wait().expect("an end");
    stage.produce(&many(300, 3));
    let rest = Options { once: true, ..stage.options("killed") };
    stage.start_all(rest).ended().await.expect("a run");
    stage.wait_for(1260).await;
    prove_both(&stage, 660, 600).await;
}

/// Starts this test binary once more. It is killed: by itself at a moment of a cutover, or by its parent.
fn start(stage: &Stage, what: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--ignored", "--exact", "cutover::the_process_that_is_killed"]);
    let (bootstrap, name) = (&stage.connection.bootstrap, &stage.migration.name);
    command.env(ORDER, format!("{bootstrap}|{name}|{what}"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("this binary runs")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that the other tests kill"]
async fn the_process_that_is_killed() {
    let Ok(order) = std::env::var(ORDER) else {
        return;
    };
    let words: Vec<&str> = order.split('|').collect();
    let [bootstrap, name, what] = words[..] else { panic!("{order}") };
    let stage = Stage::at(bootstrap, name, Delivery::ExactlyOnce).paired(Pairing::Cutover);
    if let Some(moment) = MOMENTS.into_iter().find(|moment| format!("{moment:?}") == what) {
        let kill = move |reached: CutoverMoment| {
            if reached == moment {
                kill_myself();
            }
        };
        turned(&stage, CutoverOptions { on_moment: Some(Arc::new(kill)), ..options() })
            .await
            .expect("a cutover");
        return;
    }
    let mut options = stage.options("killed");
    options.batch.records = 50;
    options.batch.age = Duration::from_millis(20);
    stage.start_all(options).ended().await.expect("it runs until it is killed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cutover_that_has_not_flipped_is_taken_back() {
    let stage = turnable("taken-back", 1, Delivery::ExactlyOnce).await;
    let back = |stage: &Stage| take_back(&stage.migration, &stage.connection, "ida");
    assert_eq!(back(&stage), Err(CutoverError::NotBegun));
    stage.produce_old(&many(5, 1));
    // Nobody translates, so it cannot come to its end.
    let at_once = CutoverOptions { patience: Duration::ZERO, ..options() };
    let waiting = turned(&stage, at_once).await.expect("a cutover");
    assert!(matches!(&waiting, CutoverEnd::Waiting(reason) if reason.contains("5 records")), "{waiting:?}");
    assert_eq!(known(&stage).step, CutoverStep::Draining);
    back(&stage).expect("nothing has changed yet");
    back(&stage).expect("once more is no harm");
    let once = Options { once: true, ..stage.options("once") };
    let reports = stage.start_all(once.clone()).ended().await.expect("old->new goes on");
    assert_eq!(reports[&Direction::OldToNew].count(Fate::Ok), 5, "{reports:?}");
    let alone = stage.start_in(Direction::NewToOld, once).ended().await;
    assert_eq!(alone, Err(RunError::NotYet(Direction::NewToOld)));
    let cutover = flipped(&stage).await;
    let steps: Vec<CutoverStep> = cutover.passages.iter().map(|passage| passage.step).collect();
    let [draining, recorded, flip] = [CutoverStep::Draining, CutoverStep::Recorded, CutoverStep::Flipped];
    assert_eq!(steps, [draining, CutoverStep::TakenBack, draining, recorded, flip]);
    assert!(matches!(back(&stage), Err(CutoverError::Flipped(_))), "records may have been translated back");
}

/// Calls at the same time are one cutover, and whoever takes it back meanwhile does so before the end or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn several_calls_at_once_are_one_cutover() {
    let stage = turnable("at-once", 1, Delivery::ExactlyOnce).await;
    stage.produce_old(&many(20, 1));
    let running = stage.start_all(stage.options("at-once"));
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let stage = stage.clone();
            tokio::spawn(async move { turned(&stage, options()).await })
        })
        .collect();
    let mut ends = Vec::new();
    for call in calls {
        ends.push(call.await.expect("no panic").expect("a cutover"));
    }
    let last = known(&stage);
    for end in &ends {
        let (CutoverEnd::Flipped(cutover) | CutoverEnd::Already(cutover)) = end else { panic!("{end:?}") };
        assert_eq!(*cutover, last, "{ends:?}");
    }
    assert_eq!(ends.iter().filter(|end| matches!(end, CutoverEnd::Flipped(_))).count(), 1, "{ends:?}");
    let flips = last.passages.iter().filter(|passage| passage.step == CutoverStep::Flipped).count();
    assert_eq!(flips, 1, "{last:?}");
    running.stop().await.expect("a clean end");
    prove_both(&stage, 20, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_comes_late_is_told_and_brought_over() {
    let stage = turnable("late", 1, Delivery::ExactlyOnce).await;
    stage.produce_old(&many(5, 1));
    let running = stage.start_all(stage.options("late"));
    flipped(&stage).await;
    stage.produce(&many(3, 1));
    stage.wait_for(8).await;
    running.stop().await.expect("a clean end");
    stage.produce_old(&[New::of(0, "late", "late")]);
    let once = Options { once: true, ..stage.options("late") };
    let reports = stage.start_all(once.clone()).ended().await.expect("a run");
    assert!(reports.values().all(|report| report.count(Fate::Ok) == 0), "{reports:?}");
    let told = stage.verify_in(Direction::OldToNew, Scope::Full).await;
    assert!(!told.passed() && told.counts.lost == 1, "{told:#?}");
    let brought = stage.start_in(Direction::OldToNew, once.clone()).ended().await.expect("a run");
    assert_eq!(brought.count(Fate::Ok), 1, "{brought:?}");
    let back = stage.start_all(once).ended().await.expect("a run");
    assert_eq!(back[&Direction::NewToOld].count(Fate::Ok), 0, "it does not come back: {back:?}");
    prove_both(&stage, 6, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wrote_to_the_new_topic_before_is_not_passed_over() {
    let stage = turnable("early", 1, Delivery::ExactlyOnce).await;
    stage.produce_old(&many(5, 1));
    let running = stage.start_all(stage.options("early"));
    stage.wait_for_in(stage.source(), 5).await;
    stage.produce(&[New::of(0, "early", "early")]);
    stage.produce_old(&many(5, 1));
    let cutover = flipped(&stage).await;
    let all = records::read(&stage.connection, stage.source(), Isolation::Committed);
    let early = all[&0].iter().find(|record| record.value.as_deref() == Some(b"early")).expect("it is there");
    assert_eq!(cutover.new, [(0, early.offset)].into());
    stage.wait_for(11).await;
    let reports = running.stop().await.expect("a clean end");
    assert_eq!(reports[&Direction::NewToOld].count(Fate::Echo), 5, "{reports:?}");
    prove_both(&stage, 10, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_move_exactly_from_either_era() {
    let stage = turnable("eras", 1, Delivery::ExactlyOnce).await;
    stage.produce_old(&many(10, 1));
    let running = stage.start_all(stage.options("eras"));
    flipped(&stage).await;
    stage.produce(&many(6, 1));
    stage.wait_for(16).await;
    running.stop().await.expect("a clean end");
    let offsets = |topic: &str| -> Vec<i64> {
        let all = records::read(&stage.connection, topic, Isolation::Committed);
        all[&0].iter().map(|record| record.offset).collect()
    };
    let (old, new) = (offsets(stage.target()), offsets(stage.source()));
    assert_eq!((old.len(), new.len()), (16, 16));
    // The n-th record of one topic is the n-th of the other.
    for (left, other, to_source) in [(&old, &new, false), (&new, &old, true)] {
        let topic = if to_source { stage.source() } else { stage.target() };
        for unread in [0, 3, 9, 10, 13, 15] {
            let cluster = Cluster::connect(&stage.connection, "leaving").expect("a client");
            cluster.commit(topic, &[(0, left[unread])]).expect("a group without members");
            let (stage, group) = (stage.clone(), "leaving".to_owned());
            let leaving = Move { direction: Direction::OldToNew, group, to_source };
            let planned = move || plan(&stage.migration, &stage.connection, &leaving);
            let planned = tokio::task::spawn_blocking(planned).await.expect("a plan").expect("a plan");
            let position = planned[0].position;
            assert_eq!(position, Position::At(other[unread]), "from {topic}, record {unread}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_turned_round_is_refused() {
    let two_way =
        Stage::at("127.0.0.1:1", "never", Delivery::ExactlyOnce).paired(Pairing::SingleWriterPerKey);
    assert_eq!(turned(&two_way, options()).await, Err(CutoverError::Pairing));

    let stage = turnable("paused-cutover", 1, Delivery::ExactlyOnce).await.with_dead_letters(1).await;
    stage.produce_old(&[New::of(0, "k", BAD), New::of(0, "l", "good")]);
    let once = Options { once: true, ..stage.options("once") };
    stage.start_all(once).ended().await.expect("a run");
    assert_eq!(turned(&stage, options()).await, Err(CutoverError::DeadLettersWait(1)));
    let journal = Journal::open(&stage.connection, &stage.migration).expect("a client");
    let pause = Pause { by: "ida".to_owned(), reason: String::new(), since: 0, until: None };
    journal.set_pause(Some(&pause)).expect("a state topic");
    assert_eq!(turned(&stage, options()).await, Err(CutoverError::Paused("ida".to_owned())));
    journal.set_pause(None).expect("a state topic");
    let leaving = CutoverOptions { leave_dead_letters: true, ..options() };
    assert!(matches!(turned(&stage, leaving).await, Ok(CutoverEnd::Flipped(_))));
}
