//! Processes that are killed, at every step of their work.
//!
//! The process is this test binary once more: it runs one ignored test, which kills itself where its environment says.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use registry_tests::{Kafka, Random};
use serde_client::translator::cluster::Isolation;
use serde_client::translator::migration::{Delivery, PartitionHash, Partitioning};
use serde_client::translator::provenance::{MigrationId, Origin};
use serde_client::translator::run::Step;
use serde_client::translator::verify::Scope;

use crate::records::{self, many};
use crate::stage::Stage;

/// What the killed process reads: bootstrap, migration, delivery, instance, step, its occurrence and milliseconds.
const ORDER: &str = "TRANSLATOR_CHILD";

/// Migrations with this in their names place records by their keys.
const REHASHED: &str = "rehashed";

fn rehashed() -> Partitioning {
    Partitioning::Rehash { algorithm: PartitionHash::Murmur2, key_schema_id: None }
}

const STEPS: [Step; 7] = [
    Step::Translated,
    Step::Begun,
    Step::Producing,
    Step::OffsetsSent,
    Step::Committing,
    Step::Committed,
    Step::Revoking,
];

/// Where a process dies.
#[derive(Clone, Copy, Debug)]
struct CrashPoint {
    step: Step,
    /// How often the step is passed before.
    after: usize,
    /// Milliseconds after the step, during which the process goes on.
    delay: u64,
}

impl CrashPoint {
    fn at(step: Step) -> Self {
        Self { step, after: 1, delay: 0 }
    }

    fn reached(self, passed: &AtomicUsize, step: Step) {
        if step != self.step || passed.fetch_add(1, Ordering::Relaxed) != self.after {
            return;
        }
        if self.delay == 0 {
            kill_myself();
        }
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(self.delay));
            kill_myself();
        });
    }
}

pub(crate) fn kill_myself() {
    let pid = std::process::id().to_string();
    let _status = Command::new("kill").args(["-KILL", &pid]).status();
    // The signal may take a moment, in which nothing more must happen.
    std::thread::sleep(Duration::from_secs(60));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that the other tests kill"]
async fn the_process_that_is_killed() {
    let Ok(order) = std::env::var(ORDER) else {
        return;
    };
    let words: Vec<&str> = order.split('|').collect();
    let [bootstrap, name, delivery, instance, step, after, delay] = words[..] else { panic!("{order}") };
    let delivery = if delivery == "ExactlyOnce" { Delivery::ExactlyOnce } else { Delivery::AtLeastOnce };
    let mut stage = Stage::at(bootstrap, name, delivery);
    if name.contains(REHASHED) {
        stage.migration.partitioning = rehashed();
    }
    let mut options = stage.options(instance);
    options.batch.records = 100;
    options.batch.age = Duration::from_millis(20);
    if let Some(step) = STEPS.into_iter().find(|found| format!("{found:?}") == step) {
        let (after, delay) = (after.parse().expect("a number"), delay.parse().expect("a number"));
        let (point, passed) = (CrashPoint { step, after, delay }, AtomicUsize::new(0));
        options.on_step = Some(Arc::new(move |step| point.reached(&passed, step)));
    }
    stage.start(options).ended().await.expect("it runs until it is killed");
}

/// Starts the process. Without a point it runs until somebody kills it.
fn start(stage: &Stage, instance: &str, point: Option<CrashPoint>) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--ignored", "--exact", "crashes::the_process_that_is_killed"]);
    let point = point.map(|point| format!("{:?}|{}|{}", point.step, point.after, point.delay));
    let point = point.unwrap_or_else(|| "none|0|0".to_owned());
    let (delivery, name) = (stage.migration.delivery, &stage.migration.name);
    command.env(ORDER, format!("{}|{name}|{delivery:?}|{instance}|{point}", stage.connection.bootstrap));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("this binary runs")
}

fn assert_killed(mut child: Child, point: CrashPoint) {
    let status = child.wait().expect("an end");
    assert_eq!(status.signal(), Some(9), "{point:?}: {status}");
}

/// Records that a reader of uncommitted records sees more than once; all must be told by their origins.
fn doubled_for_uncommitted_readers(stage: &Stage, count: usize) -> usize {
    let all = records::read(&stage.connection, stage.target(), Isolation::Uncommitted);
    let mut origins: BTreeMap<(i32, i64), usize> = BTreeMap::new();
    let mut seen = 0;
    for record in all.values().flatten() {
        let headers = record.source_headers();
        let origin = Origin::of(&record.source(&headers), MigrationId::of(&stage.migration.name));
        let origin = origin.expect("every record says where it came from");
        *origins.entry((origin.partition, origin.offset)).or_default() += 1;
        seen += 1;
    }
    assert_eq!(origins.len(), count, "without those that are told by their origins, each is there once");
    seen - count
}

async fn killed_everywhere(stage: &Stage, points: &[CrashPoint]) -> usize {
    let mut count = 0;
    for point in points {
        stage.produce(&many(600, 3));
        count += 600;
        let (running, point) = (stage.clone(), *point);
        // The same instance: it takes the place of the killed one at once.
        let killed = move || assert_killed(start(&running, "killed", Some(point)), point);
        tokio::task::spawn_blocking(killed).await.expect("a killed process");
    }
    stage.run_once_as("killed").await.expect("a run");
    count
}

