//! Configures and deletes topics.

use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ConfigEntry, ConfigSource, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use tokio::runtime::Handle;

use super::connection::{ClusterError, Connection};

/// See the module. Calls wait for the broker; none may be made from a task of the runtime.
pub struct Administration {
    client: AdminClient<DefaultClientContext>,
}

impl std::fmt::Debug for Administration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Administration")
    }
}

impl Administration {
    /// A client; nothing is asked yet.
    ///
    /// # Errors
    /// [`ClusterError::Client`].
    pub fn connect(connection: &Connection) -> Result<Self, ClusterError> {
        let client = connection.config(&[]).create();
        Ok(Self { client: client.map_err(|error| ClusterError::client(&error))? })
    }

    /// Deletes a topic with all its records.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn delete_topic(&self, topic: &str, runtime: &Handle) -> Result<(), ClusterError> {
        let what = || format!("deleting the topic `{topic}`");
        let gone = runtime.block_on(self.client.delete_topics(&[topic], &AdminOptions::new()));
        let gone = gone.map_err(|error| ClusterError::answer(what(), &error))?;
        match gone.into_iter().next() {
            Some(Err((_, code))) => Err(ClusterError::Answer { what: what(), reason: code.to_string() }),
            _ => Ok(()),
        }
    }

    /// The settings that a topic has of its own, the broker's defaults left out.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn topic_settings(
        &self,
        topic: &str,
        runtime: &Handle,
    ) -> Result<Vec<(String, String)>, ClusterError> {
        let what = || format!("asking for the settings of `{topic}`");
        let specifier = [ResourceSpecifier::Topic(topic)];
        let found = runtime.block_on(self.client.describe_configs(&specifier, &AdminOptions::new()));
        let found = found.map_err(|error| ClusterError::answer(what(), &error))?;
        let mut settings = Vec::new();
        for resource in found {
            let resource =
                resource.map_err(|code| ClusterError::Answer { what: what(), reason: code.to_string() })?;
            let own = |entry: ConfigEntry| match entry.source {
                ConfigSource::DynamicTopic => Some((entry.name, entry.value?)),
                _ => None,
            };
            settings.extend(resource.entries.into_iter().filter_map(own));
        }
        settings.sort();
        Ok(settings)
    }

    /// Gives a topic exactly these settings of its own; those that are not named go back to the broker's defaults.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub fn set_topic_settings(
        &self,
        topic: &str,
        settings: &[(String, String)],
        runtime: &Handle,
    ) -> Result<(), ClusterError> {
        let what = || format!("changing the settings of `{topic}`");
        let altered =
            settings.iter().fold(AlterConfig::new(ResourceSpecifier::Topic(topic)), |all, (name, value)| {
                all.set(name, value)
            });
        let made = runtime.block_on(self.client.alter_configs([&altered], &AdminOptions::new()));
        let made = made.map_err(|error| ClusterError::answer(what(), &error))?;
        match made.into_iter().next() {
            Some(Err((_, code))) => Err(ClusterError::Answer { what: what(), reason: code.to_string() }),
            _ => Ok(()),
        }
    }
}
