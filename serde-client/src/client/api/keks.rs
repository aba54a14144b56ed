//! `/dek-registry/v1/keks`: key encryption keys.

use schema::model::kek::{CreateKekRequest, Kek, UpdateKekRequest};

use super::{Api, Deleted, Deletion, Page, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

/// Where the keys are.
pub(super) const KEKS: &str = "/dek-registry/v1/keks";

impl Api {
    /// `GET /dek-registry/v1/keks`: names; with `subject_prefixes`, only of keys that wrap keys of such subjects.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_keks(
        &self,
        subject_prefixes: &[String],
        deleted: Deleted,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        let target = Target::new(KEKS).each("subjectPrefix", subject_prefixes);
        self.caller.call(Method::Get, page.apply_to(deleted.apply_to(target)), Payload::None).await
    }

    /// `POST /dek-registry/v1/keks`. With `test_sharing`, the registry first tries the key.
    ///
    /// # Errors
    /// Kinds `Conflict` (40971), `InvalidRequest` (42271); see [`Api`].
    pub async fn create_kek(&self, kek: &CreateKekRequest, test_sharing: bool) -> Result<Kek, RegistryError> {
        let target = Target::new(KEKS).flag("testSharing", test_sharing);
        self.caller.call(Method::Post, target, json(kek)?).await
    }

    /// `GET /dek-registry/v1/keks/{name}`.
    ///
    /// # Errors
    /// Kind `KeyNotFound` (40470); see [`Api`].
    pub async fn get_kek(&self, name: &str, deleted: Deleted) -> Result<Kek, RegistryError> {
        self.caller.call(Method::Get, deleted.apply_to(kek_path(name)), Payload::None).await
    }

    /// `PUT /dek-registry/v1/keks/{name}`. With `test_sharing`, the registry first tries the key.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `InvalidRequest` (42271); see [`Api`].
    pub async fn update_kek(
        &self,
        name: &str,
        update: &UpdateKekRequest,
        test_sharing: bool,
    ) -> Result<Kek, RegistryError> {
        let target = kek_path(name).flag("testSharing", test_sharing);
        self.caller.call(Method::Put, target, json(update)?).await
    }

    /// `DELETE /dek-registry/v1/keks/{name}`.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `Deletion` (40471), `Referenced` (42272) while it wraps keys; see [`Api`].
    pub async fn delete_kek(&self, name: &str, deletion: Deletion) -> Result<(), RegistryError> {
        self.caller.done(Method::Delete, deletion.apply_to(kek_path(name)), Payload::None).await
    }

    /// `POST /dek-registry/v1/keks/{name}/undelete`.
    ///
    /// # Errors
    /// Kind `KeyNotFound` (40470); see [`Api`].
    pub async fn undelete_kek(&self, name: &str) -> Result<(), RegistryError> {
        self.caller.done(Method::Post, kek_path(name).then("/undelete"), Payload::None).await
    }

    /// `POST /dek-registry/v1/keks/{name}/test`: whether the registry can use a shared key.
    ///
    /// # Errors
    /// Kinds `KeyNotFound` (40470), `InvalidRequest` (42271), `Unavailable` (50070); see [`Api`].
    pub async fn test_kek(&self, name: &str) -> Result<Kek, RegistryError> {
        self.caller.call(Method::Post, kek_path(name).then("/test"), Payload::None).await
    }
}

pub(super) fn kek_path(name: &str) -> Target {
    Target::new(KEKS).segment(name)
}
