-- The keys of client-side field encryption. Key material is kept only as it was wrapped; the keys that wrap stay in
-- their key management systems.

-- A key encryption key: a name for a key of a key management system.
CREATE TABLE keks (
    name          TEXT PRIMARY KEY,
    kms_type      TEXT NOT NULL,
    kms_key_id    TEXT NOT NULL,
    kms_props     TEXT NOT NULL,
    doc           TEXT,
    shared        INTEGER NOT NULL,
    deleted       INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A wrapped data encryption key. The subject is written with its context, as clients search for it by that text.
CREATE TABLE deks (
    kek_name               TEXT NOT NULL REFERENCES keks (name),
    subject                TEXT NOT NULL,
    algorithm              TEXT NOT NULL,
    version                INTEGER NOT NULL,
    encrypted_key_material TEXT,
    deleted                INTEGER NOT NULL,
    changed_at_ms          INTEGER NOT NULL,
    PRIMARY KEY (kek_name, subject, algorithm, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX deks_by_subject ON deks (subject, kek_name);
