-- Which models a user has in statistics: asked where a name is new, because names are bounded for each user.
--
-- From here on aiproxy_usage_record.answered may also be 2: the answer named model_asked, and the dimension's model is a collective name.
--
-- Each statement here is committed by itself: when the server dies in between, the next start does all of them again, and only
-- MariaDB knows CREATE INDEX IF NOT EXISTS.
SET @aiproxy_statement = IF(
    EXISTS (
        SELECT 1 FROM information_schema.statistics
        WHERE table_schema = DATABASE()
          AND table_name = 'aiproxy_usage_dimension'
          AND index_name = 'aiproxy_usage_dimension_model'
    ),
    'DO 0',
    'CREATE INDEX aiproxy_usage_dimension_model ON aiproxy_usage_dimension (user_id, model)'
);

PREPARE aiproxy_statement FROM @aiproxy_statement;

EXECUTE aiproxy_statement;

DEALLOCATE PREPARE aiproxy_statement;

-- Sums of a quarter of an hour, of all calls with the same currency together: their dimension says nothing but that. For those who ask
-- about everything. What was added before there was this table, or by an older version since, is only in aiproxy_usage_quarter: where
-- requests here are fewer, that one is asked.
CREATE TABLE IF NOT EXISTS aiproxy_usage_whole (
    bucket                    BIGINT NOT NULL,
    writer                    INTEGER NOT NULL,
    dimension                 INTEGER NOT NULL,
    requests                  BIGINT NOT NULL,
    successful                BIGINT NOT NULL,
    attempts                  BIGINT NOT NULL,
    bytes_in                  BIGINT NOT NULL,
    bytes_out                 BIGINT NOT NULL,
    duration                  BIGINT NOT NULL,
    input_tokens              BIGINT,
    output_tokens             BIGINT,
    cached_input_tokens       BIGINT,
    cache_write_tokens        BIGINT,
    reasoning_tokens          BIGINT,
    audio_input_tokens        BIGINT,
    audio_output_tokens       BIGINT,
    image_input_tokens        BIGINT,
    characters                BIGINT,
    seconds                   BIGINT,
    images                    BIGINT,
    cache_write_hour_tokens   BIGINT,
    cached_audio_input_tokens BIGINT,
    cached_image_input_tokens BIGINT,
    estimated                 BIGINT,
    unpriced                  BIGINT,
    cost                      BIGINT,
    durations                 BLOB,
    first_bytes               BLOB,
    PRIMARY KEY (bucket, writer, dimension)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Which work aiproxy_usage_record.work tells the usage of, where each call that fetches its result tells the same. Of records with the
-- same work, the one here has the usage; the others have none.
SET @aiproxy_statement = IF(
    EXISTS (
        SELECT 1 FROM information_schema.columns
        WHERE table_schema = DATABASE()
          AND table_name = 'aiproxy_usage_record'
          AND column_name = 'work'
    ),
    'DO 0',
    'ALTER TABLE aiproxy_usage_record ADD COLUMN work VARCHAR(64)'
);

PREPARE aiproxy_statement FROM @aiproxy_statement;

EXECUTE aiproxy_statement;

DEALLOCATE PREPARE aiproxy_statement;

CREATE TABLE IF NOT EXISTS aiproxy_usage_told (
    work    VARCHAR(64) NOT NULL,
    started BIGINT NOT NULL,
    id      VARCHAR(128) NOT NULL,
    PRIMARY KEY (work),
    INDEX aiproxy_usage_told_started (started)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
