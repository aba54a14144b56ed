//! Which endpoint a request means.

use percent_encoding::percent_decode_str;
use schema::model::error_code::ErrorCode;
use serde::de::DeserializeOwned;

use super::answer::Refusal;
use crate::client::{Method, Request};

/// A kind of request, named like the methods of [`Api`](crate::client::Api).
///
/// ```
/// use serde_client::mock::{MockRegistry, Route};
///
/// assert_eq!(MockRegistry::new().requests(Route::RegisterSchema), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Route {
    /// `GET /subjects`.
    ListSubjects,
    /// `POST /subjects/{subject}`.
    LookUpSchema,
    /// `DELETE /subjects/{subject}`.
    DeleteSubject,
    /// `GET /subjects/{subject}/metadata`.
    GetLatestWithMetadata,
    /// `GET /subjects/{subject}/versions`.
    ListVersions,
    /// `POST /subjects/{subject}/versions`.
    RegisterSchema,
    /// `GET /subjects/{subject}/versions/{version}`.
    GetVersion,
    /// `DELETE /subjects/{subject}/versions/{version}`.
    DeleteVersion,
    /// `GET /subjects/{subject}/versions/{version}/referencedby`.
    ListReferrers,
    /// `GET /schemas/ids/{id}`.
    GetSchemaById,
    /// `GET /schemas/guids/{guid}`.
    GetSchemaByGuid,
    /// `POST /compatibility/…`.
    CheckCompatibility,
    /// `GET /config/…`.
    GetConfig,
    /// `PUT /config/…`.
    UpdateConfig,
    /// `DELETE /config/…`.
    DeleteConfig,
    /// `GET /contexts`.
    ListContexts,
    /// `GET /associations/resources/{namespace}/{name}`.
    ListAssociations,
    /// Everything else, also what is no request of a registry, such as that for a token.
    Other,
}

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(super) fn read(request: &Request) -> Self {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self {
            method: request.method,
            segments: path.trim_matches('/').split('/').map(decoded).collect(),
            query: pairs.collect(),
            body: request.body.as_deref().unwrap_or_default().to_vec(),
        }
    }

    pub(super) fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    pub(super) fn route(&self) -> Route {
        use Method::{Delete, Get, Post, Put};
        match (self.method, self.segments().as_slice()) {
            (Get, ["subjects"]) => Route::ListSubjects,
            (Post, ["subjects", _]) => Route::LookUpSchema,
            (Delete, ["subjects", _]) => Route::DeleteSubject,
            (Get, ["subjects", _, "metadata"]) => Route::GetLatestWithMetadata,
            (Get, ["subjects", _, "versions"]) => Route::ListVersions,
            (Post, ["subjects", _, "versions"]) => Route::RegisterSchema,
            (Get, ["subjects", _, "versions", _]) => Route::GetVersion,
            (Delete, ["subjects", _, "versions", _]) => Route::DeleteVersion,
            (Get, ["subjects", _, "versions", _, "referencedby"]) => Route::ListReferrers,
            (Get, ["schemas", "ids", _]) => Route::GetSchemaById,
            (Get, ["schemas", "guids", _]) => Route::GetSchemaByGuid,
            (Post, ["compatibility", "subjects", _, "versions"])
            | (Post, ["compatibility", "subjects", _, "versions", _]) => Route::CheckCompatibility,
            (Get, ["config"] | ["config", _]) => Route::GetConfig,
            (Put, ["config"] | ["config", _]) => Route::UpdateConfig,
            (Delete, ["config"] | ["config", _]) => Route::DeleteConfig,
            (Get, ["contexts"]) => Route::ListContexts,
            (Get, ["associations", "resources", _, _]) => Route::ListAssociations,
            _ => Route::Other,
        }
    }

    /// A segment by its position; the path of a route has all that its answer asks for.
    pub(super) fn segment(&self, position: usize) -> &str {
        self.segments.get(position).map_or("", String::as_str)
    }

    pub(super) fn parameters<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.parameter(name) == Some("true")
    }

    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Refusal::new(ErrorCode::BAD_REQUEST, error.to_string()))
    }
}
