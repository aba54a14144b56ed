//! `/subjects/{subject}/versions/…`.

use std::sync::Arc;

use axum::extract::State;
use schema::model::api::{ErrorAnswer, RegisterSchemaRequest, SchemaAnswer, SchemaBundle, TagSchemaRequest};

use super::App;
use super::answer::{Answer, Reply};
use super::error::HttpError;
use super::extract::{Actor, Body, Reading, SubjectPath, VersionPath, raw};
use super::query::Params;
use super::subjects::delete_kind;
use crate::service::{ReadOptions, RegisterOptions, RegisterRequest, VersionsFilter};

/// List the versions of a subject.
#[utoipa::path(get, operation_id = "listVersions", path = "/subjects/{subject}/versions", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("deleted" = Option<bool>, Query, description = "Also list soft-deleted versions."),
        ("deletedOnly" = Option<bool>, Query, description = "List only soft-deleted versions."),
        ("deletedAsNegative" = Option<bool>, Query, description = "List all versions, soft-deleted ones as negative numbers."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Version numbers, ascending.", body = Vec<i32>),
        (status = 404, description = "40401: no such subject. 404: offset or limit is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    view: Reading,
    SubjectPath(subject): SubjectPath,
    params: Params,
) -> Reply<Vec<i32>> {
    let filter = VersionsFilter {
        deleted: params.deleted_filter(),
        deleted_as_negative: params.flag("deletedAsNegative"),
    };
    Ok(Answer(app.registry.versions(&view, &subject, filter, params.page(u32::MAX)?).await?))
}

/// Register a schema.
///
/// A schema that the subject has already is answered with its id. Without `schema` in the body the latest version is
/// taken, so that metadata or rules alone can change.
#[utoipa::path(post, operation_id = "registerSchema", path = "/subjects/{subject}/versions", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("normalize" = Option<bool>, Query, description = "Normalise the schema first."),
        ("force" = Option<bool>, Query, description = "Leave out the compatibility check."),
        ("format" = Option<String>, Query, description = "Output format of the text in the answer."),
    ),
    request_body = RegisterSchemaRequest,
    responses(
        (status = 200, description = "The id, version and guid.", body = SchemaAnswer),
        (status = 409, description = "40901: incompatible with an earlier schema; `incompatibilities` says why and what would cure it.", body = ErrorAnswer),
        (status = 422, description = "42201: invalid schema or references. 42205: the mode forbids it. 42208: invalid subject. 42209: too large. 42210: invalid rule set.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn register(
    State(app): State<App>,
    view: Reading,
    SubjectPath(subject): SubjectPath,
    params: Params,
    Actor(actor): Actor,
    Body(body): Body<RegisterSchemaRequest>,
) -> Reply<SchemaAnswer> {
    let options = RegisterOptions {
        normalize: params.flag("normalize"),
        force: params.flag("force"),
        format: params.owned("format"),
    };
    let request = RegisterRequest { subject, body: Arc::new(body), options, actor };
    Ok(Answer(app.registry.register(&view, request).await?))
}

fn read_options(params: &Params) -> ReadOptions {
    ReadOptions {
        format: params.owned("format"),
        reference_format: params.owned("referenceFormat"),
        deleted: params.flag("deleted"),
        find_tags: params.all("findTags"),
    }
}

/// Read a version.
#[utoipa::path(get, operation_id = "getVersion", path = "/subjects/{subject}/versions/{version}", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("format" = Option<String>, Query, description = "Output format of the text: `resolved` for Avro; `serialized`, `ignore_extensions` for Protobuf."),
        ("referenceFormat" = Option<String>, Query, description = "`qualified`: references name their context."),
        ("deleted" = Option<bool>, Query, description = "A soft-deleted version may be read."),
        ("findTags" = Option<Vec<String>>, Query, description = "Inline tags to list; `*` lists all."),
    ),
    responses(
        (status = 200, description = "The version.", body = SchemaAnswer),
        (status = 404, description = "40401: no such subject. 40402: no such version.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    params: Params,
) -> Reply<SchemaAnswer> {
    Ok(Answer(app.registry.subject_version(&view, &subject, &version, &read_options(&params)).await?))
}

/// Read the text of a version.
#[utoipa::path(get, operation_id = "getVersionText", path = "/subjects/{subject}/versions/{version}/schema", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("format" = Option<String>, Query, description = "Output format of the text: `resolved` for Avro; `serialized`, `ignore_extensions` for Protobuf."),
        ("deleted" = Option<bool>, Query, description = "A soft-deleted version may be read."),
    ),
    responses(
        (status = 200, description = "The schema itself.", body = String),
        (status = 404, description = "40401: no such subject. 40402: no such version.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get_text(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    params: Params,
) -> Result<String, HttpError> {
    Ok(raw(&app.registry.subject_version(&view, &subject, &version, &read_options(&params)).await?))
}

/// Read a version with everything it refers to.
///
/// Of this registry only: all schemas that a compiler needs, in one answer.
#[utoipa::path(get, operation_id = "getVersionBundle", path = "/subjects/{subject}/versions/{version}/bundle", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("deleted" = Option<bool>, Query, description = "A soft-deleted version may be read."),
    ),
    responses(
        (status = 200, description = "The version, and what it refers to, dependencies first.", body = SchemaBundle),
        (status = 404, description = "40401: no such subject. 40402: no such version.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn bundle(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    params: Params,
) -> Reply<SchemaBundle> {
    Ok(Answer(app.registry.version_bundle(&view, &subject, &version, params.flag("deleted")).await?))
}

/// List the schemas that refer to a version.
#[utoipa::path(get, operation_id = "listReferrers", path = "/subjects/{subject}/versions/{version}/referencedby", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("deleted" = Option<bool>, Query, description = "Also list schemas of which every version is soft-deleted."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return."),
    ),
    responses(
        (status = 200, description = "Schema ids.", body = Vec<i32>),
        (status = 404, description = "40401: no such subject. 40402: no such version.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn referenced_by(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    params: Params,
) -> Reply<Vec<i32>> {
    let page = params.page(app.registry.rules().search_limit)?;
    Ok(Answer(app.registry.referenced_by(&view, &subject, &version, params.flag("deleted"), page).await?))
}

/// Delete a version.
///
/// Softly first; then, with `permanent=true`, for good.
#[utoipa::path(delete, operation_id = "deleteVersion", path = "/subjects/{subject}/versions/{version}", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("permanent" = Option<bool>, Query, description = "Delete for good what was soft-deleted before."),
    ),
    responses(
        (status = 200, description = "The deleted version.", body = i32),
        (status = 404, description = "40401: no such subject. 40402: no such version. 40406: soft-deleted already. 40407: not soft-deleted yet.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version. 42205: read-only. 42206: other schemas refer to it.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    params: Params,
    Actor(actor): Actor,
) -> Reply<i32> {
    Ok(Answer(app.registry.delete_version(&view, &subject, &version, delete_kind(&params), actor).await?))
}

/// Change the tags, metadata or rules of a version.
///
/// Registers a new version.
#[utoipa::path(post, operation_id = "tagVersion", path = "/subjects/{subject}/versions/{version}/tags", tag = "Versions",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
    ),
    request_body = TagSchemaRequest,
    responses(
        (status = 200, description = "The new version.", body = SchemaAnswer),
        (status = 404, description = "40401: no such subject. 40402: no such version.", body = ErrorAnswer),
        (status = 409, description = "40901: incompatible with an earlier schema.", body = ErrorAnswer),
        (status = 422, description = "42201: a tag names no place of the schema. 42202: the version is no version. 42205: the mode forbids it. 42208: invalid subject. 42210: invalid rule set.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn tag(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    Actor(actor): Actor,
    Body(body): Body<TagSchemaRequest>,
) -> Reply<SchemaAnswer> {
    Ok(Answer(app.registry.tag(&view, &subject, &version, body, actor).await?))
}
