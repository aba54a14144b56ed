//! `/schemas/…`.

use axum::extract::State;
use schema::model::api::{ContextId, ErrorAnswer, SchemaAnswer, SchemaBundle, SubjectVersion};
use schema::model::schema::SchemaType;

use super::App;
use super::answer::{Answer, Reply};
use super::error::HttpError;
use super::extract::{IdPath, Reading, Segments, raw};
use super::query::Params;
use crate::service::{IdAnswerOptions, ListOptions, ReadOptions};

/// List schemas.
#[utoipa::path(get, operation_id = "listSchemas", path = "/schemas", tag = "Schemas",
    params(
        ("subjectPrefix" = Option<String>, Query, description = "Start of the subject; empty (the default) covers the default context, `:*:` all contexts."),
        ("deleted" = Option<bool>, Query, description = "Also list soft-deleted versions."),
        ("latestOnly" = Option<bool>, Query, description = "Only the last version of each subject."),
        ("aliases" = Option<bool>, Query, description = "Also list subjects that a matching alias leads to, with the aliases."),
        ("ruleType" = Option<String>, Query, description = "Only schemas with a rule of this type."),
        ("resourceType" = Option<String>, Query, description = "Only subjects associated with such a resource."),
        ("associationType" = Option<Vec<String>>, Query, description = "Only subjects with such an association."),
        ("lifecycle" = Option<Vec<String>>, Query, description = "Only subjects with an association of this lifecycle; `NONE` admits those without."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return, 1000 at the most."),
    ),
    responses(
        (status = 200, description = "Schemas by subject and version.", body = Vec<SchemaAnswer>),
        (status = 404, description = "404: offset or limit is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn list(State(app): State<App>, view: Reading, params: Params) -> Reply<Vec<SchemaAnswer>> {
    let options = ListOptions {
        prefix: params.owned("subjectPrefix").unwrap_or_default(),
        deleted: params.flag("deleted"),
        latest_only: params.flag("latestOnly"),
        aliases: params.flag("aliases"),
        rule_type: params.owned("ruleType"),
        page: params.page(app.registry.rules().search_limit)?,
    };
    if wants_associated(&params) {
        return Ok(Answer(Vec::new()));
    }
    Ok(Answer(app.registry.schemas(&view, &options).await?))
}

/// Whether only subjects with an association are wanted: none has one.
fn wants_associated(params: &Params) -> bool {
    let lifecycles = params.all("lifecycle");
    let filtered = params.has("resourceType") || params.has("associationType") || !lifecycles.is_empty();
    filtered && !lifecycles.iter().any(|lifecycle| lifecycle == "NONE")
}

/// List the schema types.
#[utoipa::path(get, operation_id = "listSchemaTypes", path = "/schemas/types", tag = "Schemas",
    responses((status = 200, description = "Schema types.", body = Vec<SchemaType>)))]
pub(super) async fn types() -> Answer<[SchemaType; 3]> {
    Answer(SchemaType::ALL)
}

fn read_options(params: &Params) -> ReadOptions {
    ReadOptions {
        format: params.owned("format"),
        reference_format: params.owned("referenceFormat"),
        deleted: false,
        find_tags: params.all("findTags"),
    }
}

