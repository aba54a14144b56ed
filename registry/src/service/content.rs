//! From what a client sends or the store holds to a parsed schema with its content hash.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use schema::fingerprint;
use schema::format::Strictness;
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
    pub(super) parsed: Arc<ParsedSchema>,
    pub(super) references: Vec<SchemaReference>,
    pub(super) targets: Vec<(Subject, Version)>,
    pub(super) metadata: Option<Metadata>,
    pub(super) rule_set: Option<RuleSet>,
    pub(super) guid: Guid,
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

impl quick_cache::Weighter<Key, Arc<ParsedSchema>> for Weigher {
    fn weight(&self, _: &Key, schema: &Arc<ParsedSchema>) -> u64 {
        u64::try_from(schema.memory_size()).unwrap_or(u64::MAX).saturating_add(128)
    }
}

/// Parses, and remembers what it parsed within a bound of bytes.
pub(super) struct Parser {
    cache: Cache<Key, Arc<ParsedSchema>, Weigher>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How a cache does.
#[derive(Clone, Copy, Debug, Default)]
pub struct CacheFigures {
    /// Look-ups that found something.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
    /// Entries.
    pub entries: u64,
    /// Bytes, as far as they are counted.
    pub bytes: u64,
}

const EXPECTED_BYTES_PER_SCHEMA: u64 = 8 * 1024;

impl Parser {
    pub(super) fn new(bytes_max: u64) -> Self {
        let expected = usize::try_from(bytes_max / EXPECTED_BYTES_PER_SCHEMA).unwrap_or(usize::MAX);
        let cache = Cache::with_weighter(expected, bytes_max, Weigher);
        Self { cache, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    pub(super) fn figures(&self) -> CacheFigures {
        CacheFigures {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: u64::try_from(self.cache.len()).unwrap_or(u64::MAX),
            bytes: self.cache.weight(),
        }
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
        let parsed = self.parse(draft, &resolution.texts, reading)?;
        if reading.normalize {
            resolution.references.sort_by(|a, b| (&a.subject, a.version).cmp(&(&b.subject, b.version)));
            resolution.references.dedup();
        }
        let guid = fingerprint::guid(
            parsed.canonical(),
            &resolution.references,
            draft.metadata.as_ref(),
            draft.rule_set.as_ref(),
        );
        Ok(Content {
            parsed,
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
    ) -> Result<Arc<ParsedSchema>, RegistryError> {
        let key = Key::Text(digest(draft, references, reading));
        if let Some(parsed) = self.find(&key) {
            return Ok(parsed);
        }
        let mut parsed = ParsedSchema::parse(draft.schema_type, &draft.text, references, reading.strictness)?;
        if reading.normalize {
            parsed = parsed.normalized()?;
        }
        let parsed = Arc::new(parsed);
        self.cache.insert(key, Arc::clone(&parsed));
        Ok(parsed)
    }

    /// The parsed form of a schema that the store holds.
    pub(super) async fn stored(
        &self,
        reads: &dyn Reads,
        context: &Context,
        schema: &StoredSchema,
    ) -> Result<Arc<ParsedSchema>, RegistryError> {
        let key = Key::Stored(context.clone(), schema.guid, schema.schema_type);
        if let Some(parsed) = self.find(&key) {
            return Ok(parsed);
        }
        let resolution = references::resolve(reads, context, &schema.references, Liveness::Any).await?;
        let parsed = Arc::new(ParsedSchema::parse(
            schema.schema_type,
            &schema.text,
            &resolution.texts,
            Strictness::Stored,
        )?);
        self.cache.insert(key, Arc::clone(&parsed));
        Ok(parsed)
    }

    /// Remembers the parsed form of a schema that has just been stored.
    pub(super) fn remember(&self, context: &Context, content: &Content) {
        let key = Key::Stored(context.clone(), content.guid, content.parsed.schema_type());
        self.cache.insert(key, Arc::clone(&content.parsed));
    }

    fn find(&self, key: &Key) -> Option<Arc<ParsedSchema>> {
        let found = self.cache.get(key);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }
}

fn digest(draft: &Draft, references: &ResolvedReferences, reading: Reading) -> [u8; 32] {
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
    hasher.update([u8::from(reading.normalize), u8::from(reading.strictness == Strictness::New)]);
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
