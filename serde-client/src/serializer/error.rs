//! Why a record cannot be written.

use std::sync::Arc;

use schema::model::ids::SchemaId;

use crate::client::RegistryError;
use crate::codec::{EncodeError, PrepareError};
use crate::subject_name::SubjectNameError;

/// Why a record cannot be written. Its text tells the cause as well, so a log needs no chain of sources.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::serializer::SerializeError;
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let small = Serializer::<Avro, i64>::builder(client).schema(SchemaDefinition::avro(r#""int""#)).build();
/// let error = small.serialize("small", Some(&(1 << 40))).await.unwrap_err();
/// assert!(matches!(error, SerializeError::Encode { .. }) && !error.is_retriable());
/// # });
/// ```
#[derive(Clone, Debug, thiserror::Error)]
pub enum SerializeError {
    /// The subject is not known.
    #[error(transparent)]
    SubjectName(#[from] SubjectNameError),
    /// The serializer was given no schema and would need one.
    #[error(
        "the serializer has no schema to {action} under subject `{subject}`: give it one, or let it use a registered one"
    )]
    NoSchema {
        /// What it would be needed for.
        action: &'static str,
        /// The subject.
        subject: String,
    },
    /// The registry did not give the schema.
    #[error("no schema for writing under subject `{subject}`: {error}")]
    Registry {
        /// The subject.
        subject: String,
        /// Why.
        error: RegistryError,
    },
    /// The registered schema does not read what the serializer's own schema describes.
    #[error("the registered schema (id {id:?}) of subject `{subject}` cannot read records of the serializer's schema: {}", .reasons.join("; "))]
    Incompatible {
        /// The subject.
        subject: String,
        /// Id of the registered schema, where known.
        id: Option<SchemaId>,
        /// What would be read wrongly.
        reasons: Vec<String>,
    },
    /// The answer of the registry lacks what the prefix needs.
    #[error("the registry gave no {missing} for the schema of subject `{subject}`")]
    NoIdentity {
        /// The subject.
        subject: String,
        /// `schema id` or `guid`.
        missing: &'static str,
    },
    /// The schema cannot be used by the codec.
    #[error("the schema of subject `{subject}` cannot be used for writing: {error}")]
    Prepare {
        /// The subject.
        subject: String,
        /// Why.
        error: PrepareError,
    },
    /// The value does not fit the schema.
    #[error("the value does not fit the schema of subject `{subject}`: {error}")]
    Encode {
        /// The subject.
        subject: Arc<str>,
        /// Where and why.
        error: EncodeError,
    },
}

impl SerializeError {
    /// Whether the same call may succeed later, because the registry could not be reached or was too busy.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::SubjectName(SubjectNameError::Registry { error, .. }) | Self::Registry { error, .. } => {
                error.is_retriable()
            }
            _ => false,
        }
    }
}
