//! PLACEHOLDER of this branch: stands where the store, the service and the routes will be put together.

use std::pin::Pin;
use std::sync::Arc;

use axum::response::Response as AxumResponse;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use schema::model::error_code::ErrorCode;
use serde_json::json;

use crate::config::Config;
use crate::http::application::{Answer, Application, RouteLabel};
use crate::http::docs::Docs;
use crate::http::health::{self, Readiness};
use crate::http::{metrics, refusal};
use crate::telemetry::Metrics;

/// Patterns of all routes.
pub const ROUTES: &[&str] = &["/health/live", "/health/ready", "/metrics", "/docs"];

/// Why the service cannot be put together.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the store")]
pub struct AssemblyError;

/// What a run needs of the service.
pub struct Assembled<A> {
    /// Answers requests.
    pub application: A,
    /// Closes the store, after the last request.
    pub close: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Opens the store and builds the service on it.
///
/// # Errors
/// [`AssemblyError`].
#[expect(clippy::unused_async, reason = "the store will be awaited here")]
pub async fn open(
    _config: &Config,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
) -> Result<Assembled<impl Application>, AssemblyError> {
    let application = Operations { metrics, readiness, docs: Docs::default() };
    Ok(Assembled { application, close: Box::pin(std::future::ready(())) })
}

struct Operations {
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
    docs: Docs,
}

impl Application for Operations {
    async fn call(&self, request: Request<Bytes>) -> Answer {
        let (route, response) = match request.uri().path() {
            "/health/live" => ("/health/live", whole(health::live()).await),
            "/health/ready" => {
                let ping = std::future::ready(Ok::<(), &str>(()));
                ("/health/ready", whole(health::ready(&self.readiness, ping).await).await)
            }
            "/metrics" => ("/metrics", whole(metrics::page(&self.metrics)).await),
            "/docs" => {
                let document = || json!({"info": {"title": "Schema Registry"}});
                ("/docs", whole(self.docs.response(document)).await)
            }
            _ => return refusal::refusal(ErrorCode::NOT_FOUND, "there is no such path; see /docs").into(),
        };
        Answer { route: RouteLabel(route), response }
    }
}

async fn whole(response: AxumResponse) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, body.collect().await.map(|body| body.to_bytes()).unwrap_or_default())
}
