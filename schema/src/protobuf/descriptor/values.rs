//! Names of the constants that options have.

/// Numbers and names of an enum.
pub(super) type Constants = &'static [(i32, &'static str)];

pub(super) const OPTIMIZE_MODE: Constants = &[(1, "SPEED"), (2, "CODE_SIZE"), (3, "LITE_RUNTIME")];
pub(super) const C_TYPE: Constants = &[(0, "STRING"), (1, "CORD"), (2, "STRING_PIECE")];
pub(super) const JS_TYPE: Constants = &[(0, "JS_NORMAL"), (1, "JS_STRING"), (2, "JS_NUMBER")];
pub(super) const RETENTION: Constants =
    &[(0, "RETENTION_UNKNOWN"), (1, "RETENTION_RUNTIME"), (2, "RETENTION_SOURCE")];
pub(super) const TARGET: Constants = &[
    (0, "TARGET_TYPE_UNKNOWN"),
    (1, "TARGET_TYPE_FILE"),
    (2, "TARGET_TYPE_EXTENSION_RANGE"),
    (3, "TARGET_TYPE_MESSAGE"),
    (4, "TARGET_TYPE_FIELD"),
    (5, "TARGET_TYPE_ONEOF"),
    (6, "TARGET_TYPE_ENUM"),
    (7, "TARGET_TYPE_ENUM_ENTRY"),
    (8, "TARGET_TYPE_SERVICE"),
    (9, "TARGET_TYPE_METHOD"),
];
pub(super) const IDEMPOTENCY: Constants =
    &[(0, "IDEMPOTENCY_UNKNOWN"), (1, "NO_SIDE_EFFECTS"), (2, "IDEMPOTENT")];
pub(super) const VERIFICATION: Constants = &[(0, "DECLARATION"), (1, "UNVERIFIED")];
pub(super) const EDITION: Constants = &[
    (0, "EDITION_UNKNOWN"),
    (900, "EDITION_LEGACY"),
    (998, "EDITION_PROTO2"),
    (999, "EDITION_PROTO3"),
    (1000, "EDITION_2023"),
    (1001, "EDITION_2024"),
    (1, "EDITION_1_TEST_ONLY"),
    (2, "EDITION_2_TEST_ONLY"),
    (99_997, "EDITION_99997_TEST_ONLY"),
    (99_998, "EDITION_99998_TEST_ONLY"),
    (99_999, "EDITION_99999_TEST_ONLY"),
    (i32::MAX, "EDITION_MAX"),
];
const FIELD_PRESENCE: Constants =
    &[(0, "FIELD_PRESENCE_UNKNOWN"), (1, "EXPLICIT"), (2, "IMPLICIT"), (3, "LEGACY_REQUIRED")];
const ENUM_TYPE: Constants = &[(0, "ENUM_TYPE_UNKNOWN"), (1, "OPEN"), (2, "CLOSED")];
const REPEATED_FIELD_ENCODING: Constants =
    &[(0, "REPEATED_FIELD_ENCODING_UNKNOWN"), (1, "PACKED"), (2, "EXPANDED")];
const UTF8_VALIDATION: Constants = &[(0, "UTF8_VALIDATION_UNKNOWN"), (2, "VERIFY"), (3, "NONE")];
const MESSAGE_ENCODING: Constants =
    &[(0, "MESSAGE_ENCODING_UNKNOWN"), (1, "LENGTH_PREFIXED"), (2, "DELIMITED")];
const JSON_FORMAT: Constants = &[(0, "JSON_FORMAT_UNKNOWN"), (1, "ALLOW"), (2, "LEGACY_BEST_EFFORT")];

/// How an option or an entry of an aggregate is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    Text,
    Flag,
    Int,
    Constant(Constants),
    /// A repeated enum: each value is an option of its own.
    Constants(Constants),
    /// An aggregate.
    Map(&'static [Entry]),
    /// A repeated aggregate: each is an option of its own.
    Maps(&'static [Entry]),
}

/// An option or an entry of an aggregate: name, field number, encoding. Tables list them in the order in which they
/// are written as text.
pub(super) type Entry = (&'static str, u64, Encoding);

pub(super) const FEATURES: &[Entry] = &[
    ("field_presence", 1, Encoding::Constant(FIELD_PRESENCE)),
    ("enum_type", 2, Encoding::Constant(ENUM_TYPE)),
    ("repeated_field_encoding", 3, Encoding::Constant(REPEATED_FIELD_ENCODING)),
    ("utf8_validation", 4, Encoding::Constant(UTF8_VALIDATION)),
    ("message_encoding", 5, Encoding::Constant(MESSAGE_ENCODING)),
    ("json_format", 6, Encoding::Constant(JSON_FORMAT)),
];

pub(super) const FEATURE_SUPPORT: &[Entry] = &[
    ("edition_introduced", 1, Encoding::Constant(EDITION)),
    ("edition_deprecated", 2, Encoding::Constant(EDITION)),
    ("deprecation_warning", 3, Encoding::Text),
    ("edition_removed", 4, Encoding::Constant(EDITION)),
];

pub(super) const EDITION_DEFAULT: &[Entry] =
    &[("edition", 3, Encoding::Constant(EDITION)), ("value", 2, Encoding::Text)];

pub(super) const DECLARATION: &[Entry] = &[
    ("number", 1, Encoding::Int),
    ("full_name", 2, Encoding::Text),
    ("type", 3, Encoding::Text),
    ("reserved", 5, Encoding::Flag),
    ("repeated", 6, Encoding::Flag),
];
