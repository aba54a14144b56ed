-- Contexts. `next_id` only grows, so an id is never given twice; the row outlives everything in it.
CREATE TABLE contexts (
    key     INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL UNIQUE,
    next_id INTEGER NOT NULL DEFAULT 1,
    visible INTEGER NOT NULL DEFAULT 1
) STRICT;

INSERT INTO contexts (name) VALUES ('.');

-- Contents. A row exists as long as some version, soft-deleted ones included, holds it.
CREATE TABLE schemas (
    context     INTEGER NOT NULL REFERENCES contexts (key),
    id          INTEGER NOT NULL,
    guid        BLOB    NOT NULL,
    schema_type TEXT    NOT NULL,
    refs        TEXT,
    metadata    TEXT,
    rule_set    TEXT,
    rule_types  TEXT,
    text        TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX schemas_by_id ON schemas (context, id);
CREATE INDEX schemas_by_guid ON schemas (guid, context);

-- Subjects with at least one version.
CREATE TABLE subjects (
    key     INTEGER PRIMARY KEY,
    context INTEGER NOT NULL REFERENCES contexts (key),
    name    TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX subjects_by_name ON subjects (context, name);
CREATE INDEX subjects_by_bare_name ON subjects (name);

CREATE TABLE versions (
    subject    INTEGER NOT NULL REFERENCES subjects (key),
    version    INTEGER NOT NULL,
    context    INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    guid       BLOB    NOT NULL,
    definition INTEGER NOT NULL,
    deleted    INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (subject, version),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX versions_by_schema ON versions (context, schema_id);

-- What contents refer to, resolved to qualified subjects.
CREATE TABLE schema_references (
    context        INTEGER NOT NULL,
    schema_id      INTEGER NOT NULL,
    position       INTEGER NOT NULL,
    target_context TEXT    NOT NULL,
    target_subject TEXT    NOT NULL,
    target_version INTEGER NOT NULL,
    PRIMARY KEY (context, schema_id, position),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX schema_references_by_target
    ON schema_references (target_context, target_subject, target_version);

-- Settings. The empty subject stands for its context; in the default context, for the whole registry.
CREATE TABLE configs (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    config  TEXT NOT NULL,
    alias   TEXT,
    PRIMARY KEY (context, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX configs_by_alias ON configs (alias) WHERE alias IS NOT NULL;

CREATE TABLE modes (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    mode    TEXT NOT NULL,
    PRIMARY KEY (context, subject)
) STRICT, WITHOUT ROWID;

-- Every write, in its own transaction. `at` is in milliseconds since 1970.
CREATE TABLE change_log (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    context   TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    version   INTEGER,
    schema_id INTEGER,
    actor     TEXT,
    detail    TEXT
) STRICT;
