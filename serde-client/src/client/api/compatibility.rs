//! `/compatibility`.

use schema::compat::Finding;
use schema::model::api::RegisterSchemaRequest;
use schema::model::ids::VersionId;
use serde::Deserialize;

use super::versions::spelled;
use super::{Api, json};
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;
use crate::client::types::Normalize;

/// How compatibility is checked.
///
/// ```
/// use serde_client::client::CheckOptions;
///
/// let with_proofs = CheckOptions { explain: true, ..CheckOptions::default() };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Whether the registry is asked to normalise the schema.
    pub normalize: Normalize,
    /// Whether the answer says what is wrong. An invalid schema is incompatible then, and no error.
    pub verbose: bool,
    /// Whether the answer has findings with causes, cures and proofs. Only this project's registry has them.
    pub explain: bool,
}

/// What a check says.
///
/// ```
/// use serde_client::schema::model::api::RegisterSchemaRequest;
/// use serde_client::client::{CheckOptions, Normalize, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("s", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// let newer = RegisterSchemaRequest { schema: Some(r#""int""#.to_owned()), ..RegisterSchemaRequest::default() };
/// let options = CheckOptions { verbose: true, ..CheckOptions::default() };
/// let answer = client.api().check_against_subject("s", &newer, options).await?;
/// assert!(!answer.is_compatible && !answer.messages.is_empty());
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CompatibilityAnswer {
    /// Whether the schema may follow.
    pub is_compatible: bool,
    /// What is wrong, in the reference registry's words; only if `verbose`.
    #[serde(default)]
    pub messages: Vec<String>,
    /// What is wrong, for whom, and what would cure it; only if `explain`.
    #[serde(default)]
    pub incompatibilities: Vec<Finding>,
}

impl Api {
    /// `POST /compatibility/subjects/{subject}/versions/{version}`: checks a schema against one version.
    ///
    /// # Errors
    /// Kinds `VersionNotFound` (40402), `InvalidSchema` (42201); see [`Api`].
    pub async fn check_against_version(
        &self,
        subject: &str,
        version: VersionId,
        schema: &RegisterSchemaRequest,
        options: CheckOptions,
    ) -> Result<CompatibilityAnswer, RegistryError> {
        let target =
            self.subject("/compatibility/subjects", subject).then("/versions").segment(&spelled(version));
        self.check(target, schema, options).await
    }

    /// `POST /compatibility/subjects/{subject}/versions`: checks a schema against the versions that the level asks for.
    ///
    /// # Errors
    /// Kind `InvalidSchema` (42201); see [`Api`].
    pub async fn check_against_subject(
        &self,
        subject: &str,
        schema: &RegisterSchemaRequest,
        options: CheckOptions,
    ) -> Result<CompatibilityAnswer, RegistryError> {
        self.check(self.subject("/compatibility/subjects", subject).then("/versions"), schema, options).await
    }

    async fn check(
        &self,
        target: Target,
        schema: &RegisterSchemaRequest,
        options: CheckOptions,
    ) -> Result<CompatibilityAnswer, RegistryError> {
        let target = target.flag("normalize", options.normalize == Normalize::Yes);
        let target = target.flag("verbose", options.verbose).flag("explain", options.explain);
        self.caller.call(Method::Post, target, json(schema)?).await
    }
}
