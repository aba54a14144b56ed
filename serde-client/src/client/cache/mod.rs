//! What the registry has answered, bounded in bytes.
//!
//! What an id, a guid, or subject and version stand for never changes and is kept until there is no room. What changes
//! (the latest version) lives for a while, and longer while the registry cannot be reached. That something does not exist
//! is remembered briefly, but never of a registration. An error that may pass is not kept.

mod key;

use std::sync::Arc;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use schema::parsed::ParsedSchema;
use tokio::time::Instant;

pub(crate) use key::{ByText, Key, ParsedKey};

use super::error::RegistryError;
use super::types::RegisteredSchema;

/// Bytes that an entry takes beside its texts, roughly.
const ENTRY_OVERHEAD: usize = 256;
/// What an entry is assumed to weigh when the tables are laid out, in bytes.
const ENTRY_BYTES_TYPICAL: u64 = 4_096;
/// After a failed refresh the older answer is given for so long before the registry is asked again.
const REFRESH_PAUSE: Duration = Duration::from_secs(5);

/// How much a client remembers, and for how long.
///
/// ```
/// use std::time::Duration;
/// use serde_client::client::{CacheSettings, RegistryClient};
///
/// let cache = CacheSettings { latest_ttl: Duration::from_secs(5), ..CacheSettings::default() };
/// let client = RegistryClient::builder("http://localhost:8081").cache(cache).build();
/// assert!(client.is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// Bytes of all entries: half for what the registry answered, half for parsed schemas. Default: 64 MiB.
    pub bytes_max: u64,
    /// How long an answer to "which is the latest version" is used. Default: 60 s.
    pub latest_ttl: Duration,
    /// How long such an answer stands in, after that, for one that cannot be had. Default: 10 min.
    pub latest_stale_max: Duration,
    /// How long it is remembered that something does not exist; zero switches that off. Default: 5 s.
    pub missing_ttl: Duration,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            bytes_max: 64 << 20,
            latest_ttl: Duration::from_secs(60),
            latest_stale_max: Duration::from_secs(600),
            missing_ttl: Duration::from_secs(5),
        }
    }
}

/// What is known of a key.
#[derive(Clone, Debug)]
enum Entry {
    /// It will never be anything else.
    Fixed(Arc<RegisteredSchema>),
    /// It was so.
    Latest { schema: Arc<RegisteredSchema>, fresh_until: Instant, stale_until: Instant },
    /// There is none.
    Missing { error: RegistryError, until: Instant },
}

#[derive(Clone, Debug)]
struct Weights;

impl Weighter<Key, Entry> for Weights {
    fn weight(&self, key: &Key, entry: &Entry) -> u64 {
        let entry = match entry {
            Entry::Fixed(schema) | Entry::Latest { schema, .. } => weight_of(schema),
            Entry::Missing { error, .. } => error.to_string().len(),
        };
        bytes(key.text_length() + entry + ENTRY_OVERHEAD)
    }
}

impl Weighter<ParsedKey, Arc<ParsedSchema>> for Weights {
    fn weight(&self, key: &ParsedKey, parsed: &Arc<ParsedSchema>) -> u64 {
        bytes(weight_of(&key.schema) + parsed.memory_size() + ENTRY_OVERHEAD)
    }
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Metadata and rules count by what they print: they are small, and none of their parts is shared.
fn weight_of(schema: &RegisteredSchema) -> usize {
    let definition = &schema.definition;
    let printed = |value: Result<String, serde_json::Error>| value.map_or(0, |text| text.len());
    let references = definition.references.iter().map(|reference| {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        size_of_val(reference) + length(&reference.name) + length(&reference.subject)
    });
    definition.text.len()
        + schema.subject.as_ref().map_or(0, String::len)
        + references.sum::<usize>()
        + definition.metadata.as_ref().map_or(0, |metadata| printed(serde_json::to_string(metadata)))
        + definition.rule_set.as_ref().map_or(0, |rules| printed(serde_json::to_string(rules)))
}

/// The cache of one client.
#[derive(Debug)]
pub(crate) struct SchemaCache {
    settings: CacheSettings,
    entries: Cache<Key, Entry, Weights>,
    parsed: Cache<ParsedKey, Arc<ParsedSchema>, Weights>,
}

impl SchemaCache {
    pub(crate) fn new(settings: CacheSettings) -> Self {
        let half = settings.bytes_max / 2;
        let expected = usize::try_from(half / ENTRY_BYTES_TYPICAL).unwrap_or(usize::MAX);
        Self {
            settings,
            entries: Cache::with_weighter(expected, half, Weights),
            parsed: Cache::with_weighter(expected, half, Weights),
        }
    }

