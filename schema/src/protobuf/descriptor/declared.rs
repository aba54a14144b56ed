//! The options that the language itself declares, as far as the reference registry keeps them.

use super::values::{
    C_TYPE, DECLARATION, EDITION_DEFAULT, Encoding, Entry, FEATURE_SUPPORT, FEATURES, IDEMPOTENCY, JS_TYPE,
    OPTIMIZE_MODE, RETENTION, TARGET, VERIFICATION,
};

/// The options of one kind of declaration.
#[derive(Clone, Copy)]
pub(super) struct Declared {
    pub(super) entries: &'static [Entry],
    /// The option of `confluent/meta.proto`, if that file has one for this kind.
    pub(super) meta: Option<&'static str>,
}

/// Field number of the options of `confluent/meta.proto`.
pub(super) const META: u64 = 1088;

pub(super) const FILE: Declared = Declared {
    entries: &[
        ("java_package", 1, Encoding::Text),
        ("java_outer_classname", 8, Encoding::Text),
        ("java_multiple_files", 10, Encoding::Flag),
        ("java_generate_equals_and_hash", 20, Encoding::Flag),
        ("java_string_check_utf8", 27, Encoding::Flag),
        ("optimize_for", 9, Encoding::Constant(OPTIMIZE_MODE)),
        ("go_package", 11, Encoding::Text),
        ("cc_generic_services", 16, Encoding::Flag),
        ("java_generic_services", 17, Encoding::Flag),
        ("py_generic_services", 18, Encoding::Flag),
        ("deprecated", 23, Encoding::Flag),
        ("cc_enable_arenas", 31, Encoding::Flag),
        ("objc_class_prefix", 36, Encoding::Text),
        ("csharp_namespace", 37, Encoding::Text),
        ("swift_prefix", 39, Encoding::Text),
        ("php_class_prefix", 40, Encoding::Text),
        ("php_namespace", 41, Encoding::Text),
        ("php_metadata_namespace", 44, Encoding::Text),
        ("ruby_package", 45, Encoding::Text),
        ("features", 50, Encoding::Map(FEATURES)),
    ],
    meta: Some("confluent.file_meta"),
};

pub(super) const MESSAGE: Declared = Declared {
    entries: &[
        ("no_standard_descriptor_accessor", 2, Encoding::Flag),
        ("deprecated", 3, Encoding::Flag),
        ("map_entry", 7, Encoding::Flag),
        ("features", 12, Encoding::Map(FEATURES)),
    ],
    meta: Some("confluent.message_meta"),
};

pub(super) const FIELD: Declared = Declared {
    entries: &[
        ("ctype", 1, Encoding::Constant(C_TYPE)),
        ("packed", 2, Encoding::Flag),
        ("jstype", 6, Encoding::Constant(JS_TYPE)),
        ("deprecated", 3, Encoding::Flag),
        ("debug_redact", 16, Encoding::Flag),
        ("retention", 17, Encoding::Constant(RETENTION)),
        ("targets", 19, Encoding::Constants(TARGET)),
        ("edition_defaults", 20, Encoding::Maps(EDITION_DEFAULT)),
        ("features", 21, Encoding::Map(FEATURES)),
        ("feature_support", 22, Encoding::Map(FEATURE_SUPPORT)),
    ],
    meta: Some("confluent.field_meta"),
};

pub(super) const ONEOF: Declared =
    Declared { entries: &[("features", 1, Encoding::Map(FEATURES))], meta: None };

pub(super) const EXTENSION_RANGE: Declared = Declared {
    entries: &[
        ("declaration", 2, Encoding::Maps(DECLARATION)),
        ("features", 50, Encoding::Map(FEATURES)),
        ("verification", 3, Encoding::Constant(VERIFICATION)),
    ],
    meta: None,
};

pub(super) const ENUM: Declared = Declared {
    entries: &[
        ("allow_alias", 2, Encoding::Flag),
        ("deprecated", 3, Encoding::Flag),
        ("features", 7, Encoding::Map(FEATURES)),
    ],
    meta: Some("confluent.enum_meta"),
};

pub(super) const CONSTANT: Declared = Declared {
    entries: &[
        ("deprecated", 1, Encoding::Flag),
        ("debug_redact", 3, Encoding::Flag),
        ("features", 2, Encoding::Map(FEATURES)),
        ("feature_support", 4, Encoding::Map(FEATURE_SUPPORT)),
    ],
    meta: Some("confluent.enum_value_meta"),
};

pub(super) const SERVICE: Declared = Declared {
    entries: &[("deprecated", 33, Encoding::Flag), ("features", 34, Encoding::Map(FEATURES))],
    meta: None,
};

pub(super) const RPC: Declared = Declared {
    entries: &[
        ("deprecated", 33, Encoding::Flag),
        ("idempotency_level", 34, Encoding::Constant(IDEMPOTENCY)),
        ("features", 35, Encoding::Map(FEATURES)),
    ],
    meta: None,
};
