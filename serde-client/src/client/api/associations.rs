//! `/associations`: which subjects belong to a topic.

use schema::model::api::{ErrorAnswer, RegisterSchemaRequest, SchemaAnswer};
use serde::{Deserialize, Serialize};

use super::{Api, Page, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

/// The part of a record that a subject describes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssociationType {
    /// The key.
    Key,
    /// The value.
    #[default]
    Value,
}

impl AssociationType {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
        }
    }
}

/// Whether a subject lives and dies with the topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Lifecycle {
    /// It does.
    Strong,
    /// It does not.
    Weak,
}

impl Lifecycle {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "STRONG",
            Self::Weak => "WEAK",
        }
    }
}

/// An association as registries list it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Association {
    /// Qualified subject.
    pub subject: Option<String>,
    /// The association's own id.
    pub guid: Option<String>,
    /// Name of the topic.
    pub resource_name: Option<String>,
    /// Kafka cluster of the topic.
    pub resource_namespace: Option<String>,
    /// Id of the topic.
    pub resource_id: Option<String>,
    /// `topic`.
    pub resource_type: Option<String>,
    /// Key or value.
    pub association_type: Option<AssociationType>,
    /// Whether the subject dies with the topic.
    pub lifecycle: Option<Lifecycle>,
    /// Whether it cannot be changed; absent where its lifecycle says so.
    pub frozen: Option<bool>,
    /// The schema, where it was asked for.
    pub schema: Option<SchemaAnswer>,
    /// Time of its making, milliseconds since 1970.
    pub create_ts: Option<i64>,
    /// Time of the last change, milliseconds since 1970.
    pub update_ts: Option<i64>,
}

/// Which associations are meant.
///
/// ```
/// use serde_client::client::{AssociationFilter, AssociationType};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.associate("orders", AssociationType::Value, "shared-orders");
/// let values = AssociationFilter { association_types: vec![AssociationType::Value], ..Default::default() };
/// let found = registry.client().api().list_associations_of_resource("-", "orders", &values).await?;
/// assert_eq!(found[0].subject.as_deref(), Some("shared-orders"));
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssociationFilter {
    /// Only of such parts; all unless given.
    pub association_types: Vec<AssociationType>,
    /// Only with such a lifecycle.
    pub lifecycle: Option<Lifecycle>,
    /// The part of the list.
    pub page: Page,
}

impl AssociationFilter {
    fn apply_to(&self, target: Target) -> Target {
        let lifecycle = self.lifecycle.map(Lifecycle::as_str);
        self.page.apply_to(of_types(target, &self.association_types).optional("lifecycle", lifecycle))
    }
}

fn of_types(target: Target, types: &[AssociationType]) -> Target {
    let target = target.query("resourceType", "topic");
    types.iter().fold(target, |target, kind| target.query("associationType", kind.as_str()))
}

/// What becomes of an association in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AssociationOperation {
    /// It is made.
    Create,
    /// It is made or changed.
    Upsert,
    /// It is removed.
    Delete,
}

/// One association to make, change or remove.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationRequest {
    /// What becomes of it; only in batches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_type: Option<AssociationOperation>,
    /// Key or value.
    pub association_type: AssociationType,
    /// The subject; the registry names one where a schema is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Whether the subject dies with the topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// Whether it cannot be changed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// A schema to register along with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<RegisterSchemaRequest>,
    /// Whether that schema is normalised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether a frozen one, and its subject, is removed all the same; only in batches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade_lifecycle: Option<bool>,
}

/// The associations of one topic.
///
/// ```
/// use serde_client::client::{AssociationRequest, AssociationsRequest, Lifecycle};
///
/// let request = AssociationsRequest {
///     resource_name: "orders".to_owned(),
///     resource_namespace: "lkc-1".to_owned(),
///     resource_id: "orders-1".to_owned(),
///     associations: vec![AssociationRequest {
///         subject: Some("shared-orders".to_owned()),
///         lifecycle: Some(Lifecycle::Weak),
///         ..AssociationRequest::default()
///     }],
/// };
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationsRequest {
    /// Name of the topic.
    pub resource_name: String,
    /// Kafka cluster of the topic.
    pub resource_namespace: String,
    /// Id of the topic.
    pub resource_id: String,
    /// What becomes of which.
    pub associations: Vec<AssociationRequest>,
}

/// A topic in a batch of questions: by its id, or by name and cluster.
///
/// ```
/// use serde_client::client::ResourceQuery;
///
/// let by_id = ResourceQuery { resource_id: Some("orders-1".to_owned()), ..ResourceQuery::default() };
/// ```
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceQuery {
    /// Id of the topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Name of the topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// Kafka cluster of the topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_namespace: Option<String>,
    /// Only of such parts; all unless given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub association_types: Vec<AssociationType>,
    /// Only with such a lifecycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
}

/// The associations of a topic, after a change or as one answer of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AssociationsAnswer {
    /// Name of the topic.
    pub resource_name: Option<String>,
    /// Kafka cluster of the topic.
    pub resource_namespace: Option<String>,
    /// Id of the topic.
    pub resource_id: Option<String>,
    /// Its associations.
    pub associations: Vec<Association>,
}

/// One answer of a batch: either of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BatchResult {
    /// Why this part of the batch failed.
    pub error: Option<ErrorAnswer>,
    /// What this part of the batch brought.
    pub result: Option<AssociationsAnswer>,
}

#[derive(Deserialize)]
struct BatchAnswer {
    results: Vec<BatchResult>,
}

#[derive(Serialize)]
struct Batch<'a, T> {
    requests: &'a [T],
}

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
