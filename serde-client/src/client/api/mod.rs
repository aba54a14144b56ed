//! The endpoints of the registry, a method each, named like the operations of its OpenAPI description. A file for each
//! resource.

mod association_types;
mod associations;
mod compatibility;
mod config;
mod contexts;
mod deks;
mod keks;
mod mode;
mod options;
mod schemas;
mod server;
mod subjects;
mod versions;

use std::sync::Arc;

use schema::model::subject::{Context, Subject};
use serde::Serialize;

pub use association_types::{
    Association, AssociationFilter, AssociationOperation, AssociationRequest, AssociationType,
    AssociationsAnswer, AssociationsRequest, BatchResult, Lifecycle, ResourceQuery,
};
pub use compatibility::{CheckOptions, CompatibilityAnswer};
pub use deks::DekOptions;
pub use options::{Deleted, Deletion, IdOptions, Page, ReadOptions};
pub use schemas::ListSchemas;
pub use server::{ClusterIds, ServerVersion};
pub use subjects::ListSubjects;
pub use versions::RegisterOptions;

use super::call::{Caller, Payload};
use super::error::RegistryError;
use super::target::Target;

/// The endpoints of a registry, by [`RegistryClient::api`](super::RegistryClient::api). Nothing that they answer is
/// remembered.
///
/// Subjects that name no context are in the client's. Every method fails with a [`RegistryError`] whose
/// [`kind`](RegistryError::kind) says why.
///
/// ```
/// use serde_client::schema::model::config::{CompatibilityLevel, ConfigUpdate};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let full = ConfigUpdate { compatibility: Some(Some("FULL".to_owned())), ..ConfigUpdate::default() };
/// let config = client.api().update_config("orders-value", &full).await?;
/// assert_eq!(config.compatibility_level, Some(CompatibilityLevel::Full));
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Api {
    caller: Caller,
    context: Context,
}

impl Api {
    pub(super) fn new(caller: Caller, context: Context) -> Self {
        Self { caller, context }
    }

    /// The context of the client.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// A subject with its context. In the default context it stays as it was given.
    pub(super) fn qualified(&self, subject: &str) -> String {
        if self.context.is_default() {
            return subject.to_owned();
        }
        Subject::parse_in(subject, &self.context).to_string()
    }

    fn subject(&self, path: &str, subject: &str) -> Target {
        Target::new(path).segment(&self.qualified(subject))
    }

    /// The context as requests name it; none for the default context.
    fn context_name(&self) -> Option<&str> {
        (!self.context.is_default()).then(|| self.context.as_str())
    }
}

fn json(body: &impl Serialize) -> Result<Payload, RegistryError> {
    let body = serde_json::to_vec(body);
    let body =
        body.map_err(|error| RegistryError::invalid(format!("the request cannot be written: {error}")))?;
    Ok(Payload::Json(Arc::from(body)))
}
