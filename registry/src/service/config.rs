//! Reading and changing configs.

use async_trait::async_trait;
use schema::model::config::{Config, ConfigUpdate};
use schema::model::subject::{Context, Purpose, Subject};

use super::scope::{self, global_place};
use super::{Registry, RegistryError, View};
use crate::store::{self, Operation, Reads, Transaction};

impl Registry {
    /// The config of the whole registry, its level filled in.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn global_config(&self, view: &View, default_to_global: bool) -> Result<Config, RegistryError> {
        let mut stored = view.config(&global_place()).await?;
        if stored.is_none() && default_to_global {
            stored = view.config(&Context::global().subject()).await?;
        }
        Ok(self.shown(stored.map(|config| (*config).clone()).unwrap_or_default()))
    }

    /// The config stored at `place`, or (when `in_scope`) the one that holds there.
    ///
    /// # Errors
    /// [`RegistryError::ConfigNotFound`] when nothing is stored there.
    pub async fn config(
        &self,
        view: &View,
        place: &Subject,
        in_scope: bool,
    ) -> Result<Config, RegistryError> {
        if *place == global_place() {
            return self.global_config(view, in_scope).await;
        }
        if in_scope {
            return Ok(scope::config(view, place, self.rules().default_level).await?);
        }
        match view.config(place).await? {
            Some(config) => Ok(self.shown((*config).clone())),
            None if *place == Context::global().subject() => Ok(self.shown(Config::default())),
            None => Err(RegistryError::ConfigNotFound(place.clone())),
        }
    }

    /// Lays an update over the config of a place and returns the result.
    ///
    /// # Errors
    /// [`RegistryError::InvalidCompatibilityLevel`], [`RegistryError::InvalidRuleSet`],
    /// [`RegistryError::InvalidSubject`], [`RegistryError::ModeForbids`].
    pub async fn update_config(
        &self,
        view: &View,
        place: &Subject,
        update: ConfigUpdate,
        actor: Option<String>,
    ) -> Result<Config, RegistryError> {
        view.set_uncacheable();
        update.clone().apply_to(Config::default())?;
        for rules in [&update.default_rule_set, &update.override_rule_set].into_iter().flatten().flatten() {
            rules.validate()?;
        }
        if !place.is_valid_for(Purpose::Settings) {
            return Err(RegistryError::InvalidSubject(place.to_string()));
        }
        store::write(view.store(), UpdateConfig { place: place.clone(), update, actor }).await
    }

    /// Removes the config of a place and returns it.
    ///
    /// # Errors
    /// [`RegistryError::SubjectNotFound`] when none is stored, [`RegistryError::ModeForbids`].
    pub async fn delete_config(
        &self,
        view: &View,
        place: &Subject,
        actor: Option<String>,
    ) -> Result<Config, RegistryError> {
        view.set_uncacheable();
        let removed = store::write(view.store(), DeleteConfig { place: place.clone(), actor }).await?;
        Ok(self.shown(removed))
    }

    fn shown(&self, mut config: Config) -> Config {
        config.compatibility_level.get_or_insert(self.rules().default_level);
        config
    }
}

struct UpdateConfig {
    place: Subject,
    update: ConfigUpdate,
    actor: Option<String>,
}

#[async_trait]
impl Operation for UpdateConfig {
    type Output = Config;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Config, RegistryError> {
        scope::refuse_read_only(transaction, &self.place).await?;
        let stored =
            transaction.config(&self.place).await?.map(|config| (*config).clone()).unwrap_or_default();
        let config = self.update.clone().apply_to(stored)?;
        transaction.set_config(&self.place, Some(&config)).await?;
        Ok(config)
    }
}

struct DeleteConfig {
    place: Subject,
    actor: Option<String>,
}

#[async_trait]
impl Operation for DeleteConfig {
    type Output = Config;
    type Error = RegistryError;

    fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    async fn run(&self, transaction: &dyn Transaction) -> Result<Config, RegistryError> {
        let stored = transaction.config(&self.place).await?;
        if stored.is_none() && self.place != global_place() {
            return Err(RegistryError::SubjectNotFound(self.place.clone()));
        }
        scope::refuse_read_only(transaction, &self.place).await?;
        if stored.is_some() {
            transaction.set_config(&self.place, None).await?;
        }
        Ok(stored.map(|config| (*config).clone()).unwrap_or_default())
    }
}
