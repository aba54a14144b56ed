//! The outermost layer: what every request meets whatever it asks for.
//!
//! A request gets an id and its body is read within limits; the application then answers it in one piece. On the way
//! out come compression, the headers that every answer has, the figures and the access log. A panic or an endless
//! computation in the application ends as an error answer of that one request.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use schema::model::error_code::ErrorCode;
use tracing::Instrument as _;

use super::application::{Answer, Application, RouteLabel};
use super::body::{BodyError, BodyLimits, collect};
use super::compression::{accepts_gzip, compress};
use super::refusal::refusal;
use super::request_id::{X_REQUEST_ID, request_id};
use crate::config::Config;
use crate::telemetry::Metrics;

const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// What a request may take.
#[derive(Clone, Copy, Debug)]
pub struct EdgeLimits {
    /// Its body.
    pub body: BodyLimits,
    /// Time for the application to answer.
    pub request_timeout: Duration,
}

impl From<&Config> for EdgeLimits {
    fn from(config: &Config) -> Self {
        let body = BodyLimits { size_max: config.body_limit.bytes(), timeout: config.body_timeout };
        Self { body, request_timeout: config.request_timeout }
    }
}

/// An application with the edge around it.
#[derive(Debug)]
pub struct Edge<A> {
    application: A,
    metrics: Arc<Metrics>,
    limits: EdgeLimits,
}

impl<A: Application> Edge<A> {
    /// Wraps an application.
    pub fn new(application: A, metrics: Arc<Metrics>, limits: EdgeLimits) -> Self {
        Self { application, metrics, limits }
    }

    /// The form in which the server takes it.
    pub fn into_service(
        self,
    ) -> impl Service<
        Request<Incoming>,
        Response = Response<Full<Bytes>>,
        Error = Infallible,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static {
        let edge = Arc::new(self);
        service_fn(move |request| {
            let edge = Arc::clone(&edge);
            async move { Ok(edge.answer(request).await) }
        })
    }

    /// Answers one request.
    pub async fn answer<B>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let started = Instant::now();
        let _in_flight = self.metrics.request_started();
        let (parts, body) = request.into_parts();
        let id = request_id(&parts.headers);
        let gzip = accepts_gzip(&parts.headers);
        let (method, uri) = (parts.method.clone(), parts.uri.clone());

        let span = if tracing::enabled!(tracing::Level::DEBUG) {
            tracing::debug_span!("request", id = id.to_str().unwrap_or_default())
        } else {
            tracing::Span::none()
        };
        let Answer { route, mut response } = self.examine(parts, body, &id).instrument(span).await;

        if gzip {
            compress(&mut response).await;
        }
        response.headers_mut().insert(header::VARY, ACCEPT_ENCODING);
        response.headers_mut().insert(X_REQUEST_ID, id.clone());
        let took = started.elapsed();
        self.metrics.request(route.0, &method, response.status(), took);
        log(&method, &uri, &id, &response, took);
        response.map(Full::new)
    }

    /// Lets a request pass to the application, or refuses it.
    async fn examine<B>(&self, mut parts: Parts, body: B, id: &HeaderValue) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if !parts.uri.path().starts_with('/') {
            return refused(
                ErrorCode::BAD_REQUEST,
                "the request line names no path; it must start with a slash",
            );
        }
        if has_control_character(parts.uri.path()) {
            return refused(
                ErrorCode::BAD_REQUEST,
                "the path contains a control character (%00 to %1F); remove it",
            );
        }
        let body = match collect(body, self.limits.body).await {
            Ok(body) => body,
            Err(error) => return self.refuse_body(&error),
        };
        parts.headers.insert(X_REQUEST_ID, id.clone());
        let call = AssertUnwindSafe(self.application.call(Request::from_parts(parts, body))).catch_unwind();
        match tokio::time::timeout(self.limits.request_timeout, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_panic)) => {
                let id = id.to_str().unwrap_or_default();
                let message =
                    format!("the registry failed on this request; its log tells why, under request id {id}");
                refused(ErrorCode::INTERNAL, &message)
            }
            Err(_elapsed) => {
                let limit = self.limits.request_timeout;
                let message =
                    format!("no answer within {limit:?} (request-timeout); look before you repeat a write");
                refused(ErrorCode::UNAVAILABLE, &message)
            }
        }
    }

    /// The connection is closed: what is left of the body will not be read.
    fn refuse_body(&self, error: &BodyError) -> Answer {
        let mut answer = match error {
            BodyError::TooLarge => {
                let limit = self.limits.body.size_max;
                let message = format!("the request body exceeds {limit} bytes; body-limit can be raised");
                refused(ErrorCode::PAYLOAD_TOO_LARGE, &message)
            }
            BodyError::TimedOut => {
                let limit = self.limits.body.timeout;
                refused(
                    ErrorCode::REQUEST_TIMEOUT,
                    &format!("{error} ({limit:?}, body-timeout); send it again"),
                )
            }
            BodyError::Broken => {
                refused(ErrorCode::BAD_REQUEST, &format!("{error}; check its length and framing"))
            }
        };
        answer.response.headers_mut().insert(header::CONNECTION, CLOSE);
        answer
    }
}

fn refused(code: ErrorCode, message: &str) -> Answer {
    Answer { route: RouteLabel::UNMATCHED, response: refusal(code, message) }
}

