//! `/mode` and `/mode/{subject}`.

use axum::extract::State;
use schema::model::api::ErrorAnswer;
use schema::model::mode::Mode;
use schema::model::subject::Subject;
use serde::{Deserialize, Serialize};

use super::App;
use super::answer::{Answer, Reply};
use super::extract::{Actor, Body, PlacePath, Reading};
use super::query::Params;
use crate::service::{RegistryError, View, global_place};

/// A mode.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ModeAnswer {
    mode: Mode,
}

/// The mode that was removed, if there was one.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RemovedMode {
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
}

/// A mode to set: `READWRITE`, `READONLY`, `IMPORT` or `FORWARD` in any letter case; `null` clears it. Echoed as sent.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct ModeUpdate {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    mode: Option<Option<String>>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

async fn set(
    app: &App,
    view: &View,
    place: &Subject,
    (params, update): (&Params, ModeUpdate),
    actor: Option<String>,
) -> Reply<ModeUpdate> {
    let mode = update.mode.as_ref().ok_or(RegistryError::ModeMissing)?;
    app.registry.set_mode(view, place, mode.as_deref(), params.flag("force"), actor).await?;
    Ok(Answer(update))
}

async fn remove(
    app: &App,
    view: &View,
    place: &Subject,
    params: &Params,
    actor: Option<String>,
) -> Reply<RemovedMode> {
    let mode = app.registry.delete_mode(view, place, params.flag("recursive"), actor).await?;
    Ok(Answer(RemovedMode { mode }))
}

/// Read the global mode.
#[utoipa::path(get, operation_id = "getGlobalMode", path = "/mode", tag = "Mode",
    params(("defaultToGlobal" = Option<bool>, Query, description = "Fall back to the mode of the context `:.__GLOBAL:`.")),
    responses(
        (status = 200, description = "The mode.", body = ModeAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get_global(State(app): State<App>, view: Reading, params: Params) -> Reply<ModeAnswer> {
    let mode = app.registry.global_mode(&view, params.flag("defaultToGlobal")).await?;
    Ok(Answer(ModeAnswer { mode }))
}

/// Set the global mode.
#[utoipa::path(put, operation_id = "setGlobalMode", path = "/mode", tag = "Mode",
    params(("force" = Option<bool>, Query, description = "Change to IMPORT although subjects exist.")),
    request_body = ModeUpdate,
    responses(
        (status = 200, description = "The request, echoed.", body = ModeUpdate),
        (status = 422, description = "42204: invalid mode. 42205: not permitted. 42206: other schemas refer to what would be purged.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn set_global(
    State(app): State<App>,
    view: Reading,
    params: Params,
    Actor(actor): Actor,
    Body(update): Body<ModeUpdate>,
) -> Reply<ModeUpdate> {
    set(&app, &view, &global_place(), (&params, update), actor).await
}

/// Reset the global mode.
#[utoipa::path(delete, operation_id = "deleteGlobalMode", path = "/mode", tag = "Mode",
    params(("recursive" = Option<bool>, Query, description = "Also remove the modes of all subjects.")),
    responses(
        (status = 200, description = "The mode as it was.", body = RemovedMode),
        (status = 422, description = "42205: mode changes are switched off.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete_global(
    State(app): State<App>,
    view: Reading,
    params: Params,
    Actor(actor): Actor,
) -> Reply<RemovedMode> {
    remove(&app, &view, &global_place(), &params, actor).await
}

/// Read the mode of a subject or context.
#[utoipa::path(get, operation_id = "getMode", path = "/mode/{subject}", tag = "Mode",
    params(
        ("subject" = String, Path, description = "Subject, or `:.ctx:` for a context."),
        ("defaultToGlobal" = Option<bool>, Query, description = "Answer the mode in scope when none is set here."),
    ),
    responses(
        (status = 200, description = "The mode.", body = ModeAnswer),
        (status = 404, description = "40409: no mode is set here.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    view: Reading,
    PlacePath(place): PlacePath,
    params: Params,
) -> Reply<ModeAnswer> {
    let mode = app.registry.mode(&view, &place, params.flag("defaultToGlobal")).await?;
    Ok(Answer(ModeAnswer { mode }))
}

/// Set the mode of a subject or context.
#[utoipa::path(put, operation_id = "setMode", path = "/mode/{subject}", tag = "Mode",
    params(
        ("subject" = String, Path, description = "Subject, or `:.ctx:` for a context."),
        ("force" = Option<bool>, Query, description = "Change to IMPORT although schemas exist."),
    ),
    request_body = ModeUpdate,
    responses(
        (status = 200, description = "The request, echoed.", body = ModeUpdate),
        (status = 422, description = "42204: invalid mode. 42205: not permitted. 42206: other schemas refer to what would be purged. 42208: invalid subject.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn update(
    State(app): State<App>,
    view: Reading,
    PlacePath(place): PlacePath,
    params: Params,
    Actor(actor): Actor,
    Body(update): Body<ModeUpdate>,
) -> Reply<ModeUpdate> {
    set(&app, &view, &place, (&params, update), actor).await
}

/// Remove the mode of a subject or context.
#[utoipa::path(delete, operation_id = "deleteMode", path = "/mode/{subject}", tag = "Mode",
    params(
        ("subject" = String, Path, description = "Subject, or `:.ctx:` for a context."),
        ("recursive" = Option<bool>, Query, description = "Also remove the modes of the context's subjects."),
    ),
    responses(
        (status = 200, description = "The mode as it was.", body = RemovedMode),
        (status = 404, description = "40401: no mode is set here.", body = ErrorAnswer),
        (status = 422, description = "42205: mode changes are switched off.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    PlacePath(place): PlacePath,
    params: Params,
    Actor(actor): Actor,
) -> Reply<RemovedMode> {
    remove(&app, &view, &place, &params, actor).await
}
