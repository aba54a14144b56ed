//! The table of error codes: HTTP status and number of everything that can go wrong, once.

/// A number that clients see beside the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// HTTP status.
    pub status: u16,
    /// `error_code` of the body.
    pub number: u32,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $number:literal;)*) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $name: Self = Self { status: $status, number: $number };)*

            /// Every code, for documentation.
            pub const ALL: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

error_codes! {
    /// The request cannot be read.
    BAD_REQUEST = 400, 400;
    /// No such path, or a path or query parameter of the wrong kind.
    NOT_FOUND = 404, 404;
    /// The path has no such method.
    METHOD_NOT_ALLOWED = 405, 405;
    /// No acceptable content type can be produced.
    NOT_ACCEPTABLE = 406, 406;
    /// The request took too long to arrive.
    REQUEST_TIMEOUT = 408, 408;
    /// The request body exceeds the limit.
    PAYLOAD_TOO_LARGE = 413, 413;
    /// The request body is not JSON by its content type.
    UNSUPPORTED_MEDIA_TYPE = 415, 415;
    /// A mandatory body is missing.
    UNPROCESSABLE = 422, 422;
    /// Something failed that should not.
    INTERNAL = 500, 500;
    /// The server is shutting down or overloaded.
    UNAVAILABLE = 503, 503;
    /// The subject does not exist.
    SUBJECT_NOT_FOUND = 404, 40401;
    /// The version does not exist.
    VERSION_NOT_FOUND = 404, 40402;
    /// The schema does not exist.
    SCHEMA_NOT_FOUND = 404, 40403;
    /// The subject is soft-deleted already.
    SUBJECT_SOFT_DELETED = 404, 40404;
    /// The subject must be soft-deleted first.
    SUBJECT_NOT_SOFT_DELETED = 404, 40405;
    /// The version is soft-deleted already.
    VERSION_SOFT_DELETED = 404, 40406;
    /// The version must be soft-deleted first.
    VERSION_NOT_SOFT_DELETED = 404, 40407;
    /// The subject has no config of its own.
    SUBJECT_CONFIG_NOT_FOUND = 404, 40408;
    /// The subject has no mode of its own.
    SUBJECT_MODE_NOT_FOUND = 404, 40409;
    /// The key encryption key, or the data encryption key, does not exist.
    KEY_NOT_FOUND = 404, 40470;
    /// The key must be soft-deleted first.
    KEY_NOT_SOFT_DELETED = 404, 40471;
    /// The key encryption key must be undeleted first.
    KEY_SOFT_DELETED = 404, 40472;
    /// The schema is incompatible with an earlier one.
    INCOMPATIBLE_SCHEMA = 409, 40901;
    /// The key exists already.
    KEY_EXISTS = 409, 40971;
    /// There are as many keys as there may be.
    TOO_MANY_KEYS = 409, 40972;
    /// The schema, its type or its references are invalid.
    INVALID_SCHEMA = 422, 42201;
    /// The version is no version.
    INVALID_VERSION = 422, 42202;
    /// The compatibility level is none.
    INVALID_COMPATIBILITY_LEVEL = 422, 42203;
    /// The mode is none.
    INVALID_MODE = 422, 42204;
    /// The mode forbids it, or an id would be overwritten.
    OPERATION_NOT_PERMITTED = 422, 42205;
    /// Other schemas refer to it.
    REFERENCE_EXISTS = 422, 42206;
    /// The subject name is not allowed.
    INVALID_SUBJECT = 422, 42208;
    /// The schema text exceeds the limit.
    SCHEMA_TOO_LARGE = 422, 42209;
    /// The rule set is invalid.
    INVALID_RULE_SET = 422, 42210;
    /// The context still has subjects.
    CONTEXT_NOT_EMPTY = 422, 42211;
    /// A field of the key is missing or invalid.
    INVALID_KEY = 422, 42271;
    /// The key encryption key still wraps data encryption keys.
    KEY_REFERENCED = 422, 42272;
    /// The store failed.
    STORE = 500, 50001;
    /// The store took too long.
    STORE_TIMEOUT = 500, 50002;
    /// A data encryption key cannot be made or unwrapped.
    KEY_MANAGEMENT = 500, 50070;
}
