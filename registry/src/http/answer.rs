//! Successful answers.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::HttpError;

/// A JSON answer; its content type is set by the negotiation.
pub(super) struct Answer<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => body.into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer could not be printed");
                HttpError::new(schema::model::error_code::ErrorCode::INTERNAL, "Internal Server Error")
                    .into_response()
            }
        }
    }
}

/// What handlers return.
pub(super) type Reply<T> = Result<Answer<T>, HttpError>;
