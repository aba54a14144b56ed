//! What a serializer is told.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use schema::model::ids::{Guid, SchemaId};

use super::Serializer;
use crate::client::{Normalize, RegistryClient};
use crate::codec::{Codec, Described, Encode, PrepareError};
use crate::own_schema::OwnSchema;
use crate::subject_name::{RecordPart, SubjectNameStrategy};

/// Where the schema that records are written with comes from.
///
/// The reference client has a switch for each and lets the first of them win silently; here there is one choice.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::{MockRegistry, Route};
/// use serde_client::serializer::WriterSchema;
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let client = registry.client();
/// // A pipeline has registered the schema; the producer takes what is there and registers nothing.
/// client.register("names-value", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// let names = Serializer::<Avro, str>::builder(client).writer_schema(WriterSchema::Latest).build();
/// assert_eq!(names.prepare("names").await?.schema_id(), Some(1));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WriterSchema {
    /// The serializer's own schema, registered if the subject does not have it (`auto.register.schemas`). The default,
    /// as in the reference client. Producers of a company that registers schemas in its pipelines take
    /// [`WriterSchema::Lookup`].
    #[default]
    Register,
    /// The serializer's own schema, which must be registered.
    Lookup,
    /// The newest version of the subject (`use.latest.version`).
    Latest,
    /// The newest version whose metadata has these properties (`use.latest.with.metadata`).
    LatestWithMetadata(BTreeMap<String, String>),
    /// The schema with this id (`use.schema.id`).
    Id(SchemaId),
    /// The schema with this guid (`use.schema.guid`).
    Guid(Guid),
}

/// Whether a registered schema must be able to read records of the serializer's own schema.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
/// use serde_client::serializer::{Strictness, WriterSchema};
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("ages-value", &SchemaDefinition::avro(r#""int""#), Normalize::No).await?;
/// let ages = Serializer::<Avro, i64>::builder(client).schema(SchemaDefinition::avro(r#""long""#));
/// let ages = ages.writer_schema(WriterSchema::Latest);
/// assert!(ages.clone().build().prepare("ages").await.is_err(), "an int has no place for every long");
/// // The program knows that no age is that large.
/// assert!(ages.strictness(Strictness::Unchecked).build().prepare("ages").await.is_ok());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// It must (`latest.compatibility.strict`, `id.compatibility.strict`).
    #[default]
    Checked,
    /// Nothing is compared.
    Unchecked,
}

/// Where a record says which schema it was written with.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::framing::VALUE_HEADER;
/// use serde_client::mock::MockRegistry;
/// use serde_client::serializer::Placement;
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let names = Serializer::<Avro, str>::builder(MockRegistry::new().client());
/// let names = names.schema(SchemaDefinition::avro(r#""string""#)).placement(Placement::Header).build();
/// let names = names.prepare("names").await?;
/// assert_eq!(names.serialize("Ada")?, b"\x06Ada", "no prefix");
/// assert!(matches!(names.header(), Some((VALUE_HEADER, guid)) if guid.len() == 17));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// The schema id in front of the record. Every reader understands it.
    #[default]
    Prefix,
    /// The guid in front of the record.
    GuidPrefix,
    /// The guid in a header; the record has no prefix. The producer must send the header, see
    /// [`TopicSerializer::header`](super::TopicSerializer::header).
    Header,
}

/// What a serializer is told.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) part: RecordPart,
    pub(super) strategy: SubjectNameStrategy,
    pub(super) writer: WriterSchema,
    pub(super) strictness: Strictness,
    pub(super) normalize: Normalize,
    pub(super) placement: Placement,
    pub(super) own: Option<OwnSchema>,
    pub(super) message: Option<String>,
}

/// Builds a [`Serializer`].
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::mock::MockRegistry;
/// use serde_client::subject_name::SubjectNameStrategy;
/// use serde_client::{Avro, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let ids = Serializer::<Avro, i64>::builder(MockRegistry::new().client())
///     .schema(SchemaDefinition::avro(r#""long""#))
///     .key()
///     .subject_name_strategy(SubjectNameStrategy::Topic)
///     .build();
/// assert_eq!(ids.prepare("orders").await?.subject(), "orders-key");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SerializerBuilder<C, T: ?Sized> {
    client: RegistryClient,
    settings: Settings,
    value: PhantomData<fn(&T) -> C>,
}

impl<C: Codec, T: Encode<C> + ?Sized> SerializerBuilder<C, T> {
    pub(super) fn new(client: RegistryClient) -> Self {
        let settings = Settings {
            part: RecordPart::default(),
            strategy: SubjectNameStrategy::default(),
            writer: WriterSchema::default(),
            strictness: Strictness::default(),
            normalize: Normalize::default(),
            placement: Placement::default(),
            own: None,
            message: None,
        };
        Self { client, settings, value: PhantomData }
    }

    /// Serializes keys instead of values.
    pub fn key(mut self) -> Self {
        self.settings.part = RecordPart::Key;
        self
    }

    /// The serializer's own schema.
    pub fn schema(mut self, own: impl Into<OwnSchema>) -> Self {
        self.settings.own = Some(own.into());
        self
    }

    /// Takes the schema that the value's type describes itself with.
    ///
    /// # Errors
    /// [`PrepareError`] when the type has no schema of this language.
    pub fn own_schema(mut self) -> Result<Self, PrepareError>
    where
        T: Described<C>,
    {
        self.settings.own = Some(T::own_schema()?);
        self.settings.message = T::message_name().or(self.settings.message);
        Ok(self)
    }

    /// The full name of the message that is written, where a schema declares several.
    pub fn message(mut self, full_name: impl Into<String>) -> Self {
        self.settings.message = Some(full_name.into());
        self
    }

    /// How subjects are named.
    pub fn subject_name_strategy(mut self, strategy: SubjectNameStrategy) -> Self {
        self.settings.strategy = strategy;
        self
    }

    /// Where the schema that records are written with comes from.
    pub fn writer_schema(mut self, writer: WriterSchema) -> Self {
        self.settings.writer = writer;
        self
    }

    /// Whether a registered schema must be able to read records of the serializer's own schema.
    pub fn strictness(mut self, strictness: Strictness) -> Self {
        self.settings.strictness = strictness;
        self
    }

    /// Whether schemas are normalised when they are registered or looked up.
    pub fn normalize(mut self, normalize: Normalize) -> Self {
        self.settings.normalize = normalize;
        self
    }

    /// Where a record says which schema it was written with.
    pub fn placement(mut self, placement: Placement) -> Self {
        self.settings.placement = placement;
        self
    }

    /// The serializer. Nothing is asked of the registry before the first topic is prepared.
    #[must_use]
    pub fn build(self) -> Serializer<C, T> {
        Serializer {
            client: self.client,
            settings: Arc::new(self.settings),
            topics: Arc::default(),
            value: PhantomData,
        }
    }
}
