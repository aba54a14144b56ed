//! Puts store, rules and routes together.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, DatabaseUrl};
use crate::http::application::Application;
use crate::http::health::Readiness;
use crate::http::{Front, KeptAnswers, Operations, ServerFacts};
use crate::service::{Registry, Rules};
use crate::store::{CacheSizes, SqliteOptions, SqliteStore, Store, StoreError, WriteObserver};
use crate::telemetry::{BuildInfo, Metrics};

/// The version of the reference registry whose interface this one speaks.
const SPOKEN_VERSION: &str = "8.5.0-0";

/// Shares of `cache-size`, in eighths: answers, parsed schemas, contents, versions of subjects, settings.
const SHARES: [u64; 5] = [2, 3, 1, 1, 1];

/// Why the service cannot be put together.
#[derive(Debug, thiserror::Error)]
#[error("cannot start: {0}")]
pub struct AssemblyError(#[from] StoreError);

/// What a run needs of the service.
pub struct Assembled<A> {
    /// Answers requests.
    pub application: A,
    /// Closes the store, after the last request.
    pub close: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl WriteObserver for Metrics {
    fn committed(&self, operations: usize, elapsed: Duration) {
        self.commit(operations, elapsed);
    }
}

/// Opens the store and builds the service on it.
///
/// # Errors
/// [`AssemblyError`].
pub async fn open(
    config: &Config,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
) -> Result<Assembled<impl Application>, AssemblyError> {
    let bytes = u64::try_from(config.cache_size.bytes()).unwrap_or(u64::MAX);
    let [answers, parsed, schemas, subjects, settings] = SHARES.map(|eighths| bytes / 8 * eighths);
    let DatabaseUrl::Sqlite(path) = &config.database;
    let observer: Arc<dyn WriteObserver> = Arc::<Metrics>::clone(&metrics);
    let cache = CacheSizes { subjects, schemas, settings };
    let options = SqliteOptions { cache, ..SqliteOptions::default() };
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path, options, observer).await?);
    let rules = Rules {
        default_level: config.compatibility_level,
        mode_mutability: config.mode_mutability,
        protobuf_editions: config.protobuf_editions,
        schema_size_max: config.schema_size_limit.bytes(),
        search_limit: config.schema_search_limit.get(),
        keys_max: config.dek_registry_keys_max.get(),
        parsed_cache_bytes: parsed,
    };
    let registry = Registry::new(Arc::clone(&store), rules);
    let facts = ServerFacts {
        version: SPOKEN_VERSION.to_owned(),
        commit: BuildInfo::CURRENT.commit.to_owned(),
        kafka_cluster_id: config.cluster_id.clone(),
        group_id: config.group_id.clone(),
    };
    let kept = Arc::new(KeptAnswers::new(answers));
    let operations = Operations::new(metrics, readiness, Arc::clone(&kept), config.docs);
    let application = Front::new(registry, facts, kept, operations);
    Ok(Assembled { application, close: Box::pin(async move { store.close().await }) })
}
