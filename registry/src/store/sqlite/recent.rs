//! What the writer's transactions have read and written, so that they need not ask the engine again.
//!
//! The session is the only writer, so what it remembers is true until a rollback, which forgets everything.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use schema::model::config::Config;
use schema::model::ids::SchemaId;
use schema::model::mode::Mode;
use schema::model::subject::{Context, Subject};

use crate::store::{StoredSchema, SubjectVersions};

const SUBJECTS_BYTES_MAX: u64 = 8 * 1024 * 1024;
const SCHEMAS_BYTES_MAX: u64 = 4 * 1024 * 1024;
const SETTINGS_MAX: usize = 4_096;
const KEYS_MAX: usize = 16_384;
const EXPECTED_ENTRIES: usize = 1_024;

/// A context's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContextRow {
    pub(super) key: i64,
    pub(super) next_id: SchemaId,
    pub(super) visible: bool,
}

#[derive(Clone)]
pub(super) struct ByRows;

impl Weighter<Subject, Arc<SubjectVersions>> for ByRows {
    fn weight(&self, _: &Subject, versions: &Arc<SubjectVersions>) -> u64 {
        u64::try_from(versions.versions.capacity() * 56 + 128).unwrap_or(u64::MAX)
    }
}

#[derive(Clone)]
pub(super) struct ByText;

impl Weighter<(Context, SchemaId), Arc<StoredSchema>> for ByText {
    fn weight(&self, _: &(Context, SchemaId), schema: &Arc<StoredSchema>) -> u64 {
        u64::try_from(schema.text.len() + 256).unwrap_or(u64::MAX)
    }
}

/// The memory of the writer.
pub(super) struct Recent {
    pub(super) versions: Cache<Subject, Arc<SubjectVersions>, ByRows>,
    pub(super) schemas: Cache<(Context, SchemaId), Arc<StoredSchema>, ByText>,
    pub(super) configs: Cache<Subject, Option<Arc<Config>>>,
    pub(super) modes: Cache<Subject, Option<Mode>>,
    pub(super) contexts: Cache<Context, ContextRow>,
    pub(super) subject_keys: Cache<Subject, i64>,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            versions: Cache::with_weighter(EXPECTED_ENTRIES, SUBJECTS_BYTES_MAX, ByRows),
            schemas: Cache::with_weighter(EXPECTED_ENTRIES, SCHEMAS_BYTES_MAX, ByText),
            configs: Cache::new(SETTINGS_MAX),
            modes: Cache::new(SETTINGS_MAX),
            contexts: Cache::new(SETTINGS_MAX),
            subject_keys: Cache::new(KEYS_MAX),
        }
    }
}
