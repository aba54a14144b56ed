//! `/subjects` and `/subjects/{subject}`.

use axum::extract::State;
use schema::model::api::{ErrorAnswer, RegisterSchemaRequest, SchemaAnswer};

use super::App;
use super::answer::{Answer, Reply};
use super::extract::{Actor, Body, Reading, SubjectPath};
use super::query::Params;
use crate::service::{DeleteKind, LookupOptions, ReadOptions};

/// List subjects.
#[utoipa::path(get, operation_id = "listSubjects", path = "/subjects", tag = "Subjects",
    params(
        ("subjectPrefix" = Option<String>, Query, description = "Start of the name. `:*:` (the default) covers all contexts, `:.ctx:` one context, an empty prefix the default context."),
        ("deleted" = Option<bool>, Query, description = "Also list subjects whose versions are all soft-deleted."),
        ("deletedOnly" = Option<bool>, Query, description = "List only subjects whose versions are all soft-deleted."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Qualified names, sorted.", body = Vec<String>),
        (status = 404, description = "404: offset or limit is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn list(State(app): State<App>, view: Reading, params: Params) -> Reply<Vec<String>> {
    let prefix = params.text("subjectPrefix").unwrap_or(":*:");
    let page = params.page(u32::MAX)?;
    Ok(Answer(app.registry.subjects(&view, prefix, params.deleted_filter(), page).await?))
}

/// Look up a schema under a subject.
///
/// Finds the version that holds the schema of the body, by content or by meaning.
#[utoipa::path(post, operation_id = "lookUpSchema", path = "/subjects/{subject}", tag = "Subjects",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("normalize" = Option<bool>, Query, description = "Normalise the schema first."),
        ("format" = Option<String>, Query, description = "Output format of the text: `resolved` for Avro; `serialized`, `ignore_extensions` for Protobuf."),
        ("deleted" = Option<bool>, Query, description = "Soft-deleted versions count."),
    ),
    request_body = RegisterSchemaRequest,
    responses(
        (status = 200, description = "The version.", body = SchemaAnswer),
        (status = 404, description = "40401: no such subject. 40403: no such schema under it.", body = ErrorAnswer),
        (status = 422, description = "42201: invalid schema.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn lookup(
    State(app): State<App>,
    view: Reading,
    SubjectPath(subject): SubjectPath,
    params: Params,
    Body(body): Body<RegisterSchemaRequest>,
) -> Reply<SchemaAnswer> {
    let options = LookupOptions {
        normalize: params.flag("normalize"),
        deleted: params.flag("deleted"),
        format: params.owned("format"),
    };
    Ok(Answer(app.registry.lookup(&view, &subject, &body, &options).await?))
}

/// Delete a subject.
///
/// Softly first; then, with `permanent=true`, for good, with its config and mode.
#[utoipa::path(delete, operation_id = "deleteSubject", path = "/subjects/{subject}", tag = "Subjects",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("permanent" = Option<bool>, Query, description = "Delete for good what was soft-deleted before."),
    ),
    responses(
        (status = 200, description = "The deleted versions.", body = Vec<i32>),
        (status = 404, description = "40401: no such subject. 40404: soft-deleted already. 40405: not soft-deleted yet.", body = ErrorAnswer),
        (status = 422, description = "42205: read-only. 42206: other schemas refer to it.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    SubjectPath(subject): SubjectPath,
    params: Params,
    Actor(actor): Actor,
) -> Reply<Vec<i32>> {
    Ok(Answer(app.registry.delete_subject(&view, &subject, delete_kind(&params), actor).await?))
}

/// Find the latest version with given metadata.
#[utoipa::path(get, operation_id = "getLatestWithMetadata", path = "/subjects/{subject}/metadata", tag = "Subjects",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("key" = Option<Vec<String>>, Query, description = "Names of metadata properties; the n-th goes with the n-th value."),
        ("value" = Option<Vec<String>>, Query, description = "Values of the properties."),
        ("format" = Option<String>, Query, description = "Output format of the text."),
        ("deleted" = Option<bool>, Query, description = "Soft-deleted versions count."),
    ),
    responses(
        (status = 200, description = "The newest version whose metadata has all these properties.", body = SchemaAnswer),
        (status = 404, description = "40401: no such subject. 40403: no such version.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn latest_with_metadata(
    State(app): State<App>,
    view: Reading,
    SubjectPath(subject): SubjectPath,
    params: Params,
) -> Reply<SchemaAnswer> {
    let wanted: Vec<_> = params.all("key").into_iter().zip(params.all("value")).collect();
    let options =
        ReadOptions { deleted: params.flag("deleted"), format: params.owned("format"), ..Default::default() };
    Ok(Answer(app.registry.latest_with_metadata(&view, &subject, &wanted, &options).await?))
}

/// How thoroughly `permanent` asks to delete.
pub(super) fn delete_kind(params: &Params) -> DeleteKind {
    if params.flag("permanent") { DeleteKind::Permanent } else { DeleteKind::Soft }
}
