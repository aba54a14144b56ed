//! Deleting versions and subjects: first softly, then permanently.

use async_trait::async_trait;
use schema::model::api::Referrer;
use schema::model::ids::{Version, VersionId};
use schema::model::subject::Subject;

use crate::service::{Registry, RegistryError, View, scope};
use crate::store::{self, Operation, Reads, SubjectVersions, Transaction, VersionRow};

/// How thoroughly to delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteKind {
    /// Hidden; still served by id.
    Soft,
    /// Gone; its id stays reserved.
    Permanent,
}

struct DeleteVersion {
    subject: Subject,
    version: VersionId,
    kind: DeleteKind,
    actor: Option<String>,
}

struct DeleteSubject {
    subject: Subject,
    kind: DeleteKind,
    actor: Option<String>,
}

impl Registry {
    /// Deletes one version and returns its number.
    ///
    /// # Errors
    /// The refusals of a deletion: missing, in the wrong state, read-only, referenced.
    pub async fn delete_version(
        &self,
        view: &View,
        subject: &Subject,
        version: &str,
        kind: DeleteKind,
        actor: Option<String>,
    ) -> Result<Version, RegistryError> {
        view.set_uncacheable();
        let version = VersionId::parse(version)?;
        store::write(view.store(), DeleteVersion { subject: subject.clone(), version, kind, actor }).await
    }

    /// Deletes all versions of a subject and returns their numbers.
    ///
    /// # Errors
    /// The refusals of a deletion: missing, in the wrong state, read-only, referenced.
    pub async fn delete_subject(
        &self,
        view: &View,
        subject: &Subject,
        kind: DeleteKind,
        actor: Option<String>,
    ) -> Result<Vec<Version>, RegistryError> {
        view.set_uncacheable();
        store::write(view.store(), DeleteSubject { subject: subject.clone(), kind, actor }).await
    }
}

#[async_trait]
impl Operation for DeleteVersion {
    type Output = Version;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Version, RegistryError> {
        let subject = &self.subject;
        let versions = transaction.subject_versions(subject).await?;
        let row = find(subject, &versions, self.version)?;
        if row.deleted && self.kind == DeleteKind::Soft {
            return Err(RegistryError::VersionSoftDeleted(subject.clone(), row.version));
        }
        scope::refuse_read_only(transaction, subject).await?;
        refuse_referenced(transaction, subject, row.version, self.kind, None).await?;
        if self.kind == DeleteKind::Soft {
            transaction.soft_delete(subject, row.version).await?;
            return Ok(row.version);
        }
        if !row.deleted {
            return Err(RegistryError::VersionNotSoftDeleted(subject.clone(), row.version));
        }
        transaction.remove_version(subject, row.version).await?;
        if versions.versions.len() == 1 {
            forget_settings(transaction, subject).await?;
        }
        Ok(row.version)
    }
}

#[async_trait]
impl Operation for DeleteSubject {
    type Output = Vec<Version>;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Vec<Version>, RegistryError> {
        let subject = &self.subject;
        let versions = transaction.subject_versions(subject).await?;
        if versions.versions.is_empty() {
            return Err(RegistryError::SubjectNotFound(subject.clone()));
        }
        if self.kind == DeleteKind::Soft && versions.latest().is_none() {
            return Err(RegistryError::SubjectSoftDeleted(subject.clone()));
        }
        scope::refuse_read_only(transaction, subject).await?;
        let doomed: Vec<VersionRow> = match self.kind {
            DeleteKind::Soft => versions.live().copied().collect(),
            DeleteKind::Permanent => versions.versions.clone(),
        };
        for row in &doomed {
            refuse_referenced(transaction, subject, row.version, self.kind, Some(subject)).await?;
            if self.kind == DeleteKind::Permanent && !row.deleted {
                return Err(RegistryError::SubjectNotSoftDeleted(subject.clone()));
            }
        }
        for row in doomed.iter().rev() {
            match self.kind {
                DeleteKind::Soft => transaction.soft_delete(subject, row.version).await?,
                DeleteKind::Permanent => transaction.remove_version(subject, row.version).await?,
            }
        }
        if self.kind == DeleteKind::Permanent {
            forget_settings(transaction, subject).await?;
        }
        Ok(doomed.iter().map(|row| row.version).collect())
    }
}

fn find(
    subject: &Subject,
    versions: &SubjectVersions,
    wanted: VersionId,
) -> Result<VersionRow, RegistryError> {
    if versions.versions.is_empty() {
        return Err(RegistryError::SubjectNotFound(subject.clone()));
    }
    let row = match wanted {
        VersionId::Latest => versions.latest(),
        VersionId::Number(number) => versions.get(number),
    };
    row.copied().ok_or(RegistryError::VersionNotFound(wanted))
}

/// Refuses when schemas refer to the version: live ones always, soft-deleted ones only against a permanent deletion.
/// Those that only `but_for` holds do not count.
pub(in crate::service) async fn refuse_referenced(
    reads: &dyn Reads,
    subject: &Subject,
    version: Version,
    kind: DeleteKind,
    but_for: Option<&Subject>,
) -> Result<(), RegistryError> {
    let mut blocking = Vec::new();
    for referrer in reads.referrers(subject, version).await? {
        for (holder, holder_version, deleted) in &referrer.versions {
            if but_for != Some(holder) && (kind == DeleteKind::Permanent || !deleted) {
                let subject = holder.to_string();
                blocking.push(Referrer { subject, version: *holder_version, id: referrer.id });
            }
        }
    }
    if blocking.is_empty() {
        return Ok(());
    }
    Err(RegistryError::ReferenceExists { subject: subject.clone(), version, referrers: blocking })
}

async fn forget_settings(transaction: &dyn Transaction, subject: &Subject) -> Result<(), RegistryError> {
    transaction.set_config(subject, None).await?;
    transaction.set_mode(subject, None).await?;
    Ok(())
}
