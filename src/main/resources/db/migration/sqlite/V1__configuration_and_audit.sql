-- The configuration as it is now, its kept versions, and the audit log.
-- Times are milliseconds since 1970; bodies are JSON as it stands in the YAML files, placeholders and all.

-- One row: which version is the newest. Whoever changes the configuration changes this row first, and so waits for everybody else.
CREATE TABLE aiproxy_head (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    version  BIGINT NOT NULL,
    tag      TEXT NOT NULL
);

INSERT INTO aiproxy_head (only_row, version, tag) VALUES (1, 0, '0');

CREATE TABLE aiproxy_entry (
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    position BIGINT NOT NULL,
    body     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- What each version wrote; no body: it removed the entry.
CREATE TABLE aiproxy_entry_history (
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    body     TEXT,
    PRIMARY KEY (kind, id, version)
);

CREATE INDEX aiproxy_entry_history_version ON aiproxy_entry_history (version);

CREATE TABLE aiproxy_version (
    number      BIGINT NOT NULL PRIMARY KEY,
    tag         TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    author      TEXT NOT NULL,
    author_from TEXT NOT NULL,
    note        TEXT NOT NULL
);

CREATE TABLE aiproxy_audit (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    made_at     BIGINT NOT NULL,
    author      TEXT NOT NULL,
    author_from TEXT NOT NULL,
    action      TEXT NOT NULL,
    target      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    body_before TEXT,
    body_after  TEXT
);

CREATE INDEX aiproxy_audit_made_at ON aiproxy_audit (made_at, id);
