//! From a topic to the schema that its records are written with, in the order of the reference client.

use std::marker::PhantomData;
use std::sync::Arc;

use schema::incompatibility::Incompatibility;
use schema::model::config::CompatibilityPolicy;
use schema::parsed::ParsedSchema;

use super::builder::{Placement, Settings, Strictness, WriterSchema};
use super::{SerializeError, TopicSerializer, imports};
use crate::client::{RegisteredSchema, RegistryClient, RegistryError, SchemaDefinition};
use crate::codec::Codec;
use crate::framing::{Prefix, SchemaIdentity};
use crate::own_schema::{OwnSchema, parsed_own};

/// What is said of a schema that cannot read another one: the first few reasons.
const REASONS_MAX: usize = 3;

/// Finds the subject and its schema, and compiles it.
pub(super) async fn prepare<C: Codec, T: ?Sized>(
    client: &RegistryClient,
    settings: &Settings,
    topic: &str,
) -> Result<TopicSerializer<C, T>, SerializeError> {
    let own = match &settings.own {
        Some(own) => Some(own_schema(client, own, topic).await?),
        None => None,
    };
    let named = own.as_deref().and_then(ParsedSchema::record_name);
    let record_name = settings.message.as_deref().or(named.as_deref());
    let subject = settings.strategy.subject(client, topic, settings.part, record_name).await?;
    let source = Source { client, settings, subject: &subject };
    let compiled = |schema: &ParsedSchema| {
        let writer = C::writer(schema, settings.message.as_deref());
        writer.map_err(|error| SerializeError::Prepare { subject: subject.clone(), error })
    };
    if let Some(own) = own.as_deref() {
        // Before it is registered: nobody is to find a schema there that its own serializer cannot write with.
        compiled(own)?;
    }
    let registered = source.registered().await?;
    let parsed = client.parsed(&registered).await.map_err(|error| source.failed(error))?;
    source.check(own.as_deref(), &parsed, &registered)?;
    let writer = compiled(&parsed)?;
    let mut identity = source.identity(&registered)?.as_bytes().to_vec();
    identity.extend_from_slice(C::message_indexes(&writer));
    let (prefix, header) = match settings.placement {
        Placement::Prefix | Placement::GuidPrefix => (identity.into(), None),
        Placement::Header => (Box::default(), Some(identity.into())),
    };
    Ok(TopicSerializer {
        writer,
        part: settings.part,
        id: registered.id,
        guid: registered.guid,
        subject: subject.into(),
        prefix,
        header,
        value: PhantomData,
    })
}

/// The serializer's own schema, parsed with its references.
async fn own_schema(
    client: &RegistryClient,
    own: &OwnSchema,
    topic: &str,
) -> Result<Arc<ParsedSchema>, SerializeError> {
    let parsed = parsed_own(client, own).await;
    parsed.map_err(|error| SerializeError::Registry { subject: topic.to_owned(), error })
}

/// Where a schema is asked for.
struct Source<'a> {
    client: &'a RegistryClient,
    settings: &'a Settings,
    subject: &'a str,
}

impl Source<'_> {
    fn failed(&self, error: RegistryError) -> SerializeError {
        SerializeError::Registry { subject: self.subject.to_owned(), error }
    }

    /// The schema that records are written with.
    async fn registered(&self) -> Result<Arc<RegisteredSchema>, SerializeError> {
        let Self { client, settings, subject } = *self;
        let found = match &settings.writer {
            WriterSchema::Register => {
                client.register(subject, &self.definition("register").await?, settings.normalize).await
            }
            WriterSchema::Lookup => {
                client.lookup(subject, &self.definition("look up").await?, settings.normalize).await
            }
            WriterSchema::Latest => client.latest_version(subject).await,
            WriterSchema::LatestWithMetadata(metadata) => {
                client.latest_with_metadata(subject, metadata).await
            }
            WriterSchema::Id(id) => client.schema_by_id(*id, Some(subject)).await,
            WriterSchema::Guid(guid) => self.by_guid(client.schema_by_guid(*guid).await).await,
        };
        found.map_err(|error| self.failed(error))
    }

    /// A schema found by its guid, with its id where records carry one.
    async fn by_guid(
        &self,
        found: Result<Arc<RegisteredSchema>, RegistryError>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let found = found?;
        if self.settings.placement != Placement::Prefix || found.id.is_some() {
            return Ok(found);
        }
        self.client.lookup(self.subject, &found.definition, self.settings.normalize).await
    }

    /// The own schema with references to its imports, as the registry takes it.
    async fn definition(&self, action: &'static str) -> Result<SchemaDefinition, SerializeError> {
        let missing = || SerializeError::NoSchema { action, subject: self.subject.to_owned() };
        let own = self.settings.own.as_ref().ok_or_else(missing)?;
        imports::registered(self.client, self.settings, own).await
    }

    /// Whether records of the own schema may be written with a schema that somebody else registered.
    fn check(
        &self,
        own: Option<&ParsedSchema>,
        registered: &ParsedSchema,
        answer: &RegisteredSchema,
    ) -> Result<(), SerializeError> {
        let is_own = matches!(self.settings.writer, WriterSchema::Register | WriterSchema::Lookup);
        let Some(own) = own.filter(|_| !is_own && self.settings.strictness == Strictness::Checked) else {
            return Ok(());
        };
        // The strict policy lets some records pass that could not be read, as the reference's rules do.
        let reasons = match ParsedSchema::can_read(registered, own, CompatibilityPolicy::Precise) {
            Some(findings) => findings.iter().take(REASONS_MAX).map(reason).collect(),
            None => vec![format!("it is of type {}", registered.schema_type())],
        };
        if reasons.is_empty() {
            return Ok(());
        }
        Err(SerializeError::Incompatible { subject: self.subject.to_owned(), id: answer.id, reasons })
    }

    fn identity(&self, registered: &RegisteredSchema) -> Result<Prefix, SerializeError> {
        let (identity, missing) = match self.settings.placement {
            Placement::Prefix => (registered.id.map(SchemaIdentity::Id), "schema id"),
            Placement::GuidPrefix | Placement::Header => (registered.guid.map(SchemaIdentity::Guid), "guid"),
        };
        let missing = || SerializeError::NoIdentity { subject: self.subject.to_owned(), missing };
        identity.map(Prefix::of).ok_or_else(missing)
    }
}

fn reason(finding: &Incompatibility) -> String {
    format!("{} at `{}`", finding.reason, finding.path)
}
