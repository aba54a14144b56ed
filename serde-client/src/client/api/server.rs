//! `/` and `/v1/metadata`: what a registry says of itself.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Api, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

/// Which clusters a registry belongs to, by kind: `kafka-cluster` and `schema-registry-cluster`.
pub type ClusterIds = BTreeMap<String, String>;

/// The build of a registry.
///
/// ```
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.fail_next(1, Fault::Body(r#"{"version": "8.1.0", "commitId": "4f2a9c"}"#.to_owned()));
/// let build = registry.client().api().get_server_version().await?;
/// assert_eq!((build.version.as_str(), build.commit_id.as_str()), ("8.1.0", "4f2a9c"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerVersion {
    /// Version.
    pub version: String,
    /// Commit of its source.
    pub commit_id: String,
}

#[derive(Deserialize)]
struct ServerId {
    scope: Scope,
}

#[derive(Deserialize)]
struct Scope {
    #[serde(default)]
    clusters: ClusterIds,
}

#[derive(Deserialize)]
struct Deployment {
    #[serde(default)]
    attributes: Vec<String>,
}

impl Api {
    /// `GET /`: whether the registry is there.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn get_root(&self) -> Result<(), RegistryError> {
        self.caller.done(Method::Get, Target::new("/"), Payload::None).await
    }

    /// `POST /`: whether the registry takes requests with a body.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn post_root(&self) -> Result<(), RegistryError> {
        self.caller.done(Method::Post, Target::new("/"), json(&ClusterIds::new())?).await
    }

    /// `GET /v1/metadata/id`.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn get_server_id(&self) -> Result<ClusterIds, RegistryError> {
        let id: ServerId =
            self.caller.call(Method::Get, Target::new("/v1/metadata/id"), Payload::None).await?;
        Ok(id.scope.clusters)
    }

    /// `GET /v1/metadata/version`.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn get_server_version(&self) -> Result<ServerVersion, RegistryError> {
        self.caller.call(Method::Get, Target::new("/v1/metadata/version"), Payload::None).await
    }

    /// `GET /v1/metadata/deployment`: attributes, usually none.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn get_deployment(&self) -> Result<Vec<String>, RegistryError> {
        let target = Target::new("/v1/metadata/deployment");
        let deployment: Deployment = self.caller.call(Method::Get, target, Payload::None).await?;
        Ok(deployment.attributes)
    }
}
