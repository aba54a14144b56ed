-- Names are compared byte by byte, which is SQLite's default. Every read is a search of a primary key or of an index
-- below; nothing is ever scanned but for counts.

-- A context. The row stays when the context is removed, because its ids stay taken.
CREATE TABLE contexts (
    context_id INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    next_id    INTEGER NOT NULL DEFAULT 1,
    visible    INTEGER NOT NULL DEFAULT 1
) STRICT;

-- The content behind an id. The text comes last so that the other columns are read without it. `registered` is the
-- change that last gave a version this id: it decides between several ids of one content.
CREATE TABLE schemas (
    context_id  INTEGER NOT NULL REFERENCES contexts (context_id),
    id          INTEGER NOT NULL,
    guid        BLOB NOT NULL,
    registered  INTEGER NOT NULL,
    schema_type TEXT NOT NULL,
    refs        TEXT,
    metadata    TEXT,
    rule_set    TEXT,
    text        TEXT NOT NULL,
    PRIMARY KEY (context_id, id)
) STRICT;
CREATE INDEX schemas_by_guid ON schemas (guid, context_id);

-- A subject exists while it has a version, soft-deleted ones included.
CREATE TABLE subjects (
    subject_id INTEGER PRIMARY KEY,
    context_id INTEGER NOT NULL REFERENCES contexts (context_id),
    name       TEXT NOT NULL,
    UNIQUE (context_id, name)
) STRICT;
CREATE INDEX subjects_by_name ON subjects (name, context_id);

-- The guid is repeated here so that the history of a subject is one range of one tree.
CREATE TABLE versions (
    subject_id    INTEGER NOT NULL REFERENCES subjects (subject_id),
    version       INTEGER NOT NULL,
    context_id    INTEGER NOT NULL,
    schema_id     INTEGER NOT NULL,
    guid          BLOB NOT NULL,
    definition    INTEGER NOT NULL,
    deleted       INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (subject_id, version),
    FOREIGN KEY (context_id, schema_id) REFERENCES schemas (context_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_schema ON versions (context_id, schema_id);
CREATE INDEX versions_live ON versions (subject_id, version) WHERE NOT deleted;

-- What a schema refers to, by name: a target may be registered later (import) and outlives no one.
CREATE TABLE schema_references (
    target_context TEXT NOT NULL,
    target_name    TEXT NOT NULL,
    target_version INTEGER NOT NULL,
    context_id     INTEGER NOT NULL,
    schema_id      INTEGER NOT NULL,
    PRIMARY KEY (target_context, target_name, target_version, context_id, schema_id),
    FOREIGN KEY (context_id, schema_id) REFERENCES schemas (context_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX schema_references_by_schema ON schema_references (context_id, schema_id);

-- The types of the rules of a schema, for the filter of listings.
CREATE TABLE schema_rule_types (
    context_id INTEGER NOT NULL,
    schema_id  INTEGER NOT NULL,
    rule_type  TEXT NOT NULL,
    PRIMARY KEY (context_id, schema_id, rule_type),
    FOREIGN KEY (context_id, schema_id) REFERENCES schemas (context_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Settings belong to a place: a subject, a context (empty name), or all (empty name in the default context). A place
-- need not have schemas.
CREATE TABLE configs (
    context TEXT NOT NULL,
    name    TEXT NOT NULL,
    config  TEXT NOT NULL,
    alias   TEXT,
    PRIMARY KEY (context, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX configs_with_alias ON configs (context, name, alias) WHERE alias IS NOT NULL;

CREATE TABLE modes (
    context TEXT NOT NULL,
    name    TEXT NOT NULL,
    mode    TEXT NOT NULL,
    PRIMARY KEY (context, name)
) STRICT, WITHOUT ROWID;

-- One row per write, in the transaction of the write. Numbers are never given twice.
CREATE TABLE change_log (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms     INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    context   TEXT NOT NULL,
    subject   TEXT NOT NULL,
    version   INTEGER,
    schema_id INTEGER,
    actor     TEXT,
    detail    TEXT
) STRICT;
