//! Replays recorded exchanges of the reference registry and compares every answer.
//!
//! `cases/*.json` holds what the reference answered; nothing in it was typed by hand. Each area runs in order against
//! one server of its own. `waiting.txt` names the cases that need what is not built yet: only they may fail, and they
//! must, so that the list shrinks as the product grows.

mod case;
mod compare;
mod replay;
mod waiting;

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

#[test]
fn only_cases_that_need_protobuf_or_json_wait() {
    let waiting = waiting::Waiting::load();
    let cases: Vec<_> = AREAS.iter().flat_map(|area| case::load(area)).collect();
    for name in waiting.names() {
        let case = cases.iter().find(|case| case.full_name() == name);
        let case = case.unwrap_or_else(|| panic!("waiting.txt names {name}, which does not exist"));
        assert!(case.needs_more_than_avro(), "waiting.txt names {name}, which needs nothing but Avro");
    }
}

fn check_area(area: &str) {
    let waiting = waiting::Waiting::load();
    let registry = Registry::start();
    let (mut passed, mut waited) = (0, 0);
    let mut problems = Vec::new();
    for case in case::load(area) {
        let differences = replay::run(&registry, &case);
        match (differences.is_empty(), waiting.contains(&case)) {
            (true, false) => passed += 1,
            (false, true) => waited += 1,
            (false, false) => problems.push(format!("FAIL {}\n{}", case.full_name(), differences.join("\n"))),
            (true, true) => {
                problems.push(format!("PASSES {}: take it off waiting.txt", case.full_name()));
            }
        }
    }
    let mut report = String::new();
    for problem in problems.iter().take(CASES_SHOWN) {
        let _ = writeln!(report, "{problem}");
    }
    let summary = format!("{area:<24} {passed:>4} passed {:>4} failed {waited:>4} waiting", problems.len());
    println!("{summary}");
    assert!(problems.is_empty(), "{report}{summary}");
}
