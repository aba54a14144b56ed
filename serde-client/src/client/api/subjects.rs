//! `/subjects`.

use std::collections::BTreeMap;

use schema::model::api::{RegisterSchemaRequest, SchemaAnswer};
use schema::model::ids::Version;

use super::{Api, Deleted, Deletion, Page, ReadOptions, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;
use crate::client::types::Normalize;

/// Which subjects are listed.
///
/// ```
/// use serde_client::client::{ListSubjects, Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// for subject in ["orders-key", "orders-value", "users-value"] {
///     client.register(subject, &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// }
/// let options = ListSubjects { prefix: Some("orders-".to_owned()), ..ListSubjects::default() };
/// assert_eq!(client.api().list_subjects(&options).await?, ["orders-key", "orders-value"]);
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSubjects {
    /// Start of the name: `:.eu:` lists a context, `:*:` all. Unless given, the client's context is listed, and all
    /// contexts by a client without one.
    pub prefix: Option<String>,
    /// Whether subjects without a live version are listed.
    pub deleted: Deleted,
    /// The part of the list.
    pub page: Page,
}

impl Api {
    /// `GET /subjects`: qualified names in order.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_subjects(&self, options: &ListSubjects) -> Result<Vec<String>, RegistryError> {
        let of_context = || self.context_name().map(|_| self.context().qualifier());
        let prefix = options.prefix.clone().or_else(of_context);
        let target = Target::new("/subjects").optional("subjectPrefix", prefix.as_deref());
        let target = options.page.apply_to(options.deleted.apply_to_list(target));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `POST /subjects/{subject}`: the version that holds a schema.
    ///
    /// Honours `format` and `deleted` of the options.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `SchemaNotFound` (40403), `InvalidSchema` (42201); see [`Api`].
    pub async fn look_up_schema(
        &self,
        subject: &str,
        schema: &RegisterSchemaRequest,
        normalize: Normalize,
        options: &ReadOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let target = self.subject("/subjects", subject).flag("normalize", normalize == Normalize::Yes);
        let target = options.apply_to(target);
        self.caller.call(Method::Post, target, json(schema)?).await
    }

    /// `GET /subjects/{subject}/metadata`: the newest version whose metadata has all of `properties`.
    ///
    /// Honours `format` and `deleted` of the options.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `SchemaNotFound` (40403); see [`Api`].
    pub async fn get_latest_with_metadata(
        &self,
        subject: &str,
        properties: &BTreeMap<String, String>,
        options: &ReadOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let target = self.subject("/subjects", subject).then("/metadata");
        let pairs = |target: Target, (name, value): (&String, &String)| {
            target.query("key", name).query("value", value)
        };
        let target = options.apply_to(properties.iter().fold(target, pairs));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `DELETE /subjects/{subject}`: the numbers of the versions that were deleted.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `Deletion` (40404, 40405), `Referenced` (42206), `NotPermitted` (42205);
    /// see [`Api`].
    pub async fn delete_subject(
        &self,
        subject: &str,
        deletion: Deletion,
    ) -> Result<Vec<Version>, RegistryError> {
        let target = deletion.apply_to(self.subject("/subjects", subject));
        self.caller.call(Method::Delete, target, Payload::None).await
    }
}
