//! `/config`.

use schema::model::config::{CompatibilityLevel, Config, ConfigUpdate};
use serde::Deserialize;

use super::{Api, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

/// What an update answers: the level has another name there.
#[derive(Deserialize)]
struct Updated {
    compatibility: Option<CompatibilityLevel>,
    #[serde(flatten)]
    config: Config,
}

impl From<Updated> for Config {
    fn from(Updated { compatibility, config }: Updated) -> Self {
        Self { compatibility_level: compatibility.or(config.compatibility_level), ..config }
    }
}

impl Api {
    /// `GET /config`: what holds where nothing nearer is set.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn get_global_config(&self) -> Result<Config, RegistryError> {
        self.caller.call(Method::Get, Target::new("/config"), Payload::None).await
    }

    /// `PUT /config`: the whole config that results.
    ///
    /// # Errors
    /// Kinds `InvalidRequest` (42203), `NotPermitted` (42205); see [`Api`].
    pub async fn update_global_config(&self, update: &ConfigUpdate) -> Result<Config, RegistryError> {
        let updated: Updated = self.caller.call(Method::Put, Target::new("/config"), json(update)?).await?;
        Ok(updated.into())
    }

    /// `DELETE /config`: back to what the registry was started with; answers what was set.
    ///
    /// # Errors
    /// Kind `NotPermitted` (42205); see [`Api`].
    pub async fn delete_global_config(&self) -> Result<Config, RegistryError> {
        self.caller.call(Method::Delete, Target::new("/config"), Payload::None).await
    }

    /// `GET /config/{subject}`, also for a context (`:.eu:`). With `default_to_global`, what holds for the subject wherever
    /// it is set.
    ///
    /// # Errors
    /// Kind `SettingNotFound` (40408); see [`Api`].
    pub async fn get_config(&self, subject: &str, default_to_global: bool) -> Result<Config, RegistryError> {
        let target = self.subject("/config", subject).flag("defaultToGlobal", default_to_global);
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `PUT /config/{subject}`: the whole config of the subject that results. It need not exist.
    ///
    /// # Errors
    /// Kinds `InvalidRequest` (42203, 42208), `NotPermitted` (42205); see [`Api`].
    pub async fn update_config(&self, subject: &str, update: &ConfigUpdate) -> Result<Config, RegistryError> {
        let target = self.subject("/config", subject);
        let updated: Updated = self.caller.call(Method::Put, target, json(update)?).await?;
        Ok(updated.into())
    }

    /// `DELETE /config/{subject}`: answers what was set.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401) where nothing is set, `NotPermitted` (42205); see [`Api`].
    pub async fn delete_config(&self, subject: &str) -> Result<Config, RegistryError> {
        self.caller.call(Method::Delete, self.subject("/config", subject), Payload::None).await
    }
}
