//! `/contexts`.

use schema::model::subject::Context;

use super::{Api, Page};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

impl Api {
    /// `GET /contexts`: names with their leading dot; `.` is the default context.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_contexts(&self, page: Page) -> Result<Vec<String>, RegistryError> {
        self.caller.call(Method::Get, page.apply_to(Target::new("/contexts")), Payload::None).await
    }

    /// `DELETE /contexts/{context}`: forgets a context without subjects.
    ///
    /// # Errors
    /// Kind `InvalidRequest` (42211) while it has subjects; see [`Api`].
    pub async fn delete_context(&self, context: &str) -> Result<(), RegistryError> {
        let context = Context::parse(context).map_err(|error| RegistryError::invalid(error.to_string()))?;
        // The spelling with colons: a URL cannot carry a segment that is a dot.
        let target = Target::new("/contexts").segment(&format!(":{context}:"));
        self.caller.done(Method::Delete, target, Payload::None).await
    }
}
