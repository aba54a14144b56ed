//! Answers of a mock registry.

use schema::compat::Verdict;
use schema::model::api::ErrorAnswer;
use schema::model::error_code::ErrorCode;
use serde::Serialize;

use crate::client::{Headers, Response};

/// An error on its way to a client.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    answer: ErrorAnswer,
}

impl Refusal {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status: code.status, answer: ErrorAnswer::new(code.number, message.into()) }
    }

    pub(super) fn subject_not_found(subject: &str) -> Self {
        Self::new(ErrorCode::SUBJECT_NOT_FOUND, format!("Subject '{subject}' not found."))
    }

    pub(super) fn version_not_found(version: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::VERSION_NOT_FOUND, format!("Version {version} not found."))
    }

    pub(super) fn schema_not_found(what: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::SCHEMA_NOT_FOUND, format!("Schema {what} not found"))
    }

    pub(super) fn invalid_schema(why: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::INVALID_SCHEMA, format!("Invalid schema: {why}"))
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(ErrorCode::NOT_FOUND, "the mock registry has no such path")
    }

    pub(super) fn incompatible(subject: &str, verdict: Verdict) -> Self {
        let mut refusal = Self::new(ErrorCode::INCOMPATIBLE_SCHEMA, verdict.message_409(subject));
        refusal.answer.incompatibilities = verdict.into_parts().1;
        refusal
    }

    pub(super) fn into_response(self) -> Response {
        response(self.status, &self.answer)
    }
}

pub(super) fn ok(body: &impl Serialize) -> Result<Response, Refusal> {
    Ok(response(200, body))
}

fn response(status: u16, body: &impl Serialize) -> Response {
    // Bodies are plain data; the empty answer that a failure would give cannot be read as one.
    Response { status, headers: Headers::default(), body: serde_json::to_vec(body).unwrap_or_default() }
}
