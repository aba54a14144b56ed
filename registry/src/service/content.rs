//! From what a client sends or the store holds to a parsed schema with its content hash.

use std::sync::{Arc, OnceLock};

use schema::fingerprint;
use schema::format::{DefinitionHash, ParseError, Strictness};
use schema::model::api::RegisterSchemaRequest;
use schema::model::ids::{Guid, Version};
use schema::model::metadata::Metadata;
use schema::model::ruleset::RuleSet;
use schema::model::schema::{SchemaReference, SchemaType};
use schema::model::subject::{Context, Subject};
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use sha2::{Digest, Sha256};

use super::error::RegistryError;
use super::references::{self, Liveness};
use crate::counted_cache::{CacheFigures, CountedCache};
use crate::store::{Reads, StoreError, StoredSchema};

/// What is to be parsed.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) schema_type: SchemaType,
    pub(super) text: String,
    pub(super) references: Vec<SchemaReference>,
    pub(super) metadata: Option<Metadata>,
    pub(super) rule_set: Option<RuleSet>,
}

impl Draft {
    /// Takes the parts of a request; the text may be blank.
    pub(super) fn of(request: &RegisterSchemaRequest) -> Result<Self, RegistryError> {
        let schema_type = match request.schema_type.as_deref() {
            None | Some("") => SchemaType::default(),
            Some(name) => SchemaType::parse(name).ok_or_else(|| {
                RegistryError::InvalidSchema(format!(
                    "Invalid schema type {name}; use AVRO, PROTOBUF or JSON, in capital letters"
                ))
            })?,
        };
        Ok(Self {
            schema_type,
            text: request.schema.clone().unwrap_or_default(),
            references: request.references.clone().unwrap_or_default(),
            metadata: request.metadata.clone(),
            rule_set: request.rule_set.clone(),
        })
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// A parsed schema with everything that takes part in its content hash.
#[derive(Clone)]
pub(super) struct Content {
    known: Arc<Known>,
    pub(super) references: Vec<SchemaReference>,
    pub(super) targets: Vec<(Subject, Version)>,
    pub(super) metadata: Option<Metadata>,
    pub(super) rule_set: Option<RuleSet>,
    pub(super) guid: Guid,
}

impl Content {
    pub(super) fn schema(&self) -> &ParsedSchema {
        &self.known.schema
    }

    /// Refuses a schema that lacks something it needs.
    pub(super) fn refuse_unlinked(&self) -> Result<(), RegistryError> {
        Ok(self.known.linked.get_or_init(|| self.known.schema.linked()).clone()?)
    }

    /// Refuses a schema that can be stored nowhere.
    pub(super) fn refuse_unloadable(&self) -> Result<(), RegistryError> {
        Ok(self.known.schema.loadable()?)
    }

    /// Refuses a schema that breaks the stricter rules of subjects whose fields are validated.
    pub(super) fn refuse_invalid_fields(&self) -> Result<(), RegistryError> {
        Ok(self.known.fields_valid.get_or_init(|| self.known.schema.fields_valid()).clone()?)
    }

    pub(super) fn definition(&self) -> DefinitionHash {
        *self.known.definition.get_or_init(|| self.known.schema.definition_hash())
    }
}

/// A parsed schema with what is derived from it when first asked for.
pub(super) struct Known {
    pub(super) schema: ParsedSchema,
    /// Why it would not do as a new schema, if so.
    refused: Option<ParseError>,
    memory_bytes: u64,
    linked: OnceLock<Result<(), ParseError>>,
    fields_valid: OnceLock<Result<(), ParseError>>,
    definition: OnceLock<DefinitionHash>,
    /// The content hash without references, metadata and rules.
    bare_guid: OnceLock<Guid>,
}

impl Known {
    fn new(schema: ParsedSchema, refused: Option<ParseError>) -> Arc<Self> {
        let memory_bytes = u64::try_from(schema.memory_size()).unwrap_or(u64::MAX).saturating_add(256);
        Arc::new(Self {
            schema,
            refused,
            memory_bytes,
            linked: OnceLock::new(),
            fields_valid: OnceLock::new(),
            definition: OnceLock::new(),
            bare_guid: OnceLock::new(),
        })
    }

    /// Parses as for a new schema, and only where that is refused as for one that exists.
    fn parse(
        draft: &Draft,
        references: &ResolvedReferences,
        reading: Reading,
    ) -> Result<Arc<Self>, ParseError> {
        let parse = |strictness| ParsedSchema::parse(draft.schema_type, &draft.text, references, strictness);
        let (mut schema, refused) = match parse(Strictness::New) {
            Ok(schema) => (schema, None),
            Err(refused) if reading.strictness == Strictness::New => return Err(refused),
            Err(refused) => (parse(Strictness::Stored)?, Some(refused)),
        };
        if reading.normalize {
            schema = schema.normalized()?;
        }
        Ok(Self::new(schema, refused))
    }

    fn guid(&self, references: &[SchemaReference], draft: &Draft) -> Guid {
        let (metadata, rule_set) = (draft.metadata.as_ref(), draft.rule_set.as_ref());
        let text = self.schema.canonical();
        if references.is_empty() && metadata.is_none() && rule_set.is_none() {
            return *self.bare_guid.get_or_init(|| fingerprint::guid(text, &[], None, None));
        }
        fingerprint::guid(text, references, metadata, rule_set)
    }
}

/// How a draft is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) strictness: Strictness,
    pub(super) liveness: Liveness,
    pub(super) normalize: bool,
}

impl Reading {
    /// For schemas that exist or may exist.
    pub(super) fn lenient(normalize: bool) -> Self {
        Self { strictness: Strictness::Stored, liveness: Liveness::Any, normalize }
    }

