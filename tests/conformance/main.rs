//! Replays recorded exchanges of the reference registry and compares every answer.
//!
//! `cases/*.json` holds what the reference answered; nothing in it was typed by hand. Each area runs in order against
//! one server of its own.

mod case;
mod compare;
mod replay;

use std::fmt::Write;

use registry_tests::Registry;

/// Failing cases of an area that are shown with all their differences.
const CASES_SHOWN: usize = 20;

macro_rules! areas {
    ($($test:ident = $area:literal;)*) => {
        $(#[test] fn $test() { check_area($area); })*

        /// Every area that has a test.
        const AREAS: &[&str] = &[$($area),*];
    };
}

areas! {
    canonical_avro = "canonical-avro";
    canonical_json = "canonical-json";
    canonical_protobuf = "canonical-protobuf";
    compat_avro = "compat-avro";
    compat_json = "compat-json";
    compat_protobuf = "compat-protobuf";
    compatibility = "compatibility";
    config = "config";
    contexts = "contexts";
    contracts = "contracts";
    dek = "dek";
    formats = "formats";
    mode = "mode";
    references = "references";
    schemas = "schemas";
    subjects = "subjects";
}

#[test]
fn every_case_file_has_a_test() {
    assert_eq!(case::areas(), AREAS);
}

fn check_area(area: &str) {
    let registry = Registry::start();
    let mut passed = 0;
    let mut failures = Vec::new();
    for case in case::load(area) {
        let differences = replay::run(&registry, &case);
        if differences.is_empty() {
            passed += 1;
        } else {
            failures.push(format!("FAIL {}\n{}", case.full_name(), differences.join("\n")));
        }
    }
    let mut report = String::new();
    for failure in failures.iter().take(CASES_SHOWN) {
        let _ = writeln!(report, "{failure}");
    }
    let summary = format!("{area:<24} {passed:>4} passed {:>4} failed", failures.len());
    println!("{summary}");
    assert!(failures.is_empty(), "{report}{summary}");
}
