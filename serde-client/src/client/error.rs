//! What can go wrong between a client and a registry.

use std::sync::Arc;
use std::time::Duration;

use schema::clip;
use schema::compat::Finding;
use schema::format::ParseError;
use schema::model::api::{ErrorAnswer, MigrationHint, Referrer};
use schema::model::error_code::ErrorCode;

use super::transport::{TransportError, TransportErrorKind};

/// The `error_code` that clients give to an answer that they cannot read; no registry sends it.
pub const UNREADABLE_ANSWER: u32 = 50005;

/// Characters of a registry's message that are kept.
pub const MESSAGE_LENGTH_MAX: usize = 64 << 10;

/// A call failed. Cheap to clone: everyone who waited for the same answer gets it.
///
/// ```
/// use serde_client::client::ErrorKind;
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// let error = client.latest_version("nothing-here").await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::SubjectNotFound);
/// assert_eq!(error.error_code(), Some(40401));
/// assert!(!error.is_retriable());
/// # });
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The registry answered with an error.
    #[error("{0}")]
    Answered(Arc<AnsweredError>),
    /// There was no answer.
    #[error("{request}: {error}")]
    Transport {
        /// Method and URL, without a password.
        request: Arc<str>,
        /// Why.
        error: TransportError,
    },
    /// The answer did not come in time.
    #[error("{request}: no answer within {after:?}; check that the registry is healthy, or allow more time")]
    TimedOut {
        /// Method and URL, without a password.
        request: Arc<str>,
        /// How long it was waited for.
        after: Duration,
    },
    /// The answer is not what the registry's API promises.
    #[error("{request}: the answer cannot be read: {cause}; check that the URL is that of a schema registry")]
    Unreadable {
        /// Method and URL, without a password.
        request: Arc<str>,
        /// What is wrong with it.
        cause: Arc<str>,
    },
    /// The client cannot be built, or an argument cannot be sent.
    #[error("{0}")]
    Invalid(Arc<str>),
    /// The references of a schema cannot be followed.
    #[error("the references of {schema} cannot be resolved: {cause}")]
    References {
        /// The schema.
        schema: Arc<str>,
        /// Which reference is at fault, and how.
        cause: Arc<str>,
    },
    /// The registry holds a schema that cannot be parsed.
    #[error("{schema} cannot be parsed: {error}")]
    Unparsable {
        /// The schema.
        schema: Arc<str>,
        /// Where and why.
        error: Arc<ParseError>,
    },
}

/// An error that the registry answered with.
///
/// ```
/// use serde_client::client::{Normalize, RegistryError, SchemaDefinition};
/// use serde_client::mock::MockRegistry;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let client = MockRegistry::new().client();
/// client.register("s", &SchemaDefinition::avro(r#""string""#), Normalize::No).await?;
/// let refused = client.register("s", &SchemaDefinition::avro(r#""int""#), Normalize::No).await;
/// let Err(RegistryError::Answered(answered)) = refused else { panic!("{refused:?}") };
/// assert!(!answered.incompatibilities[0].cure.is_empty());
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{request}: {message} (status {status}, error code {code}){}", self.ways_out())]
pub struct AnsweredError {
    /// Method and URL, without a password.
    pub request: Arc<str>,
    /// HTTP status.
    pub status: u16,
    /// `error_code` of the body: five digits for errors of the registry itself.
    pub code: u32,
    /// The registry's words.
    pub message: String,
    /// Why a schema is incompatible, where the registry says so.
    pub incompatibilities: Vec<Finding>,
    /// How to migrate to another topic where the break is meant, where the registry says so.
    pub migration: Option<MigrationHint>,
    /// Who refers to what was to be deleted, where the registry says so.
    pub referenced_by: Vec<Referrer>,
}

impl AnsweredError {
    /// What would make the request pass, for the text of the error.
    fn ways_out(&self) -> String {
        let cures =
            self.incompatibilities.iter().map(|finding| format!("; at `{}`: {}", finding.path, finding.cure));
        let migration =
            self.migration.iter().map(|hint| format!("; if the break is meant: {}", hint.command));
        cures.chain(migration).collect()
    }
}

