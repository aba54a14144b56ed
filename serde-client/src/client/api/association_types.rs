//! What `/associations` is asked and answers.

use schema::model::api::{ErrorAnswer, RegisterSchemaRequest, SchemaAnswer};
use serde::{Deserialize, Serialize};

use super::Page;
use crate::client::target::Target;

/// The part of a record that a subject describes.
///
/// ```
/// use serde_client::client::AssociationType;
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// registry.associate("orders", AssociationType::Key, "customer-ids");
/// let is_key = true;
/// assert_eq!(registry.client().resource_subjects("-", "orders", is_key).await?.len(), 1);
/// assert!(registry.client().resource_subjects("-", "orders", !is_key).await?.is_empty(), "that of the key only");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
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
///
/// ```
/// use serde_client::client::{AssociationFilter, Lifecycle};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let strong = AssociationFilter { lifecycle: Some(Lifecycle::Strong), ..AssociationFilter::default() };
/// registry.client().api().list_associations_of_resource("-", "orders", &strong).await?;
/// let request = registry.last_request().expect("a request");
/// assert!(request.target.contains("lifecycle=STRONG"), "{}", request.target);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
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
///
/// ```
/// use serde_client::client::{AssociationFilter, Lifecycle};
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let listed = r#"[{"resourceName": "orders", "associationType": "value", "lifecycle": "STRONG"}]"#;
/// registry.fail_next(1, Fault::Body(listed.to_owned()));
/// let filter = AssociationFilter::default();
/// let topics = registry.client().api().list_associations_of_subject("shared-orders", &filter).await?;
/// assert_eq!(topics[0].resource_name.as_deref(), Some("orders"));
/// assert_eq!(topics[0].lifecycle, Some(Lifecycle::Strong), "the subject goes when the topic goes");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
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
    pub(super) fn apply_to(&self, target: Target) -> Target {
        let lifecycle = self.lifecycle.map(Lifecycle::as_str);
        self.page.apply_to(of_types(target, &self.association_types).optional("lifecycle", lifecycle))
    }
}

pub(super) fn of_types(target: Target, types: &[AssociationType]) -> Target {
    let target = target.query("resourceType", "topic");
    types.iter().fold(target, |target, kind| target.query("associationType", kind.as_str()))
}

/// What becomes of an association in a batch.
///
/// ```
/// use serde_client::client::{AssociationOperation, AssociationRequest};
/// use serde_json::json;
///
/// let delete = AssociationRequest { op_type: Some(AssociationOperation::Delete), ..AssociationRequest::default() };
/// assert_eq!(serde_json::to_value(&delete)?, json!({"opType": "DELETE", "associationType": "value"}));
/// # Ok::<_, serde_json::Error>(())
/// ```
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
///
/// ```
/// use serde_client::schema::model::api::RegisterSchemaRequest;
/// use serde_client::client::{AssociationRequest, AssociationType};
///
/// let with_schema = AssociationRequest {
///     association_type: AssociationType::Key,
///     schema: Some(RegisterSchemaRequest { schema: Some(r#""long""#.to_owned()), ..Default::default() }),
///     ..AssociationRequest::default()
/// };
/// let body = serde_json::to_value(&with_schema)?;
/// assert_eq!(body["schema"]["schema"], r#""long""#);
/// assert!(body.get("subject").is_none(), "the registry names the subject");
/// # Ok::<_, serde_json::Error>(())
/// ```
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
///
/// ```
/// use serde_client::client::{AssociationRequest, AssociationsRequest};
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let made = r#"{"resourceName": "orders", "associations": [{"subject": "orders-value"}]}"#;
/// registry.fail_next(1, Fault::Body(made.to_owned()));
/// let wanted = AssociationsRequest { associations: vec![AssociationRequest::default()], ..Default::default() };
/// let answer = registry.client().api().create_associations(&wanted, false).await?;
/// assert_eq!(answer.associations[0].subject.as_deref(), Some("orders-value"), "named by the registry");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
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
///
/// ```
/// use serde_client::client::ResourceQuery;
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let results = r#"{"results": [{"result": {}}, {"error": {"error_code": 40410, "message": "no such topic"}}]}"#;
/// registry.fail_next(1, Fault::Body(results.to_owned()));
/// let topics = [ResourceQuery::default(), ResourceQuery::default()];
/// let results = registry.client().api().batch_get_associations(&topics, false).await?;
/// assert!(results[0].result.is_some());
/// assert_eq!(results[1].error.as_ref().map(|error| error.error_code), Some(40410), "of the second topic only");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BatchResult {
    /// Why this part of the batch failed.
    pub error: Option<ErrorAnswer>,
    /// What this part of the batch brought.
    pub result: Option<AssociationsAnswer>,
}

#[derive(Deserialize)]
pub(super) struct BatchAnswer {
    pub(super) results: Vec<BatchResult>,
}

#[derive(Serialize)]
pub(super) struct Batch<'a, T> {
    pub(super) requests: &'a [T],
}
