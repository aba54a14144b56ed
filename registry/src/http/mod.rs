//! The REST interface. The only folder that names axum; this page shows every route.

mod answer;
pub mod application;
mod associations;
pub mod body;
mod compatibility;
pub mod compression;
mod config;
mod context_path;
mod contexts;
mod deks;
pub mod docs;
pub mod edge;
mod error;
mod extract;
mod front;
pub mod health;
mod keks;
mod kept_answers;
mod metadata;
pub mod metrics;
mod migration;
mod mode;
mod negotiation;
pub mod openapi;
mod operations;
mod query;
pub mod refusal;
pub mod request_id;
mod schemas;
mod subjects;
mod versions;

use std::sync::Arc;

use application::RouteLabel;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};

pub use front::Front;
pub use kept_answers::KeptAnswers;
pub use operations::Operations;

use crate::service::Registry;
use error::HttpError;

/// What the server says of itself.
#[derive(Clone, Debug)]
pub struct ServerFacts {
    /// Version of the API that it speaks.
    pub version: String,
    /// Commit it was built from: 40 hexadecimal digits.
    pub commit: String,
    /// Name of the cluster it belongs to.
    pub kafka_cluster_id: String,
    /// Name of the group of registries it belongs to.
    pub group_id: String,
}

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    registry: Registry,
    facts: Arc<ServerFacts>,
    operations: Arc<Operations>,
}

/// Every route.
fn table() -> Table {
    Table::default()
        .at("/", get(metadata::root).post(metadata::post_root))
        .at("/subjects", get(subjects::list))
        .at("/subjects/{subject}", post(subjects::lookup).delete(subjects::delete))
        .at("/subjects/{subject}/metadata", get(subjects::latest_with_metadata))
        .at("/subjects/{subject}/versions", get(versions::list).post(versions::register))
        .at("/subjects/{subject}/versions/{version}", get(versions::get).delete(versions::delete))
        .at("/subjects/{subject}/versions/{version}/schema", get(versions::get_text))
        .at("/subjects/{subject}/versions/{version}/referencedby", get(versions::referenced_by))
        .at("/subjects/{subject}/versions/{version}/bundle", get(versions::bundle))
        .at("/subjects/{subject}/versions/{version}/tags", post(versions::tag))
        .at("/schemas", get(schemas::list))
        .at("/schemas/types", get(schemas::types))
        .at("/schemas/ids/{id}", get(schemas::by_id))
        .at("/schemas/ids/{id}/schema", get(schemas::text_by_id))
        .at("/schemas/ids/{id}/bundle", get(schemas::bundle_by_id))
        .at("/schemas/ids/{id}/subjects", get(schemas::id_subjects))
        .at("/schemas/ids/{id}/versions", get(schemas::id_versions))
        .at("/schemas/guids/{guid}", get(schemas::by_guid))
        .at("/schemas/guids/{guid}/ids", get(schemas::guid_ids))
        .at("/compatibility/subjects/{subject}/versions", post(compatibility::check_all))
        .at("/compatibility/subjects/{subject}/versions/{version}", post(compatibility::check_version))
        .at("/config", get(config::get_global).put(config::update_global).delete(config::delete_global))
        .at("/config/{subject}", get(config::get).put(config::update).delete(config::delete))
        .at("/mode", get(mode::get_global).put(mode::set_global).delete(mode::delete_global))
        .at("/mode/{subject}", get(mode::get).put(mode::update).delete(mode::delete))
        .at("/contexts", get(contexts::list))
        .at("/contexts/{context}", delete(contexts::delete))
        .at("/associations/subjects/{subject}", get(associations::of_subject))
        .at("/associations/resources/{resource_id}", get(associations::of_resource_id))
        .at("/associations/resources/{resource_namespace}/{resource_name}", get(associations::of_resource))
        .at("/dek-registry/v1/keks", get(keks::list).post(keks::create))
        .at("/dek-registry/v1/keks/{name}", get(keks::get).put(keks::update).delete(keks::delete))
        .at("/dek-registry/v1/keks/{name}/undelete", post(keks::undelete))
        .at("/dek-registry/v1/keks/{name}/test", post(keks::test))
        .at("/dek-registry/v1/keks/{name}/deks", get(deks::subjects).post(deks::create))
        .at(
            "/dek-registry/v1/keks/{name}/deks/{subject}",
            get(deks::get).post(deks::create_for_subject).delete(deks::delete),
        )
        .at("/dek-registry/v1/keks/{name}/deks/{subject}/undelete", post(deks::undelete))
        .at("/dek-registry/v1/keks/{name}/deks/{subject}/versions", get(deks::versions))
        .at(
            "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}",
            get(deks::get_version).delete(deks::delete_version),
        )
        .at(
            "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}/undelete",
            post(deks::undelete_version),
        )
        .at("/v1/metadata/id", get(metadata::id))
        .at("/v1/metadata/version", get(metadata::version))
        .at("/v1/metadata/deployment", get(metadata::deployment))
        .beside("/health/live", get(operations::live))
        .beside("/health/ready", get(operations::ready))
        .beside("/metrics", get(operations::figures))
        .beside("/openapi.yaml", get(operations::document))
        .beside("/docs", get(operations::documentation))
}

/// The patterns of all routes: the route labels of the metrics.
#[must_use]
pub fn patterns() -> Vec<&'static str> {
    table().patterns
}

/// Collects routes; each answer carries its route's label for the metrics.
#[derive(Default)]
struct Table {
    router: Router<App>,
    patterns: Vec<&'static str>,
}

impl Table {
    /// A route of the API.
    fn at(self, path: &'static str, methods: MethodRouter<App>) -> Self {
        self.beside(path, methods.route_layer(from_fn(negotiation::negotiate)))
    }

    /// A route that is not part of the API: it chooses its content type itself.
    fn beside(mut self, path: &'static str, methods: MethodRouter<App>) -> Self {
        let methods =
            methods.layer(map_response(move |response: Response| std::future::ready(label(response, path))));
        self.patterns.push(path);
        Self { router: self.router.route(path, methods), patterns: self.patterns }
    }

    fn with(self, app: App) -> Router {
        self.router
            // The edge has read the whole body within its limit.
            .layer(DefaultBodyLimit::disable())
            .method_not_allowed_fallback(async || HttpError::method_not_allowed().into_response())
            .fallback(async || HttpError::not_found().into_response())
            .with_state(app)
    }
}

fn label(mut response: Response, path: &'static str) -> Response {
    response.extensions_mut().insert(RouteLabel(path));
    response
}
