//! What operators ask for: health, metrics and documentation. No content negotiation: these are not part of the API.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use super::docs::Docs;
use super::error::HttpError;
use super::health::{self, Readiness};
use super::kept_answers::KeptAnswers;
use super::{App, metrics, openapi};
use crate::service::Tally;
use crate::telemetry::{CacheMetrics, Metrics};

/// What the operators' routes need.
pub struct Operations {
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
    kept: Arc<KeptAnswers>,
    docs: Option<Docs>,
    answers: CacheMetrics,
    schemas: CacheMetrics,
}

impl Operations {
    /// Gathers them; `docs` tells whether the documentation is shown.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>, readiness: Arc<Readiness>, kept: Arc<KeptAnswers>, docs: bool) -> Self {
        let (answers, schemas) = (metrics.cache("answers"), metrics.cache("schemas"));
        Self { metrics, readiness, kept, docs: docs.then(Docs::default), answers, schemas }
    }

    /// Counts what an answer stands for.
    pub(super) fn count(&self, tally: Tally) {
        match tally {
            Tally::Registration(schema_type, outcome) => self.metrics.registration(schema_type, outcome),
            Tally::Compatibility(level, verdict) => self.metrics.compatibility_check(level, verdict),
        }
    }

    async fn gather(&self, app: &App) {
        self.answers.show(self.kept.figures());
        self.schemas.show(app.registry.parsed_cache());
        match app.registry.view().store().statistics().await {
            Ok(statistics) => self.metrics.store(statistics),
            Err(error) => tracing::warn!(%error, "the store does not tell its figures"),
        }
    }
}

pub(super) async fn live() -> Response {
    health::live()
}

pub(super) async fn ready(State(app): State<App>) -> Response {
    let view = app.registry.view();
    health::ready(&app.operations.readiness, view.store().ping()).await
}

pub(super) async fn figures(State(app): State<App>) -> Response {
    app.operations.gather(&app).await;
    metrics::page(&app.operations.metrics)
}

pub(super) async fn documentation(State(app): State<App>) -> Response {
    let Some(docs) = &app.operations.docs else { return HttpError::not_found().into_response() };
    docs.response(|| serde_json::to_value(openapi::document()).unwrap_or_default())
}

pub(super) async fn document() -> Response {
    match openapi::yaml() {
        Ok(yaml) => ([(CONTENT_TYPE, "application/yaml")], yaml).into_response(),
        Err(error) => {
            tracing::error!(error, "the OpenAPI document cannot be printed");
            HttpError::new(schema::model::error_code::ErrorCode::INTERNAL, "Internal Server Error")
                .into_response()
        }
    }
}
