//! Many clients at once.

use std::collections::BTreeSet;
use std::thread;

use registry_tests::Registry;
use serde_json::Value;

use crate::{A, record};

const CLIENTS: usize = 64;

/// Registers with one client per pair of subject and schema, all at once; returns the answers.
fn register_together(registry: &Registry, requests: &[(String, String)]) -> Vec<Value> {
    thread::scope(|scope| {
        let clients: Vec<_> = requests
            .iter()
            .map(|(subject, schema)| {
                let client = registry.connect();
                scope.spawn(move || {
                    let answer = client.register(subject, schema);
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    answer.json()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("an answer")).collect()
    })
}

fn numbers(answers: &[Value], field: &str) -> Vec<i64> {
    let numbers: BTreeSet<i64> = answers.iter().filter_map(|answer| answer[field].as_i64()).collect();
    numbers.into_iter().collect()
}

fn variant(index: usize) -> String {
    record(&[A, &format!(r#"{{"name":"f{index}","type":"int","default":0}}"#)])
}

#[test]
fn schemas_of_one_subject_get_distinct_versions() {
    let registry = Registry::start();
    let requests: Vec<_> = (0..CLIENTS).map(|index| ("s".to_owned(), variant(index))).collect();
    let answers = register_together(&registry, &requests);
    let all: Vec<i64> = (1..=64).collect();
    assert_eq!(numbers(&answers, "version"), all);
    assert_eq!(numbers(&answers, "id"), all);
    for ((_, schema), answer) in requests.iter().zip(&answers) {
        let stored = registry.get(&format!("/subjects/s/versions/{}", answer["version"])).json();
        assert_eq!((&stored["id"], stored["schema"].as_str()), (&answer["id"], Some(schema.as_str())));
    }
}

#[test]
fn one_schema_gets_one_version() {
    let registry = Registry::start();
    let requests: Vec<_> = (0..CLIENTS).map(|_| ("s".to_owned(), variant(0))).collect();
    let answers = register_together(&registry, &requests);
    assert_eq!((numbers(&answers, "version"), numbers(&answers, "id")), (vec![1], vec![1]));
}

#[test]
fn one_schema_gets_one_id_in_all_subjects() {
    let registry = Registry::start();
    let requests: Vec<_> = (0..CLIENTS).map(|index| (format!("s{index}"), variant(0))).collect();
    let answers = register_together(&registry, &requests);
    assert_eq!((numbers(&answers, "version"), numbers(&answers, "id")), (vec![1], vec![1]));
    assert_eq!(registry.get("/subjects").json().as_array().map(Vec::len), Some(CLIENTS));
}

#[test]
fn incompatible_schemas_are_not_both_accepted() {
    let registry = Registry::start();
    registry.put("/config/s", &serde_json::json!({ "compatibility": "FULL_TRANSITIVE" }));
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|index| {
                let client = registry.connect();
                let schema = record(&[&format!(r#"{{"name":"f{index}","type":"int"}}"#)]);
                scope.spawn(move || client.register("s", &schema).status)
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("an answer")).collect()
    });
    let accepted = statuses.iter().filter(|&&status| status == 200).count();
    let refused = statuses.iter().filter(|&&status| status == 409).count();
    assert_eq!((accepted, refused), (1, CLIENTS - 1), "{statuses:?}");
}
