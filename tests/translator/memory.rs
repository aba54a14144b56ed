//! How much memory a run takes: a process of its own says so, because this one holds the records too.

use std::process::{Command, Stdio};

use serde_client::translator::migration::Delivery;

use crate::records::New;
use crate::stage::Stage;

/// What the process reads: bootstrap, migration and delivery.
const ORDER: &str = "TRANSLATOR_MEASURED";

const PARTITIONS: i32 = 64;

/// The largest that a producer sends by default is a little more.
const RECORD: usize = 990_000;

/// What a run may hold, as it is told.
const BUDGET: usize = 64 << 20;

/// What its process may take at most: the budget, what the client and the runtime need beside it, and what a debug build
/// and the allocator waste.
const PEAK_MAX: usize = 256 << 20;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that the other test measures"]
async fn the_process_that_is_measured() {
    let Ok(order) = std::env::var(ORDER) else {
        return;
    };
    let words: Vec<&str> = order.split('|').collect();
    let [bootstrap, name, delivery] = words[..] else { panic!("{order}") };
    let delivery = if delivery == "ExactlyOnce" { Delivery::ExactlyOnce } else { Delivery::AtLeastOnce };
    let stage = Stage::at(bootstrap, name, delivery);
    let mut options = stage.options("measured");
    (options.once, options.memory) = (true, BUDGET);
    stage.start(options).ended().await.expect("a run");
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says");
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the peak");
    println!("{peak}");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_records_of_many_partitions_stay_within_the_budget() {
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let stage = Stage::new(&format!("memory-{delivery:?}"), PARTITIONS, delivery).await;
        let value = "x".repeat(RECORD);
        let round: Vec<New> = (0..PARTITIONS).map(|partition| New::of(partition, "k", &value)).collect();
        for _round in 0..4 {
            stage.produce(&round);
        }
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command.args(["--ignored", "--exact", "--nocapture", "memory::the_process_that_is_measured"]);
        command.env(ORDER, format!("{}|{}|{delivery:?}", stage.connection.bootstrap, stage.migration.name));
        command.stdin(Stdio::null());
        let measured = tokio::task::spawn_blocking(move || registry_tests::run(&mut command)).await;
        let measured = measured.expect("it runs to its end");
        let peak = measured.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
        let peak: usize = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        println!("{delivery:?}: {} MiB at most", peak >> 10);
        assert!(peak << 10 < PEAK_MAX, "{delivery:?}: {} MiB", peak >> 10);
        stage.prove(4 * 64).await;
    }
}
