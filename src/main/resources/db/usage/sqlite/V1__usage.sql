-- Usage: the record of each call, and sums of them. Times are milliseconds since 1970, durations microseconds, costs billionths of
-- the currency.

-- One row. Whoever adds records shares it, whoever makes sums again has it alone.
-- zone: in which days and months of sums begin; summed: whether all of them are there in that zone (otherwise quarters of an
-- hour are asked); records_from and minutes_from: what is older was deleted.
CREATE TABLE aiproxy_usage_state (
    only_row     INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    zone         TEXT NOT NULL,
    summed       INTEGER NOT NULL,
    records_from BIGINT NOT NULL,
    minutes_from BIGINT NOT NULL
);

INSERT INTO aiproxy_usage_state (only_row, zone, summed, records_from, minutes_from) VALUES (1, '', 0, 0, 0);

-- Who writes, and up to where the journal of each has been read. Each writer has rows of sums of its own, so that nobody waits
-- for another.
CREATE TABLE aiproxy_usage_writer (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    journal TEXT NOT NULL UNIQUE,
    segment BIGINT NOT NULL,
    place   BIGINT NOT NULL
);

-- What calls have in common: a small number stands for it. digest: SHA-256 of all of it, its first half, in hexadecimal.
-- user_key: user and name of the key with a slash between them. user_groups: JSON.
CREATE TABLE aiproxy_usage_dimension (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    digest      TEXT NOT NULL UNIQUE,
    user_id     TEXT NOT NULL,
    user_key    TEXT NOT NULL,
    user_groups TEXT NOT NULL,
    channel     TEXT NOT NULL,
    model       TEXT NOT NULL,
    dialect     TEXT NOT NULL,
    operation   TEXT NOT NULL,
    ending      TEXT NOT NULL,
    failure     TEXT NOT NULL,
    currency    TEXT NOT NULL
);

-- Each group of a dimension; one with an empty name where there is none.
CREATE TABLE aiproxy_usage_group (
    dimension INTEGER NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (dimension, name)
) WITHOUT ROWID;

-- A call. source: 0 told by the provider, 1 estimated, 2 nothing. model_asked: only where it is not the dimension's model;
-- answered: whether the answer named the dimension's model. No number: 0.
CREATE TABLE aiproxy_usage_record (
    started                   BIGINT NOT NULL,
    id                        TEXT NOT NULL,
    dimension                 INTEGER NOT NULL,
    ended                     BIGINT NOT NULL,
    credential                TEXT NOT NULL,
    template                  TEXT NOT NULL,
    method                    TEXT NOT NULL,
    model_asked               TEXT,
    answered                  SMALLINT NOT NULL,
    web_socket                SMALLINT NOT NULL,
    status                    INTEGER NOT NULL,
    successful                SMALLINT NOT NULL,
    attempts                  INTEGER NOT NULL,
    bytes_in                  BIGINT NOT NULL,
    bytes_out                 BIGINT NOT NULL,
    first_byte                BIGINT NOT NULL,
    duration                  BIGINT NOT NULL,
    overhead                  BIGINT NOT NULL,
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
    source                    SMALLINT NOT NULL,
    cost                      BIGINT,
    priced                    SMALLINT NOT NULL,
    unpriced                  SMALLINT NOT NULL,
    tags                      TEXT,
    client                    TEXT NOT NULL,
    config_version            BIGINT NOT NULL,
    PRIMARY KEY (started, id)
) WITHOUT ROWID;

-- Sums of a minute, which begins at bucket. durations and first_bytes: pairs of class and count, see Distribution. No number: 0.
CREATE TABLE aiproxy_usage_minute (
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

-- Sums of a quarter of an hour, from which hours of every time zone can be made, which begins at bucket.
CREATE TABLE aiproxy_usage_quarter (
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

-- Sums of a day in the zone of aiproxy_usage_state, which begins at bucket.
CREATE TABLE aiproxy_usage_day (
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

-- Sums of a month, likewise, which begins at bucket.
CREATE TABLE aiproxy_usage_month (
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
