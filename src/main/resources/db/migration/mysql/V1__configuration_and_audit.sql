-- The configuration as it is now, its kept versions, and the audit log.
-- Times are milliseconds since 1970; bodies are JSON as it stands in the YAML files, placeholders and all.

-- One row: which version is the newest. Whoever changes the configuration changes this row first, and so waits for everybody else.
CREATE TABLE IF NOT EXISTS aiproxy_head (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    version  BIGINT NOT NULL,
    tag      VARCHAR(64) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT IGNORE INTO aiproxy_head (only_row, version, tag) VALUES (1, 0, '0');

CREATE TABLE IF NOT EXISTS aiproxy_entry (
    kind     VARCHAR(64) NOT NULL,
    id       VARCHAR(512) NOT NULL,
    position BIGINT NOT NULL,
    body     LONGTEXT NOT NULL,
    version  BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What each version wrote; no body: it removed the entry.
CREATE TABLE IF NOT EXISTS aiproxy_entry_history (
    kind     VARCHAR(64) NOT NULL,
    id       VARCHAR(512) NOT NULL,
    version  BIGINT NOT NULL,
    position BIGINT NOT NULL,
    body     LONGTEXT,
    PRIMARY KEY (kind, id, version),
    INDEX aiproxy_entry_history_version (version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS aiproxy_version (
    number      BIGINT NOT NULL PRIMARY KEY,
    tag         VARCHAR(64) NOT NULL,
    made_at     BIGINT NOT NULL,
    author      TEXT NOT NULL,
    author_from TEXT NOT NULL,
    note        TEXT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS aiproxy_audit (
    id          BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    made_at     BIGINT NOT NULL,
    author      TEXT NOT NULL,
    author_from TEXT NOT NULL,
    action      TEXT NOT NULL,
    target      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    body_before LONGTEXT,
    body_after  LONGTEXT,
    INDEX aiproxy_audit_made_at (made_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