/// Whether a path holds `%00` to `%1F`. Raw control characters do not get past the HTTP parser.
fn has_control_character(path: &str) -> bool {
    let is_control = |triple: &[u8]| matches!(triple, [b'%', b'0' | b'1', low] if low.is_ascii_hexdigit());
    path.as_bytes().windows(3).any(is_control)
}

fn log(method: &Method, uri: &Uri, id: &HeaderValue, response: &Response<Bytes>, took: Duration) {
    let (path, status) = (uri.path(), response.status().as_u16());
    let id = id.to_str().unwrap_or_default();
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if response.status().is_server_error() {
        tracing::warn!(target: "registry::access", %method, path, status, took_us, id, "request failed");
    } else {
        tracing::debug!(target: "registry::access", %method, path, status, took_us, id, "request");
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use http::StatusCode;
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};

    use super::*;
    use crate::telemetry::BuildInfo;

    /// Answers by path what the tests need.
    struct Probe;

    impl Application for Probe {
        async fn call(&self, request: Request<Bytes>) -> Answer {
            let body = match request.uri().path() {
                "/panic" => panic!("on purpose"),
                "/endless" => std::future::pending().await,
                "/large" => Bytes::from(vec![b'x'; 4096]),
                "/id" => Bytes::copy_from_slice(request.headers()[X_REQUEST_ID].as_bytes()),
                _ => request.into_body(),
            };
            Answer { route: RouteLabel("/probe"), response: Response::new(body) }
        }
    }

    fn edge() -> Edge<Probe> {
        let metrics = Arc::new(Metrics::new(BuildInfo::CURRENT, &["/probe"]));
        let body = BodyLimits { size_max: 8, timeout: Duration::from_secs(3600) };
        Edge::new(Probe, metrics, EdgeLimits { body, request_timeout: Duration::from_millis(20) })
    }

    async fn send(
        edge: &Edge<Probe>,
        request: http::request::Builder,
        body: &'static str,
    ) -> Response<Bytes> {
        let response =
            edge.answer(request.body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap()).await;
        let (parts, body) = response.into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }

    fn assert_error(response: &Response<Bytes>, code: ErrorCode) {
        assert_eq!(response.status().as_u16(), code.status);
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["error_code"], json!(code.number));
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()));
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/vnd.schemaregistry.v1+json");
    }

    #[tokio::test]
    async fn every_answer_has_vary_and_a_request_id() {
        let edge = edge();
        for path in ["/echo", "/panic", "/a%00b"] {
            let response = send(&edge, Request::get(path).header("X-Request-ID", "abc"), "").await;
            assert_eq!(response.headers()[header::VARY], "Accept-Encoding", "{path}");
            assert_eq!(response.headers()[X_REQUEST_ID], "abc", "{path}");
        }
    }

    #[tokio::test]
    async fn the_application_sees_the_id_that_the_client_gets() {
        let response = send(&edge(), Request::get("/id"), "").await;
        assert_eq!(response.body(), response.headers()[X_REQUEST_ID].as_bytes());
    }

    #[tokio::test]
    async fn a_panic_costs_one_request() {
        let edge = edge();
        let response = send(&edge, Request::get("/panic").header("X-Request-ID", "abc"), "").await;
        assert_error(&response, ErrorCode::INTERNAL);
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        assert!(body["message"].as_str().unwrap().contains("abc"));
        assert!(!body["message"].as_str().unwrap().contains("on purpose"));
        assert_eq!(send(&edge, Request::post("/echo"), "ping").await.body(), "ping");
    }

    #[tokio::test]
    async fn an_endless_request_is_given_up() {
        assert_error(&send(&edge(), Request::get("/endless"), "").await, ErrorCode::UNAVAILABLE);
    }

    #[tokio::test]
    async fn bodies_up_to_the_limit_reach_the_application() {
        let edge = edge();
        assert_eq!(send(&edge, Request::post("/echo"), "12345678").await.body(), "12345678");
        let response = send(&edge, Request::post("/echo"), "123456789").await;
        assert_error(&response, ErrorCode::PAYLOAD_TOO_LARGE);
        assert_eq!(response.headers()[header::CONNECTION], "close");
    }

    #[tokio::test]
    async fn control_characters_in_the_path_are_refused() {
        for path in ["/a%00b", "/%1f", "/subjects/%0A", "/%1F"] {
            assert_error(&send(&edge(), Request::get(path), "").await, ErrorCode::BAD_REQUEST);
        }
        for path in ["/a%20b", "/%2f", "/%", "/%1", "/%1g", "/x?q=%00"] {
            assert_eq!(send(&edge(), Request::get(path), "").await.status(), StatusCode::OK, "{path}");
        }
    }

    #[tokio::test]
    async fn large_answers_are_compressed_for_those_who_ask() {
        let edge = edge();
        let plain = send(&edge, Request::get("/large"), "").await;
        assert_eq!(plain.body().len(), 4096);
        let packed = send(&edge, Request::get("/large").header("Accept-Encoding", "gzip"), "").await;
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&packed.body()[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(plain.body(), &unpacked);
    }

    #[tokio::test]
    async fn requests_are_counted() {
        let edge = edge();
        send(&edge, Request::get("/echo"), "").await;
        send(&edge, Request::get("/%00"), "").await;
        let text = edge.metrics.encode();
        for series in [
            r#"registry_http_requests_total{route="/probe",method="GET",status="200"} 1"#,
            r#"registry_http_requests_total{route="unmatched",method="GET",status="400"} 1"#,
            "registry_http_requests_in_flight 0",
        ] {
            assert!(text.contains(series), "{series} in\n{text}");
        }
    }
}
