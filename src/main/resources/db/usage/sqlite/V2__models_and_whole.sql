-- Which models a user has in statistics: asked where a name is new, because names are bounded for each user.
--
-- From here on aiproxy_usage_record.answered may also be 2: the answer named model_asked, and the dimension's model is a collective name.
CREATE INDEX aiproxy_usage_dimension_model ON aiproxy_usage_dimension (user_id, model);

-- Sums of a quarter of an hour, of all calls with the same currency together: their dimension says nothing but that. For those who ask
-- about everything. What was added before there was this table, or by an older version since, is only in aiproxy_usage_quarter: where
-- requests here are fewer, that one is asked.
CREATE TABLE aiproxy_usage_whole (
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
) WITHOUT ROWID;

-- Which work aiproxy_usage_record.work tells the usage of, where each call that fetches its result tells the same. Of records with the
-- same work, the one here has the usage; the others have none.
ALTER TABLE aiproxy_usage_record ADD COLUMN work TEXT;

CREATE TABLE aiproxy_usage_told (
    work    TEXT NOT NULL PRIMARY KEY,
    started BIGINT NOT NULL,
    id      TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX aiproxy_usage_told_started ON aiproxy_usage_told (started);
