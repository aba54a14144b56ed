//! Topics that a migration needs and that are not there yet.

use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;

use super::connection::{ClusterError, Connection};

/// How long the cluster may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Settings of a topic that decide how long and in which form its records live.
const KEPT: &[&str] =
    &["cleanup.policy", "retention.ms", "retention.bytes", "max.message.bytes", "message.timestamp.type"];

/// Creates topics. Waits for the cluster; not for threads that may not wait.
pub struct TopicCreation {
    admin: AdminClient<DefaultClientContext>,
    options: AdminOptions,
}

impl TopicCreation {
    /// A client.
    ///
    /// # Errors
    /// [`ClusterError::Client`].
    pub fn connect(connection: &Connection) -> Result<Self, ClusterError> {
        let admin = connection.config(&[]).create().map_err(|error| ClusterError::client(&error))?;
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE));
        Ok(Self { admin, options })
    }

    /// What a topic says itself about how its records live; defaults of the broker are not among it.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn settings(&self, topic: &str) -> Result<Vec<(String, String)>, ClusterError> {
        let what = || format!("asking for the settings of `{topic}`");
        let asked = [ResourceSpecifier::Topic(topic)];
        let answers = self.admin.describe_configs(&asked, &self.options).await;
        let answers = answers.map_err(|error| ClusterError::answer(what(), &error))?;
        let mut settings = Vec::new();
        for answer in answers {
            let found = answer.map_err(|code| ClusterError::answer(what(), &KafkaError::AdminOp(code)))?;
            let own =
                found.entries.into_iter().filter(|entry| !entry.is_default && KEPT.contains(&&*entry.name));
            settings.extend(own.filter_map(|entry| Some((entry.name, entry.value?))));
        }
        Ok(settings)
    }

    /// Creates a topic with the cluster's default replication; `false` when it is there already.
    ///
    /// # Errors
    /// [`ClusterError::Answer`].
    pub async fn create(
        &self,
        topic: &str,
        partitions: i32,
        settings: &[(String, String)],
    ) -> Result<bool, ClusterError> {
        let what = || format!("creating `{topic}`");
        // -1 is the broker's default.
        let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1));
        for (name, value) in settings {
            new = new.set(name, value);
        }
        let answers = self.admin.create_topics([&new], &self.options).await;
        let answers = answers.map_err(|error| ClusterError::answer(what(), &error))?;
        match answers.into_iter().next() {
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(false),
            Some(Err((_, code))) => Err(ClusterError::answer(what(), &KafkaError::AdminOp(code))),
            _ => Ok(true),
        }
    }
}

impl std::fmt::Debug for TopicCreation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TopicCreation")
    }
}
