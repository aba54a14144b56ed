//! `/dek-registry/v1/keks`.

use axum::extract::State;
use http::StatusCode;
use schema::model::api::ErrorAnswer;
use schema::model::kek::{CreateKekRequest, Kek, UpdateKekRequest};

use super::App;
use super::answer::{Answer, Reply};
use super::error::HttpError;
use super::extract::{Actor, Body, Reading, Segments};
use super::query::Params;
use super::subjects::delete_kind;
use crate::service::{NewKek, UpdatedKek};

/// List key encryption keys.
#[utoipa::path(get, operation_id = "listKeks", path = "/dek-registry/v1/keks", tag = "Key encryption keys",
    params(
        ("subjectPrefix" = Option<Vec<String>>, Query, description = "Only keys that wrap a data encryption key whose subject starts with one of these."),
        ("deleted" = Option<bool>, Query, description = "Also list soft-deleted keys."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Names, sorted.", body = Vec<String>),
        (status = 404, description = "404: offset or limit is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn list(State(app): State<App>, view: Reading, params: Params) -> Reply<Vec<String>> {
    let page = params.page(u32::MAX)?;
    let prefixes = params.all("subjectPrefix");
    Ok(Answer(app.registry.kek_names(&view, &prefixes, params.key_filter(), page).await?))
}

/// Make a key encryption key.
///
/// A soft-deleted one that says the same is undeleted.
#[utoipa::path(post, operation_id = "createKek", path = "/dek-registry/v1/keks", tag = "Key encryption keys",
    params(("testSharing" = Option<bool>, Query, description = "Try out a shared key first: always refused, see 50070.")),
    request_body = CreateKekRequest,
    responses(
        (status = 200, description = "The key.", body = Kek),
        (status = 409, description = "40971: the name is taken. 40972: there are too many keys.", body = ErrorAnswer),
        (status = 422, description = "42271: a field is missing or invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed. 50070: it takes a key management system.", body = ErrorAnswer),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    view: Reading,
    params: Params,
    Actor(actor): Actor,
    Body(body): Body<CreateKekRequest>,
) -> Reply<Kek> {
    let new = NewKek { body, test_sharing: params.flag("testSharing"), actor };
    Ok(Answer(app.registry.create_kek(&view, new).await?))
}

/// Read a key encryption key.
#[utoipa::path(get, operation_id = "getKek", path = "/dek-registry/v1/keks/{name}", tag = "Key encryption keys",
    params(
        ("name" = String, Path, description = "Name."),
        ("deleted" = Option<bool>, Query, description = "A soft-deleted key counts."),
    ),
    responses(
        (status = 200, description = "The key.", body = Kek),
        (status = 404, description = "40470: no such key.", body = ErrorAnswer),
        (status = 422, description = "42271: the name is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
    params: Params,
) -> Reply<Kek> {
    Ok(Answer(app.registry.kek(&view, &name, params.key_filter()).await?))
}

/// Change a key encryption key.
///
/// Per field: absent keeps, `null` clears, a value sets. The KMS and the key within it cannot be changed.
#[utoipa::path(put, operation_id = "updateKek", path = "/dek-registry/v1/keks/{name}", tag = "Key encryption keys",
    params(
        ("name" = String, Path, description = "Name."),
        ("testSharing" = Option<bool>, Query, description = "Try out a shared key first: always refused, see 50070."),
    ),
    request_body = UpdateKekRequest,
    responses(
        (status = 200, description = "The key.", body = Kek),
        (status = 404, description = "40470: no such key, or it is soft-deleted.", body = ErrorAnswer),
        (status = 422, description = "42271: the name is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed. 50070: it takes a key management system.", body = ErrorAnswer),
    ))]
pub(super) async fn update(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
    params: Params,
    Actor(actor): Actor,
    Body(body): Body<UpdateKekRequest>,
) -> Reply<Kek> {
    let update = UpdatedKek { name, body, test_sharing: params.flag("testSharing"), actor };
    Ok(Answer(app.registry.update_kek(&view, update).await?))
}

/// Delete a key encryption key, first softly, then permanently.
#[utoipa::path(delete, operation_id = "deleteKek", path = "/dek-registry/v1/keks/{name}", tag = "Key encryption keys",
    params(
        ("name" = String, Path, description = "Name."),
        ("permanent" = Option<bool>, Query, description = "Remove what was soft-deleted before."),
    ),
    responses(
        (status = 204, description = "It is deleted."),
        (status = 404, description = "40470: no such key. 40471: not soft-deleted yet.", body = ErrorAnswer),
        (status = 422, description = "42271: the name is invalid. 42272: it wraps data encryption keys.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
    params: Params,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    app.registry.delete_kek(&view, &name, delete_kind(&params), actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undelete a key encryption key.
#[utoipa::path(post, operation_id = "undeleteKek", path = "/dek-registry/v1/keks/{name}/undelete", tag = "Key encryption keys",
    params(("name" = String, Path, description = "Name.")),
    responses(
        (status = 204, description = "It is live, or was."),
        (status = 404, description = "40470: no such key.", body = ErrorAnswer),
        (status = 422, description = "42271: the name is invalid.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn undelete(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    app.registry.undelete_kek(&view, &name, actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try out a shared key encryption key.
///
/// This registry speaks to no key management system, so that it always refuses.
#[utoipa::path(post, operation_id = "testKek", path = "/dek-registry/v1/keks/{name}/test", tag = "Key encryption keys",
    params(("name" = String, Path, description = "Name.")),
    responses(
        (status = 200, description = "The key.", body = Kek),
        (status = 404, description = "40470: no such key.", body = ErrorAnswer),
        (status = 422, description = "42271: the name is invalid, or the key is not shared.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed. 50070: it takes a key management system.", body = ErrorAnswer),
    ))]
pub(super) async fn test(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
) -> Reply<Kek> {
    Ok(Answer(app.registry.test_kek(&view, &name).await?))
}
