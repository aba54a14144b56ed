//! Subjects of the old topic, which may go with it.

use tokio::runtime::Handle;

use super::super::output::Out;
use super::super::{Failure, RegistryArgs};
use crate::client::{Deletion, ErrorKind, RegistryClient};
use crate::translator::migration::Migration;

/// Subjects that somebody has named, in the registry that has them.
pub(super) struct Leaving {
    client: RegistryClient,
    subjects: Vec<String>,
}

impl Leaving {
    /// Refuses what is no subject of the old topic, or is one of the new topic too.
    pub(super) fn new(
        migration: &Migration,
        registry: &RegistryArgs,
        subjects: &[String],
    ) -> Result<Option<Self>, Failure> {
        if subjects.is_empty() {
            return Ok(None);
        }
        let (old, new) = (migration.old.subjects(), migration.new.subjects());
        for subject in subjects {
            if !old.contains(&subject.as_str()) {
                let known = old.join("`, `");
                return Err(Failure(format!(
                    "the old topic has `{known}` in this mapping, and not `{subject}`: nothing is deleted"
                )));
            }
            if new.contains(&subject.as_str()) {
                return Err(Failure(format!(
                    "`{subject}` is a subject of the new topic too: nothing is deleted"
                )));
            }
        }
        let place = &migration.registry;
        let client = registry.client(&place.urls, place.context.as_deref())?;
        Ok(Some(Self { client, subjects: subjects.to_vec() }))
    }

    /// Soft: records keep their schemas, and a version that is registered again gets its id back.
    pub(super) fn delete(&self, out: &mut Out) -> Result<(), Failure> {
        for subject in &self.subjects {
            match Handle::current().block_on(self.client.api().delete_subject(subject, Deletion::Soft)) {
                Ok(versions) => {
                    out.line(format!("The subject `{subject}` is soft-deleted, versions {versions:?}."));
                }
                // An attempt before this one may have come so far.
                Err(error) if error.is_not_found() || error.kind() == ErrorKind::Deletion => {
                    out.line(format!("The subject `{subject}` is gone already."));
                }
                Err(error) => {
                    return Err(Failure(format!(
                        "the subject `{subject}` is not deleted, nor the topic: {error}"
                    )));
                }
            }
        }
        Ok(())
    }
}