async fn killed_exactly_once(stage: &Stage) {
    let mut points: Vec<CrashPoint> =
        STEPS.into_iter().filter(|step| *step != Step::Revoking).map(CrashPoint::at).collect();
    points.extend([1, 2, 4].map(|delay| CrashPoint { delay, ..CrashPoint::at(Step::Committing) }));
    let count = killed_everywhere(stage, &points).await;
    let proof = stage.prove(count).await;
    assert_eq!(proof.counts.doubled, 0);
    let doubled = doubled_for_uncommitted_readers(stage, count);
    assert!(doubled > 0, "a crash after the offsets leaves records of an aborted transaction");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_step_exactly_once() {
    killed_exactly_once(&Stage::new("killed-exactly", 3, Delivery::ExactlyOnce).await).await;
}

/// The last version of Kafka that runs with ZooKeeper, too, and has the older protocol of transactions.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_step_on_kafka_3() {
    let kafka = Kafka::of_version("3.9.1");
    killed_exactly_once(&Stage::on(&kafka, "killed-3", 3, Delivery::ExactlyOnce).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_step_at_least_once() {
    let points = [Step::Translated, Step::Producing, Step::Committing, Step::Committed];
    // One commit may cover everything that is there, so the first one has to do.
    let points = points.map(|step| CrashPoint { after: 0, ..CrashPoint::at(step) });
    let stage = Stage::new("killed-at-least", 3, Delivery::AtLeastOnce).await;
    let count = killed_everywhere(&stage, &points).await;
    stage.prove(count).await;
    doubled_for_uncommitted_readers(&stage, count);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_records_choose_their_partitions() {
    let points = [Step::Producing, Step::Committing];
    for (delivery, after) in [(Delivery::ExactlyOnce, 1), (Delivery::AtLeastOnce, 0)] {
        let points = points.map(|step| CrashPoint { after, ..CrashPoint::at(step) });
        let mut stage = Stage::new(&format!("{REHASHED}-{delivery:?}"), 3, delivery).await;
        stage.migration.partitioning = rehashed();
        stage.grow(stage.target(), 5).await;
        let count = killed_everywhere(&stage, &points).await;
        let proof = stage.prove(count).await;
        assert!(delivery == Delivery::AtLeastOnce || proof.counts.doubled == 0, "{proof:#?}");
        doubled_for_uncommitted_readers(&stage, count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_partitions_are_given_up() {
    let stage = Stage::new("killed-revoking", 4, Delivery::ExactlyOnce).await;
    stage.produce(&many(1000, 4));
    let point = CrashPoint { after: 0, ..CrashPoint::at(Step::Revoking) };
    let child = start(&stage, "revoking", Some(point));
    stage.wait_for(1000).await;
    let successor = stage.start(stage.options("successor"));
    stage.produce(&many(1000, 4));
    tokio::task::spawn_blocking(move || assert_killed(child, point)).await.expect("a killed process");
    stage.wait_for(2000).await;
    successor.stop().await.expect("a clean end");
    assert_eq!(stage.prove(2000).await.counts.doubled, 0);
}

/// Schedules of a short run; `make test-faults` plays more of them.
const SCHEDULES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn random_schedules() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first = number("TRANSLATOR_SEED").unwrap_or(20_261_129);
    let schedules = number("TRANSLATOR_SCHEDULES").unwrap_or(SCHEDULES as u64);
    for seed in first..first + schedules {
        println!("TRANSLATOR_SEED={seed}");
        schedule(seed).await;
    }
}

/// Some processes, each killed and started again at random moments while records come in.
async fn schedule(seed: u64) {
    let mut random = Random::new(seed);
    let delivery = random.pick(&[Delivery::ExactlyOnce, Delivery::ExactlyOnce, Delivery::AtLeastOnce]);
    let partitions = random.pick(&[1, 3, 6]);
    let stage = Stage::new(&format!("schedule-{seed}"), partitions, delivery).await;
    let instances = 1 + random.below(3);
    let mut children: Vec<Option<Child>> = (0..instances).map(|_| None).collect();
    let mut count = 0;
    for _round in 0..4 + random.below(6) {
        let records = 1 + random.below(900);
        stage.produce(&many(records, partitions));
        count += records;
        let which = random.below(instances);
        if let Some(mut child) = children[which].take() {
            child.kill().expect("it can be killed");
            child.wait().expect("an end");
        }
        let step = random.pick(&STEPS);
        let delay = random.below(4) as u64;
        let point = CrashPoint { step, after: random.below(12), delay };
        children[which] = Some(start(&stage, &format!("random-{which}"), Some(point)));
        tokio::time::sleep(Duration::from_millis(random.below(1500) as u64)).await;
    }
    for mut child in children.into_iter().flatten() {
        // It may have killed itself before.
        child.kill().expect("it can be killed");
        child.wait().expect("an end");
    }
    stage.run_once_as("random-0").await.unwrap_or_else(|error| panic!("TRANSLATOR_SEED={seed}: {error}"));
    // The transaction that another killed process has left open hides what stands behind it until the broker aborts it.
    stage.wait_for(count).await;
    let proof = stage.verify(Scope::Full).await;
    assert!(proof.passed() && proof.counts.source == count as u64, "TRANSLATOR_SEED={seed}: {proof:#?}");
    doubled_for_uncommitted_readers(&stage, count);
}
