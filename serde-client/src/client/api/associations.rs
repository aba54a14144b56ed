//! `/associations`: which subjects belong to a topic.

use super::association_types::{
    Association, AssociationFilter, AssociationType, AssociationsAnswer, AssociationsRequest, Batch,
    BatchAnswer, BatchResult, ResourceQuery, of_types,
};
use super::{Api, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

impl Api {
    /// `GET /associations/subjects/{subject}`.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_associations_of_subject(
        &self,
        subject: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Association>, RegistryError> {
        let target = filter.apply_to(self.subject("/associations/subjects", subject));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /associations/resources/{resourceId}`.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_associations_of_resource_id(
        &self,
        resource_id: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Association>, RegistryError> {
        let target = filter.apply_to(Target::new(RESOURCES).segment(resource_id));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /associations/resources/{resourceNamespace}/{resourceName}`; `-` stands for any of either.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_associations_of_resource(
        &self,
        namespace: &str,
        name: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Association>, RegistryError> {
        let target = filter.apply_to(Target::new(RESOURCES).segment(namespace).segment(name));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `POST /associations`: makes associations.
    ///
    /// # Errors
    /// Kinds `Conflict` (40903 to 40907), `InvalidRequest` (42212) and what registering fails with; see [`Api`].
    pub async fn create_associations(
        &self,
        request: &AssociationsRequest,
        dry_run: bool,
    ) -> Result<AssociationsAnswer, RegistryError> {
        let target = self.in_context(Target::new("/associations")).flag("dryRun", dry_run);
        self.caller.call(Method::Post, target, json(request)?).await
    }

    /// `PUT /associations/resources/{resourceId}`: makes or changes associations.
    ///
    /// # Errors
    /// As [`Api::create_associations`], and kind `Conflict` (40908) for frozen ones.
    pub async fn upsert_associations(
        &self,
        request: &AssociationsRequest,
        dry_run: bool,
    ) -> Result<AssociationsAnswer, RegistryError> {
        let target =
            self.in_context(Target::new(RESOURCES).segment(&request.resource_id)).flag("dryRun", dry_run);
        self.caller.call(Method::Put, target, json(request)?).await
    }

    /// `DELETE /associations/resources/{resourceId}`: all, or those of some types. With `cascade`, frozen ones go too, and
    /// subjects that live with the topic.
    ///
    /// # Errors
    /// Kinds `NotFound` (40410), `Conflict` (40908) for frozen ones; see [`Api`].
    pub async fn delete_associations(
        &self,
        resource_id: &str,
        types: &[AssociationType],
        cascade: bool,
        dry_run: bool,
    ) -> Result<(), RegistryError> {
        let target = of_types(Target::new(RESOURCES).segment(resource_id), types);
        let target = target.flag("cascadeLifecycle", cascade).flag("dryRun", dry_run);
        self.caller.done(Method::Delete, target, Payload::None).await
    }

    /// `POST /associations:batchGet`: the associations of many topics, an answer for each in their order.
    ///
    /// # Errors
    /// See [`Api`]; what fails for one topic stands in its answer.
    pub async fn batch_get_associations(
        &self,
        topics: &[ResourceQuery],
        include_schemas: bool,
    ) -> Result<Vec<BatchResult>, RegistryError> {
        let target = Target::new("/associations:batchGet").flag("includeSchemas", include_schemas);
        let answer = self.caller.call(Method::Post, target, json(&Batch { requests: topics })?).await;
        answer.map(|BatchAnswer { results }| results)
    }

    /// `POST /associations:batchMutate`: changes the associations of many topics, an answer for each in their order.
    ///
    /// # Errors
    /// See [`Api`]; what fails for one topic stands in its answer.
    pub async fn batch_mutate_associations(
        &self,
        topics: &[AssociationsRequest],
        dry_run: bool,
    ) -> Result<Vec<BatchResult>, RegistryError> {
        let target = self.in_context(Target::new("/associations:batchMutate")).flag("dryRun", dry_run);
        let answer = self.caller.call(Method::Post, target, json(&Batch { requests: topics })?).await;
        answer.map(|BatchAnswer { results }| results)
    }

    fn in_context(&self, target: Target) -> Target {
        target.optional("context", self.context_name())
    }
}

/// Where associations are found by their topic.
const RESOURCES: &str = "/associations/resources";
