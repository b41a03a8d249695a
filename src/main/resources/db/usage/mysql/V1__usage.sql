-- Usage: the record of each call, and sums of them. Times are milliseconds since 1970, durations microseconds, costs billionths of
-- the currency.
--
-- Each statement here is committed by itself: when the server dies in between, the next start does all of them again.

-- One row. Whoever adds records shares it, whoever makes sums again has it alone.
-- zone: in which days and months of sums begin; summed: whether all of them are there in that zone (otherwise quarters of an
-- hour are asked); records_from and minutes_from: what is older was deleted.
CREATE TABLE IF NOT EXISTS aiproxy_usage_state (
    only_row     INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    zone         VARCHAR(64) NOT NULL,
    summed       INTEGER NOT NULL,
    records_from BIGINT NOT NULL,
    minutes_from BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

INSERT IGNORE INTO aiproxy_usage_state (only_row, zone, summed, records_from, minutes_from) VALUES (1, '', 0, 0, 0);

-- Who writes, and up to where the journal of each has been read. Each writer has rows of sums of its own, so that nobody waits
-- for another.
CREATE TABLE IF NOT EXISTS aiproxy_usage_writer (
    id      INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY,
    journal VARCHAR(200) NOT NULL UNIQUE,
    segment BIGINT NOT NULL,
    place   BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What calls have in common: a small number stands for it. digest: SHA-256 of all of it, its first half, in hexadecimal.
-- user_key: user and name of the key with a slash between them. user_groups: JSON.
CREATE TABLE IF NOT EXISTS aiproxy_usage_dimension (
    id          INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY,
    digest      VARCHAR(32) NOT NULL UNIQUE,
    user_id     VARCHAR(200) NOT NULL,
    user_key    VARCHAR(401) NOT NULL,
    user_groups MEDIUMTEXT NOT NULL,
    channel     VARCHAR(200) NOT NULL,
    model       VARCHAR(200) NOT NULL,
    dialect     VARCHAR(64) NOT NULL,
    operation   VARCHAR(64) NOT NULL,
    ending      VARCHAR(64) NOT NULL,
    failure     VARCHAR(64) NOT NULL,
    currency    VARCHAR(16) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Each group of a dimension; one with an empty name where there is none.
CREATE TABLE IF NOT EXISTS aiproxy_usage_group (
    dimension INTEGER NOT NULL,
    name      VARCHAR(200) NOT NULL,
    PRIMARY KEY (dimension, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A call. source: 0 told by the provider, 1 estimated, 2 nothing. model_asked: only where it is not the dimension's model;
-- answered: whether the answer named the dimension's model. No number: 0.
CREATE TABLE IF NOT EXISTS aiproxy_usage_record (
    started                   BIGINT NOT NULL,
    id                        VARCHAR(128) NOT NULL,
    dimension                 INTEGER NOT NULL,
    ended                     BIGINT NOT NULL,
    credential                VARCHAR(200) NOT NULL,
    template                  VARCHAR(300) NOT NULL,
    method                    VARCHAR(32) NOT NULL,
    model_asked               VARCHAR(200),
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
    tags                      MEDIUMTEXT,
    client                    VARCHAR(64) NOT NULL,
    config_version            BIGINT NOT NULL,
    PRIMARY KEY (started, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Sums of a minute, which begins at bucket. durations and first_bytes: pairs of class and count, see Distribution. No number: 0.
CREATE TABLE IF NOT EXISTS aiproxy_usage_minute (
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

-- Sums of a quarter of an hour, from which hours of every time zone can be made, which begins at bucket.
CREATE TABLE IF NOT EXISTS aiproxy_usage_quarter (
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

-- Sums of a day in the zone of aiproxy_usage_state, which begins at bucket.
CREATE TABLE IF NOT EXISTS aiproxy_usage_day (
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

-- Sums of a month, likewise, which begins at bucket.
CREATE TABLE IF NOT EXISTS aiproxy_usage_month (
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
