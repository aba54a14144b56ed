//! What handlers take: all reading and validating of requests happens here.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::request::Parts;
use schema::model::api::SchemaAnswer;
use schema::model::dek::DekId;
use schema::model::ids::SchemaId;
use schema::model::subject::Subject;
use serde::de::DeserializeOwned;

use super::App;
use super::error::HttpError;
use super::query::Params;
use crate::service::{RegistryError, View};

/// The reads of this request.
pub(super) struct Reading(Arc<View>);

impl Deref for Reading {
    type Target = View;

    fn deref(&self) -> &View {
        &self.0
    }
}

impl FromRequestParts<App> for Reading {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let view = parts.extensions.get::<Arc<View>>().cloned();
        Ok(Self(view.unwrap_or_else(|| Arc::new(app.registry.view()))))
    }
}

/// Who asks, as far as it is known: goes into the change log.
pub(super) struct Actor(pub(super) Option<String>);

impl FromRequestParts<App> for Actor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let request_id = parts.headers.get("x-request-id").and_then(|value| value.to_str().ok());
        Ok(Self(request_id.map(|id| format!("request {id}"))))
    }
}

/// The decoded segments of the path.
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Segments<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(rejection) => Err(HttpError::bad_request(format!("unreadable path: {rejection}"))),
        }
    }
}

/// The subject of the path, with its alias resolved.
pub(super) struct SubjectPath(pub(super) Subject);

impl FromRequestParts<App> for SubjectPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let Segments(name) = Segments::<String>::from_request_parts(parts, app).await?;
        Ok(Self(dealiased(parts, app, &name).await?))
    }
}

/// The subject of the path, with its alias resolved, and the version segment behind it.
pub(super) struct VersionPath(pub(super) Subject, pub(super) String);

impl FromRequestParts<App> for VersionPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let Segments((name, version)) = Segments::<(String, String)>::from_request_parts(parts, app).await?;
        Ok(Self(dealiased(parts, app, &name).await?, version))
    }
}

async fn dealiased(parts: &mut Parts, app: &App, name: &str) -> Result<Subject, HttpError> {
    let Ok(view) = Reading::from_request_parts(parts, app).await;
    Ok(app.registry.dealias(&view, Subject::parse(name)).await?)
}

/// The key encryption key of the path, and the subject of a data encryption key, with its alias resolved.
pub(super) struct DekSubjectPath(pub(super) String, pub(super) Subject);

impl FromRequestParts<App> for DekSubjectPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let Segments((kek, subject)) = Segments::<(String, String)>::from_request_parts(parts, app).await?;
        let subject = dealiased_for_deks(parts, app, &subject).await?;
        Ok(Self(kek, subject))
    }
}

/// The data encryption key that path and query name.
pub(super) struct DekPath(pub(super) DekId);

impl FromRequestParts<App> for DekPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let algorithm = Params::of(parts.uri.query())?.algorithm()?;
        let DekSubjectPath(kek, subject) = DekSubjectPath::from_request_parts(parts, app).await?;
        Ok(Self(DekId { kek, subject, algorithm }))
    }
}

/// The data encryption key that path and query name, and the version segment behind it.
pub(super) struct DekVersionPath(pub(super) DekId, pub(super) String);

impl FromRequestParts<App> for DekVersionPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let algorithm = Params::of(parts.uri.query())?.algorithm()?;
        let Segments((kek, subject, version)) =
            Segments::<(String, String, String)>::from_request_parts(parts, app).await?;
        let subject = dealiased_for_deks(parts, app, &subject).await?;
        Ok(Self(DekId { kek, subject, algorithm }, version))
    }
}

async fn dealiased_for_deks(parts: &mut Parts, app: &App, name: &str) -> Result<Subject, HttpError> {
    let Ok(view) = Reading::from_request_parts(parts, app).await;
    Ok(app.registry.dealias_for_deks(&view, Subject::parse(name)).await?)
}

/// A place that settings are stored at: never an alias.
pub(super) struct PlacePath(pub(super) Subject);

impl FromRequestParts<App> for PlacePath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let Segments(name) = Segments::<String>::from_request_parts(parts, app).await?;
        Ok(Self(Subject::parse(&name)))
    }
}

/// The schema id of the path and the subject of the query, which says in which context to look.
pub(super) struct IdPath(pub(super) SchemaId, pub(super) Subject);

impl FromRequestParts<App> for IdPath {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, HttpError> {
        let Segments(text) = Segments::<String>::from_request_parts(parts, app).await?;
        let id = text.parse().map_err(|_| HttpError::from(RegistryError::NoSuchResource))?;
        let params = Params::of(parts.uri.query())?;
        let subject = dealiased(parts, app, params.text("subject").unwrap_or_default()).await?;
        Ok(Self(id, subject))
    }
}

impl FromRequestParts<App> for Params {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, HttpError> {
        Params::of(parts.uri.query())
    }
}

/// The JSON body of a request. Of repeated names the last one counts; unknown names are ignored.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, app: &App) -> Result<Self, HttpError> {
        let bytes = bytes::Bytes::from_request(request, app)
            .await
            .map_err(|rejection| HttpError::bad_request(format!("unreadable body: {rejection}")))?;
        let unreadable =
            |error: serde_json::Error| HttpError::bad_request(format!("unreadable JSON body: {error}"));
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(HttpError::body_missing());
        }
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(unreadable)?;
        if value.is_null() {
            return Err(HttpError::body_missing());
        }
        if !value.is_object() {
            return Err(HttpError::bad_request("the body is no JSON object; send {…}"));
        }
        serde_json::from_value(value).map(Self).map_err(unreadable)
    }
}

/// An answer that is the schema text itself rather than JSON around it.
pub(super) fn raw(answer: &SchemaAnswer) -> String {
    answer.schema.to_string()
}