/// What kind of failure an error is: what a caller decides by.
///
/// ```
/// use serde_client::client::ErrorKind;
/// use serde_client::mock::{Fault, MockRegistry};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let registry = MockRegistry::new();
/// let client = registry.client();
/// registry.fail_next(1, Fault::Status(403));
/// let error = client.latest_version("s").await.unwrap_err();
/// match error.kind() {
///     ErrorKind::Unauthenticated | ErrorKind::Forbidden => println!("check the credentials: {error}"),
///     _ if error.is_retriable() => println!("try again later: {error}"),
///     _ => panic!("{error}"),
/// }
/// # Ok::<_, serde_client::client::RegistryError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The subject has no live version.
    SubjectNotFound,
    /// The subject has no such version.
    VersionNotFound,
    /// No such schema.
    SchemaNotFound,
    /// The subject has no config or mode of its own.
    SettingNotFound,
    /// The key does not exist.
    KeyNotFound,
    /// Something else does not exist: an association, or the path itself.
    NotFound,
    /// It is deleted already, or must be soft-deleted first.
    Deletion,
    /// The schema is incompatible with an earlier version.
    Incompatible,
    /// It exists already, or something stands against it.
    Conflict,
    /// The schema, its type or its references are invalid.
    InvalidSchema,
    /// Something else in the request is invalid.
    InvalidRequest,
    /// The mode forbids it.
    NotPermitted,
    /// Other schemas refer to it.
    Referenced,
    /// The credentials are missing or wrong.
    Unauthenticated,
    /// The credentials do not suffice.
    Forbidden,
    /// The registry asks to slow down.
    Throttled,
    /// There was no answer in time.
    TimedOut,
    /// The registry, or what it stands on, does not work at the moment.
    Unavailable,
    /// The connection failed.
    Transport,
    /// The answer, or the schema in it, cannot be read.
    Unreadable,
    /// The client was built, or is used, in a way that cannot work.
    Settings,
}

impl RegistryError {
    pub(crate) fn invalid(message: impl Into<Arc<str>>) -> Self {
        Self::Invalid(message.into())
    }

    pub(crate) fn answered(request: &Arc<str>, status: u16, body: &[u8]) -> Self {
        let answer = serde_json::from_slice::<ErrorAnswer>(body).unwrap_or_else(|_| {
            let text = if body.is_empty() {
                "the answer has no body"
            } else {
                "the answer has no error of a registry"
            };
            ErrorAnswer::new(UNREADABLE_ANSWER, text.to_owned())
        });
        let ErrorAnswer { error_code, mut message, incompatibilities, migration, referenced_by } = answer;
        clip::shorten(&mut message, MESSAGE_LENGTH_MAX);
        let request = Arc::clone(request);
        let code = error_code;
        Self::Answered(Arc::new(AnsweredError {
            request,
            status,
            code,
            message,
            incompatibilities,
            migration: migration.map(|hint| *hint),
            referenced_by,
        }))
    }

    /// The `error_code` of the registry's answer, or [`UNREADABLE_ANSWER`]; none when there was no answer.
    #[must_use]
    pub fn error_code(&self) -> Option<u32> {
        match self {
            Self::Answered(answered) => Some(answered.code),
            Self::Unreadable { .. } => Some(UNREADABLE_ANSWER),
            _ => None,
        }
    }

    /// The HTTP status of an error that the registry answered with.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(answered) => Some(answered.status),
            _ => None,
        }
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Answered(answered) => answered.kind(),
            Self::Transport { error, .. } if error.kind == TransportErrorKind::Refused => ErrorKind::Settings,
            Self::Transport { .. } => ErrorKind::Transport,
            Self::TimedOut { .. } => ErrorKind::TimedOut,
            Self::Unreadable { .. } | Self::Unparsable { .. } => ErrorKind::Unreadable,
            Self::References { .. } => ErrorKind::InvalidSchema,
            Self::Invalid(_) => ErrorKind::Settings,
        }
    }

    /// Whether the same call may succeed later: the connection failed, time ran out, or the registry does not work.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Answered(answered) => is_retriable_status(answered.status),
            Self::Transport { error, .. } => error.kind.is_retriable(),
            Self::TimedOut { .. } => true,
            _ => false,
        }
    }

    /// Whether the status is 404: what was asked for does not exist, or the registry has no such path.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(ErrorCode::NOT_FOUND.status)
    }

    /// Whether the registry itself, and not a server before it, says that a schema does not exist.
    pub(crate) fn is_absence(&self) -> bool {
        let kinds = [ErrorKind::SubjectNotFound, ErrorKind::VersionNotFound, ErrorKind::SchemaNotFound];
        kinds.contains(&self.kind())
    }
}

