//! `/compatibility/subjects/{subject}/versions/…`.

use axum::extract::State;
use schema::compat::{Detail, Finding};
use schema::model::api::{ErrorAnswer, RegisterSchemaRequest};
use serde::Serialize;

use super::App;
use super::answer::{Answer, Reply};
use super::extract::{Body, Reading, SubjectPath, VersionPath};
use super::query::Params;
use crate::service::{CheckAgainst, CompatibilityAnswer};

/// Outcome of a compatibility check.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CheckAnswer {
    /// Whether the schema may follow.
    is_compatible: bool,
    /// What is wrong, in the reference registry's wording; only with `verbose=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<Vec<String>>,
    /// What is wrong, for whom, and what would cure it; only with `explain=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    incompatibilities: Option<Vec<Finding>>,
}

/// Whether invalid schemas get a verdict, and how much a verdict says.
fn wanted(params: &Params) -> (bool, Detail) {
    let detail = if params.flag("explain") { Detail::Witnesses } else { Detail::Findings };
    (params.flag("verbose"), detail)
}

fn shown(answer: CompatibilityAnswer, params: &Params) -> Answer<CheckAnswer> {
    Answer(CheckAnswer {
        is_compatible: answer.is_compatible,
        messages: params.flag("verbose").then_some(answer.messages),
        incompatibilities: params.flag("explain").then_some(answer.findings),
    })
}

/// Check a schema against one version.
#[utoipa::path(post, operation_id = "checkAgainstVersion", path = "/compatibility/subjects/{subject}/versions/{version}", tag = "Compatibility",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("version" = String, Path, description = "A number from 1, `latest` or `-1`."),
        ("normalize" = Option<bool>, Query, description = "Normalise the schema first."),
        ("verbose" = Option<bool>, Query, description = "Add `messages`; an invalid schema becomes an answer instead of an error."),
        ("explain" = Option<bool>, Query, description = "Add `incompatibilities`: place, both fragments, what breaks for whom, the cure, and a record that proves it."),
    ),
    request_body = RegisterSchemaRequest,
    responses(
        (status = 200, description = "The verdict.", body = CheckAnswer),
        (status = 404, description = "40402: no such version.", body = ErrorAnswer),
        (status = 422, description = "42201: invalid schema. 42202: the version is no version.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn check_version(
    State(app): State<App>,
    view: Reading,
    VersionPath(subject, version): VersionPath,
    params: Params,
    Body(body): Body<RegisterSchemaRequest>,
) -> Reply<CheckAnswer> {
    let (request, wanted) = ((&body, params.flag("normalize")), wanted(&params));
    let against = CheckAgainst::Version(&version);
    Ok(shown(app.registry.check(&view, &subject, against, request, wanted).await?, &params))
}

/// Check a schema against all versions that the level asks for.
#[utoipa::path(post, operation_id = "checkAgainstSubject", path = "/compatibility/subjects/{subject}/versions", tag = "Compatibility",
    params(
        ("subject" = String, Path, description = "Subject, percent-encoded."),
        ("normalize" = Option<bool>, Query, description = "Normalise the schema first."),
        ("verbose" = Option<bool>, Query, description = "Add `messages`; an invalid schema becomes an answer instead of an error."),
        ("explain" = Option<bool>, Query, description = "Add `incompatibilities`: place, both fragments, what breaks for whom, the cure, and a record that proves it."),
    ),
    request_body = RegisterSchemaRequest,
    responses(
        (status = 200, description = "The verdict.", body = CheckAnswer),
        (status = 422, description = "42201: invalid schema.", body = ErrorAnswer),
        (status = 500, description = "50001: the store failed.", body = ErrorAnswer),
    ))]
pub(super) async fn check_all(
    State(app): State<App>,
    view: Reading,
    SubjectPath(subject): SubjectPath,
    params: Params,
    Body(body): Body<RegisterSchemaRequest>,
) -> Reply<CheckAnswer> {
    let (request, wanted) = ((&body, params.flag("normalize")), wanted(&params));
    Ok(shown(app.registry.check(&view, &subject, CheckAgainst::All, request, wanted).await?, &params))
}
