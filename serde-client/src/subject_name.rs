//! Which subject of the registry holds the schemas of a topic.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::client::{RegistryClient, RegistryError};

/// Whether a record's key or its value is meant.
///
/// ```
/// use std::sync::Arc;
/// use serde_client::mock::MockRegistry;
/// use serde_client::subject_name::{RecordPart, SubjectNameStrategy};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let strategy = SubjectNameStrategy::Custom(Arc::new(|topic, part, _| match part {
///     RecordPart::Key => "customer-ids".to_owned(),
///     RecordPart::Value => format!("{topic}.{part}"),
/// }));
/// let client = MockRegistry::new().client();
/// assert_eq!(strategy.subject(&client, "orders", RecordPart::Key, None).await?, "customer-ids");
/// assert_eq!(strategy.subject(&client, "orders", RecordPart::Value, None).await?, "orders.value");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecordPart {
    /// The key, by which records are distributed over partitions and compacted.
    Key,
    /// The value.
    #[default]
    Value,
}

impl RecordPart {
    /// `key` or `value`, as in subject names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
        }
    }
}

impl fmt::Display for RecordPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How a subject is named (`subject.name.strategy` of the reference client).
///
/// ```
/// use serde_client::mock::MockRegistry;
/// use serde_client::subject_name::{RecordPart, SubjectNameStrategy};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let strategy = SubjectNameStrategy::TopicRecord;
/// let subject = strategy.subject(&client, "clicks", RecordPart::Value, Some("web.Click")).await?;
/// assert_eq!(subject, "clicks-web.Click");
/// # Ok::<_, serde_client::subject_name::SubjectNameError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Default)]
pub enum SubjectNameStrategy {
    /// `<topic>-key` or `<topic>-value`.
    Topic,
    /// The full name of the record: all topics share it.
    Record,
    /// `<topic>-<full name of the record>`.
    TopicRecord,
    /// What the registry associates with the topic; else what the fallback says. The reference client's default, with
    /// [`Fallback::Topic`].
    #[default]
    AssociatedOrTopic,
    /// The same with another cluster or fallback.
    Associated {
        /// The Kafka cluster's id as the associations name it; `-` where they name none.
        cluster: String,
        /// What counts where nothing is associated.
        fallback: Fallback,
    },
    /// Whatever the function says: topic, part, and full name of the record where it has one.
    Custom(NameFunction),
}

/// A function that names a subject.
pub type NameFunction = Arc<dyn Fn(&str, RecordPart, Option<&str>) -> String + Send + Sync>;

impl fmt::Debug for SubjectNameStrategy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic => formatter.write_str("Topic"),
            Self::Record => formatter.write_str("Record"),
            Self::TopicRecord => formatter.write_str("TopicRecord"),
            Self::AssociatedOrTopic => formatter.write_str("AssociatedOrTopic"),
            Self::Associated { cluster, fallback } => formatter
                .debug_struct("Associated")
                .field("cluster", cluster)
                .field("fallback", fallback)
                .finish(),
            Self::Custom(_) => formatter.write_str("Custom"),
        }
    }
}

/// What counts where no subject is associated with a topic.
///
/// ```
/// use serde_client::mock::MockRegistry;
/// use serde_client::subject_name::{Fallback, RecordPart, SubjectNameError, SubjectNameStrategy};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let strategy = SubjectNameStrategy::Associated { cluster: "-".to_owned(), fallback: Fallback::Refuse };
/// let refused = strategy.subject(&client, "clicks", RecordPart::Value, None).await;
/// assert!(matches!(refused, Err(SubjectNameError::NotAssociated { .. })), "no name is made up");
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// As [`SubjectNameStrategy::Topic`].
    #[default]
    Topic,
    /// As [`SubjectNameStrategy::Record`].
    Record,
    /// As [`SubjectNameStrategy::TopicRecord`].
    TopicRecord,
    /// An error.
    Refuse,
}

