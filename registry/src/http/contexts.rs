//! `/contexts`.

use axum::extract::State;
use http::StatusCode;
use schema::model::api::ErrorAnswer;
use schema::model::subject::Context;

use super::App;
use super::answer::{Answer, Reply};
use super::error::HttpError;
use super::extract::{Actor, Reading, Segments};
use super::query::Params;

/// List contexts.
#[utoipa::path(get, operation_id = "listContexts", path = "/contexts", tag = "Contexts",
    params(
        ("contextPrefix" = Option<String>, Query, description = "Start of the name, with its leading dot."),
        ("offset" = Option<i32>, Query, description = "Rows to skip."),
        ("limit" = Option<i32>, Query, description = "Rows to return; all unless positive."),
    ),
    responses(
        (status = 200, description = "Names; `.` is the default context.", body = Vec<String>),
        (status = 404, description = "404: offset or limit is no number.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn list(State(app): State<App>, view: Reading, params: Params) -> Reply<Vec<String>> {
    let prefix = params.text("contextPrefix").unwrap_or_default();
    Ok(Answer(app.registry.contexts(&view, prefix, params.page(u32::MAX)?).await?))
}

/// Delete an empty context.
#[utoipa::path(delete, operation_id = "deleteContext", path = "/contexts/{context}", tag = "Contexts",
    params(("context" = String, Path, description = "Name, with or without its leading dot and colons.")),
    responses(
        (status = 204, description = "It is gone, or never was."),
        (status = 400, description = "400: the name holds a colon.", body = ErrorAnswer),
        (status = 422, description = "42211: it has subjects, soft-deleted ones included.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    Segments(name): Segments<String>,
    Actor(actor): Actor,
) -> Result<StatusCode, HttpError> {
    let context = Context::parse(&name).map_err(|error| HttpError::bad_request(error.to_string()))?;
    app.registry.delete_context(&view, &context, actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
