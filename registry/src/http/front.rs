//! Between the edge and the routes: answers from memory where one is kept, and otherwise routes the request and keeps
//! what comes back.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use schema::model::error_code::ErrorCode;
use tower::ServiceExt;

use super::application::{Answer, Application};
use super::context_path;
use super::kept_answers::{KeptAnswer, KeptAnswers, RequestKey};
use super::refusal::refusal;
use super::{App, Operations, ServerFacts, negotiation, table};
use crate::service::{Registry, View};

/// The registry as an [`Application`].
pub struct Front {
    registry: Registry,
    router: Router,
    kept: Arc<KeptAnswers>,
    operations: Arc<Operations>,
}

impl Front {
    /// Puts routes and kept answers over the registry.
    #[must_use]
    pub fn new(
        registry: Registry,
        facts: ServerFacts,
        kept: Arc<KeptAnswers>,
        operations: Operations,
    ) -> Self {
        let operations = Arc::new(operations);
        let app =
            App { registry: registry.clone(), facts: Arc::new(facts), operations: Arc::clone(&operations) };
        Self { registry, router: table().with(app), kept, operations }
    }

    fn recall(&self, key: &RequestKey) -> Option<Answer> {
        let kept = self.kept.find(key, self.registry.changes())?;
        if let Some(tally) = kept.tally {
            self.operations.count(tally);
        }
        let mut response = Response::new(kept.body.clone());
        response.headers_mut().insert(CONTENT_TYPE, kept.content_type.clone());
        Some(Answer { route: kept.route, response })
    }

    async fn route(&self, mut request: Request<Bytes>, view: &Arc<View>) -> Answer {
        match rewritten(request.uri()) {
            Ok(Some(uri)) => *request.uri_mut() = uri,
            Ok(None) => {}
            Err(message) => return refusal(ErrorCode::BAD_REQUEST, &message).into(),
        }
        request.extensions_mut().insert(Arc::clone(view));
        let Ok(response) = self.router.clone().oneshot(request.map(Body::from)).await;
        let (parts, body) = response.into_parts();
        match body.collect().await {
            Ok(body) => Response::from_parts(parts, body.to_bytes()).into(),
            Err(error) => {
                tracing::error!(%error, "an answer could not be collected");
                refusal(ErrorCode::INTERNAL, "Internal Server Error").into()
            }
        }
    }
}

impl Application for Front {
    async fn call(&self, request: Request<Bytes>) -> Answer {
        let key = KeptAnswers::key(&request);
        if let Some(answer) = key.as_ref().and_then(|key| self.recall(key)) {
            return answer;
        }
        let view = Arc::new(self.registry.view());
        let answer = self.route(request, &view).await;
        if let Some(tally) = view.tally() {
            self.operations.count(tally);
        }
        if let (Some(key), StatusCode::OK, Some(dependencies)) =
            (key, answer.response.status(), view.dependencies())
        {
            let content_type = answer.response.headers().get(CONTENT_TYPE).cloned();
            let kept = KeptAnswer {
                content_type: content_type.unwrap_or(HeaderValue::from_static(negotiation::PREFERRED)),
                body: answer.response.body().clone(),
                route: answer.route,
                tally: view.tally(),
                dependencies,
            };
            self.kept.keep(key, kept);
        }
        answer
    }
}

/// The URI that is routed, where it differs from the one that came.
fn rewritten(uri: &Uri) -> Result<Option<Uri>, String> {
    let target = context_path::rewrite(uri.path(), uri.query()).map_err(|error| error.to_string())?;
    if target.path == uri.path() && target.query.as_deref() == uri.query() {
        return Ok(None);
    }
    let text = match target.query {
        Some(query) => format!("{}?{query}", target.path),
        None => target.path.into_owned(),
    };
    PathAndQuery::try_from(text)
        .map(|path| Some(Uri::from(path)))
        .map_err(|error| format!("unreadable path: {error}"))
}