/// A topic has no subject.
///
/// ```
/// use serde_client::client::AssociationType;
/// use serde_client::mock::MockRegistry;
/// use serde_client::subject_name::{RecordPart, SubjectNameError, SubjectNameStrategy};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.associate("clicks", AssociationType::Value, "clicks-v1");
/// registry.associate("clicks", AssociationType::Value, "clicks-v2");
/// let strategy = SubjectNameStrategy::default();
/// let error = strategy.subject(&registry.client(), "clicks", RecordPart::Value, None).await.unwrap_err();
/// let SubjectNameError::Ambiguous { subjects, .. } = error else { panic!("{error}") };
/// assert_eq!(subjects, ["clicks-v1", "clicks-v2"]);
/// # });
/// ```
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubjectNameError {
    /// The strategy needs a name that the schema does not have.
    #[error("the schema has no record name, which the subject name strategy of topic `{topic}` needs")]
    NoRecordName {
        /// The topic.
        topic: String,
    },
    /// Nothing is associated, and nothing else may count.
    #[error("the registry associates no subject with the {part}s of topic `{topic}`")]
    NotAssociated {
        /// The topic.
        topic: String,
        /// Key or value.
        part: RecordPart,
    },
    /// More than one subject is associated.
    #[error("the registry associates several subjects with the {part}s of topic `{topic}`: {}", .subjects.join(", "))]
    Ambiguous {
        /// The topic.
        topic: String,
        /// Key or value.
        part: RecordPart,
        /// All of them.
        subjects: Vec<String>,
    },
    /// The registry could not be asked.
    #[error("the subject of topic `{topic}` cannot be asked for: {error}")]
    Registry {
        /// The topic.
        topic: String,
        /// Why.
        error: RegistryError,
    },
}

/// The cluster that associations are made with where nobody names one.
const ANY_CLUSTER: &str = "-";

impl SubjectNameStrategy {
    /// Whether the name of the record takes part, so that a subject cannot be known before its schema.
    #[must_use]
    pub fn needs_record_name(&self) -> bool {
        let fallback = match self {
            Self::Record | Self::TopicRecord | Self::Custom(_) => return true,
            Self::Topic | Self::AssociatedOrTopic => return false,
            Self::Associated { fallback, .. } => fallback,
        };
        matches!(fallback, Fallback::Record | Fallback::TopicRecord)
    }

    /// The subject of a topic. `record_name` is the full name of the record (`title` in JSON Schema).
    ///
    /// # Errors
    /// [`SubjectNameError`] when there is none, or the registry cannot be asked.
    pub async fn subject(
        &self,
        client: &RegistryClient,
        topic: &str,
        part: RecordPart,
        record_name: Option<&str>,
    ) -> Result<String, SubjectNameError> {
        match self {
            Self::Topic => by_rule(Fallback::Topic, topic, part, record_name),
            Self::Record => by_rule(Fallback::Record, topic, part, record_name),
            Self::TopicRecord => by_rule(Fallback::TopicRecord, topic, part, record_name),
            Self::Custom(name) => Ok(name(topic, part, record_name)),
            Self::AssociatedOrTopic => match associated(client, ANY_CLUSTER, topic, part).await? {
                Some(subject) => Ok(subject),
                None => by_rule(Fallback::Topic, topic, part, record_name),
            },
            Self::Associated { cluster, fallback } => match associated(client, cluster, topic, part).await? {
                Some(subject) => Ok(subject),
                None => by_rule(*fallback, topic, part, record_name),
            },
        }
    }
}

fn by_rule(
    rule: Fallback,
    topic: &str,
    part: RecordPart,
    record_name: Option<&str>,
) -> Result<String, SubjectNameError> {
    let name = || record_name.ok_or_else(|| SubjectNameError::NoRecordName { topic: topic.to_owned() });
    Ok(match rule {
        Fallback::Topic => format!("{topic}-{part}"),
        Fallback::Record => name()?.to_owned(),
        Fallback::TopicRecord => format!("{topic}-{}", name()?),
        Fallback::Refuse => return Err(SubjectNameError::NotAssociated { topic: topic.to_owned(), part }),
    })
}

async fn associated(
    client: &RegistryClient,
    cluster: &str,
    topic: &str,
    part: RecordPart,
) -> Result<Option<String>, SubjectNameError> {
    let subjects = client.resource_subjects(cluster, topic, part == RecordPart::Key).await;
    let subjects = subjects.map_err(|error| SubjectNameError::Registry { topic: topic.to_owned(), error })?;
    let mut subjects: Vec<String> = subjects.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    match subjects.len() {
        0 | 1 => Ok(subjects.pop()),
        _ => Err(SubjectNameError::Ambiguous { topic: topic.to_owned(), part, subjects }),
    }
}
