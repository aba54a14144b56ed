//! `/dek-registry/v1/keks/{name}/deks`: data encryption keys.

use schema::model::dek::{CreateDekRequest, Dek, DekAlgorithm};
use schema::model::ids::{Version, VersionId};

use super::keks::kek_path;
use super::versions::spelled;
use super::{Api, Deleted, Deletion, Page, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

/// Which of the keys of a subject is meant.
///
/// ```
/// use serde_client::schema::model::dek::DekAlgorithm;
/// use serde_client::client::DekOptions;
///
/// let deterministic = DekOptions { algorithm: DekAlgorithm::Aes256Siv, ..DekOptions::default() };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DekOptions {
    /// What it encrypts with; the keys of each algorithm are apart.
    pub algorithm: DekAlgorithm,
    /// Whether a soft-deleted key is seen.
    pub deleted: Deleted,
}

impl DekOptions {
    fn apply_to(self, target: Target) -> Target {
        self.deleted.apply_to(of_algorithm(target, self.algorithm))
    }
}

impl Api {
    /// `GET …/deks`: subjects that have keys under a key encryption key.
    ///
    /// # Errors
    /// Kind `KeyNotFound` (40470); see [`Api`].
    pub async fn list_dek_subjects(
        &self,
        kek: &str,
        deleted: Deleted,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        let target = page.apply_to(deleted.apply_to(kek_path(kek).then("/deks")));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `POST …/deks`: the older path, which names the subject in the body.
    ///
    /// # Errors
    /// As [`Api::create_dek_of_subject`].
    pub async fn create_dek(&self, kek: &str, dek: &CreateDekRequest) -> Result<Dek, RegistryError> {
        self.caller.call(Method::Post, kek_path(kek).then("/deks"), json(dek)?).await
    }

    /// `POST …/deks/{subject}`. With `rewrap`, the key that exists is wrapped anew.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `Conflict` (40971), `InvalidRequest` (42271), `Unavailable` (50070); see [`Api`].
    pub async fn create_dek_of_subject(
        &self,
        kek: &str,
        subject: &str,
        dek: &CreateDekRequest,
        rewrap: bool,
    ) -> Result<Dek, RegistryError> {
        let target = self.dek_path(kek, subject).flag("rewrap", rewrap);
        self.caller.call(Method::Post, target, json(dek)?).await
    }

    /// `GET …/deks/{subject}`: version 1, not the latest.
    ///
    /// # Errors
    /// Kind `KeyNotFound` (40470); see [`Api`].
    pub async fn get_dek(&self, kek: &str, subject: &str, options: DekOptions) -> Result<Dek, RegistryError> {
        self.caller.call(Method::Get, options.apply_to(self.dek_path(kek, subject)), Payload::None).await
    }

    /// `DELETE …/deks/{subject}`: all versions of an algorithm.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `Deletion` (40471); see [`Api`].
    pub async fn delete_dek(
        &self,
        kek: &str,
        subject: &str,
        algorithm: DekAlgorithm,
        deletion: Deletion,
    ) -> Result<(), RegistryError> {
        let target = deletion.apply_to(of_algorithm(self.dek_path(kek, subject), algorithm));
        self.caller.done(Method::Delete, target, Payload::None).await
    }

    /// `POST …/deks/{subject}/undelete`: all versions of an algorithm.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `Deletion` (40472); see [`Api`].
    pub async fn undelete_dek(
        &self,
        kek: &str,
        subject: &str,
        algorithm: DekAlgorithm,
    ) -> Result<(), RegistryError> {
        let target = of_algorithm(self.dek_path(kek, subject).then("/undelete"), algorithm);
        self.caller.done(Method::Post, target, Payload::None).await
    }

    /// `GET …/deks/{subject}/versions`: numbers in order; none for an unknown subject.
    ///
    /// # Errors
    /// Kind `KeyNotFound` (40470) for the key encryption key; see [`Api`].
    pub async fn list_dek_versions(
        &self,
        kek: &str,
        subject: &str,
        options: DekOptions,
        page: Page,
    ) -> Result<Vec<Version>, RegistryError> {
        let target = page.apply_to(options.apply_to(self.dek_path(kek, subject).then("/versions")));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET …/deks/{subject}/versions/{version}`.
    ///
    /// # Errors
    /// Kind `KeyNotFound` (40470); see [`Api`].
    pub async fn get_dek_version(
        &self,
        kek: &str,
        subject: &str,
        version: VersionId,
        options: DekOptions,
    ) -> Result<Dek, RegistryError> {
        let target = options.apply_to(self.dek_version_path(kek, subject, version));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `DELETE …/deks/{subject}/versions/{version}`.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `Deletion` (40471); see [`Api`].
    pub async fn delete_dek_version(
        &self,
        kek: &str,
        subject: &str,
        version: VersionId,
        algorithm: DekAlgorithm,
        deletion: Deletion,
    ) -> Result<(), RegistryError> {
        let target = of_algorithm(self.dek_version_path(kek, subject, version), algorithm);
        self.caller.done(Method::Delete, deletion.apply_to(target), Payload::None).await
    }

    /// `POST …/deks/{subject}/versions/{version}/undelete`.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `Deletion` (40472); see [`Api`].
    pub async fn undelete_dek_version(
        &self,
        kek: &str,
        subject: &str,
        version: VersionId,
        algorithm: DekAlgorithm,
    ) -> Result<(), RegistryError> {
        let target = self.dek_version_path(kek, subject, version).then("/undelete");
        self.caller.done(Method::Post, of_algorithm(target, algorithm), Payload::None).await
    }

    fn dek_path(&self, kek: &str, subject: &str) -> Target {
        kek_path(kek).then("/deks").segment(&self.qualified(subject))
    }

    fn dek_version_path(&self, kek: &str, subject: &str, version: VersionId) -> Target {
        self.dek_path(kek, subject).then("/versions").segment(&spelled(version))
    }
}

fn of_algorithm(target: Target, algorithm: DekAlgorithm) -> Target {
    target.query("algorithm", algorithm.as_str())
}