    /// For schemas that are to be registered.
    pub(super) fn new_schema(strictness: Strictness, normalize: bool) -> Self {
        Self { strictness, liveness: Liveness::Live, normalize }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Text([u8; 32]),
    Stored(Context, Guid, SchemaType),
}

#[derive(Clone)]
struct Weigher;

impl quick_cache::Weighter<Key, Arc<Known>> for Weigher {
    fn weight(&self, _: &Key, known: &Arc<Known>) -> u64 {
        known.memory_bytes
    }
}

/// Parses, and remembers what it parsed within a bound of bytes.
pub(super) struct Parser {
    cache: CountedCache<Key, Arc<Known>, Weigher>,
    admits_novelties: bool,
}

const SCHEMA_BYTES_TYPICAL: u64 = 8 * 1024;

impl Parser {
    pub(super) fn new(bytes_max: u64, admits_novelties: bool) -> Self {
        Self { cache: CountedCache::new(bytes_max, SCHEMA_BYTES_TYPICAL, Weigher), admits_novelties }
    }

    /// Refuses a schema of a language level that most clients cannot read yet, unless the operator admits it.
    fn refuse_novelty(&self, schema: &ParsedSchema) -> Result<(), RegistryError> {
        match schema.novelty() {
            Some(novelty) if !self.admits_novelties => Err(RegistryError::InvalidSchema(format!(
                "{novelty} is not taken, since most clients cannot read it yet; write the schema with \
                 syntax = \"proto3\", or start the registry with protobuf-editions = true"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn figures(&self) -> CacheFigures {
        self.cache.figures()
    }

    /// Parses a draft of a schema in `context`.
    pub(super) async fn content(
        &self,
        reads: &dyn Reads,
        context: &Context,
        draft: &Draft,
        reading: Reading,
    ) -> Result<Content, RegistryError> {
        let mut resolution = references::resolve(reads, context, &draft.references, reading.liveness).await?;
        resolution.refuse_other_types(draft.schema_type)?;
        let known = self.parse(draft, &resolution.texts(), reading)?;
        self.refuse_novelty(&known.schema)?;
        if reading.normalize {
            resolution.references.sort_by(|a, b| (&a.subject, a.version).cmp(&(&b.subject, b.version)));
            resolution.references.dedup();
        }
        let guid = known.guid(&resolution.references, draft);
        Ok(Content {
            known,
            references: resolution.references,
            targets: resolution.targets,
            metadata: draft.metadata.clone(),
            rule_set: draft.rule_set.clone(),
            guid,
        })
    }

    fn parse(
        &self,
        draft: &Draft,
        references: &ResolvedReferences,
        reading: Reading,
    ) -> Result<Arc<Known>, RegistryError> {
        let key = Key::Text(digest(draft, references, reading.normalize));
        let known = match self.find(&key) {
            Some(known) => known,
            None => {
                let known = Known::parse(draft, references, reading)?;
                self.cache.insert(key, Arc::clone(&known));
                known
            }
        };
        match &known.refused {
            Some(refused) if reading.strictness == Strictness::New => Err(refused.clone().into()),
            _ => Ok(known),
        }
    }

    /// The parsed form of a schema that the store holds.
    pub(super) async fn stored(
        &self,
        reads: &dyn Reads,
        context: &Context,
        schema: &StoredSchema,
    ) -> Result<Arc<Known>, RegistryError> {
        let key = Key::Stored(context.clone(), schema.guid, schema.schema_type);
        if let Some(parsed) = self.find(&key) {
            return Ok(parsed);
        }
        let resolution = references::resolve(reads, context, &schema.references, Liveness::Any).await?;
        let text = &schema.text;
        let parsed = ParsedSchema::parse(schema.schema_type, text, &resolution.texts(), Strictness::Stored)?;
        let known = Known::new(parsed, None);
        self.cache.insert(key, Arc::clone(&known));
        Ok(known)
    }

    /// Remembers the parsed form of a schema that has just been stored.
    pub(super) fn remember(&self, context: &Context, content: &Content) {
        let key = Key::Stored(context.clone(), content.guid, content.schema().schema_type());
        self.cache.insert(key, Arc::clone(&content.known));
    }

    fn find(&self, key: &Key) -> Option<Arc<Known>> {
        self.cache.get(key, |_| true)
    }
}

fn digest(draft: &Draft, references: &ResolvedReferences, normalize: bool) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut text = |text: &str| {
        hasher.update(text.len().to_le_bytes());
        hasher.update(text);
    };
    text(draft.schema_type.as_str());
    text(&draft.text);
    for reference in &references.in_order {
        text(&reference.name);
        text(&reference.text);
    }
    hasher.update([u8::from(normalize)]);
    hasher.finalize().into()
}

/// Loads the schema of a version; its absence means that the store is damaged.
pub(super) async fn load(
    reads: &dyn Reads,
    context: &Context,
    id: schema::model::ids::SchemaId,
) -> Result<Arc<StoredSchema>, RegistryError> {
    let missing =
        || StoreError::Corrupt(format!("schema {id} of context {context} is listed but has no content"));
    Ok(reads.schema(context, id).await?.ok_or_else(missing)?)
}
