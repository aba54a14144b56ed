//! `/schemas`.

use schema::model::api::{ContextId, SchemaAnswer, SchemaBundle, SubjectVersion};
use schema::model::ids::{Guid, SchemaId};
use schema::model::schema::SchemaType;

use super::association_types::{AssociationType, Lifecycle};
use super::{Api, Deleted, IdOptions, Page};
use crate::client::call::Payload;
use crate::client::error::RegistryError;
use crate::client::target::Target;
use crate::client::transport::Method;

/// Which schemas are listed.
///
/// ```
/// use serde_client::client::ListSchemas;
///
/// let latest_of_all_contexts =
///     ListSchemas { prefix: Some(":*:".to_owned()), latest_only: true, ..ListSchemas::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSchemas {
    /// Start of the subject; unless given, the client's context is listed. `:*:` lists all contexts.
    pub prefix: Option<String>,
    /// Whether soft-deleted versions are listed.
    pub deleted: Deleted,
    /// Whether only the last version of each subject is listed.
    pub latest_only: bool,
    /// Whether subjects are listed that a matching alias leads to.
    pub aliases: bool,
    /// Only schemas with a rule of this type.
    pub rule_type: Option<String>,
    /// Only subjects associated with such a resource.
    pub resource_type: Option<String>,
    /// Only subjects with such an association.
    pub association_types: Vec<AssociationType>,
    /// Only subjects with an association of such a lifecycle.
    pub lifecycles: Vec<Lifecycle>,
    /// The part of the list; a registry gives at most 1,000 rows at a time.
    pub page: Page,
}

impl Api {
    /// `GET /schemas`: by subject and version.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_schemas(&self, options: &ListSchemas) -> Result<Vec<SchemaAnswer>, RegistryError> {
        let of_context = || self.context_name().map(|_| self.context().qualifier());
        let prefix = options.prefix.clone().or_else(of_context);
        let target = Target::new("/schemas").optional("subjectPrefix", prefix.as_deref());
        let target = options.deleted.apply_to(target).flag("latestOnly", options.latest_only);
        let target =
            target.flag("aliases", options.aliases).optional("ruleType", options.rule_type.as_deref());
        let target = target.optional("resourceType", options.resource_type.as_deref());
        let types = options.association_types.iter();
        let target = types.fold(target, |target, kind| target.query("associationType", kind.as_str()));
        let lifecycles = options.lifecycles.iter();
        let target =
            lifecycles.fold(target, |target, lifecycle| target.query("lifecycle", lifecycle.as_str()));
        self.caller.call(Method::Get, options.page.apply_to(target), Payload::None).await
    }

    /// `GET /schemas/types`: the languages that the registry knows.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_schema_types(&self) -> Result<Vec<SchemaType>, RegistryError> {
        self.caller.call(Method::Get, Target::new("/schemas/types"), Payload::None).await
    }

    /// `GET /schemas/ids/{id}`. Soft-deleted schemas are found, too.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403); see [`Api`].
    pub async fn get_schema_by_id(
        &self,
        id: SchemaId,
        options: &IdOptions,
    ) -> Result<SchemaAnswer, RegistryError> {
        let references = options.qualified_references.then_some("qualified");
        let target =
            self.id_path(id, "", options.subject.as_deref()).optional("format", options.format.as_deref());
        let target = target.optional("referenceFormat", references).each("findTags", &options.find_tags);
        let target = target.flag("fetchMaxId", options.fetch_max_id);
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /schemas/ids/{id}/schema`: the text alone.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403); see [`Api`].
    pub async fn get_schema_text_by_id(
        &self,
        id: SchemaId,
        subject: Option<&str>,
        format: Option<&str>,
    ) -> Result<String, RegistryError> {
        self.caller.text(Method::Get, self.id_path(id, "/schema", subject).optional("format", format)).await
    }

    /// `GET /schemas/ids/{id}/bundle`: the schema with everything it refers to, in one answer. Only this project's registry
    /// has it.
    ///
    /// # Errors
    /// Kinds `SchemaNotFound` (40403), `NotFound` (404) by other registries; see [`Api`].
    pub async fn get_schema_bundle_by_id(
        &self,
        id: SchemaId,
        subject: Option<&str>,
    ) -> Result<SchemaBundle, RegistryError> {
        self.caller.call(Method::Get, self.id_path(id, "/bundle", subject), Payload::None).await
    }

    /// `GET /schemas/ids/{id}/subjects`: qualified subjects that hold an id.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403); see [`Api`].
    pub async fn list_subjects_of_id(
        &self,
        id: SchemaId,
        subject: Option<&str>,
        deleted: Deleted,
        page: Page,
    ) -> Result<Vec<String>, RegistryError> {
        let target = page.apply_to(deleted.apply_to(self.id_path(id, "/subjects", subject)));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /schemas/ids/{id}/versions`: for each subject the newest version that holds an id.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403); see [`Api`].
    pub async fn list_versions_of_id(
        &self,
        id: SchemaId,
        subject: Option<&str>,
        deleted: Deleted,
        page: Page,
    ) -> Result<Vec<SubjectVersion>, RegistryError> {
        let target = page.apply_to(deleted.apply_to(self.id_path(id, "/versions", subject)));
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /schemas/guids/{guid}`: a schema by its content, whatever its context.
    ///
    /// # Errors
    /// Kind `SchemaNotFound` (40403); see [`Api`].
    pub async fn get_schema_by_guid(
        &self,
        guid: Guid,
        format: Option<&str>,
    ) -> Result<SchemaAnswer, RegistryError> {
        let target = Target::new("/schemas/guids").segment(&guid.to_string()).optional("format", format);
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// `GET /schemas/guids/{guid}/ids`: contexts and ids of a content; none for an unknown guid.
    ///
    /// # Errors
    /// See [`Api`].
    pub async fn list_ids_of_guid(&self, guid: Guid) -> Result<Vec<ContextId>, RegistryError> {
        let target = Target::new("/schemas/guids").segment(&guid.to_string()).then("/ids");
        self.caller.call(Method::Get, target, Payload::None).await
    }

    /// Without a subject, the context as a whole stands in for one.
    fn id_path(&self, id: SchemaId, rest: &str, subject: Option<&str>) -> Target {
        let subject = subject.map(|subject| self.qualified(subject));
        let subject = subject.or_else(|| self.context_name().map(|_| self.context().qualifier()));
        Target::new("/schemas/ids")
            .segment(&id.to_string())
            .then(rest)
            .optional("subject", subject.as_deref())
    }
}
