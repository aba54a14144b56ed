//! What a deserializer is told.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Deserializer;
use crate::client::RegistryClient;
use crate::codec::{Codec, Described, Limits, PrepareError};
use crate::framing::SchemaIdentity;
use crate::own_schema::OwnSchema;
use crate::subject_name::{RecordPart, SubjectNameStrategy};

/// The schema that records are read as.
///
/// ```
/// use serde_client::client::SchemaDefinition;
/// use serde_client::deserializer::ReaderSchema;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record, Serializer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let writer = Serializer::<Avro, i32>::builder(client.clone()).schema(SchemaDefinition::avro(r#""int""#));
/// let record = writer.build().serialize("numbers", Some(&7)).await?.unwrap();
/// let wide = ReaderSchema::given(SchemaDefinition::avro(r#""double""#));
/// let numbers = Deserializer::<Avro>::builder(client).reader_schema(wide).build().topic("numbers");
/// assert_eq!(numbers.deserialize::<f64>(Record::new(&record)).await?, 7.0);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReaderSchema {
    /// The one they were written with.
    #[default]
    Writer,
    /// This one.
    Given(Box<OwnSchema>),
    /// The newest version of the subject (`use.latest.version`), as it is when a writer schema is first met.
    Latest,
    /// The newest version whose metadata has these properties (`use.latest.with.metadata`).
    LatestWithMetadata(BTreeMap<String, String>),
}

impl ReaderSchema {
    /// A schema that the program brings along.
    pub fn given(own: impl Into<OwnSchema>) -> Self {
        Self::Given(Box::new(own.into()))
    }
}

/// Where a record says which schema it was written with.
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::deserializer::Lookout;
/// use serde_client::framing::SchemaIdentity;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("numbers-value", &SchemaDefinition::avro(r#""long""#), Normalize::No).await?;
/// // Records of a producer that knows no registry.
/// let bare = Deserializer::<Avro>::builder(client).lookout(Lookout::Fixed(SchemaIdentity::Id(1)));
/// assert_eq!(bare.build().topic("numbers").deserialize::<i64>(Record::new(&[14])).await?, 7);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lookout {
    /// In its header, else in its prefix (`DualSchemaIdDeserializer`).
    #[default]
    HeaderOrPrefix,
    /// In its prefix; headers are not looked at.
    Prefix,
    /// Nowhere: all records were written with this schema and have no prefix (`ConfigSchemaIdDeserializer`).
    Fixed(SchemaIdentity),
}

/// What a deserializer is told.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) part: RecordPart,
    pub(super) strategy: SubjectNameStrategy,
    pub(super) reader: ReaderSchema,
    pub(super) lookout: Lookout,
    pub(super) message: Option<String>,
    pub(super) limits: Limits,
}

/// Builds a [`Deserializer`].
///
/// ```
/// use serde_client::client::{Normalize, SchemaDefinition};
/// use serde_client::deserializer::ReaderSchema;
/// use serde_client::mock::MockRegistry;
/// use serde_client::{Avro, Deserializer, Record};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// for text in [r#""int""#, r#""double""#] {
///     client.register("weights-key", &SchemaDefinition::avro(text), Normalize::No).await?;
/// }
/// let weights = Deserializer::<Avro>::builder(client).key().reader_schema(ReaderSchema::Latest).build();
/// let old = Record::new(&[0, 0, 0, 0, 1, 14]);
/// assert_eq!(weights.topic("weights").deserialize::<f64>(old).await?, 7.0);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DeserializerBuilder<C: Codec> {
    client: RegistryClient,
    settings: Settings,
    codec: PhantomData<fn() -> C>,
}

impl<C: Codec> DeserializerBuilder<C> {
    pub(super) fn new(client: RegistryClient) -> Self {
        let settings = Settings {
            part: RecordPart::default(),
            strategy: SubjectNameStrategy::default(),
            reader: ReaderSchema::default(),
            lookout: Lookout::default(),
            message: None,
            limits: Limits::default(),
        };
        Self { client, settings, codec: PhantomData }
    }

    /// Deserializes keys instead of values.
    pub fn key(mut self) -> Self {
        self.settings.part = RecordPart::Key;
        self
    }

    /// The schema that records are read as.
    pub fn reader_schema(mut self, reader: ReaderSchema) -> Self {
        self.settings.reader = reader;
        self
    }

    /// Reads records as the schema that a type describes itself with.
    ///
    /// # Errors
    /// [`PrepareError`] when the type has no schema of this language.
    pub fn schema_of<T: Described<C>>(mut self) -> Result<Self, PrepareError> {
        self.settings.reader = ReaderSchema::given(T::own_schema()?);
        self.settings.message = T::message_name().or(self.settings.message);
        Ok(self)
    }

    /// The full name of the message that is expected, where a schema declares several. Records that hold another one are
    /// refused; without a name, a typed reader takes whatever comes for its own.
    pub fn message(mut self, full_name: impl Into<String>) -> Self {
        self.settings.message = Some(full_name.into());
        self
    }

    /// How subjects are named. Only readers of [`ReaderSchema::Latest`] and registries with contexts need them.
    pub fn subject_name_strategy(mut self, strategy: SubjectNameStrategy) -> Self {
        self.settings.strategy = strategy;
        self
    }

    /// Where a record says which schema it was written with.
    pub fn lookout(mut self, lookout: Lookout) -> Self {
        self.settings.lookout = lookout;
        self
    }

    /// Bounds of what one record may make the decoder do.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// The deserializer. Nothing is asked of the registry before the first record.
    #[must_use]
    pub fn build(self) -> Deserializer<C> {
        Deserializer { client: self.client, settings: Arc::new(self.settings), codec: PhantomData }
    }
}