    /// What can be answered without the registry.
    pub(crate) fn find(&self, key: &Key) -> Option<Result<Arc<RegisteredSchema>, RegistryError>> {
        match self.entries.get(key)? {
            Entry::Fixed(schema) => Some(Ok(schema)),
            Entry::Latest { schema, fresh_until, .. } if Instant::now() < fresh_until => Some(Ok(schema)),
            Entry::Missing { error, until } if Instant::now() < until => Some(Err(error)),
            Entry::Latest { .. } | Entry::Missing { .. } => None,
        }
    }

    /// Keeps what the registry answered, and gives what the caller is to get.
    pub(crate) fn keep(
        &self,
        key: Key,
        answer: Result<Arc<RegisteredSchema>, RegistryError>,
    ) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let now = Instant::now();
        match answer {
            Ok(schema) => {
                let entry = if key.is_movable() {
                    self.latest(&schema, now)
                } else {
                    Entry::Fixed(Arc::clone(&schema))
                };
                self.entries.insert(key, entry);
                Ok(schema)
            }
            Err(error) if error.is_absence() => {
                self.entries.remove(&key);
                if key.may_be_missing() && !self.settings.missing_ttl.is_zero() {
                    let entry =
                        Entry::Missing { error: error.clone(), until: now + self.settings.missing_ttl };
                    self.entries.insert(key, entry);
                }
                Err(error)
            }
            Err(error) if error.is_retriable() => self.stale(key, now).ok_or(error),
            Err(error) => Err(error),
        }
    }

    fn latest(&self, schema: &Arc<RegisteredSchema>, now: Instant) -> Entry {
        let fresh_until = now + self.settings.latest_ttl;
        let stale_until = fresh_until + self.settings.latest_stale_max;
        Entry::Latest { schema: Arc::clone(schema), fresh_until, stale_until }
    }

    /// An older answer in place of one that cannot be had, for the moment.
    fn stale(&self, key: Key, now: Instant) -> Option<Arc<RegisteredSchema>> {
        let Some(Entry::Latest { schema, stale_until, .. }) = self.entries.get(&key) else { return None };
        if now >= stale_until {
            return None;
        }
        tracing::warn!(%schema, "the registry cannot be asked for the latest version; the last answer is used");
        let entry =
            Entry::Latest { schema: Arc::clone(&schema), fresh_until: now + REFRESH_PAUSE, stale_until };
        self.entries.insert(key, entry);
        Some(schema)
    }

    /// Keeps a schema under further keys.
    pub(crate) fn add(&self, key: Key, schema: &Arc<RegisteredSchema>) {
        self.entries.insert(key, Entry::Fixed(Arc::clone(schema)));
    }

    /// Forgets what a new version of a subject changes: which is the latest, and what does not exist.
    pub(crate) fn forget_latest(&self, subject: &str) {
        self.entries.retain(|key, entry| {
            let changes = key.is_movable() || matches!(entry, Entry::Missing { .. });
            !(changes && key.subject() == Some(subject))
        });
    }

    /// Forgets all that was learnt of a subject by name.
    pub(crate) fn forget(&self, subject: &str) {
        self.entries.retain(|key, _| key.subject() != Some(subject));
    }

    pub(crate) fn find_parsed(&self, key: &ParsedKey) -> Option<Arc<ParsedSchema>> {
        self.parsed.get(key)
    }

    pub(crate) fn keep_parsed(&self, key: ParsedKey, parsed: &Arc<ParsedSchema>) {
        self.parsed.insert(key, Arc::clone(parsed));
    }

    /// Bytes in use, as far as they are counted.
    pub(crate) fn weight(&self) -> u64 {
        self.entries.weight() + self.parsed.weight()
    }
}