impl AnsweredError {
    fn kind(&self) -> ErrorKind {
        let known = ErrorCode::ALL.iter().map(|(_, code)| *code).find(|code| code.number == self.code);
        known.and_then(kind_of).unwrap_or_else(|| kind_of_status(self.status))
    }
}

fn kind_of(code: ErrorCode) -> Option<ErrorKind> {
    Some(match code {
        ErrorCode::SUBJECT_NOT_FOUND => ErrorKind::SubjectNotFound,
        ErrorCode::VERSION_NOT_FOUND => ErrorKind::VersionNotFound,
        ErrorCode::SCHEMA_NOT_FOUND => ErrorKind::SchemaNotFound,
        ErrorCode::SUBJECT_CONFIG_NOT_FOUND | ErrorCode::SUBJECT_MODE_NOT_FOUND => ErrorKind::SettingNotFound,
        ErrorCode::KEY_NOT_FOUND => ErrorKind::KeyNotFound,
        ErrorCode::SUBJECT_SOFT_DELETED
        | ErrorCode::SUBJECT_NOT_SOFT_DELETED
        | ErrorCode::VERSION_SOFT_DELETED
        | ErrorCode::VERSION_NOT_SOFT_DELETED
        | ErrorCode::KEY_NOT_SOFT_DELETED
        | ErrorCode::KEY_SOFT_DELETED => ErrorKind::Deletion,
        ErrorCode::INCOMPATIBLE_SCHEMA => ErrorKind::Incompatible,
        ErrorCode::INVALID_SCHEMA | ErrorCode::SCHEMA_TOO_LARGE => ErrorKind::InvalidSchema,
        ErrorCode::OPERATION_NOT_PERMITTED => ErrorKind::NotPermitted,
        ErrorCode::REFERENCE_EXISTS | ErrorCode::KEY_REFERENCED => ErrorKind::Referenced,
        _ => return None,
    })
}

fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::TimedOut,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::InvalidRequest,
    }
}

/// The statuses after which another attempt may succeed, as in the reference client.
pub(crate) fn is_retriable_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> RegistryError {
        RegistryError::answered(&Arc::from("GET http://r/x"), status, body.as_bytes())
    }

    #[test]
    fn kinds_follow_the_table_and_then_the_status() {
        for (status, code, kind, retriable) in [
            (404, 40401, ErrorKind::SubjectNotFound, false),
            (404, 40402, ErrorKind::VersionNotFound, false),
            (404, 40403, ErrorKind::SchemaNotFound, false),
            (404, 40405, ErrorKind::Deletion, false),
            (404, 40410, ErrorKind::NotFound, false),
            (409, 40901, ErrorKind::Incompatible, false),
            (409, 40903, ErrorKind::Conflict, false),
            (422, 42201, ErrorKind::InvalidSchema, false),
            (422, 42212, ErrorKind::InvalidRequest, false),
            (422, 42206, ErrorKind::Referenced, false),
            (401, 401, ErrorKind::Unauthenticated, false),
            (429, 429, ErrorKind::Throttled, true),
            (500, 50001, ErrorKind::Unavailable, true),
            (504, 504, ErrorKind::TimedOut, true),
        ] {
            let error = answered(status, &format!(r#"{{"error_code":{code},"message":"m"}}"#));
            assert_eq!((error.kind(), error.is_retriable()), (kind, retriable), "{code}");
            assert_eq!((error.error_code(), error.status()), (Some(code), Some(status)));
            assert_eq!(error.to_string(), format!("GET http://r/x: m (status {status}, error code {code})"));
        }
    }

    #[test]
    fn the_text_of_a_refusal_tells_the_ways_out() {
        let finding = r#"{"type":"T","direction":"backward","version":1,"path":"/fields/0","reader":"","writer":"",
            "explanation":"x","cure":"add a default"}"#;
        let migration = r#"{"registerUnder":"s-v2","command":"translator init"}"#;
        let body = format!(
            r#"{{"error_code":40901,"message":"m","incompatibilities":[{finding}],"migration":{migration}}}"#
        );
        let text = answered(409, &body).to_string();
        let expected = "GET http://r/x: m (status 409, error code 40901); at `/fields/0`: add a default; \
            if the break is meant: translator init";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_body_that_is_no_error_gets_a_code_of_its_own() {
        for body in ["", "<html>", "[]", "{}", r#"{"error_code":"x"}"#] {
            let error = answered(502, body);
            assert_eq!(
                (error.error_code(), error.kind()),
                (Some(UNREADABLE_ANSWER), ErrorKind::Unavailable),
                "{body}"
            );
        }
    }
}
