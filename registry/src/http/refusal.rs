//! How errors are printed, and those of the edge, given before (or instead of) the application's.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use schema::model::api::ErrorAnswer;
use schema::model::error_code::ErrorCode;

use super::negotiation::PREFERRED;

/// An error answer. No `Accept` header is asked: who is refused here gets the default type.
#[must_use]
pub fn refusal(code: ErrorCode, message: &str) -> Response<Bytes> {
    printed(code, &ErrorAnswer::new(code.number, message.to_owned()))
}

/// An error as it goes out.
pub(super) fn printed(code: ErrorCode, answer: &ErrorAnswer) -> Response<Bytes> {
    let body = serde_json::to_vec(answer).unwrap_or_default();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PREFERRED));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_gets_its_status_and_number() {
        for (name, code) in ErrorCode::ALL {
            let response = refusal(*code, "a \"quoted\" message");
            assert_eq!(response.status().as_u16(), code.status, "{name}");
            let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(
                body,
                serde_json::json!({"error_code": code.number, "message": "a \"quoted\" message"})
            );
        }
    }
}
