//! Creates, configures and deletes topics.

use std::time::Duration;

use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigEntry, ConfigSource, NewTopic, ResourceSpecifier,
    TopicReplication, TopicResult,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaResult;
use rdkafka::types::RDKafkaErrorCode;

use super::connection::{ClusterError, Connection};

/// How long the cluster may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Settings of a topic that decide how long and in which form its records live.
const OF_RECORDS: &[&str] =
    &["cleanup.policy", "retention.ms", "retention.bytes", "max.message.bytes", "message.timestamp.type"];

/// See the module.
pub struct Administration {
    client: AdminClient<DefaultClientContext>,
    options: AdminOptions,
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
        let client = connection.config(&[]).create().map_err(|error| ClusterError::client(&error))?;
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE));
        Ok(Self { client, options })
    }

    /// Creates a topic with the cluster's default replication; `false` when it is there already.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn create_topic(
        &self,
        topic: &str,
        partitions: i32,
        settings: &[(String, String)],
    ) -> Result<bool, ClusterError> {
        // -1 is the broker's default.
        let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1));
        let new = settings.iter().fold(new, |new, (name, value)| new.set(name, value));
        let made = self.client.create_topics([&new], &self.options).await;
        match outcome(made, || format!("creating `{topic}`"))? {
            Some(RDKafkaErrorCode::TopicAlreadyExists) => Ok(false),
            Some(code) => Err(refused(format!("creating `{topic}`"), code)),
            None => Ok(true),
        }
    }

    /// Deletes a topic with all its records.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn delete_topic(&self, topic: &str) -> Result<(), ClusterError> {
        let what = || format!("deleting the topic `{topic}`");
        let gone = self.client.delete_topics(&[topic], &self.options).await;
        outcome(gone, what)?.map_or(Ok(()), |code| Err(refused(what(), code)))
    }

    /// The settings that a topic has of its own, the broker's defaults left out.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn topic_settings(&self, topic: &str) -> Result<Vec<(String, String)>, ClusterError> {
        let what = || format!("asking for the settings of `{topic}`");
        let specifier = [ResourceSpecifier::Topic(topic)];
        let found = self.client.describe_configs(&specifier, &self.options).await;
        let found = found.map_err(|error| ClusterError::answer(what(), &error))?;
        let mut settings = Vec::new();
        for resource in found {
            let resource = resource.map_err(|code| refused(what(), code))?;
            let own = |entry: ConfigEntry| match entry.source {
                ConfigSource::DynamicTopic => Some((entry.name, entry.value?)),
                _ => None,
            };
            settings.extend(resource.entries.into_iter().filter_map(own));
        }
        settings.sort();
        Ok(settings)
    }

    /// Those of [`Self::topic_settings`] that decide how long and in which form records live.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn record_settings(&self, topic: &str) -> Result<Vec<(String, String)>, ClusterError> {
        let mut settings = self.topic_settings(topic).await?;
        settings.retain(|(name, _)| OF_RECORDS.contains(&&**name));
        Ok(settings)
    }

    /// Gives a topic exactly these settings of its own; those that are not named go back to the broker's defaults.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn set_topic_settings(
        &self,
        topic: &str,
        settings: &[(String, String)],
    ) -> Result<(), ClusterError> {
        let what = || format!("changing the settings of `{topic}`");
        let altered = AlterConfig::new(ResourceSpecifier::Topic(topic));
        let altered = settings.iter().fold(altered, |all, (name, value)| all.set(name, value));
        let made = self.client.alter_configs([&altered], &self.options).await;
        let made = made.map_err(|error| ClusterError::answer(what(), &error))?;
        match made.into_iter().next() {
            Some(Err((_, code))) => Err(refused(what(), code)),
            _ => Ok(()),
        }
    }
}

/// What the cluster says of the one topic that it was asked about; `None` when all is well.
fn outcome(
    answers: KafkaResult<Vec<TopicResult>>,
    what: impl Fn() -> String,
) -> Result<Option<RDKafkaErrorCode>, ClusterError> {
    let answers = answers.map_err(|error| ClusterError::answer(what(), &error))?;
    Ok(answers.into_iter().next().and_then(Result::err).map(|(_, code)| code))
}

fn refused(what: String, code: RDKafkaErrorCode) -> ClusterError {
    ClusterError::Answer { what, reason: code.to_string() }
}
