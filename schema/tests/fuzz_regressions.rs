//! Replays the inputs that fuzzing starts from and those it has found, without a fuzzer.

#![cfg(test)]

#[expect(unreachable_pub, reason = "the fuzz targets see the file as a crate of its own")]
#[path = "../../fuzz/src/lib.rs"]
mod checks;

use std::fs;
use std::path::Path;

/// Runs the check of `folder` on every file in it and returns how many there were.
fn replay(folder: &Path, check: checks::Check) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in &files {
        let input = fs::read(file).unwrap();
        let outcome = std::panic::catch_unwind(|| check(&input));
        assert!(outcome.is_ok(), "{} fails", file.display());
    }
    files.len()
}

#[test]
fn kept_inputs_hold() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    for (target, check) in checks::CHECKS {
        let seeds = replay(&fuzz.join("seeds").join(target), check);
        assert!(seeds > 0, "no seeds for {target}");
        replay(&fuzz.join("regressions").join(target), check);
    }
}
