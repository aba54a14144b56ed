//! Schemas as serializers see them.

use std::fmt;

use schema::model::ids::{Guid, SchemaId, Version};
use schema::model::metadata::Metadata;
use schema::model::ruleset::RuleSet;
use schema::model::schema::{SchemaReference, SchemaType};

/// A schema with all that counts towards its identity.
///
/// ```
/// use serde_client::client::SchemaDefinition;
///
/// let definition = SchemaDefinition::avro(r#"{"type": "string"}"#);
/// assert!(definition.references.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaDefinition {
    /// Language.
    pub schema_type: SchemaType,
    /// The text in that language.
    pub text: String,
    /// What the text refers to.
    pub references: Vec<SchemaReference>,
    /// User-defined facts; on registering, absent ones are inherited from the latest version.
    pub metadata: Option<Metadata>,
    /// Rules; on registering, absent ones are inherited from the latest version.
    pub rule_set: Option<RuleSet>,
}

impl SchemaDefinition {
    /// An Avro schema without references.
    pub fn avro(text: impl Into<String>) -> Self {
        Self::of(SchemaType::Avro, text.into())
    }

    /// A Protobuf schema without references.
    pub fn protobuf(text: impl Into<String>) -> Self {
        Self::of(SchemaType::Protobuf, text.into())
    }

    /// A JSON Schema without references.
    pub fn json(text: impl Into<String>) -> Self {
        Self::of(SchemaType::Json, text.into())
    }

    fn of(schema_type: SchemaType, text: String) -> Self {
        Self { schema_type, text, ..Self::default() }
    }
}

/// A schema and what the registry calls it, as far as it was asked.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let definition = SchemaDefinition::avro(r#""string""#);
/// let registered = client.register("names-value", &definition, Normalize::No).await?;
/// assert_eq!((registered.version, registered.id), (Some(1), Some(1)));
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredSchema {
    /// A qualified subject that holds it.
    pub subject: Option<String>,
    /// Version within that subject.
    pub version: Option<Version>,
    /// Schema id within the context.
    pub id: Option<SchemaId>,
    /// Content hash.
    pub guid: Option<Guid>,
    /// The schema itself.
    pub definition: SchemaDefinition,
}

impl fmt::Display for RegisteredSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.subject, self.version, self.id, self.guid) {
            (Some(subject), Some(version), ..) => write!(f, "version {version} of subject `{subject}`"),
            (_, _, Some(id), _) => write!(f, "the schema with id {id}"),
            (.., Some(guid)) => write!(f, "the schema with guid {guid}"),
            _ => f.write_str("an unregistered schema"),
        }
    }
}

/// Whether the registry is asked to normalise a schema before it compares or keeps it, so that texts that differ only in
/// spelling count as one.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let plain = SchemaDefinition::avro(r#"{"type":"record","name":"a.B","fields":[]}"#);
/// let spelled = SchemaDefinition::avro(r#"{"type":"record","name":"B","namespace":"a","fields":[]}"#);
/// let one = client.register("s", &plain, Normalize::Yes).await?;
/// let same = client.register("s", &spelled, Normalize::Yes).await?;
/// assert_eq!(one.id, same.id);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalize {
    /// The registry's configuration decides.
    #[default]
    No,
    /// Yes.
    Yes,
}
