//! `/mode`.

use schema::model::mode::Mode;
use serde::{Deserialize, Serialize};

use super::{Api, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

#[derive(Serialize, Deserialize)]
struct ModeBody {
    mode: Option<Mode>,
}

impl Api {
    /// `GET /mode`: what holds where nothing nearer is set; none where the registry names none.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn get_global_mode(&self) -> Result<Option<Mode>, RegistryError> {
        self.mode(Method::Get, Target::new("/mode"), Payload::None).await
    }

    /// `PUT /mode`; no mode clears what is set. With `force`, import mode may begin where there are schemas.
    ///
    /// # Errors
    /// Kinds `InvalidRequest` (42204), `NotPermitted` (42205); see [`Api`].
    pub async fn set_global_mode(
        &self,
        mode: Option<Mode>,
        force: bool,
    ) -> Result<Option<Mode>, RegistryError> {
        let target = Target::new("/mode").flag("force", force);
        self.mode(Method::Put, target, json(&ModeBody { mode })?).await
    }

    /// `DELETE /mode`: answers what was set. With `recursive`, the modes of all subjects go, too.
    ///
    /// # Errors
    /// Kind `NotPermitted` (42205); see [`Api`].
    pub async fn delete_global_mode(&self, recursive: bool) -> Result<Option<Mode>, RegistryError> {
        self.mode(Method::Delete, Target::new("/mode").flag("recursive", recursive), Payload::None).await
    }

    /// `GET /mode/{subject}`, also for a context (`:.eu:`). With `default_to_global`, what holds for the subject wherever
    /// it is set.
    ///
    /// # Errors
    /// Kind `SettingNotFound` (40409); see [`Api`].
    pub async fn get_mode(
        &self,
        subject: &str,
        default_to_global: bool,
    ) -> Result<Option<Mode>, RegistryError> {
        let target = self.subject("/mode", subject).flag("defaultToGlobal", default_to_global);
        self.mode(Method::Get, target, Payload::None).await
    }

    /// `PUT /mode/{subject}`; no mode clears what is set. See [`Api::set_global_mode`].
    ///
    /// # Errors
    /// Kinds `InvalidRequest` (42204, 42208), `NotPermitted` (42205); see [`Api`].
    pub async fn set_mode(
        &self,
        subject: &str,
        mode: Option<Mode>,
        force: bool,
    ) -> Result<Option<Mode>, RegistryError> {
        let target = self.subject("/mode", subject).flag("force", force);
        self.mode(Method::Put, target, json(&ModeBody { mode })?).await
    }

    /// `DELETE /mode/{subject}`: answers what was set. With `recursive`, the modes of all subjects of a context go, too.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401) where nothing is set, `NotPermitted` (42205); see [`Api`].
    pub async fn delete_mode(&self, subject: &str, recursive: bool) -> Result<Option<Mode>, RegistryError> {
        self.mode(Method::Delete, self.subject("/mode", subject).flag("recursive", recursive), Payload::None)
            .await
    }

    async fn mode(
        &self,
        method: Method,
        target: Target,
        body: Payload,
    ) -> Result<Option<Mode>, RegistryError> {
        self.caller.call::<ModeBody>(method, target, body).await.map(|answer| answer.mode)
    }
}