/// Read a schema by id.
#[utoipa::path(get, operation_id = "getSchemaById", path = "/schemas/ids/{id}", tag = "Schemas",
    params(
        ("id" = i32, Path, description = "Schema id."),
        ("subject" = Option<String>, Query, description = "In whose context the id is looked for."),
        ("format" = Option<String>, Query, description = "Output format of the text: `resolved` for Avro; `serialized`, `ignore_extensions` for Protobuf."),
        ("referenceFormat" = Option<String>, Query, description = "`qualified`: references name their context."),
        ("findTags" = Option<Vec<String>>, Query, description = "Inline tags to list; `*` lists all."),
        ("fetchMaxId" = Option<bool>, Query, description = "Also tell the highest id of the context."),
    ),
    responses(
        (status = 200, description = "The schema and a version that holds it.", body = SchemaAnswer),
        (status = 404, description = "40403: no such schema. 404: the id is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn by_id(
    State(app): State<App>,
    view: Reading,
    IdPath(id, subject): IdPath,
    params: Params,
) -> Reply<SchemaAnswer> {
    let options = IdAnswerOptions { read: read_options(&params), fetch_max_id: params.flag("fetchMaxId") };
    Ok(Answer(app.registry.schema_by_id(&view, id, &subject, &options).await?))
}

/// Read the text of a schema by id.
#[utoipa::path(get, operation_id = "getSchemaTextById", path = "/schemas/ids/{id}/schema", tag = "Schemas",
    params(
        ("id" = i32, Path, description = "Schema id."),
        ("subject" = Option<String>, Query, description = "In whose context the id is looked for."),
        ("format" = Option<String>, Query, description = "Output format of the text: `resolved` for Avro; `serialized`, `ignore_extensions` for Protobuf."),
    ),
    responses(
        (status = 200, description = "The schema itself.", body = String),
        (status = 404, description = "40403: no such schema. 404: the id is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn text_by_id(
    State(app): State<App>,
    view: Reading,
    IdPath(id, subject): IdPath,
    params: Params,
) -> Result<String, HttpError> {
    let options = IdAnswerOptions { read: read_options(&params), fetch_max_id: false };
    Ok(raw(&app.registry.schema_by_id(&view, id, &subject, &options).await?))
}

/// Read a schema by id with everything it refers to.
///
/// Of this registry only: all schemas that a compiler needs, in one answer.
#[utoipa::path(get, operation_id = "getSchemaBundleById", path = "/schemas/ids/{id}/bundle", tag = "Schemas",
    params(
        ("id" = i32, Path, description = "Schema id."),
        ("subject" = Option<String>, Query, description = "In whose context the id is looked for."),
    ),
    responses(
        (status = 200, description = "The schema, and what it refers to, dependencies first.", body = SchemaBundle),
        (status = 404, description = "40403: no such schema. 404: the id is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn bundle_by_id(
    State(app): State<App>,
    view: Reading,
    IdPath(id, subject): IdPath,
) -> Reply<SchemaBundle> {
    Ok(Answer(app.registry.id_bundle(&view, id, &subject).await?))
}

/// List the subjects that hold an id.
#[utoipa::path(get, operation_id = "listSubjectsOfId", path = "/schemas/ids/{id}/subjects", tag = "Schemas",
    params(
        ("id" = i32, Path, description = "Schema id."),
        ("subject" = Option<String>, Query, description = "In whose context the id is looked for."),
        ("deleted" = Option<bool>, Query, description = "Also list subjects whose version is soft-deleted."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Qualified subjects.", body = Vec<String>),
        (status = 404, description = "40403: no such schema. 404: the id is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn id_subjects(
    State(app): State<App>,
    view: Reading,
    IdPath(id, subject): IdPath,
    params: Params,
) -> Reply<Vec<String>> {
    let page = params.page(u32::MAX)?;
    Ok(Answer(app.registry.id_subjects(&view, id, &subject, params.flag("deleted"), page).await?))
}

/// List the subjects that hold an id, with their versions.
#[utoipa::path(get, operation_id = "listVersionsOfId", path = "/schemas/ids/{id}/versions", tag = "Schemas",
    params(
        ("id" = i32, Path, description = "Schema id."),
        ("subject" = Option<String>, Query, description = "In whose context the id is looked for."),
        ("deleted" = Option<bool>, Query, description = "Also list soft-deleted versions."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "The newest version per subject that holds the id.", body = Vec<SubjectVersion>),
        (status = 404, description = "40403: no such schema. 404: the id is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn id_versions(
    State(app): State<App>,
    view: Reading,
    IdPath(id, subject): IdPath,
    params: Params,
) -> Reply<Vec<SubjectVersion>> {
    let page = params.page(u32::MAX)?;
    Ok(Answer(app.registry.id_versions(&view, id, &subject, params.flag("deleted"), page).await?))
}

/// Read a schema by guid.
#[utoipa::path(get, operation_id = "getSchemaByGuid", path = "/schemas/guids/{guid}", tag = "Schemas",
    params(
        ("guid" = String, Path, description = "Content hash: 32 hexadecimal digits, with or without dashes."),
        ("format" = Option<String>, Query, description = "Output format of the text: `resolved` for Avro; `serialized`, `ignore_extensions` for Protobuf."),
    ),
    responses(
        (status = 200, description = "The schema.", body = SchemaAnswer),
        (status = 404, description = "40403: no such schema.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn by_guid(
    State(app): State<App>,
    view: Reading,
    Segments(guid): Segments<String>,
    params: Params,
) -> Reply<SchemaAnswer> {
    Ok(Answer(app.registry.schema_by_guid(&view, &guid, params.owned("format")).await?))
}

/// List the ids of a guid.
#[utoipa::path(get, operation_id = "listIdsOfGuid", path = "/schemas/guids/{guid}/ids", tag = "Schemas",
    params(("guid" = String, Path, description = "Content hash: 32 hexadecimal digits, with or without dashes.")),
    responses(
        (status = 200, description = "Context and id; none for an unknown guid.", body = Vec<ContextId>),
        (status = 404, description = "40403: the text is no guid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn guid_ids(
    State(app): State<App>,
    view: Reading,
    Segments(guid): Segments<String>,
) -> Reply<Vec<ContextId>> {
    Ok(Answer(app.registry.guid_ids(&view, &guid).await?))
}
