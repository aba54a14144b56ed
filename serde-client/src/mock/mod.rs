//! A registry in the same process, for tests: no socket, no state outside of it.
//!
//! It keeps schemas under subjects with versions, ids and guids as a registry does, parses them, checks compatibility by the
//! same rules, resolves references, and answers with the same error codes. Requests about modes, tags, bundles and encryption
//! keys get 404; aliases and inherited metadata it does not know.

mod answer;
mod fault;
mod read;
mod register;
mod route;
mod settings;
mod store;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use schema::model::subject::Subject;

pub use fault::Fault;
pub use route::Route;

use crate::client::{
    AssociationType, RegistryClient, RegistryClientBuilder, Request, Response, Transport, TransportError,
};
use answer::Refusal;
use fault::Faults;
use route::Call;
use store::Store;

/// The URL that clients of a mock name in their errors.
const URL: &str = "http://mock-registry";

/// A registry for tests. Clones are the same registry; every [`MockRegistry::new`] is another one.
///
/// ```
/// use serde_client::client::{ErrorKind, Normalize, SchemaDefinition};
/// use serde_client::mock::{Fault, MockRegistry, Route};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let client = registry.client();
/// client.register("names-value", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
///
/// // It checks compatibility …
/// let refused = client.register("names-value", &SchemaDefinition::avro(r#""int""#), Normalize::No).await;
/// assert_eq!(refused.unwrap_err().kind(), ErrorKind::Incompatible);
///
/// // … counts requests …
/// client.schema_by_id(1, None).await?;
/// client.schema_by_id(1, None).await?;
/// assert_eq!(registry.requests(Route::GetSchemaById), 1);
///
/// // … and fails when told to.
/// registry.fail_next(1, Fault::Status(503));
/// assert!(client.latest_version("names-value").await.is_ok(), "the client tries again");
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct MockRegistry {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    store: Mutex<Store>,
    traffic: Mutex<Traffic>,
}

/// What came in, and what is to go wrong.
#[derive(Default)]
struct Traffic {
    counts: HashMap<Route, usize>,
    last: Option<Request>,
    faults: Faults,
}

impl MockRegistry {
    /// An empty registry whose compatibility level is `BACKWARD`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A client of this registry with the usual settings. Its cache is its own.
    #[must_use]
    pub fn client(&self) -> RegistryClient {
        self.client_builder()
            .build()
            .unwrap_or_else(|_| unreachable!("the settings of a new builder are valid"))
    }

    /// Sets a client of this registry up otherwise.
    pub fn client_builder(&self) -> RegistryClientBuilder {
        RegistryClient::builder(URL).transport(Arc::new(self.clone()))
    }

    /// How many requests of a kind came in, failed ones included.
    #[must_use]
    pub fn requests(&self, route: Route) -> usize {
        self.traffic().counts.get(&route).copied().unwrap_or_default()
    }

    /// How many requests came in.
    #[must_use]
    pub fn requests_total(&self) -> usize {
        self.traffic().counts.values().sum()
    }

    /// The request that came in last.
    #[must_use]
    pub fn last_request(&self) -> Option<Request> {
        self.traffic().last.clone()
    }

    /// Lets the next `count` requests fail. Faults that were asked for earlier come first.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        self.traffic().faults.add(count, fault);
    }

    /// Forgets the faults that are left.
    pub fn recover(&self) {
        self.traffic().faults.clear();
    }

    /// Associates the key or value of a topic with a subject, in whatever cluster.
    pub fn associate(&self, topic: &str, part: AssociationType, subject: &str) {
        self.store().associations.push((topic.to_owned(), part, Subject::parse(subject).to_string()));
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.inner.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.inner.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request; gives what is to go wrong with it.
    fn note(&self, request: &Request, route: Route) -> Option<Fault> {
        let mut traffic = self.traffic();
        *traffic.counts.entry(route).or_default() += 1;
        traffic.last = Some(request.clone());
        traffic.faults.next()
    }

    fn answer(&self, call: &Call) -> Response {
        let answered = self.store().answer(call);
        answered.unwrap_or_else(Refusal::into_response)
    }
}

impl fmt::Debug for MockRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockRegistry").field("requests", &self.requests_total()).finish_non_exhaustive()
    }
}

impl Transport for MockRegistry {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        Box::pin(async move {
            let call = Call::read(request);
            // As with a socket, others run before the answer is there.
            tokio::task::yield_now().await;
            match self.note(request, call.route()) {
                Some(fault) => fault.happen().await,
                None => Ok(self.answer(&call)),
            }
        })
    }
}
