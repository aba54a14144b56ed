//! Compares what the restarted server has with what the writers were told.

use std::collections::{BTreeMap, BTreeSet};

use registry_tests::Client;
use serde_json::Value;

use crate::ledger::Ledger;
use crate::operation::Operation;
use crate::subject::{Subject, Version};
use crate::writer::{Writer, registered};

/// Checks the subjects of one writer, settles what it had in flight, and checks the ids of its last round: all of its
/// ids when `whole`.
pub(crate) fn owned_subjects(client: &Client, writer: &mut Writer, ledger: &Ledger, whole: bool) {
    if let Some(operation) = writer.pending.take() {
        settle(client, writer, &operation, ledger);
    }
    for (index, believed) in writer.subjects.iter().enumerate() {
        assert_eq!(
            &stored_subject(client, &writer.subject_name(index)),
            believed,
            "{}: left is stored, right was confirmed",
            writer.subject_name(index)
        );
    }
    let fresh: BTreeSet<i64> = writer.fresh_ids.drain(..).collect();
    let versions = writer.subjects.iter().flat_map(|subject| subject.versions.values());
    for version in versions.filter(|version| whole || fresh.contains(&version.id)) {
        let answer = client.get(&format!("/schemas/ids/{}", version.id));
        assert_eq!(answer.status, 200, "id {} of {version:?}: {}", version.id, answer.text());
        assert_eq!(
            (&answer.json()["schema"], &answer.json()["guid"]),
            (&version.text.clone().into(), &version.guid.clone().into())
        );
    }
    for id in writer.retired_ids.drain(..) {
        client.get(&format!("/schemas/ids/{id}")).assert_refused(404, 40403);
    }
}

/// Finds out whether an unanswered operation has happened: wholly or not at all.
fn settle(client: &Client, writer: &mut Writer, operation: &Operation, ledger: &Ledger) {
    let Some(index) = operation.subject() else { return };
    let stored = stored_subject(client, &writer.subject_name(index));
    if stored == writer.subjects[index] {
        return;
    }
    let new = match operation {
        Operation::Register { .. } => stored.versions.last_key_value().map(|(_, version)| version.clone()),
        _ => None,
    };
    if let (Operation::Register { text, .. }, Some(version)) = (operation, &new) {
        assert_eq!(&version.text, text, "{} has a version that nobody asked for", writer.subject_name(index));
    }
    let believed = writer.subjects[index].clone();
    writer.believe(operation, new, ledger);
    assert_eq!(
        stored,
        writer.subjects[index],
        "{operation:?} is half-done in {}, which was {believed:?}",
        writer.subject_name(index)
    );
}

/// Checks a subject that all writers register to: nothing is ever deleted there, so its versions have no gaps.
pub(crate) fn shared_subject(client: &Client, name: &str, ledger: &Ledger) {
    let stored = stored_versions(client, name);
    let numbers: Vec<i64> = stored.keys().copied().collect();
    let expected: Vec<i64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected, "gaps in {name}");
    let mut entries = ledger.lock();
    let confirmed = entries.shared.get(name).cloned().unwrap_or_default();
    for (number, (id, text)) in &confirmed {
        let version = stored.get(number).unwrap_or_else(|| panic!("{name} lost version {number}: {text}"));
        assert_eq!((version.id, &version.text), (*id, text), "version {number} of {name} changed");
    }
    for (number, version) in stored.iter().filter(|(number, _)| !confirmed.contains_key(number)) {
        assert!(
            entries.in_flight.contains(&version.text),
            "{name} has a version that nobody asked for: {version:?}"
        );
        entries.shared_version(name, *number, version.id, &version.text);
    }
}

/// What the server has of a subject, by every way of asking.
fn stored_subject(client: &Client, name: &str) -> Subject {
    let versions = stored_versions(client, name);
    let subject = Subject { versions, level: stored_level(client, name) };
    let all: Vec<i64> = subject.versions.keys().copied().collect();
    assert_eq!(listed(client, name, "?deleted=true"), all, "all versions of {name}");
    assert_eq!(listed(client, name, ""), subject.numbers(false), "live versions of {name}");
    if let Some((number, version)) = subject.versions.last_key_value() {
        let answer = client.get(&format!("/subjects/{name}/versions/{number}?deleted=true"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(registered(&answer.json(), &version.text).id, version.id);
    }
    subject
}

fn stored_versions(client: &Client, name: &str) -> BTreeMap<i64, Version> {
    let mut versions = BTreeMap::new();
    loop {
        let path = format!("/schemas?subjectPrefix={name}&deleted=true&limit=500&offset={}", versions.len());
        let answer = client.get(&path);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page = answer.json();
        let rows = page.as_array().expect("a list");
        if rows.is_empty() {
            return versions;
        }
        for row in rows {
            assert_eq!(row["subject"], name);
            let version = Version {
                deleted: row["deleted"].as_bool().expect("every version says whether it is deleted"),
                ..registered(row, row["schema"].as_str().expect("a text"))
            };
            versions.insert(row["version"].as_i64().expect("a number"), version);
        }
    }
}

fn listed(client: &Client, name: &str, query: &str) -> Vec<i64> {
    let answer = client.get(&format!("/subjects/{name}/versions{query}"));
    if answer.error_code() == Some(40401) {
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json().as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

fn stored_level(client: &Client, name: &str) -> Option<String> {
    let answer = client.get(&format!("/config/{name}"));
    if answer.error_code() == Some(40408) {
        return None;
    }
    assert_eq!(answer.status, 200, "{}", answer.text());
    Some(answer.json()["compatibilityLevel"].as_str().expect("a level").to_owned())
}
