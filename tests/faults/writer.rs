//! A client that writes until the server dies, and remembers what it was told.

use std::mem::take;

use registry_tests::client::REGISTRY_JSON;
use registry_tests::{Answer, Client, Random};
use serde_json::Value;

use crate::ledger::Ledger;
use crate::operation::Operation;
use crate::subject::{Subject, Version};

const SUBJECTS: usize = 10;

/// Subjects with more versions than this are no longer registered to.
const VERSIONS_MAX: usize = 30;

const LEVELS: &[&str] = &["NONE", "BACKWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

/// Writes to subjects of its own, one request at a time, and to one that all writers share.
#[derive(Debug)]
pub(crate) struct Writer {
    index: usize,
    random: Random,
    texts_made: usize,
    /// What it believes of its subjects.
    pub(crate) subjects: Vec<Subject>,
    /// Texts that no version holds any more.
    gone: Vec<String>,
    /// Ids that came up since the last audit.
    pub(crate) fresh_ids: Vec<i64>,
    /// Ids that were retired since the last audit.
    pub(crate) retired_ids: Vec<i64>,
    /// What was asked but not answered.
    pub(crate) pending: Option<Operation>,
    /// Operations that were answered.
    pub(crate) confirmed: usize,
    /// Operations that were not.
    pub(crate) unknown: usize,
}

impl Writer {
    pub(crate) fn new(index: usize, seed: u64) -> Self {
        Self {
            index,
            random: Random::new(seed),
            texts_made: 0,
            subjects: vec![Subject::default(); SUBJECTS],
            gone: Vec::new(),
            fresh_ids: Vec::new(),
            retired_ids: Vec::new(),
            pending: None,
            confirmed: 0,
            unknown: 0,
        }
    }

    pub(crate) fn subject_name(&self, subject: usize) -> String {
        format!("w{}-s{subject:02}", self.index)
    }

    /// The subject that all writers share in a round.
    pub(crate) fn shared_subject(round: usize) -> String {
        format!("shared-{round:02}")
    }

    pub(crate) fn write_until_the_server_dies(&mut self, base_url: &str, round: usize, ledger: &Ledger) {
        let client = Client::new(base_url);
        loop {
            let operation = self.choose(round);
            let subject = operation.subject().unwrap_or_default();
            let (method, path, body) =
                operation.request(&self.subject_name(subject), &self.subjects[subject]);
            let body = body.map(|body| body.to_string());
            let headers = [("Content-Type", REGISTRY_JSON)];
            let answer = client.try_send(method, &path, &headers, body.as_deref().map(str::as_bytes));
            let Ok(answer) = answer else {
                self.unknown += 1;
                if let Operation::RegisterShared { text, .. } = &operation {
                    ledger.lock().in_flight.insert(text.clone());
                }
                self.pending = Some(operation);
                return;
            };
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
            self.confirmed += 1;
            self.confirm(&operation, &answer, ledger);
        }
    }

    /// Believes that an operation has happened: `new` is the version it made, if any.
    pub(crate) fn believe(&mut self, operation: &Operation, new: Option<Version>, ledger: &Ledger) {
        let Some(index) = operation.subject() else { return };
        if let Some(version) = &new {
            ledger.lock().given(version.id, &version.text);
            self.fresh_ids.push(version.id);
        }
        let mut subject = take(&mut self.subjects[index]);
        let before = subject.clone();
        operation.happen(&mut subject, new);
        self.subjects[index] = subject;
        for (number, version) in before.versions {
            let is_gone = !self.subjects[index].versions.contains_key(&number);
            if is_gone && !self.subjects.iter().any(|subject| subject.holds(&version.text)) {
                ledger.lock().retire(version.id);
                self.retired_ids.push(version.id);
                self.gone.push(version.text);
            }
        }
    }

    fn confirm(&mut self, operation: &Operation, answer: &Answer, ledger: &Ledger) {
        let body = answer.json();
        match operation {
            Operation::Register { subject, text } => {
                let expected = self.subjects[*subject].next_version();
                assert_eq!(body["version"], expected, "{} of {}", text, self.subject_name(*subject));
                self.believe(operation, Some(registered(&body, text)), ledger);
            }
            Operation::Repeat { subject, version } => {
                let known = &self.subjects[*subject].versions[version];
                assert_eq!((&body["version"], &body["id"]), (&Value::from(*version), &Value::from(known.id)));
            }
            Operation::RegisterShared { subject, text } => {
                let version = body["version"].as_i64().expect("a version");
                ledger.lock().shared_version(subject, version, registered(&body, text).id, text);
            }
            Operation::DeleteVersion { version, .. } => {
                assert_eq!(body, *version);
                self.believe(operation, None, ledger);
            }
            Operation::DeleteSubject { subject, permanent } => {
                assert_eq!(body, Value::from(self.subjects[*subject].numbers(*permanent)));
                self.believe(operation, None, ledger);
            }
            Operation::SetLevel { .. } | Operation::DropLevel { .. } => {
                self.believe(operation, None, ledger);
            }
        }
    }

    /// An operation that the server must accept, given what is believed.
    fn choose(&mut self, round: usize) -> Operation {
        let subject = self.random.below(SUBJECTS);
        let live = self.subjects[subject].numbers(false);
        let deleted = self.subjects[subject].numbers(true);
        match self.random.below(100) {
            0..10 => {
                Operation::RegisterShared { subject: Self::shared_subject(round), text: self.new_text() }
            }
            10..18 if !live.is_empty() => Operation::Repeat { subject, version: self.random.pick(&live) },
            18..34 if !live.is_empty() => {
                Operation::DeleteVersion { subject, version: self.random.pick(&live), permanent: false }
            }
            34..50 if !deleted.is_empty() => {
                Operation::DeleteVersion { subject, version: self.random.pick(&deleted), permanent: true }
            }
            50..52 if !live.is_empty() => Operation::DeleteSubject { subject, permanent: false },
            52..56 if live.is_empty() && !deleted.is_empty() => {
                Operation::DeleteSubject { subject, permanent: true }
            }
            56..62 => Operation::SetLevel { subject, level: self.random.pick(LEVELS) },
            62..64 if self.subjects[subject].level.is_some() => Operation::DropLevel { subject },
            _ if live.len() >= VERSIONS_MAX => Operation::DeleteSubject { subject, permanent: false },
            _ => Operation::Register { subject, text: self.text_for(subject) },
        }
    }

    /// Mostly a new text; now and then one that another subject holds, or one that was deleted for good.
    fn text_for(&mut self, subject: usize) -> String {
        match self.random.below(10) {
            0 if !self.gone.is_empty() => {
                let index = self.random.below(self.gone.len());
                self.gone.swap_remove(index)
            }
            1 | 2 => {
                let other = self.random.below(SUBJECTS);
                let texts: Vec<String> =
                    self.subjects[other].versions.values().map(|version| version.text.clone()).collect();
                let text = texts.first().filter(|text| !self.subjects[subject].holds(text)).cloned();
                text.unwrap_or_else(|| self.new_text())
            }
            _ => self.new_text(),
        }
    }

    /// A text that was never used, compatible with every other one, in canonical form.
    fn new_text(&mut self) -> String {
        self.texts_made += 1;
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":"int"}}],"writer":{},"text":{}}}"#,
            self.index, self.texts_made
        )
    }
}

/// The version that an answer to a registration tells of.
pub(crate) fn registered(body: &Value, text: &str) -> Version {
    assert_eq!(body["schema"], text);
    Version {
        id: body["id"].as_i64().expect("an id"),
        guid: body["guid"].as_str().expect("a guid").to_owned(),
        text: text.to_owned(),
        deleted: false,
    }
}
