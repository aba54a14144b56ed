//! `/dek-registry/v1/keks/{name}/deks/…`.

use axum::extract::State;
use http::StatusCode;
use schema::model::api::ErrorAnswer;
use schema::model::dek::{CreateDekRequest, Dek};
use schema::model::subject::Subject;

use super::App;
use super::answer::{Answer, Reply};
use super::error::HttpError;
use super::extract::{Actor, Body, DekPath, DekSubjectPath, DekVersionPath, Reading, Segments};
use super::query::Params;
use super::subjects::delete_kind;
use crate::service::NewDek;

/// List the subjects that a key encryption key wraps keys for.
#[utoipa::path(get, operation_id = "listDekSubjects", path = "/dek-registry/v1/keks/{name}/deks", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("deleted" = Option<bool>, Query, description = "Soft-deleted keys count."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Subjects, sorted.", body = Vec<String>),
        (status = 404, description = "40470: no such key encryption key. 404: offset or limit is no number.", body = ErrorAnswer),
        (status = 422, description = "42271: the name is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn subjects(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
    params: Params,
) -> Reply<Vec<String>> {
    let page = params.page(u32::MAX)?;
    Ok(Answer(app.registry.dek_subjects(&view, &name, params.key_filter(), page).await?))
}

/// Make a data encryption key; the body names the subject.
///
/// Deprecated: name the subject in the path.
#[utoipa::path(post, operation_id = "createDek", path = "/dek-registry/v1/keks/{name}/deks", tag = "Data encryption keys",
    params(("name" = String, Path, description = "Key encryption key.")),
    request_body = CreateDekRequest,
    responses(
        (status = 200, description = "The key, wrapped.", body = Dek),
        (status = 404, description = "40470: no such key encryption key.", body = ErrorAnswer),
        (status = 409, description = "40971: the key exists. 40972: there are too many keys.", body = ErrorAnswer),
        (status = 422, description = "42271: a field is missing or invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed. 50070: it takes a key management system.", body = ErrorAnswer),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    view: Reading,
    Segments(kek): Segments<String>,
    Actor(actor): Actor,
    Body(body): Body<CreateDekRequest>,
) -> Reply<Dek> {
    let subject = Subject::parse(body.subject.as_deref().unwrap_or_default());
    let new = NewDek { kek, subject, body, rewrap: false, actor };
    Ok(Answer(app.registry.create_dek(&view, new).await?))
}

/// Make a data encryption key.
///
/// A soft-deleted one that says the same is undeleted. This registry speaks to no key management system: the client
/// wraps the key and sends it as `encryptedKeyMaterial`.
#[utoipa::path(post, operation_id = "createDekOfSubject", path = "/dek-registry/v1/keks/{name}/deks/{subject}", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("rewrap" = Option<bool>, Query, description = "Replace the wrapped key where there is one."),
    ),
    request_body = CreateDekRequest,
    responses(
        (status = 200, description = "The key, wrapped.", body = Dek),
        (status = 404, description = "40470: no such key encryption key.", body = ErrorAnswer),
        (status = 409, description = "40971: the key exists. 40972: there are too many keys.", body = ErrorAnswer),
        (status = 422, description = "42271: a field is missing or invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed. 50070: it takes a key management system.", body = ErrorAnswer),
    ))]
pub(super) async fn create_for_subject(
    State(app): State<App>,
    view: Reading,
    DekSubjectPath(kek, subject): DekSubjectPath,
    params: Params,
    Actor(actor): Actor,
    Body(body): Body<CreateDekRequest>,
) -> Reply<Dek> {
    let new = NewDek { kek, subject, body, rewrap: params.flag("rewrap"), actor };
    Ok(Answer(app.registry.create_dek(&view, new).await?))
}

