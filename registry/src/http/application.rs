//! What stands behind the edge: whole requests go in, whole answers come out.

use bytes::Bytes;
use http::{Request, Response};

/// The pattern of a route, such as `/subjects/{subject}/versions`: the `route` label of the metrics.
///
/// Patterns are few and known at compile time, so a label never holds what a client sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RouteLabel(pub &'static str);

impl RouteLabel {
    /// No route was reached: the path is unknown, or the request was refused before.
    pub const UNMATCHED: Self = Self("unmatched");
}

/// An answer and the route that gave it.
#[derive(Debug)]
pub struct Answer {
    /// The route.
    pub route: RouteLabel,
    /// What the client gets.
    pub response: Response<Bytes>,
}

impl From<Response<Bytes>> for Answer {
    /// Takes the route from a [`RouteLabel`] among the extensions, where a router may have put it.
    fn from(response: Response<Bytes>) -> Self {
        let route = response.extensions().get().copied().unwrap_or(RouteLabel::UNMATCHED);
        Self { route, response }
    }
}

/// Answers requests.
///
/// A request comes with a valid `X-Request-ID` header and with its body in memory. A panic costs the one request and
/// nothing else. The future is dropped when the request takes longer than the configured time.
pub trait Application: Send + Sync + 'static {
    /// Answers one request.
    fn call(&self, request: Request<Bytes>) -> impl Future<Output = Answer> + Send;
}
