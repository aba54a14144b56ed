//! Replays the records that fuzzing starts from and those it has found, and random changes of them, without a fuzzer.

#![cfg(test)]

#[expect(unreachable_pub, reason = "the fuzz targets see the file as part of a crate of its own")]
#[path = "../../fuzz/src/decoder_checks.rs"]
mod checks;
#[path = "../../schema/tests/mutation/mod.rs"]
mod mutation;

use std::fs;
use std::path::{Path, PathBuf};

/// Changed records that every test run tries per target.
const MUTATIONS: u64 = 2_000;

/// What changed records are spiked with, in the form of a fuzzer's dictionary.
const WORDS: &str = r#""~~~~~~~~"
"null"
"{\"name\":\"aaaa\"}"
"#;

fn inputs(folder: &str, target: &str) -> Vec<Vec<u8>> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(folder).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn kept_records_hold() {
    for (target, check) in checks::CHECKS {
        let seeds = inputs("seeds", target);
        assert!(!seeds.is_empty(), "no seeds for {target}");
        seeds.iter().chain(&inputs("regressions", target)).for_each(|input| check(input));
    }
}

/// `FUZZ_MUTATIONS=1000000 FUZZ_TARGET=avro_decode cargo test -p serde-client --release --test fuzz_regressions` goes on
/// for longer, with one target.
#[test]
fn changed_records_hold() {
    let count =
        std::env::var("FUZZ_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(MUTATIONS);
    let only = std::env::var("FUZZ_TARGET").ok();
    let words = mutation::words(WORDS);
    for (target, check) in checks::CHECKS {
        if only.as_deref().is_some_and(|only| only != target) {
            continue;
        }
        let seeds = inputs("seeds", target);
        let mut random = mutation::Random::new(7);
        for run in 0..count {
            let input = mutation::mutated(&seeds, &words, &mut random);
            let outcome = std::panic::catch_unwind(|| check(&input));
            assert!(outcome.is_ok(), "{target}, run {run}: {input:?}");
        }
    }
}
