//! Replays the inputs that fuzzing starts from and those it has found, without a fuzzer.

#![cfg(test)]

#[expect(unreachable_pub, reason = "the fuzz targets see the file as a crate of its own")]
#[path = "../../fuzz/src/schema_checks/mod.rs"]
mod checks;
mod mutation;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The files of a folder in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Runs the check of `folder` on every file in it and returns how many there were.
fn replay(folder: &Path, check: checks::Check) -> usize {
    let files = files(folder);
    for file in &files {
        let input = fs::read(file).unwrap();
        let outcome = std::panic::catch_unwind(|| check(&input));
        assert!(outcome.is_ok(), "{} fails", file.display());
    }
    files.len()
}

#[test]
fn kept_inputs_hold() {
    for (target, check) in checks::CHECKS {
        let seeds = replay(&fuzz().join("seeds").join(target), check);
        assert!(seeds > 0, "no seeds for {target}");
        replay(&fuzz().join("regressions").join(target), check);
    }
}

/// For machines without a nightly compiler: `FUZZ_TARGET=json_parse FUZZ_SECONDS=600 cargo test -p schema --release
/// --test fuzz_regressions -- --ignored --nocapture`. Inputs that fail, and the slowest one, lie in `fuzz/artifacts`.
#[test]
#[ignore = "runs for FUZZ_SECONDS"]
fn mutated_inputs_hold() {
    let target = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
    };
    let (_, check) = *checks::CHECKS.iter().find(|(name, _)| *name == target).expect("a target");
    let language = target.split('_').next().unwrap_or_default();
    let words = [language, "avro"]
        .iter()
        .find_map(|name| fs::read_to_string(fuzz().join(format!("{name}.dict"))).ok());
    let words = mutation::words(&words.expect("a dictionary"));
    // What one target of a language starts from is worth trying in the others, too.
    let related = checks::CHECKS.iter().filter(|(name, _)| name.starts_with(language));
    let inputs: Vec<Vec<u8>> = related
        .flat_map(|(name, _)| files(&fuzz().join("seeds").join(name)))
        .map(|file| fs::read(file).unwrap())
        .collect();
    let artifacts = fuzz().join("artifacts").join(&target);
    fs::create_dir_all(&artifacts).unwrap();
    let mut random = mutation::Random::new(number("FUZZ_SEED", 1));
    let end = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS", 10));
    let (mut runs, mut failures, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    while Instant::now() < end && failures < 50 {
        let input = mutation::mutated(&inputs, &words, &mut random);
        // Still there after a stack overflow.
        fs::write(artifacts.join("current"), &input).unwrap();
        let start = Instant::now();
        if std::panic::catch_unwind(|| check(&input)).is_err() {
            failures += 1;
            fs::write(artifacts.join(format!("failure-{failures}")), &input).unwrap();
        }
        if start.elapsed() > slowest {
            slowest = start.elapsed();
            fs::write(artifacts.join("slowest"), &input).unwrap();
        }
        runs += 1;
    }
    println!("{target}: {runs} inputs, {failures} failures, the slowest took {slowest:?}");
    assert_eq!(failures, 0, "see {}", artifacts.display());
}
