//! A registry that is away while a translator runs, and when it starts.

use std::process::Command;
use std::time::{Duration, Instant};

use registry_tests::run;
use serde_client::translator::cluster::{Cluster, Connection};

use crate::shop::Shop;

const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until a run has committed so many records of the new topic.
fn wait_for(shop: &Shop, offset: i64) {
    let connection = Connection { bootstrap: shop.kafka.bootstrap().to_owned(), properties: Vec::new() };
    let cluster = Cluster::connect(&connection, "srt.kiosk.new-old").expect("a client");
    let started = Instant::now();
    // Offsets of a transaction that is open just now are an error.
    while cluster.committed("kiosk-new", &[0]).ok() != Some(vec![(0, Some(offset))]) {
        assert!(started.elapsed() < PATIENCE, "{offset} records are not translated");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_registry_may_be_away_before_a_run_and_during_it() {
    let mut shop = Shop::open("kiosk");
    let (_, placed) = shop.register("Placed", "order", "id");
    shop.map("mapping.yaml", "placed", "", "    value: {order: $.id}\n");
    shop.produce(&[placed; 2]);
    shop.translator("plan", &["--apply"]);
    let mut running = shop.start("run", &["--schemas", "kept"]);
    wait_for(&shop, 2);
    shop.registry.stop();
    shop.produce(&[placed; 2]);
    wait_for(&shop, 4);
    run(Command::new("kill").args(["-TERM", &running.id().to_string()]));
    assert!(running.wait().expect("an end").success());

    shop.produce(&[placed; 2]);
    let translated = shop.translator("run", &["--once", "--schemas", "kept"]);
    assert!(translated.contains("2 translated"), "{translated}");
    let verified = shop.translator("verify", &["--schemas", "kept"]);
    assert!(verified.contains("Proved."), "{verified}");
}
