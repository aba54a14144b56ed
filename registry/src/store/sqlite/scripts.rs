//! The writes. A script of several statements runs in one go, which saves the way to the connection's thread and back;
//! its statements share the parameters. This is SQLite's own: other engines prepare one statement at a time.

macro_rules! insert_content {
    () => {
        "INSERT INTO schemas
            (context_id, id, guid, registered, schema_type, refs, metadata, rule_set, text)
         VALUES ($1, $2, $3, $7, $12, $13, $14, $15, $16);"
    };
}

/// Only matters when the context has several ids for the content: rewriting the row costs as much as its text.
macro_rules! renew_content {
    () => {
        "UPDATE schemas SET registered = $7
         WHERE context_id = $1 AND id = $2
           AND EXISTS (SELECT 1 FROM schemas o WHERE o.guid = $3 AND o.context_id = $1 AND o.id <> $2);"
    };
}

macro_rules! insert_subject {
    () => {
        "INSERT INTO subjects (context_id, name) VALUES ($1, $4);"
    };
}

macro_rules! subject_id {
    () => {
        "(SELECT subject_id FROM subjects WHERE context_id = $1 AND name = $4)"
    };
}

macro_rules! put_version {
    () => {
        concat!(
            "INSERT INTO versions
                (subject_id, version, context_id, schema_id, guid, definition, deleted, created_at_ms)
             VALUES (",
            subject_id!(),
            ", $5, $1, $2, $3, $11, 0, $6)
             ON CONFLICT (subject_id, version) DO UPDATE SET
                schema_id = excluded.schema_id, guid = excluded.guid, definition = excluded.definition,
                deleted = 0, created_at_ms = excluded.created_at_ms;"
        )
    };
}

macro_rules! log_version {
    ($kind:literal) => {
        concat!(
            "INSERT INTO change_log (sequence, at_ms, kind, context, subject, version, schema_id, actor)
             VALUES ($7, $8, '",
            $kind,
            "', $9, $4, $5, $2, $10);"
        )
    };
}

macro_rules! targets {
    () => {
        "SELECT target_context, target_name FROM schema_references WHERE context_id = $1 AND schema_id = $2;"
    };
}

macro_rules! delete_content_unless_held {
    () => {
        "DELETE FROM schemas WHERE context_id = $1 AND id = $2
           AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.context_id = $1 AND v.schema_id = $2);"
    };
}

/// New content under a new subject.
///
/// Parameters of all scripts for versions: $1 context id, $2 schema id, $3 guid, $4 name, $5 version, $6 created,
/// $7 sequence, $8 time, $9 context, $10 actor, $11 definition; for new content also $12 type, $13 references,
/// $14 metadata, $15 rule set, $16 text.
pub(super) const PUT_CONTENT_AND_SUBJECT: &str =
    concat!(insert_content!(), insert_subject!(), put_version!(), log_version!("version_put"));
/// New content under a subject that is there.
pub(super) const PUT_CONTENT: &str = concat!(insert_content!(), put_version!(), log_version!("version_put"));
/// Content that is there, under a new subject.
pub(super) const PUT_SUBJECT: &str =
    concat!(renew_content!(), insert_subject!(), put_version!(), log_version!("version_put"));
/// Content and subject that are there.
pub(super) const PUT: &str = concat!(renew_content!(), put_version!(), log_version!("version_put"));

/// Returns what the schema refers to.
pub(super) const SOFT_DELETE: &str = concat!(
    "UPDATE versions SET deleted = 1 WHERE subject_id = ",
    subject_id!(),
    " AND version = $5;",
    log_version!("version_soft_deleted"),
    targets!()
);

/// Returns what the schema refers to, even when it is gone with its last version.
pub(super) const REMOVE_VERSION: &str = concat!(
    "DELETE FROM versions WHERE subject_id = ",
    subject_id!(),
    " AND version = $5;",
    "DELETE FROM subjects WHERE context_id = $1 AND name = $4
       AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.subject_id = subjects.subject_id);",
    log_version!("version_removed"),
    targets!(),
    delete_content_unless_held!()
);

/// Returns what the schema refers to. Parameters: $1 context id, $2 schema id.
pub(super) const DROP_UNHELD: &str = concat!(targets!(), delete_content_unless_held!());

macro_rules! log_setting {
    ($kind:literal) => {
        concat!(
            "INSERT INTO change_log (sequence, at_ms, kind, context, subject, actor, detail)
             VALUES ($3, $4, '",
            $kind,
            "', $1, $2, $5, $6);"
        )
    };
}

/// Parameters of the scripts for settings: $1 context, $2 name, $3 sequence, $4 time, $5 actor, $6 value, $7 alias.
pub(super) const SET_CONFIG: &str = concat!(
    "INSERT INTO configs (context, name, config, alias) VALUES ($1, $2, $6, $7)
     ON CONFLICT (context, name) DO UPDATE SET config = excluded.config, alias = excluded.alias;",
    log_setting!("config_set")
);
pub(super) const REMOVE_CONFIG: &str =
    concat!("DELETE FROM configs WHERE context = $1 AND name = $2;", log_setting!("config_removed"));
pub(super) const SET_MODE: &str = concat!(
    "INSERT INTO modes (context, name, mode) VALUES ($1, $2, $6)
     ON CONFLICT (context, name) DO UPDATE SET mode = excluded.mode;",
    log_setting!("mode_set")
);
pub(super) const REMOVE_MODE: &str =
    concat!("DELETE FROM modes WHERE context = $1 AND name = $2;", log_setting!("mode_removed"));

/// Returns the places. Parameters: $1 sequence of the last change, $2 time, $3 actor, $4 the only context, if any.
pub(super) const REMOVE_MODES_BELOW: &str = "
    INSERT INTO change_log (sequence, at_ms, kind, context, subject, actor)
    SELECT $1 + row_number() OVER (ORDER BY context, name), $2, 'mode_removed', context, name, $3
    FROM modes WHERE name <> '' AND ($4 IS NULL OR context = $4);
    DELETE FROM modes WHERE name <> '' AND ($4 IS NULL OR context = $4) RETURNING context, name;";

/// Parameters: $1 context, $2 empty, $3 sequence, $4 time, $5 actor, $6 nothing.
pub(super) const REMOVE_CONTEXT: &str =
    concat!("UPDATE contexts SET visible = 0 WHERE name = $1;", log_setting!("context_removed"));

pub(super) const ADD_CONTEXT: &str =
    "INSERT INTO contexts (name, next_id, visible) VALUES ($1, 1, 1) RETURNING context_id";
pub(super) const UPDATE_CONTEXT: &str =
    "UPDATE contexts SET next_id = $2, visible = $3 WHERE context_id = $1";
pub(super) const CONTEXT: &str = "SELECT context_id, next_id, visible FROM contexts WHERE name = $1";
pub(super) const SEQUENCE: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'change_log'";

pub(super) const INSERT_REFERENCES: &str = "
    INSERT OR IGNORE INTO schema_references
        (target_context, target_name, target_version, context_id, schema_id) VALUES ";
pub(super) const INSERT_RULE_TYPES: &str =
    "INSERT INTO schema_rule_types (context_id, schema_id, rule_type) VALUES ";
