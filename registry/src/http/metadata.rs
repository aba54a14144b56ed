//! `/` and `/v1/metadata/…`: what the server says of itself.

use axum::extract::State;
use serde_json::{Value, json};

use super::App;
use super::answer::Answer;

/// Answer that the server is there.
#[utoipa::path(get, operation_id = "getRoot", path = "/", tag = "Server",
    responses((status = 200, description = "An empty object.", body = Value)))]
pub(super) async fn root() -> Answer<Value> {
    Answer(json!({}))
}

/// Answer that the server is there, to a POST.
#[utoipa::path(post, operation_id = "postRoot", path = "/", tag = "Server",
    responses((status = 200, description = "An empty object.", body = Value)))]
pub(super) async fn post_root() -> Answer<Value> {
    Answer(json!({}))
}

/// Read the server's id.
#[utoipa::path(get, operation_id = "getServerId", path = "/v1/metadata/id", tag = "Server",
    responses((status = 200, description = "Scope: the Kafka cluster and the registry's group.", body = Value)))]
pub(super) async fn id(State(app): State<App>) -> Answer<Value> {
    let clusters = json!({
        "kafka-cluster": app.facts.kafka_cluster_id,
        "schema-registry-cluster": app.facts.group_id,
    });
    Answer(json!({"scope": {"path": [], "clusters": clusters}}))
}

/// Read the server's version.
#[utoipa::path(get, operation_id = "getServerVersion", path = "/v1/metadata/version", tag = "Server",
    responses((status = 200, description = "Version and commit.", body = Value)))]
pub(super) async fn version(State(app): State<App>) -> Answer<Value> {
    Answer(json!({"version": app.facts.version, "commitId": app.facts.commit}))
}

/// Read the deployment's attributes.
#[utoipa::path(get, operation_id = "getDeployment", path = "/v1/metadata/deployment", tag = "Server",
    responses((status = 200, description = "Attributes; none.", body = Value)))]
pub(super) async fn deployment() -> Answer<Value> {
    Answer(json!({"attributes": []}))
}