/// Read the first version of a data encryption key.
#[utoipa::path(get, operation_id = "getDek", path = "/dek-registry/v1/keks/{name}/deks/{subject}", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
        ("deleted" = Option<bool>, Query, description = "Soft-deleted keys count."),
    ),
    responses(
        (status = 200, description = "The key, wrapped.", body = Dek),
        (status = 404, description = "40470: no such key. 404: no such algorithm.", body = ErrorAnswer),
        (status = 422, description = "42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    view: Reading,
    DekPath(id): DekPath,
    params: Params,
) -> Reply<Dek> {
    Ok(Answer(app.registry.dek(&view, &id, None, params.key_filter()).await?))
}

/// Delete all versions of a data encryption key, first softly, then permanently.
#[utoipa::path(delete, operation_id = "deleteDek", path = "/dek-registry/v1/keks/{name}/deks/{subject}", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
        ("permanent" = Option<bool>, Query, description = "Remove what was soft-deleted before."),
    ),
    responses(
        (status = 204, description = "They are deleted."),
        (status = 404, description = "40470: no such key. 40471: not soft-deleted yet. 404: no such algorithm.", body = ErrorAnswer),
        (status = 422, description = "42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    DekPath(id): DekPath,
    params: Params,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    app.registry.delete_dek(&view, id, None, delete_kind(&params), actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undelete all versions of a data encryption key.
#[utoipa::path(post, operation_id = "undeleteDek", path = "/dek-registry/v1/keks/{name}/deks/{subject}/undelete", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
    ),
    responses(
        (status = 204, description = "They are live, or were."),
        (status = 404, description = "40470: no such key. 40472: the key encryption key is soft-deleted. 404: no such algorithm.", body = ErrorAnswer),
        (status = 422, description = "42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn undelete(
    State(app): State<App>,
    view: Reading,
    DekPath(id): DekPath,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    app.registry.undelete_dek(&view, id, None, actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the versions of a data encryption key.
#[utoipa::path(get, operation_id = "listDekVersions", path = "/dek-registry/v1/keks/{name}/deks/{subject}/versions", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
        ("deleted" = Option<bool>, Query, description = "Also list soft-deleted versions."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Version numbers, ascending; none for an unknown subject.", body = Vec<i32>),
        (status = 404, description = "40470: no such key encryption key. 404: no such algorithm, or offset or limit is no number.", body = ErrorAnswer),
        (status = 422, description = "42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn versions(
    State(app): State<App>,
    view: Reading,
    DekPath(id): DekPath,
    params: Params,
) -> Reply<Vec<i32>> {
    let page = params.page(u32::MAX)?;
    Ok(Answer(app.registry.dek_versions(&view, &id, params.key_filter(), page).await?))
}

/// Read a version of a data encryption key.
#[utoipa::path(get, operation_id = "getDekVersion", path = "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
        ("deleted" = Option<bool>, Query, description = "Soft-deleted keys count."),
    ),
    responses(
        (status = 200, description = "The key, wrapped.", body = Dek),
        (status = 404, description = "40470: no such key. 404: no such algorithm.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version. 42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get_version(
    State(app): State<App>,
    view: Reading,
    DekVersionPath(id, version): DekVersionPath,
    params: Params,
) -> Reply<Dek> {
    Ok(Answer(app.registry.dek(&view, &id, Some(&version), params.key_filter()).await?))
}

/// Delete a version of a data encryption key, first softly, then permanently.
#[utoipa::path(delete, operation_id = "deleteDekVersion", path = "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
        ("permanent" = Option<bool>, Query, description = "Remove what was soft-deleted before."),
    ),
    responses(
        (status = 204, description = "It is deleted."),
        (status = 404, description = "40470: no such key. 40471: not soft-deleted yet. 404: no such algorithm.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version. 42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete_version(
    State(app): State<App>,
    view: Reading,
    DekVersionPath(id, version): DekVersionPath,
    params: Params,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    app.registry.delete_dek(&view, id, Some(&version), delete_kind(&params), actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undelete a version of a data encryption key.
#[utoipa::path(post, operation_id = "undeleteDekVersion", path = "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}/undelete", tag = "Data encryption keys",
    params(
        ("name" = String, Path, description = "Key encryption key."),
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("algorithm" = Option<String>, Query, description = "AES128_GCM, AES256_GCM (unless given) or AES256_SIV."),
    ),
    responses(
        (status = 204, description = "It is live, or was."),
        (status = 404, description = "40470: no such key. 40472: the key encryption key is soft-deleted. 404: no such algorithm.", body = ErrorAnswer),
        (status = 422, description = "42202: the version is no version. 42271: name or subject is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn undelete_version(
    State(app): State<App>,
    view: Reading,
    DekVersionPath(id, version): DekVersionPath,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    app.registry.undelete_dek(&view, id, Some(&version), actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
