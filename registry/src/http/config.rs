//! `/config` and `/config/{subject}`.

use axum::extract::State;
use schema::model::api::ErrorAnswer;
use schema::model::config::{CompatibilityLevel, Config, ConfigUpdate};
use serde::Serialize;

use super::App;
use super::answer::{Answer, Reply};
use super::extract::{Actor, Body, PlacePath, Reading};
use super::query::Params;

/// A config after an update: like the config, but the level is called `compatibility`, as in the request.
#[derive(Debug, Serialize)]
pub(super) struct Updated {
    #[serde(skip_serializing_if = "Option::is_none")]
    compatibility: Option<CompatibilityLevel>,
    #[serde(flatten)]
    rest: Config,
}

impl From<Config> for Updated {
    fn from(mut config: Config) -> Self {
        Self { compatibility: config.compatibility_level.take(), rest: config }
    }
}

/// Read the global config.
#[utoipa::path(get, operation_id = "getGlobalConfig", path = "/config", tag = "Config",
    params(("defaultToGlobal" = Option<bool>, Query, description = "Fall back to the config of the context `:.__GLOBAL:`.")),
    responses(
        (status = 200, description = "The config.", body = ConfigUpdate),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get_global(State(app): State<App>, view: Reading, params: Params) -> Reply<Config> {
    Ok(Answer(app.registry.global_config(&view, params.flag("defaultToGlobal")).await?))
}

/// Change the global config.
///
/// A field that is absent stays, `null` clears it.
#[utoipa::path(put, operation_id = "updateGlobalConfig", path = "/config", tag = "Config",
    request_body = ConfigUpdate,
    responses(
        (status = 200, description = "The whole config after the change.", body = ConfigUpdate),
        (status = 422, description = "42203: invalid compatibility level. 42205: read-only. 42210: invalid rule set.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn update_global(
    State(app): State<App>,
    view: Reading,
    Actor(actor): Actor,
    Body(update): Body<ConfigUpdate>,
) -> Reply<Updated> {
    let place = crate::service::global_place();
    Ok(Answer(app.registry.update_config(&view, &place, update, actor).await?.into()))
}

/// Reset the global config.
#[utoipa::path(delete, operation_id = "deleteGlobalConfig", path = "/config", tag = "Config",
    responses(
        (status = 200, description = "The config as it was.", body = ConfigUpdate),
        (status = 422, description = "42205: read-only.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete_global(
    State(app): State<App>,
    view: Reading,
    Actor(actor): Actor,
) -> Reply<Config> {
    Ok(Answer(app.registry.delete_config(&view, &crate::service::global_place(), actor).await?))
}

/// Read the config of a subject or context.
#[utoipa::path(get, operation_id = "getConfig", path = "/config/{subject}", tag = "Config",
    params(
        ("subject" = String, Path, description = "Subject, or `:.ctx:` for a context."),
        ("defaultToGlobal" = Option<bool>, Query, description = "Answer the config in scope when nothing is stored here."),
    ),
    responses(
        (status = 200, description = "The config.", body = ConfigUpdate),
        (status = 404, description = "40408: nothing is configured here.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    view: Reading,
    PlacePath(place): PlacePath,
    params: Params,
) -> Reply<Config> {
    Ok(Answer(app.registry.config(&view, &place, params.flag("defaultToGlobal")).await?))
}

/// Change the config of a subject or context.
///
/// A field that is absent stays, `null` clears it. The subject need not exist.
#[utoipa::path(put, operation_id = "updateConfig", path = "/config/{subject}", tag = "Config",
    params(("subject" = String, Path, description = "Subject, or `:.ctx:` for a context.")),
    request_body = ConfigUpdate,
    responses(
        (status = 200, description = "The whole config after the change.", body = ConfigUpdate),
        (status = 422, description = "42203: invalid compatibility level. 42205: read-only. 42208: invalid subject. 42210: invalid rule set.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn update(
    State(app): State<App>,
    view: Reading,
    PlacePath(place): PlacePath,
    Actor(actor): Actor,
    Body(update): Body<ConfigUpdate>,
) -> Reply<Updated> {
    Ok(Answer(app.registry.update_config(&view, &place, update, actor).await?.into()))
}

/// Remove the config of a subject or context.
#[utoipa::path(delete, operation_id = "deleteConfig", path = "/config/{subject}", tag = "Config",
    params(("subject" = String, Path, description = "Subject, or `:.ctx:` for a context.")),
    responses(
        (status = 200, description = "The config as it was.", body = ConfigUpdate),
        (status = 404, description = "40401: nothing is configured here.", body = ErrorAnswer),
        (status = 422, description = "42205: read-only.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    view: Reading,
    PlacePath(place): PlacePath,
    Actor(actor): Actor,
) -> Reply<Config> {
    Ok(Answer(app.registry.delete_config(&view, &place, actor).await?))
}
