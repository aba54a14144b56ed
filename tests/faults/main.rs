//! Kills the server under load and audits what it kept.
//!
//! Writers register, delete and configure over connections of their own and remember what was answered. At a random
//! moment the process is killed; it is started again on the same file, and everything it had confirmed must be there,
//! nothing may be half-done, and what was in flight is there whole or not at all. `FAULTS_SEED` repeats a run.

mod audit;
mod ledger;
mod operation;
mod subject;
mod writer;

use std::path::Path;
use std::thread;
use std::time::Duration;

use registry_tests::{Random, Registry, sqlite};

use ledger::Ledger;
use writer::Writer;

const ROUNDS: usize = 24;
const WRITERS: usize = 5;

/// The longest time under load before a kill.
const LOAD_MS_MAX: usize = 700;

#[test]
fn what_was_confirmed_survives_a_kill() {
    let seed = std::env::var("FAULTS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_260_117);
    println!("FAULTS_SEED={seed}");
    let mut random = Random::new(seed);
    let ledger = Ledger::default();
    let mut writers: Vec<Writer> = (0..WRITERS).map(|index| Writer::new(index, random.bits())).collect();
    let mut registry = Registry::start();
    for round in 0..ROUNDS {
        let load = Duration::from_millis(1 + random.below(LOAD_MS_MAX) as u64);
        let base_url = registry.base_url();
        thread::scope(|scope| {
            for writer in &mut writers {
                scope.spawn(|| writer.write_until_the_server_dies(&base_url, round, &ledger));
            }
            thread::sleep(load);
            registry.kill();
        });
        assert_file_is_sound(&registry.database());
        registry.start_again();
        let whole = round + 1 == ROUNDS;
        for writer in &mut writers {
            audit::owned_subjects(&registry, writer, &ledger, whole);
        }
        audit::shared_subject(&registry, &Writer::shared_subject(round), &ledger);
    }
    for round in 0..ROUNDS {
        audit::shared_subject(&registry, &Writer::shared_subject(round), &ledger);
    }
    let confirmed: usize = writers.iter().map(|writer| writer.confirmed).sum();
    let unknown: usize = writers.iter().map(|writer| writer.unknown).sum();
    println!("{ROUNDS} kills, {confirmed} confirmed operations, {unknown} in flight when the server died");
    assert!(confirmed > ROUNDS * WRITERS, "the writers hardly wrote: {confirmed} operations");
    assert!(registry.stop().success(), "after all that, the server ends as it should");
}

/// Checks a copy, so that the server itself must recover from the log that the kill left behind.
fn assert_file_is_sound(database: &Path) {
    let directory = tempfile::tempdir().expect("a directory for the copy");
    let copy = directory.path().join("copy.db");
    std::fs::copy(database, &copy).expect("the database can be copied");
    let log = database.with_extension("db-wal");
    if log.exists() {
        std::fs::copy(&log, copy.with_extension("db-wal")).expect("the write-ahead log can be copied");
    }
    assert_eq!(sqlite::query(&copy, "PRAGMA integrity_check").trim(), "ok");
    assert_eq!(sqlite::query(&copy, "PRAGMA foreign_key_check").trim(), "");
}
