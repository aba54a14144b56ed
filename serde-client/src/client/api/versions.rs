//! `/subjects/{subject}/versions`.

use schema::model::api::{RegisterSchemaRequest, SchemaAnswer, SchemaBundle, TagSchemaRequest};
use schema::model::ids::{SchemaId, Version, VersionId};

use super::{Api, Deleted, Deletion, Page, ReadOptions, json};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;
use crate::client::types::Normalize;

/// How a schema is registered.
///
/// ```
/// use serde_client::schema::model::api::RegisterSchemaRequest;
/// use serde_client::client::RegisterOptions;
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let of = |text: &str| RegisterSchemaRequest { schema: Some(text.to_owned()), ..RegisterSchemaRequest::default() };
/// client.api().register_schema("s", &of(r#""string""#), &RegisterOptions::default()).await?;
/// let forced = RegisterOptions { force: true, ..RegisterOptions::default() };
/// let answer = client.api().register_schema("s", &of(r#""int""#), &forced).await?;
/// assert_eq!(answer.version, Some(2));
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterOptions {
    /// Whether the registry is asked to normalise it.
    pub normalize: Normalize,
    /// Whether the compatibility check is left out.
    pub force: bool,
    /// Form of the text in the answer, see [`ReadOptions::format`].
    pub format: Option<String>,
}

impl Api {
    /// `GET /subjects/{subject}/versions`: numbers in order.
    ///
    /// # Errors
    /// Kind `SubjectNotFound` (40401); see [`Api`].
    pub async fn list_versions(
        &self,
        subject: &str,
        deleted: Deleted,
        page: Page,
    ) -> Result<Vec<Version>, RegistryError> {
        let target = page.apply_to(deleted.apply_to_list(self.versions(subject)));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `POST /subjects/{subject}/versions`: registers a schema. One that is registered already is answered with its id.
    ///
    /// # Errors
    /// Kinds `Incompatible` (40901), `InvalidSchema` (42201), `NotPermitted` (42205) and other refusals; see [`Api`].
    pub async fn register_schema(
        &self,
        subject: &str,
        schema: &RegisterSchemaRequest,
        options: &RegisterOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let target = self.versions(subject).flag("normalize", options.normalize == Normalize::Yes);
        let target = target.flag("force", options.force).optional("format", options.format.as_deref());
        self.caller.call(Method::Post, target, json(schema)?).await
    }

    /// `GET /subjects/{subject}/versions/{version}`.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `VersionNotFound` (40402); see [`Api`].
    pub async fn get_version(
        &self,
        subject: &str,
        version: VersionId,
        options: &ReadOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let target = options.apply_to(self.version_path(subject, version));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /subjects/{subject}/versions/{version}/schema`: the text alone.
    ///
    /// Honours `format` and `deleted` of the options.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `VersionNotFound` (40402); see [`Api`].
    pub async fn get_version_text(
        &self,
        subject: &str,
        version: VersionId,
        options: &ReadOptions,
    ) -> Result<String, RegistryError> {
        let target = options.apply_to(self.version_path(subject, version).then("/schema"));
        self.caller.text(Method::Get, target).await
    }

    /// `GET /subjects/{subject}/versions/{version}/bundle`: the schema with everything it refers to, in one answer. Only
    /// this project's registry has it.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `VersionNotFound` (40402), `NotFound` (404) by other registries; see [`Api`].
    pub async fn get_version_bundle(
        &self,
        subject: &str,
        version: VersionId,
        deleted: Deleted,
    ) -> Result<SchemaBundle, RegistryError> {
        let target = deleted.apply_to(self.version_path(subject, version).then("/bundle"));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /subjects/{subject}/versions/{version}/referencedby`: ids of the schemas that refer to it, in order.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `VersionNotFound` (40402); see [`Api`].
    pub async fn list_referrers(
        &self,
        subject: &str,
        version: VersionId,
        deleted: Deleted,
        page: Page,
    ) -> Result<Vec<SchemaId>, RegistryError> {
        let target = self.version_path(subject, version).then("/referencedby");
        self.caller.call(Method::Get, page.apply_to(deleted.apply_to(target)), Payload::None).await
    }

    /// `DELETE /subjects/{subject}/versions/{version}`: the number of the version that was deleted.
    ///
    /// # Errors
    /// Kinds `SubjectNotFound` (40401), `VersionNotFound` (40402), `Deletion` (40406, 40407), `Referenced` (42206),
    /// `NotPermitted` (42205); see [`Api`].
    pub async fn delete_version(
        &self,
        subject: &str,
        version: VersionId,
        deletion: Deletion,
    ) -> Result<Version, RegistryError> {
        let target = deletion.apply_to(self.version_path(subject, version));
        self.caller.call(Method::Delete, target, Payload::None).await
    }

    /// `POST /subjects/{subject}/versions/{version}/tags`: registers a copy with other inline tags, metadata or rules.
    ///
    /// # Errors
    /// As [`Api::register_schema`], and kinds `SubjectNotFound` (40401), `VersionNotFound` (40402).
    pub async fn tag_version(
        &self,
        subject: &str,
        version: VersionId,
        change: &TagSchemaRequest,
    ) -> Result<SchemaAnswer, RegistryError> {
        let target = self.version_path(subject, version).then("/tags");
        self.caller.call(Method::Post, target, json(change)?).await
    }

    fn versions(&self, subject: &str) -> Target {
        self.subject("/subjects", subject).then("/versions")
    }

    fn version_path(&self, subject: &str, version: VersionId) -> Target {
        self.versions(subject).segment(&spelled(version))
    }
}

/// The version as a segment of a path.
pub(super) fn spelled(version: VersionId) -> String {
    match version {
        VersionId::Latest => "latest".to_owned(),
        VersionId::Number(number) => number.to_string(),
    }
}
