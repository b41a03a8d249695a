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
