//! One request of a writer, and what it does to a subject when it happens.

use serde_json::{Value, json};

use crate::subject::{Subject, Version};

/// A request. `subject` is the index of one of the writer's own subjects.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// Register a text that the subject does not hold.
    Register {
        subject: usize,
        text: String,
    },
    /// Register a text that the subject holds live: nothing changes.
    Repeat {
        subject: usize,
        version: i64,
    },
    DeleteVersion {
        subject: usize,
        version: i64,
        permanent: bool,
    },
    DeleteSubject {
        subject: usize,
        permanent: bool,
    },
    SetLevel {
        subject: usize,
        level: &'static str,
    },
    DropLevel {
        subject: usize,
    },
    /// Register a text in the subject that all writers write to.
    RegisterShared {
        subject: String,
        text: String,
    },
}

/// Method, path and body.
pub(crate) type Request = (&'static str, String, Option<Value>);

impl Operation {
    /// The index of the writer's own subject, unless the subject is a shared one.
    pub(crate) fn subject(&self) -> Option<usize> {
        match self {
            Self::Register { subject, .. }
            | Self::Repeat { subject, .. }
            | Self::DeleteVersion { subject, .. }
            | Self::DeleteSubject { subject, .. }
            | Self::SetLevel { subject, .. }
            | Self::DropLevel { subject } => Some(*subject),
            Self::RegisterShared { .. } => None,
        }
    }

    /// The request, given the subject's name and what is believed of it.
    pub(crate) fn request(&self, name: &str, believed: &Subject) -> Request {
        match self {
            Self::Register { text, .. } => register(name, text),
            Self::RegisterShared { subject, text } => register(subject, text),
            Self::Repeat { version, .. } => register(name, &believed.versions[version].text),
            Self::DeleteVersion { version, permanent, .. } => {
                ("DELETE", format!("/subjects/{name}/versions/{version}?permanent={permanent}"), None)
            }
            Self::DeleteSubject { permanent, .. } => {
                ("DELETE", format!("/subjects/{name}?permanent={permanent}"), None)
            }
            Self::SetLevel { level, .. } => {
                ("PUT", format!("/config/{name}"), Some(json!({ "compatibility": level })))
            }
            Self::DropLevel { .. } => ("DELETE", format!("/config/{name}"), None),
        }
    }

    /// What the subject is once the operation has happened. `new` is the version that a registration made.
    pub(crate) fn happen(&self, subject: &mut Subject, new: Option<Version>) {
        match self {
            Self::Register { .. } => {
                let number = subject.next_version();
                subject.versions.insert(number, new.expect("a registration makes a version"));
            }
            Self::DeleteVersion { version, permanent: false, .. } => soft_delete(subject, *version),
            Self::DeleteVersion { version, permanent: true, .. } => {
                subject.versions.remove(version);
                if subject.versions.is_empty() {
                    subject.level = None;
                }
            }
            Self::DeleteSubject { permanent: false, .. } => {
                subject.versions.values_mut().for_each(|version| version.deleted = true);
            }
            Self::DeleteSubject { permanent: true, .. } => *subject = Subject::default(),
            Self::SetLevel { level, .. } => subject.level = Some((*level).to_owned()),
            Self::DropLevel { .. } => subject.level = None,
            Self::Repeat { .. } | Self::RegisterShared { .. } => {}
        }
    }
}

fn register(name: &str, text: &str) -> Request {
    ("POST", format!("/subjects/{name}/versions"), Some(json!({ "schema": text })))
}

fn soft_delete(subject: &mut Subject, version: i64) {
    subject.versions.get_mut(&version).expect("only known versions are deleted").deleted = true;
}
