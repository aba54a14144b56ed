//! A schema with everything that it refers to, in one answer.

use schema::model::api::{BundledSchema, SchemaAnswer, SchemaBundle};
use schema::model::ids::SchemaId;
use schema::model::subject::{Context, Subject};

use super::references::{self, Liveness, Referred};
use super::subjects::read::ReadOptions;
use super::{IdAnswerOptions, Registry, RegistryError, View};

impl Registry {
    /// A version of a subject with everything that it refers to.
    ///
    /// # Errors
    /// Those of [`Registry::subject_version`].
    pub async fn version_bundle(
        &self,
        view: &View,
        subject: &Subject,
        version: &str,
        deleted: bool,
    ) -> Result<SchemaBundle, RegistryError> {
        let options = ReadOptions { deleted, ..ReadOptions::default() };
        let root = self.subject_version(view, subject, version, &options).await?;
        bundle(view, root, subject.context()).await
    }

    /// The schema behind an id with everything that it refers to; `subject` as for [`Registry::schema_by_id`].
    ///
    /// # Errors
    /// [`RegistryError::SchemaNotFound`].
    pub async fn id_bundle(
        &self,
        view: &View,
        id: SchemaId,
        subject: &Subject,
    ) -> Result<SchemaBundle, RegistryError> {
        let root = self.schema_by_id(view, id, subject, &IdAnswerOptions::default()).await?;
        bundle(view, root, subject.context()).await
    }
}

/// `context` is where the schema was asked for; the answer says where it was found.
async fn bundle(view: &View, root: SchemaAnswer, context: &Context) -> Result<SchemaBundle, RegistryError> {
    let found = root.subject.as_deref().map(Subject::parse);
    let context = found.as_ref().map_or(context, Subject::context);
    let resolution = references::resolve(view, context, &root.references, Liveness::Any).await?;
    Ok(SchemaBundle { root, resolved: resolution.schemas.into_iter().map(bundled).collect() })
}

fn bundled(referred: Referred) -> BundledSchema {
    let Referred { name, subject, version, schema } = referred;
    BundledSchema {
        name,
        subject: subject.to_string(),
        version,
        id: schema.id,
        guid: schema.guid.to_string(),
        schema_type: schema.schema_type,
        references: schema.references.clone(),
        schema: schema.text.clone(),
    }
}
