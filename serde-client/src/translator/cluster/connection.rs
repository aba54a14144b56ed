//! How a cluster is reached.

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;

/// Where a cluster is, and how its client is set up.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// `host:port`, more of them with commas between.
    pub bootstrap: String,
    /// Settings of librdkafka for every client, such as `security.protocol`; they go before the translator's own.
    pub properties: Vec<(String, String)>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Properties may hold passwords.
        f.debug_struct("Connection").field("bootstrap", &self.bootstrap).finish_non_exhaustive()
    }
}

/// A cluster does not do what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// A client cannot be made, mostly because of a setting.
    #[error("a Kafka client cannot be made: {0}")]
    Client(String),
    /// It does not answer, or answers with an error.
    #[error("{what} failed: {reason}")]
    Answer {
        /// What was asked.
        what: String,
        /// What the client says.
        reason: String,
    },
    /// A topic does not exist.
    #[error("the topic `{0}` does not exist: create it, with as many partitions as the other one")]
    NoTopic(String),
    /// Reading makes no progress.
    #[error("`{0}` gives neither records nor its end")]
    Stalled(String),
}

impl ClusterError {
    /// Whether it may be another thing next time. What a setting has caused stays.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Client(_) | Self::NoTopic(_) => false,
            Self::Answer { .. } | Self::Stalled(_) => true,
        }
    }

    pub(crate) fn answer(what: impl Into<String>, reason: &KafkaError) -> Self {
        Self::Answer { what: what.into(), reason: reason.to_string() }
    }

    pub(crate) fn client(reason: &KafkaError) -> Self {
        Self::Client(reason.to_string())
    }
}

impl Connection {
    /// The settings of a client: `own` first, what the caller wants over them.
    pub(crate) fn config(&self, own: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        for (name, value) in own {
            config.set(*name, *value);
        }
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config
    }
}

/// A transaction that is to be aborted. Its calls give the same error, and whoever makes them says what follows: as a rule
/// the group has a new member, and the batch is written again.
const TRANSACTION_FAILED: &str = "TXNERR";

/// Writes what librdkafka has to say to the log.
pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        _ if facility == TRANSACTION_FAILED => tracing::debug!("{facility}: {message}"),
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => tracing::error!("{facility}: {message}"),
        RDKafkaLogLevel::Warning => tracing::warn!("{facility}: {message}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => tracing::info!("{facility}: {message}"),
        RDKafkaLogLevel::Debug => tracing::debug!("{facility}: {message}"),
    }
}

/// A client that only logs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logged;

impl ClientContext for Logged {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!("{error}: {reason}");
    }
}

impl ConsumerContext for Logged {}
