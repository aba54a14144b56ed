//! The only place where a failure becomes a status, a number and a body.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use schema::clip;
use schema::model::api::ErrorAnswer;
use schema::model::error_code::ErrorCode;

use super::migration;
use super::refusal::printed;
use crate::service::RegistryError;
use crate::store::StoreError;

/// Characters of a message; longer ones are cut. Reports of incompatibilities are not.
const MESSAGE_LENGTH_MAX: usize = 2_000;

/// An error on its way to a client.
#[derive(Debug)]
pub(super) struct HttpError {
    code: ErrorCode,
    answer: ErrorAnswer,
}

impl HttpError {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut message = message.into();
        // Names and texts that a message quotes may be of any length; a message is for people.
        clip::shorten(&mut message, MESSAGE_LENGTH_MAX);
        Self::whole(code, message)
    }

    fn whole(code: ErrorCode, message: String) -> Self {
        Self { code, answer: ErrorAnswer::new(code.number, message) }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BAD_REQUEST, message)
    }

    pub(super) fn body_missing() -> Self {
        Self::new(ErrorCode::UNPROCESSABLE, "the request has no body; send a JSON object")
    }

    pub(super) fn not_found() -> Self {
        Self::new(ErrorCode::NOT_FOUND, "HTTP 404 Not Found")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(ErrorCode::METHOD_NOT_ALLOWED, "HTTP 405 Method Not Allowed")
    }

    pub(super) fn not_acceptable() -> Self {
        Self::new(
            ErrorCode::NOT_ACCEPTABLE,
            "HTTP 406 Not Acceptable: accept application/vnd.schemaregistry.v1+json or application/json",
        )
    }

    pub(super) fn unsupported_media_type() -> Self {
        Self::new(
            ErrorCode::UNSUPPORTED_MEDIA_TYPE,
            "HTTP 415 Unsupported Media Type: send application/vnd.schemaregistry.v1+json or application/json",
        )
    }
}

fn code(error: &RegistryError) -> ErrorCode {
    use RegistryError as E;
    match error {
        E::SubjectNotFound(_) => ErrorCode::SUBJECT_NOT_FOUND,
        E::VersionNotFound(_) => ErrorCode::VERSION_NOT_FOUND,
        E::SchemaNotFound(_) | E::ContentNotFound => ErrorCode::SCHEMA_NOT_FOUND,
        E::SubjectSoftDeleted(_) => ErrorCode::SUBJECT_SOFT_DELETED,
        E::SubjectNotSoftDeleted(_) => ErrorCode::SUBJECT_NOT_SOFT_DELETED,
        E::VersionSoftDeleted(..) => ErrorCode::VERSION_SOFT_DELETED,
        E::VersionNotSoftDeleted(..) => ErrorCode::VERSION_NOT_SOFT_DELETED,
        E::ConfigNotFound(_) => ErrorCode::SUBJECT_CONFIG_NOT_FOUND,
        E::ModeNotFound(_) => ErrorCode::SUBJECT_MODE_NOT_FOUND,
        E::Incompatible { .. } => ErrorCode::INCOMPATIBLE_SCHEMA,
        E::InvalidSchema(_) | E::UnknownEntity(_) => ErrorCode::INVALID_SCHEMA,
        E::InvalidVersion(_) => ErrorCode::INVALID_VERSION,
        E::InvalidCompatibilityLevel(_) => ErrorCode::INVALID_COMPATIBILITY_LEVEL,
        E::InvalidMode(_) | E::ForwardNotGlobal | E::ModeMissing => ErrorCode::INVALID_MODE,
        E::ModeForbids { .. } | E::IdTaken { .. } | E::ImportNeedsEmpty | E::ModeImmutable => {
            ErrorCode::OPERATION_NOT_PERMITTED
        }
        E::ReferenceExists { .. } => ErrorCode::REFERENCE_EXISTS,
        E::InvalidSubject(_) => ErrorCode::INVALID_SUBJECT,
        E::SchemaTooLarge { .. } => ErrorCode::SCHEMA_TOO_LARGE,
        E::InvalidRuleSet(_) | E::RuleSetAmbiguous => ErrorCode::INVALID_RULE_SET,
        E::ContextNotEmpty(_) => ErrorCode::CONTEXT_NOT_EMPTY,
        E::KeyNotFound(_) => ErrorCode::KEY_NOT_FOUND,
        E::KeyNotSoftDeleted(_) => ErrorCode::KEY_NOT_SOFT_DELETED,
        E::KeySoftDeleted(_) => ErrorCode::KEY_SOFT_DELETED,
        E::KeyExists(_) => ErrorCode::KEY_EXISTS,
        E::TooManyKeys(_) => ErrorCode::TOO_MANY_KEYS,
        E::InvalidKey(_) => ErrorCode::INVALID_KEY,
        E::KeyReferenced(_) => ErrorCode::KEY_REFERENCED,
        E::KeyManagementNeeded(_) => ErrorCode::KEY_MANAGEMENT,
        E::NoSuchResource => ErrorCode::NOT_FOUND,
        E::Store(StoreError::Timeout) => ErrorCode::STORE_TIMEOUT,
        E::Store(_) => ErrorCode::STORE,
    }
}

impl From<RegistryError> for HttpError {
    fn from(error: RegistryError) -> Self {
        if let RegistryError::Store(cause) = &error {
            tracing::error!(error = %cause, cause = ?cause, "the store failed");
        }
        let code = code(&error);
        let message = error.to_string();
        match error {
            RegistryError::Incompatible { subject, verdict } => {
                let mut converted = Self::whole(code, message);
                let findings = verdict.into_parts().1;
                converted.answer.migration = migration::hint(&subject, &findings).map(Box::new);
                converted.answer.incompatibilities = findings;
                converted
            }
            RegistryError::ReferenceExists { referrers, .. } => {
                let mut converted = Self::new(code, message);
                converted.answer.referenced_by = referrers;
                converted
            }
            _ => Self::new(code, message),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        printed(self.code, &self.answer).map(Body::from)
    }
}
