//! Answers kept in memory for as long as nothing they depend on has changed.
//!
//! An answer is a function of its request and of what was read for it. The key is a digest of everything in the request
//! that can matter; the stamps of the reads prove that the answer is still what the store would say.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use sha2::{Digest, Sha256};

use super::application::RouteLabel;
use crate::counted_cache::{CacheFigures, CountedCache};
use crate::service::{Dependencies, Tally};
use crate::store::Changes;

/// Answers larger than this are made anew each time.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
const OVERHEAD_BYTES: usize = 256;
const ANSWER_BYTES_TYPICAL: u64 = 2 * 1024;

/// Digest of a request.
pub(super) type RequestKey = [u8; 32];

/// A successful answer and what it rests on.
#[derive(Clone)]
pub(super) struct KeptAnswer {
    pub(super) content_type: HeaderValue,
    pub(super) body: Bytes,
    pub(super) route: RouteLabel,
    pub(super) tally: Option<Tally>,
    pub(super) dependencies: Dependencies,
}

#[derive(Clone)]
struct Weigher;

impl quick_cache::Weighter<RequestKey, Arc<KeptAnswer>> for Weigher {
    fn weight(&self, _: &RequestKey, answer: &Arc<KeptAnswer>) -> u64 {
        u64::try_from(answer.body.len() + OVERHEAD_BYTES).unwrap_or(u64::MAX)
    }
}

/// The answers kept, within a bound of bytes.
pub struct KeptAnswers {
    cache: CountedCache<RequestKey, Arc<KeptAnswer>, Weigher>,
}

impl KeptAnswers {
    /// Keeps answers of `bytes_max` bytes in all.
    #[must_use]
    pub fn new(bytes_max: u64) -> Self {
        Self { cache: CountedCache::new(bytes_max, ANSWER_BYTES_TYPICAL, Weigher) }
    }

    /// The key of a request, when its answer may be kept: reads, and posts that may turn out to be reads.
    pub(super) fn key(request: &Request<Bytes>) -> Option<RequestKey> {
        if !matches!(*request.method(), Method::GET | Method::POST) {
            return None;
        }
        let mut hasher = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hasher.update(bytes.len().to_le_bytes());
            hasher.update(bytes);
        };
        part(request.method().as_str().as_bytes());
        part(request.uri().path().as_bytes());
        part(request.uri().query().unwrap_or_default().as_bytes());
        for name in [ACCEPT, CONTENT_TYPE] {
            for value in request.headers().get_all(&name) {
                part(value.as_bytes());
            }
            part(&[]);
        }
        part(request.body());
        Some(hasher.finalize().into())
    }

    /// The kept answer, if nothing it depends on has changed since.
    pub(super) fn find(&self, key: &RequestKey, changes: &Changes) -> Option<Arc<KeptAnswer>> {
        self.cache.get(key, |answer| answer.dependencies.iter().all(|stamp| changes.is_current(*stamp)))
    }

    pub(super) fn keep(&self, key: RequestKey, answer: KeptAnswer) {
        if answer.body.len() <= ANSWER_BYTES_MAX {
            self.cache.insert(key, Arc::new(answer));
        }
    }

    /// How full the cache is.
    #[must_use]
    pub fn figures(&self) -> CacheFigures {
        self.cache.figures()
    }
}
