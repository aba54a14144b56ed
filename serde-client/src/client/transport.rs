//! What carries a request to a registry. Exchangeable, so that a test needs no socket.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

/// A method of HTTP.
///
/// ```
/// use serde_client::client::Method;
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.client().api().delete_config("orders-value").await.unwrap_err();
/// let request = registry.last_request().expect("a request");
/// assert_eq!((request.method, request.method.to_string()), (Method::Delete, "DELETE".to_owned()));
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or asks with a body.
    Post,
    /// Sets.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Headers in the order in which they are sent. `Debug` prints the names only: values may be secret.
///
/// ```
/// use serde_client::client::Headers;
///
/// let mut headers = Headers::default();
/// headers.set("Authorization", "Bearer s3cret");
/// assert_eq!(headers.get("authorization"), Some("Bearer s3cret"));
/// assert_eq!(format!("{headers:?}"), r#"["Authorization"]"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Sets a header; one of the same name, in any letter case, is replaced.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.0.push((name.to_owned(), value.into()));
    }

    /// The value of a header, whatever the letter case of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Name and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// One attempt of a request. `Debug` leaves the body and the values of headers out.
///
/// ```
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.client().api().list_contexts(Default::default()).await?;
/// let request = registry.last_request().expect("a request");
/// assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/contexts"));
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Scheme, host, port and path in front of [`Request::target`], without a slash at the end and without a password.
    pub base: Arc<str>,
    /// Path and query, percent-encoded, from its slash; empty for a token, whose endpoint is the base itself.
    pub target: String,
    /// The headers.
    pub headers: Headers,
    /// The body, if there is one.
    pub body: Option<Arc<[u8]>>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{} {:?}", self.method, self.base, self.target, self.headers)
    }
}

/// What came back, whatever the status.
///
/// ```
/// use serde_client::client::Transport;
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.client().latest_version("orders-value").await.unwrap_err();
/// // The same request once more, below the client: the answer as it is.
/// let request = registry.last_request().expect("a request");
/// let response = registry.send(&request).await?;
/// assert_eq!(response.status, 404);
/// assert!(String::from_utf8_lossy(&response.body).contains("40401"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing came back.
///
/// ```
/// use serde_client::client::{ErrorKind, RegistryError, TransportError, TransportErrorKind};
///
/// let error = TransportError { kind: TransportErrorKind::Broken, message: "the tunnel was closed".to_owned() };
/// let error = RegistryError::Transport { request: "GET http://registry/subjects".into(), error };
/// assert_eq!(error.to_string(), "GET http://registry/subjects: the tunnel was closed");
/// assert_eq!(error.kind(), ErrorKind::Transport);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// How far it got.
    pub kind: TransportErrorKind,
    /// What is wrong: a lowercase fragment without secrets.
    pub message: String,
}

/// How far a request got that failed.
///
/// ```
/// use serde_client::client::{RegistryError, TransportErrorKind};
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.fail_next(usize::MAX, Fault::Refuse);
/// let error = registry.client().latest_version("orders-value").await.unwrap_err();
/// let RegistryError::Transport { error, .. } = error else { panic!("{error}") };
/// assert_eq!(error.kind, TransportErrorKind::Connect);
/// assert!(error.kind.is_retriable() && registry.requests_total() > 1, "the client tried again");
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// There was no connection; the registry saw nothing.
    Connect,
    /// The connection broke, or was silent for too long; the registry may have done what was asked.
    Broken,
    /// The request cannot be sent, or the answer must not be read. Trying again does not help.
    Refused,
}

impl TransportErrorKind {
    /// Whether another attempt may succeed.
    #[must_use]
    pub fn is_retriable(self) -> bool {
        self != Self::Refused
    }
}

/// Carries requests. Implement it to put something else than HTTP sockets under a client; the client brings retries,
/// failover and time-outs.
///
/// ```
/// use std::sync::Arc;
/// use futures_util::future::BoxFuture;
/// use serde_client::client::{Headers, RegistryClient, Request, Response, Transport, TransportError};
///
/// #[derive(Debug)]
/// struct AlwaysEmpty;
///
/// impl Transport for AlwaysEmpty {
///     fn send<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Response, TransportError>> {
///         Box::pin(async { Ok(Response { status: 200, headers: Headers::default(), body: b"[]".to_vec() }) })
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = RegistryClient::builder("http://registry").transport(Arc::new(AlwaysEmpty)).build()?;
/// assert!(client.api().list_contexts(Default::default()).await?.is_empty());
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends one request and reads its answer whole. The caller drops the future when its time is over.
    ///
    /// # Errors
    /// [`TransportError`] when there is no answer.
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Response, TransportError>>;
}
